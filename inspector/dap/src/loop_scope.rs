//! The scope *Event loop*: which callback runs, who scheduled it and how late it is, what waits, and why the process
//! lives.

use rondo_client::event_loop::GetState;
use rondo_protocol::command::GetQueues;
use serde_json::{Value, json};

use crate::error::Error;
use crate::handles::Handle;
use crate::session::Session;
use crate::target::Target;
use crate::types::Variable;

/// Callbacks of each queue that are shown.
const QUEUED: u32 = 50;

pub async fn read(session: &Session, target: &Target) -> Result<Vec<Variable>, Error> {
    let state = target.send(&GetState {}).await?;
    let queues = target.send(&GetQueues { phases: None, limit: Some(QUEUED) }).await?;
    let state = serde_json::to_value(state).map_err(|error| Error::Bug(error.to_string()))?;
    let queues = serde_json::to_value(queues).map_err(|error| Error::Bug(error.to_string()))?;
    let here = session.current_loop();
    let mut rows: Vec<(&str, String, Value)> = vec![
        ("turn", state["turn"].to_string(), Value::Null),
        ("phase", state["phase"].as_str().unwrap_or("").to_owned(), Value::Null),
    ];
    let callback = if here["callback"].is_null() { &state["running"] } else { &here["callback"] };
    if !callback.is_null() {
        rows.push(("callback", one_line(callback), callback.clone()));
        let sites = &callback["scheduledBy"];
        rows.push(("scheduled by", sites.get(0).map_or("not recorded".to_owned(), one_line), sites.clone()));
        if let Some(late) = lateness_us(callback) {
            rows.push(("late", format!("{:.1} ms", late as f64 / 1000.0), Value::Null));
        }
    }
    if !here["next"].is_null() {
        rows.push(("next", one_line(&here["next"]), here["next"].clone()));
    }
    if here["chain"].as_array().is_some_and(|chain| !chain.is_empty()) {
        rows.push(("caused by", format!("{} callbacks", count(&here["chain"])), here["chain"].clone()));
    }
    let waiting: u64 =
        queues["queues"].as_array().into_iter().flatten().filter_map(|queue| queue["total"].as_u64()).sum();
    rows.push(("queued", format!("{waiting} callbacks"), by_phase(&queues["queues"])));
    rows.push(("timers", count(&state["timers"]).to_string(), state["timers"].clone()));
    rows.push(("handles", count(&state["handles"]).to_string(), state["handles"].clone()));
    rows.push(("requests", count(&state["requests"]).to_string(), state["requests"].clone()));
    let alive = state["keepsAlive"].as_array().map(Vec::as_slice).unwrap_or_default();
    let why = match alive {
        [] => "nothing".to_owned(),
        [one] => one.as_str().unwrap_or("").to_owned(),
        [one, rest @ ..] => format!("{} and {} more", one.as_str().unwrap_or(""), rest.len()),
    };
    rows.push(("kept alive by", why, state["keepsAlive"].clone()));
    let mut handles = target.handles.borrow_mut();
    let shown = rows.into_iter().map(|(name, value, inner)| {
        let opens = inner.as_object().is_some_and(|map| !map.is_empty())
            || inner.as_array().is_some_and(|list| !list.is_empty());
        Variable {
            name: name.to_owned(),
            value,
            variables_reference: if opens { handles.add(Handle::Data(inner)) } else { 0 },
            presentation_hint: Some(json!({ "kind": "virtual", "attributes": ["readOnly"] })),
            ..Variable::default()
        }
    });
    Ok(shown.collect())
}

fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

fn by_phase(queues: &Value) -> Value {
    let named = queues.as_array().into_iter().flatten().filter(|queue| count(&queue["callbacks"]) > 0);
    named.map(|queue| (queue["phase"].as_str().unwrap_or("").to_owned(), queue["callbacks"].clone())).collect()
}

fn lateness_us(callback: &Value) -> Option<u64> {
    let number = |name: &str| callback[name].as_u64();
    number("queueUs").or_else(|| number("startedAt")?.checked_sub(number("readyAt")?))
}

/// Data of the domain on one line: a callback, a timer, a handle, a place in a script, or anything.
pub fn one_line(value: &Value) -> String {
    let text = |name: &str| value[name].as_str().filter(|text| !text.is_empty());
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => format!("{} entries", list.len()),
        Value::Object(_) => {
            if let (Some(url), Some(line)) = (text("url"), value["lineNumber"].as_u64()) {
                let place = format!("{}:{}", url.rsplit('/').next().unwrap_or(url), line + 1);
                return text("functionName").map_or(place.clone(), |name| format!("{name}() {place}"));
            }
            let Some(kind) = text("kind") else { return "{…}".to_owned() };
            let mut line = kind.to_owned();
            if let Some(id) = text("id") {
                line.push_str(&format!(" #{id}"));
            }
            if let Some(resource) = text("resource") {
                line.push_str(&format!(" {resource}"));
            }
            if let Some(due) = value["dueInUs"].as_i64() {
                let ms = due as f64 / 1000.0;
                let when = if due < 0 { format!("{:.1} ms late", -ms) } else { format!("due in {ms:.1} ms") };
                line.push_str(&format!(" · {when}"));
            }
            if let Some(site) = value["scheduledBy"].get(0) {
                line.push_str(&format!(" · scheduled by {}", one_line(site)));
            }
            if value["refed"] == false {
                line.push_str(" · unref");
            }
            line
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_reads_on_one_line() {
        let site = json!({ "url": "file:///a/b.js", "lineNumber": 3, "columnNumber": 0, "functionName": "go" });
        assert_eq!(one_line(&site), "go() b.js:4");
        let timer = json!({ "id": "7", "kind": "timeout", "dueInUs": -1500, "refed": false, "scheduledBy": [site] });
        assert_eq!(one_line(&timer), "timeout #7 · 1.5 ms late · scheduled by go() b.js:4 · unref");
        assert_eq!(one_line(&json!({ "kind": "server", "resource": ":80", "refed": true })), "server :80");
        assert_eq!(one_line(&json!([1, 2])), "2 entries");
    }
}
