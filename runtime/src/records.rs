//! The flight recorder: what each callback was, what caused it, and when it was scheduled, ready, running and over.
//!
//! A ring of fixed size, written by the doorway and read on request. Ids count up from 1, so a record's place is its id
//! modulo the ring's size, and a cause is found by its id for as long as the ring still holds it.

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

#[derive(Default)]
pub struct Recorder {
    ring: Vec<Record>,
    last: u64,
}

impl Recorder {
    pub fn push(&mut self, record: Record) {
        self.last = record.id;
        let place = (record.id as usize - 1) % RECORDS_MAX;
        if place < self.ring.len() {
            self.ring[place] = record;
        } else {
            self.ring.push(record);
        }
    }

    /// The record of a callback that has ended, if the ring still holds it.
    pub fn get(&self, id: u64) -> Option<&Record> {
        let place = (id as usize).checked_sub(1)? % RECORDS_MAX;
        self.ring.get(place).filter(|record| record.id == id)
    }

    /// Newest first, from before `before` (0 for the newest of all).
    pub fn newest(&self, before: u64) -> impl Iterator<Item = &Record> {
        let first = if before == 0 { self.last } else { before.saturating_sub(1).min(self.last) };
        (1..=first).rev().map_while(|id| self.get(id))
    }

    /// Cause by cause, from `id` back to the root, as far as the ring reaches.
    pub fn chain(&self, id: u64) -> Vec<&Record> {
        let mut chain = Vec::new();
        let mut next = id;
        while let Some(record) = self.get(next) {
            chain.push(record);
            // A cause is always older; anything else would be a cycle.
            if record.cause.trigger >= next {
                break;
            }
            next = record.cause.trigger;
        }
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, RECORDS_MAX, Record, Recorder};
    use rondo_protocol::{CallbackKind, Phase};

    fn record(id: u64, trigger: u64) -> Record {
        let cause = Cause { trigger, chain: 1, scheduled_ns: 0 };
        Record {
            id,
            task: 0,
            cause,
            ready_ns: 0,
            start_ns: 0,
            drain_ns: 0,
            end_ns: 0,
            turn: 0,
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
}
