//! What goes to clients without their asking: callbacks in batches, stalls, the beat for `stateChanged`.
//!
//! The main thread only appends; the server's thread writes JSON and sends. What is for a session of the thread itself
//! waits here until that thread takes it from its loop; where no server runs, a thread of its own keeps the beat.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rondo_protocol::callback::Callback;
use rondo_protocol::event::{CallbacksRan, StallDetected};
use rondo_protocol::stall::Stall;
use tokio::sync::Notify;

use crate::inbox::{ClientId, Inbox};
use crate::outlet::SocketOutlet;
use crate::status::SharedStatus;
use crate::wire::event;

/// At most 20 batches a second.
const BATCH_EVERY: Duration = Duration::from_millis(50);
/// Batches between two beats of the state: 2 a second.
const BATCHES_PER_STATE: u32 = 10;
/// Callbacks of one batch; what is more is counted and left out.
pub(crate) const BATCH_MAX: usize = 500;
/// The watch for a stuck callback looks so many times within the threshold.
const LOOKS_PER_THRESHOLD: u64 = 4;
const LOOK_EVERY_MIN: Duration = Duration::from_millis(1);
/// Messages that wait for sessions of the thread itself; what is more is left out.
const LOCAL_MAX: usize = 1000;

#[derive(Default)]
pub(crate) struct Feed {
    state: Mutex<State>,
    changed: Notify,
    /// The server's thread keeps the beat.
    is_served: AtomicBool,
}

/// Who listens.
#[derive(Clone)]
enum Listener {
    Socket(SocketOutlet),
    Local,
}

#[derive(Default)]
struct State {
    subscribers: Vec<(ClientId, Listener)>,
    /// For sessions of the thread itself.
    local: VecDeque<(ClientId, String)>,
    has_thread: bool,
    callbacks: Vec<Callback>,
    dropped: u64,
    /// Stall breakpoints by client.
    thresholds: Vec<(ClientId, u64)>,
}

impl Feed {
    pub fn subscribe(&self, client: ClientId, outlet: SocketOutlet) {
        self.add(client, Listener::Socket(outlet));
    }

    fn add(&self, client: ClientId, listener: Listener) {
        let mut state = self.lock();
        state.subscribers.retain(|(other, _)| *other != client);
        state.subscribers.push((client, listener));
        drop(state);
        self.changed.notify_one();
    }

    /// A session of the thread itself.
    pub fn subscribe_local(self: &Arc<Feed>, client: ClientId, inbox: &Arc<Inbox>) -> std::io::Result<()> {
        self.add(client, Listener::Local);
        if std::mem::replace(&mut self.lock().has_thread, true) {
            return Ok(());
        }
        let (feed, inbox) = (self.clone(), inbox.clone());
        let thread = std::thread::Builder::new().name("inspector-feed".to_owned()).stack_size(128 << 10);
        let started = thread.spawn(move || feed.beat_for_local(&inbox));
        if started.is_err() {
            self.lock().has_thread = false;
            self.unsubscribe(client);
        }
        started.map(drop)
    }

    /// Keeps the beat while there are sessions of the thread itself and no server does.
    fn beat_for_local(&self, inbox: &Inbox) {
        for batches in 1_u32.. {
            std::thread::sleep(BATCH_EVERY);
            {
                let mut state = self.lock();
                if !state.subscribers.iter().any(|(_, listener)| matches!(listener, Listener::Local)) {
                    state.has_thread = false;
                    return;
                }
            }
            if self.is_served.load(Ordering::Relaxed) {
                continue;
            }
            self.send_batch(inbox);
            if batches % BATCHES_PER_STATE == 0 {
                inbox.push_state_wanted();
            }
        }
    }

    /// Keeps `text` for a session of the thread itself, and wakes that.
    pub fn tell_local(&self, client: ClientId, text: String, inbox: &Inbox) {
        let mut state = self.lock();
        if state.local.len() < LOCAL_MAX {
            state.local.push_back((client, text));
        }
        drop(state);
        inbox.push_local_events();
    }

    pub fn has_local(&self) -> bool {
        !self.lock().local.is_empty()
    }

    /// What waits for sessions of the thread itself.
    pub fn take_local(&self) -> VecDeque<(ClientId, String)> {
        std::mem::take(&mut self.lock().local)
    }

    fn send(&self, subscribers: Vec<(ClientId, Listener)>, text: &str, inbox: &Inbox) {
        for (client, listener) in subscribers {
            match listener {
                Listener::Socket(outlet) => outlet.send(text.to_owned()),
                Listener::Local => self.tell_local(client, text.to_owned(), inbox),
            }
        }
    }

    pub fn unsubscribe(&self, client: ClientId) {
        let mut state = self.lock();
        state.subscribers.retain(|(other, _)| *other != client);
        state.thresholds.retain(|(other, _)| *other != client);
        state.local.retain(|(other, _)| *other != client);
        if state.subscribers.is_empty() {
            state.callbacks.clear();
            state.dropped = 0;
        }
    }

    /// A client's stall breakpoint, none to remove it.
    pub fn set_stall_breakpoint(&self, client: ClientId, threshold_us: Option<u64>) {
        let mut state = self.lock();
        state.thresholds.retain(|(other, _)| *other != client);
        state.thresholds.extend(threshold_us.map(|threshold_us| (client, threshold_us)));
        drop(state);
        self.changed.notify_one();
    }

    pub fn callback(&self, callback: Callback) {
        let mut state = self.lock();
        if state.subscribers.is_empty() {
            return;
        }
        if state.callbacks.len() < BATCH_MAX {
            state.callbacks.push(callback);
        } else {
            state.dropped += 1;
        }
    }

    pub fn stall(&self, stall: &Stall, inbox: &Inbox) {
        let subscribers = self.lock().subscribers.clone();
        if subscribers.is_empty() {
            return;
        }
        let text = event("EventLoop.stallDetected", StallDetected { stall: stall.clone() });
        self.send(subscribers, &text, inbox);
    }

    /// The server thread's part: sends batches while somebody listens, watches for stuck callbacks while somebody asks.
    pub async fn run(&self, inbox: &Inbox, status: &SharedStatus) {
        self.is_served.store(true, Ordering::Relaxed);
        // The server's end drops this wherever it waits.
        let _served = Served(self);
        let mut batches = 0;
        let mut since_batch = Duration::ZERO;
        loop {
            let Some(pace) = self.pace() else {
                self.changed.notified().await;
                continue;
            };
            tokio::time::sleep(pace).await;
            if let Some(threshold_us) = self.threshold()
                && let Some(sequence) = status.stuck_since(threshold_us)
                && !status.is_stall_served(sequence)
            {
                inbox.push_stuck(sequence, threshold_us);
            }
            since_batch += pace;
            if since_batch >= BATCH_EVERY {
                since_batch = Duration::ZERO;
                self.send_batch(inbox);
                batches += 1;
                if batches % BATCHES_PER_STATE == 0 && !self.lock().subscribers.is_empty() {
                    inbox.push_state_wanted();
                }
            }
        }
    }

    fn pace(&self) -> Option<Duration> {
        let state = self.lock();
        let least = state.thresholds.iter().map(|(_, threshold)| *threshold).min();
        let look = least.map(|us| Duration::from_micros(us / LOOKS_PER_THRESHOLD).clamp(LOOK_EVERY_MIN, BATCH_EVERY));
        look.or_else(|| (!state.subscribers.is_empty()).then_some(BATCH_EVERY))
    }

    /// The least of all clients' stall breakpoints.
    pub fn threshold(&self) -> Option<u64> {
        self.lock().thresholds.iter().map(|(_, threshold)| *threshold).min()
    }

    fn send_batch(&self, inbox: &Inbox) {
        let (batch, subscribers) = {
            let mut state = self.lock();
            if state.callbacks.is_empty() && state.dropped == 0 {
                return;
            }
            let callbacks = std::mem::take(&mut state.callbacks);
            let dropped = std::mem::take(&mut state.dropped);
            (CallbacksRan { callbacks, dropped }, state.subscribers.clone())
        };
        let text = event("EventLoop.callbacksRan", batch);
        self.send(subscribers, &text, inbox);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Set back when the server's part ends.
struct Served<'a>(&'a Feed);

impl Drop for Served<'_> {
    fn drop(&mut self) {
        self.0.is_served.store(false, Ordering::Relaxed);
    }
}
