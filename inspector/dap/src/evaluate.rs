//! Expressions of the user: watches, hovers, the console, the clipboard, and assignments.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::dispatch::Reply;
use crate::error::Error;
use crate::render;
use crate::session::Session;
use crate::target::Target;
use crate::types::EvaluateArguments;
use crate::variables::{Reader, call_argument};

/// Turns any value into text to paste.
const TO_CLIPBOARD: &str = "function(v) { try { return typeof v === 'string' ? v : typeof v === 'function' ? \
    String(v) : JSON.stringify(v, null, 2) ?? String(v); } catch { return String(v); } }";

impl Session {
    pub async fn evaluate(self: &Rc<Self>, asked: EvaluateArguments) -> Result<Reply, Error> {
        let target = self.target()?;
        let context = asked.context.as_deref().unwrap_or("");
        if target.stop.borrow().is_none() && matches!(context, "watch" | "hover") && asked.frame_id.is_some() {
            return Err(Error::NotStopped);
        }
        let frame = self.frame_id(&target, asked.frame_id)?;
        let mut params = json!({
            "expression": asked.expression, "generatePreview": true, "silent": context != "repl",
            "objectGroup": if context == "repl" { "console" } else { "stop" },
            "includeCommandLineAPI": context == "repl", "throwOnSideEffect": context == "hover",
        });
        let answer = match frame {
            Some(frame) => {
                params["callFrameId"] = frame.into();
                target.call("Debugger.evaluateOnCallFrame", params).await?
            }
            None => {
                // Both wait for promises, and while the program stands still none would settle.
                let waits = context == "repl" && target.stop.borrow().is_none();
                params["replMode"] = waits.into();
                params["awaitPromise"] = waits.into();
                target.call("Runtime.evaluate", params).await?
            }
        };
        let object = result_of(&answer).map_err(|error| match error {
            // Where the editor shows it beside the code there is room for what is wrong, not for a stack.
            Error::InPlace(text) if context != "repl" => Error::InPlace(first_line(&text)),
            other => other,
        })?;
        if context == "clipboard" {
            return self.to_clipboard(&target, &object).await;
        }
        let reader = Reader { target: &target, kept: context == "repl" };
        let path = (context != "repl").then(|| asked.expression.clone());
        Reply::of(shown(&reader, &object, path))
    }

    async fn to_clipboard(&self, target: &Target, object: &Value) -> Result<Reply, Error> {
        let asked = json!({
            "functionDeclaration": TO_CLIPBOARD, "executionContextId": target.context.get(),
            "arguments": [call_argument(object)], "returnByValue": true, "silent": true,
        });
        let answer = target.call("Runtime.callFunctionOn", asked).await?;
        let text = result_of(&answer)?;
        Reply::of(json!({ "result": render::text(&text), "variablesReference": 0 }))
    }

    pub async fn set_expression(self: &Rc<Self>, asked: EvaluateArguments) -> Result<Reply, Error> {
        let target = self.target()?;
        let frame = self.frame_id(&target, asked.frame_id)?;
        let assignment = format!("{} = (\n{}\n)", asked.expression, asked.value);
        let object = self.evaluate_in(&target, frame.as_deref(), &assignment).await?;
        let mut body = shown(&Reader { target: &target, kept: false }, &object, Some(asked.expression));
        body["value"] = body["result"].take();
        Reply::of(body)
    }

    /// The value of an expression, in a frame or in the global scope.
    pub async fn evaluate_in(&self, target: &Target, frame: Option<&str>, expression: &str) -> Result<Value, Error> {
        let mut params = json!({ "expression": expression, "generatePreview": true, "silent": true });
        let method = match frame {
            Some(frame) => {
                params["callFrameId"] = frame.into();
                "Debugger.evaluateOnCallFrame"
            }
            None => "Runtime.evaluate",
        };
        result_of(&target.call(method, params).await?)
    }

    /// The engine's id of a frame that the editor names; nothing is the global scope.
    pub fn frame_id(&self, target: &Target, id: Option<i64>) -> Result<Option<String>, Error> {
        let Some(id) = id else { return Ok(None) };
        let Some(stop) = target.stop.borrow().clone() else {
            // Editors name the last frame they saw also when the program has gone on.
            return Ok(None);
        };
        match self.frame_place(target, id)? {
            Some(place) => Ok(stop.frame(place)?.id),
            None => Err(Error::InPlace("this frame does not run any more: choose one above the labels".to_owned())),
        }
    }
}

fn shown(reader: &Reader<'_>, object: &Value, path: Option<String>) -> Value {
    let variable = reader.variable("", object, path);
    json!({
        "result": variable.value, "type": variable.kind, "variablesReference": variable.variables_reference,
        "namedVariables": variable.named_variables, "indexedVariables": variable.indexed_variables,
    })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or("").to_owned()
}

/// What an evaluation gave, or what it threw as an error of the user's.
pub fn result_of(answer: &Value) -> Result<Value, Error> {
    let details = &answer["exceptionDetails"];
    if details.is_null() {
        return Ok(answer["result"].clone());
    }
    let thrown = &details["exception"];
    let text = match thrown["description"].as_str() {
        Some(text) => text.to_owned(),
        None if thrown.is_null() => details["text"].as_str().unwrap_or("it threw").to_owned(),
        None => format!("Uncaught {}", render::value(thrown)),
    };
    Err(Error::InPlace(text))
}
