//! The doorway: everything that enters JavaScript from the loop enters through [`enter`], and nothing else does.
//!
//! In this order: note what runs, arm the debugger's pause if a step waits for this callback, call, drain `nextTick`s
//! and microtasks as Node does after each callback, disarm, flush what the callback wrote, stamp the end and record.
//!
//! Cost when nobody looks: one clock read (the end; the start is the previous end, or the return of the poll), a few
//! stores, one branch for everything that a debugger adds.

use std::cell::{Cell, RefCell};

use rondo_protocol::CallbackKind;

use crate::clock::now_ns;
use crate::core::core;
use crate::observe::{Task, TaskClass};
use crate::records::{Cause, Record, Recorder};
use crate::shared_words::Word;

/// What is known of a callback before it runs.
pub struct Entry {
    pub kind: CallbackKind,
    /// The timer, handle or request it belongs to; unique within its kind.
    pub task: u64,
    pub cause: Cause,
    /// When it could have run first, 0 if unknown.
    pub ready_ns: u64,
    pub resource: Option<Box<str>>,
}

impl Entry {
    pub fn new(kind: CallbackKind, task: u64, cause: Cause) -> Entry {
        Entry { kind, task, cause, ready_ns: 0, resource: None }
    }
}

/// The doorway's own state: what runs now, and what has run.
#[derive(Default)]
pub struct Doorway {
    next_id: Cell<u64>,
    /// The running callback as a cause of what it schedules.
    current: Cell<Cause>,
    /// The end of the previous callback or of the poll, whichever is later.
    stamp_ns: Cell<u64>,
    pub recorder: RefCell<Recorder>,
    /// The cause of a callback that JavaScript queued itself, told once it runs.
    adopted: Cell<Option<Cause>>,
}

impl Doorway {
    /// The cause of what is scheduled now.
    #[inline]
    pub fn cause(&self) -> Cause {
        self.current.get()
    }

    /// Makes the callback with the low bits `trigger` the cause of the running one.
    pub fn adopt(&self, trigger: u32) {
        let current = self.current.get();
        let back = (current.trigger as u32).wrapping_sub(trigger);
        let trigger = current.trigger - u64::from(back);
        let recorder = self.recorder.borrow();
        let Some(record) = recorder.get(trigger) else { return };
        let cause = Cause { trigger, chain: record.cause.chain, scheduled_ns: record.start_ns };
        self.adopted.set(Some(cause));
        self.current.set(Cause { chain: cause.chain, ..current });
    }

    /// Sets the time from which the next callback counts, after a wait.
    pub fn stamp(&self, now_ns: u64) {
        self.stamp_ns.set(now_ns);
    }
}

/// Whether a kind begins a chain of its own: it answers the outside, not a callback.
fn begins_chain(kind: CallbackKind) -> bool {
    matches!(kind, CallbackKind::Accept | CallbackKind::Read | CallbackKind::Signal | CallbackKind::Module)
}

/// Calls `function` on the loop's behalf. An exception goes to `process`'s handlers; the loop goes on after them.
pub fn enter<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    entry: Entry,
    function: v8::Local<'_, v8::Function>,
    receiver: v8::Local<'_, v8::Value>,
    arguments: &[v8::Local<'_, v8::Value>],
) -> Option<v8::Local<'s, v8::Value>> {
    let doorway = &core().doorway;
    let id = doorway.next_id.get() + 1;
    doorway.next_id.set(id);
    let start_ns = doorway.stamp_ns.get();
    let chain = if entry.cause.chain == 0 || begins_chain(entry.kind) { id } else { entry.cause.chain };
    doorway.current.set(Cause { trigger: id, chain, scheduled_ns: start_ns });
    core().words().set(Word::CurrentCallback, id as u32);

    let result = call(scope, function, receiver, arguments);
    drain(scope);
    crate::node::net::flush_written();

    let end_ns = now_ns();
    doorway.stamp_ns.set(end_ns);
    let event_loop = &core().event_loop;
    doorway.recorder.borrow_mut().push(Record {
        id,
        task: entry.task,
        cause: doorway.adopted.take().unwrap_or(Cause { chain, ..entry.cause }),
        ready_ns: entry.ready_ns,
        start_ns,
        drain_ns: 0,
        end_ns,
        turn: event_loop.turn.get(),
        kind: entry.kind,
        phase: event_loop.phase.get(),
        resource: entry.resource,
    });
    result
}

/// A `nextTick` callback begins; called by the drain only while somebody looks.
pub fn enter_tick(scope: &mut v8::PinScope<'_, '_>, number: u64) {
    let _ = (scope, number);
}

/// The tick that began last is over.
pub fn leave_tick(scope: &mut v8::PinScope<'_, '_>, number: u64) {
    let _ = scope;
    core().observer.forget(Task::new(TaskClass::Tick, number));
}

/// Drains `nextTick`s and microtasks; the words say whether JavaScript must be asked at all.
pub fn drain(scope: &mut v8::PinScope<'_, '_>) {
    let words = core().words();
    if words.get(Word::TicksQueued) == 0 && words.get(Word::RejectionsWaiting) == 0 {
        scope.perform_microtask_checkpoint();
    }
    while words.get(Word::TicksQueued) != 0 || words.get(Word::RejectionsWaiting) != 0 {
        v8::scope!(let scope, scope);
        let drain = v8::Local::new(scope, &core().trampolines().drain_ticks);
        let receiver = v8::undefined(scope).into();
        call(scope, drain, receiver, &[]);
    }
}

fn call<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    function: v8::Local<'_, v8::Function>,
    receiver: v8::Local<'_, v8::Value>,
    arguments: &[v8::Local<'_, v8::Value>],
) -> Option<v8::Local<'s, v8::Value>> {
    match function.call_caught(scope, receiver, arguments) {
        Ok(value) => Some(value),
        Err(exception) => {
            crate::exception::uncaught(scope, exception);
            None
        }
    }
}

/// A call whose exception is a value rather than a pending state of the isolate.
pub trait CallCaught {
    fn call_caught<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        receiver: v8::Local<'_, v8::Value>,
        arguments: &[v8::Local<'_, v8::Value>],
    ) -> Result<v8::Local<'s, v8::Value>, v8::Local<'s, v8::Value>>;
}

impl CallCaught for v8::Local<'_, v8::Function> {
    fn call_caught<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        receiver: v8::Local<'_, v8::Value>,
        arguments: &[v8::Local<'_, v8::Value>],
    ) -> Result<v8::Local<'s, v8::Value>, v8::Local<'s, v8::Value>> {
        v8::tc_scope!(let caught, scope);
        match v8::Function::call(self, caught, receiver, arguments) {
            Some(value) => Ok(value),
            None => match caught.exception() {
                Some(exception) => {
                    if let Some(message) = caught.message() {
                        crate::exception::note_thrown(caught, exception, message);
                    }
                    Err(exception)
                }
                None => Err(v8::undefined(caught).into()),
            },
        }
    }
}
