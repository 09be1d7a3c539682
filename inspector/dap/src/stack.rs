//! Frames: those that run, and behind them the ones that scheduled them, each stack with a label of its own.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::dispatch::Reply;
use crate::error::Error;
use crate::handles::Handle;
use crate::session::Session;
use crate::stops::Stop;
use crate::target::Target;
use crate::types::{FrameArguments, StackTraceArguments};

/// Frames of one stop, with all that led to it.
const FRAMES_MAX: usize = 2000;

/// One line of the stack that the editor shows.
#[derive(Clone, Debug)]
pub struct Frame {
    pub name: String,
    /// `callFrameId`, for frames that run.
    pub id: Option<String>,
    pub script_id: String,
    pub url: String,
    pub line: i64,
    pub column: i64,
    pub is_label: bool,
    /// `scopeChain` and `this` of a frame that runs.
    pub scopes: Value,
    pub this: Value,
    pub returns: Value,
    pub can_restart: bool,
}

impl Frame {
    /// All frames of a pause, and what is behind the last.
    pub fn all(params: &Value) -> (Vec<Frame>, Option<Value>) {
        let mut frames: Vec<Frame> =
            params["callFrames"].as_array().into_iter().flatten().map(Frame::running).collect();
        let more = Frame::push_async(&mut frames, &params["asyncStackTrace"]);
        let id = &params["asyncStackTraceId"];
        (frames, more.or_else(|| (!id.is_null()).then(|| id.clone())))
    }

    fn running(frame: &Value) -> Frame {
        Frame {
            name: name_of(frame),
            id: frame["callFrameId"].as_str().map(str::to_owned),
            script_id: frame["location"]["scriptId"].as_str().unwrap_or("").to_owned(),
            url: frame["url"].as_str().unwrap_or("").to_owned(),
            line: frame["location"]["lineNumber"].as_i64().unwrap_or(0),
            column: frame["location"]["columnNumber"].as_i64().unwrap_or(0),
            is_label: false,
            scopes: frame["scopeChain"].clone(),
            this: frame["this"].clone(),
            returns: frame["returnValue"].clone(),
            can_restart: frame["canBeRestarted"] == true,
        }
    }

    fn dead(name: String, frame: &Value) -> Frame {
        Frame {
            name,
            id: None,
            script_id: frame["scriptId"].as_str().unwrap_or("").to_owned(),
            url: frame["url"].as_str().unwrap_or("").to_owned(),
            line: frame["lineNumber"].as_i64().unwrap_or(0),
            column: frame["columnNumber"].as_i64().unwrap_or(0),
            is_label: false,
            scopes: Value::Null,
            this: Value::Null,
            returns: Value::Null,
            can_restart: false,
        }
    }

    fn label(name: String) -> Frame {
        Frame { is_label: true, ..Frame::dead(name, &Value::Null) }
    }

    /// The one line of a stop between callbacks: where the next one is written, if that is known.
    pub fn between(text: &str, next: &Value) -> Frame {
        Frame { is_label: next["definition"].is_null(), ..Frame::dead(text.to_owned(), &next["definition"]) }
    }

    /// Adds a stack and its parents; the result is the id of what is left.
    fn push_async(frames: &mut Vec<Frame>, stack: &Value) -> Option<Value> {
        let mut stack = stack;
        while !stack.is_null() && frames.len() < FRAMES_MAX {
            let calls = stack["callFrames"].as_array();
            let what = stack["description"].as_str().unwrap_or("");
            if calls.is_some_and(|calls| !calls.is_empty()) {
                frames.push(Frame::label(label_text(what)));
            }
            frames.extend(calls.into_iter().flatten().map(|call| Frame::dead(name_of(call), call)));
            if !stack["parentId"].is_null() {
                return Some(stack["parentId"].clone());
            }
            stack = &stack["parent"];
        }
        None
    }
}

fn label_text(what: &str) -> String {
    match what {
        "" => "— scheduled by —".to_owned(),
        "await" => "— await —".to_owned(),
        what => format!("— scheduled by {what} —"),
    }
}

fn name_of(frame: &Value) -> String {
    match frame["functionName"].as_str() {
        None | Some("") => "<anonymous>".to_owned(),
        Some(name) => name.to_owned(),
    }
}

impl Stop {
    /// The frame, or the error that there is none.
    pub fn frame(&self, place: usize) -> Result<Frame, Error> {
        self.frames.borrow().get(place).cloned().ok_or_else(|| Error::user("there is no such frame"))
    }

    /// Fetches asynchronous parents until `wanted` frames are there.
    async fn fetch(&self, target: &Target, wanted: usize) -> Result<(), Error> {
        while self.frames.borrow().len() < wanted.min(FRAMES_MAX) {
            let Some(id) = self.more.take() else { return Ok(()) };
            let answer = target.call("Debugger.getStackTrace", json!({ "stackTraceId": id })).await?;
            let more = Frame::push_async(&mut self.frames.borrow_mut(), &answer["stackTrace"]);
            self.more.replace(more);
        }
        Ok(())
    }
}

impl Session {
    pub async fn stack_trace(self: &Rc<Self>, asked: StackTraceArguments) -> Result<Reply, Error> {
        let (target, stop) = self.stop()?;
        let start = usize::try_from(asked.start_frame).unwrap_or(0);
        let levels = usize::try_from(asked.levels).ok().filter(|levels| *levels > 0).unwrap_or(FRAMES_MAX);
        stop.fetch(&target, start.saturating_add(levels)).await?;
        let frames = stop.frames.borrow();
        let end = start.saturating_add(levels).min(frames.len());
        let shown: Vec<Value> =
            (start.min(end)..end).map(|place| self.shown_frame(&target, &frames[place], place, stop.between)).collect();
        // One more says that there is more to fetch.
        let total = frames.len() + usize::from(stop.more.borrow().is_some());
        Reply::of(json!({ "stackFrames": shown, "totalFrames": total }))
    }

    fn shown_frame(&self, target: &Target, frame: &Frame, place: usize, between: bool) -> Value {
        let handle = if frame.id.is_some() || between { Handle::Frame(place) } else { Handle::DeadFrame };
        let id = target.handles.borrow_mut().add(handle);
        if frame.is_label {
            return json!({ "id": id, "name": frame.name, "line": 0, "column": 0, "presentationHint": "label" });
        }
        let place = target.sources.shown(&frame.script_id, &frame.url, frame.line, frame.column);
        let quiet = place.source.presentation_hint.is_some();
        json!({
            "id": id, "name": frame.name, "source": place.source,
            "line": self.line_out(place.line), "column": self.column_out(place.column),
            "presentationHint": if quiet { "subtle" } else { "normal" }, "canRestart": frame.can_restart,
        })
    }

    pub fn scopes(self: &Rc<Self>, asked: FrameArguments) -> Result<Reply, Error> {
        let (target, stop) = self.stop()?;
        let Some(place) = self.frame_place(&target, asked.frame_id)? else {
            return Reply::of(json!({ "scopes": [] }));
        };
        let frame = stop.frame(place)?;
        let mut scopes = Vec::new();
        let mut handles = target.handles.borrow_mut();
        for (number, scope) in frame.scopes.as_array().into_iter().flatten().enumerate() {
            let (Some(id), Some(frame_id)) = (scope["object"]["objectId"].as_str(), frame.id.as_ref()) else {
                continue;
            };
            let kind = scope["type"].as_str().unwrap_or("");
            let handle = Handle::Scope { id: id.to_owned(), frame: frame_id.clone(), number: number as u64 };
            let reference = handles.add(handle);
            let name = scope_name(kind, scope["name"].as_str());
            let mut shown = json!({ "name": name, "variablesReference": reference, "expensive": kind == "global" });
            if number == 0 && kind != "global" {
                shown["presentationHint"] = "locals".into();
            }
            scopes.push(shown);
        }
        if target.has_loop {
            let reference = handles.add(Handle::Loop);
            let shown = json!({ "name": "Event loop", "variablesReference": reference, "expensive": !stop.between });
            scopes.push(shown);
        }
        Reply::of(json!({ "scopes": scopes }))
    }

    /// The place of a frame in its stop; nothing for frames that do not run any more.
    pub fn frame_place(&self, target: &Target, id: i64) -> Result<Option<usize>, Error> {
        match target.handles.borrow().get(id) {
            Some(Handle::Frame(place)) => Ok(Some(*place)),
            Some(Handle::DeadFrame) => Ok(None),
            _ => Err(target.gone("frame", id)),
        }
    }

    pub fn line_out(&self, line: i64) -> i64 {
        line + i64::from(self.editor.borrow().lines_start_at1)
    }

    pub fn column_out(&self, column: i64) -> i64 {
        column + i64::from(self.editor.borrow().columns_start_at1)
    }

    pub fn line_in(&self, line: i64) -> i64 {
        (line - i64::from(self.editor.borrow().lines_start_at1)).max(0)
    }

    pub fn column_in(&self, column: i64) -> i64 {
        (column - i64::from(self.editor.borrow().columns_start_at1)).max(0)
    }
}

fn scope_name(kind: &str, name: Option<&str>) -> String {
    let known = match kind {
        "local" => "Local",
        "closure" => "Closure",
        "block" => "Block",
        "catch" => "Catch",
        "global" => "Global",
        "script" => "Script",
        "module" => "Module",
        "with" => "With",
        "eval" => "Eval",
        other => other,
    };
    match name {
        Some(name) if !name.is_empty() => format!("{known} ({name})"),
        _ => known.to_owned(),
    }
}
