//! How the executable is linked, and the startup snapshot that is a part of it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    // At a fixed address nothing of the 100,000 pointers in V8's tables has to be relocated at each start, which takes
    // 1.5 ms and a megabyte and a half of memory. Node and Bun are linked like this too.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
        if env::var("HOST") == env::var("TARGET") {
            link_unwinder(&out.join("unwinder"));
        }
    }
    // Core modules that are read from the disk at each start are in no snapshot.
    let from_disk = env::var_os("CARGO_FEATURE_JS_FROM_DISK").is_some();
    let snapshot = if from_disk { Vec::new() } else { make_snapshot(&out.join("rehearsal.js")) };
    fs::write(out.join("snapshot.bin"), snapshot).expect("the build folder is writable");
}

/// The unwinder becomes a part of the program where the compiler has it as an archive: one library less to find, map and
/// bind at each start. The linker is told `-lgcc_s`: it finds a text in `folder` first that names the archive.
fn link_unwinder(folder: &Path) {
    let Ok(answer) = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output() else { return };
    // A compiler that has no such archive repeats the name.
    let archive = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    if archive.is_absolute() {
        fs::create_dir_all(folder).expect("the build folder is writable");
        let text = format!("INPUT(\"{}\")\n", archive.display());
        fs::write(folder.join("libgcc_s.so"), text).expect("the build folder is writable");
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
}

fn make_snapshot(program: &Path) -> Vec<u8> {
    fs::write(program, "").expect("the build folder is writable");
    rondo_runtime::make_snapshot(program.to_str().expect("the build folder has a name in Unicode"))
}
