//! Going on: continue, the steps, pause, and entering one call of several on a line.

use std::rc::Rc;

use rondo_protocol::command::StepToNextCallback;
use serde_json::{Value, json};

use crate::dispatch::Reply;
use crate::error::Error;
use crate::handles::Handle;
use crate::session::{Session, THREAD};
use crate::stops::Stop;
use crate::target::Target;
use crate::types::{FrameArguments, StepInArguments};

/// Calls on one line that are offered.
const TARGETS_MAX: usize = 50;
/// Letters of a call that are shown.
const LABEL_LETTERS_MAX: usize = 60;
/// Functions that run what they are given later.
const SCHEDULERS: [&str; 12] = [
    "setTimeout",
    "setInterval",
    "setImmediate",
    "nextTick",
    "queueMicrotask",
    "then",
    "catch",
    "finally",
    "on",
    "once",
    "listen",
    "createServer",
];

impl Session {
    pub fn resume(self: &Rc<Self>, command: &str) -> Result<Reply, Error> {
        let (target, stop) = self.stop()?;
        let steps = command != "continue";
        if stop.between {
            return self.leave_between(&target, steps);
        }
        let method = match command {
            "next" => "Debugger.stepOver",
            "stepOut" => "Debugger.stepOut",
            _ => "Debugger.resume",
        };
        self.go(&target, method, json!({}), steps)
    }

    pub fn step_in(self: &Rc<Self>, asked: StepInArguments) -> Result<Reply, Error> {
        let (target, stop) = self.stop()?;
        if stop.between {
            return self.leave_between(&target, true);
        }
        let chosen = match asked.target_id {
            None => return self.go(&target, "Debugger.stepInto", json!({ "breakOnAsyncCall": true }), true),
            Some(id) => match target.handles.borrow().get(id) {
                Some(Handle::StepTarget(chosen)) => chosen.clone(),
                _ => return Err(target.gone("call", id)),
            },
        };
        let into = json!({ "breakOnAsyncCall": chosen["later"] });
        if chosen["here"] == true {
            return self.go(&target, "Debugger.stepInto", into, true);
        }
        target.step_into.replace(Some(into));
        self.go(&target, "Debugger.continueToLocation", json!({ "location": chosen["location"] }), true)
    }

    /// Goes on when the request is answered, so that `stopped` comes behind the answer.
    fn go(
        self: &Rc<Self>,
        target: &Rc<Target>,
        method: &'static str,
        params: Value,
        steps: bool,
    ) -> Result<Reply, Error> {
        target.stop.replace(None);
        self.left_stop(target);
        self.stepping.set(steps);
        target.last_resume.replace((method, params.clone()));
        let (session, target) = (self.clone(), target.clone());
        Reply::then(json!({ "allThreadsContinued": true }), async move {
            if let Err(error) = target.call(method, params).await {
                session.complain(&error);
            }
        })
    }

    fn leave_between(self: &Rc<Self>, target: &Rc<Target>, steps: bool) -> Result<Reply, Error> {
        target.stop.replace(None);
        self.left_stop(target);
        self.stepping.set(steps);
        let (session, target) = (self.clone(), target.clone());
        Reply::then(json!({ "allThreadsContinued": true }), async move {
            let answer = if steps {
                target.send(&StepToNextCallback::default()).await
            } else {
                target.send(&rondo_client::event_loop::Resume {}).await
            };
            if let Err(error) = answer {
                session.complain(&error);
            }
        })
    }

    pub async fn pause_program(self: &Rc<Self>) -> Result<Reply, Error> {
        let target = self.target()?;
        if target.stop.borrow().is_some() {
            return Reply::empty();
        }
        self.pause_asked.set(true);
        target.call("Debugger.pause", json!({})).await?;
        Reply::empty()
    }

    /// Whether the editor asked for the stop that has come.
    pub fn takes_pause(&self) -> bool {
        self.pause_asked.replace(false)
    }

    pub fn steps_to_callback(&self) -> bool {
        self.stepping.get()
    }

    pub async fn restart_frame(self: &Rc<Self>, asked: FrameArguments) -> Result<Reply, Error> {
        let (target, stop) = self.stop()?;
        let frame = match self.frame_place(&target, asked.frame_id)? {
            Some(place) => stop.frame(place)?,
            None => return Err(Error::user("this frame does not run any more")),
        };
        let id = frame.id.ok_or_else(|| Error::user("this frame does not run any more"))?;
        // The engine pauses at its start by itself.
        self.stepping.set(true);
        target.call("Debugger.restartFrame", json!({ "callFrameId": id, "mode": "StepInto" })).await?;
        Reply::empty()
    }

    pub async fn step_in_targets(self: &Rc<Self>, asked: FrameArguments) -> Result<Reply, Error> {
        let (target, stop) = self.stop()?;
        let calls = match self.frame_place(&target, asked.frame_id)? {
            // Only the innermost frame can go on to a place.
            Some(0) if !stop.between => calls_on_line(&target, &stop).await?,
            _ => Vec::new(),
        };
        let mut targets = Vec::new();
        for call in calls {
            let column = call.location["columnNumber"].as_i64().unwrap_or(0);
            let mut add = |label: String, later: bool| {
                let chosen = json!({ "location": call.location, "here": call.is_here, "later": later });
                let id = target.handles.borrow_mut().add(Handle::StepTarget(chosen));
                targets.push(json!({ "id": id, "label": label, "column": self.column_out(column) }));
            };
            if is_scheduler(&call.callee) {
                add(format!("the callback of {}", call.text), true);
            }
            add(call.text.clone(), false);
        }
        Reply::of(json!({ "targets": targets }))
    }

    /// Tells an editor that did not ask by a request that it knows.
    pub fn tell_continued(&self) {
        self.outlet.event("continued", json!({ "threadId": THREAD, "allThreadsContinued": true }));
    }
}

struct Call {
    location: Value,
    text: String,
    callee: String,
    /// The program stands at it.
    is_here: bool,
}

/// The calls that come on the line of the innermost frame.
async fn calls_on_line(target: &Target, stop: &Stop) -> Result<Vec<Call>, Error> {
    let frame = stop.frame(0)?;
    let place =
        |line: i64, column: i64| json!({ "scriptId": frame.script_id, "lineNumber": line, "columnNumber": column });
    let range = json!({
        "start": place(frame.line, frame.column), "end": place(frame.line + 1, 0), "restrictToFunction": true,
    });
    let answer = target.call("Debugger.getPossibleBreakpoints", range).await?;
    let source = target.call("Debugger.getScriptSource", json!({ "scriptId": frame.script_id })).await?;
    let source = source["scriptSource"].as_str().unwrap_or("");
    let line = source.lines().nth(usize::try_from(frame.line).unwrap_or(0)).unwrap_or("");
    let calls = answer["locations"].as_array().into_iter().flatten().filter(|location| location["type"] == "call");
    let call = |location: &Value| {
        let column = location["columnNumber"].as_i64().unwrap_or(0);
        let (callee, text) = call_text(line, usize::try_from(column).unwrap_or(0));
        Call { location: location.clone(), text, callee, is_here: column == frame.column }
    };
    Ok(calls.take(TARGETS_MAX).map(call).collect())
}

/// The name that is called at a column, and the call as it is written, as far as it fits.
fn call_text(line: &str, column: usize) -> (String, String) {
    // The engine counts in UTF-16.
    let units: Vec<u16> = line.encode_utf16().skip(column).collect();
    let rest = String::from_utf16_lossy(&units);
    let is_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$' | '.' | '#' | '?');
    let callee: String = rest.chars().take_while(|character| is_name(*character)).collect();
    let name = callee.rsplit('.').next().unwrap_or("").to_owned();
    let mut depth = 0;
    let mut text = String::new();
    for character in rest.chars() {
        text.push(character);
        match character {
            '(' => depth += 1,
            ')' if depth <= 1 => break,
            ')' => depth -= 1,
            _ => {}
        }
        if text.chars().count() >= LABEL_LETTERS_MAX {
            text.push('…');
            break;
        }
    }
    (name, text.trim().to_owned())
}

fn is_scheduler(name: &str) -> bool {
    SCHEDULERS.contains(&name) || matches!(name, "readFile" | "writeFile" | "stat" | "readdir" | "lookup" | "exec")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_shown_as_they_are_written() {
        let check = |line: &str, column: usize, name: &str, text: &str| {
            assert_eq!(call_text(line, column), (name.to_owned(), text.to_owned()), "{line}");
        };
        check("  setTimeout(run, f(1)); b()", 2, "setTimeout", "setTimeout(run, f(1))");
        check("a.b.then(x)", 4, "then", "then(x)");
        check("'ä', f()", 5, "f", "f()");
    }
}
