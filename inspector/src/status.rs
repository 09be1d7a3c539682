//! The shared slot: what the main thread does, written by the doorway with plain stores, read by the server's and the
//! watchdog's threads without asking it.
//!
//! A reader that sees the same sequence number before and after has read one callback and not parts of two.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rondo_protocol::command::{RunningCallback, Status};
use rondo_protocol::id::TaskId;
use rondo_protocol::{CallbackKind, Phase};

/// Ends of pauses that are remembered.
const PAUSE_ENDS_MAX: usize = 1024;

/// The name of a native operation that can block, such as `fs.readFileSync`. Made once per operation as a `static`.
#[derive(Debug)]
pub struct NativeOp {
    pub name: &'static str,
}

#[derive(Debug, Default)]
pub struct SharedStatus {
    /// Odd while a callback runs, even between; counts up by one at each change.
    sequence: AtomicU64,
    id: AtomicU64,
    kind: AtomicU8,
    started_us: AtomicU64,
    turn: AtomicU64,
    phase: AtomicU8,
    idle: AtomicBool,
    paused: AtomicBool,
    /// How often the debugger has held the thread.
    pauses: AtomicU64,
    /// When it let go, in microseconds since the Unix epoch, oldest first.
    pause_ends_us: Mutex<VecDeque<u64>>,
    /// When it let the thread go last.
    held_until_us: AtomicU64,
    /// The least threshold of a stall breakpoint, 0 for none.
    stall_us: AtomicU64,
    /// The callback in which a stall breakpoint has paused, or is about to.
    stall_served: AtomicU64,
    native_op: AtomicPtr<NativeOp>,
}

/// Now, in microseconds since the Unix epoch.
pub fn now_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as u64)
}

impl SharedStatus {
    /// A callback begins; `started_us` is since the Unix epoch.
    #[inline]
    pub fn begin(&self, id: u64, kind: CallbackKind, started_us: u64) {
        self.id.store(id, Ordering::Relaxed);
        self.kind.store(kind as u8, Ordering::Relaxed);
        self.started_us.store(started_us, Ordering::Relaxed);
        self.bump();
    }

    /// The callback has ended.
    #[inline]
    pub fn end(&self) {
        self.bump();
    }

    #[inline]
    pub fn set_phase(&self, turn: u64, phase: Phase) {
        self.turn.store(turn, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// The thread begins or ends to wait for events.
    #[inline]
    pub fn set_idle(&self, idle: bool) {
        self.idle.store(idle, Ordering::Release);
    }

    /// A native operation begins that can block; returns the one that it is inside of, for [`SharedStatus::leave_op`].
    #[inline]
    pub fn enter_op(&self, op: &'static NativeOp) -> Option<&'static NativeOp> {
        let outer = self.op();
        self.native_op.store(std::ptr::from_ref(op).cast_mut(), Ordering::Release);
        outer
    }

    #[inline]
    pub fn leave_op(&self, outer: Option<&'static NativeOp>) {
        let outer = outer.map_or(std::ptr::null_mut(), |op| std::ptr::from_ref(op).cast_mut());
        self.native_op.store(outer, Ordering::Release);
    }

    /// How often the debugger has held the thread so far.
    pub fn pauses(&self) -> u64 {
        self.pauses.load(Ordering::Relaxed)
    }

    /// When the latest of those let go, in microseconds since the Unix epoch, oldest first.
    pub fn pause_ends_us(&self) -> Vec<u64> {
        self.pause_ends_us.lock().expect("nothing panics with this lock held").iter().copied().collect()
    }

    pub(crate) fn set_paused(&self, paused: bool) {
        if paused {
            self.pauses.fetch_add(1, Ordering::Relaxed);
        } else {
            let mut ends = self.pause_ends_us.lock().expect("nothing panics with this lock held");
            if ends.len() == PAUSE_ENDS_MAX {
                ends.pop_front();
            }
            ends.push_back(now_us());
            self.held_until_us.store(now_us(), Ordering::Relaxed);
        }
        self.paused.store(paused, Ordering::Release);
    }

    pub(crate) fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.idle.load(Ordering::Acquire)
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Acquire)
    }

    /// The number of the callback that has run for longer than `threshold_us`, unless the debugger holds it.
    pub(crate) fn stuck_since(&self, threshold_us: u64) -> Option<u64> {
        let sequence = self.sequence();
        (sequence % 2 == 1 && self.held_us() > threshold_us && !self.is_paused()).then_some(sequence)
    }

    /// Whether the stall breakpoint has done what it can in this callback: it pauses once.
    pub(crate) fn is_stall_served(&self, sequence: u64) -> bool {
        self.stall_served.load(Ordering::Relaxed) == sequence
    }

    pub(crate) fn serve_stall(&self, sequence: u64) {
        self.stall_served.store(sequence, Ordering::Relaxed);
    }

    /// For how long the running callback has held the thread by itself.
    pub(crate) fn held_us(&self) -> u64 {
        now_us().saturating_sub(self.started_us().max(self.held_until_us.load(Ordering::Relaxed)))
    }

    pub(crate) fn set_stall_breakpoint(&self, threshold_us: Option<u64>) {
        self.stall_us.store(threshold_us.unwrap_or(0), Ordering::Relaxed);
    }

    /// Whether an operation that took `took_us` has made its callback what a stall breakpoint waits for.
    #[inline]
    pub fn is_stall(&self, took_us: u64) -> bool {
        let threshold = self.stall_us.load(Ordering::Relaxed);
        threshold != 0 && took_us * 2 >= threshold && self.stuck_since(threshold).is_some()
    }

    pub(crate) fn started_us(&self) -> u64 {
        self.started_us.load(Ordering::Relaxed)
    }

    /// The native operation that the thread is in.
    pub(crate) fn op(&self) -> Option<&'static NativeOp> {
        let op = self.native_op.load(Ordering::Acquire);
        // SAFETY: the pointer is null or came from a `&'static NativeOp` in `enter_op` or `leave_op`.
        unsafe { op.cast_const().as_ref() }
    }

    /// What a client is told.
    pub(crate) fn snapshot(&self) -> Status {
        let before = self.sequence();
        let id = self.id.load(Ordering::Relaxed);
        let kind = CallbackKind::from_number(self.kind.load(Ordering::Relaxed));
        let started_at = self.started_us();
        let steady = before == self.sequence();
        let running = match kind {
            Some(kind) if steady && before % 2 == 1 => Some(RunningCallback {
                id: TaskId(id),
                kind,
                seq: before.div_ceil(2),
                started_at,
                elapsed_us: now_us().saturating_sub(started_at),
                native_op: self.op().map(|op| op.name.to_owned()),
            }),
            _ => None,
        };
        Status {
            idle: self.is_idle(),
            paused: self.is_paused(),
            turn: self.turn.load(Ordering::Relaxed),
            phase: Phase::from_number(self.phase.load(Ordering::Relaxed)).unwrap_or(Phase::Main),
            running,
        }
    }

    /// One writer, so a load and a store are enough: no locked instruction on the doorway's path.
    #[inline]
    fn bump(&self) {
        let next = self.sequence.load(Ordering::Relaxed) + 1;
        self.sequence.store(next, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_names_what_runs_and_nothing_between() {
        static READ: NativeOp = NativeOp { name: "fs.readFileSync" };
        let status = SharedStatus::default();
        assert_eq!(status.snapshot().running, None);
        status.set_phase(3, Phase::Check);
        status.begin(7, CallbackKind::Immediate, now_us());
        let outer = status.enter_op(&READ);
        let seen = status.snapshot();
        let running = seen.running.expect("it runs");
        assert_eq!(
            (seen.turn, seen.phase, running.id, running.kind),
            (3, Phase::Check, TaskId(7), CallbackKind::Immediate)
        );
        assert_eq!(running.native_op.as_deref(), Some("fs.readFileSync"));
        status.leave_op(outer);
        status.end();
        assert_eq!(status.snapshot().running, None);
    }

    #[test]
    fn the_time_that_a_debugger_takes_makes_no_stall() {
        let status = SharedStatus::default();
        status.begin(1, CallbackKind::Timeout, now_us() - 1_000_000);
        assert!(status.stuck_since(500_000).is_some());
        assert!(!status.is_stall(900_000), "nobody asked");
        status.set_stall_breakpoint(Some(500_000));
        assert!(status.is_stall(900_000) && !status.is_stall(1000));
        status.set_paused(true);
        status.set_paused(false);
        assert!(status.stuck_since(500_000).is_none() && !status.is_stall(900_000));
    }
}
