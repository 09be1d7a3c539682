//! How the executable is linked.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // At a fixed address nothing of the 100,000 pointers in V8's tables has to be relocated at each start, which takes
    // 1.5 ms and a megabyte and a half of memory. Node and Bun are linked like this too.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
