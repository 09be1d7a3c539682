//! The command line of `rondo-lsp` (`rondo lsp`) and of `rondo-lsp check` (`rondo check`).

use std::io::Write;
use std::path::PathBuf;

use rondo_analysis::finding::Level;
use rondo_analysis::rules;

/// The exit code for wrong arguments and for files that can't be read.
pub const EXIT_USAGE: u8 = 2;

const HELP: &str = "\
The language server of Rondo: what blocks the event loop, and what was seen to block it.

Usage:
  rondo lsp [--stdio]               speak LSP over standard input and output
  rondo lsp --listen HOST:PORT      speak LSP with one client at a time over TCP
  rondo check [options] PATH ...    report findings of the same rules (rondo check --help)

Options:
      --stdio                       what it does anyway; many clients say it
      --listen HOST:PORT            wait for a client there; port 0 takes a free one and says which on stderr
  -h, --help                        this text
  -v, --version                     the version

Settings of a client, in the section `rondo`:
  address    HOST:PORT of the inspector of a running program (127.0.0.1:9229); \"\" turns live facts off
  rules      an object of rules and false for those to leave out, such as {\"loop/await-in-loop\": false}
";

const CHECK_HELP: &str = "\
Reports what blocks the event loop in JavaScript and TypeScript files.

Usage:
  rondo check [options] PATH ...

Folders are searched for .js .mjs .cjs .jsx .ts .mts .cts .tsx; node_modules, hidden files and what .gitignore names are
left out. A file that is named is always read.

Options:
      --format text|json|sarif      how to report (text); sarif is SARIF 2.1.0
      --level hint|warning          the least to report (hint); hints are start-up code and patterns that are often harmless
      --explain RULE                what a rule finds, why, what to do instead and when to ignore it
      --rules                       the rules, one a line
  -h, --help                        this text

Comments silence rules:
  // rondo-disable-next-line RULE -- REASON       the next line; rondo-disable-line the same line
  // rondo-disable RULE -- REASON                 the rest of the file; without a RULE all of them

Exit code: 0 nothing to report, 1 something reported, 2 wrong arguments or unreadable files.
";

#[derive(Debug)]
pub enum Command {
    Serve(Transport),
    Check(CheckOptions),
    Print(String),
}

#[derive(Debug, PartialEq, Eq)]
pub enum Transport {
    Stdio,
    Listen(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
    Sarif,
}

#[derive(Debug)]
pub struct CheckOptions {
    pub format: Format,
    /// The least level that is reported.
    pub report: Level,
    pub paths: Vec<PathBuf>,
}

/// Reads the arguments after the program's name; the error is a sentence for the user.
pub fn parse(arguments: Vec<String>) -> Result<Command, String> {
    if arguments.first().is_some_and(|first| first == "check") {
        return check(&arguments[1..]);
    }
    let mut transport = Transport::Stdio;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (name, value) = split(argument);
        match name {
            "--help" | "-h" => return Ok(Command::Print(HELP.to_owned())),
            "--version" | "-v" => return Ok(Command::Print(format!("rondo-lsp {}\n", env!("CARGO_PKG_VERSION")))),
            "--stdio" => {}
            "--listen" => transport = Transport::Listen(value_of(name, value, &mut rest)?),
            _ => return Err(format!("{argument} is no option of rondo lsp")),
        }
    }
    Ok(Command::Serve(transport))
}

fn check(arguments: &[String]) -> Result<Command, String> {
    let mut options = CheckOptions { format: Format::Text, report: Level::Hint, paths: Vec::new() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (name, value) = split(argument);
        match name {
            "--help" | "-h" => return Ok(Command::Print(CHECK_HELP.to_owned())),
            "--rules" => return Ok(Command::Print(list_of_rules())),
            "--explain" => return explain(&value_of(name, value, &mut rest)?),
            "--format" => options.format = format(&value_of(name, value, &mut rest)?)?,
            "--level" => options.report = level(&value_of(name, value, &mut rest)?)?,
            "--" => options.paths.extend(rest.by_ref().map(PathBuf::from)),
            _ if argument.starts_with('-') && argument != "-" => {
                return Err(format!("{argument} is no option of rondo check"));
            }
            _ => options.paths.push(PathBuf::from(argument)),
        }
    }
    if options.paths.is_empty() {
        return Err("rondo check needs at least one file or folder".to_owned());
    }
    Ok(Command::Check(options))
}

fn split(argument: &str) -> (&str, Option<&str>) {
    match argument.split_once('=') {
        Some((name, value)) if name.starts_with("--") => (name, Some(value)),
        _ => (argument, None),
    }
}

fn value_of<'a>(
    name: &str,
    value: Option<&str>,
    rest: &mut impl Iterator<Item = &'a String>,
) -> Result<String, String> {
    let value = value.map(str::to_owned).or_else(|| rest.next().cloned());
    value.filter(|value| !value.is_empty()).ok_or_else(|| format!("{name} requires a value"))
}

fn format(name: &str) -> Result<Format, String> {
    match name {
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        "sarif" => Ok(Format::Sarif),
        _ => Err(format!("--format must be text, json or sarif, not '{name}'")),
    }
}

fn level(name: &str) -> Result<Level, String> {
    match name {
        "hint" => Ok(Level::Hint),
        "warning" => Ok(Level::Warning),
        _ => Err(format!("--level must be hint or warning, not '{name}'")),
    }
}

fn list_of_rules() -> String {
    rules::ALL.iter().map(|rule| format!("{:<26} {}\n", rule.name, rule.what)).collect()
}

fn explain(name: &str) -> Result<Command, String> {
    match rules::find(name) {
        Some(rule) => Ok(Command::Print(rule.explanation())),
        None => Err(format!("there is no rule '{name}'; rondo check --rules lists them")),
    }
}

/// Prints to standard output; a reader that went away is no error.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn transports() {
        assert!(matches!(parse(words("--stdio")), Ok(Command::Serve(Transport::Stdio))));
        let Ok(Command::Serve(transport)) = parse(words("--listen 127.0.0.1:0")) else { panic!("it serves") };
        assert_eq!(transport, Transport::Listen("127.0.0.1:0".to_owned()));
        assert!(parse(words("--listen")).is_err() && parse(words("file.js")).is_err());
    }

    #[test]
    fn checks() {
        let Ok(Command::Check(options)) = parse(words("check --format=json --level warning src -- -x.js")) else {
            panic!("it checks")
        };
        assert_eq!((options.format, options.report), (Format::Json, Level::Warning));
        assert_eq!(options.paths, [PathBuf::from("src"), PathBuf::from("-x.js")]);
        for line in ["check", "check --format xml a", "check --explain nothing", "check --odd a"] {
            assert!(parse(words(line)).is_err(), "{line}");
        }
        assert!(matches!(parse(words("check --explain sync-io")), Ok(Command::Print(_))));
    }
}
