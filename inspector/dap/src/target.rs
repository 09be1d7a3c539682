//! The program that is debugged: its connection, what is known of it, how it is started and left.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use rondo_client::connection::{Client, Events};
use rondo_client::event_loop::Command;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::attach;
use crate::error::Error;
use crate::events;
use crate::handles::Handles;
use crate::launch::{self, Process};
use crate::session::Session;
use crate::sources::Sources;
use crate::stops::Stop;
use crate::types::{AttachArguments, LaunchArguments, OutputCapture};

/// Frames kept of what led to an asynchronous call.
const ASYNC_DEPTH: u32 = 32;
/// Past callbacks that the flight recorder keeps for `loop/history`.
const HISTORY: u32 = 1000;
/// How long a program that is asked to end may take before it is told.
const END_TIME_MAX: Duration = Duration::from_secs(3);
/// The function by which breakpoints report from inside the program.
pub const BINDING: &str = "__rondoDap";

#[derive(Clone)]
pub enum Start {
    Launch(LaunchArguments),
    Attach(AttachArguments),
}

/// How to leave a target.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// SIGTERM, and SIGKILL when that is not enough.
    Ask,
    Kill,
    LetRun,
}

pub struct Target {
    client: Option<Client>,
    /// Where its inspector listens.
    url: String,
    events: RefCell<Option<Events>>,
    /// Whether it has the `EventLoop` domain.
    pub has_loop: bool,
    pub process: Option<Rc<Process>>,
    /// Its process, where only that is known.
    pub process_id: Cell<Option<i32>>,
    pub sources: Sources,
    pub handles: RefCell<Handles>,
    pub stop: RefCell<Option<Rc<Stop>>>,
    /// The step or continue that was sent last, for stops that the user shall not see.
    pub last_resume: RefCell<(&'static str, Value)>,
    /// Arrived where `stepIn` shall enter one call of several.
    pub step_into: RefCell<Option<Value>>,
    /// The main context.
    pub context: Cell<i64>,
    pub capture: OutputCapture,
    pub stop_on_entry: bool,
    /// Whether the editor asked for the events `loop/…`.
    loop_events: bool,
    configured: Cell<bool>,
    events_over: Cell<bool>,
    events_end: Notify,
    /// Whether an uncaught exception was shown.
    pub exception_shown: Cell<bool>,
}

impl Target {
    pub async fn start(session: &Rc<Session>, start: &Start) -> Result<Rc<Target>, Error> {
        match start {
            Start::Launch(arguments) => launch::launch(session, arguments).await,
            Start::Attach(arguments) => attach::attach(arguments).await,
        }
    }

    /// A program that runs without an inspector.
    pub fn unwatched(process: Rc<Process>) -> Rc<Target> {
        let options = ConnectOptions {
            stop_on_entry: true,
            steps_cross_callbacks: true,
            capture: OutputCapture::Std,
            loop_events: false,
        };
        Rc::new(Target::new(None, Some(process), false, &options))
    }

    /// Connects, and enables what the adapter needs. The program does not run on.
    pub async fn connect(
        url: &str,
        process: Option<Rc<Process>>,
        options: ConnectOptions,
    ) -> Result<Rc<Target>, Error> {
        let (client, events) = Client::connect(url).await?;
        client.call("Runtime.enable", json!({})).await?;
        client.call("Runtime.addBinding", json!({ "name": BINDING })).await?;
        client.call("Debugger.enable", json!({})).await?;
        client.call("Debugger.setAsyncCallStackDepth", json!({ "maxDepth": ASYNC_DEPTH })).await?;
        // Steps pass over the runtime's own scripts; Rondo hides them by itself.
        client.call("Debugger.setBlackboxPatterns", json!({ "patterns": ["^node:"] })).await?;
        let enable = json!({ "history": HISTORY, "stepsCrossCallbacks": options.steps_cross_callbacks });
        let has_loop = client.call("EventLoop.enable", enable).await.is_ok();
        // Node's own wish to be told before it waits at the end; without it the context's end tells.
        let _ = client.call("NodeRuntime.enable", json!({})).await;
        let _ = client.call("NodeRuntime.notifyWhenWaitingForDisconnect", json!({ "enabled": true })).await;
        let map_break = json!({ "instrumentation": "beforeScriptWithSourceMapExecution" });
        // An engine without it finds breakpoints in mapped sources late.
        let _ = client.call("Debugger.setInstrumentationBreakpoint", map_break).await;
        let mut target = Target::new(Some(client), process, has_loop, &options);
        target.url = url.to_owned();
        target.events.replace(Some(events));
        Ok(Rc::new(target))
    }

    fn new(client: Option<Client>, process: Option<Rc<Process>>, has_loop: bool, options: &ConnectOptions) -> Target {
        Target {
            client,
            url: String::new(),
            events: RefCell::default(),
            has_loop,
            process,
            process_id: Cell::default(),
            sources: Sources::default(),
            handles: RefCell::default(),
            stop: RefCell::default(),
            last_resume: RefCell::new(("Debugger.resume", json!({}))),
            step_into: RefCell::default(),
            context: Cell::new(1),
            capture: options.capture,
            stop_on_entry: options.stop_on_entry,
            loop_events: options.loop_events,
            configured: Cell::new(false),
            events_over: Cell::new(false),
            events_end: Notify::new(),
            exception_shown: Cell::new(false),
        }
    }

    /// Starts to follow what the target does.
    pub fn watch(self: Rc<Self>, session: &Rc<Session>) {
        if let Some(events) = self.events.take() {
            // For views and language servers beside the adapter.
            self.tell_loop(session, "loop/target", json!({ "url": self.url }));
            tokio::task::spawn_local(events::follow(session.clone(), self.clone(), events));
        }
        if let Some(process) = self.process.clone() {
            tokio::task::spawn_local(launch::follow(session.clone(), self, process));
        }
    }

    /// An event of our own, to an editor that knows it.
    pub fn tell_loop(&self, session: &Session, event: &str, body: Value) {
        if self.loop_events {
            session.outlet.event(event, body);
        }
    }

    /// Everything that the target told has been handled.
    pub fn events_are_done(&self) {
        self.events_over.set(true);
        self.events_end.notify_waiters();
    }

    pub async fn events_done(&self) {
        let end = self.events_end.notified();
        if self.client.is_some() && !self.events_over.get() {
            end.await;
        }
    }

    pub fn client(&self) -> Result<&Client, Error> {
        self.client.as_ref().ok_or_else(|| Error::user("the program was started without debugging"))
    }

    pub async fn call(&self, method: &str, params: Value) -> Result<Value, Error> {
        Ok(self.client()?.call(method, params).await?)
    }

    /// A command of the `EventLoop` domain.
    pub async fn send<C: Command>(&self, command: &C) -> Result<C::Answer, Error> {
        self.need_loop()?;
        Ok(self.client()?.send(command).await?)
    }

    /// Why a number that the editor names means nothing now. A late request about an earlier stop is nobody's fault.
    pub fn gone(&self, what: &str, number: i64) -> Error {
        match (self.handles.borrow().was_given(number), self.stop.borrow().is_some()) {
            (true, true) => Error::Cancelled,
            (true, false) => Error::NotStopped,
            (false, _) => Error::Editor(format!("there is no {what} {number}")),
        }
    }

    pub fn need_loop(&self) -> Result<(), Error> {
        let missing = || Error::target("the target has no EventLoop domain: it is not a Rondo program");
        self.has_loop.then_some(()).ok_or_else(missing)
    }

    /// The editor has said all that it wants before the program runs.
    pub async fn run(&self) {
        if self.configured.replace(true) {
            return;
        }
        // A program that is gone already tells by its end.
        let _ = self.call("Runtime.runIfWaitingForDebugger", json!({})).await;
    }

    /// Whether the adapter started it.
    pub fn is_ours(&self) -> bool {
        self.process.is_some() || self.process_id.get().is_some()
    }

    pub async fn leave(&self, end: End) {
        match end {
            End::LetRun => {}
            End::Kill => self.kill(nix::sys::signal::Signal::SIGKILL),
            End::Ask => {
                self.free().await;
                self.kill(nix::sys::signal::Signal::SIGTERM);
                if let Some(process) = &self.process {
                    let _ = tokio::time::timeout(END_TIME_MAX, process.ended()).await;
                }
                self.kill(nix::sys::signal::Signal::SIGKILL);
            }
        }
        if let Some(client) = &self.client {
            client.close();
        }
    }

    /// Lets a stopped program run, so that it can end in its own way.
    async fn free(&self) {
        let Some(client) = &self.client else { return };
        for (method, params) in [
            ("Debugger.setBreakpointsActive", json!({ "active": false })),
            ("Debugger.setPauseOnExceptions", json!({ "state": "none" })),
            ("EventLoop.disable", json!({})),
            ("Debugger.disable", json!({})),
        ] {
            // What it does not have needs no end.
            let _ = client.call_within(END_TIME_MAX, method, params).await;
        }
    }

    fn kill(&self, signal: nix::sys::signal::Signal) {
        if let Some(process) = &self.process {
            process.signal(signal);
        } else if let Some(id) = self.process_id.get() {
            // It may be gone.
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), signal);
        }
    }
}

pub struct ConnectOptions {
    pub stop_on_entry: bool,
    pub steps_cross_callbacks: bool,
    pub capture: OutputCapture,
    pub loop_events: bool,
}
