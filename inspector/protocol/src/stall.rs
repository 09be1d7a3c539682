//! A stall: a callback, or a turn of many short ones, that held the thread longer than the threshold.

use serde::{Deserialize, Serialize};

use crate::callback::Callback;
use crate::site::Site;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stall {
    /// The same for stalls of the same cause at the same line.
    pub fingerprint: String,
    /// The worker thread that it happened in, such as `worker 3`; absent in the main thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    pub callback: Callback,
    /// From the callback's trigger back to the root.
    pub chain: Vec<Callback>,
    /// The request it belongs to, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    pub cause: Cause,
    /// The guilty line; absent when no JavaScript was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Site>,
    pub samples: Vec<Sample>,
    /// The longest time between asking for a sample and getting it.
    pub skid_us: u64,
    /// How far `line` can be trusted, 0 to 1.
    pub confidence: f64,
    pub victims: Victims,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CauseClass {
    /// JavaScript that computes.
    Js,
    /// A builtin of the engine without interrupt checks.
    Builtin,
    /// A native operation of the runtime that computes or blocks.
    Native,
    Gc,
    NextTick,
    Microtask,
    /// Loading modules.
    Load,
    /// Many short callbacks in one turn.
    Turn,
    /// The machine, not the code: stopped, throttled or without a processor.
    External,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    pub class: CauseClass,
    /// The native operation, such as `fs.readFileSync`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One stack taken while the callback ran, innermost frame first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    pub stack: Vec<Site>,
    pub at_us: u64,
}

/// Who waited because of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Victims {
    pub count: u64,
    pub wait_total_us: u64,
    pub wait_max_us: u64,
    pub top: Vec<Callback>,
}
