//! Timers as Node orders them: one list per duration, and the lists by their next expiry.
//!
//! Timers of one duration fire in the order in which they were started; lists that expire together fire in the order
//! in which their expiry was set. All operations but the choice of the next list are O(1), without a hash: JavaScript
//! keeps each running timer at a small number, its slot, and so does this. Times are whole milliseconds of the loop's
//! clock.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::records::Cause;

/// Where JavaScript keeps a timer while it runs. Used again by others.
pub type SlotNumber = u32;

/// What a timer is started with.
#[derive(Clone, Copy, Default)]
pub struct Plan {
    /// The number by which users, records and the inspector know it; never used again.
    pub id: u32,
    /// Milliseconds.
    pub duration: u64,
    /// Keeps the process alive.
    pub refed: bool,
    pub repeats: bool,
    pub cause: Cause,
}

struct Entry {
    plan: Plan,
    started: u64,
    previous: Option<SlotNumber>,
    next: Option<SlotNumber>,
}

/// A timer whose time has come.
#[derive(Clone, Copy)]
pub struct Due {
    pub slot: SlotNumber,
    pub id: u32,
    pub at_ms: u64,
    pub repeats: bool,
    pub cause: Cause,
}

struct List {
    first: SlotNumber,
    last: SlotNumber,
    expiry: u64,
    order: u64,
}

#[derive(Default)]
pub struct Timers {
    entries: Vec<Option<Entry>>,
    lists: FxHashMap<u64, List>,
    queue: BTreeSet<(u64, u64, u64)>,
    next_order: u64,
    refed: usize,
}

impl Timers {
    /// Starts (or restarts) the timer of `slot`, which fires once its duration has passed since `now`.
    pub fn start(&mut self, slot: SlotNumber, now: u64, plan: Plan) {
        self.stop(slot);
        let index = slot as usize;
        if index >= self.entries.len() {
            self.entries.resize_with(index + 1, || None);
        }
        let previous = self.append(plan.duration, now, slot);
        self.entries[index] = Some(Entry { plan, started: now, previous, next: None });
        self.refed += usize::from(plan.refed);
    }

    /// Puts `slot` at the end of its duration's list; who was there.
    fn append(&mut self, duration: u64, now: u64, slot: SlotNumber) -> Option<SlotNumber> {
        if let Some(list) = self.lists.get_mut(&duration) {
            let previous = std::mem::replace(&mut list.last, slot);
            self.entry(previous).next = Some(slot);
            return Some(previous);
        }
        let list = List { first: slot, last: slot, expiry: now + duration, order: self.next_order };
        self.next_order += 1;
        self.queue.insert((list.expiry, list.order, duration));
        self.lists.insert(duration, list);
        None
    }

    /// Takes the timer of `slot` out; false when none runs there.
    pub fn stop(&mut self, slot: SlotNumber) -> bool {
        let Some(entry) = self.entries.get_mut(slot as usize).and_then(Option::take) else { return false };
        self.refed -= usize::from(entry.plan.refed);
        if let Some(previous) = entry.previous {
            self.entry(previous).next = entry.next;
        }
        if let Some(next) = entry.next {
            self.entry(next).previous = entry.previous;
        }
        let list = self.lists.get_mut(&entry.plan.duration).expect("a timer's list exists");
        match (entry.previous, entry.next) {
            (None, None) => {
                self.queue.remove(&(list.expiry, list.order, entry.plan.duration));
                self.lists.remove(&entry.plan.duration);
            }
            (None, Some(next)) => list.first = next,
            (Some(previous), None) => list.last = previous,
            (Some(_), Some(_)) => {}
        }
        true
    }

    pub fn set_refed(&mut self, slot: SlotNumber, refed: bool) {
        if let Some(Some(entry)) = self.entries.get_mut(slot as usize)
            && entry.plan.refed != refed
        {
            entry.plan.refed = refed;
            if refed { self.refed += 1 } else { self.refed -= 1 }
        }
    }

    /// Timers that keep the process alive.
    pub fn count_refed(&self) -> usize {
        self.refed
    }

    pub fn any_refed(&self) -> bool {
        self.refed > 0
    }

    /// The loop time at which the next timer is due.
    pub fn next_expiry(&self) -> Option<u64> {
        self.queue.first().map(|(expiry, ..)| *expiry)
    }

    /// Takes the next timer that is due at `now`. A list whose head is not due yet moves to
    /// its new place in the order.
    pub fn take_due(&mut self, now: u64) -> Option<Due> {
        loop {
            let (expiry, order, duration) = *self.queue.first()?;
            if expiry > now {
                return None;
            }
            let slot = self.lists[&duration].first;
            let due = self.entry(slot).due(slot);
            if due.at_ms <= now {
                self.stop(slot);
                return Some(due);
            }
            self.queue.remove(&(expiry, order, duration));
            let list = self.lists.get_mut(&duration).expect("a queued list exists");
            list.expiry = due.at_ms;
            list.order = self.next_order;
            self.next_order += 1;
            self.queue.insert((due.at_ms, list.order, duration));
        }
    }

    /// Running timers in the order in which they will fire, unless others are started meanwhile.
    pub fn in_order(&self) -> Vec<Due> {
        let mut waiting: Vec<(u64, usize, Due)> = Vec::new();
        for (_, order, duration) in &self.queue {
            let mut next = Some(self.lists[duration].first);
            while let Some(slot) = next {
                let entry = self.entries[slot as usize].as_ref().expect(LISTED);
                waiting.push((*order, waiting.len(), entry.due(slot)));
                next = entry.next;
            }
        }
        waiting.sort_by_key(|(order, place, due)| (due.at_ms, *order, *place));
        waiting.into_iter().map(|(.., due)| due).collect()
    }

    /// Running timers in no particular order, each with the time until which it waits.
    pub fn iter(&self) -> impl Iterator<Item = (Due, &Plan)> + '_ {
        let slots = self.entries.iter().enumerate();
        slots.filter_map(|(slot, entry)| entry.as_ref().map(|entry| (entry.due(slot as SlotNumber), &entry.plan)))
    }

    fn entry(&mut self, slot: SlotNumber) -> &mut Entry {
        self.entries[slot as usize].as_mut().expect(LISTED)
    }
}

const LISTED: &str = "listed timers exist";

impl Entry {
    fn due(&self, slot: SlotNumber) -> Due {
        let Plan { id, duration, repeats, cause, .. } = self.plan;
        Due { slot, id, at_ms: self.started + duration, repeats, cause }
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, Timers};

    fn plan(duration: u64, refed: bool) -> Plan {
        Plan { duration, refed, ..Plan::default() }
    }

    fn fire_all(timers: &mut Timers, now: u64) -> Vec<u32> {
        std::iter::from_fn(|| timers.take_due(now).map(|due| due.slot)).collect()
    }

    #[test]
    fn one_duration_fires_in_order_of_start() {
        let mut timers = Timers::default();
        for slot in 1..=3 {
            timers.start(slot, 0, plan(10, true));
        }
        assert!(fire_all(&mut timers, 9).is_empty());
        assert_eq!(fire_all(&mut timers, 10), [1, 2, 3]);
        assert!(!timers.any_refed());
    }

    #[test]
    fn lists_fire_by_expiry_and_not_by_age() {
        let mut timers = Timers::default();
        timers.start(1, 0, plan(20, true));
        timers.start(2, 5, plan(10, true));
        assert_eq!(fire_all(&mut timers, 30), [2, 1]);
    }

    #[test]
    fn a_stopped_timer_leaves_its_neighbours_in_order() {
        let mut timers = Timers::default();
        for slot in 1..=3 {
            timers.start(slot, 0, plan(5, true));
        }
        assert!(timers.stop(2));
        assert!(!timers.stop(2));
        assert_eq!(fire_all(&mut timers, 5), [1, 3]);
    }

    #[test]
    fn a_later_timer_of_the_same_list_waits_for_its_own_time() {
        let mut timers = Timers::default();
        timers.start(1, 0, plan(10, true));
        timers.start(2, 4, plan(10, true));
        assert_eq!(fire_all(&mut timers, 10), [1]);
        assert_eq!(timers.next_expiry(), Some(14));
        assert_eq!(fire_all(&mut timers, 14), [2]);
    }

    #[test]
    fn unrefed_timers_do_not_keep_alive() {
        let mut timers = Timers::default();
        timers.start(1, 0, plan(10, false));
        assert!(!timers.any_refed());
        timers.set_refed(1, true);
        assert!(timers.any_refed());
    }
}
