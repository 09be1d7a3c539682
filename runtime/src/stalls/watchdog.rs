//! The watchdog: a thread that sleeps half a threshold at a time while the loop is busy and is parked while it is idle.
//! It asks V8 for interrupts while a callback is over the threshold, and so gets a profile of the stall and of nothing
//! else.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use crate::clock::now_ns;
use crate::stalls::run_delay::{RunDelay, own_run_delay_ns};
use crate::stalls::sample;
use crate::stalls::slot::{Clocks, OVERSLEEP_NS_MIN, Slot};

/// Between two samples of one stall.
const SAMPLE_INTERVAL_NS: u64 = 5_000_000;
/// Before another try when a sample fell between two microtasks; about prime to their length.
const RETRY_NS: u64 = 310_000;
/// Tries in one callback: a stall without user code has nothing to find.
const RETRIES_MAX: u32 = 200;
/// The shortest sleep, whatever the threshold.
const SLEEP_NS_MIN: u64 = 1_000_000;

/// The clocks of the watched thread are read anew where reading them took longer than this, so often at most.
const CLOCKS_NS_MAX: u64 = 1_000_000;
const CLOCKS_TRIES_MAX: u32 = 4;

/// Whose watchdog it is. What a signal asks of the process, the main thread's serves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Main,
    Worker,
}

/// Starts the watchdog of the calling thread, whose isolate is `isolate`. It ends with `Slot::end_watch`.
pub fn start(slot: Arc<Slot>, isolate: v8::IsolateHandle, of: Of) -> std::io::Result<()> {
    let watched = Watched::this_thread();
    let thread = thread::Builder::new().name("rondo-watchdog".into()).stack_size(128 * 1024);
    let handle = thread.spawn({
        let slot = slot.clone();
        move || Watchdog { slot, isolate, of, watched, baseline_of: 0, retries: 0 }.run()
    })?;
    slot.set_thread(handle.thread().clone());
    Ok(())
}

/// The clocks of the watched thread, readable from another one.
struct Watched {
    cpu: libc::clockid_t,
    run_delay: RunDelay,
}

impl Watched {
    fn this_thread() -> Watched {
        let mut cpu = 0;
        // SAFETY: the thread is the calling one, and the pointer is to a live clock id.
        let failed = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &raw mut cpu) };
        let cpu = if failed == 0 { cpu } else { libc::CLOCK_PROCESS_CPUTIME_ID };
        Watched { cpu, run_delay: RunDelay::of_this_thread() }
    }

    fn cpu_ns(&self) -> u64 {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the pointer is to a live timespec. The clock of a thread that is over is an error and leaves it as it is.
        unsafe { libc::clock_gettime(self.cpu, &raw mut time) };
        time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
    }

    /// All clocks at one moment, as far as the watchdog itself is let run between them.
    fn clocks(&self, sequence: u64) -> Clocks {
        let mut tries = CLOCKS_TRIES_MAX;
        loop {
            let wall_ns = now_ns();
            let (cpu_ns, run_delay_ns) = (self.cpu_ns(), self.run_delay.ns());
            tries -= 1;
            if tries == 0 || now_ns() - wall_ns < CLOCKS_NS_MAX {
                return Clocks { sequence, wall_ns, cpu_ns, run_delay_ns };
            }
        }
    }
}

struct Watchdog {
    slot: Arc<Slot>,
    isolate: v8::IsolateHandle,
    of: Of,
    watched: Watched,
    /// The callback for which the clocks were read.
    baseline_of: u64,
    /// Samples of this callback that were tried again.
    retries: u32,
}

impl Watchdog {
    fn run(mut self) {
        while !self.slot.is_over() {
            let delay_ns = own_run_delay_ns();
            let now = now_ns();
            let wait = match self.slot.busy_since_ns() {
                0 => {
                    self.park(delay_ns);
                    continue;
                }
                busy_since => self.look(now, busy_since),
            };
            self.sleep(now + wait, delay_ns);
        }
    }

    /// Waits without a timeout until the loop has something to do. `delay_ns` is how long this thread had waited for a
    /// processor by then.
    fn park(&self, delay_ns: u64) {
        self.slot.set_parked(true);
        if self.slot.busy_since_ns() == 0 && !self.slot.is_over() {
            self.slot.wakes_at_ns.store(0, Ordering::Relaxed);
            thread::park();
            // Woken when the loop began to work: what passed since then without this thread is the machine's.
            let busy_since = self.slot.busy_since_ns();
            if busy_since != 0 {
                self.note_late(busy_since, delay_ns);
            }
        }
        self.slot.set_parked(false);
    }

    /// Sleeps until `wakes_at`, which counts from before the look that is over: the machine may have struck during that.
    fn sleep(&self, wakes_at: u64, delay_ns: u64) {
        self.slot.wakes_at_ns.store(wakes_at, Ordering::Relaxed);
        thread::park_timeout(Duration::from_nanos(wakes_at.saturating_sub(now_ns())));
        self.note_late(wakes_at, delay_ns);
    }

    /// This thread runs again, and should have from `due_ns` on.
    fn note_late(&self, due_ns: u64, delay_ns: u64) {
        let now = now_ns();
        let late = now.saturating_sub(due_ns);
        if late < OVERSLEEP_NS_MIN {
            return;
        }
        // That others had the processor which this thread wanted says nothing of the main one, whose own such time is
        // counted by the kernel.
        let late = late.saturating_sub(own_run_delay_ns().saturating_sub(delay_ns));
        if late >= OVERSLEEP_NS_MIN {
            self.slot.note_overslept(now, late);
        }
    }

    /// Looks once; the result is how long to sleep.
    fn look(&mut self, now: u64, busy_since: u64) -> u64 {
        let threshold = self.slot.threshold_ns().max(2 * SLEEP_NS_MIN);
        let half = threshold / 2;
        if self.of == Of::Main && crate::inspection::is_wanted() {
            self.isolate.request_interrupt(crate::inspection::start_in_interrupt, std::ptr::null_mut());
        }
        if self.of == Of::Main && crate::profile::is_end_wanted() {
            self.isolate.request_interrupt(crate::profile::end_in_interrupt, std::ptr::null_mut());
        }
        let Some((sequence, started)) = self.slot.running() else { return half };
        if self.baseline_of != sequence {
            self.baseline_of = sequence;
            self.retries = 0;
            self.slot.set_baseline(self.watched.clocks(sequence));
        }
        let age = now.saturating_sub(started);
        let long_turn = now.saturating_sub(busy_since) >= threshold;
        if age < half && !long_turn {
            return (half - age).max(SLEEP_NS_MIN);
        }
        if self.slot.requested_ns.load(Ordering::Acquire) == 0 {
            self.slot.note_request(self.watched.cpu_ns());
            self.slot.requested_ns.store(now, Ordering::Release);
            self.isolate.request_interrupt(sample::take, sequence as *mut _);
        }
        if self.slot.missed.swap(false, Ordering::AcqRel) && self.retries < RETRIES_MAX {
            self.retries += 1;
            return RETRY_NS;
        }
        // Between half the threshold and the whole one a single sample is enough.
        if age < threshold && !long_turn { (threshold - age).clamp(SLEEP_NS_MIN, half) } else { SAMPLE_INTERVAL_NS }
    }
}
