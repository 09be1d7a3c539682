//! What can be done about a stall, in one sentence, from its class and operation.

use rondo_protocol::stall::{CauseClass, Stall};

/// Operations whose asynchronous form is the way out, by the beginning of their names.
const OPERATIONS: &[(&str, &str)] = &[
    ("crypto.", "the asynchronous form of this function computes on the thread pool; the loop goes on meanwhile"),
    ("zlib.", "compress with the asynchronous form or a stream: both work on the thread pool"),
    ("fs.", "use fs.promises or the form with a callback: the wait is then the thread pool's"),
    ("child", "use spawn or execFile with a callback: the loop goes on while the child runs"),
    ("dns.", "look names up asynchronously"),
    ("module", "load modules before the first request, at the top of a file"),
];

pub fn of(stall: &Stall) -> &'static str {
    let op = stall.cause.op.as_deref().unwrap_or("");
    if let Some((_, hint)) = OPERATIONS.iter().find(|(name, _)| op.starts_with(name)) {
        return hint;
    }
    if stall.worker.is_some() && matches!(stall.cause.class, CauseClass::Js | CauseClass::Builtin | CauseClass::Native)
    {
        return "workers are there to compute; split it only if messages must be answered meanwhile";
    }
    match stall.cause.class {
        CauseClass::Js => "split the work and yield between the parts (setImmediate), or move it to a worker thread",
        CauseClass::Builtin => {
            "one call into the engine did this: give it smaller inputs, stream them, or use a worker"
        }
        CauseClass::Native => "use the asynchronous form of this operation, or move it to a worker thread",
        CauseClass::Gc => {
            "it is the garbage collector: keep fewer objects alive, or reuse buffers; --max-old-space-size gives it room"
        }
        CauseClass::NextTick => {
            "ticks that queue ticks starve everything else: use setImmediate, which lets the loop go on"
        }
        CauseClass::Microtask => {
            "promises that are resolved already never let the loop go on: await a setImmediate now and then"
        }
        CauseClass::Load => "load modules before the first request, at the top of a file, or bundle them",
        CauseClass::Turn => "many short callbacks came due together: spread them over time, or do a few per turn",
        CauseClass::External => {
            "the machine held the process (stopped, throttled, or short of processors): the code is not to blame"
        }
        CauseClass::Unknown => "too little was seen to say why: a lower --stall-threshold takes samples earlier",
    }
}
