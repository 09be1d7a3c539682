//! The runtime: the loop, the doorway, Node's modules and the command line. `program/` makes the executable of it.

mod cli;
mod clock;
mod core;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod cxx_runtime;
mod doorway;
mod engine_tasks;
mod event_loop;
mod exception;
mod inspection;
mod loop_host;
mod marker;
mod node;
mod observe;
mod pool;
mod profile;
mod realm;
mod recording;
mod records;
mod shared_words;
mod stalls;

/// Node's exit code for a bad argument.
const BAD_ARGUMENT_EXIT_CODE: i32 = 9;

/// The shell's exit code for a program that is not there.
const NOT_FOUND_EXIT_CODE: i32 = 127;

/// Makes the startup snapshot that [`main`] takes, for the program's build script; called once per process. `empty` is a
/// file with a program that shows what all programs need.
pub fn make_snapshot(empty: &str) -> Vec<u8> {
    realm::snapshot::make(empty)
}

/// Makes the bytecode that [`main`] takes; in a process that has not made the snapshot. `usual` is a file with a program that
/// shows what programs often use.
pub fn make_bytecode(snapshot: &'static [u8], usual: &str) -> Vec<u8> {
    realm::snapshot::make_bytecode(snapshot, usual)
}

/// The program `rondo`: reads the command line, runs what it names, ends with its exit code. Both parameters are what
/// [`make_snapshot`] and [`make_bytecode`] of the same version made, or empty.
pub fn main(snapshot: &'static [u8], bytecode: &'static [u8]) -> ! {
    realm::snapshot::provide(snapshot);
    realm::bytecode::provide(bytecode);
    ignore_signals();
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let code = match cli::parse(arguments) {
        Ok(cli::Command::Print(text)) => {
            print!("{text}");
            0
        }
        Ok(cli::Command::Run(options)) => match realm::take_v8_flags(&options) {
            Ok(()) => realm::run(*options),
            Err(flag) => bad_argument(&format!("bad option: {flag}")),
        },
        Ok(cli::Command::Sibling(program, arguments)) => run_sibling(program, &arguments),
        Err(message) => bad_argument(&message),
    };
    realm::end(code)
}

/// A file beyond its size limit is an error of the write, as a broken pipe is one already (Rust ignores SIGPIPE).
fn ignore_signals() {
    // SAFETY: no other thread runs yet, and SIG_IGN is a valid disposition.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
}

fn bad_argument(message: &str) -> i32 {
    let program = std::env::args().next().unwrap_or_else(|| "rondo".to_owned());
    eprintln!("{program}: {message}");
    BAD_ARGUMENT_EXIT_CODE
}

/// Becomes the program of that name next to this one.
fn run_sibling(program: &str, arguments: &[String]) -> i32 {
    use std::os::unix::process::CommandExt;
    let path = std::env::current_exe().unwrap_or_default().with_file_name(program);
    let error = std::process::Command::new(&path).args(arguments).exec();
    eprintln!("rondo: '{program}' belongs next to this program and could not be started: {}: {error}", path.display());
    NOT_FOUND_EXIT_CODE
}
