//! The numbers by which an editor refers to frames and values. None is used twice, so a late request can't hit
//! another value. Those of a stop are gone when the program goes on; those of printed and evaluated values stay.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

/// Kept values of the console; the oldest go first.
const KEPT_MAX: usize = 10_000;

/// What a number stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Handle {
    /// A frame of the stop, by its place in it.
    Frame(usize),
    /// The frame that labels what comes behind it, or one of an asynchronous stack: nothing to look into.
    DeadFrame,
    /// An object of the program, with the expression that leads to it where one is known.
    Object { id: String, path: Option<String> },
    /// A scope: `frame` and `number` are for setting its variables.
    Scope { id: String, frame: String, number: u64 },
    /// A property that calls a function when it is looked at.
    Getter { object: String, name: String, path: Option<String> },
    /// The scope of the event loop.
    Loop,
    /// Plain data.
    Data(Value),
    /// Values that were printed together.
    Printed(Vec<Value>),
    /// A call that a step can enter.
    StepTarget(Value),
}

#[derive(Default)]
pub struct Handles {
    last: i64,
    of_stop: HashMap<i64, Handle>,
    kept: HashMap<i64, Handle>,
    kept_order: VecDeque<i64>,
}

impl Handles {
    /// A number for as long as the program stands still.
    pub fn add(&mut self, handle: Handle) -> i64 {
        self.last += 1;
        self.of_stop.insert(self.last, handle);
        self.last
    }

    /// A number that outlives the stop.
    pub fn keep(&mut self, handle: Handle) -> i64 {
        self.last += 1;
        if self.kept_order.len() == KEPT_MAX
            && let Some(oldest) = self.kept_order.pop_front()
        {
            self.kept.remove(&oldest);
        }
        self.kept.insert(self.last, handle);
        self.kept_order.push_back(self.last);
        self.last
    }

    pub fn get(&self, number: i64) -> Option<&Handle> {
        self.of_stop.get(&number).or_else(|| self.kept.get(&number))
    }

    /// Whether the number has meant something, if only at an earlier stop.
    pub fn was_given(&self, number: i64) -> bool {
        (1..=self.last).contains(&number)
    }

    pub fn is_kept(&self, number: i64) -> bool {
        self.kept.contains_key(&number)
    }

    pub fn resumed(&mut self) {
        self.of_stop.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_stop_end_with_it_and_are_not_used_again() {
        let mut handles = Handles::default();
        let frame = handles.add(Handle::Frame(0));
        let printed = handles.keep(Handle::Loop);
        assert_eq!(handles.get(frame), Some(&Handle::Frame(0)));
        handles.resumed();
        assert_eq!(handles.get(frame), None);
        assert!(handles.was_given(frame) && !handles.was_given(printed + 1) && !handles.was_given(0));
        assert_eq!(handles.get(printed), Some(&Handle::Loop));
        assert!(handles.add(Handle::Frame(1)) > printed);
    }

    #[test]
    fn kept_values_are_bounded() {
        let mut handles = Handles::default();
        let first = handles.keep(Handle::Loop);
        let second = handles.keep(Handle::Loop);
        for _ in 0..KEPT_MAX - 1 {
            handles.keep(Handle::Loop);
        }
        assert_eq!(handles.get(first), None);
        assert!(handles.get(second).is_some());
    }
}
