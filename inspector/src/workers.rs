//! Workers as targets of the process's clients: `NodeWorker`, whose messages are nested in strings, and `Target`, whose
//! messages carry a `sessionId`.
//!
//! A worker has an inspector of its own on its own thread. What its sessions say goes to the client's socket directly, and
//! what a client says to one goes from the server's thread into the worker's inbox: the main thread may be stuck. Workers
//! are known from their beginning, so that a server which starts later finds them. Any thread may call what stands here.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::json;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use crate::feed::Feed;
use crate::inbox::{ClientId, Inbound, Inbox, Waiting};
use crate::outlet::SocketOutlet;
use crate::server::new_client;
use crate::status::SharedStatus;
use crate::wire::event;

/// Sessions in workers at once, of all clients.
const SESSIONS_MAX: usize = 4096;

/// How a client talks to workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `NodeWorker.sendMessageToWorker`
    Nested,
    /// `Target.setAutoAttach`
    Flat,
}

/// What a session in a worker adds to each of its messages.
#[derive(Debug)]
pub(crate) struct Envelope {
    style: Style,
    session: String,
}

impl Envelope {
    pub fn wrap(&self, text: String) -> String {
        match self.style {
            Style::Nested => {
                event("NodeWorker.receivedMessageFromWorker", json!({ "sessionId": self.session, "message": text }))
            }
            Style::Flat => format!(r#"{{"sessionId":"{}",{}"#, self.session, &text[1..]),
        }
    }
}

/// A worker that clients can attach to.
pub(crate) struct Worker {
    pub title: String,
    pub url: String,
    pub inbox: Arc<Inbox>,
    pub feed: Arc<Feed>,
    pub status: Arc<SharedStatus>,
}

/// A client that wants to be attached to every worker.
struct Follower {
    client: ClientId,
    outlet: SocketOutlet,
    style: Style,
    /// Workers wait for it before they run anything.
    holds: bool,
}

struct Attached {
    session: String,
    follower: ClientId,
    outlet: SocketOutlet,
    style: Style,
    worker: u64,
    /// Who it is in the worker.
    client: ClientId,
    waiting: Arc<Waiting>,
}

/// What became of a message for a session in a worker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Done,
    NoSession,
    /// More requests wait for an answer than may.
    TooMuch,
}

#[derive(Default)]
struct Registry {
    workers: Vec<(u64, Worker, Option<AbortHandle>)>,
    followers: Vec<Follower>,
    sessions: Vec<Attached>,
    next: u64,
    /// The server's, while it runs.
    runtime: Option<Handle>,
}

static REGISTRY: Mutex<Option<Registry>> = Mutex::new(None);

fn registry() -> MutexGuard<'static, Option<Registry>> {
    REGISTRY.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn with<R>(work: impl FnOnce(&mut Registry) -> R) -> R {
    work(registry().get_or_insert_default())
}

/// The server has started, or has ended.
pub(crate) fn set_runtime(runtime: Option<Handle>) {
    with(|registry| {
        registry.runtime = runtime;
        for (_, worker, feeding) in &mut registry.workers {
            *feeding = registry.runtime.as_ref().map(|runtime| feed(worker, runtime));
        }
    });
}

/// Whether the server runs.
pub fn are_watched() -> bool {
    with(|registry| registry.runtime.is_some())
}

/// Sends what a worker tells of itself, as long as the server runs.
fn feed(worker: &Worker, runtime: &Handle) -> AbortHandle {
    let (feed, inbox, status) = (worker.feed.clone(), worker.inbox.clone(), worker.status.clone());
    runtime.spawn(async move { feed.run(&inbox, &status).await }).abort_handle()
}

/// A worker begins; the result is its number, and whether it must wait for a debugger.
pub(crate) fn begin(worker: Worker) -> (u64, bool) {
    with(|registry| {
        registry.next += 1;
        let number = registry.next;
        let feeding = registry.runtime.as_ref().map(|runtime| feed(&worker, runtime));
        registry.workers.push((number, worker, feeding));
        let followers = std::mem::take(&mut registry.followers);
        for follower in &followers {
            registry.attach(number, follower);
        }
        let holds = followers.iter().any(|follower| follower.holds);
        registry.followers = followers;
        (number, holds)
    })
}

/// A worker has ended.
pub(crate) fn end(number: u64) {
    with(|registry| {
        registry.workers.retain(|(other, _, feeding)| {
            if let Some(feeding) = feeding.as_ref().filter(|_| *other == number) {
                feeding.abort();
            }
            *other != number
        });
        let (gone, rest) = std::mem::take(&mut registry.sessions).into_iter().partition(|one| one.worker == number);
        registry.sessions = rest;
        let gone: Vec<Attached> = gone;
        for Attached { session, outlet, style, worker, .. } in gone {
            outlet.send(match style {
                Style::Nested => event("NodeWorker.detachedFromWorker", json!({ "sessionId": session })),
                Style::Flat => {
                    let target = worker.to_string();
                    event("Target.detachedFromTarget", json!({ "sessionId": session, "targetId": target }))
                }
            });
        }
    });
}

/// Attaches a client to all workers there are and will be.
pub(crate) fn follow(client: ClientId, outlet: &SocketOutlet, style: Style, holds: bool) {
    with(|registry| {
        let follower = Follower { client, outlet: outlet.clone(), style, holds };
        if let Some(old) = registry.followers.iter_mut().find(|old| old.client == client && old.style == style) {
            old.holds = holds;
            return;
        }
        let numbers: Vec<u64> = registry.workers.iter().map(|(number, ..)| *number).collect();
        for number in numbers {
            registry.attach(number, &follower);
        }
        registry.followers.push(follower);
    });
}

/// Ends what [`follow`] began.
pub(crate) fn unfollow(client: ClientId, style: Style) {
    with(|registry| {
        registry.followers.retain(|follower| follower.client != client || follower.style != style);
        registry.detach(|one| one.follower == client && one.style == style);
    });
}

/// A client is gone.
pub(crate) fn forget(client: ClientId) {
    unfollow(client, Style::Nested);
    unfollow(client, Style::Flat);
}

/// Ends one session; false if the client has none of that name.
pub(crate) fn detach(client: ClientId, session: &str) -> bool {
    with(|registry| registry.detach(|one| one.follower == client && one.session == session)) > 0
}

/// Gives a message to the worker that a session of the client's is in, unless `answer` does without its thread.
pub(crate) fn deliver(
    client: ClientId,
    session: &str,
    text: &str,
    answer: impl FnOnce(&Worker, &SocketOutlet) -> bool,
) -> Delivery {
    with(|registry| {
        let Some(one) = registry.sessions.iter().find(|one| one.follower == client && one.session == session) else {
            return Delivery::NoSession;
        };
        let Some((_, worker, _)) = registry.workers.iter().find(|(number, ..)| *number == one.worker) else {
            return Delivery::NoSession;
        };
        let outlet = one.outlet.in_session(Envelope { style: one.style, session: one.session.clone() });
        if answer(worker, &outlet) {
            return Delivery::Done;
        }
        if !one.waiting.admit(text.len()) {
            return Delivery::TooMuch;
        }
        let (text, waiting) = (text.to_owned(), one.waiting.clone());
        worker.inbox.push(Inbound::Message { client: one.client, text, waiting });
        Delivery::Done
    })
}

/// The workers as `Target.getTargets` lists them.
pub(crate) fn targets() -> Vec<serde_json::Value> {
    with(|registry| registry.workers.iter().map(|(number, worker, _)| target_info(*number, worker)).collect())
}

fn target_info(number: u64, worker: &Worker) -> serde_json::Value {
    json!({
        "targetId": number.to_string(), "type": "worker", "title": worker.title, "url": worker.url,
        "attached": true, "canAccessOpener": false,
    })
}

impl Registry {
    fn attach(&mut self, number: u64, follower: &Follower) {
        let Some((_, worker, _)) = self.workers.iter().find(|(other, ..)| *other == number) else { return };
        if self.sessions.len() >= SESSIONS_MAX {
            return;
        }
        self.next += 1;
        let (session, client) = (self.next.to_string(), new_client());
        let told = match follower.style {
            Style::Nested => {
                let info = json!({ "workerId": number.to_string(), "type": "worker", "title": worker.title, "url": worker.url });
                let params = json!({ "sessionId": session, "workerInfo": info, "waitingForDebugger": follower.holds });
                event("NodeWorker.attachedToWorker", params)
            }
            Style::Flat => {
                let info = target_info(number, worker);
                let params = json!({ "sessionId": session, "targetInfo": info, "waitingForDebugger": follower.holds });
                event("Target.attachedToTarget", params)
            }
        };
        follower.outlet.send(told);
        let outlet = follower.outlet.in_session(Envelope { style: follower.style, session: session.clone() });
        worker.inbox.push(Inbound::Connected { client, outlet });
        let (follower, outlet, style) = (follower.client, follower.outlet.clone(), follower.style);
        let waiting = Arc::default();
        self.sessions.push(Attached { session, follower, outlet, style, worker: number, client, waiting });
    }

    /// How many sessions that were.
    fn detach(&mut self, is_meant: impl Fn(&Attached) -> bool) -> usize {
        let before = self.sessions.len();
        let workers = &self.workers;
        self.sessions.retain(|one| {
            let goes = is_meant(one);
            if goes && let Some((_, worker, _)) = workers.iter().find(|(number, ..)| *number == one.worker) {
                worker.inbox.push(Inbound::Disconnected { client: one.client });
            }
            !goes
        });
        before - self.sessions.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_a_worker_are_wrapped_as_the_client_wants() {
        let text = r#"{"id":1,"result":{}}"#.to_owned();
        let flat = Envelope { style: Style::Flat, session: "7".to_owned() };
        assert_eq!(flat.wrap(text.clone()), r#"{"sessionId":"7","id":1,"result":{}}"#);
        let nested: serde_json::Value =
            serde_json::from_str(&Envelope { style: Style::Nested, session: "7".to_owned() }.wrap(text.clone()))
                .expect("JSON");
        assert_eq!(nested["method"], "NodeWorker.receivedMessageFromWorker");
        assert_eq!(nested["params"], json!({ "sessionId": "7", "message": text }));
    }
}
