//! The running JavaScript stack as sites.

use rondo_protocol::site::Site;

use crate::script_url::script_url;

/// Frames of one captured stack.
const FRAMES_MAX: usize = 64;

/// Innermost first; empty when no JavaScript runs.
pub(crate) fn stack_of(scope: &mut v8::PinScope<'_, '_>) -> Vec<Site> {
    v8::scope!(let scope, scope);
    let Some(trace) = v8::StackTrace::current_stack_trace(scope, FRAMES_MAX) else { return Vec::new() };
    let mut sites = Vec::with_capacity(trace.get_frame_count());
    for index in 0..trace.get_frame_count() {
        let Some(frame) = trace.get_frame(scope, index) else { continue };
        let url = frame.get_script_name_or_source_url(scope);
        let function_name = frame.get_function_name(scope);
        sites.push(Site {
            url: url.map(|url| script_url(&url.to_rust_string_lossy(scope))).unwrap_or_default(),
            line_number: (frame.get_line_number() as u32).saturating_sub(1),
            column_number: (frame.get_column() as u32).saturating_sub(1),
            function_name: function_name.map(|name| name.to_rust_string_lossy(scope)).unwrap_or_default(),
            script_id: Some(frame.get_script_id().to_string()),
        });
    }
    sites
}

/// Whether what runs is a script of the runtime.
pub(crate) fn is_internal(scope: &mut v8::PinScope<'_, '_>) -> bool {
    v8::scope!(let scope, scope);
    // V8 does not check the index of a frame.
    let trace = v8::StackTrace::current_stack_trace(scope, 1).filter(|trace| trace.get_frame_count() > 0);
    let top = trace.and_then(|trace| trace.get_frame(scope, 0));
    let url = top.and_then(|frame| frame.get_script_name_or_source_url(scope));
    url.is_some_and(|url| url.to_rust_string_lossy(scope).starts_with("node:"))
}

/// Whether a script of the user's runs or waits for one of the runtime that does.
pub(crate) fn has_user_frame(scope: &mut v8::PinScope<'_, '_>) -> bool {
    stack_of(scope).iter().any(|site| !site.url.starts_with("node:"))
}

/// The name of the script of [`run_debugger_statement`]: V8 does not pause in internal ones.
pub(crate) const STOP_SCRIPT: &str = "rondo:stop";

/// Pauses now, above the stack that waits; `None` if a client terminated what runs.
pub(crate) fn run_debugger_statement(scope: &mut v8::PinScope<'_, '_>) -> Option<()> {
    v8::tc_scope!(let scope, scope);
    let name = v8::String::new(scope, STOP_SCRIPT)?;
    let source = v8::String::new(scope, "debugger")?;
    let origin = v8::ScriptOrigin::new(scope, name.into(), 0, 0, false, -1, None, false, false, false, None);
    v8::Script::compile(scope, source, Some(&origin))?.run(scope).map(|_| ())
}
