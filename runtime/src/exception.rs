//! What happens to an exception that nobody caught: `process`'s handlers first, else it is printed and the process ends.

use crate::core::core;
use crate::doorway::CallCaught;

/// Node's exit code for an uncaught exception.
const UNCAUGHT_EXIT_CODE: i32 = 1;
/// Node's exit code for an exception inside the handler of exceptions.
const HANDLER_FAILED_EXIT_CODE: i32 = 7;

thread_local! {
    /// The exception that reached the loop last, and where it was thrown: an error only knows where it was made, any other
    /// value not even that.
    static THROWN: std::cell::RefCell<Option<(v8::Global<v8::Value>, v8::Global<v8::Message>)>> = const { std::cell::RefCell::new(None) };
}

thread_local! {
    /// What callbacks of the engine's task that runs have thrown.
    static UNTOLD: std::cell::RefCell<Option<Vec<v8::Global<v8::Value>>>> = const { std::cell::RefCell::new(None) };
}

/// Keeps where `exception` was thrown, for its excerpt. A place in the runtime's own scripts says nothing: there it only
/// passed through.
pub fn note_thrown(
    scope: &mut v8::PinScope<'_, '_>,
    exception: v8::Local<'_, v8::Value>,
    message: v8::Local<'_, v8::Message>,
) {
    v8::scope!(let scope, scope);
    let is_known =
        THROWN.with_borrow(|thrown| thrown.as_ref().is_some_and(|(kept, _)| v8::Local::new(scope, kept) == exception));
    let name = message.get_script_resource_name(scope).map(|name| name.to_rust_string_lossy(scope));
    if is_known && name.is_none_or(|name| name.starts_with("node:")) {
        return;
    }
    let kept = (v8::Global::new(scope, exception), v8::Global::new(scope, message));
    THROWN.set(Some(kept));
}

/// Gives `exception` to `process`; returns when a handler took it.
pub fn uncaught(scope: &mut v8::PinScope<'_, '_>, exception: v8::Local<'_, v8::Value>) {
    if core().is_stopping() {
        return;
    }
    v8::scope!(let scope, scope);
    let Some(trampolines) = core().trampolines.get() else {
        eprintln!("{}", describe(scope, exception));
        std::process::exit(UNCAUGHT_EXIT_CODE);
    };
    let handler = v8::Local::new(scope, &trampolines.uncaught_exception);
    let receiver = v8::undefined(scope).into();
    match handler.call_caught(scope, receiver, &[exception]) {
        Ok(taken) if taken.is_true() => {}
        _ if core().is_stopping() => {}
        Ok(_) => crate::realm::end(UNCAUGHT_EXIT_CODE),
        Err(second) => {
            eprintln!("{}", describe(scope, second));
            crate::realm::end(HANDLER_FAILED_EXIT_CODE);
        }
    }
}

/// Runs `task`, one of the engine's, and gives what its callbacks threw to `process` afterwards: there is nobody below who
/// would see it.
pub fn tell_after(scope: &mut v8::PinScope<'_, '_>, task: impl FnOnce()) {
    UNTOLD.set(Some(Vec::new()));
    task();
    for exception in UNTOLD.take().unwrap_or_default() {
        v8::scope!(let scope, scope);
        let exception = v8::Local::new(scope, exception);
        uncaught(scope, exception);
    }
}

/// Without a listener the engine prints what a verbose scope catches. Most of it [`uncaught`] tells in Node's words already.
pub extern "C" fn message_thrown(message: v8::Local<v8::Message>, exception: v8::Local<v8::Value>) {
    UNTOLD.with_borrow_mut(|untold| {
        let Some(untold) = untold else { return };
        v8::callback_scope!(unsafe scope, message);
        note_thrown(scope, exception, message);
        untold.push(v8::Global::new(scope, exception));
    });
}

/// `file:line`, the source line, a caret row and the stack, as Node prints them.
pub fn describe(scope: &mut v8::PinScope<'_, '_>, exception: v8::Local<'_, v8::Value>) -> String {
    let mut text = source_excerpt(scope, exception).unwrap_or_default();
    let stack = v8::Local::<v8::Object>::try_from(exception).ok().and_then(|object| {
        let key = v8::String::new(scope, "stack")?;
        v8::tc_scope!(let caught, scope);
        object.get(caught, key.into()).filter(|value| value.is_string())
    });
    match stack {
        Some(stack) => text.push_str(&stack.to_rust_string_lossy(scope)),
        None => {
            text.push_str("Uncaught ");
            text.push_str(&exception.to_rust_string_lossy(scope));
        }
    }
    text
}

/// The excerpt of the source at which `exception` was thrown, ending in an empty line.
pub fn source_excerpt(scope: &mut v8::PinScope<'_, '_>, exception: v8::Local<'_, v8::Value>) -> Option<String> {
    v8::scope!(let scope, scope);
    let thrown = THROWN.with_borrow(|thrown| {
        let (kept, message) = thrown.as_ref()?;
        (v8::Local::new(scope, kept) == exception).then(|| v8::Local::new(scope, message))
    });
    // Where it only passed through a script of the runtime, the place where it was made says more.
    thrown.and_then(|message| excerpt_of(scope, message)).or_else(|| {
        let message = v8::Exception::create_message(scope, exception);
        excerpt_of(scope, message)
    })
}

/// The place of a message: `file:line`, the line, a row of carets under what it is about, an empty line.
pub fn excerpt_of(scope: &mut v8::PinScope<'_, '_>, message: v8::Local<'_, v8::Message>) -> Option<String> {
    let name = message.get_script_resource_name(scope)?.to_rust_string_lossy(scope);
    let line = message.get_line_number(scope)?;
    if name == "undefined" || name.starts_with("node:") {
        return None;
    }
    let source = message.get_source_line(scope)?.to_rust_string_lossy(scope);
    let start = message.get_start_column();
    let length = message.get_end_column().saturating_sub(start).clamp(1, source.chars().count().max(1));
    let indent: String = source.chars().take(start).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    Some(format!("{name}:{line}\n{source}\n{indent}{}\n\n", "^".repeat(length)))
}

/// A failure of the process itself: says so and ends it.
pub fn fatal(message: &str) -> ! {
    eprintln!("rondo: {message}");
    std::process::exit(70);
}
