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
