//! One recording in memory: callbacks in the order in which they ran, collections, slow operations, stalls, and for each
//! site a distribution.
//!
//! When there is no room for another callback, those shorter than a limit become sums per slice of time and kind, and the
//! limit doubles: a recording of any length has a size, and what is long enough to matter stays whole.

use std::collections::HashMap;

use rondo_protocol::site::Site;
use rondo_protocol::stall::Stall;
use rondo_protocol::{CallbackKind, Phase};

use crate::recording::histogram::Times;
use crate::records::Record;

/// Callbacks kept one by one, 56 bytes each.
pub const CALLBACKS_MAX: usize = 600_000;
/// The first limit below which callbacks become sums.
const FOLD_NS_FIRST: u64 = 25_000;
/// The width of a slice of the sums; there are as many as the recording has seconds and kinds.
const SLICE_NS: u64 = 50_000_000;
/// Slices kept: an hour of one kind.
const SLICES_MAX: usize = 200_000;
/// Places known by number; later ones count as unknown.
const SITES_MAX: usize = 4096;
/// Collections and operations kept.
const SPANS_MAX: usize = 200_000;
/// Operations shorter than this are not drawn.
const OP_NS_MIN: u64 = 1_000_000;

/// No place is known.
pub const NO_SITE: u32 = u32::MAX;

/// One callback. Times are nanoseconds of the monotonic clock.
#[derive(Clone, Copy)]
pub struct Ran {
    pub id: u64,
    pub trigger: u64,
    pub start_ns: u64,
    pub turn: u64,
    pub took_ns: u64,
    /// How long it was ready before, in microseconds; nothing when not known.
    pub queue_us: Option<u32>,
    pub site: u32,
    pub kind: CallbackKind,
    pub phase: Phase,
}

/// Sums of short callbacks of one kind in one slice of time.
#[derive(Clone, Copy, Default)]
pub struct Sum {
    pub count: u32,
    pub took_ns: u64,
}

/// A collection or an operation.
pub struct Span {
    /// Nothing for a collection.
    pub op: Option<&'static str>,
    pub resource: Option<String>,
    pub from_ns: u64,
    pub to_ns: u64,
}

/// The callbacks of one site and kind.
#[derive(Default)]
pub struct SiteTimes {
    pub took: Times,
    pub queued: Times,
    pub stalls: u64,
}

pub struct Trace {
    pub began_ns: u64,
    pub ended_ns: u64,
    pub callbacks: Vec<Ran>,
    pub callbacks_total: u64,
    pub busy_ns: u64,
    pub turns: u64,
    first_turn: Option<u64>,
    /// Callbacks shorter than this are in `sums`.
    pub fold_below_ns: u64,
    pub sums: HashMap<(u64, CallbackKind), Sum>,
    pub spans: Vec<Span>,
    pub spans_dropped: u64,
    pub sites: Vec<Site>,
    numbers: HashMap<(String, u32, u32), u32>,
    pub by_site: HashMap<(u32, CallbackKind), SiteTimes>,
    pub stalls: Vec<Stall>,
    pub stalls_dropped: u64,
}

impl Trace {
    pub fn new(began_ns: u64) -> Trace {
        Trace {
            began_ns,
            ended_ns: began_ns,
            callbacks: Vec::new(),
            callbacks_total: 0,
            busy_ns: 0,
            turns: 0,
            first_turn: None,
            fold_below_ns: 0,
            sums: HashMap::new(),
            spans: Vec::new(),
            spans_dropped: 0,
            sites: Vec::new(),
            numbers: HashMap::new(),
            by_site: HashMap::new(),
            stalls: Vec::new(),
            stalls_dropped: 0,
        }
    }

    pub fn ended(mut self, now_ns: u64) -> Trace {
        self.ended_ns = now_ns;
        for stall in self.stalls.iter().filter(|stall| stall.worker.is_none()) {
            let site =
                stall.callback.definition.as_ref().or(stall.callback.scheduled_by.as_ref().and_then(|s| s.first()));
            let number = site.map_or(NO_SITE, |site| number_of(&mut self.sites, &mut self.numbers, site));
            if let Some(times) = self.by_site.get_mut(&(number, stall.callback.kind)) {
                times.stalls += 1;
            }
        }
        self
    }

    /// The stalls of the thread whose callbacks these are.
    pub fn own_stalls(&self) -> impl Iterator<Item = &Stall> {
        self.stalls.iter().filter(|stall| stall.worker.is_none())
    }

    pub fn stalls_total(&self) -> u64 {
        self.stalls.len() as u64 + self.stalls_dropped
    }

    pub fn site(&self, number: u32) -> Option<&Site> {
        self.sites.get(number as usize)
    }

    pub fn ran(&mut self, record: &Record) {
        let site = record.origin.as_deref().and_then(|o| o.definition.as_ref().or(o.scheduled_by.first()));
        let site = site.map_or(NO_SITE, |site| number_of(&mut self.sites, &mut self.numbers, site));
        let took_ns = record.end_ns - record.start_ns;
        let queue_us = (record.ready_ns != 0).then(|| (record.start_ns.saturating_sub(record.ready_ns) / 1000) as u32);
        self.callbacks_total += 1;
        self.busy_ns += took_ns;
        let first = *self.first_turn.get_or_insert(record.turn);
        self.turns = record.turn - first + 1;
        let times = self.by_site.entry((site, record.kind)).or_default();
        times.took.record(took_ns / 1000);
        if let Some(queue_us) = queue_us {
            times.queued.record(queue_us.into());
        }
        let (id, trigger, start_ns, turn) = (record.id, record.cause.trigger, record.start_ns, record.turn);
        let ran = Ran { id, trigger, start_ns, turn, took_ns, queue_us, site, kind: record.kind, phase: record.phase };
        if took_ns < self.fold_below_ns {
            return self.fold(&ran);
        }
        if self.callbacks.len() >= CALLBACKS_MAX {
            self.make_room();
        }
        if self.callbacks.len() == self.callbacks.capacity() {
            // Doubling would pass the limit by half.
            let more = self.callbacks.len().max(1024).min(CALLBACKS_MAX - self.callbacks.len());
            self.callbacks.reserve_exact(more);
        }
        self.callbacks.push(ran);
    }

    fn fold(&mut self, ran: &Ran) {
        let slice = (ran.start_ns.saturating_sub(self.began_ns)) / SLICE_NS;
        if self.sums.len() >= SLICES_MAX && !self.sums.contains_key(&(slice, ran.kind)) {
            return;
        }
        let sum = self.sums.entry((slice, ran.kind)).or_default();
        sum.count += 1;
        sum.took_ns += ran.took_ns;
    }

    /// Turns the shortest callbacks into sums until half of the room is free.
    fn make_room(&mut self) {
        while self.callbacks.len() > CALLBACKS_MAX / 2 {
            self.fold_below_ns = if self.fold_below_ns == 0 { FOLD_NS_FIRST } else { self.fold_below_ns * 2 };
            let mut callbacks = std::mem::take(&mut self.callbacks);
            callbacks.retain(|ran| {
                let is_long = ran.took_ns >= self.fold_below_ns;
                if !is_long {
                    self.fold(ran);
                }
                is_long
            });
            self.callbacks = callbacks;
        }
    }

    pub fn collected(&mut self, from_ns: u64, to_ns: u64) {
        self.push_span(Span { op: None, resource: None, from_ns, to_ns });
    }

    pub fn operated(&mut self, name: &'static str, resource: Option<String>, from_ns: u64, to_ns: u64) {
        if to_ns - from_ns >= OP_NS_MIN {
            // The coarse clock may place it into the one before, which no picture can show.
            let before = self.spans.iter().rev().find(|span| span.op.is_some()).map_or(0, |span| span.to_ns);
            let from_ns = from_ns.max(before.min(to_ns));
            self.push_span(Span { op: Some(name), resource, from_ns, to_ns });
        }
    }

    fn push_span(&mut self, span: Span) {
        if self.spans.len() < SPANS_MAX {
            self.spans.push(span);
        } else {
            self.spans_dropped += 1;
        }
    }

    /// The beginning of a slice of the sums, as a time of the monotonic clock, and its width.
    pub fn slice_ns(&self, slice: u64) -> (u64, u64) {
        (self.began_ns + slice * SLICE_NS, SLICE_NS)
    }
}

fn number_of(sites: &mut Vec<Site>, numbers: &mut HashMap<(String, u32, u32), u32>, site: &Site) -> u32 {
    let key = (site.url.clone(), site.line_number, site.column_number);
    if let Some(number) = numbers.get(&key) {
        return *number;
    }
    if sites.len() >= SITES_MAX {
        return NO_SITE;
    }
    let number = sites.len() as u32;
    sites.push(site.clone());
    numbers.insert(key, number);
    number
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::records::Cause;

    pub fn record(id: u64, trigger: u64, start_ns: u64, took_ns: u64) -> Record {
        Record {
            id,
            task: 0,
            cause: Cause { trigger, chain: 1, scheduled_ns: 0 },
            ready_ns: start_ns.saturating_sub(2000),
            start_ns,
            drain_ns: start_ns + took_ns,
            end_ns: start_ns + took_ns,
            turn: id,
            kind: CallbackKind::Timeout,
            phase: Phase::Timers,
            resource: None,
            origin: None,
        }
    }

    #[test]
    fn short_callbacks_become_sums_when_there_is_no_room() {
        let mut trace = Trace::new(0);
        for id in 1..=CALLBACKS_MAX as u64 + 1 {
            trace.ran(&record(id, 0, id * 1000, if id % 10 == 0 { 60_000 } else { 500 }));
        }
        assert_eq!(trace.callbacks_total, CALLBACKS_MAX as u64 + 1);
        assert_eq!(trace.fold_below_ns, FOLD_NS_FIRST);
        assert!(trace.callbacks.iter().all(|ran| ran.took_ns == 60_000 || ran.id > CALLBACKS_MAX as u64));
        let folded: u64 = trace.sums.values().map(|sum| u64::from(sum.count)).sum();
        assert_eq!(folded + trace.callbacks.len() as u64, trace.callbacks_total);
        assert_eq!(trace.by_site[&(NO_SITE, CallbackKind::Timeout)].took.count(), trace.callbacks_total);
    }
}
