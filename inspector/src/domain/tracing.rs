//! `NodeTracing`: the loop's recording as trace events, for clients that know Node's domain.

use std::rc::Rc;

use rondo_protocol::command::RecordingFormat;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::Inspector;
use crate::session::Session;
use crate::wire::{Answer, Fault, empty, params};

/// What there is: callbacks, turns, operations and collections; and which callback schedules which.
const CATEGORIES: [&str; 2] = ["loop", "flow"];
/// Events in one `dataCollected`.
const BATCH_MAX: usize = 2000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    trace_config: Config,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    included_categories: Vec<String>,
}

impl Inspector {
    pub(super) fn node_tracing(&self, session: &Rc<Session>, name: &str, raw: Option<&RawValue>) -> Option<Answer> {
        let answer = match name {
            "getCategories" => Ok(json!({ "categories": CATEGORIES })),
            "start" => params(raw).and_then(|asked: Start| self.start_tracing(session, asked.trace_config)),
            "stop" => self.stop_tracing(session),
            _ => return None,
        };
        Some(answer)
    }

    fn start_tracing(&self, session: &Rc<Session>, asked: Config) -> Answer {
        let wanted: Vec<String> =
            asked.included_categories.into_iter().filter(|name| CATEGORIES.contains(&name.as_str())).collect();
        if wanted.is_empty() {
            let known = CATEGORIES.join(", ");
            return Err(Fault::params(format!("none of these categories is recorded; there are: {known}")));
        }
        self.host.start_recording(RecordingFormat::Chrome).map_err(Fault::state)?;
        self.recording_of.set(Some(session.peer.id));
        session.peer.trace_categories.replace(Some(wanted));
        empty()
    }

    fn stop_tracing(&self, session: &Rc<Session>) -> Answer {
        let wanted = session.peer.trace_categories.take().ok_or_else(|| Fault::state("tracing was not started"))?;
        let content = self.host.stop_recording().map_err(Fault::state)?;
        self.recording_of.set(None);
        let mut trace: Value = serde_json::from_slice(&content).map_err(|error| Fault::state(error.to_string()))?;
        let Value::Array(mut events) = trace["traceEvents"].take() else { return empty() };
        // Names of rows have no category and belong to all.
        events.retain(|event| event["cat"].as_str().is_none_or(|name| wanted.iter().any(|one| one == name)));
        for batch in events.chunks(BATCH_MAX) {
            session.peer.send_event("NodeTracing.dataCollected", json!({ "value": batch }));
        }
        session.peer.send_event("NodeTracing.tracingComplete", json!({}));
        empty()
    }
}
