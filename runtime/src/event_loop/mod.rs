//! The event loop: Node's phases, in order, over one `mio::Poll`.
//!
//! Contract: every entry into JavaScript from here goes through [`doorway::enter`]; nothing blocks but `Poll::poll`.

use std::cell::{Cell, RefCell};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Poll, Registry, Token, Waker};
use rondo_protocol::{CallbackKind, Phase};

use crate::clock::now_ns;
use crate::core::core;
use crate::doorway::{self, Entry};
use crate::shared_words::Word;

pub mod timers;

/// Events taken from the kernel in one poll.
const EVENTS_MAX: usize = 1024;
/// The waker's token; sockets' tokens are below it.
pub const WAKER: Token = Token(usize::MAX);
/// The signal pipe's token.
pub const SIGNALS: Token = Token(usize::MAX - 1);
/// The token of the queue of changes to files.
pub const WATCHES: Token = Token(usize::MAX - 2);

pub struct EventLoop {
    poll: RefCell<Poll>,
    /// Room for what a poll returns, away while that is looked at.
    events: Cell<Option<Events>>,
    waker: Arc<Waker>,
    /// The clock when the loop was made: the zero of its milliseconds.
    started_ns: u64,
    now_ms: Cell<u64>,
    pub phase: Cell<Phase>,
    pub turn: Cell<u64>,
    /// References that keep the loop alive and are no handle, timer or request (signal watchers, message ports).
    pub references: Cell<usize>,
}

impl EventLoop {
    pub fn new() -> io::Result<EventLoop> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        Ok(EventLoop {
            poll: RefCell::new(poll),
            events: Cell::new(Some(Events::with_capacity(EVENTS_MAX))),
            waker,
            started_ns: now_ns(),
            now_ms: Cell::new(0),
            phase: Cell::new(Phase::Main),
            turn: Cell::new(0),
            references: Cell::new(0),
        })
    }

    pub fn waker(&self) -> Arc<Waker> {
        self.waker.clone()
    }

    pub fn registry(&self) -> io::Result<Registry> {
        self.poll.borrow().registry().try_clone()
    }

    /// The loop's cached time in whole milliseconds since it was made.
    pub fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    pub fn update_time(&self) -> u64 {
        let now = now_ns();
        core().doorway.stamp(now);
        self.now_ms.set((now - self.started_ns) / 1_000_000);
        self.now_ms.get()
    }

    /// Whether anything is left that the process must stay for.
    pub fn is_alive(&self) -> bool {
        core().timers.borrow().any_refed()
            || core().words().get(Word::ImmediatesRefed) > 0
            || core().net.borrow().is_alive()
            || core().pool.pending() > 0
            || self.references.get() > 0
    }

    /// Runs turns until nothing keeps the process alive.
    pub fn run(&self, scope: &mut v8::PinScope<'_, '_>) {
        while self.is_alive() {
            self.turn.set(self.turn.get() + 1);
            self.update_time();
            self.run_timers(scope);
            self.run_pending(scope);
            self.run_poll(scope);
            self.run_check(scope);
            self.run_close(scope);
        }
    }

    fn run_timers(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.phase.set(Phase::Timers);
        let mut now = self.now_ms();
        loop {
            let due = core().timers.borrow_mut().take_due(now);
            let Some(due) = due else {
                let later = self.update_time();
                if later > now && core().timers.borrow().next_expiry().is_some_and(|at| at <= later) {
                    now = later;
                    continue;
                }
                return;
            };
            v8::scope!(let scope, scope);
            let function = v8::Local::new(scope, &core().trampolines().run_timer);
            let argument = v8::Integer::new_from_unsigned(scope, due.id);
            let mut entry = Entry::new(if due.repeats { CallbackKind::Interval } else { CallbackKind::Timeout }, u64::from(due.id), due.cause);
            entry.ready_ns = self.started_ns + due.at_ms * 1_000_000;
            let receiver = v8::undefined(scope).into();
            doorway::enter(scope, entry, function, receiver, &[argument.into()]);
        }
    }

    fn run_pending(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.phase.set(Phase::Pending);
        crate::node::net::run_pending(scope);
    }

    fn run_poll(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.phase.set(Phase::Poll);
        let mut events = self.events.take().expect("a poll phase does not run within another");
        let timeout = self.poll_timeout();
        match self.poll.borrow_mut().poll(&mut events, timeout) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                crate::exception::fatal(&format!("waiting for events failed: {error}"))
            }
            _ => {}
        }
        self.update_time();
        let mut ended = Vec::new();
        for event in &events {
            match event.token() {
                WAKER => {
                    crate::pool::run_completed(scope);
                    crate::node::messaging::run_pending(scope);
                }
                SIGNALS => crate::node::signals::run_pending(scope),
                WATCHES => crate::node::fs::watch::run_pending(scope),
                token if token.0 >= crate::node::child::TOKENS => ended.push(token),
                token => core().net.borrow_mut().note_readiness(token, event),
            }
        }
        self.events.set(Some(events));
        crate::node::net::run_ready(scope);
        // What a child wrote before its end comes before the end.
        for token in ended {
            crate::node::child::run_ended(scope, token);
        }
    }

    fn run_check(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.phase.set(Phase::Check);
        let mut first = true;
        while (first && core().words().get(Word::ImmediatesQueued) > 0) || core().words().get(Word::ImmediatesLeft) > 0 {
            first = false;
            v8::scope!(let scope, scope);
            let function = v8::Local::new(scope, &core().trampolines().run_immediate);
            let entry = Entry::new(CallbackKind::Immediate, 0, Default::default());
            let receiver = v8::undefined(scope).into();
            doorway::enter(scope, entry, function, receiver, &[]);
        }
    }

    fn run_close(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.phase.set(Phase::Close);
        crate::node::net::run_closing(scope);
    }

    /// How long the poll may wait: not at all while work waits, until the next timer, or for ever.
    fn poll_timeout(&self) -> Option<Duration> {
        let words = core().words();
        if words.get(Word::ImmediatesQueued) > 0 || core().net.borrow().has_work() || crate::node::messaging::has_work() || !self.is_alive() {
            return Some(Duration::ZERO);
        }
        let expiry = core().timers.borrow().next_expiry()?;
        Some(Duration::from_millis(expiry.saturating_sub(self.update_time())))
    }
}
