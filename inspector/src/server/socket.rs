//! One client's WebSocket: its messages into the inbox, its answers and events out.
//!
//! `EventLoop.getStatus` and `EventLoop.captureStack` are answered here, and what is for a worker goes to it from here: so
//! they answer while JavaScript is stuck, and a worker can be debugged while the main thread is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use rondo_protocol::command::{CaptureStack, CaptureStackResult};
use serde::Deserialize;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};

use super::Shared;
use super::http::Upgraded;
use crate::inbox::{Capture, ClientId, Inbound, Inbox, Waiting};
use crate::outlet::{SocketOutlet, Unread};
use crate::status::SharedStatus;
use crate::wire;
use crate::workers::{self, Delivery};

/// Bytes of one message of a client; sources of bundles go whole.
const MESSAGE_BYTES_MAX: usize = 128 << 20;
/// The longest that `captureStack` waits.
const CAPTURE_TIME_MAX: Duration = Duration::from_secs(60);
/// How long a closed client may take to answer the close.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(2);

type Socket = WebSocketStream<TcpStream>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendMessage {
    message: String,
    session_id: String,
}

/// Why a connection ends: with a close frame, or without since the client is gone.
enum End {
    Gone,
    Close(u16, &'static str),
}

pub(crate) async fn serve(upgraded: Upgraded, client: ClientId, shared: &Shared) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX))
        .read_buffer_size(16 << 10)
        .write_buffer_size(16 << 10);
    let Upgraded { stream, early } = upgraded;
    let mut socket = WebSocketStream::from_partially_read(stream, early, Role::Server, Some(config)).await;
    let (outlet, outbound, unread) = SocketOutlet::new();
    shared.inbox.push(Inbound::Connected { client, outlet: outlet.clone() });
    let end = talk(&mut socket, outbound, &outlet, &unread, client, shared).await;
    shared.inbox.push(Inbound::Disconnected { client });
    if let End::Close(code, reason) = end {
        let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
        let farewell = async {
            // The peer may be gone. Reading on what it still sends lets it get the frame instead of a reset.
            let _ = socket.close(Some(frame)).await;
            let mut rest = vec![0; 64 << 10];
            while let Ok(1..) = socket.get_mut().read(&mut rest).await {}
        };
        let _ = tokio::time::timeout(CLOSE_TIME_MAX, farewell).await;
    }
}

async fn talk(
    socket: &mut Socket,
    mut outbound: mpsc::UnboundedReceiver<String>,
    outlet: &SocketOutlet,
    unread: &Unread,
    client: ClientId,
    shared: &Shared,
) -> End {
    let waiting = Arc::new(Waiting::default());
    let (mut writer, mut reader) = socket.split();
    let write = async {
        loop {
            match outbound.recv().await {
                Some(text) => {
                    let bytes = text.len();
                    if writer.send(Message::text(text)).await.is_err() {
                        return End::Gone;
                    }
                    unread.release(bytes);
                }
                None => return End::Gone,
            }
        }
    };
    let read = async {
        loop {
            match reader.next().await {
                Some(Ok(Message::Text(text))) => {
                    let text = text.as_str().to_owned();
                    match taken_here(&text, client, outlet, shared) {
                        Taken::Yes => continue,
                        Taken::TooMuch => return End::Close(1008, "too many requests wait for an answer"),
                        Taken::No => {}
                    }
                    if !waiting.admit(text.len()) {
                        return End::Close(1008, "too many requests wait for an answer");
                    }
                    shared.inbox.push(Inbound::Message { client, text, waiting: waiting.clone() });
                }
                Some(Ok(Message::Binary(_))) => return End::Close(1003, "messages are text"),
                Some(Ok(Message::Close(_))) | None => return End::Gone,
                Some(Ok(_)) => {}
                Some(Err(SocketError::Capacity(_))) => return End::Close(1009, "the message is larger than 128 MiB"),
                Some(Err(SocketError::Utf8(_))) => return End::Close(1007, "the message is not UTF-8"),
                Some(Err(SocketError::Protocol(_))) => return End::Close(1002, "not a WebSocket frame"),
                Some(Err(_)) => return End::Gone,
            }
        }
    };
    tokio::select! {
        end = write => end,
        end = read => end,
        () = unread.overflow() => End::Close(1008, "the client reads too slowly"),
    }
}

/// Whether a message was for this thread.
enum Taken {
    Yes,
    No,
    TooMuch,
}

/// Answers what needs no JavaScript, and passes on what is for workers: both also while the main thread is stuck.
fn taken_here(text: &str, client: ClientId, outlet: &SocketOutlet, shared: &Shared) -> Taken {
    if !text.contains("EventLoop.getStatus") && !text.contains("EventLoop.captureStack") && !text.contains("sessionId")
    {
        return Taken::No;
    }
    let Ok(request) = wire::parse(text) else { return Taken::No };
    if let Some(session) = &request.session_id {
        return passed_on(client, session, &request.without_session());
    }
    if request.method.as_deref() == Some("NodeWorker.sendMessageToWorker")
        && let Ok(asked) = wire::params::<SendMessage>(request.params)
    {
        let taken = passed_on(client, &asked.session_id, &asked.message);
        if matches!(taken, Taken::Yes) {
            outlet.send(wire::answer(&request.id, None, wire::empty()));
        }
        return taken;
    }
    if answered_here(&request, outlet, &shared.inbox, &shared.status) { Taken::Yes } else { Taken::No }
}

/// Gives `text` to a worker; the main thread answers for a session that is not there.
fn passed_on(client: ClientId, session: &str, text: &str) -> Taken {
    let answer = |worker: &workers::Worker, outlet: &SocketOutlet| {
        wire::parse(text).is_ok_and(|request| answered_here(&request, outlet, &worker.inbox, &worker.status))
    };
    match workers::deliver(client, session, text, answer) {
        Delivery::Done => Taken::Yes,
        Delivery::NoSession => Taken::No,
        Delivery::TooMuch => Taken::TooMuch,
    }
}

/// Answers from the shared slot of a thread; false when the request is for the thread itself.
fn answered_here(
    request: &wire::Request<'_>,
    outlet: &SocketOutlet,
    inbox: &Arc<Inbox>,
    status: &Arc<SharedStatus>,
) -> bool {
    match request.method.as_deref() {
        Some("EventLoop.getStatus") => {
            outlet.send(wire::answer(&request.id, None, wire::result(status.snapshot())));
            true
        }
        Some("EventLoop.captureStack") => {
            let id = request.id.clone();
            match wire::params::<CaptureStack>(request.params) {
                Ok(params) => {
                    let (status, outlet) = (status.clone(), outlet.clone());
                    let (answer, answered) = oneshot::channel();
                    inbox.capture(Capture { asked: Instant::now(), answer });
                    let patience = Duration::from_millis(params.deadline_ms).min(CAPTURE_TIME_MAX);
                    tokio::spawn(async move {
                        let result = captured(answered, patience, &status).await;
                        outlet.send(wire::answer(&id, None, wire::result(result)));
                    });
                }
                Err(fault) => outlet.send(wire::answer(&id, None, Err(fault))),
            }
            true
        }
        _ => false,
    }
}

async fn captured(
    answered: oneshot::Receiver<crate::inbox::Captured>,
    patience: Duration,
    status: &SharedStatus,
) -> CaptureStackResult {
    let got = tokio::time::timeout(patience, answered).await;
    let status = status.snapshot();
    match got {
        Ok(Ok(captured)) => {
            let skid_us = Some(captured.skid.as_micros() as u64);
            CaptureStackResult { stack: Some(captured.stack), skid_us, unreachable: None, status }
        }
        _ => CaptureStackResult { stack: None, skid_us: None, unreachable: Some(true), status },
    }
}
