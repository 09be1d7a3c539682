//! The text of `--help`, made from the table of flags.

use std::fmt::Write;

use super::flags::{FLAGS, Flag, Group, Takes};

/// The column at which explanations begin.
const COLUMN: usize = 34;

const HEAD: &str = "\
Rondo runs JavaScript and TypeScript on an event loop that can be seen, stepped through and profiled.

Usage:
  rondo [options] [run] FILE [arguments]     run .js .mjs .cjs .ts .mts .cts .json
  rondo [options] -e CODE [arguments]        evaluate CODE; -p prints its result
  rondo [options] - [arguments]              run standard input
  rondo [options] [repl]                     read, evaluate and print, line by line
  rondo dap | rondo lsp                      the debug adapter, the language server
";

const GROUPS: &[(Group, &str)] = &[
    (Group::Run, "What to run"),
    (Group::Modules, "Modules"),
    (Group::Debug, "Debugging"),
    (Group::Errors, "Errors and warnings"),
    (Group::Environment, "Surroundings"),
];

const TAIL: &str = "
V8's options may be given too (--v8-options lists them), for example
      --max-old-space-size=MB     how far the heap may grow
      --expose-gc                 a global gc()

Environment variables:
  RONDO_OPTIONS, NODE_OPTIONS     options before those of the command line
  NODE_PATH                       further folders with modules
  NODE_NO_WARNINGS=1              as --no-warnings
  NODE_PENDING_DEPRECATION=1      as --pending-deprecation
  NODE_PRESERVE_SYMLINKS=1        as --preserve-symlinks
  NODE_REPL_HISTORY               the file of the interactive history ('' for none)
  UV_THREADPOOL_SIZE              threads for file, DNS and crypto work (4)
  NO_COLOR, FORCE_COLOR           colours in output

The modules are Node's: https://nodejs.org/api
";

pub fn text() -> String {
    let mut text = HEAD.to_owned();
    for (group, title) in GROUPS {
        let _ = write!(text, "\n{title}:\n");
        for flag in FLAGS.iter().filter(|flag| flag.group == *group && !flag.help.is_empty()) {
            line(&mut text, flag);
        }
    }
    text.push_str(TAIL);
    text
}

fn line(text: &mut String, flag: &Flag) {
    let short = flag.short.map_or("    ".to_owned(), |short| format!("-{short}, "));
    let value = match flag.takes {
        Takes::Nothing => String::new(),
        Takes::Optional if flag.short.is_none() => format!("[={}]", flag.value),
        _ => format!(" {}", flag.value),
    };
    let left = format!("  {short}--{}{value}", flag.name);
    let gap =
        if left.len() + 2 > COLUMN { format!("\n{}", " ".repeat(COLUMN)) } else { " ".repeat(COLUMN - left.len()) };
    let _ = writeln!(text, "{left}{gap}{}", flag.help);
}
