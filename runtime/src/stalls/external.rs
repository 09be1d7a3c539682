//! Whether the code or the machine was slow: the thread's own clocks against the wall's.

use std::cell::Cell;

use crate::clock::thread_cpu_ns;
use crate::core::core;
use crate::stalls::run_delay::own_run_delay_ns;
use crate::stalls::slot::Clocks;

/// Between two looks of the thread at its own clocks, which are system calls.
const OWN_INTERVAL_NS: u64 = 10_000_000;

/// The thread's clocks as it saw them itself when it last began to work, for a callback in which the watchdog never got
/// a processor to look.
#[derive(Default)]
pub struct OwnClocks(Cell<Clocks>);

impl OwnClocks {
    /// The thread begins to work.
    #[inline]
    pub fn note(&self, now_ns: u64) {
        if now_ns.saturating_sub(self.0.get().wall_ns) >= OWN_INTERVAL_NS {
            self.read(now_ns);
        }
    }

    #[cold]
    pub fn read(&self, now_ns: u64) {
        let (cpu_ns, run_delay_ns) = (thread_cpu_ns(), own_run_delay_ns());
        self.0.set(Clocks { sequence: 0, wall_ns: now_ns, cpu_ns, run_delay_ns });
    }

    /// What is known of a span by these clocks alone. What they have seen computed since before it began is all taken to
    /// be its own, so that no more is laid at the machine's door than is sure.
    fn off_cpu(&self, from_ns: u64, to_ns: u64, overslept_ns: u64) -> OffCpu {
        let before = self.0.get();
        if before.wall_ns == 0 || before.wall_ns > from_ns {
            return OffCpu { external_ns: overslept_ns, blocked_ns: 0 };
        }
        let idle = (to_ns - from_ns).saturating_sub(thread_cpu_ns().saturating_sub(before.cpu_ns));
        let delay = own_run_delay_ns().saturating_sub(before.run_delay_ns);
        let external_ns = (delay + overslept_ns).min(idle);
        OffCpu { external_ns, blocked_ns: idle - external_ns }
    }
}

/// How much of a span the thread did not run, and why.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct OffCpu {
    /// Stopped, throttled or waiting for a processor.
    pub external_ns: u64,
    /// Waiting for something that the code asked for.
    pub blocked_ns: u64,
}

/// How long the thread had waited for a processor in its life when the watchdog first looked at this callback.
pub fn delay_before(sequence: u64) -> Option<u64> {
    let base = core().doorway.slot.baseline();
    (base.sequence == sequence).then_some(base.run_delay_ns)
}

/// The split of the callback with the number `sequence`, which ran from `from_ns` to `to_ns` and ends now.
pub fn off_cpu(sequence: u64, from_ns: u64, to_ns: u64) -> OffCpu {
    let slot = &core().doorway.slot;
    let overslept = slot.overslept_ns(from_ns, to_ns);
    let base = slot.baseline();
    if base.sequence != sequence || base.wall_ns < from_ns || base.wall_ns >= to_ns {
        return core().stalls.clocks.off_cpu(from_ns, to_ns, overslept);
    }
    // What it could not do before it looked first is the machine's as well.
    let before = slot.overslept_ns(from_ns, base.wall_ns);
    let overslept = overslept - before;
    let wall = to_ns - base.wall_ns;
    let cpu = thread_cpu_ns().saturating_sub(base.cpu_ns).min(wall);
    // Waiting for a processor is counted by the kernel, being stopped only by the watchdog that was stopped as well.
    let delay = own_run_delay_ns().saturating_sub(base.run_delay_ns);
    let after = split(to_ns - from_ns - before, wall, wall - cpu, delay + overslept);
    OffCpu { external_ns: before + after.external_ns, ..after }
}

/// `span` is the whole callback, of which the clocks cover the last `observed` nanoseconds.
fn split(span: u64, observed: u64, idle: u64, not_ours: u64) -> OffCpu {
    let external = not_ours.min(idle);
    let blocked = idle - external;
    // What was blocking when first looked at had been before, too.
    let blocked_all = if blocked * 10 > observed * 9 { blocked + (span - observed) } else { blocked };
    OffCpu { external_ns: external, blocked_ns: blocked_all.min(span - external) }
}

#[cfg(test)]
mod tests {
    use super::{OWN_INTERVAL_NS, OffCpu, OwnClocks, split};
    use crate::clock::now_ns;

    #[test]
    fn a_wait_that_the_watchdog_missed_is_seen_by_the_threads_own_clocks() {
        let clocks = OwnClocks::default();
        let from = now_ns();
        clocks.note(from);
        std::thread::sleep(std::time::Duration::from_millis(20));
        let to = now_ns();
        let off = clocks.off_cpu(from, to, 0);
        assert!(off.blocked_ns + off.external_ns > (to - from) / 2, "{off:?} of {}", to - from);
        assert_eq!(clocks.off_cpu(from, to, u64::MAX / 2).blocked_ns, 0);
        let seen = clocks.0.get().wall_ns;
        clocks.note(seen + OWN_INTERVAL_NS - 1);
        assert_eq!(clocks.0.get().wall_ns, seen);
    }

    #[test]
    fn a_stopped_process_is_the_machines_fault() {
        assert_eq!(split(400, 390, 380, 385), OffCpu { external_ns: 380, blocked_ns: 0 });
    }

    #[test]
    fn a_wait_is_the_codes() {
        assert_eq!(split(300, 280, 280, 0), OffCpu { external_ns: 0, blocked_ns: 300 });
    }

    #[test]
    fn computing_is_neither() {
        assert_eq!(split(300, 280, 1, 0), OffCpu { external_ns: 0, blocked_ns: 1 });
    }
}
