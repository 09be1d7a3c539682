//! Timers, immediates, ticks and microtasks: what decides when code runs.

use super::{Behaviour, Row, row};

pub const TABLE: &[Row] = &[
    row(
        "setTimeout",
        Behaviour::Timers,
        "Runs a function once, after at least so many milliseconds. Whatever holds the loop delays it.",
    ),
    row(
        "setInterval",
        Behaviour::Timers,
        "Runs a function again and again; rounds that the loop has no time for are left out, not made up.",
    ),
    row(
        "setImmediate",
        Behaviour::Check,
        "Runs a function in this turn's check phase; one that schedules itself lets the loop go round in between.",
    ),
    row(
        "timers/promises.setTimeout",
        Behaviour::Timers,
        "A promise of a time to come; what follows its `await` runs as a microtask of the timers phase.",
    ),
    row("timers/promises.setInterval", Behaviour::Timers, "An async iterator over times."),
    row(
        "timers/promises.setImmediate",
        Behaviour::Check,
        "A promise of this turn's check phase: the way to let the loop breathe in a long computation.",
    ),
    row(
        "process.nextTick",
        Behaviour::NextTick,
        "Runs a function after the current one, before promises and before the loop goes on. Recursion starves the loop: no I/O, no timer until it ends.",
    ),
    row(
        "queueMicrotask",
        Behaviour::Microtask,
        "Runs a function as a microtask. Recursion starves the loop: no I/O, no timer until it ends.",
    ),
    row("Promise.all", Behaviour::Microtask, "Waits for all; what they wait for goes on side by side."),
    row("Promise.allSettled", Behaviour::Microtask, "Waits for all, whatever becomes of them."),
    row("Promise.race", Behaviour::Microtask, "Waits for the first; the others go on."),
    row("Promise.resolve", Behaviour::Microtask, "A settled promise; its reactions run as microtasks."),
    row("process.exit", Behaviour::Plain, "Ends the process now: what waits, writes to pipes included, is lost."),
    row("process.on", Behaviour::Plain, "Listens to the process. Signal handlers run in the poll phase."),
    row("process.hrtime", Behaviour::Plain, "A clock that never goes back."),
    row("process.memoryUsage", Behaviour::Plain, "Memory figures; reads the system's tables, so not in hot code."),
    row("process.cwd", Behaviour::Plain, "The working folder."),
    row("events.once", Behaviour::Microtask, "A promise of an event."),
    row("perf_hooks.monitorEventLoopDelay", Behaviour::Timers, "A histogram of how late the loop is."),
    row("performance.now", Behaviour::Plain, "Milliseconds since the process started."),
    row("Date.now", Behaviour::Plain, "Milliseconds since 1970."),
    row("async_hooks.AsyncLocalStorage", Behaviour::Plain, "Values that follow a chain of callbacks."),
];
