//! Names that fit what is typed into the console: members behind a dot, else variables and globals.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::dispatch::Reply;
use crate::error::Error;
use crate::session::Session;
use crate::target::Target;
use crate::types::CompletionsArguments;

/// Names of one answer.
const NAMES_MAX: usize = 1000;

/// All names of an object and what it inherits, with whether each is a method.
const NAMES: &str = "function() { const found = Object.create(null); \
    for (let o = Object(this); o !== null; o = Object.getPrototypeOf(o)) \
    for (const name of Object.getOwnPropertyNames(o)) { if (name in found || /^\\d+$/.test(name)) continue; \
    const p = Object.getOwnPropertyDescriptor(o, name); found[name] = p && typeof p.value === 'function'; } \
    return found; }";

impl Session {
    pub async fn completions(self: &Rc<Self>, asked: CompletionsArguments) -> Result<Reply, Error> {
        let target = self.target()?;
        let line = usize::try_from(asked.line.map_or(0, |line| self.line_in(line))).unwrap_or(0);
        let column = usize::try_from(self.column_in(asked.column)).unwrap_or(0);
        let line = asked.text.lines().nth(line).unwrap_or("");
        let typed: String = String::from_utf16_lossy(&line.encode_utf16().take(column).collect::<Vec<u16>>());
        let (object, prefix) = split(&typed);
        let frame = self.frame_id(&target, asked.frame_id)?;
        let mut names = match object {
            Some(object) => self.members(&target, frame.as_deref(), object).await?,
            None => self.variables_in_reach(&target, asked.frame_id).await?,
        };
        names.retain(|(name, _)| name.starts_with(prefix) && is_word(name));
        names.sort();
        names.dedup();
        names.truncate(NAMES_MAX);
        let letters = prefix.encode_utf16().count() as i64;
        let start = self.column_out(typed.encode_utf16().count() as i64 - letters);
        let targets: Vec<Value> = names
            .into_iter()
            .map(|(name, is_method)| {
                json!({ "label": name, "type": if is_method { "method" } else { "property" }, "start": start, "length": letters })
            })
            .collect();
        Reply::of(json!({ "targets": targets }))
    }

    async fn members(&self, target: &Target, frame: Option<&str>, object: &str) -> Result<Vec<(String, bool)>, Error> {
        let mut params = json!({ "expression": format!("({object})"), "silent": true, "throwOnSideEffect": true });
        let method = match frame {
            Some(frame) => {
                params["callFrameId"] = frame.into();
                "Debugger.evaluateOnCallFrame"
            }
            None => "Runtime.evaluate",
        };
        let answer = target.call(method, params).await?;
        // Something half typed has no members.
        let usable = answer["exceptionDetails"].is_null();
        let argument = crate::variables::call_argument(&answer["result"]);
        if !usable || argument.as_object().is_some_and(serde_json::Map::is_empty) {
            return Ok(Vec::new());
        }
        let asked = json!({
            "functionDeclaration": format!("function(v) {{ return v == null ? {{}} : ({NAMES}).call(v); }}"),
            "executionContextId": target.context.get(), "arguments": [argument], "returnByValue": true, "silent": true,
        });
        let answer = target.call("Runtime.callFunctionOn", asked).await?;
        let found = answer["result"]["value"].as_object().cloned().unwrap_or_default();
        Ok(found.into_iter().map(|(name, is_method)| (name, is_method == true)).collect())
    }

    async fn variables_in_reach(&self, target: &Target, frame: Option<i64>) -> Result<Vec<(String, bool)>, Error> {
        let mut names = self.members(target, None, "globalThis").await?;
        let answer = target.call("Runtime.globalLexicalScopeNames", json!({})).await?;
        let lexical = answer["names"].as_array().into_iter().flatten().filter_map(Value::as_str);
        names.extend(lexical.map(|name| (name.to_owned(), false)));
        let stop = target.stop.borrow().clone();
        let (Some(stop), Some(frame)) = (stop, frame) else { return Ok(names) };
        let Some(place) = self.frame_place(target, frame)? else { return Ok(names) };
        for scope in stop.frame(place)?.scopes.as_array().into_iter().flatten() {
            if scope["type"] == "global" {
                continue;
            }
            let asked = json!({ "objectId": scope["object"]["objectId"], "ownProperties": true });
            let answer = target.call("Runtime.getProperties", asked).await?;
            for property in answer["result"].as_array().into_iter().flatten() {
                let name = property["name"].as_str().unwrap_or("").to_owned();
                names.push((name, property["value"]["type"] == "function"));
            }
        }
        Ok(names)
    }
}

/// The object before the last dot, if there is one, and what is typed of the name.
fn split(typed: &str) -> (Option<&str>, &str) {
    let letters = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    let prefix_at = typed.rfind(|character| !letters(character)).map_or(0, |at| at + last_width(typed, at));
    let (before, prefix) = typed.split_at(prefix_at);
    let Some(before) = before.strip_suffix('.') else { return (None, prefix) };
    let before = before.strip_suffix('?').unwrap_or(before);
    // Back over names, dots and closed brackets.
    let mut depth = 0;
    let start = before.char_indices().rev().find(|(_, character)| {
        match character {
            ')' | ']' => depth += 1,
            '(' | '[' if depth > 0 => depth -= 1,
            _ if depth > 0 || letters(*character) || matches!(character, '.' | '?') => {}
            _ => return true,
        }
        false
    });
    let object = &before[start.map_or(0, |(at, character)| at + character.len_utf8())..];
    ((!object.is_empty()).then_some(object), prefix)
}

fn last_width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

fn is_word(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_and_the_prefix() {
        assert_eq!(split("pro"), (None, "pro"));
        assert_eq!(split("process."), (Some("process"), ""));
        assert_eq!(split("1 + a.b.c"), (Some("a.b"), "c"));
        assert_eq!(split("f(a, b).x"), (Some("f(a, b)"), "x"));
        assert_eq!(split("g(a[0].na"), (Some("a[0]"), "na"));
        assert_eq!(split("a?.b"), (Some("a"), "b"));
        assert_eq!(split(""), (None, ""));
    }
}
