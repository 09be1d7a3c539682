//! What a client's request may do where an interrupt has stopped JavaScript in the middle.
//!
//! A callback runs to its end before anything else of the program does: a request that runs JavaScript waits for the loop,
//! as it does in Chrome. It would also be a danger: V8 can't describe a frame that is interrupted at its function's
//! entry, so a pause inside such an evaluation would end the process.

use std::borrow::Cow;

use serde::Deserialize;

use crate::inbox::{ClientId, Inbound};

/// When a request can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    /// At once, also before earlier requests: it is meant for what runs.
    Urgent,
    /// At once, behind earlier requests.
    InOrder,
    /// When none of the loop's cells is borrowed.
    LoopFree,
    /// When JavaScript has returned to the loop, or is paused.
    LoopReached,
}

const URGENT: [&str; 7] = [
    "Debugger.pause",
    "Debugger.removeBreakpoint",
    "Debugger.setBreakpoint",
    "Debugger.setBreakpointByUrl",
    "Debugger.setBreakpointsActive",
    "Debugger.setSkipAllPauses",
    "Runtime.terminateExecution",
];

const RUNS_JAVASCRIPT: [&str; 3] = ["Runtime.callFunctionOn", "Runtime.evaluate", "Runtime.runScript"];

impl Timing {
    fn of(method: &str) -> Timing {
        match method {
            _ if URGENT.contains(&method) => Timing::Urgent,
            _ if RUNS_JAVASCRIPT.contains(&method) => Timing::LoopReached,
            _ if method.starts_with("EventLoop.") => Timing::LoopFree,
            _ => Timing::InOrder,
        }
    }
}

/// Messages that an interrupt could not answer, in their order.
#[derive(Default)]
pub(crate) struct Deferred(pub Vec<Inbound>);

impl Deferred {
    /// Whether `inbound` must wait too; `loop_is_free` says whether the loop can be asked now.
    pub fn must_take(&self, inbound: &Inbound, loop_is_free: bool) -> bool {
        let (client, text) = match inbound {
            Inbound::Message { client, text, .. } => (client, text),
            // Its listeners are the program's.
            Inbound::LocalEvents | Inbound::Relayed { .. } => return true,
            _ => return false,
        };
        match Timing::of(&method_of(text)) {
            Timing::Urgent => false,
            Timing::InOrder => self.has(*client),
            Timing::LoopFree => !loop_is_free || self.has(*client),
            Timing::LoopReached => true,
        }
    }

    fn has(&self, asked: ClientId) -> bool {
        self.0.iter().any(|inbound| matches!(inbound, Inbound::Message { client, .. } if *client == asked))
    }
}

/// The method of a request; empty for what is no request, which is answered so at once.
fn method_of(text: &str) -> Cow<'_, str> {
    #[derive(Deserialize)]
    struct Method<'a> {
        #[serde(borrow)]
        method: Cow<'a, str>,
    }
    serde_json::from_str::<Method<'_>>(text).map(|request| request.method).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn message(client: u64, method: &str) -> Inbound {
        let text = format!(r#"{{"id":1,"method":"{method}"}}"#);
        Inbound::Message { client: ClientId(client), text, waiting: Arc::default() }
    }

    #[test]
    fn an_evaluation_waits_and_so_does_what_its_client_asks_later() {
        let mut deferred = Deferred::default();
        assert!(!deferred.must_take(&message(1, "Profiler.start"), true));
        let evaluation = message(1, "Runtime.evaluate");
        assert!(deferred.must_take(&evaluation, true));
        deferred.0.push(evaluation);
        assert!(deferred.must_take(&message(1, "Profiler.start"), true));
        assert!(deferred.must_take(&message(1, "EventLoop.getState"), true));
        assert!(!deferred.must_take(&message(2, "Profiler.start"), true));
    }

    #[test]
    fn what_is_meant_for_the_running_code_overtakes() {
        let deferred = Deferred(vec![message(1, "Runtime.evaluate")]);
        for method in URGENT {
            assert!(!deferred.must_take(&message(1, method), false), "{method}");
        }
        assert!(!deferred.must_take(&Inbound::Disconnected { client: ClientId(1) }, true));
    }

    #[test]
    fn the_loop_is_asked_when_it_is_free() {
        let deferred = Deferred::default();
        assert!(deferred.must_take(&message(1, "EventLoop.getState"), false));
        assert!(!deferred.must_take(&message(1, "EventLoop.getState"), true));
        assert!(!deferred.must_take(&Inbound::StateWanted, false));
    }
}
