//! Requests that are being worked on, so that they can be cancelled.

use std::cell::RefCell;
use std::collections::HashMap;

use tokio::task::AbortHandle;

/// Requests worked on at once; an editor has a few dozen.
pub const REQUESTS_MAX: usize = 1024;

#[derive(Default)]
pub struct Requests(RefCell<HashMap<i64, (String, AbortHandle)>>);

impl Requests {
    pub fn is_full(&self) -> bool {
        self.0.borrow().len() >= REQUESTS_MAX
    }

    pub fn begin(&self, seq: i64, command: &str, task: AbortHandle) {
        self.0.borrow_mut().insert(seq, (command.to_owned(), task));
    }

    pub fn end(&self, seq: i64) {
        self.0.borrow_mut().remove(&seq);
    }

    /// Whether there was something to cancel.
    pub fn cancel(&self, seq: i64) -> bool {
        let running = self.0.borrow_mut().remove(&seq);
        if let Some((_, task)) = &running {
            task.abort();
        }
        running.is_some()
    }

    /// A resumed program makes what was asked of the stopped one meaningless.
    pub fn cancel_questions(&self) {
        let questions: Vec<i64> = {
            let running = self.0.borrow();
            let of_stop = |command: &str| matches!(command, "variables" | "scopes" | "completions" | "stackTrace");
            running.iter().filter(|(_, (command, _))| of_stop(command)).map(|(seq, _)| *seq).collect()
        };
        for seq in questions {
            self.cancel(seq);
        }
    }
}
