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
  rondo profile [options] FILE [arguments]   run FILE and tell what held its loop; --help tells more
  rondo top [PID | PORT | HOST:PORT]         watch the loop of a running program
  rondo check [options] PATH ...             report what blocks the event loop
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

const PROFILE_HEAD: &str = "\
Runs a program and tells, at its end or at Ctrl-C, what held its event loop: the line, the kind of callback, who
scheduled it, where the time went and who waited for how long. The program runs as always, in this process.

Usage:
  rondo profile [options] FILE [arguments]
  rondo profile [options] -e CODE [arguments]

Options, beside those of rondo itself (rondo --help):
";

const PROFILE_TAIL: &str = "
Files in DIR:
  report.html               a timeline of turns, callbacks and stalls; opens offline in any browser
  stalls.jsonl              each stall as one line of JSON, written as it happens
  trace.perfetto-trace      every callback, for https://ui.perfetto.dev
  trace.chrome.json         the same for tools that read Chrome's trace format
  cpu.cpuprofile            what ran during stalls, or with --cpu all the time, for DevTools and VS Code

A stall budget is JSON: the longest time in milliseconds by kind of callback (timeout, interval, immediate, accept,
read, fs, module, …; 'default' for the others, 0 where there is none), and stalls that are let pass until a day:
  { \"maxMs\": { \"default\": 100, \"module\": 500 },
    \"allow\": [{ \"fingerprint\": \"7f3a12cd\", \"until\": \"2027-01-31\", \"why\": \"to be split\" }] }

Exit code: the program's. With a budget, of a program that ended well or by Ctrl-C or SIGTERM: 0 when the budget was
kept, 3 when it was exceeded, 4 when the machine interfered and nothing can be said.

What it costs: the stack of whoever schedules something is taken (5000 a second at most), and samples only while
something is stalled. Of worker threads the report and stalls.jsonl have the stalls, by name; a budget does not count
them, since workers are there to compute. Child processes run as always and are not in the report.
";

/// The text of `rondo profile --help`.
pub fn of_profile() -> String {
    let mut text = PROFILE_HEAD.to_owned();
    let stalls = FLAGS.iter().filter(|flag| flag.name == "stall-threshold");
    for flag in stalls.chain(FLAGS.iter().filter(|flag| flag.group == Group::Profile)) {
        line(&mut text, flag);
    }
    text + PROFILE_TAIL
}

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
