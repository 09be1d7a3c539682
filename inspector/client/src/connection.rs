//! One WebSocket to one target: calls with their answers, events in the order in which they came.
//!
//! - A call that is dropped is cancelled: its answer is thrown away when it comes.
//! - Every queue is bounded. A consumer that does not take its events loses the connection with a reason; it never
//!   makes answers wait behind events, since that would lock up a consumer that waits for an answer.
//! - When the connection ends, every waiting call ends with [`Error::Closed`], and the events end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::error::Error;

/// Calls that wait for the socket to take them.
const OUTGOING_MAX: usize = 1024;
/// Events that wait for the consumer; a start with thousands of scripts fits.
const EVENTS_MAX: usize = 65_536;
/// Bytes of one message; heap snapshots come in pieces, sources of bundles whole.
const MESSAGE_BYTES_MAX: usize = 512 * 1024 * 1024;
/// How long the WebSocket handshake may take.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Answer = oneshot::Sender<Result<Value, Error>>;

/// An event of the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub method: String,
    pub params: Value,
    /// Set for targets below the connection's own, such as workers.
    pub session_id: Option<String>,
}

/// The events of a connection, in order; `None` from `recv` says that it is over.
pub type Events = mpsc::Receiver<Event>;

/// The calling half of a connection. Clones share it; it closes when the last one is dropped.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<String>,
}

struct Shared {
    next_id: AtomicU64,
    waiting: Mutex<Waiting>,
    ended: Notify,
    close_asked: Notify,
}

#[derive(Default)]
struct Waiting {
    answers: HashMap<u64, (String, Answer)>,
    /// Why the connection is over, once it is.
    closed: Option<String>,
}

/// Takes the call out of the table when its future is dropped before the answer.
struct Ticket<'a>(&'a Shared, u64);

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.0.lock().answers.remove(&self.1);
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().expect("nothing panics while it holds this lock")
    }

    fn close(&self, reason: &str) {
        let mut waiting = self.lock();
        waiting.closed.get_or_insert_with(|| reason.to_owned());
        for (_, (_, answer)) in waiting.answers.drain() {
            // A receiver that is gone has cancelled its call.
            let _ = answer.send(Err(Error::Closed { reason: reason.to_owned() }));
        }
        drop(waiting);
        self.ended.notify_waiters();
    }
}

impl Client {
    /// Connects to a target's `ws://` URL.
    pub async fn connect(url: &str) -> Result<(Client, Events), Error> {
        let unreachable = |reason: String| Error::Unreachable { address: url.to_owned(), reason };
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        let opening = tokio_tungstenite::connect_async_with_config(url, Some(config), true);
        let (socket, _) = tokio::time::timeout(CONNECT_TIME_MAX, opening)
            .await
            .map_err(|_| unreachable("no answer in time".to_owned()))?
            .map_err(|error| unreachable(error.to_string()))?;
        let (outgoing, to_send) = mpsc::channel(OUTGOING_MAX);
        let (to_consumer, events) = mpsc::channel(EVENTS_MAX);
        let shared = Arc::new(Shared {
            next_id: AtomicU64::new(1),
            waiting: Mutex::default(),
            ended: Notify::new(),
            close_asked: Notify::new(),
        });
        tokio::spawn(run(socket, to_send, to_consumer, shared.clone()));
        Ok((Client { shared, outgoing }, events))
    }

    /// Calls `method` and waits for its answer, however long that takes.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, Error> {
        self.call_in(None, method, params).await
    }

    /// Calls `method` on a target below this one.
    pub async fn call_in(&self, session_id: Option<&str>, method: &str, params: Value) -> Result<Value, Error> {
        let (answer, answered) = oneshot::channel();
        let id = self.shared.next_id.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session_id) = session_id {
            message["sessionId"] = session_id.into();
        }
        {
            let mut waiting = self.shared.lock();
            if let Some(reason) = &waiting.closed {
                return Err(Error::Closed { reason: reason.clone() });
            }
            waiting.answers.insert(id, (method.to_owned(), answer));
        }
        let _ticket = Ticket(&self.shared, id);
        let closed = || Error::Closed { reason: self.closed().unwrap_or_else(|| "it ended".to_owned()) };
        self.outgoing.send(message.to_string()).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Calls `method` and gives up after `limit`.
    pub async fn call_within(&self, limit: Duration, method: &str, params: Value) -> Result<Value, Error> {
        tokio::time::timeout(limit, self.call(method, params))
            .await
            .unwrap_or_else(|_| Err(Error::TimedOut { method: method.to_owned(), after: limit }))
    }

    /// Ends the connection although clones of it live and calls wait.
    pub fn close(&self) {
        self.shared.close_asked.notify_one();
    }

    /// Waits until the connection is over.
    pub async fn ended(&self) {
        let ended = self.shared.ended.notified();
        if self.closed().is_none() {
            ended.await;
        }
    }

    /// Why the connection is over, or nothing while it is open.
    pub fn closed(&self) -> Option<String> {
        self.shared.lock().closed.clone()
    }
}

/// Moves messages until either side is gone.
async fn run(
    mut socket: Socket,
    mut outgoing: mpsc::Receiver<String>,
    events: mpsc::Sender<Event>,
    shared: Arc<Shared>,
) {
    let reason = loop {
        tokio::select! {
            message = outgoing.recv() => match message {
                Some(text) => {
                    if let Err(error) = socket.send(Message::text(text)).await {
                        break error.to_string();
                    }
                }
                None => {
                    // A peer that is gone already can't be told.
                    let _ = socket.close(None).await;
                    break "closed by this side".to_owned();
                }
            },
            () = shared.close_asked.notified() => {
                // A peer that is gone already can't be told.
                let _ = socket.close(None).await;
                break "closed by this side".to_owned();
            }
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    if let Err(reason) = deliver(&shared, &events, text.as_str()) {
                        // As above.
                        let _ = socket.close(None).await;
                        break reason;
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    let said = frame.map(|frame| frame.reason.to_string()).filter(|reason| !reason.is_empty());
                    break said.unwrap_or_else(|| "closed by the target".to_owned());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => break error.to_string(),
                None => break "the target is gone".to_owned(),
            },
        }
    };
    shared.close(&reason);
}

/// Hands one message to whom it is for; an error ends the connection.
fn deliver(shared: &Shared, events: &mpsc::Sender<Event>, text: &str) -> Result<(), String> {
    let mut message: Value =
        serde_json::from_str(text).map_err(|error| format!("the target sent broken JSON: {error}"))?;
    if let Some(id) = message["id"].as_u64() {
        let Some((method, answer)) = shared.lock().answers.remove(&id) else { return Ok(()) };
        // A receiver that is gone has cancelled its call.
        let _ = answer.send(result_of(&method, &mut message));
        return Ok(());
    }
    let Some(method) = message["method"].as_str().map(str::to_owned) else {
        return Err("the target sent a message that is neither answer nor event".to_owned());
    };
    let session_id = message["sessionId"].as_str().map(str::to_owned);
    let event = Event { method, params: message["params"].take(), session_id };
    match events.try_send(event) {
        Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        Err(mpsc::error::TrySendError::Full(_)) => Err(format!("more than {EVENTS_MAX} events wait to be read")),
    }
}

fn result_of(method: &str, message: &mut Value) -> Result<Value, Error> {
    let error = message["error"].take();
    if error.is_null() {
        return Ok(message["result"].take());
    }
    Err(Error::Refused {
        method: method.to_owned(),
        code: error["code"].as_i64().unwrap_or(0),
        message: error["message"].as_str().unwrap_or("no reason given").to_owned(),
        data: error.get("data").cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A target that answers by `answer`, one message or none for each that it gets.
    async fn target(answer: impl Fn(Value) -> Option<String> + Send + 'static) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("ws://{}/x", listener.local_addr().expect("it is bound"));
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("somebody connects");
            let mut socket = tokio_tungstenite::accept_async(stream).await.expect("a WebSocket");
            while let Some(Ok(Message::Text(text))) = socket.next().await {
                let Some(answer) = answer(serde_json::from_str(text.as_str()).expect("JSON")) else { break };
                if socket.send(Message::text(answer)).await.is_err() {
                    break;
                }
            }
        });
        url
    }

    #[tokio::test(flavor = "current_thread")]
    async fn answers_find_their_calls_and_errors_keep_their_words() {
        let url = target(|call| {
            Some(match call["method"].as_str() {
                Some("good") => json!({ "id": call["id"], "result": { "x": call["params"]["x"] } }).to_string(),
                _ => json!({ "id": call["id"], "error": { "code": -32601, "message": "'bad' wasn't found" } })
                    .to_string(),
            })
        })
        .await;
        let (client, _events) = Client::connect(&url).await.expect("it listens");
        let (a, b) = tokio::join!(client.call("good", json!({ "x": 1 })), client.call("good", json!({ "x": 2 })));
        assert_eq!((a.expect("an answer"), b.expect("an answer")), (json!({ "x": 1 }), json!({ "x": 2 })));
        let refused = client.call("bad", json!({})).await.expect_err("an error");
        assert_eq!(refused.to_string(), "bad failed: 'bad' wasn't found (-32601)");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_target_that_vanishes_ends_every_call() {
        let url = target(|_| None).await;
        let (client, mut events) = Client::connect(&url).await.expect("it listens");
        let error = client.call("x", json!({})).await.expect_err("it is gone");
        assert!(matches!(error, Error::Closed { .. }), "{error}");
        assert_eq!(events.recv().await, None);
        assert!(client.closed().is_some());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_close_ends_calls_that_wait() {
        let url = target(|_| None).await;
        let (client, mut events) = Client::connect(&url).await.expect("it listens");
        client.close();
        client.ended().await;
        assert!(matches!(client.call("x", json!({})).await, Err(Error::Closed { .. })));
        assert_eq!(events.recv().await, None);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn broken_json_ends_the_connection_with_its_reason() {
        let url = target(|_| Some("{".to_owned())).await;
        let (client, _events) = Client::connect(&url).await.expect("it listens");
        let error = client.call("x", json!({})).await.expect_err("it is broken");
        assert!(error.to_string().contains("broken JSON"), "{error}");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_dropped_call_is_forgotten() {
        let url = target(|call| Some(json!({ "method": "seen", "params": call["method"] }).to_string())).await;
        let (client, mut events) = Client::connect(&url).await.expect("it listens");
        let slow = client.call_within(Duration::from_millis(20), "never", json!({})).await;
        assert!(matches!(slow, Err(Error::TimedOut { .. })));
        assert!(client.shared.lock().answers.is_empty());
        assert_eq!(events.recv().await.expect("an event").params, json!("never"));
    }
}
