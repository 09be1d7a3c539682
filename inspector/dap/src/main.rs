//! The program `rondo-dap`: the adapter over stdin and stdout, or over TCP with `--listen HOST:PORT`.

use std::process::ExitCode;

const HELP: &str = "Usage: rondo dap [--listen [HOST:]PORT]\n\n\
Debug adapter for Rondo and Node.js programs. Speaks the Debug Adapter Protocol over stdin and stdout;\n\
with --listen over TCP, one session for each connection. Port 0 takes a free one and prints it.\n";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let listen = match words.as_slice() {
        [] => None,
        ["-h" | "--help"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        ["-v" | "--version"] => {
            println!("{}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        ["--listen", address] => Some((*address).to_owned()),
        [one] if one.starts_with("--listen=") => Some(one["--listen=".len()..].to_owned()),
        _ => {
            eprint!("rondo-dap: cannot read the arguments: {}\n\n{HELP}", words.join(" "));
            return ExitCode::from(9);
        }
    };
    match rondo_dap::run(listen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rondo-dap: {error}");
            ExitCode::FAILURE
        }
    }
}
