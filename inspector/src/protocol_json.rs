//! The description of all domains for `/json/protocol`: ours with types, from `protocol.txt`; V8's by the names of their
//! commands and events, which is what clients make their methods from.

use serde_json::{Map, Value, json};

const OURS: &str = include_str!("protocol.txt");

/// V8's domains: name, commands, events.
const V8: [(&str, &str, &str); 6] = [
    ("Console", "clearMessages disable enable", "messageAdded"),
    (
        "Debugger",
        "continueToLocation disable disassembleWasmModule enable evaluateOnCallFrame getPossibleBreakpoints \
         getScriptSource getStackTrace getWasmBytecode nextWasmDisassemblyChunk pause pauseOnAsyncCall removeBreakpoint \
         restartFrame resume searchInContent setAsyncCallStackDepth setBlackboxExecutionContexts setBlackboxPatterns \
         setBlackboxedRanges setBreakpoint setBreakpointByUrl setBreakpointOnFunctionCall setBreakpointsActive \
         setInstrumentationBreakpoint setPauseOnExceptions setReturnValue setScriptSource setSkipAllPauses \
         setVariableValue stepInto stepOut stepOver",
        "breakpointResolved paused resumed scriptFailedToParse scriptParsed",
    ),
    (
        "HeapProfiler",
        "addInspectedHeapObject collectGarbage disable enable getHeapObjectId getObjectByHeapObjectId \
         getSamplingProfile startSampling startTrackingHeapObjects stopSampling stopTrackingHeapObjects \
         takeHeapSnapshot",
        "addHeapSnapshotChunk heapStatsUpdate lastSeenObjectId reportHeapSnapshotProgress resetProfiles",
    ),
    (
        "Profiler",
        "disable enable getBestEffortCoverage setSamplingInterval start startPreciseCoverage stop stopPreciseCoverage \
         takePreciseCoverage",
        "consoleProfileFinished consoleProfileStarted preciseCoverageDeltaUpdate",
    ),
    (
        "Runtime",
        "addBinding awaitPromise callFunctionOn compileScript disable discardConsoleEntries enable evaluate \
         getExceptionDetails getHeapUsage getIsolateId getProperties globalLexicalScopeNames queryObjects releaseObject \
         releaseObjectGroup removeBinding runIfWaitingForDebugger runScript setAsyncCallStackDepth \
         setCustomObjectFormatterEnabled setMaxCallStackSizeToCapture terminateExecution",
        "bindingCalled consoleAPICalled exceptionRevoked exceptionThrown executionContextCreated \
         executionContextDestroyed executionContextsCleared inspectRequested",
    ),
    ("Schema", "getDomains", ""),
];

pub(crate) fn protocol_json() -> Value {
    let named = |names: &str| names.split_whitespace().map(|name| json!({ "name": name })).collect::<Vec<_>>();
    let v8 = V8.iter().map(|(domain, commands, events)| {
        json!({ "domain": domain, "commands": named(commands), "events": named(events), "types": [] })
    });
    json!({ "version": { "major": "1", "minor": "3" }, "domains": v8.chain(described(OURS)).collect::<Vec<_>>() })
}

/// Reads the text format of `protocol.txt`.
fn described(text: &str) -> Vec<Value> {
    let mut domains: Vec<Value> = Vec::new();
    // The list that the last heading went to, and its fields'.
    let mut list = "types";
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (head, rest) = line.trim_start().split_once(' ').unwrap_or((line.trim_start(), ""));
        let Some(domain) = (if head == "domain" {
            let new = json!({ "domain": rest, "experimental": true, "types": [], "commands": [], "events": [] });
            domains.push(new);
            None
        } else {
            domains.last_mut()
        }) else {
            continue;
        };
        match head {
            "text" => domain["description"] = json!(rest),
            "type" => {
                list = "types";
                push(domain, list, described_type(rest));
            }
            "command" | "event" => {
                list = if head == "command" { "commands" } else { "events" };
                let (name, text) = rest.split_once("  ").unwrap_or((rest, ""));
                push(domain, list, with_text(json!({ "name": name }), text));
            }
            _ => {
                let item = domain[list].as_array_mut().and_then(|items| items.last_mut());
                let item = item.expect("a field stands below its heading");
                let field = line.trim_start();
                match field.strip_prefix("> ") {
                    Some(field) => push(item, "returns", described_field(field)),
                    None if list == "types" => push(item, "properties", described_field(field)),
                    None => push(item, "parameters", described_field(field)),
                }
            }
        }
    }
    domains
}

fn described_type(rest: &str) -> Value {
    match rest.split_once(" = ") {
        Some((name, values)) => {
            json!({ "id": name, "type": "string", "enum": values.split(' ').collect::<Vec<_>>() })
        }
        None => json!({ "id": rest, "type": "object" }),
    }
}

/// `name?: Type[]  text`
fn described_field(field: &str) -> Value {
    let (name, rest) = field.split_once(": ").expect("a field has a type");
    let (kind, text) = rest.split_once("  ").unwrap_or((rest, ""));
    let mut described = Map::new();
    described.insert("name".to_owned(), json!(name.trim_end_matches('?')));
    if name.ends_with('?') {
        described.insert("optional".to_owned(), json!(true));
    }
    let of =
        |kind: &str| if kind.starts_with(char::is_uppercase) { ("$ref", json!(kind)) } else { ("type", json!(kind)) };
    match kind.strip_suffix("[]") {
        Some(item) => {
            let (key, value) = of(item);
            described.insert("type".to_owned(), json!("array"));
            described.insert("items".to_owned(), json!({ key: value }));
        }
        None => {
            let (key, value) = of(kind);
            described.insert(key.to_owned(), value);
        }
    }
    with_text(Value::Object(described), text)
}

fn with_text(mut value: Value, text: &str) -> Value {
    if !text.is_empty() {
        value["description"] = json!(text);
    }
    value
}

fn push(item: &mut Value, list: &str, value: Value) {
    match &mut item[list] {
        Value::Array(items) => items.push(value),
        absent => *absent = json!([value]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondo_protocol::{CallbackKind, Phase};

    fn domain(name: &str) -> Value {
        let all = protocol_json();
        let found = all["domains"].as_array().and_then(|all| all.iter().find(|domain| domain["domain"] == name));
        found.expect("it is described").clone()
    }

    #[test]
    fn every_command_of_the_event_loop_is_described() {
        let described: Vec<String> = domain("EventLoop")["commands"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|command| command["name"].as_str().expect("a name").to_owned())
            .collect();
        let source = include_str!("domain/event_loop.rs");
        let arms = source.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" =>"));
        let handled: Vec<&str> = arms.map(|(name, _)| name).collect();
        assert_eq!(handled.len(), described.len(), "{handled:?} {described:?}");
        assert!(handled.iter().all(|name| described.contains(&(*name).to_owned())));
    }

    #[test]
    fn the_page_of_the_event_loop_shows_each_command_and_event() {
        let page = include_str!("../EVENT_LOOP.md");
        let described = domain("EventLoop");
        for (list, suffix) in [("commands", ""), ("events", " (event)")] {
            for item in described[list].as_array().expect("a list") {
                let heading = format!("\n### {}{suffix}\n", item["name"].as_str().expect("a name"));
                assert!(page.contains(&heading), "{heading}");
            }
        }
    }

    #[test]
    fn enums_agree_with_the_types() {
        let types = domain("EventLoop")["types"].clone();
        let values = |id: &str| {
            types.as_array().and_then(|types| types.iter().find(|t| t["id"] == id)).expect("described")["enum"].clone()
        };
        assert_eq!(values("CallbackKind"), json!(CallbackKind::ALL.map(CallbackKind::as_str)));
        assert_eq!(values("Phase"), json!(Phase::ALL.map(Phase::as_str)));
    }

    #[test]
    fn every_reference_leads_to_a_type() {
        let described = domain("EventLoop");
        let ids: Vec<&Value> = described["types"].as_array().expect("a list").iter().map(|t| &t["id"]).collect();
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
            match value {
                Value::Object(fields) => {
                    for (key, value) in fields {
                        if key == "$ref" { found.push(value) } else { references(value, found) }
                    }
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        references(&described, &mut found);
        assert!(!found.is_empty());
        assert!(found.iter().all(|reference| ids.contains(reference)), "{found:?}");
    }
}
