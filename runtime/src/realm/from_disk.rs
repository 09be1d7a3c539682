//! Core modules read from the folder in `RONDO_JS` instead of the binary: only in builds with the feature `js-from-disk`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    std::env::var_os("RONDO_JS").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("js"), PathBuf::from)
}

pub fn core_ids() -> Vec<String> {
    let mut ids = Vec::new();
    collect(&folder(), &mut ids);
    ids.sort();
    ids
}

fn collect(below: &Path, ids: &mut Vec<String>) {
    for entry in std::fs::read_dir(below).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, ids);
        } else if path.extension().is_some_and(|extension| extension == "js")
            && let Ok(inside) = path.with_extension("").strip_prefix(folder())
        {
            ids.push(inside.to_string_lossy().into_owned());
        }
    }
}

pub fn core_source(id: &str) -> Option<Cow<'static, str>> {
    std::fs::read_to_string(folder().join(id).with_extension("js")).ok().map(Cow::Owned)
}
