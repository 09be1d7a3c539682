//! The nested loops in which the main thread stands still: V8's pauses, stops between callbacks, waits for a debugger.
//!
//! They wait on the inbox alone, never on the loop's poll: no timers, no I/O, no microtasks run. A pause that began in a
//! dispatch is served like any other, so a breakpoint inside an evaluation holds.

use std::cell::{Cell, RefCell};
use std::time::Instant;

use rondo_protocol::callback::Callback;
use rondo_protocol::command::Position;
use rondo_protocol::event::{PausedBetween, ResumedBetween};
use serde_json::{Value, json};

use crate::Inspector;
use crate::options::Attach;
use crate::sentence::{event_name, sentence};
use crate::session::Peer;

#[derive(Default)]
pub(crate) struct Pause {
    /// V8 is paused.
    on: Cell<bool>,
    /// V8 wants its pause to end.
    pub quit: Cell<bool>,
    pub waiting_for_debugger: Cell<bool>,
    /// A client said that it is ready before the start came so far as to wait for it.
    pub ready_early: Cell<bool>,
    /// The wait at the start is over.
    has_waited: Cell<bool>,
    waiting_for_disconnect: Cell<bool>,
    /// The loop stands between callbacks.
    pub between: Cell<bool>,
    /// What to say of the pause that the inspector is about to cause.
    pub own: RefCell<Option<Value>>,
}

impl Pause {
    pub fn is_on(&self) -> bool {
        self.on.get()
    }
}

impl Inspector {
    /// Before the main script: waits for a debugger to say that it is ready (`Runtime.runIfWaitingForDebugger`).
    pub fn wait_for_debugger(&self, _scope: &mut v8::PinScope<'_, '_>, attach: Attach) {
        if attach == Attach::Listen {
            return;
        }
        let ready = self.pause.ready_early.take() && !self.pause.has_waited.replace(true);
        self.pause.waiting_for_debugger.set(!ready);
        for session in self.all_sessions() {
            if session.peer.node_runtime.get() {
                session.peer.send_event("NodeRuntime.waitingForDebugger", json!({}));
            }
        }
        self.serve_while(|inspector| inspector.pause.waiting_for_debugger.get());
        if attach == Attach::Break {
            for session in self.all_sessions() {
                if session.peer.debugger_enabled.get() {
                    session.schedule_pause("Break on start", "");
                }
            }
        }
    }

    /// At the end: gives clients that asked for it the time to read results, until they go.
    pub fn wait_for_disconnect(&self, _scope: &mut v8::PinScope<'_, '_>) {
        let sessions: Vec<_> = self.all_sessions().into_iter().filter(|s| s.peer.outlet.is_socket()).collect();
        let polite = sessions.iter().any(|session| session.peer.wants_wait_for_disconnect.get());
        for session in &sessions {
            if session.peer.wants_wait_for_disconnect.get() {
                session.peer.send_event("NodeRuntime.waitingForDisconnect", json!({}));
            }
        }
        if !polite {
            self.isolate.with_scope(|scope| {
                let context = scope.get_current_context();
                self.v8.context_destroyed(context);
            });
        }
        if sessions
            .iter()
            .any(|session| session.peer.runtime_notified.get() || session.peer.wants_wait_for_disconnect.get())
        {
            eprintln!("Waiting for the debugger to disconnect...");
            self.pause.waiting_for_disconnect.set(true);
            self.serve_while(Inspector::any_socket);
            self.pause.waiting_for_disconnect.set(false);
        }
    }

    fn any_socket(&self) -> bool {
        self.sessions.borrow().iter().any(|session| session.peer.outlet.is_socket())
    }

    /// V8 is paused: serves clients until one resumes, or until none is left that could.
    pub(crate) fn run_pause(&self) {
        if self.pause.on.replace(true) {
            return;
        }
        self.pause.quit.set(false);
        self.pause_reached();
        self.status.set_paused(true);
        self.serve_while(|inspector| !inspector.pause.quit.get() && inspector.holds_pause());
        self.status.set_paused(false);
        self.pause.own.replace(None);
        self.pause.on.set(false);
    }

    /// Whether a client sees this pause and can end it.
    fn holds_pause(&self) -> bool {
        self.sessions.borrow().iter().any(|session| {
            let peer = &session.peer;
            peer.outlet.is_socket() && peer.debugger_enabled.get() && !peer.pause_hidden.get()
        })
    }

    /// Stands still between callbacks, with no JavaScript frame, until a client resumes.
    pub(crate) fn stop_between(&self, position: Position, next: Option<Callback>) {
        let began = Instant::now();
        self.pause.between.set(true);
        self.status.set_paused(true);
        self.broadcast("EventLoop.pausedBetween", PausedBetween { position, next });
        self.serve_while(|inspector| inspector.pause.between.get() && inspector.any_loop_client());
        self.pause.between.set(false);
        self.status.set_paused(false);
        self.broadcast("EventLoop.resumedBetween", ResumedBetween { paused_us: began.elapsed().as_micros() as u64 });
    }

    fn any_loop_client(&self) -> bool {
        self.sessions.borrow().iter().any(|session| session.peer.loop_enabled.get())
    }

    /// To every client that has the `EventLoop` domain enabled.
    pub(crate) fn broadcast<T: serde::Serialize>(&self, method: &str, params: T) {
        let text = crate::wire::event(method, params);
        for session in self.all_sessions() {
            if session.peer.loop_enabled.get() {
                session.peer.send(text.clone());
            }
        }
    }

    fn serve_while(&self, goes_on: impl Fn(&Inspector) -> bool) {
        while goes_on(self) {
            self.inbox.wait(None);
            self.handle_while(&goes_on);
        }
    }

    /// The callback is stuck as a stall breakpoint's client wants it: pauses where it is.
    pub(crate) fn pause_stuck(&self, sequence: u64, threshold_us: u64) {
        if self.status.sequence() != sequence || self.pause.is_on() {
            return;
        }
        let running = self.running_callback();
        let mut data = json!({ "eventName": "instrumentation:stall", "thresholdUs": threshold_us });
        if let Some(running) = running {
            let held_us = crate::status::now_us().saturating_sub(self.status.started_us());
            data["loop"] = self.loop_data(&running);
            let text = format!("{} · has held the loop for {:.0} ms", sentence(&running), held_us as f64 / 1000.0);
            data["loop"]["text"] = json!(text);
        }
        self.break_now(data);
    }

    /// Pauses at the next stack check, which is the running line. V8 gives such a pause the reason `other`:
    /// [`Inspector::explain_pause`] puts ours in.
    fn break_now(&self, data: Value) {
        let session = self.all_sessions().into_iter().find(|session| session.peer.debugger_enabled.get());
        if let Some(session) = session {
            self.pause.own.replace(Some(data));
            session.call_own("Debugger.pause", json!({}));
        }
    }

    /// Completes a `Debugger.paused`, or hides it: a step that shall not leave its callback has left it.
    pub(crate) fn explain_pause(&self, peer: &Peer, text: String) -> Option<String> {
        let mut message: Value = match serde_json::from_str(&text) {
            Ok(message) => message,
            Err(_) => return Some(text),
        };
        let params = &mut message["params"];
        let reason = params["reason"].as_str().unwrap_or("").to_owned();
        let at_breakpoint = params["hitBreakpoints"].as_array().is_some_and(|hits| !hits.is_empty());
        let plain = matches!(reason.as_str(), "other" | "step") && !at_breakpoint;
        let own = self.pause.own.borrow().clone().or_else(|| self.stepping.borrow().armed_detail());
        match own {
            Some(data) if plain || reason == "ambiguous" => {
                params["reason"] = json!("EventListener");
                params["data"] = data;
            }
            _ => {
                let here = self.stepping.borrow().current_callback().map(|callback| callback.id.0);
                let left = peer.step_from.get().is_some_and(|from| Some(from) != here);
                if plain && left && !peer.steps_cross.get() {
                    peer.step_from.set(None);
                    peer.pause_hidden.set(true);
                    return None;
                }
            }
        }
        if peer.loop_enabled.get()
            && params["data"]["loop"].is_null()
            && let Some(running) = self.running_callback()
        {
            params["data"]["loop"] = self.loop_data(&running);
        }
        peer.step_from.set(None);
        // Before the client hears of the pause: its next question may be answered beside this thread.
        self.status.set_paused(true);
        Some(message.to_string())
    }

    /// The callback that runs, if anybody knows.
    pub(crate) fn running_callback(&self) -> Option<Callback> {
        if let Some(callback) = self.stepping.borrow().current_callback() {
            return Some(callback.clone());
        }
        if !self.host.can_answer() {
            return None;
        }
        self.isolate.with_scope(|scope| self.host.state(scope)).running
    }

    /// `data.loop` of a pause: the callback, how it came about, and one sentence.
    pub(crate) fn loop_data(&self, callback: &Callback) -> Value {
        let chain = match callback.trigger_id {
            Some(trigger) if self.host.can_answer() => self.isolate.with_scope(|scope| self.host.chain(scope, trigger)),
            _ => Vec::new(),
        };
        json!({ "callback": callback, "chain": chain, "text": sentence(callback) })
    }

    /// The detail of a pause at the start of `callback`.
    pub(crate) fn start_detail(&self, callback: &Callback) -> Value {
        json!({ "eventName": event_name(callback.kind), "loop": self.loop_data(callback) })
    }
}
