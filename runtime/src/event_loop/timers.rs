//! Timers as Node orders them: one list per duration, and the lists by their next expiry.
//!
//! Timers of one duration fire in the order in which they were started; lists that expire together fire in the order
//! in which their expiry was set. All operations but the choice of the next list are O(1). Times are whole
//! milliseconds of the loop's clock.

use std::collections::{BTreeSet, HashMap};

use crate::records::Cause;

/// A timer's number in JavaScript.
pub type TimerId = u32;

/// What a timer is started with.
#[derive(Clone, Copy, Default)]
pub struct Plan {
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
    previous: Option<TimerId>,
    next: Option<TimerId>,
}

/// A timer whose time has come.
#[derive(Clone, Copy)]
pub struct Due {
    pub id: TimerId,
    pub at_ms: u64,
    pub repeats: bool,
    pub cause: Cause,
}

struct List {
    first: Option<TimerId>,
    last: Option<TimerId>,
    expiry: u64,
    order: u64,
}

#[derive(Default)]
pub struct Timers {
    entries: HashMap<TimerId, Entry, IdHasher>,
    lists: HashMap<u64, List, IdHasher>,
    queue: BTreeSet<(u64, u64, u64)>,
    next_order: u64,
    refed: usize,
}

impl Timers {
    /// Starts (or restarts) `id`, which fires once its duration has passed since `now`.
    pub fn start(&mut self, id: TimerId, now: u64, plan: Plan) {
        self.stop(id);
        let duration = plan.duration;
        let order = self.next_order;
        let list = self.lists.entry(duration).or_insert_with(|| {
            self.queue.insert((now + duration, order, duration));
            self.next_order += 1;
            List { first: None, last: None, expiry: now + duration, order }
        });
        let previous = list.last.replace(id);
        if list.first.is_none() {
            list.first = Some(id);
        }
        self.entries.insert(id, Entry { plan, started: now, previous, next: None });
        if let Some(previous) = previous {
            self.entries.get_mut(&previous).expect("listed timers exist").next = Some(id);
        }
        self.refed += usize::from(plan.refed);
    }

    /// Takes `id` out; false when it was not running.
    pub fn stop(&mut self, id: TimerId) -> bool {
        let Some(entry) = self.entries.remove(&id) else { return false };
        self.refed -= usize::from(entry.plan.refed);
        let list = self.lists.get_mut(&entry.plan.duration).expect("a timer's list exists");
        match entry.previous {
            Some(previous) => self.entries.get_mut(&previous).expect("listed timers exist").next = entry.next,
            None => list.first = entry.next,
        }
        match entry.next {
            Some(next) => self.entries.get_mut(&next).expect("listed timers exist").previous = entry.previous,
            None => list.last = entry.previous,
        }
        if list.first.is_none() {
            self.queue.remove(&(list.expiry, list.order, entry.plan.duration));
            self.lists.remove(&entry.plan.duration);
        }
        true
    }

    pub fn set_refed(&mut self, id: TimerId, refed: bool) {
        if let Some(entry) = self.entries.get_mut(&id)
            && entry.plan.refed != refed
        {
            entry.plan.refed = refed;
            if refed { self.refed += 1 } else { self.refed -= 1 }
        }
    }

    pub fn is_refed(&self, id: TimerId) -> bool {
        self.entries.get(&id).is_some_and(|entry| entry.plan.refed)
    }

    /// Whether a timer keeps the process alive.
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
            let list = self.lists.get_mut(&duration).expect("a queued list exists");
            let id = list.first.expect("a list is never empty");
            let entry = &self.entries[&id];
            let due = Due { id, at_ms: entry.started + duration, repeats: entry.plan.repeats, cause: entry.plan.cause };
            if due.at_ms <= now {
                self.stop(id);
                return Some(due);
            }
            self.queue.remove(&(expiry, order, duration));
            list.expiry = due.at_ms;
            list.order = self.next_order;
            self.next_order += 1;
            self.queue.insert((due.at_ms, list.order, duration));
        }
    }

    /// Running timers in the order in which they will fire, unless others are started meanwhile.
    pub fn in_order(&self) -> Vec<Due> {
        let mut due: Vec<(u64, u64, usize, Due)> = Vec::with_capacity(self.entries.len());
        for (_, order, duration) in &self.queue {
            let mut next = self.lists[duration].first;
            while let Some(id) = next {
                let entry = &self.entries[&id];
                let at_ms = entry.started + duration;
                let place = due.len();
                due.push((
                    at_ms,
                    *order,
                    place,
                    Due { id, at_ms, repeats: entry.plan.repeats, cause: entry.plan.cause },
                ));
                next = entry.next;
            }
        }
        due.sort_by_key(|(at_ms, order, place, _)| (*at_ms, *order, *place));
        due.into_iter().map(|(.., due)| due).collect()
    }

    /// Running timers in no particular order, each with the time until which it waits.
    pub fn iter(&self) -> impl Iterator<Item = (Due, &Plan)> + '_ {
        self.entries.iter().map(|(id, entry)| {
            let plan = &entry.plan;
            let due = Due { id: *id, at_ms: entry.started + plan.duration, repeats: plan.repeats, cause: plan.cause };
            (due, plan)
        })
    }
}

/// A multiplicative hash: the keys are small numbers of our own, not of a peer.
#[derive(Default, Clone, Copy)]
pub struct IdHasher(u64);

impl std::hash::BuildHasher for IdHasher {
    type Hasher = IdHasher;
    fn build_hasher(&self) -> IdHasher {
        IdHasher(0)
    }
}

impl std::hash::Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, Timers};

    fn plan(duration: u64, refed: bool) -> Plan {
        Plan { duration, refed, ..Plan::default() }
    }

    fn fire_all(timers: &mut Timers, now: u64) -> Vec<u32> {
        std::iter::from_fn(|| timers.take_due(now).map(|due| due.id)).collect()
    }

    #[test]
    fn one_duration_fires_in_order_of_start() {
        let mut timers = Timers::default();
        for id in 1..=3 {
            timers.start(id, 0, plan(10, true));
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
        for id in 1..=3 {
            timers.start(id, 0, plan(5, true));
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
