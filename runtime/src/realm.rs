//! The isolate and its one context: made, filled with the core modules, run to the end.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rondo_protocol::CallbackKind;

use crate::cli::Options;
use crate::core::{Core, core, install};
use crate::doorway::{self, CallCaught, Entry};
use crate::engine_tasks;
use crate::node::binder::Binder;
use crate::node::throw;
use crate::node::worker::{self, Start};

pub mod bytecode;
mod core_modules;
mod rehearsal;
pub mod snapshot;

use core_modules::{compile_core, core_ids};
use snapshot::{Origin, PRELOADED};

/// V8's worker threads: more cost memory and gain nothing for a server.
const V8_THREADS: u32 = 2;

static STARTED: OnceLock<Instant> = OnceLock::new();

/// When the process began.
pub fn started() -> Instant {
    *STARTED.get_or_init(Instant::now)
}

/// Ends the process now. Everything that leaves goes through here.
pub fn end(code: i32) -> ! {
    crate::node::worker::stop_all();
    crate::stalls::flush_at_exit();
    let code = crate::profile::finish(code);
    crate::inspection::exit();
    crate::node::process::restore_terminal();
    std::process::exit(code)
}

/// Runs the program that `options` name; the result is the exit code.
pub fn run(options: Options) -> i32 {
    started();
    initialize_v8();
    let core = match Core::new(options) {
        Ok(core) => install(core),
        Err(error) => crate::exception::fatal(&format!("the event loop could not be made: {error}")),
    };
    // It is never dropped: what runs at the exit, and what objects of the inspector hold, still enter it.
    let (isolate, origin) = snapshot::make_isolate(v8::CreateParams::default());
    let isolate: &mut v8::OwnedIsolate = Box::leak(Box::new(isolate));
    set_up(isolate);
    crate::stalls::watch_collections(isolate);
    let handle = isolate.thread_safe_handle();
    // SAFETY: the isolate lives until the process ends.
    let raw = unsafe { isolate.as_raw_isolate_ptr() };
    assert!(core.isolate.set(raw).is_ok(), "one realm per core");
    assert!(core.engine_tasks.set(engine_tasks::claim(raw)).is_ok(), "one realm per core");
    v8::scope!(let scope, isolate);
    let context = snapshot::make_context(scope, origin);
    let scope = &mut v8::ContextScope::new(scope, context);
    assert!(core.context.set(v8::Global::new(scope, context)).is_ok(), "one realm per core");
    crate::inspection::start(scope);
    begin(scope, origin);
    core.event_loop.update_time();
    start_watching(handle);
    crate::inspection::wait_for_debugger(scope);
    if core.options.profile.as_ref().is_some_and(|wanted| wanted.cpu) {
        crate::profile::cpu::start(scope);
    }
    run_main(scope);
    run_loop(scope);
    crate::inspection::drained();
    let code = emit_exit(scope);
    // Here, while the isolate lives: clients of the inspector may still want to read something.
    end(code)
}

/// A worker's thread, from its isolate's birth to its end.
pub fn run_worker(start: Start) {
    let (old_space, young_space) = worker::heap_limits(&start);
    let control = start.control;
    let core = match Core::new(start.options) {
        Ok(core) => install(Core { stopping: control.stopping.clone(), ..core }),
        Err(error) => return worker::give_up(&control, start.end, &error),
    };
    worker::become_worker(control.clone(), start.end);
    let mut parameters = v8::CreateParams::default();
    if old_space > 0 {
        parameters = parameters.heap_limits(0, old_space + young_space);
    }
    let (mut isolate, origin) = snapshot::make_isolate(parameters);
    set_up(&mut isolate);
    isolate.add_near_heap_limit_callback(worker::heap_is_full, Arc::as_ptr(&control).cast_mut().cast());
    control.open(worker::Reach { isolate: isolate.thread_safe_handle(), waker: core.event_loop.waker() });
    // SAFETY: the isolate outlives every use of the core, which is taken away after it.
    let raw = unsafe { isolate.as_raw_isolate_ptr() };
    assert!(core.isolate.set(raw).is_ok(), "one realm per core");
    assert!(core.engine_tasks.set(engine_tasks::claim(raw)).is_ok(), "one realm per core");
    crate::stalls::watch_collections(&mut isolate);
    // Until the program begins.
    core.doorway.slot.set_threshold_ns(u64::MAX);
    let code = run_worker_realm(&mut isolate, origin);
    control.end_with(code);
    control.close();
    crate::node::messaging::forget_hooks();
    engine_tasks::forget(raw);
    drop(isolate);
    engine_tasks::forget(raw);
    worker::end_thread();
    crate::core::uninstall();
}

fn run_worker_realm(isolate: &mut v8::OwnedIsolate, origin: Origin) -> i32 {
    v8::scope!(let scope, isolate);
    let context = snapshot::make_context(scope, origin);
    let scope = &mut v8::ContextScope::new(scope, context);
    assert!(core().context.set(v8::Global::new(scope, context)).is_ok(), "one realm per core");
    crate::inspection::begin_worker(scope);
    let code = run_worker_program(scope, origin);
    crate::stalls::end_watch();
    crate::inspection::end_worker(scope);
    code
}

fn run_worker_program(scope: &mut v8::PinScope<'_, '_>, origin: Origin) -> i32 {
    begin(scope, origin);
    crate::inspection::wait_in_worker(scope);
    if core().is_stopping() {
        return 0;
    }
    core().event_loop.update_time();
    crate::stalls::watch_worker(scope.thread_safe_handle());
    run_main(scope);
    run_loop(scope);
    if core().is_stopping() {
        return 0;
    }
    emit_exit(scope)
}

/// What every isolate of ours is told.
fn set_up(isolate: &mut v8::OwnedIsolate) {
    isolate.set_microtasks_policy(v8::MicrotasksPolicy::Explicit);
    isolate.set_capture_stack_trace_for_uncaught_exceptions(true, 10);
    isolate.add_message_listener(crate::exception::message_thrown);
    isolate.set_promise_reject_callback(crate::node::loop_binding::promise_rejected);
    isolate.set_host_import_module_dynamically_callback(crate::node::esm::import_dynamically);
    isolate.set_host_initialize_import_meta_object_callback(crate::node::esm::initialize_meta);
}

/// Turns until nothing is left, `beforeExit` included.
fn run_loop(scope: &mut v8::PinScope<'_, '_>) {
    loop {
        core().event_loop.run(scope);
        call_hook(scope, &core().trampolines().emit_before_exit);
        if !core().event_loop.is_alive() {
            break;
        }
    }
}

/// `exit` handlers; the exit code.
fn emit_exit(scope: &mut v8::PinScope<'_, '_>) -> i32 {
    let exit = v8::Local::new(scope, &core().trampolines().emit_exit);
    let receiver = v8::undefined(scope).into();
    match exit.call_caught(scope, receiver, &[]) {
        Ok(code) => code.int32_value(scope).unwrap_or(0),
        Err(exception) => {
            crate::exception::uncaught(scope, exception);
            1
        }
    }
}

/// Starts the watchdog and what listens to stalls.
fn start_watching(isolate: v8::IsolateHandle) {
    let doorway = &core().doorway;
    doorway.refresh_epoch();
    let threshold = core().options.text("stall-threshold").map(crate::stalls::threshold_ns);
    crate::stalls::set_threshold_ns(match threshold {
        None => crate::stalls::THRESHOLD_NS_DEFAULT,
        Some(Ok(threshold_ns)) => threshold_ns,
        Some(Err(message)) => crate::exception::fatal(&format!("--stall-threshold: {message}")),
    });
    if core().options.is_off("loop-records") {
        doorway.turn_records_off();
    }
    core().stalls.clocks.note(doorway.stamp_ns());
    doorway.slot.busy(doorway.stamp_ns());
    if let Err(error) = crate::stalls::watchdog::start(doorway.slot.clone(), isolate, crate::stalls::watchdog::Of::Main)
    {
        eprintln!("rondo: the watchdog could not be started, stalls will have no stacks: {error}");
    }
    if !core().options.is_on("disable-sigusr1")
        && let Err(error) = crate::node::signals::watch_for_debugger()
    {
        eprintln!("rondo: SIGUSR1 will not start the inspector: {error}");
    }
    if let Some(wanted) = &core().options.profile {
        crate::profile::start(wanted);
    }
    if let Some(path) = core().options.text("stall-log")
        && let Err(error) = crate::stalls::log::start(path)
    {
        crate::exception::fatal(&format!("--stall-log={path}: {error}"));
    }
}

fn call_hook(scope: &mut v8::PinScope<'_, '_>, hook: &v8::Global<v8::Function>) {
    v8::scope!(let scope, scope);
    let hook = v8::Local::new(scope, hook);
    let receiver = v8::undefined(scope).into();
    doorway::enter(scope, Entry::new(CallbackKind::Module, 0, Default::default()), hook, receiver, &[]);
}

/// Gives V8 its flags; the error is the first that it does not know.
pub fn take_v8_flags(options: &Options) -> Result<(), String> {
    // `v8.setFlagsFromString` changes flags while the engine runs, as in Node.
    snapshot::flags_given(&options.v8_flags);
    let mut flags: Vec<String> = vec!["rondo".to_owned(), "--no-freeze-flags-after-init".to_owned()];
    flags.extend(options.v8_flags.iter().cloned());
    match v8::V8::set_flags_from_command_line(flags).into_iter().nth(1) {
        Some(unknown) => Err(unknown),
        None => Ok(()),
    }
}

fn initialize_v8() {
    v8::V8::set_entropy_source(fill_with_random);
    let platform = v8::new_custom_platform(V8_THREADS, false, false, engine_tasks::Receiver).make_shared();
    v8::V8::initialize_platform(platform);
    v8::V8::initialize();
}

/// V8 on its own opens and reads a file for each of its generators.
fn fill_with_random(bytes: &mut [u8]) -> bool {
    // SAFETY: the kernel writes as many bytes as there are.
    let written = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    usize::try_from(written) == Ok(bytes.len())
}

/// Makes the realm, unless it comes out of the snapshot, and starts it in this process.
fn begin(scope: &mut v8::PinScope<'_, '_>, origin: Origin) {
    if origin == Origin::Texts {
        bootstrap(scope, false);
    }
    // A worker may be ended while it begins.
    if core().is_stopping() {
        return;
    }
    v8::tc_scope!(let caught, scope);
    let start = take_global(caught, "__rondoStart");
    let attach: v8::Local<v8::Value> = match origin {
        Origin::Texts => v8::undefined(caught).into(),
        Origin::Snapshot => v8::Function::new(caught, attach_binding).expect("functions can be made").into(),
    };
    let receiver = v8::undefined(caught).into();
    if start.call(caught, receiver, &[attach]).is_none() {
        let exception = caught.exception();
        failed(caught, exception, "the core modules failed to start");
    }
}

/// Runs `internal/bootstrap`, which leaves the functions that start the realm. What is `for_snapshot` has the modules that
/// most programs use in it, and nothing that no core module names.
fn bootstrap(scope: &mut v8::PinScope<'_, '_>, for_snapshot: bool) {
    let native = v8::Object::new(scope);
    bind_loader(&mut Binder::Fill(scope, native));
    let preloaded = if for_snapshot { PRELOADED } else { &[] };
    let preloaded = crate::node::strings_to_js(scope, preloaded);
    crate::node::set_value(scope, native, "preloaded", preloaded);
    if for_snapshot {
        let words = crate::node::strings_to_js(scope, core_modules::words());
        crate::node::set_value(scope, native, "words", words);
    }
    let ids = crate::node::strings_to_js(scope, core_ids());
    crate::node::set_value(scope, native, "ids", ids);
    call_core(scope, "internal/loader", &["native"], &[native.into()]);
}

/// The program itself, entered through the doorway like everything else.
fn run_main(scope: &mut v8::PinScope<'_, '_>) {
    v8::scope!(let scope, scope);
    let main = take_global(scope, "__rondoMain");
    let receiver = v8::undefined(scope).into();
    doorway::enter(scope, Entry::new(CallbackKind::Module, 0, Default::default()), main, receiver, &[]);
}

fn call_core(scope: &mut v8::PinScope<'_, '_>, id: &str, names: &[&str], values: &[v8::Local<'_, v8::Value>]) {
    v8::tc_scope!(let caught, scope);
    let function = compile_core(caught, id, names);
    let receiver = v8::undefined(caught).into();
    if function.and_then(|function| function.call(caught, receiver, values)).is_none() {
        let exception = caught.exception();
        failed(caught, exception, &format!("the core module node:{id} failed to load"));
    }
}

/// Ends the process, unless it is a worker that was ended while it began.
fn failed(scope: &mut v8::PinScope<'_, '_>, exception: Option<v8::Local<'_, v8::Value>>, what: &str) {
    if core().is_stopping() {
        return;
    }
    let text = exception.map_or_else(String::new, |exception| crate::exception::describe(scope, exception));
    crate::exception::fatal(&format!("{what}:\n{text}"));
}

/// A function that the loader has left on the global object, which the program must not see there.
fn take_global<'s>(scope: &mut v8::PinScope<'s, '_>, name: &str) -> v8::Local<'s, v8::Function> {
    let global = scope.get_current_context().global(scope);
    let function = crate::node::get_function(scope, global, name);
    let key = v8::String::new(scope, name).expect("short");
    global.delete(scope, key.into());
    function
}

/// What the loader is given.
fn bind_loader(to: &mut Binder<'_, '_, '_>) {
    to.function("compile", compile_core_module);
    to.function("binding", get_binding);
}

/// `compile(id)` -> the module's wrapper function
fn compile_core_module<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let id = args.get(0).to_rust_string_lossy(scope);
    let names = ["exports", "require", "module", "primordials", "binding"];
    match compile_core(scope, &id, &names) {
        Some(function) => rv.set(function.into()),
        None if core_modules::is_there(&id) => {}
        None => throw(scope, "ERR_UNKNOWN_BUILTIN_MODULE", &format!("No such built-in module: {id}")),
    }
}

/// `attach(name, object)`: what of a binding from the snapshot depends on this process
fn attach_binding<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let name = args.get(0).to_rust_string_lossy(scope);
    let object = v8::Local::<v8::Object>::try_from(args.get(1)).expect("the loader passes an object");
    crate::node::attach_binding(scope, &name, object);
}

fn get_binding<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let name = args.get(0).to_rust_string_lossy(scope);
    match crate::node::binding(scope, &name) {
        Some(object) => rv.set(object.into()),
        None => throw(scope, "ERR_INVALID_MODULE", &format!("No such binding: {name}")),
    }
}
