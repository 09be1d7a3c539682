//! Where a session's messages go: to a socket, or to a function in the same thread (`inspector.Session`).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

use crate::workers::Envelope;

/// Bytes that may wait for a client to read them.
pub(crate) const UNREAD_BYTES_MAX: usize = 256 << 20;
/// How long a heap snapshot, which is written faster than any socket takes it, waits for the client to read on.
const SNAPSHOT_PATIENCE: Duration = Duration::from_secs(10);

/// The sending half of one connection. Any thread.
#[derive(Clone, Debug)]
pub(crate) struct SocketOutlet {
    sender: mpsc::UnboundedSender<String>,
    unread: Arc<Unread>,
    patience: Duration,
    /// It leads to a worker and not to a socket.
    is_relay: bool,
    /// Set for a session in a worker.
    envelope: Option<Arc<Envelope>>,
}

/// The bytes between the session and its socket.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    bytes: AtomicUsize,
    overflowed: AtomicBool,
    read: (Mutex<()>, Condvar),
    /// What waits will never be read, so this goes past it.
    overflow: Notify,
}

impl Unread {
    /// Resolves once more waits than a client may leave unread.
    pub async fn overflow(&self) {
        self.overflow.notified().await;
    }

    fn give_up(&self) {
        if !self.overflowed.swap(true, Ordering::Relaxed) {
            self.overflow.notify_one();
        }
    }

    /// The socket took this many bytes.
    pub fn release(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.read.1.notify_one();
    }
}

impl SocketOutlet {
    pub fn new() -> (SocketOutlet, mpsc::UnboundedReceiver<String>, Arc<Unread>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let unread = Arc::new(Unread::default());
        let patience = SNAPSHOT_PATIENCE;
        (SocketOutlet { sender, unread: unread.clone(), patience, is_relay: false, envelope: None }, receiver, unread)
    }

    /// Calls `deliver` with each message, on a thread that is there for that alone. It ends with the session.
    pub fn relay(deliver: impl Fn(String) + Send + 'static) -> std::io::Result<SocketOutlet> {
        let (outlet, mut receiver, unread) = SocketOutlet::new();
        let thread = std::thread::Builder::new().name("inspector-relay".to_owned()).stack_size(128 << 10);
        thread.spawn(move || {
            while let Some(text) = receiver.blocking_recv() {
                let bytes = text.len();
                deliver(text);
                unread.release(bytes);
            }
        })?;
        Ok(SocketOutlet { is_relay: true, ..outlet })
    }

    /// The same socket for a session in a worker.
    pub fn in_session(&self, envelope: Envelope) -> SocketOutlet {
        SocketOutlet { envelope: Some(Arc::new(envelope)), ..self.clone() }
    }

    pub fn send(&self, text: String) {
        if self.unread.overflowed.load(Ordering::Relaxed) {
            return;
        }
        if text.starts_with(r#"{"method":"HeapProfiler.addHeapSnapshotChunk""#) {
            self.wait_for_room(text.len());
            if self.unread.overflowed.load(Ordering::Relaxed) {
                return;
            }
        }
        let text = match &self.envelope {
            Some(envelope) => envelope.wrap(text),
            None => text,
        };
        let unread = self.unread.bytes.fetch_add(text.len(), Ordering::Relaxed) + text.len();
        if unread > UNREAD_BYTES_MAX {
            return self.unread.give_up();
        }
        // The connection may be gone already; its end is told through the inbox.
        let _ = self.sender.send(text);
    }

    /// Holds the program up, once at most: who does not read in all that time is given up.
    fn wait_for_room(&self, bytes: usize) {
        let guard = self.unread.read.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let crowded = |_: &mut ()| {
            self.unread.bytes.load(Ordering::Relaxed) + bytes > UNREAD_BYTES_MAX / 2 && !self.sender.is_closed()
        };
        let waited = self.unread.read.1.wait_timeout_while(guard, self.patience, crowded);
        if waited.is_ok_and(|(_, result)| result.timed_out()) {
            self.unread.give_up();
        }
    }
}

/// A session's output.
pub(crate) enum Outlet {
    Socket(SocketOutlet),
    Local(Box<dyn Fn(&str)>),
}

impl Outlet {
    pub fn send(&self, text: String) {
        match self {
            Outlet::Socket(socket) => socket.send(text),
            Outlet::Local(deliver) => deliver(&text),
        }
    }

    /// Whether somebody reads it who can resume a pause: on a socket, or in a worker.
    pub fn is_socket(&self) -> bool {
        matches!(self, Outlet::Socket(_))
    }

    /// Whether it leads out of the process, which waits for those at its end.
    pub fn is_outside(&self) -> bool {
        matches!(self, Outlet::Socket(socket) if !socket.is_relay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_does_not_read_is_closed_once() {
        let (outlet, mut receiver, unread) = SocketOutlet::new();
        let message = "x".repeat(UNREAD_BYTES_MAX / 2 + 1);
        outlet.send(message.clone());
        outlet.send(message);
        outlet.send("small".to_owned());
        let first = receiver.try_recv().expect("the first fits");
        assert!(receiver.try_recv().is_err());
        assert!(unread.overflowed.load(Ordering::Relaxed));
        unread.release(first.len());
    }

    #[test]
    fn a_snapshot_waits_once_for_a_client_that_does_not_read() {
        let (mut outlet, mut receiver, unread) = SocketOutlet::new();
        outlet.patience = Duration::from_millis(1);
        outlet.send("x".repeat(UNREAD_BYTES_MAX / 2));
        let chunk = r#"{"method":"HeapProfiler.addHeapSnapshotChunk","params":{}}"#;
        outlet.send(chunk.to_owned());
        assert!(unread.overflowed.load(Ordering::Relaxed));
        outlet.patience = Duration::from_secs(60);
        outlet.send(chunk.to_owned());
        assert!(receiver.try_recv().is_ok() && receiver.try_recv().is_err());
    }
}
