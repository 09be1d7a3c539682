//! The inspector: an HTTP and WebSocket server on its own thread, one V8 session per client on the main thread, the
//! pause loop, and the `EventLoop` domain. `README.md` gives the sequence of calls.

pub mod error;
pub mod host;
pub mod needs;
pub mod options;
pub mod status;
