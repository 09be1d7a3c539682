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
    /// All time spent waiting.
    idle_ns: Cell<u64>,
    /// The clock and `idle_ns` when utilization was asked for last.
    reported: Cell<(u64, u64)>,
    /// The second of the loop's time in which the wall clock was looked at.
    epoch_second: Cell<u64>,
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
            idle_ns: Cell::new(0),
            reported: Cell::new((now_ns(), 0)),
            epoch_second: Cell::new(u64::MAX),
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

    /// The time from which a timer counts: read anew, since long synchronous work makes the loop's own time old.
    pub fn fresh_ms(&self) -> u64 {
        self.now_ms.set((now_ns() - self.started_ns) / 1_000_000);
        self.now_ms.get()
    }

    /// The moment of the loop's millisecond `ms` on the monotonic clock.
    pub fn at_ns(&self, ms: u64) -> u64 {
        self.started_ns + ms * 1_000_000
    }

    pub fn update_time(&self) -> u64 {
        let now = now_ns();
        core().doorway.stamp(now);
        if let Some(words) = core().words.get() {
            words.set(Word::WallSecond, core().doorway.wall_second(now));
        }
        self.now_ms.set((now - self.started_ns) / 1_000_000);
        self.now_ms.get()
    }

    /// The time in which the loop waited for events, since it began.
    pub fn idle_ns(&self) -> u64 {
        self.idle_ns.get()
    }

    /// The part of the time since this was asked last that the loop was busy, 0 to 1.
    pub fn utilization(&self) -> f64 {
        let (now, idle) = (now_ns(), self.idle_ns.get());
        let (then, idle_then) = self.reported.replace((now, idle));
        let span = now.saturating_sub(then).max(1);
        1.0 - ((idle - idle_then) as f64 / span as f64).min(1.0)
    }

    /// Follows the wall clock, which may be set, once in a second.
    fn refresh_epoch(&self) {
        let second = self.now_ms.get() / 1000;
        if self.epoch_second.replace(second) != second {
            core().doorway.refresh_epoch();
        }
    }

    /// Whether anything is left that the process must stay for.
    pub fn is_alive(&self) -> bool {
        !core().is_stopping() && self.has_reasons()
    }

    fn has_reasons(&self) -> bool {
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
            self.refresh_epoch();
            core().observer.turn_begins();
            self.run_timers(scope);
            self.run_pending(scope);
            self.run_poll(scope);
            self.run_check(scope);
            self.run_close(scope);
        }
    }

    #[inline]
    fn enter_phase(&self, scope: &mut v8::PinScope<'_, '_>, phase: Phase) {
        self.phase.set(phase);
        let doorway = &core().doorway;
        doorway.status.set_phase(self.turn.get(), phase);
        if doorway.needs.phases() {
            crate::inspection::before_phase(scope, self.turn.get(), phase);
        }
    }

    fn run_timers(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.enter_phase(scope, Phase::Timers);
        let mut now = self.now_ms();
        loop {
            let due = core().timers.borrow_mut().take_due(now);
            let Some(due) = due else {
                doorway::drain_left(scope);
                let later = self.update_time();
                // While a debugger watches, a pause makes every timer late: those must not keep the loop from its sockets.
                let paused = core().doorway.needs.debugger();
                if !paused && later > now && core().timers.borrow().next_expiry().is_some_and(|at| at <= later) {
                    now = later;
                    continue;
                }
                return;
            };
            v8::scope!(let scope, scope);
            let function = v8::Local::new(scope, &core().trampolines().run_timer);
            let argument = v8::Integer::new_from_unsigned(scope, due.slot);
            let mut entry = Entry::new(
                if due.repeats { CallbackKind::Interval } else { CallbackKind::Timeout },
                u64::from(due.id),
                due.cause,
            );
            entry.ready_ns = self.at_ns(due.at_ms);
            let receiver = v8::undefined(scope).into();
            doorway::enter(scope, entry, function, receiver, &[argument.into()]);
        }
    }

    fn run_pending(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.enter_phase(scope, Phase::Pending);
        crate::node::net::run_pending(scope);
    }

    fn run_poll(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.enter_phase(scope, Phase::Poll);
        let mut events = self.events.take().expect("a poll phase does not run within another");
        let timeout = self.poll_timeout();
        self.wait(&mut events, timeout);
        core().stalls.flush(waited_for(&events));
        let mut ended = Vec::new();
        for event in &events {
            match event.token() {
                WAKER => {
                    crate::inspection::dispatch_pending(scope);
                    crate::pool::run_completed(scope);
                    crate::node::messaging::run_pending(scope);
                }
                SIGNALS => crate::node::signals::run_pending(scope),
                WATCHES => crate::node::fs::watch::run_pending(scope),
                token if token.0 >= crate::node::udp::TOKENS => crate::node::udp::note_readiness(event),
                token if token.0 >= crate::node::child::TOKENS => ended.push(token),
                token => core().net.borrow_mut().note_readiness(token, event),
            }
        }
        self.events.set(Some(events));
        crate::engine_tasks::run_due(scope);
        crate::node::net::run_ready(scope);
        crate::node::udp::run_ready(scope);
        // What a child wrote before its end comes before the end.
        for token in ended {
            crate::node::child::run_ended(scope, token);
        }
    }

    /// The one place where the thread waits.
    fn wait(&self, events: &mut Events, timeout: Option<Duration>) {
        let doorway = &core().doorway;
        let began_ns = doorway.stamp_ns();
        core().stalls.turn_ended(doorway.slot.idle(), began_ns, doorway.last_id());
        doorway.status.set_idle(true);
        crate::inspection::idle_started();
        let result = self.poll.borrow_mut().poll(events, timeout);
        crate::inspection::idle_finished();
        doorway.status.set_idle(false);
        self.update_time();
        self.idle_ns.set(self.idle_ns.get() + doorway.stamp_ns().saturating_sub(began_ns));
        core().stalls.clocks.note(doorway.stamp_ns());
        doorway.slot.busy(doorway.stamp_ns());
        match result {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                crate::exception::fatal(&format!("waiting for events failed: {error}"))
            }
            _ => {}
        }
    }

    fn run_check(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.enter_phase(scope, Phase::Check);
        let mut first = true;
        while !core().is_stopping()
            && ((first && core().words().get(Word::ImmediatesQueued) > 0)
                || core().words().get(Word::ImmediatesLeft) > 0)
        {
            first = false;
            v8::scope!(let scope, scope);
            let function = v8::Local::new(scope, &core().trampolines().run_immediate);
            let receiver = v8::undefined(scope).into();
            let task = if core().observer.wants_numbers() { self.peek_immediate(scope) } else { 0 };
            let entry = Entry::new(CallbackKind::Immediate, task, Default::default());
            doorway::enter(scope, entry, function, receiver, &[]);
        }
    }

    /// The number of the immediate that runs next.
    fn peek_immediate(&self, scope: &mut v8::PinScope<'_, '_>) -> u64 {
        v8::scope!(let scope, scope);
        let function = v8::Local::new(scope, &core().trampolines().peek_immediate);
        let receiver = v8::undefined(scope).into();
        let number = function.call(scope, receiver, &[]);
        number.and_then(|number| number.integer_value(scope)).map_or(0, |number| number as u64)
    }

    fn run_close(&self, scope: &mut v8::PinScope<'_, '_>) {
        self.enter_phase(scope, Phase::Close);
        crate::node::net::run_closing(scope);
    }

    /// How long the poll may wait: not at all while work waits, until the next timer, or for ever.
    fn poll_timeout(&self) -> Option<Duration> {
        let words = core().words();
        if words.get(Word::ImmediatesQueued) > 0
            || core().net.borrow().has_work()
            || crate::node::messaging::has_work()
            || crate::node::udp::has_work()
            || !self.is_alive()
        {
            return Some(Duration::ZERO);
        }
        let expiry = core().timers.borrow().next_expiry();
        let timer = expiry.map(|expiry| Duration::from_millis(expiry.saturating_sub(self.update_time())));
        let task = core().engine_tasks.get().and_then(|tasks| tasks.poll_timeout());
        match (timer, task) {
            (Some(timer), Some(task)) => Some(timer.min(task)),
            (timer, task) => timer.or(task),
        }
    }
}

/// The events that somebody waits for: a wake-up for one of the engine's own tasks is none.
fn waited_for(events: &Events) -> usize {
    let of_engine = core().engine_tasks.get().is_some_and(|tasks| tasks.has_woken());
    events.iter().filter(|event| !(of_engine && event.token() == WAKER)).count()
}
