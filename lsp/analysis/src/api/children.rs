//! Other processes and threads.

use super::{Behaviour, Row, Work, blocking, row};

pub const TABLE: &[Row] = &[
    blocking(
        "child_process.execSync",
        Work::Child,
        "child_process.exec",
        "Runs a shell command and waits for its end.",
    ),
    blocking(
        "child_process.execFileSync",
        Work::Child,
        "child_process.execFile",
        "Runs a program and waits for its end.",
    ),
    blocking("child_process.spawnSync", Work::Child, "child_process.spawn", "Runs a program and waits for its end."),
    row(
        "child_process.exec",
        Behaviour::Elsewhere,
        "Runs a shell command; output is collected, up to `maxBuffer`. Starting it takes about 1 ms of the loop.",
    ),
    row(
        "child_process.execFile",
        Behaviour::Elsewhere,
        "Runs a program without a shell; output is collected, up to `maxBuffer`.",
    ),
    row("child_process.spawn", Behaviour::Elsewhere, "Starts a program; its output arrives as streams."),
    row(
        "child_process.fork",
        Behaviour::Elsewhere,
        "Starts a script in a process of its own, with a channel for messages.",
    ),
    row(
        "worker_threads.Worker",
        Behaviour::Elsewhere,
        "A thread with a loop of its own: the place for long computations.",
    ),
    row("worker_threads.receiveMessageOnPort", Behaviour::Plain, "Takes one message that already waits."),
    row("cluster.fork", Behaviour::Elsewhere, "Starts a process that shares the server's ports."),
    row("os.cpus", Behaviour::Plain, "Figures of the processors; reads files of the system."),
    row("os.tmpdir", Behaviour::Plain, "The folder for temporary files."),
];
