//! What the loop holds at this moment.

use serde::{Deserialize, Serialize};

use crate::callback::Callback;
use crate::id::TaskId;
use crate::site::Site;
use crate::{CallbackKind, Phase};

/// The answer of `getState`, and the content of `stateChanged`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoopState {
    pub turn: u64,
    pub phase: Phase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Callback>,
    pub timers: Vec<Timer>,
    pub handles: Vec<Handle>,
    pub requests: Vec<Request>,
    /// One readable reason each why the process stays.
    pub keeps_alive: Vec<String>,
    /// The part of the time since the last report that the loop was busy, 0 to 1.
    pub utilization: f64,
    pub lag: Lag,
}

/// A timer that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timer {
    pub id: TaskId,
    pub kind: CallbackKind,
    /// Negative when it is late.
    pub due_in_us: i64,
    pub duration_ms: u64,
    pub refed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_by: Option<Vec<Site>>,
}

/// Something open: a socket, a server, a watcher, a child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handle {
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    pub refed: bool,
}

/// Work that was handed to the pool and has not come back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub id: TaskId,
    pub kind: CallbackKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_by: Option<Vec<Site>>,
}

/// How late the callbacks of the last ten seconds started; those that waited for a debugger don't count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lag {
    #[serde(rename = "p50Us")]
    pub p50_us: u64,
    #[serde(rename = "p99Us")]
    pub p99_us: u64,
    pub max_us: u64,
}

/// One queue of `getQueues`: what would run next in a phase, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    pub phase: Phase,
    /// How many wait, of which `callbacks` are the first.
    pub total: u64,
    pub callbacks: Vec<Callback>,
}
