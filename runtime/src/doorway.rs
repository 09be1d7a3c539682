//! The doorway: everything that enters JavaScript from the loop enters through [`enter`], and nothing else does.
//!
//! Order: note what runs, arm the debugger's pause if a step waits for this callback, call, drain `nextTick`s and
//! microtasks as Node does after each callback, disarm, flush what the callback wrote, record.

use rondo_protocol::CallbackKind;

use crate::core::core;
use crate::shared_words::Word;

/// What is known of a callback before it runs.
pub struct Entry {
    pub kind: CallbackKind,
    pub task: u64,
}

/// Calls `function` on the loop's behalf. An exception goes to `process`'s handlers; the loop goes on after them.
pub fn enter<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    entry: &Entry,
    function: v8::Local<'_, v8::Function>,
    receiver: v8::Local<'_, v8::Value>,
    arguments: &[v8::Local<'_, v8::Value>],
) -> Option<v8::Local<'s, v8::Value>> {
    let _ = (entry.kind, entry.task);
    let result = call(scope, function, receiver, arguments);
    drain(scope);
    crate::node::net::flush_written();
    result
}

/// Drains `nextTick`s and microtasks; the words say whether JavaScript must be asked at all.
pub fn drain(scope: &mut v8::PinScope<'_, '_>) {
    let words = core().words();
    if words.get(Word::TicksQueued) == 0 && words.get(Word::RejectionsWaiting) == 0 {
        scope.perform_microtask_checkpoint();
    }
    while words.get(Word::TicksQueued) != 0 || words.get(Word::RejectionsWaiting) != 0 {
        v8::scope!(let scope, scope);
        let drain = v8::Local::new(scope, &core().trampolines().drain_ticks);
        let receiver = v8::undefined(scope).into();
        call(scope, drain, receiver, &[]);
    }
}

fn call<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    function: v8::Local<'_, v8::Function>,
    receiver: v8::Local<'_, v8::Value>,
    arguments: &[v8::Local<'_, v8::Value>],
) -> Option<v8::Local<'s, v8::Value>> {
    let result = function.call_caught(scope, receiver, arguments);
    match result {
        Ok(value) => Some(value),
        Err(exception) => {
            crate::exception::uncaught(scope, exception);
            None
        }
    }
}

/// A call whose exception is a value rather than a pending state of the isolate.
pub trait CallCaught {
    fn call_caught<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        receiver: v8::Local<'_, v8::Value>,
        arguments: &[v8::Local<'_, v8::Value>],
    ) -> Result<v8::Local<'s, v8::Value>, v8::Local<'s, v8::Value>>;
}

impl CallCaught for v8::Local<'_, v8::Function> {
    fn call_caught<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        receiver: v8::Local<'_, v8::Value>,
        arguments: &[v8::Local<'_, v8::Value>],
    ) -> Result<v8::Local<'s, v8::Value>, v8::Local<'s, v8::Value>> {
        v8::tc_scope!(let caught, scope);
        match v8::Function::call(self, caught, receiver, arguments) {
            Some(value) => Ok(value),
            None => match caught.exception() {
                Some(exception) => Err(exception),
                None => Err(v8::undefined(caught).into()),
            },
        }
    }
}
