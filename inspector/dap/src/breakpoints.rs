//! Breakpoints at lines and at functions: what the editor wants, and where the engine puts it.
//!
//! A breakpoint at a line is set by a regular expression for the file's URL, so it can be set before the script loads.
//! In files that source maps name it is set in the generated script, at the latest when that is about to run.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use rondo_protocol::command::{BreakpointAction, RemoveCallbackBreakpoint, SetCallbackBreakpoint};
use serde_json::{Value, json};

use crate::conditions;
use crate::dispatch::Reply;
use crate::error::Error;
use crate::exceptions::Exceptions;
use crate::pattern;
use crate::session::Session;
use crate::sources::{Script, url_regex};
use crate::target::Target;
use crate::types::{
    Breakpoint, BreakpointLocationsArguments, FunctionBreakpoint, SetBreakpointsArguments,
    SetFunctionBreakpointsArguments, Source, SourceBreakpoint,
};

/// Lines that one request for possible places may span.
const LOCATION_LINES_MAX: i64 = 10_000;

#[derive(Default)]
pub struct Breakpoints {
    last_id: i64,
    by_source: HashMap<String, Vec<Line>>,
    functions: Vec<Function>,
    pub exceptions: Exceptions,
}

/// A breakpoint at a line.
#[derive(Clone)]
struct Line {
    id: i64,
    source: Source,
    wanted: SourceBreakpoint,
    /// The engine's ids: several where several scripts are made of the source.
    set: Vec<String>,
    shown: Breakpoint,
}

struct Function {
    id: i64,
    wanted: FunctionBreakpoint,
    set: Option<FunctionSet>,
    shown: Breakpoint,
}

#[derive(Clone)]
enum FunctionSet {
    Callback(String),
    Function(String),
}

impl Breakpoints {
    fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// The editor's number for one of the engine's ids.
    pub fn id_of(&self, set: &str) -> Option<i64> {
        let line = self.by_source.values().flatten().find(|line| line.set.iter().any(|id| id == set));
        let function = || {
            let is = |function: &&Function| matches!(&function.set, Some(FunctionSet::Function(id)) if id == set);
            self.functions.iter().find(is).map(|function| function.id)
        };
        line.map(|line| line.id).or_else(function)
    }

    /// The target is gone, the wishes stay.
    pub fn forget_target(&mut self) {
        for line in self.by_source.values_mut().flatten() {
            line.set.clear();
        }
        for function in &mut self.functions {
            function.set = None;
        }
        self.exceptions.forget_target();
    }

    /// Where a breakpoint stands, for what it logs.
    pub fn place_of(&self, id: i64) -> Option<(Source, Option<i64>)> {
        let line = self.by_source.values().flatten().find(|line| line.id == id)?;
        Some((line.source.clone(), line.shown.line))
    }
}

impl Session {
    pub async fn set_breakpoints(self: &Rc<Self>, asked: SetBreakpointsArguments) -> Result<Reply, Error> {
        let _turn = self.changing.lock().await;
        let key = key_of(&asked.source)?;
        let of_line = |line: &i64| SourceBreakpoint { line: *line, ..SourceBreakpoint::default() };
        let wanted = asked.breakpoints.unwrap_or_else(|| asked.lines.iter().map(of_line).collect());
        let mut old = self.breakpoints.borrow_mut().by_source.remove(&key).unwrap_or_default();
        let mut lines: Vec<Line> = Vec::new();
        for one in wanted {
            // What has not changed keeps its number and its count.
            let same = old.iter().position(|line| is_same(&line.wanted, &one));
            lines.push(match same {
                Some(place) => old.swap_remove(place),
                None => {
                    let id = self.breakpoints.borrow_mut().next_id();
                    Line {
                        id,
                        source: asked.source.clone(),
                        wanted: one,
                        set: Vec::new(),
                        shown: Breakpoint::default(),
                    }
                }
            });
        }
        let target = self.target().ok();
        if let Some(target) = &target {
            for id in old.iter().flat_map(|line| &line.set) {
                // One that is gone already is as wanted.
                let _ = target.call("Debugger.removeBreakpoint", json!({ "breakpointId": id })).await;
            }
        }
        self.breakpoints.borrow_mut().by_source.insert(key.clone(), lines.clone());
        for line in &mut lines {
            if let Some(target) = target.as_ref().filter(|_| line.set.is_empty()) {
                self.set_line(target, &key, line).await;
            }
        }
        let breakpoints = self.breakpoints.borrow();
        let now = breakpoints.by_source.get(&key).map(Vec::as_slice).unwrap_or_default();
        let shown: Vec<&Breakpoint> = now.iter().map(|line| &line.shown).collect();
        Reply::of(json!({ "breakpoints": shown }))
    }

    /// Sets one breakpoint, and keeps what came of it.
    async fn set_line(self: &Rc<Self>, target: &Rc<Target>, key: &str, line: &mut Line) {
        let result = self.place_line(target, line).await;
        line.shown = match result {
            Ok(shown) => shown,
            Err(error) => Breakpoint { id: line.id, message: Some(error.to_string()), ..Breakpoint::default() },
        };
        let mut breakpoints = self.breakpoints.borrow_mut();
        let kept = breakpoints.by_source.get_mut(key).and_then(|lines| lines.iter_mut().find(|one| one.id == line.id));
        if let Some(kept) = kept {
            *kept = line.clone();
        }
    }

    async fn place_line(self: &Rc<Self>, target: &Rc<Target>, line: &mut Line) -> Result<Breakpoint, Error> {
        let condition = self.condition(target, line).await?;
        let (at, column) = (self.line_in(line.wanted.line), line.wanted.column.map(|column| self.column_in(column)));
        let mut asked = Vec::new();
        if line.source.source_reference > 0 {
            let found = target.sources.by_reference(line.source.source_reference);
            let (script, _) = found.ok_or_else(|| Error::user("the source is gone"))?;
            asked.push((
                "Debugger.setBreakpoint",
                json!({
                    "location": { "scriptId": script.id, "lineNumber": at, "columnNumber": column.unwrap_or(0) },
                    "condition": condition,
                }),
            ));
        } else {
            let path = line.source.path.clone().unwrap_or_default();
            let path = path.strip_prefix("file://").unwrap_or(&path).to_owned();
            let mapped = generated(target, Path::new(&path), at, column);
            if mapped.is_empty() {
                let mut by_url = json!({ "urlRegex": url_regex(&path), "lineNumber": at, "condition": condition });
                if let Some(column) = column {
                    by_url["columnNumber"] = column.into();
                }
                asked.push(("Debugger.setBreakpointByUrl", by_url));
            }
            asked.extend(
                mapped.into_iter().map(|(script, line, column)| generated_call(&script, line, column, &condition)),
            );
        }
        let mut shown = Breakpoint {
            id: line.id,
            message: Some("No script of this file has been loaded yet".to_owned()),
            source: Some(line.source.clone()),
            line: Some(line.wanted.line),
            ..Breakpoint::default()
        };
        for (method, params) in asked {
            let answer = target.call(method, params).await?;
            line.set.extend(answer["breakpointId"].as_str().map(str::to_owned));
            let location = answer["locations"].get(0).unwrap_or(&answer["actualLocation"]);
            if !location.is_null() && !shown.verified {
                shown = self.verified(target, line.id, location);
            }
        }
        Ok(shown)
    }

    /// The whole condition; a part of the user's that does not parse is an error here, since the engine would not tell.
    async fn condition(&self, target: &Target, line: &Line) -> Result<String, Error> {
        let SourceBreakpoint { condition, hit_condition, log_message, .. } = &line.wanted;
        let whole =
            conditions::expression(line.id, condition.as_deref(), hit_condition.as_deref(), log_message.as_deref())?;
        check_syntax(target, &whole).await?;
        Ok(whole)
    }

    fn verified(&self, target: &Target, id: i64, location: &Value) -> Breakpoint {
        let script = location["scriptId"].as_str().unwrap_or("");
        let (line, column) = (&location["lineNumber"], &location["columnNumber"]);
        let shown = target.sources.shown(script, "", line.as_i64().unwrap_or(0), column.as_i64().unwrap_or(0));
        Breakpoint {
            id,
            verified: true,
            message: None,
            source: Some(shown.source),
            line: Some(self.line_out(shown.line)),
            column: Some(self.column_out(shown.column)),
        }
    }

    /// `Debugger.breakpointResolved`: a script has come for a breakpoint that waited.
    pub fn breakpoint_resolved(&self, target: &Target, params: &Value) {
        let id = params["breakpointId"].as_str().unwrap_or("");
        let mut breakpoints = self.breakpoints.borrow_mut();
        let line = breakpoints.by_source.values_mut().flatten().find(|line| line.set.iter().any(|one| one == id));
        let Some(line) = line else { return };
        let mut shown = self.verified(target, line.id, &params["location"]);
        // The file stays the one in which it was set, also when it is loaded through another path.
        shown.source = Some(line.source.clone());
        if line.shown != shown {
            line.shown = shown.clone();
            self.outlet.event("breakpoint", json!({ "reason": "changed", "breakpoint": shown }));
        }
    }

    /// A script with a source map is known now: what was set in its sources is set in it.
    pub async fn map_known(self: &Rc<Self>, target: &Rc<Target>, script: &Rc<Script>) {
        let Some(map) = script.map.clone() else { return };
        let wanted: Vec<(String, Line)> = {
            let breakpoints = self.breakpoints.borrow();
            let known =
                |line: &&Line| line.source.path.as_ref().is_some_and(|path| map.number(Path::new(path)).is_some());
            let of = |(key, lines): (&String, &Vec<Line>)| -> Vec<(String, Line)> {
                lines.iter().filter(known).map(|line| (key.clone(), line.clone())).collect()
            };
            breakpoints.by_source.iter().flat_map(of).collect()
        };
        for (key, mut line) in wanted {
            for id in std::mem::take(&mut line.set) {
                // Set for a script of that path itself; it would come twice.
                let _ = target.call("Debugger.removeBreakpoint", json!({ "breakpointId": id })).await;
            }
            let before = line.shown.clone();
            self.set_line(target, &key, &mut line).await;
            if line.shown != before {
                self.outlet.event("breakpoint", json!({ "reason": "changed", "breakpoint": line.shown }));
            }
        }
    }

    /// Sets everything in a target that is new.
    pub async fn apply_all(self: &Rc<Self>, target: &Rc<Target>) {
        let _turn = self.changing.lock().await;
        let lines: Vec<(String, Line)> = {
            let breakpoints = self.breakpoints.borrow();
            let of = |(key, lines): (&String, &Vec<Line>)| -> Vec<(String, Line)> {
                lines.iter().map(|line| (key.clone(), line.clone())).collect()
            };
            breakpoints.by_source.iter().flat_map(of).collect()
        };
        for (key, mut line) in lines {
            self.set_line(target, &key, &mut line).await;
            self.outlet.event("breakpoint", json!({ "reason": "changed", "breakpoint": line.shown }));
        }
        let functions: Vec<_> =
            self.breakpoints.borrow().functions.iter().map(|function| (function.id, function.wanted.clone())).collect();
        for (id, wanted) in functions {
            let (set, shown) = self.set_function(target, id, &wanted).await;
            let mut breakpoints = self.breakpoints.borrow_mut();
            if let Some(function) = breakpoints.functions.iter_mut().find(|function| function.id == id) {
                (function.set, function.shown) = (set, shown);
            }
        }
        self.apply_exceptions(target).await;
    }

    pub async fn set_function_breakpoints(
        self: &Rc<Self>,
        asked: SetFunctionBreakpointsArguments,
    ) -> Result<Reply, Error> {
        let _turn = self.changing.lock().await;
        let target = self.target()?;
        let old = std::mem::take(&mut self.breakpoints.borrow_mut().functions);
        for set in old.into_iter().filter_map(|function| function.set) {
            // One that is gone already is as wanted.
            let _ = match set {
                FunctionSet::Callback(id) => {
                    target.send(&RemoveCallbackBreakpoint { breakpoint_id: id }).await.map(|_| ())
                }
                FunctionSet::Function(id) => {
                    target.call("Debugger.removeBreakpoint", json!({ "breakpointId": id })).await.map(|_| ())
                }
            };
        }
        let mut all = Vec::new();
        for wanted in asked.breakpoints {
            let id = self.breakpoints.borrow_mut().next_id();
            let (set, shown) = self.set_function(&target, id, &wanted).await;
            all.push(shown.clone());
            self.breakpoints.borrow_mut().functions.push(Function { id, wanted, set, shown });
        }
        Reply::of(json!({ "breakpoints": all }))
    }

    async fn set_function(
        &self,
        target: &Rc<Target>,
        id: i64,
        wanted: &FunctionBreakpoint,
    ) -> (Option<FunctionSet>, Breakpoint) {
        let result = match pattern::filter(&wanted.name) {
            Some(filter) => set_callback(target, filter, wanted).await,
            None => set_on_call(target, id, wanted).await,
        };
        match result {
            Ok((set, message)) => (Some(set), Breakpoint { id, verified: true, message, ..Breakpoint::default() }),
            Err(error) => (None, Breakpoint { id, message: Some(error.to_string()), ..Breakpoint::default() }),
        }
    }

    pub async fn breakpoint_locations(&self, asked: BreakpointLocationsArguments) -> Result<Reply, Error> {
        let target = self.target()?;
        let first = self.line_in(asked.line);
        let last = asked.end_line.map_or(first, |line| self.line_in(line)).clamp(first, first + LOCATION_LINES_MAX);
        let (script, mapped) = match asked.source.source_reference {
            0 => {
                let path = asked.source.path.unwrap_or_default();
                let script = target.sources.of_path(Path::new(&path)).into_iter().next();
                let mapped = script.as_ref().and_then(|script| script.map.clone()?.number(Path::new(&path)));
                (script, mapped.map(|_| path))
            }
            reference => (target.sources.by_reference(reference).map(|(script, _)| script), None),
        };
        let Some(script) = script else { return Reply::of(json!({ "breakpoints": [] })) };
        let ((start, start_column), (end, end_column)) = match (&mapped, &script.map) {
            (Some(path), Some(map)) => {
                let at = |line: i64| map.generated(Path::new(path), u32::try_from(line).unwrap_or(u32::MAX), 0);
                let Some(start) = at(first) else { return Reply::of(json!({ "breakpoints": [] })) };
                let end = at(last + 1).unwrap_or((start.0 + 1, 0));
                ((i64::from(start.0), i64::from(start.1)), (i64::from(end.0), i64::from(end.1)))
            }
            _ => ((first, 0), (last + 1, 0)),
        };
        let place =
            |line: i64, column: i64| json!({ "scriptId": script.id, "lineNumber": line, "columnNumber": column });
        let range = json!({ "start": place(start, start_column), "end": place(end, end_column) });
        let answer = target.call("Debugger.getPossibleBreakpoints", range).await?;
        let mut found = Vec::new();
        for location in answer["locations"].as_array().into_iter().flatten() {
            let shown = self.verified(&target, 0, location);
            let one = json!({ "line": shown.line, "column": shown.column });
            let inside = shown.line.is_some_and(|line| (first..=last).contains(&self.line_in(line)));
            if inside && !found.contains(&one) {
                found.push(one);
            }
        }
        Reply::of(json!({ "breakpoints": found }))
    }
}

fn key_of(source: &Source) -> Result<String, Error> {
    match (&source.path, source.source_reference) {
        (_, reference) if reference > 0 => Ok(format!("#{reference}")),
        (Some(path), _) if !path.is_empty() => Ok(path.clone()),
        _ => Err(Error::Editor("setBreakpoints without a source".to_owned())),
    }
}

fn is_same(a: &SourceBreakpoint, b: &SourceBreakpoint) -> bool {
    a.line == b.line
        && a.column == b.column
        && a.condition == b.condition
        && a.hit_condition == b.hit_condition
        && a.log_message == b.log_message
}

/// Where a line of a source went in the scripts that are made of it.
fn generated(target: &Target, path: &Path, line: i64, column: Option<i64>) -> Vec<(Rc<Script>, u32, u32)> {
    let (line, column) = (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column.unwrap_or(0)).unwrap_or(0));
    let place = |script: Rc<Script>| {
        let (line, column) = script.map.as_ref()?.generated(path, line, column)?;
        Some((script, line, column))
    };
    target.sources.of_path(path).into_iter().filter_map(place).collect()
}

fn generated_call(script: &Script, line: u32, column: u32, condition: &str) -> (&'static str, Value) {
    let params = json!({ "url": script.url, "lineNumber": line, "columnNumber": column, "condition": condition });
    ("Debugger.setBreakpointByUrl", params)
}

/// The engine takes a condition that is no expression for one that is never true.
pub async fn check_syntax(target: &Target, expression: &str) -> Result<(), Error> {
    if expression.is_empty() {
        return Ok(());
    }
    let asked = json!({ "expression": format!("(\n{expression}\n)"), "sourceURL": "", "persistScript": false });
    let answer = target.call("Runtime.compileScript", asked).await?;
    let text = answer["exceptionDetails"]["exception"]["description"].as_str();
    match text.or_else(|| answer["exceptionDetails"]["text"].as_str()) {
        Some(text) => Err(Error::user(text.lines().next().unwrap_or(text))),
        None => Ok(()),
    }
}

async fn set_callback(
    target: &Rc<Target>,
    filter: rondo_protocol::filter::Filter,
    wanted: &FunctionBreakpoint,
) -> Result<(FunctionSet, Option<String>), Error> {
    if wanted.hit_condition.as_ref().is_some_and(|hits| !hits.trim().is_empty()) {
        return Err(Error::user("an event pattern takes a condition, but no hit count"));
    }
    let condition = wanted.condition.as_ref().filter(|text| !text.trim().is_empty());
    let condition = condition.map(|text| pattern::condition(text));
    let asked = SetCallbackBreakpoint { filter, condition, action: BreakpointAction::Pause, limit: None };
    let answer = target.send(&asked).await?;
    let message = format!("{} callbacks that wait match", answer.queued);
    Ok((FunctionSet::Callback(answer.breakpoint_id), Some(message)))
}

/// A breakpoint at the calls of a function that an expression gives.
async fn set_on_call(
    target: &Rc<Target>,
    id: i64,
    wanted: &FunctionBreakpoint,
) -> Result<(FunctionSet, Option<String>), Error> {
    let name = wanted.name.trim();
    let condition = conditions::expression(id, wanted.condition.as_deref(), wanted.hit_condition.as_deref(), None)?;
    check_syntax(target, &condition).await?;
    let asked = json!({ "expression": format!("({name})"), "silent": true, "throwOnSideEffect": true });
    let answer = target.call("Runtime.evaluate", asked).await?;
    let function = &answer["result"];
    if function["type"] != "function" || !answer["exceptionDetails"].is_null() {
        return Err(Error::user(format!(
            "{name:?} is neither an event (such as timer:*, fs.readFile, http.request) nor a function that can be \
             reached from the global scope"
        )));
    }
    let asked = json!({ "objectId": function["objectId"], "condition": condition });
    let answer = target.call("Debugger.setBreakpointOnFunctionCall", asked).await?;
    let set = answer["breakpointId"].as_str().unwrap_or("").to_owned();
    Ok((FunctionSet::Function(set), None))
}
