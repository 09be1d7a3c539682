//! The command line: Node's flags with Node's meanings, and the commands that are ours.

use lexopt::prelude::{Long, Short, Value};

pub const HELP: &str = "\
Usage: rondo [options] [run] FILE [arguments]
       rondo [options] -e CODE | -p CODE | - [arguments]

Runs JavaScript on an event loop that can be seen, stepped through and profiled.

  FILE                       a script: .js .mjs .cjs .json; CommonJS or ES modules
  -                          read the script from standard input

Options:
  -e, --eval CODE            evaluate CODE
  -p, --print CODE           evaluate CODE and print its result
  -c, --check FILE           check the syntax of FILE without running it
  -r, --require MODULE       load a CommonJS module before the script; may be repeated
      --import MODULE        load an ES module before the script; may be repeated
  -C, --conditions NAME      an extra condition of package exports and imports; may be repeated
      --input-type TYPE      'commonjs' or 'module', for -e, -p and standard input
      --inspect[=[HOST:]PORT]       let debuggers attach (127.0.0.1:9229); port 0 takes a free one
      --inspect-brk[=[HOST:]PORT]   the same, and stop before the first statement
      --inspect-wait[=[HOST:]PORT]  the same, and wait for a debugger before running
      --stack-trace-limit=N  frames kept in an error's stack
      --v8-options           print V8's options; any of them may be given
  -v, --version              print the version
  -h, --help                 print this text

Environment:
  UV_THREADPOOL_SIZE         threads for file, DNS and crypto work (4)
  NO_COLOR, FORCE_COLOR      colours in output

https://nodejs.org/api documents the modules, which are Node's.
";

#[derive(Default)]
pub struct Options {
    pub argv: Vec<String>,
    pub exec_argv: Vec<String>,
    pub eval: Option<String>,
    pub print: bool,
    pub check: bool,
    pub from_stdin: bool,
    pub require: Vec<String>,
    pub import: Vec<String>,
    pub conditions: Vec<String>,
    pub input_type: String,
    pub inspect: Option<Inspect>,
    pub v8_flags: Vec<String>,
}

pub struct Inspect {
    pub mode: InspectMode,
    pub host: String,
    pub port: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum InspectMode {
    Listen,
    Break,
    Wait,
}

/// What the arguments ask for.
pub enum Command {
    Run(Options),
    Print(String),
}

/// Reads the arguments after the program's name; the error is a sentence for the user.
pub fn parse(arguments: Vec<String>) -> Result<Command, String> {
    let mut options = Options::default();
    let mut parser = lexopt::Parser::from_args(arguments.iter().cloned());
    let text = |error: lexopt::Error| error.to_string();
    loop {
        let Some(argument) = parser.next().map_err(text)? else { break };
        let value = |parser: &mut lexopt::Parser| -> Result<String, String> {
            parser.value().map_err(text).map(|value| value.to_string_lossy().into_owned())
        };
        match argument {
            Long("help") | Short('h') => return Ok(Command::Print(HELP.to_owned())),
            Long("version") | Short('v') => {
                return Ok(Command::Print(format!("v{}\n", env!("CARGO_PKG_VERSION"))));
            }
            Long("eval") | Short('e') => options.eval = Some(value(&mut parser)?),
            Long("print") | Short('p') => {
                options.print = true;
                options.eval = Some(value(&mut parser)?);
            }
            Long("check") | Short('c') => options.check = true,
            Long("require") | Short('r') => options.require.push(value(&mut parser)?),
            Long("import") => options.import.push(value(&mut parser)?),
            Long("conditions") | Short('C') => options.conditions.push(value(&mut parser)?),
            Long("input-type") => options.input_type = value(&mut parser)?,
            Long(flag @ ("inspect" | "inspect-brk" | "inspect-wait")) => {
                let mode = match flag {
                    "inspect" => InspectMode::Listen,
                    "inspect-brk" => InspectMode::Break,
                    _ => InspectMode::Wait,
                };
                let address = parser.optional_value().map(|value| value.to_string_lossy().into_owned());
                options.inspect = Some(inspect(mode, address.as_deref().unwrap_or(""))?);
            }
            Long("v8-options") => options.v8_flags.push("--help".to_owned()),
            Long(flag) if is_v8_flag(flag) => {
                let flag = flag.to_owned();
                let flag = match parser.optional_value() {
                    None => format!("--{flag}"),
                    Some(value) => format!("--{flag}={}", value.to_string_lossy()),
                };
                options.v8_flags.push(flag);
            }
            Value(value) => {
                let value = value.to_string_lossy().into_owned();
                if value == "run" && options.eval.is_none() && options.argv.is_empty() {
                    continue;
                }
                options.from_stdin = value == "-";
                options.argv.push(value);
                options.argv.extend(parser.raw_args().map_err(text)?.map(|a| a.to_string_lossy().into_owned()));
                break;
            }
            other => return Err(format!("bad option: {}", other.unexpected().to_string().replace("invalid option ", ""))),
        }
    }
    if options.eval.is_some() && options.from_stdin {
        options.from_stdin = false;
    }
    let user = options.argv.len();
    options.exec_argv = arguments[..arguments.len() - user.min(arguments.len())].to_vec();
    options.exec_argv.retain(|argument| argument != "run" && argument != "--");
    Ok(Command::Run(options))
}

fn inspect(mode: InspectMode, address: &str) -> Result<Inspect, String> {
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) => (host.trim_matches(['[', ']']), port),
        None if address.is_empty() => ("127.0.0.1", "9229"),
        None if address.bytes().all(|b| b.is_ascii_digit()) => ("127.0.0.1", address),
        None => (address, "9229"),
    };
    match port.parse::<u16>() {
        Ok(port) if port == 0 || port >= 1024 => Ok(Inspect { mode, host: host.to_owned(), port }),
        _ => Err(format!("--inspect: the port must be 0 or in range 1024 to 65535, not '{port}'")),
    }
}

/// Flags that go to V8 unread; a closed list of prefixes, so that a typing error is not swallowed.
fn is_v8_flag(flag: &str) -> bool {
    const KNOWN: &[&str] =
        &["stack-trace-limit", "max-old-space-size", "max-semi-space-size", "expose-gc", "stack-size", "single-threaded",
          "trace-gc", "allow-natives-syntax", "jitless", "prof", "perf-", "harmony"];
    KNOWN.iter().any(|known| flag.starts_with(known)) || flag == "expose_gc" || flag == "no-opt" || flag.starts_with("trace-opt")
}
