//! Core modules read from the folder in `RONDO_JS` instead of the binary: only in builds with the feature `js-from-disk`.

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

pub fn is_there(id: &str) -> bool {
    text(id).is_some()
}

pub fn make_string<'s>(scope: &mut v8::PinScope<'s, '_>, id: &str) -> Option<v8::Local<'s, v8::String>> {
    Some(v8::String::new(scope, &text(id)?).expect("core modules fit a string"))
}

/// No snapshot holds any.
pub fn list_texts(_: &mut Vec<v8::ExternalReference>) {}

pub fn words() -> Vec<String> {
    Vec::new()
}

fn text(id: &str) -> Option<String> {
    std::fs::read_to_string(folder().join(id).with_extension("js")).ok()
}
