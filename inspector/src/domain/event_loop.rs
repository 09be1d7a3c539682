//! The `EventLoop` domain. `inspector/EVENT_LOOP.md` shows each command and event with an example.

use std::rc::Rc;

use rondo_protocol::command::{
    BreakpointAction, Callbacks, CaptureStack, CaptureStackResult, Enable, EnableResult, GetChain, GetHistory,
    GetQueues, GetQueuesResult, GetSiteStats, GetSiteStatsResult, PauseBetweenCallbacks, RemoveCallbackBreakpoint,
    SetCallbackBreakpoint, SetCallbackBreakpointResult, SetStallBreakpoint, SetStallThreshold, StartRecording,
    StepToNextCallback, StopRecordingResult,
};
use serde_json::json;
use serde_json::value::RawValue;

use crate::Inspector;
use crate::condition::Condition;
use crate::matching::Matcher;
use crate::outlet::Outlet;
use crate::session::Session;
use crate::stack::stack_of;
use crate::stepping::{Breakpoint, Step};
use crate::wire::{Answer, Fault, empty, params, result};

/// Callback breakpoints of one client.
const BREAKPOINTS_MAX: usize = 1000;
/// Below this a stall breakpoint would pause in everything.
const STALL_US_MIN: u64 = 1000;

type Params<'a> = Option<&'a RawValue>;

impl Inspector {
    pub(super) fn event_loop(&self, session: &Rc<Session>, name: &str, raw: Params<'_>) -> Option<Answer> {
        let answer = match name {
            "enable" => params(raw).and_then(|asked| self.enable_loop(session, &asked)),
            "disable" => self.disable_loop(session),
            "getState" => self.ask_loop(|host, scope| result(host.state(scope))),
            "getQueues" => params::<GetQueues>(raw).and_then(|asked| {
                self.ask_loop(|host, scope| result(GetQueuesResult { queues: host.queues(scope, &asked) }))
            }),
            "getHistory" => params::<GetHistory>(raw).and_then(|asked| {
                self.ask_loop(|host, scope| result(Callbacks { callbacks: host.history(scope, &asked) }))
            }),
            "getChain" => params::<GetChain>(raw).and_then(|asked| {
                self.ask_loop(|host, scope| result(Callbacks { callbacks: host.chain(scope, asked.id) }))
            }),
            "getSiteStats" => params::<GetSiteStats>(raw).and_then(|asked| {
                self.ask_loop(|host, scope| result(GetSiteStatsResult { sites: host.site_stats(scope, &asked) }))
            }),
            "stepToNextCallback" => params(raw).and_then(|asked| self.step_to_next(session, asked)),
            "pauseBetweenCallbacks" => params(raw).and_then(|asked| self.pause_between(session, asked)),
            "resume" => self.resume_loop(session),
            "setCallbackBreakpoint" => params(raw).and_then(|asked| self.set_callback_breakpoint(session, asked)),
            "removeCallbackBreakpoint" => {
                params(raw).and_then(|asked| self.remove_callback_breakpoint(session, &asked))
            }
            "setStallBreakpoint" => params(raw).and_then(|asked| self.set_stall_breakpoint(session, asked)),
            "setStallThreshold" => params(raw).and_then(|asked: SetStallThreshold| {
                self.host.set_stall_threshold(asked.threshold_us);
                empty()
            }),
            "startRecording" => params(raw).and_then(|asked: StartRecording| {
                self.host.start_recording(asked.format).map_err(Fault::state)?;
                self.recording_of.set(Some(session.peer.id));
                empty()
            }),
            "stopRecording" => self.stop_recording(session),
            // Sockets' requests are answered by the server's thread; these are of sessions in the process.
            "getStatus" => result(self.status.snapshot()),
            "captureStack" => params(raw).and_then(|_: CaptureStack| {
                let stack = Some(self.isolate.with_scope(stack_of));
                let status = self.status.snapshot();
                result(CaptureStackResult { stack, skid_us: Some(0), unreachable: None, status })
            }),
            _ => return None,
        };
        Some(answer)
    }

    /// Asks the host, unless it is in the middle of something.
    fn ask_loop(&self, ask: impl FnOnce(&dyn crate::host::LoopHost, &mut v8::PinScope<'_, '_>) -> Answer) -> Answer {
        if !self.host.can_answer() {
            return Err(Fault::state("The loop is in the middle of a native operation; ask again when it is over"));
        }
        self.isolate.with_scope(|scope| ask(&*self.host, scope))
    }

    fn enable_loop(&self, session: &Rc<Session>, asked: &Enable) -> Answer {
        match &session.peer.outlet {
            Outlet::Socket(outlet) => self.feed.subscribe(session.peer.id, outlet.clone()),
            Outlet::Local(_) => {
                let subscribed = self.feed.subscribe_local(session.peer.id, &self.inbox);
                subscribed.map_err(|error| Fault::state(format!("No thread could be started: {error}")))?;
            }
        }
        session.peer.steps_cross.set(asked.steps_cross_callbacks.unwrap_or(true));
        session.peer.loop_enabled.set(true);
        self.update_needs();
        // A client may ask for less or more; it is always so many, since keeping them costs nothing.
        result(EnableResult { history: self.host.history_max() })
    }

    fn disable_loop(&self, session: &Rc<Session>) -> Answer {
        session.peer.loop_enabled.set(false);
        session.peer.steps_cross.set(true);
        self.feed.unsubscribe(session.peer.id);
        self.status.set_stall_breakpoint(self.feed.threshold());
        self.stepping.borrow_mut().forget_loop_domain(session.peer.id);
        self.update_needs();
        empty()
    }

    /// Whether a session may stop its thread.
    fn may_stop(&self, session: &Session, command: &str) -> Result<(), Fault> {
        if session.peer.outlet.is_socket() {
            return Ok(());
        }
        Err(Fault::state(format!(
            "EventLoop.{command} would stop the thread that this session runs on, and nobody could resume it: use a client on \
             a socket, or Session.connectToMainThread() in a worker"
        )))
    }

    fn step_to_next(&self, session: &Rc<Session>, asked: StepToNextCallback) -> Answer {
        self.may_stop(session, "stepToNextCallback")?;
        if !session.peer.debugger_enabled.get() {
            return Err(Fault::state("A step pauses: call Debugger.enable first"));
        }
        let matcher = Matcher::new(asked.filter.unwrap_or_default()).map_err(Fault::params)?;
        let remaining = asked.count.unwrap_or(1);
        if remaining == 0 {
            return Err(Fault::params("count begins at 1"));
        }
        let step = Step { client: session.peer.id, matcher, remaining, is_plain: false };
        self.stepping.borrow_mut().add_step(step);
        self.update_needs();
        self.go_on(session);
        empty()
    }

    fn pause_between(&self, session: &Rc<Session>, asked: PauseBetweenCallbacks) -> Answer {
        self.may_stop(session, "pauseBetweenCallbacks")?;
        if !session.peer.loop_enabled.get() {
            return Err(Fault::state("A stop is told by an event: call EventLoop.enable first"));
        }
        self.stepping.borrow_mut().set_between(Some(asked.at));
        self.update_needs();
        self.go_on(session);
        empty()
    }

    fn resume_loop(&self, session: &Rc<Session>) -> Answer {
        self.stepping.borrow_mut().set_between(None);
        self.update_needs();
        self.go_on(session);
        empty()
    }

    /// Ends the pause or the stop that the thread is in, if it is in one.
    fn go_on(&self, session: &Rc<Session>) {
        self.pause.between.set(false);
        if self.pause.is_on() {
            session.call_own("Debugger.resume", json!({}));
        }
    }

    fn set_callback_breakpoint(&self, session: &Rc<Session>, asked: SetCallbackBreakpoint) -> Answer {
        let client = session.peer.id;
        if asked.action == BreakpointAction::Pause {
            self.may_stop(session, "setCallbackBreakpoint with the action pause")?;
        }
        if self.stepping.borrow().breakpoints_of(client) >= BREAKPOINTS_MAX {
            return Err(Fault::state(format!("{BREAKPOINTS_MAX} callback breakpoints are set")));
        }
        let matcher = Matcher::new(asked.filter).map_err(Fault::params)?;
        let compile = |text: &String| self.isolate.with_scope(|scope| Condition::new(scope, text)).map(Rc::new);
        let condition = asked.condition.as_ref().map(compile).transpose().map_err(Fault::params)?;
        let queued = self.count_queued(&matcher);
        let breakpoint_id = self.stepping.borrow_mut().next_breakpoint_id();
        let (id, action, remaining) = (breakpoint_id.clone(), asked.action, asked.limit);
        self.stepping.borrow_mut().add_breakpoint(Breakpoint { id, client, matcher, condition, action, remaining });
        self.update_needs();
        result(SetCallbackBreakpointResult { breakpoint_id, queued })
    }

    /// How many callbacks that wait already are meant.
    fn count_queued(&self, matcher: &Matcher) -> u64 {
        if !self.host.can_answer() {
            return 0;
        }
        let queues = self.isolate.with_scope(|scope| self.host.queues(scope, &GetQueues::default()));
        queues.iter().flat_map(|queue| &queue.callbacks).filter(|callback| matcher.matches(callback)).count() as u64
    }

    fn remove_callback_breakpoint(&self, session: &Rc<Session>, asked: &RemoveCallbackBreakpoint) -> Answer {
        let removed = self.stepping.borrow_mut().remove_breakpoint(session.peer.id, &asked.breakpoint_id);
        self.update_needs();
        if removed { empty() } else { Err(Fault::state(format!("No breakpoint has the id {}", asked.breakpoint_id))) }
    }

    fn set_stall_breakpoint(&self, session: &Rc<Session>, asked: SetStallBreakpoint) -> Answer {
        if asked.threshold_us.is_some() {
            self.may_stop(session, "setStallBreakpoint")?;
        }
        if !session.peer.debugger_enabled.get() && asked.threshold_us.is_some() {
            return Err(Fault::state("A stall breakpoint pauses: call Debugger.enable first"));
        }
        if asked.threshold_us.is_some_and(|threshold| threshold < STALL_US_MIN) {
            return Err(Fault::params(format!("thresholdUs is {STALL_US_MIN} at least")));
        }
        self.feed.set_stall_breakpoint(session.peer.id, asked.threshold_us);
        self.status.set_stall_breakpoint(self.feed.threshold());
        empty()
    }

    fn stop_recording(&self, session: &Rc<Session>) -> Answer {
        let content = self.host.stop_recording().map_err(Fault::state)?;
        self.recording_of.set(None);
        let stream = self.streams.borrow_mut().open(session.peer.id, content).map_err(Fault::state)?;
        result(StopRecordingResult { stream })
    }

    /// The beat of `stateChanged`.
    pub(crate) fn report_state(&self) {
        if self.host.can_answer() && self.needs.records() {
            let state = self.isolate.with_scope(|scope| self.host.state(scope));
            self.broadcast("EventLoop.stateChanged", state);
        }
    }
}
