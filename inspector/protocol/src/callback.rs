//! The record of one callback.

use serde::{Deserialize, Serialize};

use crate::id::TaskId;
use crate::site::Site;
use crate::{CallbackKind, Phase};

/// One callback of the loop: what it is, who asked for it, when it ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Callback {
    pub id: TaskId,
    pub kind: CallbackKind,
    pub phase: Phase,
    /// The iteration of the loop, from 1; 0 is before the first.
    pub turn: u64,
    /// The how-manieth callback of the process it is.
    pub seq: u64,
    /// What it is about: a path, an address, a signal's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The callback that asked for this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger_id: Option<TaskId>,
    /// The root of its chain of triggers: the same for everything one request causes.
    pub chain_id: TaskId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<u64>,
    /// How long it was ready and waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_us: Option<u64>,
    /// Where the function is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Site>,
    /// The stack that asked for it, innermost first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_by: Option<Vec<Site>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<Shares>,
}

/// Where the time of a callback went; the fields sum to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shares {
    pub js: f64,
    pub builtin: f64,
    pub gc: f64,
    pub native: f64,
    pub next_tick: f64,
    pub microtask: f64,
    pub load: f64,
    pub run_queue: f64,
    pub blocked: f64,
}
