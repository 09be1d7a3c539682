//! `--stall-log=FILE`: one stall a line as JSON, the fields of the protocol's `Stall` and `version`.

use std::fs::File;
use std::io::{self, Write};

/// The version of the line's shape.
const VERSION: u32 = 1;

/// Opens `path` and writes every stall to it from now on, of workers as well.
pub fn start(path: &str) -> io::Result<()> {
    let file = File::create(path)?;
    crate::stalls::subscribe_to_all(move |stall| {
        let mut line = serde_json::to_value(stall).expect("a stall is plain data");
        line["version"] = VERSION.into();
        let mut file = &file;
        if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
            eprintln!("rondo: a stall could not be written to the log: {error}");
        }
    });
    Ok(())
}
