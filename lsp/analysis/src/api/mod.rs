//! What Node's functions do to the event loop: where their work runs, in which phase their callback runs, and whether the
//! loop stands still meanwhile. In our words, as Node's documentation and Rondo's loop have it.

use std::collections::HashMap;
use std::sync::LazyLock;

mod children;
mod compute;
mod files;
mod network;
mod scheduling;

/// Modules that `import` and `require` know, without `node:`.
pub const MODULES: &[&str] = &[
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "sea",
    "sqlite",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "test",
    "test/reporters",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

const GLOBALS: &[&str] = &[
    "process",
    "JSON",
    "Atomics",
    "setTimeout",
    "setInterval",
    "setImmediate",
    "queueMicrotask",
    "structuredClone",
    "fetch",
    "Buffer",
    "globalThis",
    "global",
    "Promise",
    "WebAssembly",
    "console",
    "Date",
    "performance",
];

/// What kind of work a function does on the caller's thread before it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Files,
    Crypto,
    Compression,
    Child,
    Sleep,
    /// As long as its input is large.
    Compute,
}

/// How a function and its callback relate to the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Works on the caller's thread and returns when it is done; the loop stands still.
    Blocks(Work),
    /// Works on the thread pool; the callback runs in the poll phase.
    Pool,
    /// No thread works: the kernel says when there is something; callbacks run in the poll phase.
    Kernel,
    /// The callback runs in the timers phase.
    Timers,
    /// The callback runs in the check phase.
    Check,
    /// The callback runs before the loop goes on, ahead of microtasks.
    NextTick,
    /// The callback runs before the loop goes on, after the ticks.
    Microtask,
    /// Another process or thread works; messages and ends arrive in the poll phase.
    Elsewhere,
    /// Returns at once; nothing is scheduled.
    Plain,
}

/// One function.
#[derive(Clone, Debug)]
pub struct Api {
    /// `module.member`, or the bare name of a global.
    pub name: String,
    pub behaviour: Behaviour,
    /// What it does and what is worth knowing, one or two sentences.
    pub says: &'static str,
    /// What to use instead where it blocks.
    pub instead: Option<String>,
    /// Whether what to use instead takes the same arguments and gives the same result, by a promise.
    pub same_by_promise: bool,
}

/// A row of the tables: a function in all the forms that Node has of it.
struct Row {
    name: &'static str,
    behaviour: Behaviour,
    says: &'static str,
    forms: Forms,
}

#[derive(Clone, Copy)]
enum Forms {
    /// As the row names it.
    Alone,
    /// So too, and it blocks: what to use instead.
    Blocks(&'static str),
    /// `x.f` with a callback and `x/promises.f`.
    Promise,
    /// `x.f` with a callback and `x.fSync`; what to use instead of that one, unless it is the first.
    Sync(Work, Option<&'static str>),
    /// All three: the promise's is to be used instead of the synchronous one.
    All(Work, Outcome),
}

/// Whether a promise's form gives what the synchronous one returns, for the same arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Same,
    Other,
}

const fn row(name: &'static str, behaviour: Behaviour, says: &'static str) -> Row {
    Row { name, behaviour, says, forms: Forms::Alone }
}

const fn blocking(name: &'static str, work: Work, instead: &'static str, says: &'static str) -> Row {
    Row { name, behaviour: Behaviour::Blocks(work), says, forms: Forms::Blocks(instead) }
}

const fn with_promise(name: &'static str, behaviour: Behaviour, says: &'static str) -> Row {
    Row { name, behaviour, says, forms: Forms::Promise }
}

/// On the pool with a callback, and synchronous.
const fn with_sync(name: &'static str, work: Work, says: &'static str) -> Row {
    Row { name, behaviour: Behaviour::Pool, says, forms: Forms::Sync(work, None) }
}

/// So too, and something else is better than a callback.
const fn with_sync_instead(name: &'static str, work: Work, instead: &'static str, says: &'static str) -> Row {
    Row { name, behaviour: Behaviour::Pool, says, forms: Forms::Sync(work, Some(instead)) }
}

/// On the pool with a callback or a promise, and synchronous.
const fn in_all_forms(name: &'static str, work: Work, says: &'static str) -> Row {
    Row { name, behaviour: Behaviour::Pool, says, forms: Forms::All(work, Outcome::Same) }
}

/// So too, with another result by the promise.
const fn in_other_forms(name: &'static str, work: Work, says: &'static str) -> Row {
    Row { name, behaviour: Behaviour::Pool, says, forms: Forms::All(work, Outcome::Other) }
}

const TABLES: [&[Row]; 5] = [files::TABLE, compute::TABLE, network::TABLE, scheduling::TABLE, children::TABLE];

static ALL: LazyLock<Vec<Api>> = LazyLock::new(|| TABLES.into_iter().flatten().flat_map(Row::forms).collect());
static BY_NAME: LazyLock<HashMap<&str, &Api>> =
    LazyLock::new(|| ALL.iter().map(|api| (api.name.as_str(), api)).collect());

impl Row {
    fn forms(&self) -> Vec<Api> {
        let plain = |name: String| Api {
            name,
            behaviour: self.behaviour,
            says: self.says,
            instead: None,
            same_by_promise: false,
        };
        let own = plain(self.name.to_owned());
        let by_promise = || plain(self.name.replacen('.', "/promises.", 1));
        let sync = |work: Work, instead: &str, same_by_promise: bool| Api {
            behaviour: Behaviour::Blocks(work),
            instead: Some(instead.to_owned()),
            same_by_promise,
            ..plain(format!("{}Sync", self.name))
        };
        match self.forms {
            Forms::Alone => vec![own],
            Forms::Blocks(instead) => vec![Api { instead: Some(instead.to_owned()), ..own }],
            Forms::Promise => vec![own, by_promise()],
            Forms::Sync(work, instead) => vec![own, sync(work, instead.unwrap_or(self.name), false)],
            Forms::All(work, outcome) => {
                let by_promise = by_promise();
                let sync = sync(work, &by_promise.name, outcome == Outcome::Same);
                vec![own, by_promise, sync]
            }
        }
    }
}

pub fn all() -> impl Iterator<Item = &'static Api> {
    ALL.iter()
}

pub fn find(name: &str) -> Option<&'static Api> {
    BY_NAME.get(name).copied()
}

/// The members of a module that the table knows, by their names in it.
pub fn members(module: &str) -> impl Iterator<Item = (&'static str, &'static Api)> {
    all().filter_map(move |api| {
        let member = api.name.strip_prefix(module)?.strip_prefix('.')?;
        (!member.contains('.')).then_some((member, api))
    })
}

pub fn is_global(name: &str) -> bool {
    GLOBALS.contains(&name)
}

impl Behaviour {
    pub const fn blocks(self) -> bool {
        matches!(self, Behaviour::Blocks(_))
    }

    /// Where the work is done.
    pub const fn thread(self) -> &'static str {
        match self {
            Behaviour::Blocks(_) => "the caller's thread, start to end",
            Behaviour::Pool => "the thread pool (4 threads, `UV_THREADPOOL_SIZE`)",
            Behaviour::Kernel => "no thread: the kernel reports readiness",
            Behaviour::Timers | Behaviour::Check | Behaviour::NextTick | Behaviour::Microtask => "no work of its own",
            Behaviour::Elsewhere => "another process or thread",
            Behaviour::Plain => "the caller's thread, shortly",
        }
    }

    /// When the callback, or what follows the `await`, runs.
    pub const fn callback(self) -> &'static str {
        match self {
            Behaviour::Blocks(_) | Behaviour::Plain => "none: the result is returned",
            Behaviour::Pool | Behaviour::Kernel | Behaviour::Elsewhere => "in the **poll** phase",
            Behaviour::Timers => "in the **timers** phase, not before its time and as late as the loop is",
            Behaviour::Check => "in the **check** phase, right after poll",
            Behaviour::NextTick => "before the loop goes on, ahead of promise reactions",
            Behaviour::Microtask => "as a **microtask**, before the loop goes on",
        }
    }

    /// Whether the loop stands still.
    pub const fn verdict(self) -> &'static str {
        match self {
            Behaviour::Blocks(Work::Compute) => "**yes**, as long as its input is large",
            Behaviour::Blocks(_) => "**yes**, until it returns",
            Behaviour::NextTick | Behaviour::Microtask => {
                "not by itself, but each one that schedules another starves the loop"
            }
            _ => "no",
        }
    }
}

impl Api {
    /// The text of a hover, in Markdown.
    pub fn markdown(&self) -> String {
        let awaited = self.name.contains("/promises.") && !self.behaviour.blocks();
        let callback = if awaited { "Continues" } else { "Callback" };
        let mut text = format!(
            "**`{}`**\n\n{}\n\n- Works on: {}\n- {callback}: {}\n- Blocks the loop: {}",
            self.name,
            self.says,
            self.behaviour.thread(),
            self.behaviour.callback(),
            self.behaviour.verdict()
        );
        if let Some(instead) = &self.instead {
            text.push_str(&format!("\n- Instead: `{instead}`"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_belong_to_a_known_module() {
        let mut seen = std::collections::HashSet::new();
        for api in all() {
            assert!(seen.insert(&api.name), "{} stands twice", api.name);
            let module = api.name.split_once('.').map_or(api.name.as_str(), |(module, _)| module);
            assert!(MODULES.contains(&module) || is_global(module), "{}", api.name);
            assert!(api.says.ends_with('.'), "{}", api.name);
        }
    }

    #[test]
    fn everything_that_ends_in_sync_blocks_and_says_what_to_use() {
        for api in all().filter(|api| api.name.ends_with("Sync")) {
            assert!(api.behaviour.blocks() && api.instead.is_some(), "{}", api.name);
        }
    }

    #[test]
    fn a_row_gives_all_its_forms() {
        let instead = |name: &str| find(name).and_then(|api| api.instead.clone());
        assert_eq!(instead("fs.statSync").as_deref(), Some("fs/promises.stat"));
        assert_eq!(instead("fs.readSync").as_deref(), Some("FileHandle.read"));
        assert_eq!(instead("zlib.gzipSync").as_deref(), Some("zlib.gzip"));
        assert!(find("dns/promises.resolve4").is_some() && find("fs/promises.read").is_none());
        let same = |name: &str| find(name).is_some_and(|api| api.same_by_promise);
        assert!(same("fs.readFileSync") && !same("fs.openSync") && !same("fs.readFile"));
        // What is used instead is itself in the tables, unless it is a method.
        for api in all() {
            let instead = api.instead.as_deref().filter(|name| !name.starts_with("FileHandle."));
            assert!(instead.is_none_or(|name| find(name).is_some()), "{}", api.name);
        }
    }

    #[test]
    fn a_hover_says_phase_thread_and_verdict() {
        let text = find("fs.readFile").expect("it is in the table").markdown();
        assert!(
            text.contains("thread pool") && text.contains("**poll**") && text.contains("Blocks the loop: no"),
            "{text}"
        );
    }
}
