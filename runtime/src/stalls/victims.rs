//! Who waited because of a stall. Timers are exact: each was due at a known time. Sockets are an upper bound: all that is
//! known is that they were ready at the first poll afterwards.

use rondo_protocol::CallbackKind;
use rondo_protocol::callback::Callback;
use rondo_protocol::id::TaskId;
use rondo_protocol::stall::Victims;

use crate::clock::epoch_offset_us;
use crate::core::core;
use crate::observe::{Task, TaskClass};

/// Victims that are named.
const TOP_MAX: usize = 5;

/// The timers that became due while the thread was held.
pub fn timers(from_ns: u64, to_ns: u64) -> Victims {
    let core = core();
    let mut late: Vec<(u64, crate::event_loop::timers::Due)> = core
        .timers
        .borrow()
        .iter()
        .map(|(due, _)| (core.event_loop.at_ns(due.at_ms), due))
        .filter(|(at_ns, _)| *at_ns < to_ns)
        .map(|(at_ns, due)| (to_ns - at_ns.max(from_ns), due))
        .collect();
    late.sort_by_key(|(waited, _)| std::cmp::Reverse(*waited));
    let top = late.iter().take(TOP_MAX).map(|(waited, due)| describe(*waited, due)).collect();
    Victims {
        count: late.len() as u64,
        wait_total_us: late.iter().map(|(waited, _)| waited / 1000).sum(),
        wait_max_us: late.first().map_or(0, |(waited, _)| waited / 1000),
        top,
    }
}

/// Adds `ready` sockets, which waited `held_ns` at most.
pub fn add_sockets(victims: &mut Victims, ready: usize, held_ns: u64) {
    if ready > 0 {
        victims.count += ready as u64;
        victims.wait_total_us += ready as u64 * (held_ns / 1000);
        victims.wait_max_us = victims.wait_max_us.max(held_ns / 1000);
    }
}

fn describe(waited_ns: u64, due: &crate::event_loop::timers::Due) -> Callback {
    let core = core();
    let origin = core.observer.origin(Task::new(TaskClass::Timer, due.id));
    let ready_us = core.event_loop.at_ns(due.at_ms) / 1000;
    Callback {
        id: TaskId(u64::from(due.id)),
        kind: if due.repeats { CallbackKind::Interval } else { CallbackKind::Timeout },
        phase: rondo_protocol::Phase::Timers,
        turn: core.event_loop.turn.get(),
        seq: 0,
        resource: None,
        trigger_id: (due.cause.trigger != 0).then_some(TaskId(due.cause.trigger)),
        chain_id: TaskId(due.cause.chain),
        scheduled_at: None,
        ready_at: Some(ready_us.saturating_add_signed(epoch_offset_us())),
        started_at: None,
        duration_us: None,
        queue_us: Some(waited_ns / 1000),
        definition: origin.as_ref().and_then(|origin| origin.definition.clone()),
        scheduled_by: origin.map(|origin| origin.scheduled_by.clone()).filter(|stack| !stack.is_empty()),
        shares: None,
    }
}
