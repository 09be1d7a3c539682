//! What goes to the editor: one queue, numbered in the order of its messages, written by one task.

use std::cell::Cell;
use std::rc::Rc;

use serde_json::{Value, json};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use crate::codec;
use crate::error::Error;

/// Messages that the editor has not read.
const UNREAD_MAX: usize = 65_536;

pub struct Outlet {
    next_seq: Cell<i64>,
    queue: mpsc::Sender<Vec<u8>>,
    /// Tells that the editor is gone or does not read.
    pub lost: Rc<Notify>,
}

impl Outlet {
    /// The writer ends when the outlet is dropped and everything is written.
    pub fn new(output: impl AsyncWrite + Unpin + 'static) -> (Outlet, JoinHandle<()>) {
        let (queue, messages) = mpsc::channel(UNREAD_MAX);
        let lost = Rc::new(Notify::new());
        let writer = tokio::task::spawn_local(write(output, messages, lost.clone()));
        (Outlet { next_seq: Cell::new(1), queue, lost }, writer)
    }

    /// Numbers a message and queues it; the result is its number.
    pub fn send(&self, mut message: Value) -> i64 {
        let seq = self.next_seq.get();
        self.next_seq.set(seq + 1);
        message["seq"] = seq.into();
        if self.queue.try_send(codec::frame(&message)).is_err() {
            self.lost.notify_one();
        }
        seq
    }

    pub fn event(&self, name: &str, body: Value) {
        self.send(json!({ "type": "event", "event": name, "body": body }));
    }

    pub fn respond(&self, request_seq: i64, command: &str, result: Result<Value, &Error>) {
        let mut message = json!({ "type": "response", "request_seq": request_seq, "command": command });
        message["success"] = result.is_ok().into();
        match result {
            Ok(Value::Null) => {}
            Ok(body) => message["body"] = body,
            Err(error) => {
                message["message"] = error.word().into();
                message["body"] = error.body();
            }
        }
        self.send(message);
    }
}

async fn write(mut output: impl AsyncWrite + Unpin, mut messages: mpsc::Receiver<Vec<u8>>, lost: Rc<Notify>) {
    while let Some(message) = messages.recv().await {
        let mut bytes = message;
        while let Ok(more) = messages.try_recv() {
            bytes.extend_from_slice(&more);
        }
        let written = match output.write_all(&bytes).await {
            Ok(()) => output.flush().await,
            Err(error) => Err(error),
        };
        if written.is_err() {
            lost.notify_one();
            return;
        }
    }
}
