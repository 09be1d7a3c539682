//! What Node's functions do to the event loop: where their work runs, in which phase their callback runs, and whether the
//! loop stands still meanwhile. In our words, as Node's documentation and Rondo's loop have it.

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
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// `module.member`, or the bare name of a global.
    pub name: &'static str,
    pub behaviour: Behaviour,
    /// What it does and what is worth knowing, one or two sentences.
    pub says: &'static str,
    /// What to use instead where it blocks.
    pub instead: Option<&'static str>,
}

const fn api(name: &'static str, behaviour: Behaviour, says: &'static str) -> Api {
    Api { name, behaviour, says, instead: None }
}

const fn blocking(name: &'static str, work: Work, instead: &'static str, says: &'static str) -> Api {
    Api { name, behaviour: Behaviour::Blocks(work), says, instead: Some(instead) }
}

const TABLES: [&[Api]; 5] = [files::TABLE, compute::TABLE, network::TABLE, scheduling::TABLE, children::TABLE];

pub fn all() -> impl Iterator<Item = &'static Api> {
    TABLES.into_iter().flatten()
}

pub fn find(name: &str) -> Option<&'static Api> {
    all().find(|api| api.name == name)
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
        if let Some(instead) = self.instead {
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
            assert!(seen.insert(api.name), "{} stands twice", api.name);
            let module = api.name.split_once('.').map_or(api.name, |(module, _)| module);
            assert!(MODULES.contains(&module) || is_global(module), "{}", api.name);
            assert!(api.says.ends_with('.'), "{}", api.name);
        }
    }

    #[test]
    fn everything_that_ends_in_sync_blocks_and_says_what_to_use() {
        for api in all().filter(|api| api.name.ends_with("Sync") && !matches!(api.behaviour, Behaviour::Plain)) {
            assert!(api.behaviour.blocks() && api.instead.is_some(), "{}", api.name);
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
