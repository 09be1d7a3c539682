//! What the target tells, in its order, by one task.

use std::rc::Rc;

use rondo_client::connection::{Event, Events};
use serde_json::{Value, json};

use crate::session::{Session, THREAD};
use crate::sources::is_told;
use crate::target::Target;

pub async fn follow(session: Rc<Session>, target: Rc<Target>, mut events: Events) {
    while let Some(event) = events.recv().await {
        // Targets below this one have sessions of their own.
        if event.session_id.is_none() && session.has(&target) {
            handle(&session, &target, event).await;
        }
    }
    target.events_are_done();
    if session.has(&target) {
        if target.stop.take().is_some() {
            session.left_stop(&target);
        }
        // The end of a process that the adapter started says more.
        if target.process.is_none() {
            session.target_ended(None);
        }
    }
}

async fn handle(session: &Rc<Session>, target: &Rc<Target>, event: Event) {
    let params = event.params;
    match event.method.as_str() {
        "Debugger.paused" => session.paused(target, params).await,
        "Debugger.resumed" if target.stop.borrow().as_ref().is_some_and(|stop| !stop.between) => {
            session.resumed(target);
        }
        "Debugger.scriptParsed" => script_parsed(session, target, &params),
        "Debugger.breakpointResolved" => session.breakpoint_resolved(target, &params),
        "Runtime.executionContextCreated" if params["context"]["auxData"]["isDefault"] == true => {
            target.context.set(params["context"]["id"].as_i64().unwrap_or(1));
        }
        "Runtime.executionContextDestroyed" if params["executionContextId"].as_i64() == Some(target.context.get()) => {
            over(target);
        }
        "NodeRuntime.waitingForDisconnect" => over(target),
        "Runtime.consoleAPICalled" => session.console_called(target, &params),
        "Runtime.exceptionThrown" => session.exception_thrown(target, &params["exceptionDetails"]),
        "Runtime.bindingCalled" => session.binding_called(target, &params),
        "EventLoop.stateChanged" => target.tell_loop(session, "loop/stateChanged", params),
        "EventLoop.stallDetected" => target.tell_loop(session, "loop/stall", params["stall"].clone()),
        "EventLoop.pausedBetween" => session.paused_between(target, &params),
        "EventLoop.resumedBetween" if target.stop.borrow().as_ref().is_some_and(|stop| stop.between) => {
            session.resumed(target);
        }
        "EventLoop.stepExpired" => session.step_expired(target, &params),
        "EventLoop.callbackBreakpointHit" => target.tell_loop(session, "loop/callbackBreakpointHit", params),
        _ => {}
    }
}

/// The program has run to its end and waits for its clients to leave.
fn over(target: &Target) {
    if let Ok(client) = target.client() {
        client.close();
    }
}

fn script_parsed(session: &Rc<Session>, target: &Rc<Target>, params: &Value) {
    let (script, complaint) = target.sources.add(params);
    if let Some(complaint) = complaint {
        session.outlet.event("output", json!({ "category": "console", "output": format!("{complaint}\n") }));
    }
    if is_told(&script) {
        let source = target.sources.source_of(&script);
        session.outlet.event("loadedSource", json!({ "reason": "new", "source": source }));
    }
}

impl Session {
    /// A step ended without a stop: the program runs on, and the user shall know why.
    fn step_expired(&self, target: &Target, params: &Value) {
        let why = match params["reason"].as_str() {
            Some("exited") => "the program ends",
            Some("drained") => "nothing is left that could run",
            Some("noUserFrame") => "the callback ran no code of the program",
            Some(other) => other,
            None => "no reason given",
        };
        let output = format!("The step ended without a stop: {why}\n");
        self.outlet.event("output", json!({ "category": "console", "output": output }));
        target.tell_loop(self, "loop/stepExpired", json!({ "reason": params["reason"], "threadId": THREAD }));
    }
}
