//! A client of an inspector: what the debug adapter, the language server, the terminal view and the tests share.
//!
//! - [`discovery`] asks an address which targets it has;
//! - [`connection`] is one WebSocket: calls with answers, events in order, every queue bounded;
//! - [`event_loop`] gives the `EventLoop` domain's commands their types;
//! - [`supervisor`] keeps connecting for clients that outlive their targets.
//!
//! No V8 here, and no thread of its own: everything runs on the caller's tokio runtime.

#![forbid(unsafe_code)]

pub mod connection;
pub mod discovery;
pub mod error;
pub mod event_loop;
pub mod supervisor;
