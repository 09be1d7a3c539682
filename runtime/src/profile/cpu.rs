//! `rondo profile --cpu`: V8's own profiler over the whole run, where the samples of stalls say nothing of what is short
//! and often.
//!
//! V8 offers it only through the inspector, so this is a session of the thread with itself. A sample a millisecond costs
//! some percent, and wakes a loop that waits.

use std::cell::RefCell;

use rondo_inspector::in_process::LocalSession;
use serde_json::{Value, json};

use crate::core::core;
use crate::inspection::get_or_make;
use crate::recording::cpuprofile::NO_SCRIPT;
use crate::stalls::sample::in_context;

/// V8 takes all stacks at once and keeps them until the end.
const INTERVAL_US: u64 = 1000;
/// The number of the message that asks for the profile.
const STOP_ID: u64 = 4;

thread_local! {
    static SESSION: RefCell<Option<LocalSession>> = const { RefCell::new(None) };
    /// What V8 answered to `STOP_ID`.
    static ANSWER: RefCell<Option<Value>> = const { RefCell::new(None) };
}

pub fn start(scope: &mut v8::PinScope<'_, '_>) {
    let deliver = v8::Function::new(scope, deliver).expect("a function without a template needs little memory");
    let deliver = v8::Global::new(scope, deliver);
    let inspector = get_or_make(scope);
    let session = inspector.connect_local(scope, deliver);
    SESSION.set(Some(session));
    for (index, (method, params)) in [
        ("Profiler.enable", json!({})),
        ("Profiler.setSamplingInterval", json!({ "interval": INTERVAL_US })),
        ("Profiler.start", json!({})),
    ]
    .into_iter()
    .enumerate()
    {
        inspector.dispatch_local(session, &json!({ "id": index + 1, "method": method, "params": params }).to_string());
    }
}

/// The profile as the content of a file, if `start` was called.
pub fn stop() -> Option<Result<Vec<u8>, String>> {
    let session = SESSION.take()?;
    in_context(*core().isolate.get()?, |scope| {
        let inspector = get_or_make(scope);
        inspector.dispatch_local(session, &json!({ "id": STOP_ID, "method": "Profiler.stop" }).to_string());
        inspector.disconnect_local(session);
    });
    let mut answer = ANSWER.take().unwrap_or_default();
    let mut profile = answer["result"]["profile"].take();
    if profile.is_null() {
        return Some(Err(format!("V8 gave no profile: {}", answer["error"]["message"])));
    }
    for node in profile["nodes"].as_array_mut().into_iter().flatten() {
        node["callFrame"]["scriptId"] = NO_SCRIPT.into();
    }
    profile["rondo"] = json!({ "source": "V8's profiler, the whole run", "intervalUs": INTERVAL_US });
    Some(Ok(serde_json::to_vec(&profile).expect("a profile is plain data")))
}

/// Keeps the one answer that matters.
fn deliver(scope: &mut v8::PinScope<'_, '_>, args: v8::FunctionCallbackArguments<'_>, _: v8::ReturnValue<'_>) {
    let text = args.get(0).to_rust_string_lossy(scope);
    let Ok(answer) = serde_json::from_str::<Value>(&text) else { return };
    if answer["id"] == STOP_ID {
        ANSWER.set(Some(answer));
    }
}
