//! One V8 session per client, and the channel through which V8 speaks to it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use serde_json::json;
use v8::inspector::{ChannelImpl, StringBuffer, StringView, V8InspectorSession};

use crate::Inspector;
use crate::inbox::ClientId;
use crate::outlet::Outlet;
use crate::stack::STOP_SCRIPT;
use crate::status::now_us;
use crate::wire;

/// The id of requests that the inspector itself makes in a session; their answers are not the client's.
const OWN_REQUEST: i32 = i32::MAX;

/// What is known of a client besides V8's session.
pub(crate) struct Peer {
    pub id: ClientId,
    pub outlet: Outlet,
    inspector: Weak<Inspector>,
    /// The client is gone: nothing is sent any more.
    pub muted: Cell<bool>,
    own_request: Cell<bool>,
    pub debugger_enabled: Cell<bool>,
    pub loop_enabled: Cell<bool>,
    pub runtime_notified: Cell<bool>,
    /// Precise coverage runs.
    pub covers: Cell<bool>,
    pub network_enabled: Cell<bool>,
    /// The categories of `NodeTracing.start`, until it is stopped.
    pub trace_categories: RefCell<Option<Vec<String>>>,
    /// `NodeRuntime.enable` was called.
    pub node_runtime: Cell<bool>,
    pub wants_wait_for_disconnect: Cell<bool>,
    /// Whether a step that leaves a callback goes on in the next one.
    pub steps_cross: Cell<bool>,
    /// The callback in which the last step began, 0 outside of any.
    pub step_from: Cell<Option<u64>>,
    /// V8 reports a pause that this client does not get to see.
    pub pause_hidden: Cell<bool>,
    /// The instrumentation breakpoints set by `EventBreakpoints`.
    pub instrumentation: RefCell<Vec<String>>,
}

impl Peer {
    pub fn new(id: ClientId, outlet: Outlet, inspector: Weak<Inspector>) -> Peer {
        Peer {
            id,
            outlet,
            inspector,
            muted: Cell::new(false),
            own_request: Cell::new(false),
            debugger_enabled: Cell::new(false),
            loop_enabled: Cell::new(false),
            runtime_notified: Cell::new(false),
            covers: Cell::new(false),
            network_enabled: Cell::new(false),
            trace_categories: RefCell::default(),
            node_runtime: Cell::new(false),
            wants_wait_for_disconnect: Cell::new(false),
            steps_cross: Cell::new(true),
            step_from: Cell::new(None),
            pause_hidden: Cell::new(false),
            instrumentation: RefCell::default(),
        }
    }

    pub fn send(&self, text: String) {
        if !self.muted.get() {
            self.outlet.send(text);
        }
    }

    pub fn send_event<T: serde::Serialize>(&self, method: &str, params: T) {
        self.send_event_text(method, wire::event(method, params));
    }

    /// What the loop tells a session of its own thread waits until nothing else runs there: it may be in the middle of
    /// anything, or stopped.
    pub fn send_event_text(&self, method: &str, text: String) {
        match self.inspector.upgrade() {
            Some(inspector) if !self.outlet.is_socket() && method.starts_with("EventLoop.") => {
                inspector.feed.tell_local(self.id, text, &inspector.inbox);
            }
            _ => self.send(text),
        }
    }
}

pub(crate) struct Session {
    pub peer: Rc<Peer>,
    v8: V8InspectorSession,
}

impl Session {
    pub fn new(peer: Rc<Peer>, v8: V8InspectorSession) -> Session {
        Session { peer, v8 }
    }

    /// Gives V8 a message; JavaScript may run and pause inside.
    pub fn dispatch(&self, text: &str) {
        with_view(text, |view| self.v8.dispatch_protocol_message(view));
    }

    /// Calls a V8 method on the inspector's own account; the client does not see the answer.
    pub fn call_own(&self, method: &str, params: serde_json::Value) {
        let outer = self.peer.own_request.replace(true);
        self.dispatch(&json!({ "id": OWN_REQUEST, "method": method, "params": params }).to_string());
        self.peer.own_request.set(outer);
    }

    /// Pauses at the first statement of the next function that is not hidden from steps.
    pub fn schedule_pause(&self, reason: &str, detail: &str) {
        with_view(reason, |reason| {
            with_view(detail, |detail| self.v8.schedule_pause_on_next_statement(reason, detail))
        });
    }

    pub fn cancel_pause(&self) {
        self.v8.cancel_pause_on_next_statement();
    }
}

/// The channel of a session.
pub(crate) struct PeerChannel(pub Rc<Peer>);

impl PeerChannel {
    /// Whether it is about what the client does not get to see: the inspector's own script, a pause that was not shown.
    fn is_hidden(&self, text: &str) -> bool {
        (text.starts_with(r#"{"method":"Debugger.scriptParsed""#) && text.contains(STOP_SCRIPT))
            || (text.starts_with(r#"{"method":"Debugger.resumed""#) && self.0.pause_hidden.replace(false))
    }
}

impl ChannelImpl for PeerChannel {
    fn send_response(&self, call_id: i32, message: v8::UniquePtr<StringBuffer>) {
        if call_id != OWN_REQUEST || !self.0.own_request.get() {
            self.0.send(text_of(&message));
        }
    }

    fn send_notification(&self, message: v8::UniquePtr<StringBuffer>) {
        if self.0.muted.get() {
            return;
        }
        let text = text_of(&message);
        if self.is_hidden(&text) {
            return;
        }
        if text.starts_with(r#"{"method":"Debugger.paused""#) {
            let Some(inspector) = self.0.inspector.upgrade() else { return };
            if let Some(text) = inspector.explain_pause(&self.0, text) {
                self.0.send(text);
            }
        } else {
            let text = wire::complete_timestamp(text, now_us() as f64 / 1000.0);
            let took_ms = self.0.inspector.upgrade().and_then(|inspector| inspector.console_took_ms());
            self.0.send(match took_ms {
                Some(took_ms) => wire::complete_timer(text, took_ms),
                None => text,
            });
        }
    }

    fn flush_protocol_notifications(&self) {}
}

/// V8 writes its messages as 16-bit text that holds ASCII only.
fn text_of(message: &v8::UniquePtr<StringBuffer>) -> String {
    let Some(buffer) = message.as_ref() else { return String::new() };
    let view = buffer.string();
    match (view.characters8(), view.characters16()) {
        (Some(bytes), _) => String::from_utf8_lossy(bytes).into_owned(),
        (None, Some(units)) if units.iter().all(|unit| *unit < 0x80) => {
            units.iter().map(|unit| *unit as u8 as char).collect()
        }
        (None, units) => String::from_utf16_lossy(units.unwrap_or_default()),
    }
}

/// `text` as V8 wants it: eight bits where that is ASCII, else sixteen, since V8 reads eight-bit text as Latin-1 in some
/// places and as UTF-8 in others.
pub(crate) fn with_view<R>(text: &str, work: impl FnOnce(StringView<'_>) -> R) -> R {
    if text.is_ascii() {
        work(StringView::from(text.as_bytes()))
    } else {
        let units: Vec<u16> = text.encode_utf16().collect();
        work(StringView::from(&units[..]))
    }
}
