//! What the inspector asks of the loop: its state, queues, history and statistics, as the protocol words them.
//!
//! Nothing here runs JavaScript: a question may come from an interrupt in the middle of it.

use std::collections::HashMap;

use rondo_inspector::host::LoopHost;
use rondo_protocol::callback::Callback;
use rondo_protocol::command::{GetHistory, GetQueues, GetSiteStats, RecordingFormat};
use rondo_protocol::id::TaskId;
use rondo_protocol::site::Site;
use rondo_protocol::state::{Handle, Lag, LoopState, Queue, Request, Timer};
use rondo_protocol::stats::SiteStats;
use rondo_protocol::{CallbackKind, Phase};

use crate::clock::{epoch_offset_us, now_ns};
use crate::core::core;
use crate::doorway::{Running, class_of};
use crate::observe::{Origin, Task, TaskClass};
use crate::records::{Cause, Record};
use crate::shared_words::Word;

/// Callbacks listed per queue unless the client says.
const QUEUE_LIMIT_DEFAULT: u32 = 100;

/// A stall is at least so long, whatever a client asks for.
const STALL_THRESHOLD_NS_MIN: u64 = 1_000_000;

/// How far `lag` looks back.
const LAG_WINDOW_NS: u64 = 10_000_000_000;

/// The loop as the inspector sees it.
pub struct Host;

impl LoopHost for Host {
    fn can_answer(&self) -> bool {
        let core = core();
        // A client that attaches during the bootstrap waits for its end.
        core.trampolines.get().is_some()
            && core.timers.try_borrow_mut().is_ok()
            && core.net.try_borrow_mut().is_ok()
            && core.pool.can_describe()
            && core.doorway.recorder.try_borrow_mut().is_ok()
    }

    fn runs_microtasks(&self) -> bool {
        core().doorway.running().is_some() && core().doorway.slot.stage() == crate::stalls::slot::Stage::Microtasks
    }

    fn state(&self, _: &mut v8::PinScope<'_, '_>) -> LoopState {
        let core = core();
        let timers = timers_in_order();
        LoopState {
            turn: core.event_loop.turn.get(),
            phase: core.event_loop.phase.get(),
            running: core.doorway.running().map(|running| describe_running(&running)),
            keeps_alive: reasons_to_live(&timers),
            timers,
            handles: handles(),
            requests: requests(),
            utilization: core.event_loop.utilization(),
            lag: lag(),
        }
    }

    fn queues(&self, _: &mut v8::PinScope<'_, '_>, query: &GetQueues) -> Vec<Queue> {
        let limit = query.limit.unwrap_or(QUEUE_LIMIT_DEFAULT) as usize;
        let wanted = |phase: &Phase| query.phases.as_ref().is_none_or(|phases| phases.contains(phase));
        let ticks = ticks_waiting().filter(|queue| wanted(&queue.phase));
        let phases = phases_from(core().event_loop.phase.get()).into_iter().filter(wanted);
        ticks.into_iter().chain(phases.map(|phase| queue(phase, limit))).collect()
    }

    fn history(&self, _: &mut v8::PinScope<'_, '_>, query: &GetHistory) -> Vec<Callback> {
        let recorder = core().doorway.recorder.borrow();
        let offset = epoch_offset_us();
        let newest = recorder.newest(query.before.unwrap_or(0)).take(query.limit as usize);
        newest.map(|record| describe(&record, offset)).collect()
    }

    fn chain(&self, _: &mut v8::PinScope<'_, '_>, id: TaskId) -> Vec<Callback> {
        let recorder = core().doorway.recorder.borrow();
        let offset = epoch_offset_us();
        let mut chain: Vec<Callback> = Vec::new();
        let mut from = id.0;
        if let Some(entry) = core().doorway.running().filter(|entry| entry.id == id.0) {
            chain.push(describe_running(&entry));
            from = entry.cause.trigger;
        }
        chain.extend(recorder.chain(from).iter().map(|record| describe(record, offset)));
        chain
    }

    fn site_stats(&self, _: &mut v8::PinScope<'_, '_>, query: &GetSiteStats) -> Vec<SiteStats> {
        site_stats(query.since.unwrap_or(0))
    }

    fn set_observed(&self, observed: bool) {
        core().observer.set_capturing(observed);
    }

    fn set_network_observed(&self, observed: bool) {
        core().observer.set_network(observed);
    }

    fn history_max(&self) -> u32 {
        crate::records::RECORDS_MAX as u32
    }

    fn set_stall_threshold(&self, threshold_us: u64) {
        core().doorway.slot.set_threshold_ns(threshold_us.saturating_mul(1000).max(STALL_THRESHOLD_NS_MIN));
    }

    fn start_recording(&self, format: RecordingFormat) -> Result<(), String> {
        core().recordings.start(format)
    }

    fn stop_recording(&self) -> Result<Vec<u8>, String> {
        core().recordings.stop()
    }
}

fn wall_us(ns: u64, offset_us: i64) -> Option<u64> {
    (ns != 0).then(|| (ns / 1000).saturating_add_signed(offset_us))
}

fn known(id: u64) -> Option<TaskId> {
    (id != 0).then_some(TaskId(id))
}

/// A callback that has ended.
pub fn describe(record: &Record, offset_us: i64) -> Callback {
    let origin = record.origin.as_deref();
    Callback {
        id: TaskId(record.id),
        kind: record.kind,
        phase: record.phase,
        turn: record.turn,
        seq: record.id,
        resource: record.resource.as_deref().map(str::to_owned).or_else(|| resource_of(record.kind, record.task)),
        trigger_id: known(record.cause.trigger),
        chain_id: TaskId(record.cause.chain),
        scheduled_at: wall_us(record.cause.scheduled_ns, offset_us),
        ready_at: wall_us(record.ready_ns, offset_us),
        started_at: wall_us(record.start_ns, offset_us),
        duration_us: Some((record.end_ns - record.start_ns) / 1000),
        queue_us: (record.ready_ns != 0).then(|| record.start_ns.saturating_sub(record.ready_ns) / 1000),
        definition: origin.and_then(|origin| origin.definition.clone()),
        scheduled_by: origin.map(|origin| origin.scheduled_by.clone()).filter(|stack| !stack.is_empty()),
        shares: None,
    }
}

/// The callback that runs.
pub fn describe_running(running: &Running) -> Callback {
    let origin = core().observer.origin(Task::new(class_of(running.kind), running.task));
    describe_entry(running, origin.as_deref(), None)
}

/// A callback that is about to run or runs, with what is known of it.
pub fn describe_entry(entry: &Running, origin: Option<&Origin>, resource: Option<String>) -> Callback {
    let offset = epoch_offset_us();
    Callback {
        id: TaskId(entry.id),
        kind: entry.kind,
        phase: core().event_loop.phase.get(),
        turn: core().event_loop.turn.get(),
        seq: entry.id,
        resource: resource.or_else(|| resource_of(entry.kind, entry.task)),
        trigger_id: known(entry.cause.trigger),
        chain_id: TaskId(entry.cause.chain),
        scheduled_at: wall_us(entry.cause.scheduled_ns, offset),
        ready_at: wall_us(entry.ready_ns, offset),
        started_at: wall_us(entry.start_ns, offset),
        duration_us: None,
        queue_us: (entry.ready_ns != 0).then(|| entry.start_ns.saturating_sub(entry.ready_ns) / 1000),
        definition: origin.and_then(|origin| origin.definition.clone()),
        scheduled_by: origin.map(|origin| origin.scheduled_by.clone()).filter(|stack| !stack.is_empty()),
        shares: None,
    }
}

/// What a callback is about where its task tells: nothing is kept for it on the loop's path.
fn resource_of(kind: CallbackKind, task: u64) -> Option<String> {
    match class_of(kind) {
        TaskClass::Handle => core().net.try_borrow_mut().ok()?.resource(task as u32),
        _ if kind == CallbackKind::Signal => crate::node::signals::name_of(task as i32),
        _ => None,
    }
}

fn timers_in_order() -> Vec<Timer> {
    let core = core();
    let now = now_ns();
    let mut timers: Vec<Timer> = core
        .timers
        .borrow()
        .iter()
        .map(|(due, plan)| Timer {
            id: TaskId(u64::from(due.id)),
            kind: if due.repeats { CallbackKind::Interval } else { CallbackKind::Timeout },
            due_in_us: (core.event_loop.at_ns(due.at_ms) as i64 - now as i64) / 1000,
            duration_ms: plan.duration,
            refed: plan.refed,
            scheduled_by: scheduled_by(Task::new(TaskClass::Timer, due.id)),
        })
        .collect();
    timers.sort_by_key(|timer| timer.due_in_us);
    timers
}

fn scheduled_by(task: Task) -> Option<Vec<Site>> {
    core().observer.origin(task).map(|origin| origin.scheduled_by.clone()).filter(|stack| !stack.is_empty())
}

fn handles() -> Vec<Handle> {
    let live = core().net.borrow_mut().describe();
    let mut handles: Vec<Handle> = live
        .into_iter()
        .map(|(id, kind, refed, resource)| {
            let made = scheduled_by(Task::new(TaskClass::Handle, id)).and_then(|stack| stack.first().map(Site::short));
            let resource = match (resource, made) {
                (Some(resource), Some(made)) => Some(format!("{resource}, made at {made}")),
                (resource, None) => resource,
                (None, Some(made)) => Some(format!("made at {made}")),
            };
            Handle { kind: kind.to_owned(), resource, refed }
        })
        .collect();
    let live = handles.len();
    let add = |handles: &mut Vec<Handle>, kind: &str, resource: String, refed: bool| {
        handles.push(Handle { kind: kind.to_owned(), resource: Some(resource), refed });
    };
    for (path, refed) in crate::node::fs::watch::describe() {
        add(&mut handles, "FSEvent", path, refed);
    }
    for (pid, refed) in crate::node::child::describe() {
        add(&mut handles, "Process", pid.to_string(), refed);
    }
    let named = handles[live..].iter().filter(|handle| handle.refed).count();
    for _ in named..core().event_loop.references.get() {
        add(&mut handles, "Reference", "a message port or a signal".to_owned(), true);
    }
    handles
}

fn requests() -> Vec<Request> {
    let pending = core().pool.describe_pending();
    pending
        .into_iter()
        .map(|pending| Request {
            id: TaskId(pending.id),
            kind: pending.kind,
            resource: pending.resource,
            scheduled_by: scheduled_by(Task::new(TaskClass::Request, pending.id)),
        })
        .collect()
}

fn reasons_to_live(timers: &[Timer]) -> Vec<String> {
    let mut reasons = Vec::new();
    for timer in timers.iter().filter(|timer| timer.refed) {
        let from = timer.scheduled_by.as_ref().and_then(|stack| stack.first());
        let from = from.map(|site| format!(", started at {}", site.short())).unwrap_or_default();
        reasons.push(format!("{} of {} ms{from}", timer.kind.as_str(), timer.duration_ms));
    }
    // An interval that runs is in no list until it starts again.
    if let Some(running) = core().doorway.running()
        && running.kind == CallbackKind::Interval
        && !timers.iter().any(|timer| timer.id.0 == running.task)
    {
        let site = core().observer.origin(Task::new(TaskClass::Timer, running.task));
        let from = site.as_ref().and_then(|origin| origin.scheduled_by.first());
        let from = from.map(|site| format!(", started at {}", site.short())).unwrap_or_default();
        reasons.push(format!("interval that runs now{from}"));
    }
    let immediates = core().words().get(Word::ImmediatesRefed);
    if immediates > 0 {
        reasons.push(format!("{immediates} immediate(s)"));
    }
    for handle in handles().into_iter().filter(|handle| handle.refed) {
        let resource = handle.resource.map(|resource| format!(" on {resource}")).unwrap_or_default();
        reasons.push(format!("{}{resource}", handle.kind));
    }
    for request in requests() {
        let resource = request.resource.map(|resource| format!(" of {resource}")).unwrap_or_default();
        reasons.push(format!("{} request{resource}", request.kind.as_str()));
    }
    reasons
}

/// A callback that waits in a queue.
struct Waiting {
    kind: CallbackKind,
    number: u64,
    ready_ns: u64,
    resource: Option<String>,
    cause: Cause,
}

/// The phases that have queues, in the order in which they come from `now` on.
fn phases_from(now: Phase) -> [Phase; 3] {
    match now {
        Phase::Pending | Phase::Poll => [Phase::Poll, Phase::Check, Phase::Timers],
        Phase::Check => [Phase::Check, Phase::Timers, Phase::Poll],
        Phase::Main | Phase::Timers | Phase::Close => [Phase::Timers, Phase::Poll, Phase::Check],
    }
}

/// The user's ticks, which run behind the callback that runs; of the microtasks behind them V8 tells nothing.
fn ticks_waiting() -> Option<Queue> {
    let observer = &core().observer;
    let is_users = |task: &Task| observer.origin(*task).is_some_and(|origin| origin.definition.is_some());
    let ticks: Vec<Task> = observer.tasks(TaskClass::Tick).into_iter().filter(is_users).collect();
    let running = core().doorway.running();
    let cause = running.map_or(Cause::default(), |running| Cause { trigger: running.id, ..running.cause });
    let phase = core().event_loop.phase.get();
    let describe = |task: &Task| {
        let (kind, number) = (CallbackKind::NextTick, task.number);
        describe_waiting(Waiting { kind, number, ready_ns: 0, resource: None, cause }, phase)
    };
    let callbacks: Vec<Callback> = ticks.iter().take(QUEUE_LIMIT_DEFAULT as usize).map(describe).collect();
    (!ticks.is_empty()).then_some(Queue { phase, total: ticks.len() as u64, callbacks })
}

fn queue(phase: Phase, limit: usize) -> Queue {
    let (total, waiting) = match phase {
        Phase::Timers => timers_waiting(),
        Phase::Poll => poll_waiting(),
        _ => immediates_waiting(),
    };
    let callbacks = waiting.into_iter().take(limit).map(|waiting| describe_waiting(waiting, phase)).collect();
    Queue { phase, total, callbacks }
}

/// In the order in which they will fire.
fn timers_waiting() -> (u64, Vec<Waiting>) {
    let due = core().timers.borrow().in_order();
    let waiting = due.into_iter().map(|due| Waiting {
        kind: if due.repeats { CallbackKind::Interval } else { CallbackKind::Timeout },
        number: due.id.into(),
        ready_ns: core().event_loop.at_ns(due.at_ms),
        resource: None,
        cause: due.cause,
    });
    let waiting: Vec<Waiting> = waiting.collect();
    (waiting.len() as u64, waiting)
}

/// Sockets that are ready, then work that the pool has yet to finish, in the order in which it was asked for.
fn poll_waiting() -> (u64, Vec<Waiting>) {
    let ready = core().net.borrow_mut().describe_ready();
    let sockets = ready.into_iter().map(|(id, kind, resource)| Waiting {
        kind,
        number: id.into(),
        ready_ns: 0,
        resource,
        cause: Cause::default(),
    });
    let pending = core().pool.describe_pending();
    let requests = pending.into_iter().map(|pending| Waiting {
        kind: pending.kind,
        number: pending.id,
        ready_ns: 0,
        resource: pending.resource,
        cause: pending.cause,
    });
    let waiting: Vec<Waiting> = sockets.chain(requests).collect();
    (waiting.len() as u64, waiting)
}

/// Immediates are JavaScript's; those that were scheduled while somebody looked are known by number.
fn immediates_waiting() -> (u64, Vec<Waiting>) {
    let words = core().words();
    let total = u64::from(words.get(Word::ImmediatesQueued) + words.get(Word::ImmediatesLeft));
    let known = core().observer.tasks(TaskClass::Immediate);
    let waiting = known.into_iter().map(|task| Waiting {
        kind: CallbackKind::Immediate,
        number: task.number,
        ready_ns: 0,
        resource: None,
        cause: Cause::default(),
    });
    (total, waiting.collect())
}

/// A callback that waits: its id is the task's, since it has no place in the order yet.
fn describe_waiting(waiting: Waiting, phase: Phase) -> Callback {
    let origin = core().observer.origin(Task::new(class_of(waiting.kind), waiting.number));
    let entry = Running {
        id: waiting.number,
        kind: waiting.kind,
        task: waiting.number,
        cause: waiting.cause,
        ready_ns: waiting.ready_ns,
        start_ns: 0,
    };
    Callback { phase, seq: 0, queue_us: None, ..describe_entry(&entry, origin.as_deref(), waiting.resource) }
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    if sorted.is_empty() { 0 } else { sorted[(sorted.len() - 1) * percent / 100] }
}

/// The times in which a debugger held the thread: what they made long or late says nothing of the code.
struct Held {
    ends_us: Vec<u64>,
    offset_us: i64,
}

impl Held {
    fn so_far() -> Held {
        Held { ends_us: core().doorway.status.pause_ends_us(), offset_us: epoch_offset_us() }
    }

    /// Whether a debugger let go between the two moments.
    fn between(&self, from_ns: u64, to_ns: u64) -> bool {
        let wall = |ns: u64| (ns / 1000).saturating_add_signed(self.offset_us);
        let later = self.ends_us.partition_point(|end| *end < wall(from_ns));
        self.ends_us.get(later).is_some_and(|end| *end <= wall(to_ns))
    }

    /// Microseconds from ready to start, if both are known and nobody held the thread.
    fn wait_us(&self, record: &Record) -> Option<u64> {
        let known = record.ready_ns != 0 && !self.between(record.ready_ns, record.start_ns);
        known.then(|| record.start_ns.saturating_sub(record.ready_ns) / 1000)
    }
}

/// How late the latest callbacks started.
fn lag() -> Lag {
    let recorder = core().doorway.recorder.borrow();
    let held = Held::so_far();
    let from_ns = now_ns().saturating_sub(LAG_WINDOW_NS);
    let mut waits: Vec<u64> = recorder
        .newest(0)
        .take_while(|record| record.start_ns >= from_ns)
        .filter_map(|record| held.wait_us(&record))
        .collect();
    waits.sort_unstable();
    Lag { p50_us: percentile(&waits, 50), p99_us: percentile(&waits, 99), max_us: waits.last().copied().unwrap_or(0) }
}

#[derive(Default)]
struct Sums {
    count: u64,
    durations: Vec<u64>,
    waits: Vec<u64>,
    stalls: u64,
}

/// Statistics of the remembered callbacks by the line that scheduled them, or by where their function is written.
fn site_stats(since_us: u64) -> Vec<SiteStats> {
    let recorder = core().doorway.recorder.borrow();
    let offset = epoch_offset_us();
    let held = Held::so_far();
    let threshold = core().doorway.slot.threshold_ns() / 1000;
    let is_wanted = |record: &Record| wall_us(record.start_ns, offset).unwrap_or(0) >= since_us;
    let records: Vec<Record> = recorder.newest(0).take_while(is_wanted).collect();
    let mut sums: HashMap<(&Site, CallbackKind), Sums> = HashMap::new();
    for record in &records {
        let Some(origin) = record.origin.as_deref() else { continue };
        let Some(site) = origin.definition.as_ref().or(origin.scheduled_by.first()) else { continue };
        let sum = sums.entry((site, record.kind)).or_default();
        sum.count += 1;
        if !held.between(record.start_ns, record.end_ns) {
            let duration = (record.end_ns - record.start_ns) / 1000;
            sum.durations.push(duration);
            sum.stalls += u64::from(duration >= threshold);
        }
        sum.waits.extend(held.wait_us(record));
    }
    let mut stats: Vec<SiteStats> = sums
        .into_iter()
        .map(|((site, kind), mut sum)| {
            sum.durations.sort_unstable();
            sum.waits.sort_unstable();
            SiteStats {
                site: site.clone(),
                kind,
                count: sum.count,
                total_us: sum.durations.iter().sum(),
                p50_us: percentile(&sum.durations, 50),
                p99_us: percentile(&sum.durations, 99),
                max_us: sum.durations.last().copied().unwrap_or(0),
                queue_p50_us: percentile(&sum.waits, 50),
                queue_p99_us: percentile(&sum.waits, 99),
                stalls: sum.stalls,
            }
        })
        .collect();
    stats.sort_by_key(|stat| std::cmp::Reverse(stat.total_us));
    stats
}
