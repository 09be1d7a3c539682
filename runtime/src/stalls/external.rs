//! Whether the code or the machine was slow: the thread's own clocks against the wall's.

use crate::clock::thread_cpu_ns;
use crate::core::core;
use crate::stalls::watchdog::run_delay_ns;

/// How much of a span the thread did not run, and why.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct OffCpu {
    /// Stopped, throttled or waiting for a processor.
    pub external_ns: u64,
    /// Waiting for something that the code asked for.
    pub blocked_ns: u64,
}

/// The split of the callback with the number `sequence`, which ran from `from_ns` to `to_ns` and ends now.
pub fn off_cpu(sequence: u64, from_ns: u64, to_ns: u64) -> OffCpu {
    let slot = &core().doorway.slot;
    let overslept = slot.overslept_ns(from_ns, to_ns);
    let base = slot.baseline();
    if base.sequence != sequence || base.wall_ns < from_ns || base.wall_ns >= to_ns {
        // The watchdog never got to look: all that is known is for how long it could not.
        return OffCpu { external_ns: overslept, blocked_ns: 0 };
    }
    // What it could not do before it looked first is the machine's as well.
    let before = slot.overslept_ns(from_ns, base.wall_ns);
    let overslept = overslept - before;
    let wall = to_ns - base.wall_ns;
    let cpu = thread_cpu_ns().saturating_sub(base.cpu_ns).min(wall);
    // Waiting for a processor is counted by the kernel, being stopped only by the watchdog that was stopped as well.
    let delay = run_delay_ns("/proc/thread-self/schedstat").saturating_sub(base.run_delay_ns);
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
    use super::{OffCpu, split};

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
