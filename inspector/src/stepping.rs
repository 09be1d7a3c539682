//! Steps and breakpoints that wait for callbacks, and what is armed for the one that runs.
//!
//! V8's scheduled pause stays armed until the next call of a function that is not hidden, in whatever callback that is:
//! it is armed for one callback and taken back behind it.

use std::rc::Rc;

use rondo_protocol::Phase;
use rondo_protocol::callback::Callback;
use rondo_protocol::command::{BreakpointAction, Position};
use rondo_protocol::event::{CallbackBreakpointHit, ExpiryReason, StepExpired};
use serde_json::Value;

use crate::Inspector;
use crate::condition::Condition;
use crate::inbox::ClientId;
use crate::matching::Matcher;
use crate::sentence::sentence;

#[derive(Default)]
pub(crate) struct Stepping {
    steps: Vec<Step>,
    breakpoints: Vec<Breakpoint>,
    /// Where to stop between callbacks.
    between: Option<Position>,
    /// The turn and phase that were seen last.
    seen: (u64, Option<Phase>),
    /// The callbacks that run, innermost last.
    frames: Vec<Frame>,
    next_breakpoint: u64,
}

pub(crate) struct Step {
    pub client: ClientId,
    pub matcher: Matcher,
    /// Matches still to come, with the one to stop at.
    pub remaining: u32,
    /// The end of a step of V8's: the pause says no more than such a step does.
    pub is_plain: bool,
}

/// What the steps say of a callback.
#[derive(Clone, Copy, Default)]
struct Reached {
    stops: bool,
    /// A step that does not outlive it.
    ends: bool,
    /// Only steps of V8's stop.
    is_plain: bool,
}

pub(crate) struct Breakpoint {
    pub id: String,
    pub client: ClientId,
    pub matcher: Matcher,
    pub condition: Option<Rc<Condition>>,
    pub action: BreakpointAction,
    /// Hits left, without limit if none.
    pub remaining: Option<u32>,
}

struct Frame {
    callback: Callback,
    /// The detail of the pause that is armed and has not been reached; null for a plain step's.
    armed: Option<Value>,
    /// Armed by a step that shall not outlive a callback without user code.
    ends_step: bool,
    was_armed: bool,
}

impl Stepping {
    pub fn waits_for_callbacks(&self) -> bool {
        !self.steps.is_empty() || !self.breakpoints.is_empty() || self.between == Some(Position::Boundary)
    }

    /// Some wait for what was scheduled at a line.
    pub fn needs_origins(&self) -> bool {
        let steps = self.steps.iter().map(|step| &step.matcher);
        steps.chain(self.breakpoints.iter().map(|breakpoint| &breakpoint.matcher)).any(Matcher::needs_origins)
    }

    /// A callback has begun whose end must be told too.
    pub fn is_inside(&self) -> bool {
        !self.frames.is_empty()
    }

    pub fn waits_for_phases(&self) -> bool {
        matches!(self.between, Some(Position::Phase | Position::Turn))
    }

    pub fn current_callback(&self) -> Option<&Callback> {
        self.frames.last().map(|frame| &frame.callback)
    }

    /// A pause is armed for the callback that runs, and not reached.
    pub fn is_armed(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.armed.is_some())
    }

    pub fn armed_detail(&self) -> Option<Value> {
        self.frames.last().and_then(|frame| frame.armed.clone()).filter(|detail| !detail.is_null())
    }

    pub fn set_between(&mut self, position: Option<Position>) {
        self.between = position;
    }

    /// A client has one step at a time: a new one replaces it.
    pub fn add_step(&mut self, step: Step) {
        self.steps.retain(|other| other.client != step.client);
        self.steps.push(step);
    }

    pub fn next_breakpoint_id(&mut self) -> String {
        self.next_breakpoint += 1;
        format!("loop:{}", self.next_breakpoint)
    }

    pub fn add_breakpoint(&mut self, breakpoint: Breakpoint) {
        self.breakpoints.push(breakpoint);
    }

    pub fn breakpoints_of(&self, client: ClientId) -> usize {
        self.breakpoints.iter().filter(|breakpoint| breakpoint.client == client).count()
    }

    pub fn remove_breakpoint(&mut self, client: ClientId, id: &str) -> bool {
        let before = self.breakpoints.len();
        self.breakpoints.retain(|breakpoint| breakpoint.client != client || breakpoint.id != id);
        self.breakpoints.len() != before
    }

    /// What a client waited for ends with its `EventLoop.disable`; instrumentation breakpoints are of another domain.
    pub fn forget_loop_domain(&mut self, client: ClientId) {
        self.steps.retain(|step| step.client != client);
        self.breakpoints.retain(|breakpoint| breakpoint.client != client || !breakpoint.id.starts_with("loop:"));
    }

    pub fn forget_client(&mut self, client: ClientId) {
        self.steps.retain(|step| step.client != client);
        self.breakpoints.retain(|breakpoint| breakpoint.client != client);
    }

    pub fn take_steps(&mut self) -> Vec<ClientId> {
        self.steps.drain(..).map(|step| step.client).collect()
    }

    /// Counts `callback` against the steps.
    fn count_steps(&mut self, callback: &Callback) -> Reached {
        let mut reached = Reached { is_plain: true, ..Reached::default() };
        for step in self.steps.iter_mut().filter(|step| step.matcher.matches(callback)) {
            step.remaining = step.remaining.saturating_sub(1);
            if step.remaining == 0 {
                reached.stops = true;
                reached.ends |= step.matcher.includes_internal();
                reached.is_plain &= step.is_plain;
                // Until it is reached: a callback without user code does not count.
                step.remaining = 1;
            }
        }
        reached
    }

    fn matching_breakpoints(&self, callback: &Callback) -> Vec<(String, Option<Rc<Condition>>)> {
        let matching = self.breakpoints.iter().filter(|breakpoint| breakpoint.matcher.matches(callback));
        matching.map(|breakpoint| (breakpoint.id.clone(), breakpoint.condition.clone())).collect()
    }

    /// Counts a hit; the result is whose breakpoint it is and what it does.
    fn hit(&mut self, id: &str) -> Option<(ClientId, BreakpointAction)> {
        let breakpoint = self.breakpoints.iter_mut().find(|breakpoint| breakpoint.id == id)?;
        let found = (breakpoint.client, breakpoint.action);
        if let Some(remaining) = &mut breakpoint.remaining {
            *remaining = remaining.saturating_sub(1);
            if *remaining == 0 {
                self.breakpoints.retain(|breakpoint| breakpoint.id != id);
            }
        }
        Some(found)
    }
}

impl Inspector {
    /// Before a callback runs: stops between callbacks or arms the pause at its first statement. May block.
    pub fn before_callback(&self, scope: &mut v8::PinScope<'_, '_>, callback: &Callback) {
        self.disarm();
        if self.stepping.borrow().between == Some(Position::Boundary) {
            self.stepping.borrow_mut().set_between(None);
            self.update_needs();
            self.stop_between(Position::Boundary, Some(callback.clone()));
        }
        let hits = self.stepping.borrow().matching_breakpoints(callback);
        let mut stops = false;
        for (id, condition) in hits {
            if condition.is_none_or(|condition| condition.holds(scope, callback)) {
                stops |= self.breakpoint_hit(&id, callback);
            }
        }
        let steps = self.stepping.borrow_mut().count_steps(callback);
        let mut frame =
            Frame { callback: callback.clone(), armed: None, ends_step: steps.ends, was_armed: steps.stops };
        if stops || steps.stops {
            let is_plain = steps.is_plain && !stops;
            let detail = if is_plain { Value::Null } else { self.start_detail(callback) };
            let (reason, text) =
                if is_plain { ("other", "{}".to_owned()) } else { ("EventListener", detail.to_string()) };
            for session in self.all_sessions().iter().filter(|session| session.peer.debugger_enabled.get()) {
                session.schedule_pause(reason, &text);
            }
            frame.armed = Some(detail);
        }
        self.stepping.borrow_mut().frames.push(frame);
    }

    /// After a callback and its drain: what was armed for it and not reached is taken back.
    pub fn after_callback(&self) {
        self.disarm();
        let frame = self.stepping.borrow_mut().frames.pop();
        let Some(frame) = frame else { return };
        if frame.was_armed && frame.ends_step {
            self.expire_steps(ExpiryReason::NoUserFrame);
        } else if !self.stepping.borrow().is_inside() {
            self.update_needs();
        }
    }

    /// Before a phase; may block.
    pub fn before_phase(&self, _scope: &mut v8::PinScope<'_, '_>, turn: u64, phase: Phase) {
        let position = {
            let mut stepping = self.stepping.borrow_mut();
            let before = std::mem::replace(&mut stepping.seen, (turn, Some(phase)));
            match stepping.between {
                Some(Position::Phase) => Some(Position::Phase),
                Some(Position::Turn) if before.0 != turn => Some(Position::Turn),
                _ => None,
            }
        };
        if let Some(position) = position {
            self.stepping.borrow_mut().set_between(None);
            self.update_needs();
            self.stop_between(position, None);
        }
    }

    /// Ends every step that still waits, and says why.
    pub fn expire_steps(&self, reason: ExpiryReason) {
        let clients = self.stepping.borrow_mut().take_steps();
        for session in self.all_sessions().iter().filter(|session| clients.contains(&session.peer.id)) {
            session.peer.send_event("EventLoop.stepExpired", StepExpired { reason });
        }
        self.update_needs();
    }

    /// V8 has paused. What was armed is reached, or something else came before it; either way a step is over.
    pub(crate) fn pause_reached(&self) {
        self.follow.end();
        self.pause.hidden_was_left();
        let mut stepping = self.stepping.borrow_mut();
        if let Some(frame) = stepping.frames.last_mut()
            && frame.armed.take().is_some()
        {
            frame.was_armed = false;
        }
        stepping.take_steps();
        drop(stepping);
        for session in self.all_sessions() {
            session.cancel_pause();
        }
        self.update_needs();
    }

    fn breakpoint_hit(&self, id: &str, callback: &Callback) -> bool {
        let hit = self.stepping.borrow_mut().hit(id);
        let Some((client, action)) = hit else { return false };
        self.update_needs();
        if action == BreakpointAction::Pause {
            return true;
        }
        if let Some(session) = self.session(client) {
            let (breakpoint_id, text) = (id.to_owned(), sentence(callback));
            let hit = CallbackBreakpointHit { breakpoint_id, callback: callback.clone(), text };
            session.peer.send_event("EventLoop.callbackBreakpointHit", hit);
        }
        false
    }

    /// Takes back what is armed for the callback that runs; one inside of it, or behind it, has its own.
    fn disarm(&self) {
        let armed = self.stepping.borrow_mut().frames.last_mut().and_then(|frame| frame.armed.take());
        if armed.is_some() {
            for session in self.all_sessions() {
                session.cancel_pause();
            }
        }
    }
}
