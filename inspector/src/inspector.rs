//! The inspector of one isolate, as the loop calls it. `README.md` gives the sequence of calls.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rondo_protocol::CallbackKind;
use rondo_protocol::callback::Callback;
use rondo_protocol::stall::Stall;
use v8::inspector::{Channel, StringView, V8Inspector, V8InspectorClient, V8InspectorClientTrustLevel};

use crate::bodies::Bodies;
use crate::client::Client;
use crate::error::Error;
use crate::feed::Feed;
use crate::follow::Follow;
use crate::host::LoopHost;
use crate::in_process::Remote;
use crate::inbox::{Capture, Captured, ClientId, Inbound, Inbox};
use crate::interrupt::Deferred;
use crate::isolate::{self, IsolateRef};
use crate::needs::Needs;
use crate::options::{Listen, Setup};
use crate::outlet::Outlet;
use crate::own_console::without_console;
use crate::pause::Pause;
use crate::server::{Server, Target};
use crate::session::{Peer, PeerChannel, Session, with_view};
use crate::stack::stack_of;
use crate::status::SharedStatus;
use crate::stepping::Stepping;
use crate::streams::Streams;
use crate::workers::{self, Worker};

/// The one group that all contexts of the isolate are in.
const CONTEXT_GROUP: i32 = 1;

pub struct Inspector {
    pub(crate) v8: V8Inspector,
    pub(crate) isolate: Rc<IsolateRef>,
    pub(crate) host: Rc<dyn LoopHost>,
    pub(crate) needs: Rc<Needs>,
    pub(crate) status: Arc<SharedStatus>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) feed: Arc<Feed>,
    pub(crate) target: Target,
    pub(crate) server: RefCell<Option<Server>>,
    pub(crate) sessions: RefCell<Vec<Rc<Session>>>,
    /// Sessions whose client is gone. V8 forbids to drop them while it is inside of one.
    zombies: RefCell<Vec<Rc<Session>>>,
    pub(crate) dispatch_depth: Cell<u32>,
    pub(crate) pause: Pause,
    pub(crate) stepping: RefCell<Stepping>,
    pub(crate) streams: RefCell<Streams>,
    pub(crate) bodies: RefCell<Bodies>,
    /// What the program offers to front ends by URL.
    pub(crate) resources: RefCell<HashMap<String, Vec<u8>>>,
    /// Async tasks that V8 was told of as running, innermost last.
    started_tasks: RefCell<Vec<usize>>,
    pub(crate) follow: Follow,
    /// The host keeps where tasks are scheduled.
    is_observed: Cell<bool>,
    /// How long ago the label of the console's timer was set that the program ends now, in milliseconds.
    console_took_ms: Cell<Option<f64>>,
    pub(crate) remote: RefCell<Remote>,
    /// The number of the worker whose inspector this is.
    pub(crate) worker: Cell<Option<u64>>,
    pub(crate) stopping: Option<Arc<AtomicBool>>,
    /// Who has begun the recording that runs.
    pub(crate) recording_of: Cell<Option<ClientId>>,
    myself: Weak<Inspector>,
}

/// Tells clients of stalls, from any thread.
#[derive(Clone)]
pub struct Reporter(Arc<Feed>, Arc<Inbox>);

impl Reporter {
    pub fn stall_detected(&self, stall: &Stall) {
        self.0.stall(stall, &self.1);
    }
}

impl Inspector {
    /// Makes the inspector of `scope`'s isolate and registers `context` as the one that clients see first. Call it before
    /// any script is compiled that clients shall know.
    pub fn new(
        scope: &mut v8::PinScope<'_, '_>,
        context: v8::Local<'_, v8::Context>,
        setup: Setup,
        host: Rc<dyn LoopHost>,
    ) -> Rc<Inspector> {
        let isolate = Rc::new(IsolateRef::new(scope, context));
        let inbox = Arc::new(Inbox::new(setup.waker, scope.thread_safe_handle()));
        let feed = Arc::new(Feed::default());
        let inspector = Rc::new_cyclic(|myself: &Weak<Inspector>| {
            let client = Client { inspector: myself.clone(), isolate: isolate.clone() };
            Inspector {
                v8: V8Inspector::create(scope, V8InspectorClient::new(Box::new(client))),
                isolate,
                host,
                needs: setup.needs,
                status: setup.status,
                inbox,
                feed,
                target: Target { title: setup.title.clone(), script_url: setup.script_url, browser: setup.browser },
                server: RefCell::default(),
                sessions: RefCell::default(),
                zombies: RefCell::default(),
                dispatch_depth: Cell::new(0),
                pause: Pause::default(),
                stepping: RefCell::default(),
                streams: RefCell::default(),
                bodies: RefCell::default(),
                resources: RefCell::default(),
                started_tasks: RefCell::default(),
                follow: Follow::default(),
                is_observed: Cell::new(false),
                console_took_ms: Cell::new(None),
                remote: RefCell::default(),
                worker: Cell::new(None),
                stopping: setup.stopping,
                recording_of: Cell::new(None),
                myself: myself.clone(),
            }
        });
        isolate::install(&inspector);
        // DevTools takes every context that is not the default one for a content script.
        let register = || {
            with_view(&setup.title, |name| {
                let about = StringView::from(&br#"{"isDefault":true}"#[..]);
                inspector.v8.context_created(context, CONTEXT_GROUP, name, about);
            });
        };
        if setup.has_own_console {
            without_console(scope, context, register)
        } else {
            register()
        }
        inspector
    }

    /// Starts the server; prints Node's line to stderr. The result is the WebSocket URL.
    pub fn listen(&self, listen: &Listen) -> Result<String, Error> {
        if self.server.borrow().is_some() {
            return Err(Error::AlreadyListening);
        }
        let shared = (self.inbox.clone(), self.status.clone(), self.feed.clone());
        let server = Server::start(listen, self.target.clone(), shared)?;
        let url = server.url().to_owned();
        self.server.replace(Some(server));
        Ok(url)
    }

    /// This is a worker's inspector: from now on the process's clients attach to it. Whether one of them wants the worker
    /// to wait for it.
    pub fn begin_worker(&self) -> bool {
        let (title, url) = (self.target.title.clone(), self.target.script_url.clone());
        let (inbox, feed, status) = (self.inbox.clone(), self.feed.clone(), self.status.clone());
        let (number, holds) = workers::begin(Worker { title, url, inbox, feed, status });
        self.worker.set(Some(number));
        holds
    }

    /// The worker ends. V8 wants its sessions gone before itself.
    pub fn end_worker(&self, scope: &mut v8::PinScope<'_, '_>) {
        if let Some(number) = self.worker.take() {
            self.v8.context_destroyed(scope.get_current_context());
            workers::end(number);
        }
        self.leave_main();
        drop(self.sessions.take());
        drop(self.zombies.take());
    }

    /// The WebSocket URL while the server runs.
    pub fn url(&self) -> Option<String> {
        self.server.borrow().as_ref().map(|server| server.url().to_owned())
    }

    /// Ends the server and every socket session.
    pub fn close(&self) {
        let Some(server) = self.server.take() else { return };
        drop(server);
        let gone: Vec<_> = self.sessions.borrow().iter().filter(|s| s.peer.outlet.is_socket()).cloned().collect();
        for session in gone {
            self.retire(session.peer.id);
        }
    }

    /// Whether what the program prints is kept for clients: while they can come, and while there are any.
    pub fn is_active(&self) -> bool {
        self.server.borrow().is_some() || self.any_client()
    }

    /// Whether any session exists, of a socket or in the process.
    pub fn any_client(&self) -> bool {
        !self.sessions.borrow().is_empty()
    }

    /// Handles what clients have sent. Call it when the waker woke the loop.
    pub fn dispatch_pending(&self, _scope: &mut v8::PinScope<'_, '_>) {
        self.handle_all();
    }

    /// Tells clients of stalls, from any thread.
    pub fn reporter(&self) -> Reporter {
        Reporter(self.feed.clone(), self.inbox.clone())
    }

    /// JavaScript schedules a task; a context must be entered.
    pub fn async_task_scheduled(&self, name: &str, kind: CallbackKind, task: u64, recurring: bool) {
        let key = task_key(kind, task);
        self.follow.scheduled(key);
        // SAFETY: V8 takes the pointer as a number and never follows it.
        with_view(name, |name| unsafe {
            self.v8.async_task_scheduled(name, key as *const std::ffi::c_void, recurring);
        });
    }

    pub fn async_task_canceled(&self, kind: CallbackKind, task: u64) {
        let key = task_key(kind, task);
        self.follow.canceled(key);
        // SAFETY: as above.
        unsafe { self.v8.async_task_canceled(key as *const std::ffi::c_void) };
    }

    pub fn async_task_started(&self, kind: CallbackKind, task: u64) {
        let key = task_key(kind, task);
        self.started_tasks.borrow_mut().push(key);
        // SAFETY: as above.
        unsafe { self.v8.async_task_started(key as *const std::ffi::c_void) };
        if self.follow.started(key) {
            for session in self.all_sessions().iter().filter(|session| session.peer.debugger_enabled.get()) {
                session.schedule_pause("other", "{}");
            }
        }
    }

    pub fn async_task_finished(&self, kind: CallbackKind, task: u64) {
        let key = task_key(kind, task);
        // A debugger may have come after the callback had started: V8 would take away another task.
        if self.started_tasks.borrow_mut().pop_if(|running| *running == key).is_some() {
            // SAFETY: as above.
            unsafe { self.v8.async_task_finished(key as *const std::ffi::c_void) };
            if self.follow.finished(key) {
                self.all_sessions().iter().for_each(|session| session.cancel_pause());
            }
        }
    }

    /// The loop begins to wait for events.
    pub fn idle_started(&self) {
        self.v8.idle_started();
    }

    pub fn idle_finished(&self) {
        self.v8.idle_finished();
    }

    /// A callback has run: it goes to the clients that listen.
    pub fn callback_ran(&self, callback: Callback) {
        self.feed.callback(callback);
    }

    /// While the program tells V8 of a timer of its console: how long that took. V8 has no clock here and says 0.
    pub fn set_console_took(&self, took_ms: Option<f64>) {
        self.console_took_ms.set(took_ms);
    }

    pub(crate) fn console_took_ms(&self) -> Option<f64> {
        self.console_took_ms.get()
    }

    /// Nobody caught `exception`.
    pub fn exception_thrown(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        exception: v8::Local<'_, v8::Value>,
        message: v8::Local<'_, v8::Message>,
    ) {
        let name = message.get_script_resource_name(scope).map(|name| name.to_rust_string_lossy(scope));
        let url = name.filter(|name| name != "undefined").unwrap_or_default();
        let detail = message.get(scope).to_rust_string_lossy(scope);
        let line = message.get_line_number(scope).unwrap_or(0) as u32;
        let column = message.get_start_column() as u32 + 1;
        let stack = message.get_stack_trace(scope);
        let script = stack.and_then(|stack| stack.get_frame(scope, 0)).map_or(0, |frame| frame.get_script_id());
        let stack = self.v8.create_stack_trace(stack);
        let context = scope.get_current_context();
        with_view(&detail, |detail| {
            with_view(&url, |url| {
                let text = StringView::from(&b"Uncaught"[..]);
                self.v8.exception_thrown(context, text, exception, detail, url, line, column, stack, script as i32);
            });
        });
    }

    /// In the middle of JavaScript: answers what can be answered there.
    pub(crate) fn interrupted(&self) {
        let mut deferred = Deferred::default();
        loop {
            self.answer_captures();
            match self.inbox.pop() {
                Some(inbound) if deferred.must_take(&inbound, self.host.can_answer()) => deferred.0.push(inbound),
                Some(inbound) => self.handle(inbound),
                None => break,
            }
        }
        if !deferred.0.is_empty() {
            self.inbox.put_back(deferred);
        }
    }

    /// Takes messages until none is left.
    fn handle_all(&self) {
        self.handle_while(|_| true);
        self.bury();
    }

    pub(crate) fn handle_while(&self, goes_on: impl Fn(&Inspector) -> bool) {
        loop {
            self.answer_captures();
            if !goes_on(self) {
                return;
            }
            let Some(inbound) = self.inbox.pop() else { return };
            self.handle(inbound);
        }
    }

    fn handle(&self, inbound: Inbound) {
        match inbound {
            Inbound::Connected { client, outlet } => self.connect(client, Outlet::Socket(outlet)),
            Inbound::Message { client, text, waiting } => {
                waiting.release(text.len());
                if let Some(session) = self.session(client) {
                    self.handle_text(&session, &text);
                }
            }
            Inbound::Disconnected { client } => self.retire(client),
            Inbound::StateWanted => self.report_state(),
            Inbound::LocalEvents => self.deliver_local(),
            Inbound::Relayed { client, text } => self.deliver_relayed(client, text),
            Inbound::Stuck { sequence, threshold_us } => self.pause_stuck(sequence, threshold_us),
        }
    }

    pub(crate) fn connect(&self, id: ClientId, outlet: Outlet) {
        let peer = Rc::new(Peer::new(id, outlet, self.myself.clone()));
        let channel = Channel::new(Box::new(PeerChannel(peer.clone())));
        let trust = V8InspectorClientTrustLevel::FullyTrusted;
        let v8 = self.v8.connect(CONTEXT_GROUP, channel, StringView::empty(), trust);
        self.sessions.borrow_mut().push(Rc::new(Session::new(peer, v8)));
    }

    pub(crate) fn session(&self, id: ClientId) -> Option<Rc<Session>> {
        self.sessions.borrow().iter().find(|session| session.peer.id == id).cloned()
    }

    pub(crate) fn all_sessions(&self) -> Vec<Rc<Session>> {
        self.sessions.borrow().clone()
    }

    /// The client is gone: nothing of it holds the program any longer. V8's session is dropped later.
    pub(crate) fn retire(&self, id: ClientId) {
        let Some(session) = self.session(id) else { return };
        self.sessions.borrow_mut().retain(|other| other.peer.id != id);
        session.peer.muted.set(true);
        workers::forget(id);
        self.stepping.borrow_mut().forget_client(id);
        self.feed.unsubscribe(id);
        if self.recording_of.get() == Some(id) {
            self.recording_of.set(None);
            // It may have ended by itself.
            let _ = self.host.stop_recording();
        }
        self.streams.borrow_mut().forget(id);
        self.status.set_stall_breakpoint(self.feed.threshold());
        session.call_own("Debugger.disable", serde_json::json!({}));
        session.call_own("Runtime.disable", serde_json::json!({}));
        session.peer.debugger_enabled.set(false);
        session.peer.loop_enabled.set(false);
        self.zombies.borrow_mut().push(session);
        self.update_needs();
        self.update_network();
    }

    /// Drops the sessions of clients that are gone, once V8 is inside of none.
    fn bury(&self) {
        if self.dispatch_depth.get() == 0 && !self.pause.is_on() {
            let dead = self.zombies.take();
            drop(dead);
        }
    }

    fn answer_captures(&self) {
        let captures = self.inbox.take_captures();
        if captures.is_empty() {
            return;
        }
        let stack = self.isolate.with_scope(stack_of);
        for Capture { asked, answer } in captures {
            // Nobody waits any more once the deadline has passed.
            let _ = answer.send(Captured { stack: stack.clone(), skid: asked.elapsed() });
        }
    }

    /// Sets what the loop must do for the clients there are.
    pub(crate) fn update_needs(&self) {
        let sessions = self.sessions.borrow();
        let debugger = sessions.iter().any(|session| session.peer.debugger_enabled.get());
        let watched = sessions.iter().any(|session| session.peer.loop_enabled.get());
        let guarded = sessions.iter().any(|s| s.peer.debugger_enabled.get() && !s.peer.steps_cross.get());
        let stepping = self.stepping.borrow();
        if self.needs.debugger() != debugger && !debugger {
            self.started_tasks.borrow_mut().clear();
        }
        self.needs.set_debugger(debugger);
        self.needs.set_doorway(stepping.waits_for_callbacks() || stepping.is_inside() || guarded);
        self.needs.set_phases(stepping.waits_for_phases());
        self.needs.set_records(watched);
        let observed = watched || stepping.needs_origins();
        drop(stepping);
        if self.is_observed.replace(observed) != observed {
            self.host.set_observed(observed);
        }
    }
}

/// The number by which V8 knows a task: never 0, and even, since V8's own promise tasks are odd.
fn task_key(kind: CallbackKind, task: u64) -> usize {
    ((task as usize) << 6) | ((kind as usize + 1) << 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn task_keys_are_even_distinct_and_never_zero() {
        let keys: std::collections::HashSet<usize> =
            CallbackKind::ALL.into_iter().flat_map(|kind| [0, 1, 2].map(|task| task_key(kind, task))).collect();
        assert_eq!(keys.len(), CallbackKind::ALL.len() * 3);
        assert!(keys.iter().all(|key| key % 2 == 0 && *key != 0));
    }
}
