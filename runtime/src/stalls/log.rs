//! `--stall-log=FILE`: one stall a line as JSON, the fields of the protocol's `Stall` and `version`.

use std::fs::File;
use std::io::{self, Write};

use crate::core::core;

/// The version of the line's shape.
const VERSION: u32 = 1;

/// Opens `path` and writes every stall to it from now on.
pub fn start(path: &str) -> io::Result<()> {
    let file = File::create(path)?;
    core().stalls.subscribe(move |stall| {
        let mut line = serde_json::to_value(stall).expect("a stall is plain data");
        line["version"] = VERSION.into();
        if let Err(error) = writeln!(&file, "{line}") {
            eprintln!("rondo: a stall could not be written to the log: {error}");
        }
    });
    Ok(())
}
