//! Types of the `EventLoop` protocol domain: serde only. No V8, no tokio, no I/O.
//!
//! Conventions: lines and columns are 0-based as in CDP; times are microseconds since the Unix epoch; names that end in
//! `Us` are durations in microseconds; ids are decimal strings on the wire ([`id::TaskId`]).

use serde::{Deserialize, Serialize};

pub mod callback;
pub mod command;
pub mod event;
pub mod filter;
pub mod id;
pub mod site;
pub mod stall;
pub mod state;
pub mod stats;

/// What kind of callback the loop runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum CallbackKind {
    Timeout,
    Interval,
    Immediate,
    Accept,
    Connect,
    Read,
    Write,
    Close,
    Listen,
    Fs,
    Dns,
    Crypto,
    Zlib,
    Child,
    Signal,
    Stdio,
    Message,
    Watch,
    Module,
    NextTick,
    Microtask,
    Inspector,
}

impl CallbackKind {
    /// Every kind, in the order of its number.
    pub const ALL: [CallbackKind; 22] = [
        CallbackKind::Timeout,
        CallbackKind::Interval,
        CallbackKind::Immediate,
        CallbackKind::Accept,
        CallbackKind::Connect,
        CallbackKind::Read,
        CallbackKind::Write,
        CallbackKind::Close,
        CallbackKind::Listen,
        CallbackKind::Fs,
        CallbackKind::Dns,
        CallbackKind::Crypto,
        CallbackKind::Zlib,
        CallbackKind::Child,
        CallbackKind::Signal,
        CallbackKind::Stdio,
        CallbackKind::Message,
        CallbackKind::Watch,
        CallbackKind::Module,
        CallbackKind::NextTick,
        CallbackKind::Microtask,
        CallbackKind::Inspector,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            CallbackKind::Timeout => "timeout",
            CallbackKind::Interval => "interval",
            CallbackKind::Immediate => "immediate",
            CallbackKind::Accept => "accept",
            CallbackKind::Connect => "connect",
            CallbackKind::Read => "read",
            CallbackKind::Write => "write",
            CallbackKind::Close => "close",
            CallbackKind::Listen => "listen",
            CallbackKind::Fs => "fs",
            CallbackKind::Dns => "dns",
            CallbackKind::Crypto => "crypto",
            CallbackKind::Zlib => "zlib",
            CallbackKind::Child => "child",
            CallbackKind::Signal => "signal",
            CallbackKind::Stdio => "stdio",
            CallbackKind::Message => "message",
            CallbackKind::Watch => "watch",
            CallbackKind::Module => "module",
            CallbackKind::NextTick => "nextTick",
            CallbackKind::Microtask => "microtask",
            CallbackKind::Inspector => "inspector",
        }
    }

    /// The kind with this number, as stored in a shared slot.
    pub fn from_number(number: u8) -> Option<CallbackKind> {
        CallbackKind::ALL.get(usize::from(number)).copied()
    }

    /// The kind with this name on the wire.
    pub fn from_name(name: &str) -> Option<CallbackKind> {
        CallbackKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A phase of the loop; `Main` is before the first turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum Phase {
    Main,
    Timers,
    Pending,
    Poll,
    Check,
    Close,
}

impl Phase {
    pub const ALL: [Phase; 6] = [Phase::Main, Phase::Timers, Phase::Pending, Phase::Poll, Phase::Check, Phase::Close];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Phase::Main => "main",
            Phase::Timers => "timers",
            Phase::Pending => "pending",
            Phase::Poll => "poll",
            Phase::Check => "check",
            Phase::Close => "close",
        }
    }

    /// The phase with this number, as stored in a shared slot.
    pub fn from_number(number: u8) -> Option<Phase> {
        Phase::ALL.get(usize::from(number)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_agree_with_serde() {
        for (number, kind) in CallbackKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
            assert_eq!(CallbackKind::from_name(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).expect("a plain enum"), kind.as_str());
        }
        for (number, phase) in Phase::ALL.into_iter().enumerate() {
            assert_eq!(phase as usize, number);
            assert_eq!(serde_json::to_value(phase).expect("a plain enum"), phase.as_str());
        }
    }
}
