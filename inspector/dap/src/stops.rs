//! A stop: from the target's pause to the editor's `stopped`, or back to running where the user shall not see it.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Value, json};

use crate::error::Error;
use crate::session::{Session, THREAD};
use crate::stack::Frame;
use crate::target::Target;

/// The program stands still.
pub struct Stop {
    /// The frames, innermost first; with asynchronous ones as far as they were asked for.
    pub frames: RefCell<Vec<Frame>>,
    /// An asynchronous stack behind the last frame that has not been fetched.
    pub more: RefCell<Option<Value>>,
    /// `data.loop` of the pause: the callback, its chain, one sentence.
    pub loop_data: Value,
    /// Between callbacks there is no frame, and the loop's own command goes on.
    pub between: bool,
    /// The exception that stopped it.
    pub exception: Option<Value>,
    pub uncaught: bool,
}

impl Session {
    /// `Debugger.paused`.
    pub async fn paused(self: &Rc<Self>, target: &Rc<Target>, params: Value) {
        let reason = params["reason"].as_str().unwrap_or("").to_owned();
        if reason == "instrumentation" {
            return self.before_mapped_script(target, &params).await;
        }
        let step_into = target.step_into.take();
        if let Some(step) = step_into
            && hits(&params).is_empty()
        {
            return target.resume_with("Debugger.stepInto", step).await;
        }
        let is_exception = matches!(reason.as_str(), "exception" | "promiseRejection");
        let uncaught = params["data"]["uncaught"] == true;
        if is_exception && !self.exception_wanted(target, &params["data"], uncaught).await {
            return target.resume_again().await;
        }
        let at_entry = reason == "Break on start" || is_entry(&reason, &params);
        if at_entry && !target.stop_on_entry && hits(&params).is_empty() {
            return target.resume_with("Debugger.resume", json!({})).await;
        }
        let loop_data = params["data"]["loop"].clone();
        let mut body = self.stopped_body(&reason, &params, at_entry, uncaught);
        body["threadId"] = THREAD.into();
        body["allThreadsStopped"] = true.into();
        let (frames, more) = Frame::all(&params);
        let exception = is_exception.then(|| params["data"].clone());
        let stop = Stop {
            frames: RefCell::new(frames),
            more: RefCell::new(more),
            loop_data,
            between: false,
            exception,
            uncaught,
        };
        target.handles.borrow_mut().resumed();
        target.stop.replace(Some(Rc::new(stop)));
        self.outlet.event("stopped", body);
    }

    fn stopped_body(&self, reason: &str, params: &Value, at_entry: bool, uncaught: bool) -> Value {
        let ours: Vec<i64> = {
            let breakpoints = self.breakpoints.borrow();
            hits(params).iter().filter_map(|id| breakpoints.id_of(id)).collect()
        };
        let sentence = params["data"]["loop"]["text"].as_str();
        let event = params["data"]["eventName"].as_str().unwrap_or("");
        if !hits(params).is_empty() {
            return json!({ "reason": "breakpoint", "hitBreakpointIds": ours });
        }
        match reason {
            _ if at_entry => json!({ "reason": "entry", "description": "Stopped before the first statement" }),
            "exception" | "promiseRejection" => {
                let text = crate::exceptions::summary(&params["data"]);
                let how = if reason == "promiseRejection" { "a rejected promise" } else { "an exception" };
                let caught = if uncaught { "nobody catches" } else { "is caught" };
                json!({ "reason": "exception", "description": format!("Stopped on {how} that {caught}"), "text": text })
            }
            "EventListener" if event == "instrumentation:stall" => {
                json!({ "reason": "loop stall", "description": sentence, "text": sentence })
            }
            "EventListener" => {
                let text = sentence.unwrap_or(event);
                json!({ "reason": if self.steps_to_callback() { "step" } else { "function breakpoint" },
                    "description": text, "text": text })
            }
            "debugCommand" => json!({ "reason": "pause" }),
            "OOM" => json!({ "reason": "exception", "description": "Stopped before the memory runs out" }),
            _ => {
                let asked = self.takes_pause();
                match (asked, sentence) {
                    (true, _) => json!({ "reason": "pause" }),
                    (false, Some(sentence)) => json!({ "reason": "step", "description": sentence }),
                    (false, None) => json!({ "reason": "step" }),
                }
            }
        }
    }

    /// `EventLoop.pausedBetween`.
    pub fn paused_between(&self, target: &Rc<Target>, params: &Value) {
        let text = match params["next"]["id"].as_str() {
            Some(_) => format!("between callbacks, next is {}", crate::loop_scope::one_line(&params["next"])),
            None => format!("before the next {}", params["position"].as_str().unwrap_or("callback")),
        };
        let loop_data = json!({ "next": params["next"], "position": params["position"], "text": text });
        let frames = RefCell::new(vec![Frame::between(&text, &params["next"])]);
        let stop =
            Stop { frames, more: RefCell::default(), loop_data, between: true, exception: None, uncaught: false };
        target.handles.borrow_mut().resumed();
        target.stop.replace(Some(Rc::new(stop)));
        self.outlet.event(
            "stopped",
            json!({
                "reason": "pause", "description": format!("Stopped {text}"), "text": text,
                "threadId": THREAD, "allThreadsStopped": true,
            }),
        );
    }

    /// The program goes on without this editor's doing.
    pub fn resumed(&self, target: &Rc<Target>) {
        if target.stop.take().is_some() {
            self.left_stop(target);
            self.outlet.event("continued", json!({ "threadId": THREAD, "allThreadsContinued": true }));
        }
    }

    /// What was asked of the stop is void.
    pub fn left_stop(&self, target: &Target) {
        target.handles.borrow_mut().resumed();
        self.requests.cancel_questions();
    }

    /// The stop, or the error that there is none.
    pub fn stop(&self) -> Result<(Rc<Target>, Rc<Stop>), Error> {
        let target = self.target()?;
        let stop = target.stop.borrow().clone().ok_or(Error::NotStopped)?;
        Ok((target, stop))
    }

    /// A script with a source map is about to run: breakpoints in what it was made of are set now.
    async fn before_mapped_script(self: &Rc<Self>, target: &Rc<Target>, params: &Value) {
        let script = params["data"]["scriptId"].as_str().and_then(|id| target.sources.by_id(id));
        if let Some(script) = script {
            self.map_known(target, &script).await;
        }
        target.resume_again().await;
    }
}

impl Target {
    /// Goes on as the user wanted it before a stop that is none.
    pub async fn resume_again(&self) {
        let (method, params) = self.last_resume.borrow().clone();
        self.resume_with(method, params).await;
    }

    pub async fn resume_with(&self, method: &str, params: Value) {
        // When it is gone, its end tells.
        let _ = self.call(method, params).await;
    }
}

fn hits(params: &Value) -> Vec<String> {
    let hits = params["hitBreakpoints"].as_array();
    hits.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Several reasons at once come as `ambiguous` with a list.
fn is_entry(reason: &str, params: &Value) -> bool {
    let reasons = params["data"]["reasons"].as_array();
    reason == "ambiguous" && reasons.into_iter().flatten().any(|one| one["reason"] == "Break on start")
}
