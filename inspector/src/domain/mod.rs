//! Which domain answers a request: V8's own, or one of ours beside them.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::json;

use crate::Inspector;
use crate::session::{Session, with_view};
use crate::wire::{self, Answer, Fault, Request, params};

mod event_breakpoints;
mod event_loop;
mod io;
mod network;
mod node;
mod tracing;
mod workers;

/// Scripts of the runtime: they never stop a step.
const INTERNAL_SCRIPTS: &str = "^node:";

impl Inspector {
    /// Handles one message of a client. JavaScript may run, and pause, inside.
    pub(crate) fn handle_text(&self, session: &Rc<Session>, text: &str) {
        let request = match wire::parse(text) {
            Ok(request) => request,
            Err(answer) => return session.peer.send(answer),
        };
        let method = request.method.as_deref().unwrap_or_default();
        if let Some(session_id) = &request.session_id {
            // The server's thread has passed on what there is a session for.
            let answer = wire::answer(&request.id, Some(session_id), Err(workers::no_session(session_id)));
            return session.peer.send(answer);
        }
        if with_view(method, v8::inspector::V8InspectorSession::can_dispatch_method) {
            return self.dispatch_to_v8(session, method, &request, text);
        }
        let answer = self.answer(session, method, &request);
        session.peer.send(wire::answer(&request.id, None, answer));
    }

    fn answer(&self, session: &Rc<Session>, method: &str, request: &Request<'_>) -> Answer {
        let (domain, name) = method.split_once('.').unwrap_or(("", method));
        let answer = match domain {
            "EventLoop" => self.event_loop(session, name, request.params),
            "EventBreakpoints" => self.event_breakpoints(session, name, request.params),
            "IO" => self.io(name, request.params),
            "Network" => self.network(session, name, request.params),
            "NodeTracing" => self.node_tracing(session, name, request.params),
            "NodeWorker" => self.node_worker(session, name, request.params),
            "Target" => self.target(session, name, request.params),
            "NodeRuntime" => self.node_runtime(session, name, request.params),
            _ => node::others(domain, name),
        };
        answer.unwrap_or_else(|| Err(Fault::not_found(method)))
    }

    /// Gives V8 the message, and notes what the loop must know of it.
    fn dispatch_to_v8(&self, session: &Rc<Session>, method: &str, request: &Request<'_>, text: &str) {
        let peer = &session.peer;
        match method {
            "Debugger.stepOut" if peer.steps_cross.get() && self.leaves_callback() => {
                return self.step_out_of_callback(session, request);
            }
            "Debugger.stepInto" | "Debugger.stepOver" | "Debugger.stepOut" => {
                let running = self.stepping.borrow().current_callback().map_or(0, |callback| callback.id.0);
                peer.step_from.set(Some(running));
                if steps_into_tasks(method, request) { self.follow.begin() } else { self.follow.end() }
            }
            "Debugger.resume" => {
                peer.step_from.set(None);
                self.follow.end();
            }
            "Debugger.pause" if self.is_in_internal_code() => self.pause_at_next_part(peer.id, false),
            _ => {}
        }
        // V8 answers some commands in the middle of a pause which they began, so these are noted first.
        if method == "Debugger.enable" {
            peer.debugger_enabled.set(true);
        }
        self.dispatch_depth.set(self.dispatch_depth.get() + 1);
        match own_blackbox_patterns(method, request) {
            Some(text) => session.dispatch(&text),
            None => session.dispatch(text),
        }
        self.dispatch_depth.set(self.dispatch_depth.get() - 1);
        match method {
            "Debugger.enable" => {
                session.call_own("Debugger.setBlackboxPatterns", json!({ "patterns": [INTERNAL_SCRIPTS] }));
                self.update_needs();
            }
            "Debugger.disable" => {
                peer.debugger_enabled.set(false);
                self.update_needs();
                if !self.needs.debugger() {
                    self.expire_steps(rondo_protocol::event::ExpiryReason::NoDebugger);
                }
            }
            "Profiler.start" => self.show_inlined(session),
            "Profiler.startPreciseCoverage" => peer.covers.set(true),
            "Profiler.stopPreciseCoverage" | "Profiler.disable" => peer.covers.set(false),
            "Runtime.enable" => peer.runtime_notified.set(true),
            "Runtime.disable" => peer.runtime_notified.set(false),
            _ => {}
        }
    }
}

impl Inspector {
    /// A profile that begins late would give the time of functions that V8 has inlined to their callers: code that was
    /// optimized before knows no lines of what it contains. To begin precise coverage throws optimized code away; what
    /// is hot is optimized again in a moment, now with lines.
    fn show_inlined(&self, session: &Rc<Session>) {
        if self.all_sessions().iter().any(|session| session.peer.covers.get()) {
            return;
        }
        session.call_own("Profiler.startPreciseCoverage", json!({ "callCount": false, "detailed": false }));
        session.call_own("Profiler.stopPreciseCoverage", json!({}));
    }
}

/// Whether a step may end in what is scheduled on its way.
fn steps_into_tasks(method: &str, request: &Request<'_>) -> bool {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct StepInto {
        break_on_async_call: bool,
    }
    method == "Debugger.stepInto" && params::<StepInto>(request.params).is_ok_and(|asked| asked.break_on_async_call)
}

/// The client's patterns replace all earlier ones: ours is added to them.
fn own_blackbox_patterns(method: &str, request: &Request<'_>) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct SetBlackboxPatterns {
        patterns: Vec<String>,
        skip_anonymous: Option<bool>,
    }
    if method != "Debugger.setBlackboxPatterns" {
        return None;
    }
    let mut asked: SetBlackboxPatterns = params(request.params).ok()?;
    asked.patterns.push(INTERNAL_SCRIPTS.to_owned());
    let mut all = json!({ "patterns": asked.patterns });
    if let Some(skip) = asked.skip_anonymous {
        all["skipAnonymous"] = json!(skip);
    }
    Some(json!({ "id": request.id, "method": method, "params": all }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_scripts_stay_hidden_whatever_the_client_hides() {
        let text =
            r#"{"id":3,"method":"Debugger.setBlackboxPatterns","params":{"patterns":["a"],"skipAnonymous":true}}"#;
        let request = wire::parse(text).expect("well-formed");
        let sent = own_blackbox_patterns("Debugger.setBlackboxPatterns", &request).expect("it is that command");
        let sent: serde_json::Value = serde_json::from_str(&sent).expect("JSON");
        assert_eq!(sent["params"], json!({ "patterns": ["a", "^node:"], "skipAnonymous": true }));
        assert_eq!(sent["id"], 3);
        assert_eq!(own_blackbox_patterns("Debugger.enable", &request), None);
    }
}
