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
use crate::stalls::sample::Taken;
use crate::stalls::shares::{self, Measured, OPAQUE_NS_MIN};
use crate::stalls::{Stalls, external, outstanding_request_ns, sample, victims};

/// Samples that go into a report; more are thinned evenly.
const REPORTED_SAMPLES_MAX: usize = 100;
/// The coarse clock's age at most.
const COARSE_NS_MAX: u64 = 5_000_000;
/// A line is sure when the engine looked for interrupts all the time.
const CONFIDENCE_SURE: f64 = 0.95;
/// The stack was taken after an opaque builtin had returned: the function is right, the line may be a later one.
const CONFIDENCE_SKIDDED: f64 = 0.5;
/// All that is known is which function was called.
const CONFIDENCE_DEFINITION: f64 = 0.3;

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

/// The guilty line, and how far it can be trusted.
struct Guilt {
    line: Option<Site>,
    confidence: f64,
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
    let class = shares::class(&shares, slowest.is_some());
    let mut callback = describe(record, epoch_offset_us());
    callback.shares = Some(shares);
    callback.definition = callback.definition.or_else(|| entry_frame(&samples)).or_else(|| last_function(record.kind));
    // A machine that was slow while an operation ran does not make it unknown.
    let op = slowest.filter(|_| matches!(class, CauseClass::Native | CauseClass::External));
    let guilt = match op {
        Some(op) => Guilt { line: op.stack.first().cloned(), confidence: CONFIDENCE_SURE },
        None => guilty_line(&samples, record.start_ns, class, &callback),
    };
    let recorder = core().doorway.recorder.borrow();
    let offset = epoch_offset_us();
    let chain = recorder.chain(record.cause.trigger).into_iter().map(|record| describe(record, offset)).collect();
    let detail = op.and_then(|op| op.resource.clone());
    let cause = Cause { class, op: op.map(|op| op.name.to_owned()), detail };
    assemble(stalls, callback, chain, cause, guilt, &samples, record.start_ns, record.end_ns)
}

/// The report of a turn of many short callbacks; nothing when it was a few long ones, which have reports of their own.
pub fn of_turn(stalls: &Stalls, from_ns: u64, to_ns: u64, first: u64, last: u64) -> Option<Pending> {
    let recorder = core().doorway.recorder.borrow();
    let offset = epoch_offset_us();
    let records: Vec<&Record> = (first..=last).filter_map(|id| recorder.get(id)).collect();
    // The kind that took most of the turn stands for it.
    let mut by_kind: HashMap<_, u64> = HashMap::new();
    for record in &records {
        *by_kind.entry(record.kind).or_default() += record.end_ns - record.start_ns;
    }
    let (kind, of_kind_ns) = by_kind.into_iter().max_by_key(|(_, took)| *took)?;
    let longest = records.iter().filter(|r| r.kind == kind).max_by_key(|r| r.end_ns - r.start_ns)?;
    let busy: u64 = records.iter().map(|record| record.end_ns - record.start_ns).sum();
    if busy * 2 < to_ns - from_ns {
        // The turn was long, its callbacks were not: the machine or the loop itself held the thread.
        return None;
    }
    let samples = stalls.samples.borrow();
    let samples: Vec<&Taken> = samples.iter().collect();
    let mut callback = describe(longest, offset);
    callback.definition = callback.definition.or_else(|| entry_frame(&samples));
    let guilt = guilty_line(&samples, from_ns, CauseClass::Turn, &callback);
    let count = records.iter().filter(|record| record.kind == kind).count();
    let detail = format!("{count} {} callbacks took {} ms in one turn", kind.as_str(), of_kind_ns / 1_000_000);
    let chain = recorder.chain(longest.cause.trigger).into_iter().map(|record| describe(record, offset)).collect();
    let cause = Cause { class: CauseClass::Turn, op: None, detail: Some(detail) };
    Some(assemble(stalls, callback, chain, cause, guilt, &samples, from_ns, to_ns))
}

#[allow(clippy::too_many_arguments)]
fn assemble(
    stalls: &Stalls,
    callback: Callback,
    chain: Vec<Callback>,
    cause: Cause,
    guilt: Guilt,
    samples: &[&Taken],
    from_ns: u64,
    to_ns: u64,
) -> Pending {
    let offset = epoch_offset_us();
    let skid_us = samples.iter().map(|s| s.delivered_ns.saturating_sub(s.requested_ns) / 1000).max().unwrap_or(0);
    let every = samples.len().div_ceil(REPORTED_SAMPLES_MAX).max(1);
    let told = samples.iter().step_by(every).map(|sample| Sample {
        stack: sample.stack.clone(),
        at_us: (sample.delivered_ns / 1000).saturating_add_signed(offset),
    });
    let chain_id = callback.chain_id.0;
    let victims: Victims = victims::timers(from_ns, to_ns);
    let stall = Stall {
        fingerprint: fingerprint(&cause, guilt.line.as_ref().or(callback.definition.as_ref()), &callback),
        callback,
        chain,
        request: stalls.requests.borrow().0.get(&chain_id).cloned(),
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

/// The innermost user line that holds most of the time, each sample weighing the time since the one before it.
fn guilty_line(samples: &[&Taken], start_ns: u64, class: CauseClass, callback: &Callback) -> Guilt {
    let mut weights: HashMap<(&str, u32), (u64, u64, &Site)> = HashMap::new();
    let mut before = start_ns;
    for sample in samples {
        let Some(site) = sample.stack.first() else { continue };
        let weight = sample.delivered_ns.saturating_sub(before).max(1);
        before = sample.delivered_ns;
        let skid = sample.delivered_ns.saturating_sub(sample.requested_ns);
        let entry = weights.entry((site.url.as_str(), site.line_number)).or_insert((0, 0, site));
        entry.0 += weight;
        entry.1 = entry.1.max(skid);
    }
    let best = weights.into_values().max_by_key(|(weight, ..)| *weight);
    match best {
        Some((_, skid, site)) => {
            let skidded = skid >= OPAQUE_NS_MIN || class == CauseClass::Builtin;
            let confidence = if skidded { CONFIDENCE_SKIDDED } else { CONFIDENCE_SURE };
            Guilt { line: Some(site.clone()), confidence }
        }
        None => Guilt { line: callback.definition.clone(), confidence: CONFIDENCE_DEFINITION },
    }
}

/// FNV-1a over what stays the same between runs: class, operation, kind, function and line.
fn fingerprint(cause: &Cause, line: Option<&Site>, callback: &Callback) -> String {
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
    format!("{:08x}", (hash >> 32) as u32 ^ hash as u32)
}
