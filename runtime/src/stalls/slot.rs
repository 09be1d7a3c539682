//! What the watchdog sees of the main thread: a few atomics that the doorway writes with plain stores, and what the
//! watchdog leaves there for the report.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::thread::Thread;

/// Late wake-ups of the watchdog that are remembered: a callback under a quota has one in each period of it, and may have
/// taken most of a minute.
const OVERSLEPT_MAX: usize = 4096;
/// A wake-up later than this says that the machine, not the code, held the process.
pub const OVERSLEEP_NS_MIN: u64 = 10_000_000;

/// What the running callback is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Stage {
    Call = 0,
    Ticks = 1,
    Microtasks = 2,
}

impl Stage {
    pub const COUNT: usize = 3;
}

/// The main thread's clocks at one moment, read by the watchdog.
#[derive(Clone, Copy, Default, Debug)]
pub struct Clocks {
    pub sequence: u64,
    pub wall_ns: u64,
    pub cpu_ns: u64,
    /// Time spent ready to run and without a processor.
    pub run_delay_ns: u64,
}

#[derive(Default)]
pub struct Slot {
    /// Odd while a callback runs; counts up at each change.
    sequence: AtomicU64,
    started_ns: AtomicU64,
    stage: AtomicU8,
    /// When the work of this turn began, 0 while the thread waits for events.
    busy_since_ns: AtomicU64,
    parked: AtomicBool,
    /// The watched thread is over.
    is_over: AtomicBool,
    threshold_ns: AtomicU64,
    /// When the outstanding interrupt was asked for, 0 for none.
    pub requested_ns: AtomicU64,
    /// The main thread's processor time then.
    pub requested_cpu_ns: AtomicU64,
    /// What it has computed that is not the code's own: collections and marked operations, since the process began.
    apart_ns: AtomicU64,
    requested_apart_ns: AtomicU64,
    /// The last sample fell where no frame was to be seen.
    pub missed: AtomicBool,
    /// When the watchdog means to wake, 0 while it is parked.
    pub wakes_at_ns: AtomicU64,
    overslept: Mutex<VecDeque<(u64, u64)>>,
    baseline: Mutex<Clocks>,
    thread: Mutex<Option<Thread>>,
}

impl Slot {
    #[inline]
    pub fn begin(&self, started_ns: u64) {
        self.started_ns.store(started_ns, Ordering::Relaxed);
        self.stage.store(Stage::Call as u8, Ordering::Relaxed);
        self.bump();
    }

    #[inline]
    pub fn end(&self) {
        self.bump();
    }

    #[inline]
    fn bump(&self) {
        // One writer: no locked instruction is needed.
        self.sequence.store(self.sequence.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    #[inline]
    pub fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// The callback that runs and when it began, if one does.
    pub fn running(&self) -> Option<(u64, u64)> {
        let before = self.sequence();
        let started = self.started_ns.load(Ordering::Relaxed);
        (before % 2 == 1 && before == self.sequence()).then_some((before, started))
    }

    #[inline]
    pub fn set_stage(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    #[inline]
    pub fn stage(&self) -> Stage {
        match self.stage.load(Ordering::Relaxed) {
            0 => Stage::Call,
            1 => Stage::Ticks,
            _ => Stage::Microtasks,
        }
    }

    /// The main thread has computed for so long in a collection or a marked operation.
    pub fn add_apart(&self, ns: u64) {
        // One writer, as of the sequence.
        self.apart_ns.store(self.apart_ns.load(Ordering::Relaxed) + ns, Ordering::Relaxed);
    }

    /// The watchdog is about to ask for an interrupt.
    pub fn note_request(&self, cpu_ns: u64) {
        self.requested_cpu_ns.store(cpu_ns, Ordering::Relaxed);
        self.requested_apart_ns.store(self.apart_ns.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    pub fn apart_since_request_ns(&self) -> u64 {
        self.apart_ns.load(Ordering::Relaxed).saturating_sub(self.requested_apart_ns.load(Ordering::Relaxed))
    }

    pub fn threshold_ns(&self) -> u64 {
        self.threshold_ns.load(Ordering::Relaxed)
    }

    pub fn set_threshold_ns(&self, threshold_ns: u64) {
        self.threshold_ns.store(threshold_ns, Ordering::Relaxed);
        self.wake();
    }

    /// The thread begins to wait for events; returns since when it had been busy.
    pub fn idle(&self) -> u64 {
        self.busy_since_ns.swap(0, Ordering::Relaxed)
    }

    /// The wait is over. The exchange orders this store before the look at `parked`, so that either the watchdog sees
    /// the thread busy or the thread sees the watchdog parked.
    pub fn busy(&self, now_ns: u64) {
        self.busy_since_ns.swap(now_ns, Ordering::SeqCst);
        if self.parked.load(Ordering::Relaxed) {
            self.wake();
        }
    }

    pub fn busy_since_ns(&self) -> u64 {
        self.busy_since_ns.load(Ordering::SeqCst)
    }

    pub fn set_parked(&self, parked: bool) {
        self.parked.store(parked, Ordering::SeqCst);
    }

    /// The watched thread ends, and with it the watchdog.
    pub fn end_watch(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        self.wake();
    }

    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    pub fn set_thread(&self, thread: Thread) {
        *self.thread.lock().expect("nothing panics with this lock held") = Some(thread);
    }

    fn wake(&self) {
        if let Some(thread) = self.thread.lock().expect("nothing panics with this lock held").as_ref() {
            thread.unpark();
        }
    }

    /// The watchdog woke `late_ns` after it meant to.
    pub fn note_overslept(&self, now_ns: u64, late_ns: u64) {
        let mut overslept = self.overslept.lock().expect("nothing panics with this lock held");
        if overslept.len() == OVERSLEPT_MAX {
            overslept.pop_front();
        }
        overslept.push_back((now_ns, late_ns));
    }

    /// For how long of the time between the two moments the watchdog could not run, which had nothing to do but sleep.
    pub fn overslept_ns(&self, from_ns: u64, to_ns: u64) -> u64 {
        let overlap = |from: u64, to: u64| to.min(to_ns).saturating_sub(from.max(from_ns));
        let past = self.overslept.lock().expect("nothing panics with this lock held");
        let past: u64 = past.iter().map(|(woke, late)| overlap(woke.saturating_sub(*late), *woke)).sum();
        let due = match self.wakes_at_ns.load(Ordering::Relaxed) {
            // Parked, and not yet awake though the loop works.
            0 if self.parked.load(Ordering::Relaxed) => self.busy_since_ns(),
            wakes_at => wakes_at,
        };
        let present = if due == 0 || to_ns < due + OVERSLEEP_NS_MIN { 0 } else { overlap(due, to_ns) };
        past + present
    }

    pub fn set_baseline(&self, clocks: Clocks) {
        *self.baseline.lock().expect("nothing panics with this lock held") = clocks;
    }

    pub fn baseline(&self) -> Clocks {
        *self.baseline.lock().expect("nothing panics with this lock held")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_wake_ups_count_where_they_overlap() {
        let slot = Slot::default();
        slot.note_overslept(500, 300);
        assert_eq!(slot.overslept_ns(0, 1000), 300);
        assert_eq!(slot.overslept_ns(400, 1000), 100);
        assert_eq!(slot.overslept_ns(600, 1000), 0);
        for _ in 0..100 {
            slot.note_overslept(900, 5);
        }
        assert_eq!(slot.overslept_ns(0, 1000), 800);
        slot.wakes_at_ns.store(2000, Ordering::Relaxed);
        let end = 2000 + OVERSLEEP_NS_MIN + 5;
        assert_eq!(slot.overslept_ns(1000, end), OVERSLEEP_NS_MIN + 5);
    }

    #[test]
    fn a_watchdog_that_was_woken_and_has_not_come_is_late() {
        let slot = Slot::default();
        let end = 1000 + OVERSLEEP_NS_MIN;
        assert_eq!(slot.overslept_ns(0, end), 0);
        slot.busy(1000);
        assert_eq!(slot.overslept_ns(0, end), 0, "it is awake");
        slot.set_parked(true);
        assert_eq!(slot.overslept_ns(0, end), OVERSLEEP_NS_MIN);
        assert_eq!(slot.overslept_ns(0, end - 1), 0);
    }

    #[test]
    fn a_callback_is_seen_while_it_runs() {
        let slot = Slot::default();
        assert_eq!(slot.running(), None);
        slot.begin(7);
        assert_eq!(slot.running(), Some((1, 7)));
        slot.end();
        assert_eq!(slot.running(), None);
    }
}
