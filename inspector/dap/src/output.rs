//! What the program prints, and what it throws: as output events with places and values that can be opened.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::handles::Handle;
use crate::render;
use crate::session::Session;
use crate::target::Target;
use crate::types::OutputCapture;

/// Bytes of a line that is looked at for what the inspector says.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Cuts bytes into text without tearing letters apart.
#[derive(Default)]
pub struct Decoder {
    rest: Vec<u8>,
}

impl Decoder {
    pub fn decode(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Ok(_) => self.rest.len(),
            // A letter whose end has not come; anything else is no text and shown as such.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => self.rest.len(),
        };
        let text = String::from_utf8_lossy(&self.rest[..whole]).into_owned();
        self.rest.drain(..whole);
        text
    }
}

/// Cuts text into lines, so that what the inspector says is seen whole.
#[derive(Default)]
pub struct Lines {
    begun: String,
}

impl Lines {
    /// The lines that are whole now.
    pub fn push(&mut self, text: &str) -> String {
        self.begun.push_str(text);
        let ours = ["Debugger", "For help", "Waiting"]
            .iter()
            .any(|one| one.starts_with(&self.begun) || self.begun.starts_with(one));
        let end = match self.begun.rfind('\n') {
            // A prompt has no end of line and is shown at once, unless it may be the beginning of ours.
            None if !ours || self.begun.len() > LINE_BYTES_MAX => self.begun.len(),
            None => 0,
            Some(at) => at + 1,
        };
        self.begun.drain(..end).collect()
    }
}

/// The address in `Debugger listening on ws://…`.
pub fn listening_url(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("Debugger listening on "))?;
    Some(line.trim().to_owned())
}

/// What the inspector says to its clients is nothing for the user.
pub fn without_inspector_lines(text: &str) -> String {
    let is_ours = |line: &str| {
        line.starts_with("Debugger listening on ws://")
            || line.starts_with("For help, see: ")
            || line.starts_with("Debugger attached.")
            || line.starts_with("Debugger ending on ws://")
            || line.starts_with("Waiting for the debugger to disconnect...")
    };
    text.split_inclusive('\n').filter(|line| !is_ours(line)).collect()
}

impl Session {
    /// `Runtime.consoleAPICalled`.
    pub fn console_called(&self, target: &Rc<Target>, params: &Value) {
        if target.capture == OutputCapture::Std {
            return;
        }
        let what = params["type"].as_str().unwrap_or("log");
        let values: Vec<Value> = params["args"].as_array().cloned().unwrap_or_default();
        let mut body = match what {
            "clear" => return,
            "endGroup" => json!({ "category": "stdout", "output": "", "group": "end" }),
            _ => {
                let category = match what {
                    "error" | "warning" | "assert" | "trace" => "stderr",
                    _ => "stdout",
                };
                let mut text = formatted(&values);
                if what == "assert" {
                    text.insert_str(0, "Assertion failed: ");
                }
                if what == "trace" {
                    text.push_str(&trace(&params["stackTrace"]));
                }
                json!({ "category": category, "output": format!("{text}\n") })
            }
        };
        match what {
            "startGroup" => body["group"] = "start".into(),
            "startGroupCollapsed" => body["group"] = "startCollapsed".into(),
            _ => {}
        }
        let has_objects = values.iter().any(|value| value["objectId"].is_string());
        if has_objects && what != "endGroup" {
            body["variablesReference"] = target.handles.borrow_mut().keep(Handle::Printed(values)).into();
        }
        self.print(target, body, own_frame(&params["stackTrace"]));
    }

    /// `Runtime.exceptionThrown`.
    pub fn exception_thrown(&self, target: &Rc<Target>, details: &Value) {
        target.exception_shown.set(true);
        if target.capture == OutputCapture::Std {
            return;
        }
        let exception = &details["exception"];
        let text = match exception["description"].as_str() {
            Some(text) if exception["type"] == "object" => format!("Uncaught {text}"),
            _ if exception.is_null() => details["text"].as_str().unwrap_or("Uncaught").to_owned(),
            _ => format!("Uncaught {}", render::value(exception)),
        };
        let mut body = json!({ "category": "stderr", "output": format!("{text}\n") });
        if exception["objectId"].is_string() {
            let kept = Handle::Printed(vec![exception.clone()]);
            body["variablesReference"] = target.handles.borrow_mut().keep(kept).into();
        }
        let frame = own_frame(&details["stackTrace"]);
        self.print(target, body, if frame.is_null() { details } else { frame });
    }

    /// A breakpoint's message from inside the program.
    pub fn binding_called(&self, target: &Rc<Target>, params: &Value) {
        if params["name"] != crate::target::BINDING {
            return;
        }
        let message: Option<(i64, String)> = serde_json::from_str(params["payload"].as_str().unwrap_or("")).ok();
        // The function is the program's to call, too.
        let Some((id, text)) = message else { return };
        let mut body = json!({ "category": "console", "output": format!("{text}\n") });
        if let Some((source, line)) = self.breakpoints.borrow().place_of(id) {
            body["source"] = json!(source);
            body["line"] = json!(line);
        }
        let _ = target;
        self.outlet.event("output", body);
    }

    /// Prints with the place where it came from.
    fn print(&self, target: &Rc<Target>, mut body: Value, frame: &Value) {
        if let (Some(script), Some(line)) = (frame["scriptId"].as_str(), frame["lineNumber"].as_i64()) {
            let url = frame["url"].as_str().unwrap_or("");
            let shown = target.sources.shown(script, url, line, frame["columnNumber"].as_i64().unwrap_or(0));
            body["source"] = json!(shown.source);
            body["line"] = self.line_out(shown.line).into();
            body["column"] = self.column_out(shown.column).into();
        }
        self.outlet.event("output", body);
    }
}

/// The innermost frame of the program itself; `console` of the runtime may stand above it.
fn own_frame(stack: &Value) -> &Value {
    let frames = stack["callFrames"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_own = |frame: &&Value| frame["url"].as_str().is_some_and(|url| !url.starts_with("node:"));
    frames.iter().find(is_own).or(frames.first()).unwrap_or(&Value::Null)
}

/// Joins what was printed, with the first text's `%` places filled.
fn formatted(values: &[Value]) -> String {
    let Some((first, rest)) = values.split_first() else { return String::new() };
    let mut rest = rest.iter();
    let mut text = String::new();
    if first["type"] == "string" {
        let mut letters = first["value"].as_str().unwrap_or("").chars().peekable();
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied().unwrap_or(' ');
            if letter != '%' || !matches!(next, 's' | 'd' | 'i' | 'f' | 'j' | 'o' | 'O' | 'c' | '%') || rest.len() == 0
            {
                text.push(letter);
                continue;
            }
            letters.next();
            match next {
                '%' => text.push('%'),
                'c' => drop(rest.next()),
                'i' => text.push_str(&rest.next().map(integer).unwrap_or_default()),
                _ => text.push_str(&rest.next().map(render::text).unwrap_or_default()),
            }
        }
    } else {
        text.push_str(&render::text(first));
    }
    for value in rest {
        text.push(' ');
        text.push_str(&render::text(value));
    }
    text
}

fn integer(value: &Value) -> String {
    value["value"].as_f64().map_or_else(|| "NaN".to_owned(), |number| format!("{}", number.trunc()))
}

fn trace(stack: &Value) -> String {
    let mut text = String::new();
    for frame in stack["callFrames"].as_array().into_iter().flatten() {
        let name = frame["functionName"].as_str().filter(|name| !name.is_empty()).unwrap_or("<anonymous>");
        let (line, column) = (frame["lineNumber"].as_i64().unwrap_or(0), frame["columnNumber"].as_i64().unwrap_or(0));
        let url = frame["url"].as_str().unwrap_or("");
        text.push_str(&format!("\n    at {name} ({url}:{}:{})", line + 1, column + 1));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_joined_and_filled_in() {
        let text = |text: &str| json!({ "type": "string", "value": text });
        let number = json!({ "type": "number", "value": 1.5, "description": "1.5" });
        assert_eq!(formatted(&[]), "");
        assert_eq!(formatted(&[text("a"), text("b"), number.clone()]), "a b 1.5");
        assert_eq!(formatted(&[text("%s=%i 100%"), text("x"), number.clone()]), "x=1 100%");
        assert_eq!(formatted(&[text("%c!"), text("color: red"), text("y")]), "! y");
        assert_eq!(formatted(&[number, text("%s")]), "1.5 %s");
    }

    #[test]
    fn letters_are_not_torn_apart() {
        let mut decoder = Decoder::default();
        let bytes = "aü→".as_bytes();
        let parts: Vec<String> = bytes.iter().map(|byte| decoder.decode(&[*byte])).collect();
        assert_eq!(parts.concat(), "aü→");
        assert_eq!(decoder.decode(&[0xff, b'x']), "\u{fffd}x");
    }

    #[test]
    fn the_inspectors_lines_are_found_and_hidden() {
        let mut lines = Lines::default();
        assert_eq!(lines.push("Debugger lis"), "");
        let line = lines.push("tening on ws://127.0.0.1:1/x\nprompt> ");
        assert_eq!(line, "Debugger listening on ws://127.0.0.1:1/x\n");
        assert_eq!(listening_url(&line).as_deref(), Some("ws://127.0.0.1:1/x"));
        assert_eq!(without_inspector_lines(&format!("a\n{line}b")), "a\nb");
    }
}
