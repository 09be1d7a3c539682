//! *Step into* what a call schedules, through tasks in which only the runtime's own code runs.
//!
//! With `breakOnAsyncCall` V8 takes the first task that is scheduled and pauses where that begins. Connecting to a host is a
//! look-up first, in whose callback no function of the user's runs: V8's step is over then, and the program would run on.
//! So the task that this one schedules is followed instead, and so on.

use std::cell::Cell;

#[derive(Clone, Copy, Default, Debug, PartialEq)]
enum State {
    #[default]
    Off,
    /// The step has begun and nothing is scheduled yet.
    Wanted,
    /// The task whose begin pauses; V8 looks after the first one itself.
    Waiting {
        task: usize,
        is_first: bool,
    },
    Running {
        task: usize,
        is_first: bool,
        next: Option<usize>,
    },
}

#[derive(Default)]
pub(crate) struct Follow(Cell<State>);

impl Follow {
    /// A step into what is scheduled begins.
    pub fn begin(&self) {
        self.0.set(State::Wanted);
    }

    /// Something has paused, or another step begins.
    pub fn end(&self) {
        self.0.set(State::Off);
    }

    pub fn scheduled(&self, task: usize) {
        match self.0.get() {
            State::Wanted => self.0.set(State::Waiting { task, is_first: true }),
            State::Running { task: running, is_first, next: None } => {
                self.0.set(State::Running { task: running, is_first, next: Some(task) });
            }
            _ => {}
        }
    }

    pub fn canceled(&self, task: usize) {
        if matches!(self.0.get(), State::Waiting { task: waiting, .. } if waiting == task) {
            self.end();
        }
    }

    /// Whether the pause is to be armed now.
    pub fn started(&self, task: usize) -> bool {
        match self.0.get() {
            State::Waiting { task: waiting, is_first } if waiting == task => {
                self.0.set(State::Running { task, is_first, next: None });
                !is_first
            }
            _ => false,
        }
    }

    /// Whether what was armed is to be taken back: the task is over and nothing has paused.
    pub fn finished(&self, task: usize) -> bool {
        match self.0.get() {
            State::Running { task: running, is_first, next } if running == task => {
                self.0.set(next.map_or(State::Off, |task| State::Waiting { task, is_first: false }));
                !is_first
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_task_is_v8s_and_what_it_schedules_is_ours() {
        let follow = Follow::default();
        follow.scheduled(2);
        assert!(!follow.started(2), "nobody has stepped");
        follow.begin();
        follow.scheduled(4);
        follow.scheduled(6);
        assert!(!follow.started(4));
        follow.scheduled(8);
        follow.scheduled(10);
        assert!(!follow.finished(4));
        assert!(!follow.started(6) && follow.started(8));
        assert!(follow.finished(8) && !follow.started(8), "it has scheduled nothing");
    }

    #[test]
    fn what_is_canceled_is_followed_no_more() {
        let follow = Follow::default();
        follow.begin();
        follow.scheduled(4);
        follow.canceled(4);
        assert!(!follow.started(4) && !follow.finished(4));
    }
}
