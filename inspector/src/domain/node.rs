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

/// Commands of other domains that debuggers send to every Node target: to agree where nothing can come of it is the truth.
pub(super) fn others(domain: &str, name: &str) -> Option<Answer> {
    match (domain, name) {
        ("Log", "enable" | "disable") => Some(empty()),
        _ => None,
    }
}
