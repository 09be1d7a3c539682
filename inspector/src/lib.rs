//! The inspector: an HTTP and WebSocket server on its own thread, one V8 session per client on the main thread, the
//! pause loop, and the `EventLoop` domain. `README.md` gives the sequence of calls.

mod bodies;
mod client;
mod condition;
mod domain;
pub mod error;
mod feed;
mod follow;
pub mod host;
pub mod in_process;
mod inbox;
pub mod inspector;
mod interrupt;
mod isolate;
mod matching;
pub mod needs;
pub mod options;
mod outlet;
mod own_console;
mod pause;
mod protocol_json;
pub mod script_url;
mod sentence;
mod server;
mod session;
mod stack;
pub mod status;
mod stepping;
mod streams;
mod wire;
pub mod workers;

pub use inspector::Inspector;
