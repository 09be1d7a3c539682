//! The doorway: everything that enters JavaScript from the loop enters through [`enter`], and nothing else does.
//!
//! In this order: note what runs, arm the debugger's pause if a step waits for this callback, call, drain `nextTick`s
//! and microtasks as Node does after each callback, disarm, flush what the callback wrote, stamp the end and record.
//!
//! Cost when nobody looks: one clock read (the end; the start is the previous end, or the return of the poll), a few
//! stores, one branch for everything that a debugger adds.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use rondo_inspector::needs::Needs;
use rondo_inspector::status::SharedStatus;
use rondo_protocol::CallbackKind;

use crate::clock::{coarse_ns, epoch_offset_us, now_ns};
use crate::core::core;
use crate::observe::{Origin, Task, TaskClass};
use crate::records::{Cause, Record, Recorder};
use crate::shared_words::Word;
use crate::stalls::slot::{Slot, Stage};

/// From here on a callback may become a stall.
const LONG_NS_MIN: u64 = 10_000_000;

/// What is known of a callback before it runs.
pub struct Entry {
    pub kind: CallbackKind,
    /// The timer, handle or request it belongs to; unique within its class.
    pub task: u64,
    pub cause: Cause,
    /// When it could have run first, 0 if unknown.
    pub ready_ns: u64,
    /// Moved from the task where it has one; what can be derived from a handle is derived when it is asked for.
    pub resource: Option<Box<str>>,
}

impl Entry {
    pub fn new(kind: CallbackKind, task: u64, cause: Cause) -> Entry {
        Entry { kind, task, cause, ready_ns: 0, resource: None }
    }

    pub fn task(&self) -> Task {
        Task::new(class_of(self.kind), self.task)
    }
}

/// The numbers of a kind's tasks belong to this class.
pub fn class_of(kind: CallbackKind) -> TaskClass {
    use CallbackKind as Kind;
    match kind {
        Kind::Timeout | Kind::Interval => TaskClass::Timer,
        Kind::Immediate => TaskClass::Immediate,
        Kind::NextTick => TaskClass::Tick,
        Kind::Accept | Kind::Connect | Kind::Read | Kind::Write | Kind::Close | Kind::Listen | Kind::Stdio => {
            TaskClass::Handle
        }
        Kind::Signal | Kind::Module | Kind::Microtask | Kind::Inspector => TaskClass::Other,
        _ => TaskClass::Request,
    }
}

/// The callback that runs.
#[derive(Clone, Copy)]
pub struct Running {
    pub id: u64,
    pub kind: CallbackKind,
    pub task: u64,
    pub cause: Cause,
    pub ready_ns: u64,
    pub start_ns: u64,
}

/// The doorway's own state: what runs now, and what has run.
#[derive(Default)]
pub struct Doorway {
    next_id: Cell<u64>,
    /// The running callback as a cause of what it schedules.
    current: Cell<Cause>,
    /// Whether the cause was asked for since an engine's task began.
    has_caused: Cell<bool>,
    running: Cell<Option<Running>>,
    /// The end of the previous callback or of the poll, whichever is later.
    stamp_ns: Cell<u64>,
    /// What adds to the monotonic clock to give Unix time, in microseconds.
    epoch_offset_us: Cell<i64>,
    pub recorder: RefCell<Recorder>,
    /// The cause of a callback that JavaScript queued itself, told once it runs.
    adopted: Cell<Option<Cause>>,
    /// Time of microtask checkpoints in this callback.
    micro_ns: Cell<u64>,
    /// What `was_held` and `turn_was_held` have seen.
    pauses_seen: Cell<u64>,
    /// `--no-loop-records`: nothing is timed, published to the watchdog or remembered.
    records_off: Cell<bool>,
    turn_pauses_seen: Cell<u64>,
    pub needs: Rc<Needs>,
    pub status: Arc<SharedStatus>,
    pub slot: Arc<Slot>,
}

impl Doorway {
    /// The cause of what is scheduled now.
    #[inline]
    pub fn cause(&self) -> Cause {
        self.has_caused.set(true);
        self.current.get()
    }

    pub fn running(&self) -> Option<Running> {
        self.running.get()
    }

    /// Whether a debugger has held the thread since this was asked last: such a time says nothing of the code.
    #[cold]
    fn was_held(&self) -> bool {
        let pauses = self.status.pauses();
        self.pauses_seen.replace(pauses) != pauses
    }

    /// The same of the turn.
    #[cold]
    pub fn turn_was_held(&self) -> bool {
        let pauses = self.status.pauses();
        self.turn_pauses_seen.replace(pauses) != pauses
    }

    /// The callback that began last.
    pub fn last_id(&self) -> u64 {
        self.next_id.get()
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

    pub fn stamp_ns(&self) -> u64 {
        self.stamp_ns.get()
    }

    /// The present moment by the coarse clock, and by the precise one in a callback that runs long already: its report
    /// tells the stages apart, and on a loaded machine the coarse clock may stand still for many milliseconds.
    #[inline]
    fn moment_ns(&self) -> u64 {
        let coarse = coarse_ns();
        if coarse.saturating_sub(self.stamp_ns.get()) < LONG_NS_MIN { coarse } else { now_ns() }
    }

    /// Turns the always-on records off, which is there to measure what they cost.
    pub fn turn_records_off(&self) {
        self.records_off.set(true);
    }

    /// The second of Unix time at `now_ns`, 0 while it is not known how the monotonic clock lies in wall time.
    #[inline]
    pub fn wall_second(&self, now_ns: u64) -> u32 {
        let offset_us = self.epoch_offset_us.get();
        if offset_us == 0 { 0 } else { ((now_ns / 1000).wrapping_add_signed(offset_us) / 1_000_000) as u32 }
    }

    /// Looks anew at how the monotonic clock lies in wall time, which may have been set.
    pub fn refresh_epoch(&self) {
        self.epoch_offset_us.set(epoch_offset_us());
    }

    /// The chain that a callback with the id `id` belongs to.
    pub fn chain_of(&self, entry: &Entry, id: u64) -> u64 {
        if entry.cause.chain == 0 || begins_chain(entry.kind) { id } else { entry.cause.chain }
    }

    fn new_id(&self) -> u64 {
        let id = self.next_id.get() + 1;
        self.next_id.set(id);
        id
    }
}

/// Runs a task of the engine's, and what JavaScript that makes ready: reactions to a promise that it settles, finalization
/// callbacks. It is recorded only if something came of it or it held the loop: most are the collector's.
pub fn run_engine_task(scope: &mut v8::PinScope<'_, '_>, task: v8::Task) {
    let (core, doorway) = (core(), &core().doorway);
    if core.is_stopping() {
        return;
    }
    let id = doorway.last_id() + 1;
    let start_ns = doorway.stamp_ns.get();
    let (kind, cause) = (CallbackKind::Microtask, Cause { chain: id, ..Cause::default() });
    let immediates = core.words().get(Word::ImmediatesQueued);
    doorway.current.set(Cause { trigger: id, chain: id, scheduled_ns: start_ns });
    doorway.running.set(Some(Running { id, kind, task: 0, cause, ready_ns: 0, start_ns }));
    core.words().set(Word::CurrentCallback, id as u32);
    core.stalls.callback_began();
    doorway.micro_ns.set(0);
    doorway.has_caused.set(false);
    let records = !doorway.records_off.get();
    if records {
        doorway.slot.begin(start_ns);
    }
    {
        v8::scope!(let scope, scope);
        crate::exception::tell_after(scope, || task.run());
    }
    let drain_ns = drain(scope);
    crate::node::net::flush_written();
    doorway.running.set(None);
    if !records {
        return;
    }
    let end_ns = now_ns();
    doorway.stamp_ns.set(end_ns);
    doorway.slot.end();
    let has_caused = doorway.has_caused.get() || core.words().get(Word::ImmediatesQueued) != immediates;
    if has_caused || end_ns - start_ns >= doorway.slot.threshold_ns() {
        doorway.new_id();
        finish(Entry::new(kind, 0, cause), id, cause, start_ns, drain_ns.clamp(start_ns, end_ns), end_ns, None);
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
    let (core, doorway) = (core(), &core().doorway);
    if core.is_stopping() {
        return None;
    }
    let id = doorway.new_id();
    let origin = core.observer.origin(entry.task());
    let mut armed = false;
    if doorway.needs.any() {
        armed = crate::inspection::callback_begins(scope, &entry, id, origin.as_deref());
    }
    let start_ns = doorway.stamp_ns.get();
    let chain = doorway.chain_of(&entry, id);
    let cause = Cause { chain, ..entry.cause };
    let (kind, task, ready_ns) = (entry.kind, entry.task, entry.ready_ns);
    doorway.current.set(Cause { trigger: id, chain, scheduled_ns: start_ns });
    doorway.running.set(Some(Running { id, kind, task, cause, ready_ns, start_ns }));
    core.words().set(Word::CurrentCallback, id as u32);
    core.stalls.callback_began();
    doorway.micro_ns.set(0);
    let records = !doorway.records_off.get();
    if records {
        doorway.status.begin(id, kind, (start_ns / 1000).wrapping_add_signed(doorway.epoch_offset_us.get()));
        doorway.slot.begin(start_ns);
    }

    let result = call(scope, function, receiver, arguments);
    // As in Node, a timer that threw is followed by the next one that is due before anything is drained.
    let skips_drain = result.is_none() && matches!(kind, CallbackKind::Timeout | CallbackKind::Interval);
    let drain_ns = if skips_drain { doorway.moment_ns() } else { drain(scope) };
    crate::node::net::flush_written();

    if armed || doorway.needs.any() {
        crate::inspection::callback_ends(&entry, armed);
    }
    if !records {
        return unrecorded(&entry, result);
    }
    let end_ns = now_ns();
    doorway.stamp_ns.set(end_ns);
    doorway.slot.end();
    doorway.status.end();
    doorway.running.set(None);
    finish(entry, id, cause, start_ns, drain_ns.max(start_ns).min(end_ns), end_ns, origin);
    result
}

/// The end of a callback that leaves no record.
fn unrecorded<'s>(entry: &Entry, result: Option<v8::Local<'s, v8::Value>>) -> Option<v8::Local<'s, v8::Value>> {
    let (core, doorway) = (core(), &core().doorway);
    doorway.running.set(None);
    doorway.adopted.set(None);
    if entry.kind != CallbackKind::Interval && class_of(entry.kind) != TaskClass::Handle {
        core.observer.forget(entry.task());
    }
    result
}

/// Records the callback that has ended.
#[inline]
fn finish(entry: Entry, id: u64, cause: Cause, start_ns: u64, drain_ns: u64, end_ns: u64, origin: Option<Rc<Origin>>) {
    let (core, doorway) = (core(), &core().doorway);
    // It may have become known while the callback ran.
    let origin = core.observer.origin(entry.task()).or(origin);
    // Intervals and handles go on; everything else runs once.
    if entry.kind != CallbackKind::Interval && class_of(entry.kind) != TaskClass::Handle {
        core.observer.forget(entry.task());
    }
    let record = Record {
        id,
        task: entry.task,
        cause: doorway.adopted.take().unwrap_or(cause),
        ready_ns: entry.ready_ns,
        start_ns,
        drain_ns,
        end_ns,
        turn: core.event_loop.turn.get(),
        kind: entry.kind,
        phase: core.event_loop.phase.get(),
        resource: entry.resource,
        origin,
    };
    if end_ns - start_ns >= doorway.slot.threshold_ns() && !doorway.was_held() {
        core.stalls.callback_was_long(&record, doorway.micro_ns.get());
    }
    if doorway.needs.records() {
        crate::inspection::callback_ran(&record);
    }
    if core.recordings.is_on() {
        core.recordings.callback_ran(&record);
    }
    doorway.recorder.borrow_mut().push(record);
}

/// The process ends in the middle of a callback: it is recorded as if it ended now.
#[cold]
pub fn cut_short() {
    let (core, doorway) = (core(), &core().doorway);
    let Some(running) = doorway.running.take() else { return };
    let end_ns = now_ns();
    let stage = doorway.slot.stage();
    // When a drain began is known only at its end; a long one is most of its callback.
    let drain_ns = if stage == Stage::Call { end_ns } else { running.start_ns };
    if stage == Stage::Microtasks {
        doorway.micro_ns.set(end_ns - running.start_ns);
    }
    doorway.slot.end();
    let Running { id, kind, task, cause, ready_ns, start_ns } = running;
    let origin = core.observer.origin(Task::new(class_of(kind), task));
    let entry = Entry { kind, task, cause, ready_ns, resource: None };
    finish(entry, id, cause, start_ns, drain_ns, end_ns, origin);
    doorway.stamp_ns.set(end_ns);
}

/// A `nextTick` callback begins; called by the drain only while somebody looks.
pub fn enter_tick(scope: &mut v8::PinScope<'_, '_>, number: u64) {
    core().observer.tick_runs(number);
    if core().doorway.needs.any() {
        crate::inspection::part_begins(scope, CallbackKind::NextTick, number);
    }
}

/// The tick that began last is over.
pub fn leave_tick(number: u64) {
    if core().doorway.needs.any() {
        crate::inspection::part_ends(CallbackKind::NextTick, number);
    }
    core().observer.tick_runs(0);
    core().observer.forget(Task::new(TaskClass::Tick, number));
}

/// Drains `nextTick`s and microtasks; the words say whether JavaScript must be asked at all. The result is when the
/// drain began, by the coarse clock.
fn drain(scope: &mut v8::PinScope<'_, '_>) -> u64 {
    let words = core().words();
    let began_ns = core().doorway.moment_ns();
    if words.get(Word::TicksQueued) == 0 && words.get(Word::RejectionsWaiting) == 0 {
        run_microtasks(scope);
    }
    if words.get(Word::TicksQueued) != 0 || words.get(Word::RejectionsWaiting) != 0 {
        core().doorway.slot.set_stage(Stage::Ticks);
    }
    while (words.get(Word::TicksQueued) != 0 || words.get(Word::RejectionsWaiting) != 0) && !core().is_stopping() {
        v8::scope!(let scope, scope);
        let drain = v8::Local::new(scope, &core().trampolines().drain_ticks);
        let receiver = v8::undefined(scope).into();
        call(scope, drain, receiver, &[]);
    }
    began_ns
}

/// Ticks that the last timers of a phase left because they threw.
pub fn drain_left(scope: &mut v8::PinScope<'_, '_>) {
    let words = core().words();
    if words.get(Word::TicksQueued) != 0 || words.get(Word::RejectionsWaiting) != 0 {
        drain(scope);
        crate::node::net::flush_written();
    }
}

/// Ticks and microtasks that an evaluation from the inspector left.
pub fn drain_after_inspector(scope: &mut v8::PinScope<'_, '_>) {
    drain(scope);
    crate::node::net::flush_written();
}

/// One microtask checkpoint, timed by the coarse clock.
pub fn run_microtasks(scope: &mut v8::PinScope<'_, '_>) {
    let doorway = &core().doorway;
    let outer = doorway.slot.stage();
    doorway.slot.set_stage(Stage::Microtasks);
    let began_ns = doorway.moment_ns();
    scope.perform_microtask_checkpoint();
    crate::inspection::close_part();
    doorway.micro_ns.set(doorway.micro_ns.get() + doorway.moment_ns().saturating_sub(began_ns));
    doorway.slot.set_stage(outer);
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
        // To a debugger, what only this catches is uncaught.
        caught.set_verbose(true);
        match v8::Function::call(self, caught, receiver, arguments) {
            Some(value) => Ok(value),
            // A debugger has ended what ran, and nothing else: what comes next runs.
            None if caught.has_terminated() && !core().is_stopping() => {
                caught.cancel_terminate_execution();
                Ok(v8::undefined(caught).into())
            }
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
