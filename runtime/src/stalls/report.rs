//! Makes the report of a stall from what was measured and sampled.

use std::collections::HashMap;

use rondo_protocol::CallbackKind;
use rondo_protocol::callback::Callback;
use rondo_protocol::site::Site;
use rondo_protocol::stall::{Cause, CauseClass, Sample, Stall, Victims};

use crate::clock::epoch_offset_us;
use crate::core::core;
use crate::loop_host::describe;
use crate::records::Record;
use crate::stalls::guilt::{self, Guilt};
use crate::stalls::sample::Taken;
use crate::stalls::shares::{self, Collects, Measured};
use crate::stalls::{Stalls, external, outstanding_request_ns, sample, victims};

/// Samples that go into a report; more are thinned evenly.
const REPORTED_SAMPLES_MAX: usize = 100;
/// The coarse clock's age at most.
const COARSE_NS_MAX: u64 = 5_000_000;

/// A report that lacks the sockets which waited.
pub struct Pending {
    stall: Stall,
    held_ns: u64,
}

impl Pending {
    /// `ready` sockets were found at the poll that followed.
    pub fn finish(mut self, ready: usize) -> Stall {
        victims::add_sockets(&mut self.stall.victims, ready, self.held_ns);
        self.stall
    }
}

/// The report of one callback that has just ended.
pub fn of_callback(stalls: &Stalls, record: &Record, sequence: u64, micro_ns: u64) -> Pending {
    let samples = stalls.samples.borrow();
    let samples: Vec<&Taken> = samples.iter().filter(|sample| sample.sequence == sequence).collect();
    // The coarse clock, by which the drain is timed, may lag by so much that a short one is nothing.
    let drained = if record.end_ns - record.drain_ns <= COARSE_NS_MAX { record.end_ns } else { record.drain_ns };
    let drain = record.end_ns - drained;
    let micro_ns = micro_ns.min(drain);
    let measured = Measured {
        start_ns: record.start_ns,
        end_ns: record.end_ns,
        stages: [drained - record.start_ns, drain - micro_ns, micro_ns],
        spent: stalls.spent.get(),
        off_cpu: external::off_cpu(sequence, record.start_ns, record.end_ns),
        samples: &samples,
        outstanding_ns: outstanding_request_ns(),
    };
    let ops = stalls.ops.borrow();
    let slowest = ops.iter().max_by_key(|op| op.took_ns);
    let shares = shares::of(&measured);
    let mut callback = describe(record, epoch_offset_us());
    callback.definition = callback.definition.or_else(|| entry_frame(&samples)).or_else(|| last_function(record.kind));
    let sampled = guilt::of_samples(&samples, record.start_ns, external::delay_before(sequence), &callback);
    let collects = if sampled.callee.is_some() { Collects::ForBuiltin } else { Collects::ForCode };
    let class = shares::class(&shares, &measured, collects);
    callback.shares = Some(shares);
    // A machine that was slow while an operation ran does not make it unknown.
    let op = slowest.filter(|op| match class {
        CauseClass::Native => true,
        CauseClass::External => op.took_ns * 2 >= record.end_ns - record.start_ns,
        _ => false,
    });
    let guilt = match op {
        Some(op) => Guilt { line: op.stack.first().cloned(), confidence: guilt::SURE, callee: None },
        None => sampled,
    };
    let recorder = core().doorway.recorder.borrow();
    let offset = epoch_offset_us();
    let chain = recorder.chain(record.cause.trigger).iter().map(|record| describe(record, offset)).collect();
    let callee = guilt.callee.as_ref().filter(|_| matches!(class, CauseClass::Builtin | CauseClass::External));
    let cause = match (op, callee) {
        (Some(op), _) => Cause { class, op: Some(op.name.to_owned()), detail: op.resource.clone() },
        (None, Some(callee)) => Cause { class, op: Some(callee.op.clone()), detail: Some(callee.text.clone()) },
        (None, None) => Cause { class, op: None, detail: None },
    };
    let request = stalls.request_of(callback.chain_id.0, record.kind, record.task);
    assemble(callback, chain, cause, guilt, request, &samples, record.start_ns, record.end_ns)
}

/// The report of a turn of many short callbacks; nothing when it was a few long ones, which have reports of their own.
pub fn of_turn(stalls: &Stalls, from_ns: u64, to_ns: u64, first: u64, last: u64) -> Option<Pending> {
    let recorder = core().doorway.recorder.borrow();
    let offset = epoch_offset_us();
    let records: Vec<Record> = (first..=last).filter_map(|id| recorder.get(id)).collect();
    // The kind that took most of the turn stands for it.
    let mut by_kind: HashMap<_, u64> = HashMap::new();
    for record in &records {
        *by_kind.entry(record.kind).or_default() += record.end_ns - record.start_ns;
    }
    let (kind, of_kind_ns) = by_kind.into_iter().max_by_key(|(_, took)| *took)?;
    let longest = longest_of_worst_site(records.iter().filter(|record| record.kind == kind))?;
    let busy: u64 = records.iter().map(|record| record.end_ns - record.start_ns).sum();
    if busy * 2 < to_ns - from_ns {
        // The turn was long, its callbacks were not: the machine or the loop itself held the thread.
        return None;
    }
    let samples = stalls.samples.borrow();
    let samples: Vec<&Taken> = samples.iter().collect();
    let mut callback = describe(longest, offset);
    callback.definition = callback.definition.or_else(|| entry_frame(&samples));
    let guilt = guilt::of_samples(&samples, from_ns, None, &callback);
    let count = records.iter().filter(|record| record.kind == kind).count();
    let detail = format!("{count} {} callbacks took {} ms in one turn", kind.as_str(), of_kind_ns / 1_000_000);
    let chain = recorder.chain(longest.cause.trigger).iter().map(|record| describe(record, offset)).collect();
    let cause = Cause { class: CauseClass::Turn, op: None, detail: Some(detail) };
    let request = stalls.request_of(callback.chain_id.0, longest.kind, longest.task);
    Some(assemble(callback, chain, cause, guilt, request, &samples, from_ns, to_ns))
}

/// Of the site whose callbacks took most together, the longest one: a single long one, such as the one that scheduled
/// all the others, does not stand for the turn.
fn longest_of_worst_site<'a>(records: impl Iterator<Item = &'a Record>) -> Option<&'a Record> {
    let mut by_site: HashMap<_, (u64, &Record)> = HashMap::new();
    for record in records {
        let origin = record.origin.as_deref();
        let site = origin.and_then(|origin| origin.definition.as_ref().or(origin.scheduled_by.first()));
        let took = record.end_ns - record.start_ns;
        let key = site.map(|site| (site.url.as_str(), site.line_number, site.column_number));
        let (sum, longest) = by_site.entry(key).or_insert((0, record));
        *sum += took;
        if took > longest.end_ns - longest.start_ns {
            *longest = record;
        }
    }
    by_site.into_values().max_by_key(|(sum, _)| *sum).map(|(_, longest)| longest)
}

#[allow(clippy::too_many_arguments)]
fn assemble(
    callback: Callback,
    chain: Vec<Callback>,
    cause: Cause,
    guilt: Guilt,
    request: Option<String>,
    samples: &[&Taken],
    from_ns: u64,
    to_ns: u64,
) -> Pending {
    let offset = epoch_offset_us();
    let skid_us = samples.iter().map(|sample| sample.skid_ns() / 1000).max().unwrap_or(0);
    let every = samples.len().div_ceil(REPORTED_SAMPLES_MAX).max(1);
    let told = samples.iter().step_by(every).map(|sample| Sample {
        stack: sample.stack.clone(),
        at_us: (sample.delivered_ns / 1000).saturating_add_signed(offset),
    });
    let victims: Victims = victims::timers(from_ns, to_ns);
    let worker = crate::inspection::worker_name();
    let line = guilt.line.as_ref().or(callback.definition.as_ref());
    let stall = Stall {
        fingerprint: fingerprint(&cause, line, &callback, worker.is_some()),
        worker,
        callback,
        chain,
        request,
        cause,
        line: guilt.line,
        samples: told.collect(),
        skid_us,
        confidence: guilt.confidence,
        victims,
    };
    Pending { stall, held_ns: to_ns - from_ns }
}

/// The outermost user frame of the samples: the callback's own function.
fn entry_frame(samples: &[&Taken]) -> Option<Site> {
    samples.iter().find_map(|sample| sample.stack.last().cloned())
}

/// The function that the loop called, where no sample could be taken: the watchdog had no processor all the while.
fn last_function(kind: CallbackKind) -> Option<Site> {
    let by_timers = matches!(kind, CallbackKind::Timeout | CallbackKind::Interval | CallbackKind::Immediate);
    if by_timers { sample::last_timer() } else { None }
}

/// FNV-1a over what stays the same between runs: class, operation, kind, function and line, and whether it is in a worker,
/// where it does less harm.
fn fingerprint(cause: &Cause, line: Option<&Site>, callback: &Callback, in_worker: bool) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    add(&format!("{:?}", cause.class));
    add(cause.op.as_deref().unwrap_or(""));
    add(callback.kind.as_str());
    if let Some(site) = line {
        add(&site.url);
        add(&site.function_name);
        add(&site.line_number.to_string());
    }
    if in_worker {
        add("worker");
    }
    format!("{:08x}", (hash >> 32) as u32 ^ hash as u32)
}
