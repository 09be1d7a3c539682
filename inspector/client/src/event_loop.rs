//! The `EventLoop` domain with its types: one command, one answer.

use rondo_protocol::command::{
    Callbacks, CaptureStack, CaptureStackResult, Empty, Enable, GetChain, GetHistory, GetQueues, GetQueuesResult,
    GetSiteStats, GetSiteStatsResult, PauseBetweenCallbacks, RemoveCallbackBreakpoint, SetCallbackBreakpoint,
    SetCallbackBreakpointResult, SetStallBreakpoint, SetStallThreshold, StartRecording, Status, StepToNextCallback,
    StopRecordingResult,
};
use rondo_protocol::event::Event as LoopEvent;
use rondo_protocol::state::LoopState;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::connection::{Client, Event};
use crate::error::Error;

/// A command of the domain: its parameters know its name and its answer.
pub trait Command: Serialize {
    const METHOD: &'static str;
    type Answer: DeserializeOwned;
}

macro_rules! commands {
    ($($parameters:ty => $method:literal -> $answer:ty;)*) => {
        $(impl Command for $parameters {
            const METHOD: &'static str = concat!("EventLoop.", $method);
            type Answer = $answer;
        })*
    };
}

/// Commands without parameters.
macro_rules! plain_commands {
    ($($name:ident => $method:literal -> $answer:ty;)*) => {
        $(#[derive(Clone, Copy, Debug, Serialize)]
        pub struct $name {}
        impl Command for $name {
            const METHOD: &'static str = concat!("EventLoop.", $method);
            type Answer = $answer;
        })*
    };
}

plain_commands! {
    Disable => "disable" -> Empty;
    GetState => "getState" -> LoopState;
    GetStatus => "getStatus" -> Status;
    Resume => "resume" -> Empty;
    StopRecording => "stopRecording" -> StopRecordingResult;
}

commands! {
    Enable => "enable" -> Empty;
    GetQueues => "getQueues" -> GetQueuesResult;
    GetHistory => "getHistory" -> Callbacks;
    GetChain => "getChain" -> Callbacks;
    GetSiteStats => "getSiteStats" -> GetSiteStatsResult;
    StepToNextCallback => "stepToNextCallback" -> Empty;
    PauseBetweenCallbacks => "pauseBetweenCallbacks" -> Empty;
    SetCallbackBreakpoint => "setCallbackBreakpoint" -> SetCallbackBreakpointResult;
    RemoveCallbackBreakpoint => "removeCallbackBreakpoint" -> Empty;
    SetStallBreakpoint => "setStallBreakpoint" -> Empty;
    SetStallThreshold => "setStallThreshold" -> Empty;
    StartRecording => "startRecording" -> Empty;
    CaptureStack => "captureStack" -> CaptureStackResult;
}

impl Client {
    /// Sends a command of the `EventLoop` domain and waits for its typed answer.
    pub async fn send<C: Command>(&self, command: &C) -> Result<C::Answer, Error> {
        let parameters = serde_json::to_value(command).expect("the protocol's types are JSON");
        let answer = self.call(C::METHOD, parameters).await?;
        serde_json::from_value(answer)
            .map_err(|error| Error::Malformed { what: format!("the answer of {}: {error}", C::METHOD) })
    }
}

/// The typed form of an event; nothing for other domains' events and for those of a newer protocol.
pub fn typed(event: &Event) -> Option<LoopEvent> {
    if !event.method.starts_with("EventLoop.") {
        return None;
    }
    let whole = Value::Object(
        [("method".to_owned(), event.method.clone().into()), ("params".to_owned(), event.params.clone())]
            .into_iter()
            .collect(),
    );
    serde_json::from_value(whole).ok()
}
