//! The flight recorder: what each callback was, what caused it, and when it was scheduled, ready, running and over.
//!
//! A ring of fixed size, written by the doorway and read on request. Ids count up from 1, so a record's place is its id
//! modulo the ring's size, and a cause is found by its id for as long as the ring still holds it.

use std::collections::HashMap;
use std::rc::Rc;

use rondo_protocol::{CallbackKind, Phase};

use crate::observe::Origin;

/// Callbacks that the recorder remembers.
pub const RECORDS_MAX: usize = 8192;

/// What was known when a task was scheduled; kept with the task until it runs. Costs three stores and no clock read.
#[derive(Clone, Copy, Default)]
pub struct Cause {
    /// The callback that scheduled the task, 0 for the main program before it had an id.
    pub trigger: u64,
    /// The first callback of the chain that led here.
    pub chain: u64,
    /// When it was scheduled: the start of the callback that did it.
    pub scheduled_ns: u64,
}

/// One callback. Times are nanoseconds of [`crate::clock::now_ns`], 0 where unknown.
#[derive(Clone)]
pub struct Record {
    pub id: u64,
    pub task: u64,
    pub cause: Cause,
    pub ready_ns: u64,
    pub start_ns: u64,
    /// When the function had returned and the drain of ticks and microtasks began.
    pub drain_ns: u64,
    pub end_ns: u64,
    pub turn: u64,
    pub kind: CallbackKind,
    pub phase: Phase,
    pub resource: Option<Box<str>>,
    /// Where it was scheduled and written, when somebody looked.
    pub origin: Option<Rc<Origin>>,
}

/// A record as the ring keeps it: one cache line, which `push` writes without reading what was there. A line that is read
/// first is a miss at each callback, since the ring is larger than the caches near the processor.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Line {
    task: u64,
    cause: Cause,
    ready_ns: u64,
    /// 0 in a line that was never written.
    start_ns: u64,
    /// From `start_ns` on; what does not fit is in `Rest`.
    drain_after_ns: u32,
    end_after_ns: u32,
    turn: u32,
    /// How often the ring had gone round: what the id says beyond the line's place.
    round: u16,
    kind: u8,
    phase: u8,
}

/// What few records have.
struct Rest {
    resource: Option<Box<str>>,
    origin: Option<Rc<Origin>>,
    drain_ns: u64,
    end_ns: u64,
}

pub struct Recorder {
    ring: Vec<Line>,
    /// Which places have something in `rests`, a bit each.
    has_rest: [u64; RECORDS_MAX / 64],
    rests: HashMap<usize, Rest>,
    last: u64,
    last_turn: u64,
}

impl Default for Recorder {
    fn default() -> Recorder {
        let has_rest = [0; RECORDS_MAX / 64];
        Recorder { ring: Vec::new(), has_rest, rests: HashMap::new(), last: 0, last_turn: 0 }
    }
}

impl Recorder {
    #[inline]
    pub fn push(&mut self, record: Record) {
        (self.last, self.last_turn) = (self.last.max(record.id), record.turn);
        let place = place_of(record.id);
        let end_after_ns = record.end_ns - record.start_ns;
        let line = Line {
            task: record.task,
            cause: record.cause,
            ready_ns: record.ready_ns,
            start_ns: record.start_ns,
            drain_after_ns: (record.drain_ns - record.start_ns) as u32,
            end_after_ns: end_after_ns as u32,
            turn: record.turn as u32,
            round: round_of(record.id),
            kind: record.kind as u8,
            phase: record.phase as u8,
        };
        if place >= self.ring.len() {
            self.ring.resize(place + 1, Line::default());
        }
        self.ring[place] = line;
        let bit = 1 << (place % 64);
        let needs_rest = record.resource.is_some() || record.origin.is_some() || end_after_ns > u64::from(u32::MAX);
        if needs_rest || self.has_rest[place / 64] & bit != 0 {
            self.keep_rest(place, bit, needs_rest, record);
        }
    }

    #[cold]
    fn keep_rest(&mut self, place: usize, bit: u64, needs_rest: bool, record: Record) {
        if needs_rest {
            let Record { resource, origin, drain_ns, end_ns, .. } = record;
            self.rests.insert(place, Rest { resource, origin, drain_ns, end_ns });
            self.has_rest[place / 64] |= bit;
        } else {
            self.rests.remove(&place);
            self.has_rest[place / 64] &= !bit;
        }
    }

    /// The record of a callback that has ended, if the ring still holds it.
    pub fn get(&self, id: u64) -> Option<Record> {
        let place = place_of(id);
        let line = self.ring.get(place)?;
        if id == 0 || line.start_ns == 0 || line.round != round_of(id) {
            return None;
        }
        let rest = self.rests.get(&place);
        Some(Record {
            id,
            task: line.task,
            cause: line.cause,
            ready_ns: line.ready_ns,
            start_ns: line.start_ns,
            drain_ns: rest.map_or(line.start_ns + u64::from(line.drain_after_ns), |rest| rest.drain_ns),
            end_ns: rest.map_or(line.start_ns + u64::from(line.end_after_ns), |rest| rest.end_ns),
            turn: self.last_turn - u64::from((self.last_turn as u32).wrapping_sub(line.turn)),
            kind: CallbackKind::from_number(line.kind)?,
            phase: Phase::from_number(line.phase)?,
            resource: rest.and_then(|rest| rest.resource.clone()),
            origin: rest.and_then(|rest| rest.origin.clone()),
        })
    }

    /// Newest first, from before `before` (0 for the newest of all).
    pub fn newest(&self, before: u64) -> impl Iterator<Item = Record> {
        let first = if before == 0 { self.last } else { before.saturating_sub(1).min(self.last) };
        // One that still runs, while others ran within it, is not there yet.
        (1..=first).rev().take(RECORDS_MAX).filter_map(|id| self.get(id))
    }

    /// Cause by cause, from `id` back to the root, as far as the ring reaches.
    pub fn chain(&self, id: u64) -> Vec<Record> {
        let mut chain = Vec::new();
        let mut next = id;
        while let Some(record) = self.get(next) {
            let trigger = record.cause.trigger;
            chain.push(record);
            // A cause is always older; anything else would be a cycle.
            if trigger >= next {
                break;
            }
            next = trigger;
        }
        chain
    }
}

fn place_of(id: u64) -> usize {
    id.wrapping_sub(1) as usize % RECORDS_MAX
}

fn round_of(id: u64) -> u16 {
    (id.wrapping_sub(1) / RECORDS_MAX as u64) as u16
}

#[cfg(test)]
mod tests {
    use super::{Cause, Line, RECORDS_MAX, Record, Recorder};
    use rondo_protocol::{CallbackKind, Phase};

    fn record(id: u64, trigger: u64) -> Record {
        let cause = Cause { trigger, chain: 1, scheduled_ns: 0 };
        Record {
            id,
            task: 0,
            cause,
            ready_ns: 0,
            start_ns: 1000 * id,
            drain_ns: 1000 * id + 1,
            end_ns: 1000 * id + 2,
            turn: id,
            kind: CallbackKind::Timeout,
            phase: Phase::Timers,
            resource: None,
            origin: None,
        }
    }

    #[test]
    fn the_ring_forgets_the_oldest() {
        let mut recorder = Recorder::default();
        for id in 1..=RECORDS_MAX as u64 + 2 {
            recorder.push(record(id, id - 1));
        }
        assert!(recorder.get(2).is_none());
        assert_eq!(recorder.get(3).map(|r| r.id), Some(3));
        assert_eq!(recorder.newest(0).count(), RECORDS_MAX);
        assert_eq!(recorder.newest(5).map(|r| r.id).collect::<Vec<_>>(), [4, 3]);
    }

    #[test]
    fn a_chain_ends_at_its_root() {
        let mut recorder = Recorder::default();
        recorder.push(record(1, 0));
        recorder.push(record(2, 1));
        recorder.push(record(3, 1));
        recorder.push(record(4, 2));
        assert_eq!(recorder.chain(4).iter().map(|r| r.id).collect::<Vec<_>>(), [4, 2, 1]);
        assert!(recorder.chain(9).is_empty());
    }

    #[test]
    fn a_record_is_one_cache_line_and_comes_back_whole() {
        assert_eq!(size_of::<Line>(), 64);
        let mut recorder = Recorder::default();
        let turn = u64::from(u32::MAX) + 7;
        let long = Record { turn: turn - 8, end_ns: 1000 + (1 << 40), drain_ns: 1000 + (1 << 39), ..record(1, 0) };
        let named = Record { turn, resource: Some("a.txt".into()), ..record(2, 1) };
        recorder.push(long.clone());
        recorder.push(named);
        let (first, second) = (recorder.get(1).expect("kept"), recorder.get(2).expect("kept"));
        assert_eq!((first.turn, first.drain_ns, first.end_ns), (turn - 8, long.drain_ns, long.end_ns));
        assert_eq!((first.kind, first.phase), (long.kind, long.phase));
        assert_eq!((second.turn, second.resource.as_deref()), (turn, Some("a.txt")));
        recorder.push(Record { turn, ..record(2 + RECORDS_MAX as u64, 2) });
        assert!(recorder.get(2).is_none());
        assert_eq!(recorder.get(2 + RECORDS_MAX as u64).map(|record| record.resource), Some(None));
    }

    #[test]
    fn a_callback_within_another_ends_first() {
        let mut recorder = Recorder::default();
        recorder.push(record(2, 1));
        assert!(recorder.get(1).is_none());
        assert_eq!(recorder.newest(0).count(), 1);
        recorder.push(record(1, 0));
        assert_eq!(recorder.chain(2).iter().map(|record| record.id).collect::<Vec<_>>(), [2, 1]);
    }
}
