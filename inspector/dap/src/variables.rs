//! Scopes' and objects' contents, in pages, and setting them.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::dispatch::Reply;
use crate::error::Error;
use crate::handles::Handle;
use crate::loop_scope;
use crate::render;
use crate::session::Session;
use crate::target::Target;
use crate::types::{SetVariableArguments, Variable, VariablesArguments};

/// Variables of one answer; editors page through more.
const VARIABLES_MAX: usize = 10_000;

/// Takes a page of the elements of a list, holes left out.
const PAGE: &str = "function(start, count) { const page = Object.create(null); \
    for (let i = start, end = Math.min(start + count, this.length); i < end; i++) if (i in this) page[i] = this[i]; \
    return page; }";

impl Session {
    pub async fn variables(self: &Rc<Self>, asked: VariablesArguments) -> Result<Reply, Error> {
        let target = self.target()?;
        let number = asked.variables_reference;
        let (handle, kept) = {
            let handles = target.handles.borrow();
            (handles.get(number).cloned(), handles.is_kept(number))
        };
        let gone = || target.gone("value", number);
        let reader = Reader { target: &target, kept };
        let mut all = match handle.ok_or_else(gone)? {
            Handle::Object { id, path } => reader.properties(&id, path.as_deref(), &asked).await?,
            Handle::Scope { id, .. } => reader.properties(&id, Some(""), &asked).await?,
            Handle::Getter { object, name, path } => reader.call_getter(&object, &name, path).await?,
            Handle::Loop => loop_scope::read(self, &target).await?,
            Handle::Data(value) => reader.data(&value),
            Handle::Printed(values) => {
                values.iter().enumerate().map(|(at, value)| reader.variable(&at.to_string(), value, None)).collect()
            }
            Handle::Frame(_) | Handle::DeadFrame | Handle::StepTarget(_) => return Err(gone()),
        };
        all.truncate(VARIABLES_MAX);
        Reply::of(json!({ "variables": all }))
    }

    pub async fn set_variable(self: &Rc<Self>, asked: SetVariableArguments) -> Result<Reply, Error> {
        let target = self.target()?;
        let number = asked.variables_reference;
        let handle = target.handles.borrow().get(number).cloned();
        let frame = match &handle {
            Some(Handle::Scope { frame, .. }) => Some(frame.clone()),
            _ => {
                let stop = target.stop.borrow().clone();
                stop.and_then(|stop| stop.frames.borrow().first()?.id.clone())
            }
        };
        let fresh = self.evaluate_in(&target, frame.as_deref(), &asked.value).await?;
        let argument = call_argument(&fresh);
        match handle {
            Some(Handle::Scope { id, frame, number }) => {
                let set = json!({ "scopeNumber": number, "variableName": asked.name, "newValue": argument,
                    "callFrameId": frame });
                if target.call("Debugger.setVariableValue", set).await.is_err() {
                    // The global scope and those of `with` are objects.
                    set_property(&target, &id, &asked.name, argument).await?;
                }
            }
            Some(Handle::Object { id, .. }) => set_property(&target, &id, &asked.name, argument).await?,
            _ => return Err(Error::InPlace("this value can't be changed".to_owned())),
        }
        let shown = Reader { target: &target, kept: false }.variable(&asked.name, &fresh, None);
        Reply::of(json!({
            "value": shown.value, "type": shown.kind, "variablesReference": shown.variables_reference,
            "namedVariables": shown.named_variables, "indexedVariables": shown.indexed_variables,
        }))
    }
}

async fn set_property(target: &Target, object: &str, name: &str, argument: Value) -> Result<(), Error> {
    let asked = json!({
        "functionDeclaration": "function(name, value) { this[name] = value; }", "objectId": object,
        "arguments": [{ "value": name }, argument],
    });
    let answer = target.call("Runtime.callFunctionOn", asked).await?;
    match answer["exceptionDetails"]["exception"]["description"].as_str() {
        Some(text) => Err(Error::InPlace(text.lines().next().unwrap_or(text).to_owned())),
        None => Ok(()),
    }
}

/// A value as an argument of a call.
pub fn call_argument(object: &Value) -> Value {
    if let Some(id) = object["objectId"].as_str() {
        return json!({ "objectId": id });
    }
    match object["unserializableValue"].as_str() {
        Some(text) => json!({ "unserializableValue": text }),
        None if object["type"] == "undefined" => json!({}),
        None => json!({ "value": object["value"] }),
    }
}

/// Turns remote objects into variables; `kept` ones have numbers that outlive the stop.
pub struct Reader<'a> {
    pub target: &'a Target,
    pub kept: bool,
}

impl Reader<'_> {
    pub fn add(&self, handle: Handle) -> i64 {
        let mut handles = self.target.handles.borrow_mut();
        if self.kept { handles.keep(handle) } else { handles.add(handle) }
    }

    /// One value; `path` is the expression that leads to it.
    pub fn variable(&self, name: &str, object: &Value, path: Option<String>) -> Variable {
        let mut variable = Variable {
            name: name.to_owned(),
            value: render::value(object),
            kind: render::kind(object),
            evaluate_name: path.clone(),
            ..Variable::default()
        };
        if let Some(id) = object["objectId"].as_str().filter(|_| object["type"] != "symbol") {
            variable.variables_reference = self.add(Handle::Object { id: id.to_owned(), path });
            if let Some(length) = list_length(object) {
                variable.indexed_variables = Some(length);
                variable.named_variables = Some(1);
            }
        }
        variable
    }

    pub fn data(&self, value: &Value) -> Vec<Variable> {
        let one = |(name, value): (String, &Value)| {
            let mut variable = Variable { name, value: loop_scope::one_line(value), ..Variable::default() };
            if value.as_object().is_some_and(|map| !map.is_empty())
                || value.as_array().is_some_and(|list| !list.is_empty())
            {
                variable.variables_reference = self.add(Handle::Data(value.clone()));
            }
            variable
        };
        match value {
            Value::Object(map) => map.iter().map(|(name, value)| one((name.clone(), value))).collect(),
            Value::Array(list) => list.iter().enumerate().map(|(at, value)| one((at.to_string(), value))).collect(),
            _ => Vec::new(),
        }
    }

    async fn properties(
        &self,
        id: &str,
        path: Option<&str>,
        asked: &VariablesArguments,
    ) -> Result<Vec<Variable>, Error> {
        let indexed = asked.filter.as_deref() == Some("indexed");
        if indexed || (asked.filter.is_none() && asked.count > 0) {
            let count = if asked.count == 0 { VARIABLES_MAX as u64 } else { asked.count };
            let call = json!({
                "functionDeclaration": PAGE, "objectId": id, "silent": true,
                "arguments": [{ "value": asked.start }, { "value": count }],
            });
            let page = self.target.call("Runtime.callFunctionOn", call).await?["result"].take();
            let id = page["objectId"].as_str().ok_or_else(|| Error::user("its elements can't be read"))?.to_owned();
            let all = self.own(&id, path, false).await?;
            return Ok(all.into_iter().filter(|one| one.name.parse::<u32>().is_ok()).collect());
        }
        self.own(id, path, asked.filter.as_deref() == Some("named")).await
    }

    async fn own(&self, id: &str, path: Option<&str>, without_elements: bool) -> Result<Vec<Variable>, Error> {
        let asked = json!({
            "objectId": id, "ownProperties": true, "generatePreview": true, "nonIndexedPropertiesOnly": without_elements,
        });
        let answer = self.target.call("Runtime.getProperties", asked).await?;
        let mut all = Vec::new();
        for property in answer["result"].as_array().into_iter().flatten() {
            all.push(self.property(property, id, path));
        }
        for property in answer["privateProperties"].as_array().into_iter().flatten() {
            if !property["value"].is_null() {
                let name = property["name"].as_str().unwrap_or("");
                let mut variable = self.variable(name, &property["value"], path.map(|path| format!("{path}.{name}")));
                variable.presentation_hint = Some(json!({ "visibility": "private" }));
                all.push(variable);
            }
        }
        for property in answer["internalProperties"].as_array().into_iter().flatten() {
            let mut variable = self.variable(property["name"].as_str().unwrap_or(""), &property["value"], None);
            variable.presentation_hint = Some(json!({ "visibility": "internal", "attributes": ["readOnly"] }));
            all.push(variable);
        }
        Ok(all)
    }

    fn property(&self, property: &Value, object: &str, path: Option<&str>) -> Variable {
        let name = property["name"].as_str().unwrap_or("");
        let symbol = !property["symbol"].is_null();
        let own_path = path.filter(|_| !symbol).map(|path| member(path, name));
        let hidden = property["enumerable"] == false && !path.is_some_and(str::is_empty);
        let mut variable = if !property["value"].is_null() {
            self.variable(name, &property["value"], own_path)
        } else if property["get"]["type"] == "function" {
            let handle = Handle::Getter { object: object.to_owned(), name: name.to_owned(), path: own_path.clone() };
            Variable {
                name: name.to_owned(),
                value: "(…)".to_owned(),
                evaluate_name: own_path,
                variables_reference: if symbol { 0 } else { self.add(handle) },
                presentation_hint: Some(json!({ "lazy": !symbol })),
                ..Variable::default()
            }
        } else {
            let value = if property["set"]["type"] == "function" { "(write only)" } else { "(not initialized)" };
            Variable { name: name.to_owned(), value: value.to_owned(), ..Variable::default() }
        };
        if hidden && variable.presentation_hint.is_none() {
            variable.presentation_hint = Some(json!({ "visibility": "internal" }));
        }
        variable
    }

    /// Calls the getter that the user wants to see.
    async fn call_getter(&self, object: &str, name: &str, path: Option<String>) -> Result<Vec<Variable>, Error> {
        let asked = json!({
            "functionDeclaration": "function(name) { return this[name]; }", "objectId": object,
            "arguments": [{ "value": name }], "generatePreview": true, "silent": true,
        });
        let answer = self.target.call("Runtime.callFunctionOn", asked).await?;
        let thrown = &answer["exceptionDetails"]["exception"];
        let value = if thrown.is_null() { &answer["result"] } else { thrown };
        Ok(vec![self.variable(name, value, path)])
    }
}

/// How many elements a list has, from the number in its description.
fn list_length(object: &Value) -> Option<u64> {
    if !matches!(object["subtype"].as_str(), Some("array" | "typedarray")) {
        return None;
    }
    let description = object["description"].as_str()?;
    let length = description.rsplit_once('(')?.1.strip_suffix(')')?.parse().ok()?;
    // A short list comes whole.
    (length > 100).then_some(length)
}

/// The expression for a member of what `path` means; without one the name is a variable.
fn member(path: &str, name: &str) -> String {
    let is_word = !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '$'));
    match (path, is_word) {
        ("", _) => name.to_owned(),
        (path, true) => format!("{path}.{name}"),
        (path, false) if name.parse::<u32>().is_ok() => format!("{path}[{name}]"),
        (path, false) => format!("{path}[{}]", render::quoted(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_expressions() {
        assert_eq!(member("", "a"), "a");
        assert_eq!(member("a", "b"), "a.b");
        assert_eq!(member("a", "1"), "a[1]");
        assert_eq!(member("a", "x-y"), "a['x-y']");
    }

    #[test]
    fn arguments_keep_what_json_has_not() {
        assert_eq!(call_argument(&json!({ "type": "undefined" })), json!({}));
        assert_eq!(
            call_argument(&json!({ "type": "number", "unserializableValue": "NaN" })),
            json!({ "unserializableValue": "NaN" })
        );
        assert_eq!(call_argument(&json!({ "type": "string", "value": "a" })), json!({ "value": "a" }));
        assert_eq!(call_argument(&json!({ "type": "object", "objectId": "1" })), json!({ "objectId": "1" }));
    }
}
