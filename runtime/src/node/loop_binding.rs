//! `binding('loop')`: timers, the shared words, the trampolines, microtasks.

use crate::node::binder::{Binder, memory_of};
use rondo_protocol::CallbackKind;

use crate::core::{Trampolines, core};
use crate::doorway::class_of;
use crate::event_loop::timers::Plan;
use crate::node::{get_function, set_value};
use crate::observe::{Task, TaskClass};
use crate::shared_words::{SharedWords, Word};

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.values(|scope, target| {
        let words = SharedWords::make(scope);
        set_value(scope, target, "words", words);
    });
    to.at_start(|scope, target| {
        let words = SharedWords::over(memory_of(scope, target, "words"));
        assert!(core().words.set(words).is_ok(), "the loop's binding is taken once");
        core().observer.share_bits();
    });
    to.function("setTrampolines", set_trampolines);
    to.function("setRunningTick", set_running_tick);
    to.function("setRunningTimer", set_running_timer);
    to.function("startTimer", start_timer);
    to.function("stopTimer", stop_timer);
    to.function("scheduledImmediate", scheduled_immediate);
    to.function("canceledImmediate", canceled_immediate);
    to.function("callbackRuns", callback_runs);
    to.function("exceptionThrown", exception_thrown);
    to.function("scheduledMicrotask", scheduled_microtask);
    to.function("enterMicrotask", enter_microtask);
    to.function("setRequestWrapper", set_request_wrapper);
    to.function("setPromiseHooks", set_promise_hooks);
    to.function("leaveMicrotask", leave_microtask);
    to.function("loadBegan", |_: &mut v8::PinScope, _: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
        core().stalls.load_began()
    });
    to.function("loadEnded", |_: &mut v8::PinScope, _: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
        core().stalls.load_ended()
    });
    to.function("scheduledTick", scheduled_tick);
    to.function("enterTick", enter_tick);
    to.function("leaveTick", leave_tick);
    to.function("refTimer", ref_timer);
    to.function("now", now);
    to.function("idleMs", idle_ms);
    to.function("activeResources", active_resources);
    to.function("runMicrotasks", run_microtasks);
    to.function("enqueueMicrotask", enqueue_microtask);
    to.function("adoptCause", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
        core().doorway.adopt(number(&args, 0) as u32);
    });
    to.function("reference", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
        let references = &core().event_loop.references;
        references.set(if args.get(0).is_true() { references.get() + 1 } else { references.get() - 1 });
    });
}

fn set_trampolines<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let object = v8::Local::<v8::Object>::try_from(args.get(0)).expect("bootstrap passes an object");
    let mut function = |name: &str| {
        let function = get_function(scope, object, name);
        v8::Global::new(scope, function)
    };
    let trampolines = Trampolines {
        run_timer: function("runTimer"),
        run_immediate: function("runImmediate"),
        peek_immediate: function("peekImmediate"),
        drain_ticks: function("drainTicks"),
        promise_rejected: function("promiseRejected"),
        uncaught_exception: function("uncaughtException"),
        emit_signal: function("emitSignal"),
        emit_before_exit: function("emitBeforeExit"),
        emit_exit: function("emitExit"),
    };
    assert!(core().trampolines.set(trampolines).is_ok(), "bootstrap runs once");
}

/// `setRunningTimer(holder)`: an object whose `callback` is the timer or immediate that runs or ran last
fn set_running_timer<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    _: v8::ReturnValue,
) {
    let holder = args.get(0).try_cast::<v8::Object>().expect("timers give an object");
    assert!(core().running_timer.set(v8::Global::new(scope, holder)).is_ok(), "one set of timers per realm");
}

/// `setRunningTick(holder)`: an object whose `callback` is the tick that runs, for stalls whose stack is empty
fn set_running_tick<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let holder = v8::Local::<v8::Object>::try_from(args.get(0)).expect("the task queue passes an object");
    assert!(core().running_tick.set(v8::Global::new(scope, holder)).is_ok(), "one task queue per realm");
}

fn number(args: &v8::FunctionCallbackArguments, index: i32) -> f64 {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(0.0, |number| number.value())
}

/// `startTimer(slot, id, milliseconds, refed, repeats, callback)`; no callback when an interval starts itself again
fn start_timer(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let (slot, id, duration) = (number(&args, 0) as u32, number(&args, 1) as u32, number(&args, 2) as u64);
    let repeats = args.get(4).is_true();
    let plan = Plan { id, duration, refed: args.get(3).is_true(), repeats, cause: core().doorway.cause() };
    core().timers.borrow_mut().start(slot, core().event_loop.fresh_ms(), plan);
    if core().observer.is_observed() && !args.get(5).is_undefined() {
        let kind = if repeats { CallbackKind::Interval } else { CallbackKind::Timeout };
        observed(scope, kind, id.into(), args.get(5));
    }
}

/// Tells of a task that JavaScript is scheduling, while somebody looks.
fn observed(scope: &mut v8::PinScope<'_, '_>, kind: CallbackKind, number: u64, callback: v8::Local<'_, v8::Value>) {
    let function = v8::Local::<v8::Function>::try_from(callback).ok();
    let task = Task::new(class_of(kind), number);
    core().observer.scheduled(scope, kind, task, function);
    if core().doorway.needs.debugger() && function.is_some_and(|function| core().observer.is_users(scope, function)) {
        crate::inspection::task_scheduled(kind, task);
    }
}

/// `scheduledImmediate(id, callback)`
fn scheduled_immediate(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    observed(scope, CallbackKind::Immediate, number(&args, 0) as u64, args.get(1));
}

/// `callbackRuns(callback)`: the user's function behind what runs, while somebody looks
fn callback_runs(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    if let Ok(function) = v8::Local::<v8::Function>::try_from(args.get(0)) {
        core().observer.runs(scope, function);
    }
}

/// `canceledImmediate(id)`
fn canceled_immediate(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    canceled(CallbackKind::Immediate, Task::new(TaskClass::Immediate, number(&args, 0) as u64));
}

/// `scheduledTick(callback)` -> the tick's number, 0 when nobody will ask for it
fn scheduled_tick(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    let id = core().new_task();
    observed(scope, CallbackKind::NextTick, id, args.get(0));
    rv.set_double(if core().observer.wants_numbers() { id as f64 } else { 0.0 });
}

/// `enterTick(number)`
fn enter_tick(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    crate::doorway::enter_tick(scope, number(&args, 0) as u64);
}

/// `leaveTick(number)`
fn leave_tick(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    crate::doorway::leave_tick(number(&args, 0) as u64);
}

/// `exceptionThrown(exception)`: nobody caught it; clients of the inspector are told.
fn exception_thrown<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    crate::inspection::exception_thrown(scope, args.get(0));
}

/// `scheduledMicrotask(callback)` -> its number where a debugger wants to know what is behind it, else 0
fn scheduled_microtask(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    let is_users = |function| core().observer.is_users(scope, function);
    let is_wanted = core().doorway.needs.debugger() && v8::Local::try_from(args.get(0)).is_ok_and(is_users);
    let id = if is_wanted { core().new_task() } else { 0 };
    if is_wanted {
        crate::inspection::task_scheduled(CallbackKind::Microtask, Task::new(TaskClass::Other, id));
    }
    rv.set_double(id as f64);
}

/// `enterMicrotask(number)`: a microtask of ours begins, which V8's promise hooks don't see.
fn enter_microtask(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    crate::inspection::part_begins(scope, CallbackKind::Microtask, number(&args, 0) as u64);
}

/// `leaveMicrotask(number)`
fn leave_microtask(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    crate::inspection::microtask_ends(number(&args, 0) as u64);
}

/// `setRequestWrapper(wrap)`: from now on `wrap(callback, kind)` makes the callback of each request of the pool; undefined
/// ends that
fn set_request_wrapper<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    _: v8::ReturnValue,
) {
    let wrap = v8::Local::<v8::Function>::try_from(args.get(0)).ok();
    core().pool.set_wrapper(wrap.map(|wrap| v8::Global::new(scope, wrap)));
}

/// `setPromiseHooks(init, before, after, settled)`, or nothing to end them
fn set_promise_hooks<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    _: v8::ReturnValue,
) {
    let hooks = [0, 1, 2, 3].map(|index| v8::Local::<v8::Function>::try_from(args.get(index)).ok());
    let hooks = match hooks {
        [Some(init), Some(before), Some(after), Some(settled)] => {
            Some([init, before, after, settled].map(|hook| v8::Global::new(scope, hook)))
        }
        _ => None,
    };
    crate::inspection::set_program_promise_hooks(scope, hooks);
}

fn canceled(kind: CallbackKind, task: Task) {
    core().observer.forget(task);
    if core().doorway.needs.debugger() {
        crate::inspection::task_canceled(kind, task);
    }
}

/// `stopTimer(slot, id)`
fn stop_timer(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    core().timers.borrow_mut().stop(number(&args, 0) as u32);
    let id = number(&args, 1) as u32;
    // Which of the two it was is not known any more; to cancel what was never scheduled does nothing.
    canceled(CallbackKind::Timeout, Task::new(TaskClass::Timer, id));
    canceled(CallbackKind::Interval, Task::new(TaskClass::Timer, id));
}

/// `refTimer(slot, refed)`
fn ref_timer(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    core().timers.borrow_mut().set_refed(number(&args, 0) as u32, args.get(1).is_true());
}

/// `activeResources()` -> the names, as Node has them, of what keeps the process alive
fn active_resources<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    _: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let mut names: Vec<&str> = Vec::new();
    names.extend(core().pool.describe_pending().iter().map(|request| match request.kind {
        rondo_protocol::CallbackKind::Fs => "FSReqCallback",
        rondo_protocol::CallbackKind::Dns => "GetAddrInfoReqWrap",
        rondo_protocol::CallbackKind::Zlib => "Zlib",
        _ => "WorkRequest",
    }));
    names.extend(core().net.borrow().describe().iter().filter(|(_, _, refed, _)| *refed).map(|(_, name, _, _)| *name));
    names.extend(std::iter::repeat_n("ProcessWrap", crate::node::child::count_refed()));
    names.extend(std::iter::repeat_n("Timeout", core().timers.borrow().count_refed()));
    names.extend(std::iter::repeat_n("Immediate", core().words().get(Word::ImmediatesRefed) as usize));
    rv.set(crate::node::strings_to_js(scope, names));
}

/// The loop's time in milliseconds.
fn now(_: &mut v8::PinScope, _: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    rv.set_double(core().event_loop.now_ms() as f64);
}

/// `idleMs()`: how long the loop has waited for events, all in all
fn idle_ms(_: &mut v8::PinScope, _: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    rv.set_double(core().event_loop.idle_ns() as f64 / 1e6);
}

fn run_microtasks<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    crate::doorway::run_microtasks(scope);
}

fn enqueue_microtask<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    _: v8::ReturnValue,
) {
    if let Ok(function) = v8::Local::<v8::Function>::try_from(args.get(0)) {
        scope.enqueue_microtask(function);
    }
}

/// V8 tells of rejections here; JavaScript keeps the list and decides after the microtasks.
pub extern "C" fn promise_rejected(message: v8::PromiseRejectMessage) {
    v8::callback_scope!(unsafe scope, &message);
    let Some(trampolines) = core().trampolines.get() else { return };
    let hook = v8::Local::new(scope, &trampolines.promise_rejected);
    let kind = v8::Integer::new(scope, message.get_event() as i32);
    let value = message.get_value().unwrap_or_else(|| v8::undefined(scope).into());
    let receiver = v8::undefined(scope).into();
    // An exception here stays pending in the isolate and surfaces where the promise was rejected.
    let _ = hook.call(scope, receiver, &[kind.into(), message.get_promise().into(), value]);
}
