//! What is known of tasks only while somebody looks: where each was scheduled and where its function is written.
//!
//! Capturing a stack costs microseconds, so it happens while a client has the `EventLoop` domain enabled, and, so many
//! times a second at most, for functions that have stalled before. The always-on records need none of this.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rondo_inspector::needs::Needs;
use rondo_inspector::script_url::script_url;
use rondo_protocol::CallbackKind;
use rondo_protocol::site::Site;
use rustc_hash::FxHashMap;

use crate::core::core;
use crate::doorway::class_of;
use crate::shared_words::Word;

/// Frames kept of a scheduling stack.
const FRAMES_MAX: usize = 16;
/// Tasks whose origin is remembered; past this nothing more is taken until some have run.
const ORIGINS_MAX: usize = 65_536;

/// Scripts of which it is remembered whose they are; a program that makes more of them starts anew.
const SCRIPTS_MAX: usize = 65_536;

/// The kinds of tasks that have numbers of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TaskClass {
    Timer,
    Immediate,
    Tick,
    Request,
    Handle,
    /// Signals and the program itself, which nothing schedules.
    Other,
}

/// A task: its class and its number there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Task {
    pub class: TaskClass,
    pub number: u64,
}

impl Task {
    pub fn new(class: TaskClass, number: impl Into<u64>) -> Task {
        Task { class, number: number.into() }
    }
}

/// Where a task comes from.
#[derive(Clone, Default)]
pub struct Origin {
    /// The stack that scheduled it, innermost first, without the runtime's own frames.
    pub scheduled_by: Vec<Site>,
    /// Where its function is written.
    pub definition: Option<Site>,
}

/// Origins taken in a second for functions and kinds that have stalled, while no client looks.
const GUILTY_CAPTURES_PER_SECOND_MAX: u32 = 500;
/// Scheduled functions that are compared with those that have stalled, in a second: at 0.1 µs each, a thousandth of it.
const GUILTY_LOOKS_PER_SECOND_MAX: u32 = 10_000;

/// Why JavaScript reports what it schedules: the bits of [`Word::Observed`].
const BY_CLIENT: u32 = 1;
const BY_DEBUGGER: u32 = 1 << 1;
const BY_GUILT: u32 = 1 << 2;
const BY_RECORDING: u32 = 1 << 3;

/// Origins taken in a second for a recording: at 5 µs each this is some percent of a processor. Of more tasks, those
/// that come first in each second are known.
const RECORDING_CAPTURES_PER_SECOND_MAX: u32 = 5000;

#[derive(Default)]
pub struct Observer {
    origins: RefCell<FxHashMap<Task, Rc<Origin>>>,
    /// Whether `origins` holds anything.
    any: Cell<bool>,
    budget: Cell<(u64, u32)>,
    /// The second of the last look at what is scheduled, and how many there were in it.
    looks: Cell<(u64, u32)>,
    guilt_rests: Cell<bool>,
    /// Whether a script, by its id, is the program's.
    scripts: RefCell<FxHashMap<i32, bool>>,
    /// What [`Word::Observed`] shall hold.
    bits: Cell<u32>,
    /// What [`Word::Network`] shall hold.
    network: Cell<bool>,
    /// The tick that runs, 0 for none.
    tick: Cell<u64>,
}

impl Observer {
    /// Whether JavaScript must tell of what it schedules.
    #[inline]
    pub fn is_observed(&self) -> bool {
        self.bits.get() != 0
    }

    /// Keeps the origin of `task`, which JavaScript is scheduling now, if anybody wants it.
    pub fn scheduled(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        kind: CallbackKind,
        task: Task,
        function: Option<v8::Local<'_, v8::Function>>,
    ) {
        let bits = self.bits.get();
        if bits & BY_CLIENT != 0
            || (bits & BY_RECORDING != 0 && self.takes_from_budget(RECORDING_CAPTURES_PER_SECOND_MAX))
            || (bits & BY_GUILT != 0
                && self.may_look()
                && self.has_budget(GUILTY_CAPTURES_PER_SECOND_MAX)
                && self.is_guilty(scope, kind, function)
                && self.takes_from_budget(GUILTY_CAPTURES_PER_SECOND_MAX))
        {
            self.capture(scope, task, function);
        }
    }

    /// Counts a look at what is scheduled, and after so many has JavaScript tell no more of it in this second.
    fn may_look(&self) -> bool {
        let second = self.second();
        let (at, looks) = self.looks.get();
        let looks = if at == second { looks + 1 } else { 1 };
        self.looks.set((second, looks));
        if looks > GUILTY_LOOKS_PER_SECOND_MAX {
            self.guilt_rests.set(true);
            self.set_bits(self.bits.get() & !BY_GUILT);
        }
        looks <= GUILTY_LOOKS_PER_SECOND_MAX
    }

    /// The loop begins a turn: looks again if that second is over.
    #[inline]
    pub fn turn_begins(&self) {
        if self.guilt_rests.get() && self.looks.get().0 != self.second() {
            self.watch_guilty();
        }
    }

    fn second(&self) -> u64 {
        core().event_loop.now_ms() / 1000
    }

    /// Whether somebody may ask for the number of a task that runs. Where only stalled functions are looked out for, most
    /// tasks need none.
    #[inline]
    pub fn wants_numbers(&self) -> bool {
        self.bits.get() & !BY_GUILT != 0 || self.any.get()
    }

    /// Functions that have stalled are known by what they are; the runtime's own callbacks of a kind that has stalled
    /// by their kind, since the function behind them shows only when it runs.
    fn is_guilty(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        kind: CallbackKind,
        function: Option<v8::Local<'_, v8::Function>>,
    ) -> bool {
        let stalls = &core().stalls;
        match function {
            Some(function) if self.is_users(scope, function) => stalls.is_guilty(scope, function),
            _ => stalls.is_guilty_kind(kind),
        }
    }

    /// Whether `function` is written in a script of the program. What a script is never changes, so it is asked once.
    pub fn is_users(&self, scope: &mut v8::PinScope<'_, '_>, function: v8::Local<'_, v8::Function>) -> bool {
        let script = function.script_id();
        if let Some(known) = self.scripts.borrow().get(&script) {
            return *known;
        }
        let is_users = definition(scope, function).is_some();
        let mut scripts = self.scripts.borrow_mut();
        if scripts.len() >= SCRIPTS_MAX {
            scripts.clear();
        }
        scripts.insert(script, is_users);
        is_users
    }

    /// Whether fewer than `per_second_max` were taken in this second.
    fn has_budget(&self, per_second_max: u32) -> bool {
        self.taken_this_second().1 < per_second_max
    }

    fn takes_from_budget(&self, per_second_max: u32) -> bool {
        let (second, taken) = self.taken_this_second();
        self.budget.set((second, taken + 1));
        taken < per_second_max
    }

    fn taken_this_second(&self) -> (u64, u32) {
        let second = self.second();
        let (at, taken) = self.budget.get();
        (second, if at == second { taken } else { 0 })
    }

    fn capture(&self, scope: &mut v8::PinScope<'_, '_>, task: Task, function: Option<v8::Local<'_, v8::Function>>) {
        let mut origins = self.origins.borrow_mut();
        if origins.len() >= ORIGINS_MAX {
            return;
        }
        let definition = function.and_then(|function| definition(scope, function));
        let mut scheduled_by = current_stack(scope);
        if scheduled_by.is_empty()
            && let Some(outer) = self.running_task().and_then(|task| origins.get(&task))
        {
            scheduled_by = outer.scheduled_by.clone();
        }
        origins.insert(task, Rc::new(Origin { scheduled_by, definition }));
        self.any.set(true);
    }

    /// The running callback turns out to be `function`. A client that attaches late learns so where the functions are
    /// written of timers that were set and of servers that were made before it looked.
    pub fn runs(&self, scope: &mut v8::PinScope<'_, '_>, function: v8::Local<'_, v8::Function>) {
        let Some(running) = core().doorway.running().filter(|_| self.bits.get() & BY_CLIENT != 0) else { return };
        let task = Task::new(class_of(running.kind), running.task);
        let mut origins = self.origins.borrow_mut();
        let known = origins.get(&task);
        if known.is_some_and(|origin| origin.definition.is_some()) || origins.len() >= ORIGINS_MAX {
            return;
        }
        let scheduled_by = known.map(|origin| origin.scheduled_by.clone()).unwrap_or_default();
        if let Some(definition) = definition(scope, function) {
            origins.insert(task, Rc::new(Origin { scheduled_by, definition: Some(definition) }));
            self.any.set(true);
        }
    }

    /// What runs. Where the runtime schedules something on its own, the user's line behind it is the one that scheduled
    /// this.
    fn running_task(&self) -> Option<Task> {
        match self.tick.get() {
            0 => core().doorway.running().map(|running| Task::new(class_of(running.kind), running.task)),
            tick => Some(Task::new(TaskClass::Tick, tick)),
        }
    }

    pub fn tick_runs(&self, tick: u64) {
        self.tick.set(tick);
    }

    /// `heir` comes from where `from` came from.
    #[inline]
    pub fn inherit(&self, from: Task, heir: Task) {
        if let Some(origin) = self.origin(from) {
            self.origins.borrow_mut().insert(heir, origin);
        }
    }

    #[inline]
    pub fn origin(&self, task: Task) -> Option<Rc<Origin>> {
        if self.any.get() { self.origins.borrow().get(&task).cloned() } else { None }
    }

    /// The tasks of a class whose origin is known, in the order of their numbers.
    pub fn tasks(&self, class: TaskClass) -> Vec<Task> {
        let mut tasks: Vec<Task> = self.origins.borrow().keys().filter(|task| task.class == class).copied().collect();
        tasks.sort_by_key(|task| task.number);
        tasks
    }

    #[inline]
    pub fn forget(&self, task: Task) {
        if self.any.get() {
            let mut origins = self.origins.borrow_mut();
            origins.remove(&task);
            self.any.set(!origins.is_empty());
        }
    }

    /// Brings the word that JavaScript reads in line with what clients need.
    pub fn needs_changed(&self, needs: &Needs) {
        // A step needs to know of each tick, the async stacks of each task.
        let debugger = if needs.debugger() || needs.doorway() { BY_DEBUGGER } else { 0 };
        self.set_bits(self.bits.get() & !BY_DEBUGGER | debugger);
    }

    /// A client begins or ends to ask who scheduled what.
    pub fn set_capturing(&self, wanted: bool) {
        let client = if wanted { BY_CLIENT } else { 0 };
        self.set_bits(self.bits.get() & !BY_CLIENT | client);
        if !wanted && self.bits.get() & (BY_GUILT | BY_RECORDING) == 0 {
            self.origins.borrow_mut().clear();
            self.any.set(false);
        }
    }

    /// The words have come to be: a debugger may have attached before.
    pub fn share_bits(&self) {
        self.set_bits(self.bits.get());
        self.set_network(self.network.get());
    }

    /// A client begins or ends to ask for the program's requests.
    pub fn set_network(&self, wanted: bool) {
        self.network.set(wanted);
        if let Some(words) = core().words.get() {
            words.set(Word::Network, wanted.into());
        }
    }

    fn set_bits(&self, bits: u32) {
        self.bits.set(bits);
        if let Some(words) = core().words.get() {
            words.set(Word::Observed, bits);
        }
    }

    /// A recording begins, or the last one has ended.
    pub fn set_recording(&self, wanted: bool) {
        let recording = if wanted { BY_RECORDING } else { 0 };
        self.set_bits(self.bits.get() & !BY_RECORDING | recording);
    }

    /// Something has stalled: from now on its schedulers are captured.
    pub fn watch_guilty(&self) {
        self.guilt_rests.set(false);
        self.set_bits(self.bits.get() | BY_GUILT);
    }
}

/// The user's part of the running stack, innermost first.
pub fn current_stack(scope: &mut v8::PinScope<'_, '_>) -> Vec<Site> {
    v8::scope!(let scope, scope);
    let Some(trace) = v8::StackTrace::current_stack_trace(scope, FRAMES_MAX * 2) else { return Vec::new() };
    let frames = (0..trace.get_frame_count()).filter_map(|index| {
        let frame = trace.get_frame(scope, index)?;
        let url = frame.get_script_name_or_source_url(scope)?.to_rust_string_lossy(scope);
        if url.starts_with("node:") {
            return None;
        }
        let function_name = frame.get_function_name(scope).map(|n| n.to_rust_string_lossy(scope)).unwrap_or_default();
        Some(Site {
            url: script_url(&url),
            line_number: (frame.get_line_number() as u32).saturating_sub(1),
            column_number: (frame.get_column() as u32).saturating_sub(1),
            function_name,
            script_id: Some(frame.get_script_id().to_string()),
        })
    });
    frames.take(FRAMES_MAX).collect()
}

/// Where `function` is written; nothing for functions of the runtime or of V8.
pub fn definition(scope: &mut v8::PinScope<'_, '_>, function: v8::Local<'_, v8::Function>) -> Option<Site> {
    v8::scope!(let scope, scope);
    let url = function.get_script_origin(scope).resource_name()?.to_rust_string_lossy(scope);
    if url.starts_with("node:") || url == "undefined" {
        return None;
    }
    Some(Site {
        url: script_url(&url),
        line_number: function.get_script_line_number()?,
        column_number: function.get_script_column_number().unwrap_or(0),
        function_name: function.get_name(scope).to_rust_string_lossy(scope),
        script_id: Some(function.script_id().to_string()),
    })
}
