//! What V8 asks of the inspector.

use std::rc::{Rc, Weak};

use v8::inspector::{StringBuffer, StringView, V8InspectorClientImpl};

use crate::Inspector;
use crate::isolate::IsolateRef;
use crate::script_url::script_url;
use crate::session::with_view;

pub(crate) struct Client {
    pub inspector: Weak<Inspector>,
    pub isolate: Rc<IsolateRef>,
}

impl V8InspectorClientImpl for Client {
    fn run_message_loop_on_pause(&self, _context_group_id: i32) {
        if let Some(inspector) = self.inspector.upgrade() {
            inspector.run_pause();
        }
    }

    fn quit_message_loop_on_pause(&self) {
        if let Some(inspector) = self.inspector.upgrade() {
            inspector.pause.quit.set(true);
        }
    }

    fn run_if_waiting_for_debugger(&self, _context_group_id: i32) {
        if let Some(inspector) = self.inspector.upgrade() {
            let waited = inspector.pause.waiting_for_debugger.replace(false);
            inspector.pause.ready_early.set(!waited);
        }
    }

    fn ensure_default_context_in_group(&self, _context_group_id: i32) -> Option<v8::Local<'_, v8::Context>> {
        self.isolate.default_context()
    }

    /// Scripts named by a bare path get the URL that breakpoints are set by.
    fn resource_name_to_url(&self, resource_name: &StringView) -> Option<v8::UniquePtr<StringBuffer>> {
        let name = resource_name.to_string();
        name.starts_with('/').then(|| with_view(&script_url(&name), StringBuffer::create))
    }
}
