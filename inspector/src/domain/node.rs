//! `NodeRuntime`, and the commands of other domains that debuggers send to every Node target when they attach.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::Inspector;
use crate::session::Session;
use crate::wire::{Answer, empty, params};

#[derive(Deserialize)]
struct Enabled {
    enabled: bool,
}

impl Inspector {
    pub(super) fn node_runtime(&self, session: &Rc<Session>, name: &str, raw: Option<&RawValue>) -> Option<Answer> {
        let peer = &session.peer;
        let answer = match name {
            "enable" => {
                peer.node_runtime.set(true);
                if self.pause.waiting_for_debugger.get() {
                    peer.send_event("NodeRuntime.waitingForDebugger", json!({}));
                }
                empty()
            }
            "disable" => {
                peer.node_runtime.set(false);
                empty()
            }
            "notifyWhenWaitingForDisconnect" => params(raw).and_then(|Enabled { enabled }| {
                peer.wants_wait_for_disconnect.set(enabled);
                empty()
            }),
            _ => return None,
        };
        Some(answer)
    }
}

/// Commands that ask to be told of things that this program does not have, such as workers that do not exist yet: to
/// agree is the truth, and a debugger that gets an error here gives up. Everything else of these domains is not found.
pub(super) fn harmless(domain: &str, name: &str) -> Option<Answer> {
    match (domain, name) {
        ("NodeWorker", "enable" | "disable")
        | ("Target", "setAutoAttach" | "setDiscoverTargets" | "setRemoteLocations")
        | ("Network", "enable" | "disable" | "setAttachDebugStack" | "clearAcceptedEncodingsOverride")
        | ("Log", "enable" | "disable")
        | ("NodeTracing", "stop") => Some(empty()),
        ("NodeTracing", "getCategories") => Some(Ok(json!({ "categories": [] }))),
        ("Target", "getTargets") => Some(Ok(json!({ "targetInfos": [] }))),
        _ => None,
    }
}
