//! What waits for the main thread: one queue, heard of in three ways at once (waker, interrupt, condition variable).
//!
//! Wakes are coalesced: the first message after the main thread last looked asks for them, the others only queue. A
//! late interrupt finds an empty queue and does nothing.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rondo_protocol::site::Site;
use tokio::sync::oneshot;

use crate::interrupt::Deferred;
use crate::isolate::request_interrupt;
use crate::outlet::SocketOutlet;

/// Requests of one client that may wait for an answer.
pub(crate) const WAITING_MAX: usize = 8192;
/// Their bytes.
pub(crate) const WAITING_BYTES_MAX: usize = 256 << 20;

/// One connection, unique in the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClientId(pub u64);

/// What the main thread is told.
pub(crate) enum Inbound {
    Connected {
        client: ClientId,
        outlet: SocketOutlet,
    },
    Message {
        client: ClientId,
        text: String,
        waiting: Arc<Waiting>,
    },
    Disconnected {
        client: ClientId,
    },
    /// It is time for a `stateChanged`.
    StateWanted,
    /// Events wait for sessions of this thread.
    LocalEvents,
    /// A message of the main thread's inspector for a session that this worker has there.
    Relayed {
        client: ClientId,
        text: String,
    },
    /// The callback with this number in the shared slot is stuck: pause in it.
    Stuck {
        sequence: u64,
        threshold_us: u64,
    },
}

/// How much one client has asked for without an answer.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    messages: AtomicUsize,
    bytes: AtomicUsize,
}

impl Waiting {
    /// Counts a message in; false when it is one too many.
    pub fn admit(&self, bytes: usize) -> bool {
        let messages = self.messages.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        messages <= WAITING_MAX && bytes <= WAITING_BYTES_MAX
    }

    pub fn release(&self, bytes: usize) {
        self.messages.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Somebody wants the JavaScript stack.
pub(crate) struct Capture {
    pub asked: Instant,
    pub answer: oneshot::Sender<Captured>,
}

pub(crate) struct Captured {
    pub stack: Vec<Site>,
    pub skid: Duration,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Inbound>,
    captures: Vec<Capture>,
    state_wanted: bool,
    local_events: bool,
    /// The main thread was woken and has not looked since.
    woken: bool,
}

pub(crate) struct Inbox {
    queue: Mutex<Queue>,
    arrived: Condvar,
    waker: Arc<dyn Fn() + Send + Sync>,
    isolate: v8::IsolateHandle,
}

impl Inbox {
    pub fn new(waker: Arc<dyn Fn() + Send + Sync>, isolate: v8::IsolateHandle) -> Inbox {
        Inbox { queue: Mutex::default(), arrived: Condvar::new(), waker, isolate }
    }

    pub fn push(&self, message: Inbound) {
        let mut queue = self.lock();
        queue.messages.push_back(message);
        self.wake(queue, true);
    }

    /// Tells of a stuck callback, unless that is told already.
    pub fn push_stuck(&self, sequence: u64, threshold_us: u64) {
        let mut queue = self.lock();
        if !queue.messages.iter().any(|message| matches!(message, Inbound::Stuck { .. })) {
            queue.messages.push_back(Inbound::Stuck { sequence, threshold_us });
            self.wake(queue, true);
        }
    }

    /// Asks for a `stateChanged`, unless one is asked for already.
    pub fn push_state_wanted(&self) {
        let mut queue = self.lock();
        if !std::mem::replace(&mut queue.state_wanted, true) {
            queue.messages.push_back(Inbound::StateWanted);
            self.wake(queue, false);
        }
    }

    /// Says that events wait for sessions of this thread, unless that is said already.
    pub fn push_local_events(&self) {
        let mut queue = self.lock();
        if !std::mem::replace(&mut queue.local_events, true) {
            queue.messages.push_back(Inbound::LocalEvents);
            self.wake(queue, false);
        }
    }

    /// What a worker hears from the main thread's inspector, when its JavaScript has returned to its loop.
    pub fn push_relayed(&self, client: ClientId, text: String) {
        let mut queue = self.lock();
        queue.messages.push_back(Inbound::Relayed { client, text });
        self.wake(queue, false);
    }

    pub fn capture(&self, capture: Capture) {
        let mut queue = self.lock();
        queue.captures.push(capture);
        self.wake(queue, true);
    }

    /// Puts back what can't be handled now, and asks for another look once JavaScript has returned to the loop.
    pub fn put_back(&self, deferred: Deferred) {
        let mut queue = self.lock();
        for message in deferred.0.into_iter().rev() {
            queue.messages.push_front(message);
        }
        drop(queue);
        (self.waker)();
    }

    pub fn pop(&self) -> Option<Inbound> {
        let mut queue = self.lock();
        queue.woken = false;
        let message = queue.messages.pop_front();
        match message {
            Some(Inbound::StateWanted) => queue.state_wanted = false,
            Some(Inbound::LocalEvents) => queue.local_events = false,
            _ => {}
        }
        message
    }

    pub fn take_captures(&self) -> Vec<Capture> {
        std::mem::take(&mut self.lock().captures)
    }

    /// Waits until something is there, or until `deadline`.
    pub fn wait(&self, deadline: Option<Instant>) {
        let mut queue = self.lock();
        while queue.messages.is_empty() && queue.captures.is_empty() {
            queue.woken = false;
            match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
                None => queue = self.arrived.wait(queue).unwrap_or_else(|poisoned| poisoned.into_inner()),
                Some(Duration::ZERO) => return,
                Some(left) => {
                    queue = self.arrived.wait_timeout(queue, left).unwrap_or_else(|poisoned| poisoned.into_inner()).0;
                }
            }
        }
    }

    /// The state can wait until JavaScript returns to the loop: it does not interrupt.
    fn wake(&self, mut queue: MutexGuard<'_, Queue>, interrupts: bool) {
        let first = !queue.woken;
        queue.woken |= interrupts;
        drop(queue);
        self.arrived.notify_one();
        if first {
            (self.waker)();
            if interrupts {
                request_interrupt(&self.isolate);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_may_wait_for_so_many_answers_and_no_more() {
        let waiting = Waiting::default();
        for _ in 0..WAITING_MAX {
            assert!(waiting.admit(1));
        }
        assert!(!waiting.admit(1));
        waiting.release(1);
        waiting.release(1);
        assert!(waiting.admit(1));
        assert!(!Waiting::default().admit(WAITING_BYTES_MAX + 1));
    }
}
