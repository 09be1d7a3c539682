//! The smallest program with this inspector: timers, a callback at a time, and the sequence of calls of `README.md`.
//!
//!     cargo run --release -p rondo-inspector --example bare_loop -- [--brk|--wait] FILE

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rondo_inspector::Inspector;
use rondo_inspector::host::LoopHost;
use rondo_inspector::needs::Needs;
use rondo_inspector::options::{Attach, Listen, Setup};
use rondo_inspector::status::{SharedStatus, now_us};
use rondo_protocol::callback::Callback;
use rondo_protocol::command::{GetHistory, GetQueues, GetSiteStats, RecordingFormat};
use rondo_protocol::event::ExpiryReason;
use rondo_protocol::id::TaskId;
use rondo_protocol::state::{Lag, LoopState, Queue};
use rondo_protocol::stats::SiteStats;
use rondo_protocol::{CallbackKind, Phase};

#[derive(Default)]
struct Loop {
    timers: RefCell<BTreeMap<(Instant, u64), v8::Global<v8::Function>>>,
    next: Cell<u64>,
    running: RefCell<Option<Callback>>,
}

thread_local! {
    static LOOP: Rc<Loop> = Rc::default();
    static INSPECTOR: RefCell<Option<(Rc<Inspector>, Rc<Needs>)>> = const { RefCell::new(None) };
}

struct Host;

impl LoopHost for Host {
    fn can_answer(&self) -> bool {
        true
    }

    fn state(&self, _: &mut v8::PinScope<'_, '_>) -> LoopState {
        LoopState {
            turn: LOOP.with(|l| l.next.get()),
            phase: Phase::Timers,
            running: LOOP.with(|l| l.running.borrow().clone()),
            timers: vec![],
            handles: vec![],
            requests: vec![],
            keeps_alive: vec![],
            utilization: 0.0,
            lag: Lag::default(),
        }
    }

    fn queues(&self, _: &mut v8::PinScope<'_, '_>, _: &GetQueues) -> Vec<Queue> {
        let callbacks = LOOP.with(|l| l.timers.borrow().keys().map(|(_, id)| callback(*id)).collect::<Vec<_>>());
        vec![Queue { phase: Phase::Timers, total: callbacks.len() as u64, callbacks }]
    }

    fn history(&self, _: &mut v8::PinScope<'_, '_>, _: &GetHistory) -> Vec<Callback> {
        vec![]
    }

    fn chain(&self, _: &mut v8::PinScope<'_, '_>, _: TaskId) -> Vec<Callback> {
        vec![]
    }

    fn site_stats(&self, _: &mut v8::PinScope<'_, '_>, _: &GetSiteStats) -> Vec<SiteStats> {
        vec![]
    }

    fn set_observed(&self, _: bool) {}
    fn history_max(&self) -> u32 {
        0
    }

    fn set_stall_threshold(&self, _: u64) {}

    fn start_recording(&self, _: RecordingFormat) -> Result<(), String> {
        Err("recordings are not supported by this program".to_owned())
    }

    fn stop_recording(&self) -> Result<Vec<u8>, String> {
        Err("nothing is being recorded".to_owned())
    }
}

fn callback(id: u64) -> Callback {
    Callback {
        id: TaskId(id),
        kind: CallbackKind::Timeout,
        phase: Phase::Timers,
        turn: id,
        seq: id,
        resource: None,
        trigger_id: None,
        chain_id: TaskId(id),
        scheduled_at: None,
        ready_at: None,
        started_at: Some(now_us()),
        duration_us: None,
        queue_us: None,
        definition: None,
        scheduled_by: None,
        shares: None,
    }
}

fn with_inspector(work: impl FnOnce(&Inspector, &Needs)) {
    let held = INSPECTOR.with_borrow(Clone::clone);
    if let Some((inspector, needs)) = held {
        work(&inspector, &needs);
    }
}

fn set_timeout(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let Ok(function) = v8::Local::<v8::Function>::try_from(args.get(0)) else { return };
    let ms = args.get(1).number_value(scope).unwrap_or(0.0).max(1.0);
    let function = v8::Global::new(scope, function);
    let id = LOOP.with(|l| {
        l.next.set(l.next.get() + 1);
        l.timers
            .borrow_mut()
            .insert((Instant::now() + Duration::from_micros((ms * 1000.0) as u64), l.next.get()), function);
        l.next.get()
    });
    with_inspector(|inspector, needs| {
        if needs.debugger() {
            inspector.async_task_scheduled("setTimeout", CallbackKind::Timeout, id, false);
        }
    });
}

fn print(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    println!("{}", args.get(0).to_rust_string_lossy(scope));
}

/// Runs one callback as a doorway does.
fn enter(scope: &mut v8::PinScope<'_, '_>, status: &SharedStatus, id: u64, function: v8::Local<v8::Function>) {
    let (inspector, needs) = INSPECTOR.with_borrow(Clone::clone).expect("made before the loop runs");
    let described = callback(id);
    status.begin(id, CallbackKind::Timeout, now_us());
    LOOP.with(|l| l.running.replace(Some(described.clone())));
    if needs.debugger() {
        inspector.async_task_started(CallbackKind::Timeout, id);
    }
    if needs.doorway() {
        inspector.before_callback(scope, &described);
    }
    {
        v8::tc_scope!(let caught, scope);
        let receiver = v8::undefined(caught).into();
        if function.call(caught, receiver, &[]).is_none()
            && let (Some(exception), Some(message)) = (caught.exception(), caught.message())
        {
            inspector.exception_thrown(caught, exception, message);
            eprintln!("Uncaught {}", exception.to_rust_string_lossy(caught));
        }
    }
    scope.perform_microtask_checkpoint();
    if needs.doorway() {
        inspector.after_callback();
    }
    if needs.debugger() {
        inspector.async_task_finished(CallbackKind::Timeout, id);
    }
    if needs.records() {
        inspector.callback_ran(described);
    }
    LOOP.with(|l| l.running.replace(None));
    status.end();
}

fn run(scope: &mut v8::PinScope<'_, '_>, status: &SharedStatus, woken: &Receiver<()>) {
    let (inspector, needs) = INSPECTOR.with_borrow(Clone::clone).expect("made before the loop runs");
    let mut turn = 0;
    loop {
        turn += 1;
        status.set_phase(turn, Phase::Timers);
        if needs.phases() {
            inspector.before_phase(scope, turn, Phase::Timers);
        }
        inspector.dispatch_pending(scope);
        scope.perform_microtask_checkpoint();
        let Some((at, id)) = LOOP.with(|l| l.timers.borrow().keys().next().copied()) else { return };
        let wait = at.saturating_duration_since(Instant::now());
        if wait > Duration::ZERO {
            status.set_idle(true);
            inspector.idle_started();
            // Woken or not, the next turn looks.
            let _ = woken.recv_timeout(wait);
            inspector.idle_finished();
            status.set_idle(false);
            continue;
        }
        let function = LOOP.with(|l| l.timers.borrow_mut().remove(&(at, id))).expect("seen above");
        v8::scope!(let scope, scope);
        let function = v8::Local::new(scope, function);
        enter(scope, status, id, function);
    }
}

fn main() {
    let mut attach = Attach::Listen;
    let mut file = String::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--brk" => attach = Attach::Break,
            "--wait" => attach = Attach::Wait,
            _ => file = std::fs::canonicalize(argument).expect("the file exists").to_string_lossy().into_owned(),
        }
    }
    v8::V8::initialize_platform(v8::new_default_platform(1, false).make_shared());
    v8::V8::initialize();
    let isolate = &mut v8::Isolate::new(v8::CreateParams::default());
    isolate.set_microtasks_policy(v8::MicrotasksPolicy::Explicit);
    v8::scope!(let scope, isolate);
    let context = v8::Context::new(scope, v8::ContextOptions::default());
    let scope = &mut v8::ContextScope::new(scope, context);

    let (wake, woken) = channel();
    let (needs, status) = (Rc::new(Needs::default()), Arc::new(SharedStatus::default()));
    let setup = Setup {
        // A loop that has ended needs no waking.
        waker: Arc::new(move || _ = wake.send(())),
        needs: needs.clone(),
        status: status.clone(),
        title: format!("bare_loop[{}]", std::process::id()),
        script_url: format!("file://{file}"),
        stopping: None,
        has_own_console: false,
        browser: "bare_loop/0.1".to_owned(),
    };
    let inspector = Inspector::new(scope, context, setup, Rc::new(Host));
    INSPECTOR.set(Some((inspector.clone(), needs)));
    let listen = Listen { port: 0, allow_origins: vec!["http://127.0.0.1:*".to_owned()], ..Listen::default() };
    inspector.listen(&listen).expect("a port is free");
    for (name, function) in
        [("setTimeout", v8::Function::new(scope, set_timeout)), ("print", v8::Function::new(scope, print))]
    {
        let name = v8::String::new(scope, name).expect("short");
        context.global(scope).set(scope, name.into(), function.expect("functions can be made").into());
    }
    inspector.wait_for_debugger(scope, attach);
    let source = std::fs::read_to_string(&file).expect("the file is text");
    let source = v8::String::new(scope, &source).expect("it fits a string");
    let name = v8::String::new(scope, &file).expect("short").into();
    let origin = v8::ScriptOrigin::new(scope, name, 0, 0, false, -1, None, false, false, false, None);
    let mut source = v8::script_compiler::Source::new(source, Some(&origin));
    let main = v8::script_compiler::compile_function(
        scope,
        &mut source,
        &[],
        &[],
        v8::script_compiler::CompileOptions::NoCompileOptions,
        v8::script_compiler::NoCacheReason::NoReason,
    );
    enter(scope, &status, 1 << 20, main.expect("it compiles"));
    run(scope, &status, &woken);
    inspector.expire_steps(ExpiryReason::Drained);
    inspector.expire_steps(ExpiryReason::Exited);
    inspector.wait_for_disconnect(scope);
}
