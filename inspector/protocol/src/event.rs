//! The domain's events.

use serde::{Deserialize, Serialize};

use crate::callback::Callback;
use crate::command::Position;
use crate::stall::Stall;
use crate::state::LoopState;

/// One event as it goes over the wire: `{"method": …, "params": …}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", content = "params")]
pub enum Event {
    #[serde(rename = "EventLoop.callbacksRan")]
    CallbacksRan(CallbacksRan),
    #[serde(rename = "EventLoop.stallDetected")]
    StallDetected(Box<StallDetected>),
    #[serde(rename = "EventLoop.stateChanged")]
    StateChanged(Box<LoopState>),
    #[serde(rename = "EventLoop.pausedBetween")]
    PausedBetween(Box<PausedBetween>),
    #[serde(rename = "EventLoop.resumedBetween")]
    ResumedBetween(ResumedBetween),
    #[serde(rename = "EventLoop.stepExpired")]
    StepExpired(StepExpired),
    #[serde(rename = "EventLoop.callbackBreakpointHit")]
    CallbackBreakpointHit(Box<CallbackBreakpointHit>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallbacksRan {
    pub callbacks: Vec<Callback>,
    /// How many ran and are not in the list.
    pub dropped: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StallDetected {
    pub stall: Stall,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PausedBetween {
    pub position: Position,
    /// What runs when resumed, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Callback>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResumedBetween {
    /// How long the loop stood still: timers are late by that much.
    pub paused_us: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepExpired {
    pub reason: ExpiryReason,
}

/// Why a step ended without a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExpiryReason {
    /// The process ends.
    Exited,
    /// Nothing is left that could run.
    Drained,
    /// The callback ran without entering any function that is not hidden from steps.
    NoUserFrame,
    /// No client has its debugger enabled any more.
    NoDebugger,
}

/// A callback breakpoint with the action `log` was hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallbackBreakpointHit {
    pub breakpoint_id: String,
    pub callback: Callback,
    /// The readable sentence of a pause.
    pub text: String,
}
