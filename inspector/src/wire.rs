//! Messages as they go over the wire: requests read, answers and events written, V8's events completed.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// A request. The id is a 32-bit number as V8 wants it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request<'a> {
    #[serde(default)]
    pub id: Value,
    #[serde(borrow, default)]
    pub method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub params: Option<&'a RawValue>,
    #[serde(default)]
    pub session_id: Option<String>,
}

impl Request<'_> {
    /// The message as the worker gets it.
    pub fn without_session(&self) -> String {
        let mut message = json!({ "id": self.id, "method": self.method });
        if let Some(params) = self.params {
            message["params"] = serde_json::from_str(params.get()).expect("it was parsed as JSON");
        }
        message.to_string()
    }
}

/// An error answer: JSON-RPC's code and a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub code: i32,
    pub message: String,
}

impl Fault {
    pub fn not_found(method: &str) -> Fault {
        Fault { code: -32601, message: format!("'{method}' wasn't found") }
    }

    pub fn params(why: impl std::fmt::Display) -> Fault {
        Fault { code: -32602, message: format!("Invalid parameters: {why}") }
    }

    pub fn state(why: impl Into<String>) -> Fault {
        Fault { code: -32000, message: why.into() }
    }
}

/// The answer of a command of ours.
pub(crate) type Answer = Result<Value, Fault>;

/// Reads a message, or says what is wrong with it as an answer.
pub(crate) fn parse(text: &str) -> Result<Request<'_>, String> {
    let request: Request = match serde_json::from_str(text) {
        Ok(request) => request,
        Err(error) => {
            let fault = if text.trim_start().starts_with('{') && error.is_data() {
                Fault { code: -32600, message: format!("Message has fields of the wrong type: {error}") }
            } else {
                Fault { code: -32700, message: format!("JSON: {error}") }
            };
            return Err(answer(&Value::Null, None, Err(fault)));
        }
    };
    if request.id.as_i64().and_then(|id| i32::try_from(id).ok()).is_none() {
        let fault = Fault { code: -32600, message: "Message must have integer 'id' property".to_owned() };
        return Err(answer(&Value::Null, None, Err(fault)));
    }
    if request.method.is_none() {
        let fault = Fault { code: -32600, message: "Message must have string 'method' property".to_owned() };
        return Err(answer(&request.id, None, Err(fault)));
    }
    Ok(request)
}

/// The parameters of a command, absent ones as an empty object.
pub(crate) fn params<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Result<T, Fault> {
    serde_json::from_str(raw.map_or("{}", RawValue::get)).map_err(Fault::params)
}

/// The result of a command.
pub(crate) fn result<T: Serialize>(value: T) -> Answer {
    serde_json::to_value(value).map_err(|error| Fault { code: -32603, message: error.to_string() })
}

pub(crate) fn empty() -> Answer {
    Ok(json!({}))
}

/// An answer as text.
pub(crate) fn answer(id: &Value, session_id: Option<&str>, answer: Answer) -> String {
    let mut message = match answer {
        Ok(result) => json!({ "id": id, "result": result }),
        Err(fault) => json!({ "id": id, "error": { "code": fault.code, "message": fault.message } }),
    };
    if id.is_null() {
        message.as_object_mut().expect("made above").remove("id");
    }
    if let Some(session_id) = session_id {
        message["sessionId"] = json!(session_id);
    }
    message.to_string()
}

/// An event as text.
pub(crate) fn event<T: Serialize>(method: &str, params: T) -> String {
    json!({ "method": method, "params": params }).to_string()
}

/// V8 has no clock here (`currentTimeMS` is not bound by the crate), so its events carry time 0: puts the time in.
/// The first such field is the event's own; a user's text can't hold it unescaped.
pub(crate) fn complete_timestamp(message: String, now_ms: f64) -> String {
    const TIMED: [&str; 4] = [
        r#"{"method":"Runtime.consoleAPICalled""#,
        r#"{"method":"Runtime.exceptionThrown""#,
        r#"{"method":"Runtime.exceptionRevoked""#,
        r#"{"method":"HeapProfiler.lastSeenObjectId""#,
    ];
    const ZERO: &str = r#""timestamp":0"#;
    if !TIMED.iter().any(|start| message.starts_with(start)) {
        return message;
    }
    match message.find(ZERO) {
        Some(at) => {
            let (before, after) = (&message[..at], &message[at + ZERO.len()..]);
            format!(r#"{before}"timestamp":{now_ms}{after}"#)
        }
        None => message,
    }
}

/// The same for `console.timeEnd` and `timeLog`, which V8 makes end in 0 ms: the first argument is `label: 0 ms`.
pub(crate) fn complete_timer(message: String, took_ms: f64) -> String {
    if !message.starts_with(r#"{"method":"Runtime.consoleAPICalled""#) {
        return message;
    }
    message.replacen(r#": 0 ms""#, &format!(": {:.3} ms\"", took_ms), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_of_the_console_tell_what_they_took() {
        let message = r#"{"method":"Runtime.consoleAPICalled","params":{"type":"timeEnd","args":[{"type":"string","value":"x: 0 ms"}]}}"#;
        assert!(complete_timer(message.to_owned(), 50.25).contains(r#""value":"x: 50.250 ms""#));
    }

    #[test]
    fn malformed_requests_are_answered() {
        let check = |text: &str, expected: &str| {
            let answer = parse(text).expect_err("it is malformed");
            assert!(answer.contains(expected), "{answer}");
        };
        check("{", "-32700");
        check("[1", "-32700");
        check(r#"{"method":"a.b"}"#, "integer 'id'");
        check(r#"{"id":1.5,"method":"a.b"}"#, "integer 'id'");
        check(r#"{"id":5000000000,"method":"a.b"}"#, "integer 'id'");
        check(r#"{"id":1}"#, "string 'method'");
        check(r#"{"id":1,"method":2}"#, "-32600");
    }

    #[test]
    fn only_the_events_own_time_is_completed() {
        let message =
            r#"{"method":"Runtime.consoleAPICalled","params":{"args":[{"value":"\"timestamp\":0"}],"timestamp":0}}"#;
        let done = complete_timestamp(message.to_owned(), 5.5);
        assert!(done.ends_with(r#"\"timestamp\":0"}],"timestamp":5.5}}"#), "{done}");
        let other = r#"{"id":1,"result":{"timestamp":0}}"#;
        assert_eq!(complete_timestamp(other.to_owned(), 5.5), other);
    }
}
