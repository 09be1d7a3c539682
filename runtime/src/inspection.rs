//! The inspector as the loop calls it: made when a flag, a signal or a program asks for it, and told of callbacks only
//! while `needs` says that somebody looks. `inspector/README.md` has the sequence of calls.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rondo_inspector::Inspector;
use rondo_inspector::needs::Needs;
use rondo_inspector::options::{Attach, DEFAULT_HOST, DEFAULT_PORT, Listen, Publish, Setup};
use rondo_inspector::script_url::script_url;
use rondo_protocol::event::ExpiryReason;
use rondo_protocol::stall::Stall;
use rondo_protocol::{CallbackKind, Phase};

use crate::cli::InspectMode;
use crate::clock::epoch_offset_us;
use crate::core::{core, try_core};
use crate::doorway::{Entry, Running};
use crate::loop_host::{Host, describe, describe_entry};
use crate::observe::{Origin, Task};
use crate::records::Record;

#[derive(Default)]
pub struct Inspection {
    inspector: RefCell<Option<Rc<Inspector>>>,
    /// `before_callback` was called for the tick or microtask that runs.
    part_is_open: Cell<bool>,
    /// A client wants this worker to wait for it.
    holds_worker: Cell<bool>,
    /// The end has been announced: what still ends the process goes at once.
    is_over: Cell<bool>,
    /// What `async_hooks` wants to be told of promises: init, before, after, settled.
    program_hooks: RefCell<Option<[v8::Global<v8::Function>; 4]>>,
}

/// Sets what `async_hooks` wants to be told of promises; with `None` it wants nothing.
pub fn set_program_promise_hooks(scope: &mut v8::PinScope<'_, '_>, hooks: Option<[v8::Global<v8::Function>; 4]>) {
    core().inspection.program_hooks.replace(hooks);
    set_promise_hooks(scope, PromiseHooks::Usual);
}

fn inspector() -> Option<Rc<Inspector>> {
    core().inspection.inspector.borrow().clone()
}

/// The inspector, made now if there is none yet.
pub fn get_or_make(scope: &mut v8::PinScope<'_, '_>) -> Rc<Inspector> {
    if let Some(inspector) = inspector() {
        return inspector;
    }
    let made = make(scope);
    core().inspection.inspector.replace(Some(made.clone()));
    made
}

fn make(scope: &mut v8::PinScope<'_, '_>) -> Rc<Inspector> {
    let has_own_console = crate::realm::snapshot::is_origin();
    let doorway = &core().doorway;
    doorway.needs.on_change(needs_changed);
    let waker = core().event_loop.waker();
    let script = core().options.argv.first().and_then(|script| std::fs::canonicalize(script).ok());
    let script = script.map(|path| path.to_string_lossy().into_owned());
    let setup = Setup {
        // A wake-up that fails leaves the message for the next turn.
        waker: Arc::new(move || drop(waker.wake())),
        needs: doorway.needs.clone(),
        status: doorway.status.clone(),
        title: title(script.as_deref()),
        script_url: script.map(|path| script_url(&path)).unwrap_or_default(),
        has_own_console,
        stopping: worker_name().map(|_| core().stopping.clone()),
        browser: format!("rondo/{}", env!("CARGO_PKG_VERSION")),
    };
    let context = scope.get_current_context();
    Inspector::new(scope, context, setup, Rc::new(Host))
}

/// `worker 3` on the thread of one.
pub fn worker_name() -> Option<String> {
    std::thread::current().name().filter(|name| name.starts_with("worker ")).map(str::to_owned)
}

fn title(script: Option<&str>) -> String {
    match (worker_name(), script) {
        (Some(worker), Some(script)) => format!("{worker}: {script}"),
        (Some(worker), None) => worker,
        (None, Some(script)) => script.to_owned(),
        (None, None) => format!("rondo[{}]", std::process::id()),
    }
}

/// A worker begins, before any of its scripts is compiled: clients attach to it when they come, be it later.
pub fn begin_worker(scope: &mut v8::PinScope<'_, '_>) {
    let holds = get_or_make(scope).begin_worker();
    core().inspection.holds_worker.set(holds);
}

/// Right before a worker's main script.
pub fn wait_in_worker(scope: &mut v8::PinScope<'_, '_>) {
    if core().inspection.holds_worker.get()
        && let Some(inspector) = inspector()
    {
        inspector.wait_for_debugger(scope, Attach::Wait);
        core().event_loop.update_time();
    }
}

/// A worker's isolate is about to go, and its inspector before it.
pub fn end_worker(scope: &mut v8::PinScope<'_, '_>) {
    if let Some(inspector) = core().inspection.inspector.take() {
        inspector.end_worker(scope);
    }
}

/// Before any script is compiled: makes the inspector, since V8 shows a debugger only the scripts that were compiled after
/// it, also to one that comes with SIGUSR1; listens where `--inspect*` asks for it.
pub fn start(scope: &mut v8::PinScope<'_, '_>) {
    get_or_make(scope).offer_to_workers();
    if core().options.inspect.is_some() {
        listen(scope);
    }
}

/// While V8 is told of a timer of the console: how long it took, in milliseconds.
pub fn set_console_took(took_ms: Option<f64>) {
    if let Some(inspector) = inspector() {
        inspector.set_console_took(took_ms);
    }
}

/// Whether V8 is to be told what the program prints.
pub fn is_active() -> bool {
    inspector().is_some_and(|inspector| inspector.is_active())
}

fn listen(scope: &mut v8::PinScope<'_, '_>) {
    if let Err(error) = get_or_make(scope).listen(&address()) {
        // Node goes on without.
        eprintln!("{error}");
    }
}

fn address() -> Listen {
    let options = &core().options;
    let (host, port) = match &options.inspect {
        Some(inspect) => (inspect.host.clone(), inspect.port),
        None => (DEFAULT_HOST.to_owned(), DEFAULT_PORT),
    };
    let given = options.text("inspect-port").or(options.text("debug-port")).and_then(|port| port.parse().ok());
    let port = if port == DEFAULT_PORT { given.unwrap_or(port) } else { port };
    let publish = match options.text("inspect-publish-uid") {
        None => Publish::default(),
        Some(places) => Publish {
            stderr: places.split(',').any(|place| place == "stderr"),
            http: places.split(',').any(|place| place == "http"),
        },
    };
    let origins = options.text("inspect-allow-origin").unwrap_or_default();
    let allow_origins = origins.split(',').filter(|origin| !origin.is_empty()).map(str::to_owned).collect();
    Listen { host, port, publish, allow_origins }
}

/// The WebSocket URL while the server runs.
pub fn url() -> Option<String> {
    inspector().and_then(|inspector| inspector.url())
}

/// The port that the server has, or would be started with.
pub fn port() -> u16 {
    let used = url().and_then(|url| url.rsplit_once('/')?.0.rsplit_once(':')?.1.parse().ok());
    used.unwrap_or_else(|| address().port)
}

/// Right before the main script: waits as the flags say.
pub fn wait_for_debugger(scope: &mut v8::PinScope<'_, '_>) {
    let (Some(inspector), Some(inspect)) = (inspector(), &core().options.inspect) else { return };
    let attach = match inspect.mode {
        InspectMode::Listen => Attach::Listen,
        InspectMode::Break => Attach::Break,
        InspectMode::Wait => Attach::Wait,
    };
    inspector.wait_for_debugger(scope, attach);
    core().event_loop.update_time();
}

/// SIGUSR1 has come and nobody has started the server for it yet.
static WANTED_BY_SIGNAL: AtomicBool = AtomicBool::new(false);

/// Notes the wish; safe in a signal handler.
pub fn want() {
    WANTED_BY_SIGNAL.store(true, Ordering::Release);
}

pub fn is_wanted() -> bool {
    WANTED_BY_SIGNAL.load(Ordering::Acquire)
}

/// Starts the server if SIGUSR1 asked for it.
pub fn start_if_wanted(scope: &mut v8::PinScope<'_, '_>) {
    if WANTED_BY_SIGNAL.swap(false, Ordering::AcqRel) && inspector().is_none_or(|inspector| inspector.url().is_none()) {
        listen(scope);
    }
}

/// The same from an interrupt that the watchdog asked for, when JavaScript keeps the loop from hearing the signal.
pub unsafe extern "C" fn start_in_interrupt(isolate: v8::UnsafeRawIsolatePtr, _: *mut std::ffi::c_void) {
    if try_core().is_some() {
        crate::stalls::sample::in_context(isolate, start_if_wanted);
    }
}

/// A client's need has begun or ended: what JavaScript reads follows at once.
fn needs_changed(needs: &Needs) {
    core().observer.needs_changed(needs);
    if let Some(isolate) = core().isolate.get() {
        crate::stalls::sample::in_context(*isolate, |scope| set_promise_hooks(scope, PromiseHooks::Usual));
    }
}

/// What V8 tells of promises.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PromiseHooks {
    /// Each microtask that begins, while a step waits; otherwise nothing.
    Usual,
    /// The next promise that is made as well, for the line of a stall.
    Made,
}

pub fn set_promise_hooks(scope: &mut v8::PinScope<'_, '_>, hooks: PromiseHooks) {
    v8::scope!(let scope, scope);
    let steps = core().doorway.needs.doorway();
    let program = core().inspection.program_hooks.borrow();
    if let (Some(program), PromiseHooks::Usual) = (program.as_ref(), hooks) {
        // For steps, they tell of microtasks themselves (`enterMicrotask`).
        let [init, before, after, settled] = program.each_ref().map(|hook| Some(v8::Local::new(scope, hook)));
        return scope.set_promise_hooks(init, before, after, settled);
    }
    if !steps && hooks == PromiseHooks::Usual {
        return scope.set_promise_hooks(None, None, None, None);
    }
    let nothing =
        v8::Function::new(scope, |_: &mut v8::PinScope, _: v8::FunctionCallbackArguments, _: v8::ReturnValue| {});
    let before =
        v8::Function::new(scope, |scope: &mut v8::PinScope, _: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
            microtask_begins(scope)
        });
    let made =
        v8::Function::new(scope, |scope: &mut v8::PinScope, _: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
            crate::stalls::sample::promise_made(scope)
        });
    let made = if hooks == PromiseHooks::Made { made } else { nothing };
    let before = if steps { before } else { nothing };
    scope.set_promise_hooks(made, before, nothing, nothing);
}

/// A callback is about to run; whether [`callback_ends`] must be called whatever is needed then.
pub fn callback_begins(scope: &mut v8::PinScope<'_, '_>, entry: &Entry, id: u64, origin: Option<&Origin>) -> bool {
    let (Some(inspector), needs) = (inspector(), &core().doorway.needs) else { return false };
    if needs.debugger() {
        inspector.async_task_started(entry.kind, entry.task);
    }
    let armed = needs.doorway();
    if armed {
        let running = Running {
            id,
            kind: entry.kind,
            task: entry.task,
            cause: crate::records::Cause { chain: core().doorway.chain_of(entry, id), ..entry.cause },
            ready_ns: entry.ready_ns,
            start_ns: 0,
        };
        let callback = describe_entry(&running, origin, entry.resource.as_deref().map(str::to_owned));
        inspector.before_callback(scope, &callback);
    }
    // It may have stood still for minutes.
    core().event_loop.update_time();
    armed
}

pub fn callback_ends(entry: &Entry, armed: bool) {
    let Some(inspector) = inspector() else { return };
    if armed {
        inspector.after_callback();
    }
    inspector.async_task_finished(entry.kind, entry.task);
}

pub fn callback_ran(record: &Record) {
    if let Some(inspector) = inspector() {
        inspector.callback_ran(describe(record, epoch_offset_us()));
    }
}

/// A tick or microtask begins inside a callback: for steps it is one of its own.
pub fn part_begins(scope: &mut v8::PinScope<'_, '_>, kind: CallbackKind, number: u64) {
    let (Some(inspector), needs) = (inspector(), &core().doorway.needs) else { return };
    if needs.debugger() && number != 0 {
        inspector.async_task_started(kind, number);
    }
    close_part();
    if needs.doorway()
        && let Some(outer) = core().doorway.running()
    {
        let task = Task::new(crate::doorway::class_of(kind), number);
        let origin = core().observer.origin(task);
        let part = Running { kind, task: number, ready_ns: 0, ..outer };
        inspector.before_callback(scope, &describe_entry(&part, origin.as_deref(), None));
        core().inspection.part_is_open.set(true);
    }
}

pub fn part_ends(kind: CallbackKind, number: u64) {
    let Some(inspector) = inspector() else { return };
    close_part();
    if kind == CallbackKind::NextTick {
        inspector.async_task_finished(kind, number);
    }
}

/// Takes back what was armed for the last tick or microtask.
pub fn close_part() {
    if core().inspection.part_is_open.replace(false)
        && let Some(inspector) = inspector()
    {
        inspector.after_callback();
    }
}

/// A microtask of `queueMicrotask` is over.
pub fn microtask_ends(number: u64) {
    if let Some(inspector) = inspector() {
        inspector.async_task_finished(CallbackKind::Microtask, number);
    }
}

pub fn microtask_begins(scope: &mut v8::PinScope<'_, '_>) {
    part_begins(scope, CallbackKind::Microtask, 0);
}

/// What V8 and Node call the scheduling of a kind.
fn async_name(kind: CallbackKind) -> &'static str {
    match kind {
        CallbackKind::Timeout => "setTimeout",
        CallbackKind::Interval => "setInterval",
        CallbackKind::Immediate => "setImmediate",
        CallbackKind::NextTick => "process.nextTick",
        CallbackKind::Microtask => "queueMicrotask",
        other => other.as_str(),
    }
}

pub fn task_scheduled(kind: CallbackKind, task: Task) {
    if let Some(inspector) = inspector() {
        let recurring = kind == CallbackKind::Interval || task.class == crate::observe::TaskClass::Handle;
        inspector.async_task_scheduled(async_name(kind), kind, task.number, recurring);
    }
}

/// A socket that JavaScript has made: what comes on it has this stack behind it.
pub fn socket_made(kinds: &[CallbackKind], task: Task) {
    if core().doorway.needs.debugger() {
        kinds.iter().for_each(|kind| task_scheduled(*kind, task));
    }
}

/// The same of a connection that `listener` has got: behind it is what made the listener.
pub fn connection_accepted(listener: Task, connection: Task) {
    let Some(inspector) = inspector().filter(|_| core().doorway.needs.debugger()) else { return };
    inspector.async_task_started(CallbackKind::Accept, listener.number);
    for kind in CONNECTION_KINDS {
        task_scheduled(kind, connection);
    }
    inspector.async_task_finished(CallbackKind::Accept, listener.number);
}

/// What comes on a connection.
pub const CONNECTION_KINDS: [CallbackKind; 4] =
    [CallbackKind::Connect, CallbackKind::Read, CallbackKind::Write, CallbackKind::Close];

/// A socket is closed; its `close` is a task of its own.
pub fn socket_closed(task: Task) {
    if core().doorway.needs.debugger() {
        for kind in [CallbackKind::Accept, CallbackKind::Connect, CallbackKind::Read, CallbackKind::Write] {
            task_canceled(kind, task);
        }
    }
}

pub fn task_canceled(kind: CallbackKind, task: Task) {
    if let Some(inspector) = inspector() {
        inspector.async_task_canceled(kind, task.number);
    }
}

pub fn idle_started() {
    if let Some(inspector) = inspector().filter(|inspector| inspector.any_client()) {
        inspector.idle_started();
    }
}

pub fn idle_finished() {
    if let Some(inspector) = inspector().filter(|inspector| inspector.any_client()) {
        inspector.idle_finished();
    }
}

pub fn before_phase(scope: &mut v8::PinScope<'_, '_>, turn: u64, phase: Phase) {
    if let Some(inspector) = inspector() {
        inspector.before_phase(scope, turn, phase);
        core().event_loop.update_time();
    }
}

/// Hears what clients have sent. What they evaluate may leave ticks and microtasks.
pub fn dispatch_pending(scope: &mut v8::PinScope<'_, '_>) {
    let Some(inspector) = inspector() else { return };
    inspector.dispatch_pending(scope);
    crate::doorway::drain_after_inspector(scope);
    core().event_loop.update_time();
}

pub fn exception_thrown(scope: &mut v8::PinScope<'_, '_>, exception: v8::Local<'_, v8::Value>) {
    if let Some(inspector) = inspector() {
        let message = v8::Exception::create_message(scope, exception);
        inspector.exception_thrown(scope, exception, message);
    }
}

pub fn stall_detected(stall: &Stall) {
    if let Some(inspector) = inspector() {
        inspector.reporter().stall_detected(stall);
    }
}

/// An operation that has just ended is what a stall breakpoint waits for.
#[cold]
pub fn op_was_stall(op: &'static str) {
    if let (Some(inspector), Some(isolate)) = (inspector(), core().isolate.get()) {
        crate::stalls::sample::in_context(*isolate, |scope| inspector.native_stall(scope, op));
    }
}

/// Nothing is left that could run.
pub fn drained() {
    if let Some(inspector) = inspector() {
        inspector.expire_steps(ExpiryReason::Drained);
    }
}

/// The process ends: clients may want to read something first.
pub fn exit() {
    let Some(core) = try_core() else { return };
    let (Some(inspector), Some(isolate)) = (inspector(), core.isolate.get()) else { return };
    if core.inspection.is_over.replace(true) {
        return;
    }
    inspector.expire_steps(ExpiryReason::Exited);
    crate::stalls::sample::in_context(*isolate, |scope| inspector.wait_for_disconnect(scope));
}
