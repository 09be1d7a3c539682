//! The table of flags: names, what each takes, where it may stand, and its line of `--help`.

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// On or off; `--no-NAME` turns it off.
    Nothing,
    Text,
    /// May be given several times.
    Texts,
    /// A value only behind `=`, as in `--inspect=9230`.
    Optional,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Also in `NODE_OPTIONS` and `RONDO_OPTIONS`.
    Anywhere,
    CommandLine,
}

pub struct Flag {
    pub name: &'static str,
    pub short: Option<char>,
    pub takes: Takes,
    pub place: Place,
    pub group: Group,
    /// What stands after the name in `--help`, and the text; flags without text are accepted and not shown.
    pub value: &'static str,
    pub help: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Run,
    Modules,
    Debug,
    /// Only behind `rondo profile`.
    Profile,
    Errors,
    Environment,
    Hidden,
}

use Group::{Debug, Environment, Errors, Hidden, Modules, Profile, Run};
use Place::{Anywhere, CommandLine};
use Takes::{Nothing, Optional, Text, Texts};

const fn flag(
    name: &'static str,
    short: Option<char>,
    takes: Takes,
    place: Place,
    group: Group,
    value: &'static str,
    help: &'static str,
) -> Flag {
    Flag { name, short, takes, place, group, value, help }
}

/// A flag that Node has and that changes nothing here, because what it asks for is always so.
const fn always(name: &'static str) -> Flag {
    flag(name, None, Nothing, Anywhere, Hidden, "", "")
}

#[rustfmt::skip]
pub const FLAGS: &[Flag] = &[
    flag("eval", Some('e'), Text, CommandLine, Run, "CODE", "evaluate CODE"),
    flag("print", Some('p'), Optional, CommandLine, Run, "CODE", "evaluate CODE and print its result"),
    flag("check", Some('c'), Nothing, CommandLine, Run, "", "check the syntax of FILE without running it"),
    flag("interactive", Some('i'), Nothing, CommandLine, Run, "", "read, evaluate and print even if standard input is no terminal"),
    flag("version", Some('v'), Nothing, CommandLine, Run, "", "print the version"),
    flag("help", Some('h'), Nothing, CommandLine, Run, "", "print this text"),
    flag("v8-options", None, Nothing, CommandLine, Run, "", "print V8's options; each may be given to rondo"),

    flag("require", Some('r'), Texts, Anywhere, Modules, "MODULE", "load a module before the program; may be repeated"),
    flag("import", None, Texts, Anywhere, Modules, "MODULE", "the same, as an ES module"),
    flag("conditions", Some('C'), Texts, Anywhere, Modules, "NAME", "a further condition of package exports and imports"),
    flag("input-type", None, Text, Anywhere, Modules, "TYPE", "'module' or 'commonjs' (also with '-typescript'), for -e, -p and -"),
    flag("preserve-symlinks", None, Nothing, Anywhere, Modules, "", "a linked module is named by its link"),
    flag("preserve-symlinks-main", None, Nothing, Anywhere, Modules, "", "the same for the program itself"),
    flag("strip-types", None, Nothing, Anywhere, Modules, "", "run TypeScript by erasing its types (on; --no-strip-types)"),
    flag("experimental-strip-types", None, Nothing, Anywhere, Hidden, "", ""),
    flag("require-module", None, Nothing, Anywhere, Modules, "", "require() of ES modules (on; --no-require-module)"),
    flag("experimental-require-module", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-vm-modules", None, Nothing, Anywhere, Modules, "", "vm.SourceTextModule and vm.SyntheticModule"),
    flag("experimental-print-required-tla", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-loader", None, Texts, Anywhere, Hidden, "", ""),
    flag("loader", None, Texts, Anywhere, Hidden, "", ""),

    flag("inspect", None, Optional, Anywhere, Debug, "[HOST:]PORT", "let debuggers attach (127.0.0.1:9229); port 0 takes a free one"),
    flag("inspect-brk", None, Optional, Anywhere, Debug, "[HOST:]PORT", "the same, and stop before the first statement"),
    flag("inspect-wait", None, Optional, Anywhere, Debug, "[HOST:]PORT", "the same, and wait for a debugger before running"),
    flag("inspect-allow-origin", None, Text, Anywhere, Debug, "ORIGIN", "a web origin whose pages may attach, as http://127.0.0.1:*; several by commas"),
    flag("disable-sigusr1", None, Nothing, Anywhere, Debug, "", "do not start the inspector on SIGUSR1"),
    flag("stall-threshold", None, Text, Anywhere, Debug, "TIME", "a callback that holds the loop longer is a stall (50ms)"),
    flag("stall-log", None, Text, Anywhere, Debug, "FILE", "write each stall to FILE, one JSON object a line"),
    flag("loop-records", None, Nothing, Anywhere, Debug, "", "always on; --no-loop-records keeps no times of callbacks: no stalls, no history, rondo top is empty"),
    flag("out", None, Text, CommandLine, Profile, "DIR", "the folder of the report (./rondo-profile-PID)"),
    flag("stall-budget", None, Text, CommandLine, Profile, "FILE", "what may stall and how long: see below"),
    flag("cpu", None, Nothing, CommandLine, Profile, "", "cpu.cpuprofile of the whole run by V8's profiler: costs some percent"),
    flag("inspect-port", None, Text, Anywhere, Hidden, "", ""),
    flag("debug-port", None, Text, Anywhere, Hidden, "", ""),
    flag("inspect-publish-uid", None, Text, Anywhere, Hidden, "", ""),

    flag("unhandled-rejections", None, Text, Anywhere, Errors, "MODE", "throw, strict, warn, none or warn-with-error-code"),
    flag("warnings", None, Nothing, Anywhere, Errors, "", "print warnings (on; --no-warnings)"),
    flag("disable-warning", None, Texts, Anywhere, Errors, "CODE", "print no warning of this code or type"),
    flag("deprecation", None, Nothing, Anywhere, Errors, "", "print deprecations (on; --no-deprecation)"),
    flag("pending-deprecation", None, Nothing, Anywhere, Errors, "", "print deprecations that are to come too"),
    flag("trace-warnings", None, Nothing, Anywhere, Errors, "", "print warnings with their stacks"),
    flag("trace-deprecation", None, Nothing, Anywhere, Errors, "", "print deprecations with their stacks"),
    flag("throw-deprecation", None, Nothing, Anywhere, Errors, "", "throw deprecations as errors"),
    flag("trace-uncaught", None, Nothing, Anywhere, Errors, "", "print where an uncaught value was thrown"),
    flag("trace-exit", None, Nothing, Anywhere, Errors, "", "print the stack of process.exit()"),
    flag("trace-sigint", None, Nothing, Anywhere, Hidden, "", ""),
    flag("enable-source-maps", None, Nothing, Anywhere, Errors, "", "stacks of the original sources"),
    flag("abort-on-uncaught-exception", None, Nothing, Anywhere, Errors, "", "leave a core file when an exception is not caught"),
    flag("extra-info-on-fatal-exception", None, Nothing, Anywhere, Hidden, "", ""),

    flag("env-file", None, Texts, CommandLine, Environment, "FILE", "set environment variables from FILE"),
    flag("env-file-if-exists", None, Texts, CommandLine, Environment, "FILE", "the same, and no error when there is none"),
    flag("title", None, Text, Anywhere, Environment, "NAME", "the process's title"),
    flag("dns-result-order", None, Text, Anywhere, Environment, "ORDER", "ipv4first, ipv6first or verbatim"),
    flag("max-http-header-size", None, Text, Anywhere, Environment, "BYTES", "largest header block of an HTTP message"),
    flag("insecure-http-parser", None, Nothing, Anywhere, Hidden, "", ""),
    flag("network-family-autoselection", None, Nothing, Anywhere, Hidden, "", ""),
    flag("network-family-autoselection-attempt-timeout", None, Text, Anywhere, Hidden, "", ""),
    flag("icu-data-dir", None, Text, Anywhere, Hidden, "", ""),
    flag("stack-trace-limit", None, Text, Anywhere, Errors, "N", "frames kept in an error's stack (10)"),
    flag("heapsnapshot-signal", None, Text, Anywhere, Hidden, "", ""),
    flag("diagnostic-dir", None, Text, Anywhere, Hidden, "", ""),
    flag("secure-heap", None, Text, Anywhere, Hidden, "", ""),
    flag("use-openssl-ca", None, Nothing, Anywhere, Hidden, "", ""),
    flag("use-bundled-ca", None, Nothing, Anywhere, Hidden, "", ""),
    flag("use-system-ca", None, Nothing, Anywhere, Hidden, "", ""),
    flag("tls-min-v1.2", None, Nothing, Anywhere, Hidden, "", ""),
    flag("tls-min-v1.3", None, Nothing, Anywhere, Hidden, "", ""),
    flag("tls-max-v1.2", None, Nothing, Anywhere, Hidden, "", ""),
    flag("tls-max-v1.3", None, Nothing, Anywhere, Hidden, "", ""),
    flag("expose-internals", None, Nothing, CommandLine, Hidden, "", ""),
    flag("frozen-intrinsics", None, Nothing, Anywhere, Hidden, "", ""),
    flag("disable-proto", None, Text, Anywhere, Hidden, "", ""),
    flag("zero-fill-buffers", None, Nothing, Anywhere, Hidden, "", ""),
    flag("verify-base-objects", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-repl-await", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-eventsource", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-websocket", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-webstorage", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-global-navigator", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-sqlite", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-worker-inspection", None, Nothing, Anywhere, Hidden, "", ""),
    flag("experimental-network-inspection", None, Nothing, Anywhere, Hidden, "", ""),
    flag("async-context-frame", None, Nothing, Anywhere, Hidden, "", ""),
    flag("test", None, Nothing, CommandLine, Hidden, "", ""),
    flag("test-only", None, Nothing, CommandLine, Hidden, "", ""),
    flag("test-name-pattern", None, Texts, CommandLine, Hidden, "", ""),
    flag("test-reporter", None, Texts, CommandLine, Hidden, "", ""),
    flag("test-reporter-destination", None, Texts, CommandLine, Hidden, "", ""),
    flag("test-concurrency", None, Text, CommandLine, Hidden, "", ""),
    flag("test-timeout", None, Text, CommandLine, Hidden, "", ""),
    flag("test-force-exit", None, Nothing, CommandLine, Hidden, "", ""),
    always("experimental-detect-module"),
    always("experimental-import-meta-resolve"),
    always("experimental-default-type"),
    always("experimental-wasm-modules"),
    always("experimental-json-modules"),
    always("experimental-modules"),
    always("experimental-fetch"),
    always("experimental-global-customevent"),
    always("experimental-global-webcrypto"),
    always("experimental-report"),
    always("experimental-worker"),
    always("experimental-abortcontroller"),
    always("experimental-top-level-await"),
    always("experimental-test-module-mocks"),
    always("experimental-import-meta-main"),
    always("experimental-async-context-frame"),
    always("deprecation-warnings"),
    always("force-async-hooks-checks"),
    always("addons"),
    always("global-search-paths"),
    always("node-snapshot"),
];

/// Node's flags for what Rondo does not have; they end in an error that says so.
pub const UNSUPPORTED: &[&str] = &[
    "permission",
    "experimental-permission",
    "build-snapshot",
    "build-sea",
    "experimental-sea-config",
    "snapshot-blob",
    "openssl-config",
    "force-fips",
    "enable-fips",
    "watch",
    "watch-path",
    "run",
    "cpu-prof",
    "heap-prof",
    "experimental-transform-types",
    "report-on-signal",
    "report-uncaught-exception",
    "trace-event-categories",
    "trace-events-enabled",
    "policy-integrity",
    "experimental-policy",
    "experimental-test-coverage",
    "experimental-config-file",
];

pub fn find(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.name == name)
}

pub fn find_short(letter: char) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.short == Some(letter))
}
