//! `NodeRuntime`, and the commands of other domains that debuggers send to every Node target when they attach.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::Inspector;
use crate::session::Session;
use crate::wire::{Answer, Fault, empty, params};

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

/// Commands of other domains that debuggers send to every Node target. To agree where nothing can come of it is the truth;
/// what can't be had says so, and a debugger goes on without.
pub(super) fn others(domain: &str, name: &str) -> Option<Answer> {
    match (domain, name) {
        ("Log", "enable" | "disable") | ("Network", "disable") => Some(empty()),
        ("Network", "enable") => {
            Some(Err(Fault::not_supported("Network.enable", "requests are not told over the protocol")))
        }
        ("NodeTracing", "getCategories") => Some(Ok(json!({ "categories": [] }))),
        ("NodeTracing", "start" | "stop") => Some(Err(Fault::not_supported(
            "NodeTracing",
            "there are no trace events; EventLoop.startRecording with the format chrome records the loop",
        ))),
        _ => None,
    }
}
