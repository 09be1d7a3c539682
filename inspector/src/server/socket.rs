//! One client's WebSocket: its messages into the inbox, its answers and events out.
//!
//! `EventLoop.getStatus` and `EventLoop.captureStack` are answered here, so they answer while JavaScript is stuck.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use rondo_protocol::command::{CaptureStack, CaptureStackResult};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};

use super::Shared;
use super::http::Upgraded;
use crate::inbox::{Capture, ClientId, Inbound, Waiting};
use crate::outlet::{Outbound, SocketOutlet, Unread};
use crate::status::SharedStatus;
use crate::wire;

/// Bytes of one message of a client; sources of bundles go whole.
const MESSAGE_BYTES_MAX: usize = 128 << 20;
/// The longest that `captureStack` waits.
const CAPTURE_TIME_MAX: Duration = Duration::from_secs(60);
/// How long a closed client may take to answer the close.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(2);

type Socket = WebSocketStream<TcpStream>;

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
    mut outbound: mpsc::UnboundedReceiver<Outbound>,
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
                Some(Outbound::Text(text)) => {
                    let bytes = text.len();
                    if writer.send(Message::text(text)).await.is_err() {
                        return End::Gone;
                    }
                    unread.release(bytes);
                }
                Some(Outbound::Close(code, reason)) => return End::Close(code, reason),
                None => return End::Gone,
            }
        }
    };
    let read = async {
        loop {
            match reader.next().await {
                Some(Ok(Message::Text(text))) => {
                    let text = text.as_str().to_owned();
                    if answered_here(&text, outlet, shared) {
                        continue;
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
    }
}

/// Answers what needs no JavaScript; false when the message is for the main thread.
fn answered_here(text: &str, outlet: &SocketOutlet, shared: &Shared) -> bool {
    if !text.contains("EventLoop.getStatus") && !text.contains("EventLoop.captureStack") {
        return false;
    }
    let Ok(request) = wire::parse(text) else { return false };
    if request.session_id.is_some() {
        return false;
    }
    match request.method.as_deref() {
        Some("EventLoop.getStatus") => {
            outlet.send(wire::answer(&request.id, None, wire::result(shared.status.snapshot())));
            true
        }
        Some("EventLoop.captureStack") => {
            let id = request.id.clone();
            match wire::params::<CaptureStack>(request.params) {
                Ok(params) => {
                    let (status, inbox, outlet) = (shared.status.clone(), shared.inbox.clone(), outlet.clone());
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
