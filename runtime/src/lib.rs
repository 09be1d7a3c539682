//! The runtime: the loop, the doorway, Node's modules and the command line. `program/` makes the executable of it.

mod cli;
mod clock;
mod core;
mod doorway;
mod event_loop;
mod exception;
mod marker;
mod node;
mod observe;
mod pool;
mod realm;
mod records;
mod shared_words;

/// Node's exit code for a bad argument.
const BAD_ARGUMENT_EXIT_CODE: i32 = 9;

/// The program `rondo`: reads the command line, runs what it names, ends with its exit code.
pub fn main() -> ! {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let code = match cli::parse(arguments) {
        Ok(cli::Command::Print(text)) => {
            print!("{text}");
            0
        }
        Ok(cli::Command::Run(options)) => realm::run(options),
        Err(message) => {
            eprintln!("rondo: {message}\nTry 'rondo --help'.");
            BAD_ARGUMENT_EXIT_CODE
        }
    };
    realm::end(code)
}
