//! One editor's session: what it asked for, the target it debugs, and which request goes where.
//!
//! The order of requests is checked here: before `initialize`, without a target and after the end each request is
//! answered with what is wrong.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Mutex, Notify, oneshot};

use crate::breakpoints::Breakpoints;
use crate::cancel::Requests;
use crate::dispatch::{Reply, arguments};
use crate::error::Error;
use crate::exceptions;
use crate::outlet::Outlet;
use crate::stops::Stop;
use crate::target::{End, Start, Target};
use crate::types::{CancelArguments, DisconnectArguments, InitializeArguments};

/// How long an editor may take to open a terminal.
const EDITOR_ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Initialized,
    Starting,
    Running,
    /// The target is gone and the editor knows.
    Ended,
}

pub struct Session {
    pub outlet: Outlet,
    pub requests: Requests,
    pub editor: RefCell<InitializeArguments>,
    stage: Cell<Stage>,
    over: Notify,
    target: RefCell<Option<Rc<Target>>>,
    /// How the target was started, to start it again.
    pub start: RefCell<Option<Start>>,
    pub breakpoints: RefCell<Breakpoints>,
    /// Held while breakpoints change, so that two requests don't mix.
    pub changing: Mutex<()>,
    /// Whether the editor asked for a pause that has not come.
    pub pause_asked: Cell<bool>,
    /// Whether the program goes on by a step.
    pub stepping: Cell<bool>,
    /// Requests to the editor that it has not answered.
    asked: RefCell<HashMap<i64, oneshot::Sender<Value>>>,
}

impl Session {
    pub fn new(outlet: Outlet) -> Rc<Session> {
        Rc::new(Session {
            outlet,
            requests: Requests::default(),
            editor: RefCell::default(),
            stage: Cell::new(Stage::New),
            over: Notify::new(),
            target: RefCell::default(),
            start: RefCell::default(),
            breakpoints: RefCell::default(),
            changing: Mutex::default(),
            pause_asked: Cell::default(),
            stepping: Cell::default(),
            asked: RefCell::default(),
        })
    }

    pub async fn handle(self: &Rc<Self>, command: &str, raw: Value) -> Result<Reply, Error> {
        match (command, self.stage.get()) {
            ("initialize", Stage::New) => self.initialize(raw),
            ("initialize", _) => Err(Error::Editor("initialize was sent twice".to_owned())),
            ("disconnect", _) => self.disconnect(arguments(raw)?).await,
            ("cancel", _) => self.cancel(&arguments(raw)?),
            (_, Stage::New) => Err(Error::Editor(format!("{command} came before initialize"))),
            ("launch", Stage::Initialized) => self.begin(Start::Launch(arguments(raw)?)).await,
            ("attach", Stage::Initialized) => self.begin(Start::Attach(arguments(raw)?)).await,
            ("launch" | "attach", _) => Err(Error::Editor(format!("{command} came although a target was started"))),
            ("terminate", Stage::Ended) => Reply::empty(),
            ("restart", _) => self.restart(raw).await,
            (_, Stage::Ended) => Err(Error::user(format!("the program has ended: {command} has nothing to work on"))),
            _ => self.handle_debugging(command, raw).await,
        }
    }

    async fn handle_debugging(self: &Rc<Self>, command: &str, raw: Value) -> Result<Reply, Error> {
        let asked_of = self.stop().ok().map(|(_, stop)| stop);
        let result = self.debug(command, raw).await;
        let is_left = |stop: &Rc<Stop>| !self.stop().is_ok_and(|(_, now)| Rc::ptr_eq(stop, &now));
        match result {
            // What the target refuses because it has gone on meanwhile is no failure.
            Err(Error::Target(_)) if asked_of.as_ref().is_some_and(is_left) => Err(Error::Cancelled),
            result => result,
        }
    }

    async fn debug(self: &Rc<Self>, command: &str, raw: Value) -> Result<Reply, Error> {
        match command {
            "setBreakpoints" => self.set_breakpoints(arguments(raw)?).await,
            "breakpointLocations" => self.breakpoint_locations(arguments(raw)?).await,
            "setFunctionBreakpoints" => self.set_function_breakpoints(arguments(raw)?).await,
            "setExceptionBreakpoints" => self.set_exception_breakpoints(arguments(raw)?).await,
            "configurationDone" => self.configuration_done().await,
            "threads" => self.threads(),
            "terminate" => self.terminate().await,
            "continue" | "next" | "stepOut" => self.resume(command),
            "stepIn" => self.step_in(arguments(raw)?),
            "stepInTargets" => self.step_in_targets(arguments(raw)?).await,
            "pause" => self.pause_program().await,
            "restartFrame" => self.restart_frame(arguments(raw)?).await,
            "stackTrace" => self.stack_trace(arguments(raw)?).await,
            "scopes" => self.scopes(arguments(raw)?),
            "variables" => self.variables(arguments(raw)?).await,
            "setVariable" => self.set_variable(arguments(raw)?).await,
            "evaluate" => self.evaluate(arguments(raw)?).await,
            "setExpression" => self.set_expression(arguments(raw)?).await,
            "completions" => self.completions(arguments(raw)?).await,
            "exceptionInfo" => self.exception_info(),
            "loadedSources" => self.loaded_sources(),
            "source" => self.source(arguments(raw)?).await,
            _ if command.starts_with("loop/") => self.loop_request(command, raw).await,
            "" => Err(Error::Editor("a request without a command".to_owned())),
            _ => Err(Error::Editor(format!("the request {command:?} is not known"))),
        }
    }

    fn initialize(&self, raw: Value) -> Result<Reply, Error> {
        self.editor.replace(arguments(raw)?);
        self.stage.set(Stage::Initialized);
        Reply::of(capabilities())
    }

    async fn begin(self: &Rc<Self>, start: Start) -> Result<Reply, Error> {
        self.stage.set(Stage::Starting);
        match Target::start(self, &start).await {
            Ok(target) => {
                self.start.replace(Some(start));
                self.stage.set(Stage::Running);
                self.target.replace(Some(target.clone()));
                let session = self.clone();
                Reply::then(Value::Null, async move {
                    target.clone().watch(&session);
                    session.outlet.event("initialized", json!({}));
                })
            }
            Err(error) => {
                // Another try is fine: nothing has been started.
                self.stage.set(Stage::Initialized);
                Err(error)
            }
        }
    }

    /// Ends the target and starts it anew, with the breakpoints that the editor has set.
    async fn restart(self: &Rc<Self>, mut raw: Value) -> Result<Reply, Error> {
        let mut start = self.start.borrow().clone().ok_or_else(|| Error::user("nothing was started yet"))?;
        let changed = raw["arguments"].take();
        if !changed.is_null() {
            match &mut start {
                Start::Launch(launch) => *launch = arguments(changed)?,
                Start::Attach(attach) => *attach = arguments(changed)?,
            }
        }
        let old = self.target.borrow_mut().take();
        if let Some(old) = old {
            old.leave(End::Kill).await;
        }
        self.breakpoints.borrow_mut().forget_target();
        let target = match Target::start(self, &start).await {
            Ok(target) => target,
            Err(error) => {
                self.target_ended(None);
                return Err(error);
            }
        };
        self.start.replace(Some(start));
        self.stage.set(Stage::Running);
        self.target.replace(Some(target.clone()));
        target.clone().watch(self);
        self.apply_all(&target).await;
        let session = self.clone();
        Reply::then(Value::Null, async move {
            session.outlet.event("continued", json!({ "threadId": THREAD, "allThreadsContinued": true }));
            target.run().await;
        })
    }

    async fn configuration_done(self: &Rc<Self>) -> Result<Reply, Error> {
        let target = self.target()?;
        Reply::then(Value::Null, async move { target.run().await })
    }

    async fn terminate(self: &Rc<Self>) -> Result<Reply, Error> {
        let target = self.target()?;
        Reply::then(Value::Null, async move { target.leave(End::Ask).await })
    }

    async fn disconnect(self: &Rc<Self>, asked: DisconnectArguments) -> Result<Reply, Error> {
        let target = self.target.borrow_mut().take();
        self.stage.set(if self.stage.get() == Stage::New { Stage::New } else { Stage::Ended });
        if let Some(target) = target {
            let ends = asked.terminate_debuggee.unwrap_or(target.is_ours());
            target.leave(if ends { End::Kill } else { End::LetRun }).await;
        }
        let session = self.clone();
        Reply::then(Value::Null, async move { session.over.notify_one() })
    }

    fn cancel(&self, asked: &CancelArguments) -> Result<Reply, Error> {
        // To cancel what is answered already is no error: the two cross on their way.
        asked.request_id.map(|id| self.requests.cancel(id));
        Reply::empty()
    }

    fn threads(&self) -> Result<Reply, Error> {
        Reply::of(json!({ "threads": [{ "id": THREAD, "name": "main" }] }))
    }

    /// The target, or why there is none.
    pub fn target(&self) -> Result<Rc<Target>, Error> {
        let target = self.target.borrow().clone();
        target.ok_or_else(|| match self.stage.get() {
            Stage::Ended => Error::user("the program has ended"),
            Stage::Starting => Error::Editor("the program is still being started".to_owned()),
            _ => Error::Editor("no program was launched or attached to".to_owned()),
        })
    }

    /// Whether `target` is still the one that is debugged.
    pub fn has(&self, target: &Rc<Target>) -> bool {
        self.target.borrow().as_ref().is_some_and(|current| Rc::ptr_eq(current, target))
    }

    /// The target is gone: tells the editor, once.
    pub fn target_ended(&self, exit_code: Option<i32>) {
        self.target.replace(None);
        if self.stage.replace(Stage::Ended) == Stage::Ended {
            return;
        }
        if let Some(code) = exit_code {
            self.outlet.event("exited", json!({ "exitCode": code }));
        }
        self.outlet.event("terminated", json!({}));
    }

    /// Something that no request is to blame for.
    pub fn complain(&self, error: &Error) {
        self.outlet.event("output", json!({ "category": "important", "output": format!("{error}\n") }));
    }

    /// Asks the editor and waits for its answer.
    pub async fn ask(&self, command: &str, arguments: Value) -> Result<Value, Error> {
        let seq = self.outlet.send(json!({ "type": "request", "command": command, "arguments": arguments }));
        let (sender, answer) = oneshot::channel();
        self.asked.borrow_mut().insert(seq, sender);
        let answer = tokio::time::timeout(EDITOR_ANSWER_TIME_MAX, answer).await;
        self.asked.borrow_mut().remove(&seq);
        let no_answer = || Error::Editor(format!("{command}: no answer"));
        let answer = answer.map_err(|_| no_answer())?.map_err(|_| no_answer())?;
        if answer["success"] == true {
            return Ok(answer["body"].clone());
        }
        Err(Error::user(format!("the editor refused {command}: {}", answer["message"].as_str().unwrap_or("no reason"))))
    }

    /// An answer of the editor has come.
    pub fn answered(&self, answer: Value) {
        let waiting = answer["request_seq"].as_i64().and_then(|seq| self.asked.borrow_mut().remove(&seq));
        if let Some(waiting) = waiting {
            // Who asked may have given up.
            let _ = waiting.send(answer);
        }
    }

    /// Waits until the editor has left by `disconnect`.
    pub async fn over(&self) {
        self.over.notified().await;
    }

    /// The editor is gone: so is what was launched for it.
    pub async fn close(&self) {
        let target = self.target.borrow_mut().take();
        self.stage.set(Stage::Ended);
        if let Some(target) = target {
            target.leave(if target.is_ours() { End::Kill } else { End::LetRun }).await;
        }
    }
}

/// JavaScript's one thread. Workers have inspectors of their own.
pub const THREAD: i64 = 1;

fn capabilities() -> Value {
    json!({
        "supportsConfigurationDoneRequest": true,
        "supportsFunctionBreakpoints": true,
        "supportsConditionalBreakpoints": true,
        "supportsHitConditionalBreakpoints": true,
        "supportsLogPoints": true,
        "supportsBreakpointLocationsRequest": true,
        "supportsEvaluateForHovers": true,
        "supportsClipboardContext": true,
        "supportsSetVariable": true,
        "supportsSetExpression": true,
        "supportsRestartFrame": true,
        "supportsRestartRequest": true,
        "supportsStepInTargetsRequest": true,
        "supportsCompletionsRequest": true,
        "completionTriggerCharacters": ["."],
        "supportsExceptionOptions": false,
        "supportsExceptionFilterOptions": true,
        "supportsExceptionInfoRequest": true,
        "exceptionBreakpointFilters": exceptions::filters(),
        "supportsDelayedStackTraceLoading": true,
        "supportsLoadedSourcesRequest": true,
        "supportsTerminateRequest": true,
        "supportTerminateDebuggee": true,
        "supportsCancelRequest": true,
        "supportsANSIStyling": true,
        // Ours, for editors that know us.
        "rondoLoopRequests": ["loop/stepCallback", "loop/state", "loop/queues", "loop/history", "loop/chain",
            "loop/siteStats", "loop/pauseBetween", "loop/setStallBreakpoint"],
    })
}
