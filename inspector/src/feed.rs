//! What goes to clients without their asking: callbacks in batches, stalls, the beat for `stateChanged`.
//!
//! The main thread only appends; the server's thread writes JSON and sends.

use std::sync::Mutex;
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

#[derive(Default)]
pub(crate) struct Feed {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    subscribers: Vec<(ClientId, SocketOutlet)>,
    callbacks: Vec<Callback>,
    dropped: u64,
    /// Stall breakpoints by client.
    thresholds: Vec<(ClientId, u64)>,
}

impl Feed {
    pub fn subscribe(&self, client: ClientId, outlet: SocketOutlet) {
        let mut state = self.lock();
        state.subscribers.retain(|(other, _)| *other != client);
        state.subscribers.push((client, outlet));
        drop(state);
        self.changed.notify_one();
    }

    pub fn unsubscribe(&self, client: ClientId) {
        let mut state = self.lock();
        state.subscribers.retain(|(other, _)| *other != client);
        state.thresholds.retain(|(other, _)| *other != client);
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

    pub fn stall(&self, stall: &Stall) {
        let subscribers = self.lock().subscribers.clone();
        if subscribers.is_empty() {
            return;
        }
        let text = event("EventLoop.stallDetected", StallDetected { stall: stall.clone() });
        for (_, outlet) in subscribers {
            outlet.send(text.clone());
        }
    }

    /// The server thread's part: sends batches while somebody listens, watches for stuck callbacks while somebody asks.
    pub async fn run(&self, inbox: &Inbox, status: &SharedStatus) {
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
                self.send_batch();
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

    fn send_batch(&self) {
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
        for (_, outlet) in subscribers {
            outlet.send(text.clone());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
