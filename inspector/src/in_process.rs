//! Sessions of the program itself (`inspector.Session`): on their own thread, whose messages are calls into JavaScript, and
//! from a worker to the main thread, whose messages go through both inboxes.
//!
//! A session of its own thread can see and profile that, but not stop it: nobody could resume it. One from a worker can.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use crate::Inspector;
use crate::inbox::{ClientId, Inbound, Inbox, Waiting};
use crate::outlet::{Outlet, SocketOutlet};
use crate::server::new_client;

/// The main thread's inspector, for workers.
static MAIN: Mutex<Option<Arc<Inbox>>> = Mutex::new(None);

/// A session of the same thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalSession(ClientId);

/// A session that a worker has in the main thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MainSession(ClientId);

/// A session in the main thread, as its worker has it.
struct Far {
    main: Arc<Inbox>,
    waiting: Arc<Waiting>,
    deliver: v8::Global<v8::Function>,
}

/// What a worker has of its sessions in the main thread.
#[derive(Default)]
pub(crate) struct Remote {
    sessions: HashMap<ClientId, Far>,
    /// Messages that came while the worker stood in a pause of its own.
    held: VecDeque<(ClientId, String)>,
}

impl Inspector {
    /// This is the main thread's inspector: workers may connect to it.
    pub fn offer_to_workers(&self) {
        *MAIN.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(self.inbox.clone());
    }

    /// Opens a session of this thread; `deliver` is called with every message as text, in the middle of JavaScript. What
    /// it throws is the caller's of whatever caused the message.
    pub fn connect_local(&self, _scope: &mut v8::PinScope<'_, '_>, deliver: v8::Global<v8::Function>) -> LocalSession {
        let id = new_client();
        let isolate = self.isolate.clone();
        let call = move |text: &str| isolate.with_scope(|scope| call_with(scope, &deliver, text));
        self.connect(id, Outlet::Local(Box::new(call)));
        LocalSession(id)
    }

    /// Sends a message into a session of this thread.
    pub fn dispatch_local(&self, session: LocalSession, text: &str) {
        if let Some(session) = self.session(session.0) {
            self.handle_text(&session, text);
        }
    }

    pub fn disconnect_local(&self, session: LocalSession) {
        self.retire(session.0);
    }

    /// Opens a session in the main thread; `deliver` is called with every message as text, from this worker's loop.
    pub fn connect_to_main(&self, deliver: v8::Global<v8::Function>) -> Result<MainSession, String> {
        let main = MAIN.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        let main = main.ok_or("the main thread has no inspector")?;
        let client = new_client();
        let inbox = self.inbox.clone();
        let outlet = SocketOutlet::relay(move |text| inbox.push_relayed(client, text)).map_err(|e| e.to_string())?;
        main.push(Inbound::Connected { client, outlet });
        self.remote.borrow_mut().sessions.insert(client, Far { main, waiting: Arc::default(), deliver });
        Ok(MainSession(client))
    }

    /// Sends a message to the main thread; the error says why it can't be.
    pub fn dispatch_to_main(&self, session: MainSession, text: String) -> Result<(), &'static str> {
        let remote = self.remote.borrow();
        let Some(Far { main, waiting, .. }) = remote.sessions.get(&session.0) else { return Ok(()) };
        if !waiting.admit(text.len()) {
            return Err("too many requests wait for an answer of the main thread");
        }
        main.push(Inbound::Message { client: session.0, text, waiting: waiting.clone() });
        Ok(())
    }

    pub fn disconnect_from_main(&self, session: MainSession) {
        if let Some(far) = self.remote.borrow_mut().sessions.remove(&session.0) {
            far.main.push(Inbound::Disconnected { client: session.0 });
        }
    }

    /// The worker ends, and with it its sessions in the main thread.
    pub(crate) fn leave_main(&self) {
        for (client, far) in self.remote.take().sessions {
            far.main.push(Inbound::Disconnected { client });
        }
    }

    /// Whether nothing of the program may run.
    fn stands_still(&self) -> bool {
        self.pause.is_on() || self.pause.between.get()
    }

    /// What the loop has told sessions of this thread; behind a pause if there is one.
    pub(crate) fn deliver_local(&self) {
        if self.stands_still() {
            return;
        }
        for (client, text) in self.feed.take_local() {
            if let Some(session) = self.session(client) {
                session.peer.send(text);
            }
        }
    }

    /// What the main thread's inspector says to a session of this worker's.
    pub(crate) fn deliver_relayed(&self, client: ClientId, text: String) {
        if self.stands_still() {
            return self.remote.borrow_mut().held.push_back((client, text));
        }
        let deliver = self.remote.borrow().sessions.get(&client).map(|far| far.deliver.clone());
        if let Some(deliver) = deliver {
            self.isolate.with_scope(|scope| call_with(scope, &deliver, &text));
        }
    }

    /// A pause is over: what came for sessions of the program itself is told from the loop.
    pub(crate) fn release_held(&self) {
        if self.feed.has_local() {
            self.inbox.push_local_events();
        }
        let held = std::mem::take(&mut self.remote.borrow_mut().held);
        for (client, text) in held {
            self.inbox.push_relayed(client, text);
        }
    }
}

fn call_with(scope: &mut v8::PinScope<'_, '_>, deliver: &v8::Global<v8::Function>, text: &str) {
    let Some(text) = v8::String::new(scope, text) else { return };
    let function = v8::Local::new(scope, deliver);
    let receiver = v8::undefined(scope).into();
    let _ = function.call(scope, receiver, &[text.into()]);
}
