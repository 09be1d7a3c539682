//! Tasks that V8 wants run on an isolate's own thread: the end of a WebAssembly compilation, `Atomics.waitAsync`, finalization
//! callbacks, steps of the collector.
//!
//! Contract: V8 posts from any thread; the loop of the isolate runs what is due, after its poll, through the doorway. A
//! task keeps no loop alive, as in Node.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mio::Waker;

use crate::clock::now_ns;
use crate::core::core;

/// `next_at_ns` of an inbox in which nothing waits.
const NEVER: u64 = u64::MAX;

/// The inboxes of all isolates, by the isolate's address. V8 has one platform in a process, and so have we.
static INBOXES: Mutex<BTreeMap<usize, Arc<Inbox>>> = Mutex::new(BTreeMap::new());

/// What waits for one isolate.
pub struct Inbox {
    waiting: Mutex<Waiting>,
    /// When the first of them is due, 0 for at once: what the loop looks at in each turn.
    next_at_ns: AtomicU64,
    /// Whether the loop was woken for them since it was asked last.
    has_woken: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    ready: VecDeque<v8::Task>,
    later: Vec<(u64, v8::Task)>,
    /// The loop's, once there is one.
    waker: Option<Arc<Waker>>,
}

impl Waiting {
    fn next_at_ns(&self) -> u64 {
        if self.ready.is_empty() { self.later.iter().map(|(at, _)| *at).min().unwrap_or(NEVER) } else { 0 }
    }

    fn take_due(&mut self, now: u64) -> Option<v8::Task> {
        if let Some(task) = self.ready.pop_front() {
            return Some(task);
        }
        let (place, _) =
            self.later.iter().enumerate().filter(|(_, (at, _))| *at <= now).min_by_key(|(_, (at, _))| *at)?;
        Some(self.later.remove(place).1)
    }
}

impl Inbox {
    fn post(&self, task: v8::Task, delay_s: f64) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if delay_s > 0.0 {
            waiting.later.push((now_ns() + (delay_s * 1e9) as u64, task));
        } else {
            waiting.ready.push_back(task);
        }
        let next_at = waiting.next_at_ns();
        if self.next_at_ns.swap(next_at, Ordering::AcqRel) > next_at
            && let Some(waker) = &waiting.waker
        {
            self.has_woken.store(true, Ordering::Release);
            // A loop that cannot be woken is on its way out.
            let _ = waker.wake();
        }
    }

    /// How long a poll may last; none for ever.
    pub fn poll_timeout(&self) -> Option<Duration> {
        match self.next_at_ns.load(Ordering::Acquire) {
            NEVER => None,
            at => Some(Duration::from_nanos(at.saturating_sub(now_ns()))),
        }
    }

    /// Whether the loop was woken for a task since this was asked last.
    pub fn has_woken(&self) -> bool {
        self.has_woken.swap(false, Ordering::AcqRel)
    }

    fn take_due(&self, now: u64) -> Option<v8::Task> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let task = waiting.take_due(now);
        self.next_at_ns.store(waiting.next_at_ns(), Ordering::Release);
        task
    }
}

/// The platform's half that receives the tasks.
pub struct Receiver;

impl v8::PlatformImpl for Receiver {
    fn post_task(&self, isolate: *mut c_void, task: v8::Task) {
        inbox_of(isolate.addr()).post(task, 0.0);
    }

    fn post_non_nestable_task(&self, isolate: *mut c_void, task: v8::Task) {
        inbox_of(isolate.addr()).post(task, 0.0);
    }

    fn post_delayed_task(&self, isolate: *mut c_void, task: v8::Task, delay_s: f64) {
        inbox_of(isolate.addr()).post(task, delay_s);
    }

    fn post_non_nestable_delayed_task(&self, isolate: *mut c_void, task: v8::Task, delay_s: f64) {
        inbox_of(isolate.addr()).post(task, delay_s);
    }

    fn post_idle_task(&self, _: *mut c_void, _: v8::IdleTask) {
        unreachable!("the platform is made without idle tasks");
    }
}

fn inbox_of(isolate: usize) -> Arc<Inbox> {
    let mut inboxes = INBOXES.lock().unwrap_or_else(PoisonError::into_inner);
    let empty = || {
        Arc::new(Inbox {
            waiting: Mutex::default(),
            next_at_ns: AtomicU64::new(NEVER),
            has_woken: AtomicBool::new(false),
        })
    };
    inboxes.entry(isolate).or_insert_with(empty).clone()
}

fn address(isolate: v8::UnsafeRawIsolatePtr) -> usize {
    // SAFETY: the type is a transparent wrapper of a pointer, which is only compared here.
    unsafe { std::mem::transmute::<v8::UnsafeRawIsolatePtr, usize>(isolate) }
}

/// The inbox of the isolate of this thread, whose tasks wake its loop from now on.
pub fn claim(isolate: v8::UnsafeRawIsolatePtr) -> Arc<Inbox> {
    let inbox = inbox_of(address(isolate));
    let mut waiting = inbox.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.waker = Some(core().event_loop.waker());
    drop(waiting);
    inbox
}

/// Drops what still waits for an isolate that ends; asked before its end, and after it, since the end itself may post.
pub fn forget(isolate: v8::UnsafeRawIsolatePtr) {
    let inbox = INBOXES.lock().unwrap_or_else(PoisonError::into_inner).remove(&address(isolate));
    drop(inbox);
}

/// Runs what is due now; what that posts waits for the next turn.
pub fn run_due(scope: &mut v8::PinScope<'_, '_>) {
    let Some(inbox) = core().engine_tasks.get() else { return };
    let next_at = inbox.next_at_ns.load(Ordering::Acquire);
    if next_at == NEVER || (next_at > 0 && next_at > now_ns()) {
        return;
    }
    let now = now_ns();
    let due: Vec<v8::Task> = std::iter::from_fn(|| inbox.take_due(now)).collect();
    for task in due {
        crate::doorway::run_engine_task(scope, task);
    }
}
