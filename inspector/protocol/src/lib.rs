//! Types of the `EventLoop` protocol domain.

/// What kind of callback the loop runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CallbackKind {
    Timeout, Interval, Immediate, Accept, Connect, Read, Write, Close, Listen, Fs, Dns, Crypto, Zlib, Child, Signal,
    Stdio, Message, Watch, Module, NextTick, Microtask, Inspector,
}

/// A phase of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Phase { Main, Timers, Pending, Poll, Check, Close }
