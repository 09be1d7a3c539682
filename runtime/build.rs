//! Lists every core module of `js/` as `(id, text)` pairs, so that adding a file there is all it takes to add a module.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("js");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let id = |file: &PathBuf| {
        file.strip_prefix(&root).expect("collected below it").with_extension("").to_string_lossy().into_owned()
    };
    files.sort_by_key(id);
    // Sorted by id: the runtime finds a module by binary search.
    let mut table = String::from("pub static CORE_MODULES: &[(&str, Text)] = &[\n");
    for file in &files {
        let text = if fs::read(file).expect("js/ can be read").is_ascii() {
            let bytes = format!("include_bytes!({file:?})");
            format!(
                "// SAFETY: the build script has read it, all of it is ASCII.\n    \
                 Text::Ascii(unsafe {{ v8::String::create_external_onebyte_const_unchecked({bytes}) }})"
            )
        } else {
            format!("Text::Unicode(include_str!({file:?}))")
        };
        writeln!(table, "    ({:?}, {text}),", id(file)).expect("writes to memory");
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("core_modules.rs");
    fs::write(out, table).expect("the build folder is writable");
    println!("cargo::rerun-if-changed=js");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder).expect("js/ can be read") {
        let path = entry.expect("js/ can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "js") {
            files.push(path);
        }
    }
}
