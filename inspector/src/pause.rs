//! The nested loops in which the main thread stands still: V8's pauses, stops between callbacks, waits for a debugger.
//!
//! They wait on the inbox alone, never on the loop's poll: no timers, no I/O, no microtasks run. A pause that began in a
//! dispatch is served like any other, so a breakpoint inside an evaluation holds.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rondo_protocol::callback::Callback;
use rondo_protocol::command::Position;
use rondo_protocol::event::{PausedBetween, ResumedBetween};
use rondo_protocol::filter::Filter;
use serde_json::{Value, json};

use crate::Inspector;
use crate::inbox::ClientId;
use crate::matching::Matcher;
use crate::options::Attach;
use crate::sentence::{event_name, sentence};
use crate::session::{Peer, Session};
use crate::stack::{has_user_frame, is_internal, run_debugger_statement, stack_of};
use crate::stepping::Step;
use crate::wire::{self, Request};

/// Statements of the runtime's own that a pause may be stepped through on its way to the user's.
const HIDDEN_STEPS_MAX: u32 = 2000;
/// How often a paused worker looks whether it must end.
const STOP_LOOK_EVERY: Duration = Duration::from_millis(100);

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
    /// The next pause is the inspector's own and hidden.
    is_stopping: Cell<bool>,
    /// V8 is paused inside of the runtime's own code: it goes on to the user's next statement.
    goes_on: Cell<bool>,
    /// How often it has done so on the way to one pause.
    hidden_steps: Cell<u32>,
    /// That way began where a callback's pause was armed, so it ends with the callback.
    is_of_callback: Cell<bool>,
}

impl Pause {
    /// A pause is shown, or another one is armed.
    pub fn hidden_was_left(&self) {
        self.hidden_steps.set(0);
        self.is_of_callback.set(false);
    }

    pub fn is_on(&self) -> bool {
        self.on.get()
    }
}

impl Inspector {
    /// Before the main script: waits for a debugger to say that it is ready (`Runtime.runIfWaitingForDebugger`).
    pub fn wait_for_debugger(&self, _scope: &mut v8::PinScope<'_, '_>, attach: Attach) {
        // Where no server could be started, nobody can come, and Node goes on.
        if attach == Attach::Listen || self.server.borrow().is_none() && self.worker.get().is_none() {
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
        let sessions: Vec<_> = self.all_sessions().into_iter().filter(|s| s.peer.outlet.is_outside()).collect();
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
            self.serve_while(Inspector::any_outside);
            self.pause.waiting_for_disconnect.set(false);
        }
    }

    fn any_outside(&self) -> bool {
        self.sessions.borrow().iter().any(|session| session.peer.outlet.is_outside())
    }

    /// V8 is paused: serves clients until one resumes, or until none is left that could.
    pub(crate) fn run_pause(&self) {
        if self.pause.goes_on.take() {
            return self.leave_internal();
        }
        if self.pause.on.replace(true) {
            return;
        }
        self.pause.quit.set(false);
        self.pause_reached();
        self.status.set_paused(true);
        self.serve_while(|inspector| !inspector.pause.quit.get() && inspector.holds_pause());
        // An evaluation while the loop stands between callbacks may pause as well.
        if !self.pause.between.get() {
            self.status.set_paused(false);
        }
        self.pause.own.replace(None);
        self.pause.on.set(false);
        if !self.pause.between.get() {
            self.release_held();
        }
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
        self.release_held();
        self.broadcast("EventLoop.resumedBetween", ResumedBetween { paused_us: began.elapsed().as_micros() as u64 });
    }

    fn any_loop_client(&self) -> bool {
        self.sessions.borrow().iter().any(|session| session.peer.loop_enabled.get() && session.peer.outlet.is_socket())
    }

    /// To every client that has the `EventLoop` domain enabled.
    pub(crate) fn broadcast<T: serde::Serialize>(&self, method: &str, params: T) {
        let text = crate::wire::event(method, params);
        for session in self.all_sessions() {
            if session.peer.loop_enabled.get() {
                session.peer.send_event_text(method, text.clone());
            }
        }
    }

    fn serve_while(&self, goes_on: impl Fn(&Inspector) -> bool) {
        let is_stopping = || self.stopping.as_ref().is_some_and(|stopping| stopping.load(Ordering::Acquire));
        while goes_on(self) && !is_stopping() {
            self.inbox.wait(self.stopping.as_ref().map(|_| Instant::now() + STOP_LOOK_EVERY));
            self.handle_while(&goes_on);
        }
    }

    /// The callback is stuck as a stall breakpoint's client wants it: pauses where it is. Called again until it is done:
    /// V8 lets an interrupt pass that comes while a function is entered.
    pub(crate) fn pause_stuck(&self, sequence: u64, threshold_us: u64) {
        if self.status.sequence() != sequence || self.pause.is_on() || self.status.is_stall_served(sequence) {
            return;
        }
        let data = self.stall_data(threshold_us, None);
        // In a function of the runtime the pause is hidden, and one step out of it ends in the user's. Waiting for the
        // next function of the user's instead would make V8 look at every call that the runtime makes until then.
        if self.isolate.with_scope(has_user_frame) {
            return self.break_now(data);
        }
        // Between two ticks or microtasks there is no line to pause at: the next function of the user's has one.
        self.status.serve_stall(sequence);
        if let Some(session) = self.debugging_session() {
            self.pause_at_next_part(session.peer.id, false);
        }
        self.pause.own.replace(Some(data));
        for session in self.all_sessions().iter().filter(|session| session.peer.debugger_enabled.get()) {
            session.schedule_pause("other", "{}");
        }
    }

    /// Whether a step out of the paused function leaves its callback.
    pub(crate) fn leaves_callback(&self) -> bool {
        let is_users = |site: &rondo_protocol::site::Site| !site.url.starts_with("node:");
        self.pause.is_on()
            && !self.pause.between.get()
            && !self.host.runs_microtasks()
            && self.isolate.with_scope(stack_of).iter().filter(|site| is_users(site)).count() == 1
    }

    /// Runs to the end of the callback and stops in the next. V8's own step would pass by the same function, which for an
    /// interval is the next. Out of a microtask V8 steps itself: it may lead to the function that awaits this one.
    pub(crate) fn step_out_of_callback(&self, session: &Rc<Session>, request: &Request<'_>) {
        self.pause_at_next_part(session.peer.id, true);
        session.peer.send(wire::answer(&request.id, None, wire::empty()));
        session.call_own("Debugger.resume", json!({}));
    }

    /// Whether the runtime's own code runs, in the middle of a callback.
    pub(crate) fn is_in_internal_code(&self) -> bool {
        self.isolate.with_scope(is_internal)
    }

    /// A client wants to pause while the runtime's own code drains a queue: V8 alone would not see the user's function that
    /// comes, where that is compiled into the drain. A step into the next tick or microtask does.
    pub(crate) fn pause_at_next_part(&self, client: ClientId, is_plain: bool) {
        let matcher = Matcher::new(Filter::default()).expect("no filter has no expression to be wrong");
        self.stepping.borrow_mut().add_step(Step { client, matcher, remaining: 1, is_plain });
        self.update_needs();
    }

    /// A native operation has just ended in which the callback was stuck, and JavaScript that called it waits below.
    /// Pauses at the user's first statement behind it.
    pub fn native_stall(&self, scope: &mut v8::PinScope<'_, '_>, op: &str) {
        let sequence = self.status.sequence();
        let Some(threshold_us) = self.feed.threshold().filter(|_| !self.pause.is_on()) else { return };
        if scope.is_execution_terminating() || self.status.is_stall_served(sequence) || !has_user_frame(scope) {
            return;
        }
        self.status.serve_stall(sequence);
        self.pause.own.replace(Some(self.stall_data(threshold_us, Some(op))));
        self.pause.is_stopping.set(true);
        // Nobody but the inspector sees this pause: it steps out of it, and of what is not the user's.
        run_debugger_statement(scope);
        self.pause.is_stopping.set(false);
    }

    /// `data` of a pause in a stall.
    fn stall_data(&self, threshold_us: u64, op: Option<&str>) -> Value {
        let mut data = json!({ "eventName": "instrumentation:stall", "thresholdUs": threshold_us });
        if let Some(op) = op {
            data["op"] = json!(op);
        }
        if let Some(running) = self.running_callback() {
            data["loop"] = self.loop_data(&running);
            let held_ms = self.status.held_us() as f64 / 1000.0;
            let held = format!("{} · has held the loop for {held_ms:.0} ms", sentence(&running));
            data["loop"]["text"] = json!(op.map_or(held.clone(), |op| format!("{held} · in {op}")));
        }
        data
    }

    /// Pauses at the next stack check, which is the running line. V8 gives such a pause the reason `other`:
    /// [`Inspector::explain_pause`] puts ours in.
    fn break_now(&self, data: Value) {
        if let Some(session) = self.debugging_session() {
            self.pause.own.replace(Some(data));
            session.call_own("Debugger.pause", json!({}));
        }
    }

    fn debugging_session(&self) -> Option<Rc<Session>> {
        self.all_sessions().into_iter().find(|session| session.peer.debugger_enabled.get())
    }

    /// V8 is paused in a script of the runtime, and the clients were told nothing: goes on to the user's next statement.
    /// Where a function of the user's waits below, that is out; at the begin of a callback it is in, since V8 hides no
    /// script of the startup snapshot from its steps.
    fn leave_internal(&self) {
        let Some(session) = self.debugging_session() else { return };
        let steps = self.pause.hidden_steps.replace(self.pause.hidden_steps.get() + 1);
        let is_stall = self.pause.is_stopping.get() || self.pause.own.borrow().is_some();
        if is_stall || self.isolate.with_scope(has_user_frame) {
            session.call_own("Debugger.stepOut", json!({}));
        } else if steps < HIDDEN_STEPS_MAX {
            session.call_own("Debugger.stepInto", json!({}));
        } else {
            self.pause.hidden_steps.set(0);
            session.call_own("Debugger.resume", json!({}));
        }
    }

    /// Completes a `Debugger.paused`, or hides it: a step that shall not leave its callback has left it.
    pub(crate) fn explain_pause(&self, peer: &Peer, text: String) -> Option<String> {
        let mut message: Value = match serde_json::from_str(&text) {
            Ok(message) => message,
            Err(_) => return Some(text),
        };
        if self.pause.own.borrow().is_some() {
            self.status.serve_stall(self.status.sequence());
        }
        let params = &mut message["params"];
        let reason = params["reason"].as_str().unwrap_or("").to_owned();
        let at_breakpoint = params["hitBreakpoints"].as_array().is_some_and(|hits| !hits.is_empty());
        let plain = matches!(reason.as_str(), "other" | "step") && !at_breakpoint;
        let is_armed = self.stepping.borrow().is_armed();
        // Two of our own pauses at once, such as a step through the runtime that meets the next callback, are ambiguous to V8.
        let is_ours = !at_breakpoint && (plain || reason == "ambiguous" || is_armed && reason == "EventListener");
        if self.pause.is_stopping.get() || is_ours && self.isolate.with_scope(is_internal) {
            self.pause.is_of_callback.set(is_armed);
            peer.pause_hidden.set(true);
            self.pause.goes_on.set(true);
            return None;
        }
        // It was on its way to the first statement of a callback that had none.
        if plain && self.pause.is_of_callback.get() && !is_armed && self.pause.own.borrow().is_none() {
            peer.pause_hidden.set(true);
            return None;
        }
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
