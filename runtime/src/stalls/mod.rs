//! Stalls: callbacks, and turns of many short ones, that hold the thread longer than the threshold.
//!
//! The doorway tells of each callback that was too long; what the watchdog sampled meanwhile, what native operations
//! and collections took, and who waited, becomes one [`Stall`] that goes to the inspector and to every subscriber.
//! Who waited at a socket is known after the next poll, so a stall is told then.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rondo_protocol::CallbackKind;
use rondo_protocol::site::Site;
use rondo_protocol::stall::Stall;

use crate::clock::{now_ns, thread_cpu_ns};
use crate::core::{core, try_core};
use crate::marker::Resource;
use crate::records::Record;
use crate::stalls::sample::Taken;
use crate::stalls::script_text::ScriptTexts;
use crate::stalls::slot::Stage;

mod callee;
pub mod external;
mod guilt;
pub mod log;
mod report;
mod run_delay;
pub mod sample;
mod script_text;
mod shares;
pub mod slot;
mod victims;
pub mod watchdog;

/// DESIGN.md §7.
pub const THRESHOLD_NS_DEFAULT: u64 = 50_000_000;
/// Slow operations remembered of one callback.
const OPS_MAX: usize = 32;
/// Stalls that wait for the next poll to be told.
const PENDING_MAX: usize = 64;
/// Functions remembered as having stalled, whose schedulers are then captured.
const GUILTY_MAX: usize = 64;
/// Requests remembered while something records, and characters of each.
const REQUESTS_MAX: usize = 4096;
const REQUEST_CHARS_MAX: usize = 200;
/// A turn is a stall from so many thresholds on: a busy server's turns are long without harm.
const TURN_THRESHOLDS: u64 = 2;

type Sink = Box<dyn Fn(&Stall)>;
type SharedSink = Box<dyn Fn(&Stall) + Send>;

/// Who hears of the stalls of all threads, on the thread that had one.
static SHARED_SINKS: Mutex<Vec<SharedSink>> = Mutex::new(Vec::new());
/// The threshold of the command line, which the process's workers have as well; 0 until it is read.
static THRESHOLD_NS: AtomicU64 = AtomicU64::new(0);

/// Calls `sink` with every stall of every thread from now on.
pub fn subscribe_to_all(sink: impl Fn(&Stall) + Send + 'static) {
    SHARED_SINKS.lock().expect("no sink panics").push(Box::new(sink));
}

/// Sets from which length on a callback is a stall, here and in the workers that begin later.
pub fn set_threshold_ns(threshold_ns: u64) {
    THRESHOLD_NS.store(threshold_ns, Ordering::Relaxed);
    core().doorway.slot.set_threshold_ns(threshold_ns);
}

/// The watch over a worker's loop begins; [`end_watch`] ends it.
pub fn watch_worker(isolate: v8::IsolateHandle) {
    let doorway = &core().doorway;
    doorway.refresh_epoch();
    if core().options.is_off("loop-records") {
        doorway.turn_records_off();
    }
    doorway.slot.set_threshold_ns(THRESHOLD_NS.load(Ordering::Relaxed));
    core().stalls.clocks.note(doorway.stamp_ns());
    doorway.slot.busy(doorway.stamp_ns());
    if let Err(error) = watchdog::start(doorway.slot.clone(), isolate, watchdog::Of::Worker) {
        eprintln!("rondo: the watchdog of a worker could not be started, its stalls will have no stacks: {error}");
    }
}

/// A worker's loop is over: tells of what still waits.
pub fn end_watch() {
    flush_at_exit();
    core().doorway.slot.end_watch();
}

/// A native operation that took long, with the stack that called it.
pub struct SlowOp {
    pub name: &'static str,
    pub resource: Option<String>,
    pub took_ns: u64,
    pub stack: Vec<Site>,
}

/// Where the time of the running callback goes, by stage.
#[derive(Clone, Copy, Default)]
pub struct Spent {
    pub gc_ns: [u64; Stage::COUNT],
    /// What of it the thread computed.
    pub gc_cpu_ns: u64,
    pub op_ns: [u64; Stage::COUNT],
    pub load_ns: [u64; Stage::COUNT],
}

impl Spent {
    pub fn total(&self) -> u64 {
        self.gc_ns.iter().chain(&self.op_ns).chain(&self.load_ns).sum()
    }
}

/// A function that has stalled. Its frames tell where it was and not where it begins, so it is known by its name.
#[derive(PartialEq)]
struct Guilty {
    script: i32,
    name: String,
    /// In UTF-16 units.
    name_length: usize,
}

#[derive(Default)]
pub struct Stalls {
    pub clocks: external::OwnClocks,
    pub samples: RefCell<Vec<Taken>>,
    pub misses: Cell<sample::Misses>,
    pub scripts: RefCell<ScriptTexts>,
    ops: RefCell<Vec<SlowOp>>,
    spent: Cell<Spent>,
    /// Whether `spent` holds anything, so that the doorway need not clear it each time.
    touched: Cell<bool>,
    gc_began_ns: Cell<u64>,
    /// Its wall time overstates what a collection computes on a loaded machine.
    gc_cpu_began_ns: Cell<u64>,
    load_depth: Cell<u32>,
    load_began: Cell<(u64, u64)>,
    pending: RefCell<Vec<report::Pending>>,
    sinks: RefCell<Vec<Sink>>,
    guilty: RefCell<Vec<Guilty>>,
    guilty_kinds: Cell<u32>,
    /// Time of this turn that reports of callbacks tell already.
    reported_ns: Cell<u64>,
    turn_callbacks: Cell<u64>,
    /// Requests by the chain of callbacks that serves them and by connection, and the order in which they came.
    requests: RefCell<(HashMap<u64, String>, VecDeque<u64>)>,
}

impl Stalls {
    /// Calls `sink` with every stall from now on.
    pub fn subscribe(&self, sink: impl Fn(&Stall) + 'static) {
        self.sinks.borrow_mut().push(Box::new(sink));
    }

    /// A callback begins: forgets what the one before it spent.
    #[inline]
    pub fn callback_began(&self) {
        if self.touched.get() {
            self.touched.set(false);
            self.spent.set(Spent::default());
            self.ops.borrow_mut().clear();
        }
    }

    fn spend(&self, add: impl FnOnce(&mut Spent, usize)) {
        let mut spent = self.spent.get();
        add(&mut spent, core().doorway.slot.stage() as usize);
        self.spent.set(spent);
        self.touched.set(true);
    }

    /// Time of this callback that has a name already.
    pub fn explained_ns(&self) -> u64 {
        self.spent.get().total()
    }

    /// A marked operation is over.
    pub fn op_ended(&self, name: &'static str, resource: Resource, took_ns: u64) {
        core().doorway.slot.add_apart(took_ns);
        if self.load_depth.get() == 0 {
            self.spend(|spent, stage| spent.op_ns[stage] += took_ns);
        }
        if core().recordings.is_on() {
            let now = now_ns();
            core().recordings.operated(name, resource.to_text(), now - took_ns, now);
        }
        if took_ns < core().doorway.slot.threshold_ns() / 2 {
            return;
        }
        let Ok(mut ops) = self.ops.try_borrow_mut() else { return };
        if ops.len() < OPS_MAX {
            let isolate = core().isolate.get().copied();
            let stack = isolate.map(sample::stack_now).unwrap_or_default();
            ops.push(SlowOp { name, resource: resource.to_text(), took_ns, stack });
            self.touched.set(true);
        }
    }

    /// The running callback has read the head of a request: what it causes belongs to that.
    pub fn note_request(&self, text: String) {
        let Some(running) = core().doorway.running() else { return };
        let (by_key, order) = &mut *self.requests.borrow_mut();
        while order.len() >= REQUESTS_MAX
            && let Some(oldest) = order.pop_front()
        {
            by_key.remove(&oldest);
        }
        let text: String = text.chars().take(REQUEST_CHARS_MAX).collect();
        // The rest of a request comes in callbacks of their own: its connection tells whose they are.
        for key in [running.cause.chain, of_connection(running.task)] {
            if by_key.insert(key, text.clone()).is_none() {
                order.push_back(key);
            }
        }
    }

    /// The request that a callback serves.
    pub fn request_of(&self, chain: u64, kind: CallbackKind, task: u64) -> Option<String> {
        let by_key = &self.requests.borrow().0;
        let by_connection = || (kind == CallbackKind::Read).then(|| by_key.get(&of_connection(task))).flatten();
        by_key.get(&chain).or_else(by_connection).cloned()
    }

    /// A module begins to load, perhaps inside another one.
    pub fn load_began(&self) {
        if self.load_depth.replace(self.load_depth.get() + 1) == 0 {
            self.load_began.set((now_ns(), self.explained_ns()));
        }
    }

    pub fn load_ended(&self) {
        let depth = self.load_depth.get().saturating_sub(1);
        self.load_depth.set(depth);
        if depth == 0 {
            let (began, explained) = self.load_began.get();
            let meanwhile = self.explained_ns().saturating_sub(explained);
            let took = now_ns().saturating_sub(began).saturating_sub(meanwhile);
            self.spend(|spent, stage| spent.load_ns[stage] += took);
        }
    }

    /// A callback that took at least the threshold has ended, and its record is written.
    #[cold]
    pub fn callback_was_long(&self, record: &Record, micro_ns: u64) {
        let sequence = core().doorway.slot.sequence() - 1;
        let pending = report::of_callback(self, record, sequence, micro_ns);
        self.reported_ns.set(self.reported_ns.get() + (record.end_ns - record.start_ns));
        self.clocks.read(record.end_ns);
        self.keep(pending);
    }

    /// The thread is about to wait after having been busy since `busy_since_ns`.
    #[inline]
    pub fn turn_ended(&self, busy_since_ns: u64, now_ns: u64, last_id: u64) {
        let first = self.turn_callbacks.replace(last_id);
        let held_ns = now_ns.saturating_sub(busy_since_ns).saturating_sub(self.reported_ns.take());
        if busy_since_ns != 0 && held_ns >= TURN_THRESHOLDS * core().doorway.slot.threshold_ns() {
            self.turn_was_long(busy_since_ns, now_ns, first, last_id);
        }
        if !self.samples.borrow().is_empty() {
            self.samples.borrow_mut().clear();
        }
    }

    #[cold]
    fn turn_was_long(&self, from_ns: u64, to_ns: u64, first: u64, last: u64) {
        if core().doorway.turn_was_held() || last <= first + 1 {
            return;
        }
        if let Some(pending) = report::of_turn(self, from_ns, to_ns, first + 1, last) {
            self.keep(pending);
        }
    }

    fn keep(&self, pending: report::Pending) {
        let mut waiting = self.pending.borrow_mut();
        if waiting.len() < PENDING_MAX {
            waiting.push(pending);
        }
    }

    /// Tells of the stalls that waited for a poll, which found `ready` sockets.
    #[inline]
    pub fn flush(&self, ready: usize) {
        if !self.pending.borrow().is_empty() {
            self.tell(ready);
        }
    }

    #[cold]
    fn tell(&self, ready: usize) {
        for pending in self.pending.take() {
            let stall = pending.finish(ready);
            self.note_guilty(&stall);
            for sink in self.sinks.borrow().iter() {
                sink(&stall);
            }
            for sink in SHARED_SINKS.lock().expect("no sink panics").iter() {
                sink(&stall);
            }
            crate::inspection::stall_detected(&stall);
        }
    }

    /// From now on whoever schedules this function is worth a stack.
    fn note_guilty(&self, stall: &Stall) {
        self.guilty_kinds.set(self.guilty_kinds.get() | 1 << stall.callback.kind as u32);
        if let Some(definition) = &stall.callback.definition
            && let Some(script) = definition.script_id.as_ref().and_then(|id| id.parse().ok())
        {
            let mut guilty = self.guilty.borrow_mut();
            let name = definition.function_name.clone();
            let function = Guilty { script, name_length: name.encode_utf16().count(), name };
            if guilty.len() < GUILTY_MAX && !guilty.contains(&function) {
                guilty.push(function);
            }
        }
        core().observer.watch_guilty();
    }

    /// Whether `function` has stalled before. It is asked of whatever is scheduled, so names are compared last.
    pub fn is_guilty(&self, scope: &mut v8::PinScope<'_, '_>, function: v8::Local<'_, v8::Function>) -> bool {
        let script = function.script_id();
        let guilty = self.guilty.borrow();
        let mut of_script = guilty.iter().filter(|other| other.script == script).peekable();
        if of_script.peek().is_none() {
            return false;
        }
        v8::scope!(let scope, scope);
        let name = function.get_name(scope);
        let length = name.length();
        of_script.any(|other| other.name_length == length && other.name == name.to_rust_string_lossy(scope))
    }

    pub fn is_guilty_kind(&self, kind: CallbackKind) -> bool {
        self.guilty_kinds.get() & 1 << kind as u32 != 0
    }
}

/// The key of a connection among those of chains.
fn of_connection(task: u64) -> u64 {
    task | 1 << 63
}

/// Counts the time of collections.
pub fn watch_collections(isolate: &mut v8::Isolate) {
    isolate.add_gc_prologue_callback(collection_begins, std::ptr::null_mut(), v8::GCType::kGCTypeAll);
    isolate.add_gc_epilogue_callback(collection_ends, std::ptr::null_mut(), v8::GCType::kGCTypeAll);
}

unsafe extern "C" fn collection_begins(
    _: v8::UnsafeRawIsolatePtr,
    _: v8::GCType,
    _: v8::GCCallbackFlags,
    _: *mut c_void,
) {
    if let Some(core) = try_core() {
        core.stalls.gc_began_ns.set(now_ns());
        core.stalls.gc_cpu_began_ns.set(thread_cpu_ns());
    }
}

unsafe extern "C" fn collection_ends(
    _: v8::UnsafeRawIsolatePtr,
    _: v8::GCType,
    _: v8::GCCallbackFlags,
    _: *mut c_void,
) {
    let Some(core) = try_core() else { return };
    let began = core.stalls.gc_began_ns.replace(0);
    if began != 0 {
        let now = now_ns();
        let took = now - began;
        if core.recordings.is_on() {
            core.recordings.collected(began, now);
        }
        let cpu_ns = thread_cpu_ns().saturating_sub(core.stalls.gc_cpu_began_ns.get());
        core.doorway.slot.add_apart(cpu_ns);
        core.stalls.spend(|spent, stage| {
            spent.gc_ns[stage] += took;
            spent.gc_cpu_ns += cpu_ns;
        });
    }
}

/// Drops an interrupt that is still asked for: its callback is over.
pub fn outstanding_request_ns() -> u64 {
    core().doorway.slot.requested_ns.load(Ordering::Acquire)
}

/// Tells of what still waits, before the process ends; a callback that the end cuts short may be a stall, too.
pub fn flush_at_exit() {
    if let Some(core) = try_core() {
        crate::doorway::cut_short();
        core.stalls.turn_ended(core.doorway.slot.idle(), core.doorway.stamp_ns(), core.doorway.last_id());
        core.stalls.flush(0);
    }
}

/// `50ms`, `1.5s` or a plain number of milliseconds.
pub fn threshold_ns(text: &str) -> Result<u64, String> {
    let (number, unit_ms) = match text.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => text.strip_suffix('s').map_or((text, 1.0), |number| (number, 1000.0)),
    };
    match number.parse::<f64>() {
        Ok(number) if number * unit_ms >= 1.0 => Ok((number * unit_ms * 1e6) as u64),
        _ => Err(format!("a time of at least 1 ms is needed, such as 50ms, not '{text}'")),
    }
}

#[cfg(test)]
mod tests {
    use super::threshold_ns;

    #[test]
    fn thresholds_have_units() {
        assert_eq!(threshold_ns("50ms"), Ok(50_000_000));
        assert_eq!(threshold_ns("1.5s"), Ok(1_500_000_000));
        assert_eq!(threshold_ns("20"), Ok(20_000_000));
        assert!(threshold_ns("0").is_err() && threshold_ns("soon").is_err());
    }
}
