//! Parameters and results of the domain's commands.

use serde::{Deserialize, Serialize};

use crate::callback::Callback;
use crate::filter::Filter;
use crate::id::TaskId;
use crate::site::Site;
use crate::state::Queue;
use crate::stats::SiteStats;
use crate::{CallbackKind, Phase};

/// What an answer without fields looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Enable {
    /// How many past callbacks the client would like the flight recorder to keep; the answer says how many it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<u32>,
    /// Whether a step over the end of a callback stops in the next one; it does unless this is `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps_cross_callbacks: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnableResult {
    /// How many past callbacks the flight recorder keeps, whatever was asked for.
    pub history: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GetQueues {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phases: Option<Vec<Phase>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetQueuesResult {
    pub queues: Vec<Queue>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetHistory {
    pub limit: u32,
    /// Only callbacks with a smaller `seq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// The answer of `getHistory` and `getChain`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Callbacks {
    pub callbacks: Vec<Callback>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetChain {
    pub id: TaskId,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetSiteStats {
    /// Only callbacks that started at or after this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetSiteStatsResult {
    pub sites: Vec<SiteStats>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StepToNextCallback {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// The how-manieth match to stop at, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// Where `pauseBetweenCallbacks` stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Position {
    /// Before the next callback.
    Boundary,
    /// Before the next phase.
    Phase,
    /// Before the next turn.
    Turn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseBetweenCallbacks {
    pub at: Position,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BreakpointAction {
    #[default]
    Pause,
    /// Report the callback by `callbackBreakpointHit` and go on.
    Log,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetCallbackBreakpoint {
    pub filter: Filter,
    /// An expression over `loop`, evaluated before the callback runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    #[serde(default)]
    pub action: BreakpointAction,
    /// Removed after so many hits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetCallbackBreakpointResult {
    pub breakpoint_id: String,
    /// How many callbacks that wait already match.
    pub queued: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveCallbackBreakpoint {
    pub breakpoint_id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetStallBreakpoint {
    /// `null` turns it off.
    pub threshold_us: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetStallThreshold {
    pub threshold_us: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordingFormat {
    Perfetto,
    Chrome,
    CpuProfile,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartRecording {
    pub format: RecordingFormat,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopRecordingResult {
    /// A handle for `IO.read`.
    pub stream: String,
}

/// What the thread does, read from the shared slot without asking it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Whether the thread waits for events.
    pub idle: bool,
    /// Whether the debugger holds it.
    pub paused: bool,
    pub turn: u64,
    pub phase: Phase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<RunningCallback>,
}

/// The callback that runs, as far as the shared slot tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunningCallback {
    pub id: TaskId,
    pub kind: CallbackKind,
    pub seq: u64,
    pub started_at: u64,
    pub elapsed_us: u64,
    /// The native operation it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_op: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureStack {
    pub deadline_ms: u64,
}

/// Either a stack, or that none could be had in time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureStackResult {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<Vec<Site>>,
    /// How long the thread took to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skid_us: Option<u64>,
    /// Set when the thread did not answer in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<bool>,
    pub status: Status,
}
