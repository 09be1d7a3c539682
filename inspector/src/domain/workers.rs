//! `NodeWorker` and `Target`: sessions in workers, through the session of the process.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::Inspector;
use crate::outlet::Outlet;
use crate::session::Session;
use crate::wire::{Answer, Fault, empty, params};
use crate::workers::{self, Style};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Enable {
    wait_for_debugger_on_start: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detach {
    session_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetAutoAttach {
    auto_attach: bool,
    wait_for_debugger_on_start: bool,
    flatten: Option<bool>,
}

impl Inspector {
    pub(super) fn node_worker(&self, session: &Rc<Session>, name: &str, raw: Option<&RawValue>) -> Option<Answer> {
        let client = session.peer.id;
        let answer = match name {
            "enable" => params(raw).and_then(|asked: Enable| {
                self.follow_workers(session, Style::Nested, asked.wait_for_debugger_on_start)
            }),
            "disable" => {
                workers::unfollow(client, Style::Nested);
                empty()
            }
            // The server's thread has passed on what there is a session for.
            "sendMessageToWorker" => params(raw).and_then(|asked: Detach| Err(no_session(&asked.session_id))),
            "detach" => params(raw).and_then(|asked: Detach| {
                if workers::detach(client, &asked.session_id) { empty() } else { Err(no_session(&asked.session_id)) }
            }),
            _ => return None,
        };
        Some(answer)
    }

    pub(super) fn target(&self, session: &Rc<Session>, name: &str, raw: Option<&RawValue>) -> Option<Answer> {
        let client = session.peer.id;
        let answer = match name {
            "setAutoAttach" => params(raw).and_then(|asked: SetAutoAttach| {
                if !asked.auto_attach {
                    workers::unfollow(client, Style::Flat);
                    return empty();
                }
                if asked.flatten == Some(false) {
                    return Err(Fault::params("only flat sessions are supported; NodeWorker has nested ones"));
                }
                self.follow_workers(session, Style::Flat, asked.wait_for_debugger_on_start)
            }),
            "detachFromTarget" => params(raw).and_then(|asked: Detach| {
                if workers::detach(client, &asked.session_id) { empty() } else { Err(no_session(&asked.session_id)) }
            }),
            "getTargets" => Ok(json!({ "targetInfos": workers::targets() })),
            // There is nothing to discover but what attaching tells, and no target is remote.
            "setDiscoverTargets" | "setRemoteLocations" => empty(),
            _ => return None,
        };
        Some(answer)
    }

    /// A worker's own workers are the process's, too: only its main session attaches to them.
    fn follow_workers(&self, session: &Rc<Session>, style: Style, holds: bool) -> Answer {
        match &session.peer.outlet {
            Outlet::Socket(outlet) if self.worker.get().is_none() => {
                workers::follow(session.peer.id, outlet, style, holds);
                empty()
            }
            Outlet::Socket(_) => empty(),
            Outlet::Local(_) => Err(Fault::state(
                "Sessions in workers need a client on a socket: their messages come from other threads",
            )),
        }
    }
}

pub(super) fn no_session(session_id: &str) -> Fault {
    Fault { code: -32001, message: format!("Session with given id not found: {session_id}") }
}
