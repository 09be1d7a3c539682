//! Where the time of a stall went, as shares that sum to 1, and the class that follows from them.

use rondo_protocol::callback::Shares;
use rondo_protocol::stall::CauseClass;

use crate::stalls::Spent;
use crate::stalls::external::OffCpu;
use crate::stalls::sample::Taken;
use crate::stalls::slot::Stage;

/// An interrupt that came later than this was kept waiting by something that does not look for interrupts.
pub const OPAQUE_NS_MIN: u64 = 8_000_000;

/// What is known of a callback's time, in nanoseconds.
pub struct Measured<'a> {
    pub start_ns: u64,
    pub end_ns: u64,
    /// Length of each stage: the call itself, ticks, microtasks.
    pub stages: [u64; Stage::COUNT],
    pub spent: Spent,
    pub off_cpu: OffCpu,
    pub samples: &'a [&'a Taken],
    /// When an interrupt was asked for that never came.
    pub outstanding_ns: u64,
}

/// The time that builtins of the engine held the thread, by stage: the span from asking for an interrupt to getting
/// it, less what collections and marked operations explain; and the span before a sample that was taken inside of one.
/// What was so at the first look is taken to have been so since the callback began, as it is for JavaScript.
pub fn opaque(measured: &Measured<'_>) -> [u64; Stage::COUNT] {
    let mut opaque = [0; Stage::COUNT];
    let mut explained_before = 0;
    let mut covered = measured.start_ns;
    for sample in measured.samples {
        let explained = sample.explained_ns.saturating_sub(explained_before);
        if sample.was_opaque || sample.callee.is_some() {
            let whole = covered == measured.start_ns || sample.callee.is_some();
            let from = if whole { covered } else { sample.requested_ns };
            opaque[sample.stage as usize] += (sample.delivered_ns - from).saturating_sub(explained);
        }
        explained_before = sample.explained_ns;
        covered = sample.delivered_ns;
    }
    if measured.outstanding_ns != 0 && measured.end_ns.saturating_sub(measured.outstanding_ns) >= OPAQUE_NS_MIN {
        let from = if covered == measured.start_ns { covered } else { measured.outstanding_ns };
        let explained = measured.spent.total().saturating_sub(explained_before);
        // The last stage that took any time is the one that was running.
        let stage = if measured.stages[1] + measured.stages[2] > measured.stages[0] {
            if measured.stages[2] > measured.stages[1] { 2 } else { 1 }
        } else {
            0
        };
        opaque[stage] += measured.end_ns.saturating_sub(from).saturating_sub(explained);
    }
    opaque
}

fn sum(parts: &[u64; Stage::COUNT]) -> u64 {
    parts.iter().sum()
}

/// A callback's time: what collections took, what the machine took, and the rest.
struct Split {
    gc: u64,
    external: u64,
    blocked: u64,
    /// What is neither: the code ran, or waited for a processor.
    code: u64,
    /// The part of `code` in which it ran.
    ran: f64,
}

/// A collection's processor time is known. Of the time in which it did not run it waited for its helper threads, as long
/// as the thread waited for anything outside of marked operations, and otherwise for a processor. Where else the machine
/// struck is not known, so that it takes of everything else evenly.
fn split(measured: &Measured<'_>, total: u64) -> Split {
    let external = measured.off_cpu.external_ns.min(total);
    let blocked = measured.off_cpu.blocked_ns.min(total - external);
    let gc_wall = sum(&measured.spent.gc_ns).min(total);
    let gc_idle = gc_wall.saturating_sub(measured.spent.gc_cpu_ns);
    let gc_blocked = gc_idle.min(blocked.saturating_sub(sum(&measured.spent.op_ns)));
    let gc_external = (gc_idle - gc_blocked).min(external);
    let rest = total - gc_wall;
    let external = (external - gc_external).min(rest);
    let blocked = (blocked - gc_blocked).min(rest - external);
    let code = rest - blocked;
    let ran = if code == 0 { 0.0 } else { (code - external) as f64 / code as f64 };
    Split { gc: gc_wall - gc_external, external: external + gc_external, blocked, code, ran }
}

/// Each field is an upper bound first, and takes from what those before it left.
pub fn of(measured: &Measured<'_>) -> Shares {
    let total = measured.end_ns.saturating_sub(measured.start_ns).max(1);
    let Split { gc, external, blocked, code, ran } = split(measured, total);
    let mut left = code;
    let mut take = |wanted: u64| {
        let taken = wanted.min(left);
        left -= taken;
        taken
    };
    // Time blocked is in an operation when one was marked; the rest of the operation computed.
    let native = take(sum(&measured.spent.op_ns).saturating_sub(blocked));
    let load = take(sum(&measured.spent.load_ns).saturating_sub(blocked));
    let opaque = opaque(measured);
    let builtin = take(sum(&opaque).saturating_sub(blocked));
    let named = |stage: usize| {
        measured.spent.gc_ns[stage] + measured.spent.op_ns[stage] + measured.spent.load_ns[stage] + opaque[stage]
    };
    let microtask = take(measured.stages[2].saturating_sub(named(2)));
    let next_tick = take(measured.stages[1].saturating_sub(named(1)));
    let share = |part: u64| part as f64 / total as f64;
    let share_of_code = |part: u64| share(part) * ran;
    Shares {
        js: share_of_code(left),
        builtin: share_of_code(builtin),
        gc: share(gc),
        native: share_of_code(native),
        next_tick: share_of_code(next_tick),
        microtask: share_of_code(microtask),
        load: share_of_code(load),
        run_queue: share(external),
        blocked: share(blocked),
    }
}

/// A stall is blamed on the machine, or on the collector, when it took most of it: collections are also what busy code
/// causes, and a loaded machine slows all code down a little.
const DOMINANT: f64 = 0.55;

/// What made the garbage: a builtin whose result it is, such as `JSON.parse`, is to blame itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Collects {
    ForBuiltin,
    ForCode,
}

/// The class of the largest share. Time blocked belongs to the marked operations for as long as they took, then to the
/// loading of modules, then to a builtin of the engine that waits, such as `Atomics.wait`.
pub fn class(shares: &Shares, measured: &Measured<'_>, collects: Collects) -> CauseClass {
    if shares.run_queue >= DOMINANT {
        return CauseClass::External;
    }
    // Of the time in which the thread had a processor, or waited by its own wish.
    if shares.gc >= DOMINANT * (1.0 - shares.run_queue) {
        return match collects {
            Collects::ForBuiltin => CauseClass::Builtin,
            Collects::ForCode => CauseClass::Gc,
        };
    }
    let total = measured.end_ns.saturating_sub(measured.start_ns).max(1);
    let wall = |parts: &[u64; Stage::COUNT]| sum(parts) as f64 / total as f64;
    let in_ops = shares.blocked.min((wall(&measured.spent.op_ns) - shares.native).max(0.0));
    let in_loads = (shares.blocked - in_ops).min((wall(&measured.spent.load_ns) - shares.load).max(0.0));
    let in_builtins = shares.blocked - in_ops - in_loads;
    let ranked = [
        (shares.native + in_ops, CauseClass::Native),
        (shares.builtin + in_builtins, CauseClass::Builtin),
        (shares.load + in_loads, CauseClass::Load),
        (shares.microtask, CauseClass::Microtask),
        (shares.next_tick, CauseClass::NextTick),
        (shares.js, CauseClass::Js),
    ];
    ranked.into_iter().max_by(|(a, _), (b, _)| a.total_cmp(b)).map_or(CauseClass::Unknown, |(_, class)| class)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(samples: &[&Taken]) -> Measured<'static> {
        assert!(samples.is_empty());
        Measured {
            start_ns: 0,
            end_ns: 100_000_000,
            stages: [100_000_000, 0, 0],
            spent: Spent::default(),
            off_cpu: OffCpu::default(),
            samples: &[],
            outstanding_ns: 0,
        }
    }

    fn whole(shares: &Shares) -> f64 {
        let s = shares;
        s.js + s.builtin + s.gc + s.native + s.next_tick + s.microtask + s.load + s.run_queue + s.blocked
    }

    #[test]
    fn what_nothing_else_explains_is_javascript() {
        let shares = of(&measured(&[]));
        assert_eq!(shares.js, 1.0);
        assert_eq!(class(&shares, &measured(&[]), Collects::ForCode), CauseClass::Js);
    }

    #[test]
    fn shares_sum_to_one_even_when_the_parts_overlap() {
        let mut m = measured(&[]);
        m.stages = [10_000_000, 0, 90_000_000];
        m.spent.gc_ns[2] = 80_000_000;
        m.spent.gc_cpu_ns = 75_000_000;
        m.spent.op_ns[0] = 70_000_000;
        m.off_cpu.blocked_ns = 60_000_000;
        let shares = of(&m);
        assert!((whole(&shares) - 1.0).abs() < 1e-9, "{shares:?}");
        assert_eq!(class(&shares, &m, Collects::ForCode), CauseClass::Gc);
    }

    #[test]
    fn a_loaded_machine_does_not_hide_the_collector() {
        let mut m = measured(&[]);
        m.off_cpu.external_ns = 50_000_000;
        (m.spent.gc_ns[0], m.spent.gc_cpu_ns) = (47_000_000, 47_000_000);
        assert_eq!(class(&of(&m), &m, Collects::ForCode), CauseClass::Gc);
        assert_eq!(class(&of(&m), &m, Collects::ForBuiltin), CauseClass::Builtin);
    }

    #[test]
    fn a_collector_without_a_processor_is_not_what_held_the_thread() {
        let mut m = measured(&[]);
        m.stages = [1_000_000, 0, 99_000_000];
        m.off_cpu.external_ns = 52_000_000;
        (m.spent.gc_ns[2], m.spent.gc_cpu_ns) = (70_000_000, 20_000_000);
        let shares = of(&m);
        assert!((whole(&shares) - 1.0).abs() < 1e-9 && shares.gc < 0.21, "{shares:?}");
        assert_eq!(class(&shares, &m, Collects::ForCode), CauseClass::Microtask);
    }

    #[test]
    fn a_collector_that_waits_for_its_helpers_holds_the_thread() {
        let mut m = measured(&[]);
        m.off_cpu = OffCpu { external_ns: 10_000_000, blocked_ns: 50_000_000 };
        (m.spent.gc_ns[0], m.spent.gc_cpu_ns) = (70_000_000, 20_000_000);
        let shares = of(&m);
        assert!((whole(&shares) - 1.0).abs() < 1e-9 && (shares.gc - 0.7).abs() < 1e-6, "{shares:?}");
        assert_eq!((shares.blocked, class(&shares, &m, Collects::ForCode)), (0.0, CauseClass::Gc));
    }

    #[test]
    fn the_machine_takes_of_everything_evenly() {
        let mut m = measured(&[]);
        m.stages = [60_000_000, 0, 40_000_000];
        m.off_cpu.external_ns = 50_000_000;
        let shares = of(&m);
        assert!((shares.js - 0.3).abs() < 1e-6 && (shares.microtask - 0.2).abs() < 1e-6, "{shares:?}");
    }

    #[test]
    fn microtasks_are_told_from_the_call() {
        let mut m = measured(&[]);
        m.stages = [3_000_000, 0, 97_000_000];
        assert_eq!(class(&of(&m), &m, Collects::ForCode), CauseClass::Microtask);
    }

    #[test]
    fn an_interrupt_that_never_came_is_a_builtin() {
        let mut m = measured(&[]);
        m.outstanding_ns = 50_000_000;
        let shares = of(&m);
        assert_eq!((shares.builtin, class(&shares, &m, Collects::ForCode)), (1.0, CauseClass::Builtin));
    }

    #[test]
    fn a_wait_without_a_mark_is_a_builtin_that_waits() {
        let mut m = measured(&[]);
        m.off_cpu.blocked_ns = 95_000_000;
        assert_eq!(class(&of(&m), &m, Collects::ForCode), CauseClass::Builtin);
        m.spent.op_ns[0] = 30_000_000;
        assert_eq!(class(&of(&m), &m, Collects::ForCode), CauseClass::Builtin);
        m.spent.op_ns[0] = 96_000_000;
        assert_eq!(class(&of(&m), &m, Collects::ForCode), CauseClass::Native);
        (m.spent.op_ns[0], m.spent.load_ns[0]) = (0, 90_000_000);
        assert_eq!(class(&of(&m), &m, Collects::ForCode), CauseClass::Load);
    }
}
