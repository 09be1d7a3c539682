//! How the executable is linked, and the startup snapshot and the bytecode that are parts of it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Set in the process that makes the bytecode.
const SECOND: &str = "RONDO_BUILD_BYTECODE";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=rehearsal");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    // At a fixed address nothing of the 100,000 pointers in V8's tables has to be relocated at each start, which takes
    // 1.5 ms and a megabyte and a half of memory. Node and Bun are linked like this too.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
        if env::var("HOST") == env::var("TARGET") {
            link_unwinder(&out.join("unwinder"));
        }
    }
    prepare(&out);
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

/// Writes the snapshot, then the bytecode, in a process of its own: that of this script with a variable set.
fn prepare(out: &Path) {
    let (snapshot, bytecode) = (out.join("snapshot.bin"), out.join("bytecode.bin"));
    // Core modules that are read from the disk at each start are in neither.
    if env::var_os("CARGO_FEATURE_JS_FROM_DISK").is_some() {
        write(&snapshot, &[]);
        return write(&bytecode, &[]);
    }
    let program = |name: &str| format!("{}/rehearsal/{name}", env!("CARGO_MANIFEST_DIR"));
    if env::var_os(SECOND).is_some() {
        let snapshot = fs::read(snapshot).expect("the first process has written it").leak();
        return write(&bytecode, &rondo_runtime::make_bytecode(snapshot, &program("usual.js")));
    }
    write(&snapshot, &rondo_runtime::make_snapshot(&program("empty.js")));
    let second = env::current_exe().and_then(|this| Command::new(this).env(SECOND, "1").status());
    assert!(second.expect("this script can be started again").success(), "the bytecode was made");
}

fn write(file: &Path, bytes: &[u8]) {
    fs::write(file, bytes).expect("the build folder is writable");
}
