//! Exception filters: the engine's two, and the loop's, by which an editor that knows nothing of event loops can stop
//! at callbacks.

use std::collections::BTreeMap;
use std::rc::Rc;

use rondo_protocol::command::{BreakpointAction, RemoveCallbackBreakpoint, SetCallbackBreakpoint, SetStallBreakpoint};
use serde_json::{Value, json};

use crate::breakpoints::check_syntax;
use crate::dispatch::Reply;
use crate::error::Error;
use crate::pattern;
use crate::render;
use crate::session::Session;
use crate::target::Target;
use crate::types::{Breakpoint, FilterOption, SetExceptionBreakpointsArguments};

/// A stall that stops the program unless the filter says otherwise.
const STALL_US: u64 = 50_000;

const LOOP_FILTERS: [(&str, &str, &str); 7] = [
    ("timers", "Timer callbacks", "setTimeout and setInterval"),
    ("io", "I/O callbacks", "sockets, files, DNS, children, signals"),
    ("check", "setImmediate callbacks", "the check phase"),
    ("close", "Close callbacks", "handles that have closed"),
    ("nextTick", "process.nextTick callbacks", "between callbacks, before promises"),
    ("microtask", "Promise callbacks", "then, await, queueMicrotask"),
    ("stall", "Loop stalls", "stops inside a callback that holds the loop, while it does"),
];

#[derive(Clone, Default)]
pub struct Exceptions {
    /// Filters with their conditions.
    wanted: BTreeMap<String, Option<String>>,
    /// The engine's ids of loop filters.
    set: Vec<String>,
    stall_set: bool,
}

impl Exceptions {
    pub fn forget_target(&mut self) {
        self.set.clear();
        self.stall_set = false;
    }
}

/// The filters as the editor shows them.
pub fn filters() -> Value {
    let plain = |id: &str, label: &str, on: bool| {
        json!({ "filter": id, "label": label, "default": on, "supportsCondition": true,
            "conditionDescription": "error.code === 'ENOENT'" })
    };
    let mut all = vec![plain("uncaught", "Uncaught Exceptions", true), plain("caught", "Caught Exceptions", false)];
    all.extend(LOOP_FILTERS.iter().map(|(id, label, text)| {
        let example = if *id == "stall" { "> 50 ms" } else { "lateMs > 5 && /app/.test(scheduledAt)" };
        json!({ "filter": format!("loop:{id}"), "label": format!("Loop: {label}"), "description": text,
            "default": false, "supportsCondition": true, "conditionDescription": example })
    }));
    Value::Array(all)
}

/// `TypeError: x is not a function`, without the stack.
pub fn summary(exception: &Value) -> String {
    let text = render::value(exception);
    text.lines().next().unwrap_or("").to_owned()
}

impl Session {
    pub async fn set_exception_breakpoints(
        self: &Rc<Self>,
        asked: SetExceptionBreakpointsArguments,
    ) -> Result<Reply, Error> {
        let _turn = self.changing.lock().await;
        let plain = asked.filters.into_iter().map(|filter_id| FilterOption { filter_id, condition: None });
        let all: Vec<FilterOption> = plain.chain(asked.filter_options).collect();
        let wanted = all.iter().map(|one| (one.filter_id.clone(), one.condition.clone())).collect();
        self.breakpoints.borrow_mut().exceptions.wanted = wanted;
        let results = match self.target() {
            Ok(target) => self.apply_exceptions(&target).await,
            Err(_) => BTreeMap::new(),
        };
        let shown: Vec<Breakpoint> = all
            .iter()
            .map(|one| {
                let message = results.get(&one.filter_id).cloned();
                Breakpoint { verified: message.is_none(), message, ..Breakpoint::default() }
            })
            .collect();
        Reply::of(json!({ "breakpoints": shown }))
    }

    /// Sets the filters in the target; the result is what is wrong with which.
    pub async fn apply_exceptions(self: &Rc<Self>, target: &Rc<Target>) -> BTreeMap<String, String> {
        let old = self.breakpoints.borrow().exceptions.clone();
        let mut problems = BTreeMap::new();
        let mut note = |filter: &str, result: Result<(), Error>| {
            if let Err(error) = result {
                problems.insert(filter.to_owned(), error.to_string());
            }
        };
        for id in &old.set {
            // One that is gone already is as wanted.
            let _ = target.send(&RemoveCallbackBreakpoint { breakpoint_id: id.clone() }).await;
        }
        let state = match (old.wanted.contains_key("caught"), old.wanted.contains_key("uncaught")) {
            (true, true) => "all",
            (true, false) => "caught",
            (false, true) => "uncaught",
            (false, false) => "none",
        };
        let answer = target.call("Debugger.setPauseOnExceptions", json!({ "state": state })).await;
        for filter in ["caught", "uncaught"] {
            if let Some(condition) = old.wanted.get(filter) {
                note(filter, answer.clone().map(|_| ()));
                note(filter, check_syntax(target, condition.as_deref().unwrap_or("").trim()).await);
            }
        }
        let mut set = Vec::new();
        let mut stall_set = false;
        for (filter, condition) in &old.wanted {
            let Some(event) = filter.strip_prefix("loop:") else {
                if !matches!(filter.as_str(), "caught" | "uncaught") {
                    note(filter, Err(Error::Editor(format!("there is no filter {filter:?}"))));
                }
                continue;
            };
            let condition = condition.as_deref().map(str::trim).filter(|text| !text.is_empty());
            if event == "stall" {
                let result = set_stall(target, condition).await;
                stall_set = result.is_ok();
                note(filter, result);
                continue;
            }
            match set_loop_filter(target, event, condition).await {
                Ok(id) => set.push(id),
                Err(error) => note(filter, Err(error)),
            }
        }
        if old.stall_set && !stall_set {
            // One that is gone already is as wanted.
            let _ = target.send(&SetStallBreakpoint { threshold_us: None }).await;
        }
        let mut breakpoints = self.breakpoints.borrow_mut();
        breakpoints.exceptions.set = set;
        breakpoints.exceptions.stall_set = stall_set;
        problems
    }

    /// Whether the filter's condition is true of this exception.
    pub async fn exception_wanted(&self, target: &Rc<Target>, exception: &Value, uncaught: bool) -> bool {
        let filter = if uncaught { "uncaught" } else { "caught" };
        let condition = self.breakpoints.borrow().exceptions.wanted.get(filter).cloned().flatten();
        let Some(condition) = condition.filter(|text| !text.trim().is_empty()) else { return true };
        let argument = match exception["objectId"].as_str() {
            Some(id) => json!({ "objectId": id }),
            None => json!({ "value": exception["value"] }),
        };
        let asked = json!({
            "functionDeclaration": format!("function(error) {{ return !!(\n{condition}\n) }}"),
            "executionContextId": target.context.get(), "arguments": [argument],
            "silent": true, "returnByValue": true,
        });
        match target.call("Runtime.callFunctionOn", asked).await {
            Ok(answer) => answer["result"]["value"] == true,
            // Better a stop too much than an exception that is missed.
            Err(_) => true,
        }
    }

    pub fn exception_info(&self) -> Result<Reply, Error> {
        let (_, stop) = self.stop()?;
        let exception = stop.exception.as_ref().ok_or_else(|| Error::user("no exception stopped the program"))?;
        let mode = if stop.uncaught { "unhandled" } else { "always" };
        let class = exception["className"].as_str().or_else(|| exception["type"].as_str()).unwrap_or("exception");
        let text = summary(exception);
        let message = text.strip_prefix(&format!("{class}: ")).unwrap_or(&text).to_owned();
        Reply::of(json!({
            "exceptionId": class, "description": text, "breakMode": mode,
            "details": { "message": message, "typeName": class, "stackTrace": exception["description"] },
        }))
    }
}

async fn set_loop_filter(target: &Rc<Target>, event: &str, condition: Option<&str>) -> Result<String, Error> {
    let known = LOOP_FILTERS.iter().any(|(id, ..)| *id == event);
    let filter = pattern::filter(event).filter(|_| known);
    let filter = filter.ok_or_else(|| Error::Editor(format!("there is no filter \"loop:{event}\"")))?;
    let condition = condition.map(pattern::condition);
    let asked = SetCallbackBreakpoint { filter, condition, action: BreakpointAction::Pause, limit: None };
    Ok(target.send(&asked).await?.breakpoint_id)
}

async fn set_stall(target: &Rc<Target>, condition: Option<&str>) -> Result<(), Error> {
    let threshold = condition.map_or(Ok(STALL_US), threshold_us)?;
    target.send(&SetStallBreakpoint { threshold_us: Some(threshold) }).await?;
    Ok(())
}

/// `> 50 ms`, `50ms`, `200`: milliseconds unless the unit says otherwise.
fn threshold_us(text: &str) -> Result<u64, Error> {
    let wrong = || Error::user(format!("{text:?} is not a duration such as \"> 50 ms\""));
    let bare = text.trim_start_matches(['>', '=', ' ']);
    let digits = bare.trim_end_matches(|character: char| character.is_ascii_alphabetic() || character == ' ');
    let factor = match bare[digits.len()..].trim() {
        "" | "ms" => 1000.0,
        "s" => 1_000_000.0,
        "us" => 1.0,
        _ => return Err(wrong()),
    };
    let number: f64 = digits.parse().map_err(|_| wrong())?;
    if !number.is_finite() || number <= 0.0 {
        return Err(wrong());
    }
    Ok((number * factor) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_stalls() {
        assert_eq!(threshold_us("> 50 ms"), Ok(50_000));
        assert_eq!(threshold_us("200"), Ok(200_000));
        assert_eq!(threshold_us(">=1.5s"), Ok(1_500_000));
        assert_eq!(threshold_us("10us"), Ok(10));
        for wrong in ["", "fast", "5 h", "-1", "0"] {
            assert!(matches!(threshold_us(wrong), Err(Error::User(_))), "{wrong}");
        }
    }

    #[test]
    fn every_loop_filter_is_a_pattern() {
        for (id, ..) in LOOP_FILTERS {
            assert!(id == "stall" || pattern::filter(id).is_some(), "{id}");
        }
    }
}
