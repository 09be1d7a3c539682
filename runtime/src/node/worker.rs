//! `binding('worker')`: threads with a loop and an isolate each. A worker shares nothing with its parent but messages: one
//! control channel, made by JavaScript, carries its start, its output and its errors, and closes when the thread has ended.

use crate::node::binder::Binder;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::cli::{self, Options};
use crate::core::core;
use crate::node::messaging::{self, End};
use crate::node::{set_value, throw, to_strings};

/// The native stack of a worker: V8 takes about 1 MiB of it for JavaScript.
const STACK_BYTES: usize = 8 << 20;
/// How long the process waits at its end for workers that it has stopped.
const FAREWELL: Duration = Duration::from_millis(500);
/// Room for a worker whose heap is full to unwind in.
const LAST_ROOM_BYTES: usize = 16 << 20;
const EXIT_TERMINATED: i32 = 1;
const MEGABYTE: f64 = (1 << 20) as f64;

/// What other threads can do to a worker.
pub struct Control {
    pub stopping: Arc<AtomicBool>,
    code: AtomicI32,
    is_out_of_memory: AtomicBool,
    has_ended: AtomicBool,
    /// Why the thread could not become a worker.
    failure: Mutex<Option<String>>,
    reach: Mutex<Option<Reach>>,
}

/// How to interrupt a running worker; none before its isolate lives and after.
pub struct Reach {
    pub isolate: v8::IsolateHandle,
    pub waker: Arc<mio::Waker>,
}

impl Control {
    fn new() -> Control {
        Control {
            stopping: Arc::default(),
            code: AtomicI32::new(0),
            is_out_of_memory: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
            failure: Mutex::new(None),
            reach: Mutex::new(None),
        }
    }

    /// Ends JavaScript there as soon as possible; the first code given is the exit code.
    pub fn stop(&self, code: i32) {
        let reach = self.reach.lock().expect("no holder panics");
        if !self.stopping.swap(true, Ordering::AcqRel) {
            self.code.store(code, Ordering::Release);
        }
        if let Some(reach) = &*reach {
            reach.isolate.terminate_execution();
            // A loop that cannot be woken is on its way out.
            let _ = reach.waker.wake();
        }
    }

    /// The worker's isolate lives.
    pub fn open(&self, reach: Reach) {
        *self.reach.lock().expect("no holder panics") = Some(reach);
    }

    /// The worker's isolate is about to go.
    pub fn close(&self) {
        *self.reach.lock().expect("no holder panics") = None;
    }

    /// The exit code, once the loop is over.
    pub fn end_with(&self, code: i32) {
        if !self.stopping.swap(true, Ordering::AcqRel) {
            self.code.store(code, Ordering::Release);
        }
    }
}

/// What a thread needs to become a worker.
pub struct Start {
    pub control: Arc<Control>,
    pub options: Options,
    /// The worker's end of the control channel.
    pub end: End,
    /// Megabytes; 0 is V8's own choice.
    pub old_space: f64,
    pub young_space: f64,
}

struct Running {
    control: Arc<Control>,
    thread: JoinHandle<()>,
}

static NEXT_THREAD: AtomicU32 = AtomicU32::new(1);
/// Every worker of the process that may still run.
static ALL: Mutex<Vec<Arc<Control>>> = Mutex::new(Vec::new());

thread_local! {
    /// The workers that this thread started.
    static STARTED: RefCell<HashMap<u32, Running>> = RefCell::default();
    /// On a worker's thread: itself, and the number of its control port.
    static SELF: RefCell<Option<(Arc<Control>, u32)>> = const { RefCell::new(None) };
}

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("newThreadId", new_thread_id);
    to.function("start", start);
    to.function("terminate", terminate);
    to.function("finish", finish);
    to.at_start(|scope, target| {
        if let Some(port) = SELF.with_borrow(|own| own.as_ref().map(|(_, port)| *port)) {
            let port = v8::Integer::new_from_unsigned(scope, port);
            set_value(scope, target, "port", port.into());
        }
    });
}

fn number(args: &Arguments<'_>, index: i32) -> f64 {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(0.0, |number| number.value())
}

fn new_thread_id<'s>(_: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    rv.set_uint32(NEXT_THREAD.fetch_add(1, Ordering::Relaxed));
}

/// `start(threadId, port, argv, execArgv | undefined, oldSpaceMb, youngSpaceMb)`
fn start<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let mut options = Options { given: core().options.given.clone(), ..Options::default() };
    for name in ["eval", "print", "interactive", "check", "require", "import", "inspect", "inspect-brk", "inspect-wait"]
    {
        options.given.remove(name);
    }
    options.exec_argv = core().options.exec_argv.clone();
    if args.get(3).is_array() {
        let list = to_strings(scope, args.get(3));
        match options_of(&list) {
            Some(given) => options = given,
            None => {
                let message = format!("Initiated Worker with invalid execArgv flags: {}", list.join(", "));
                return throw(scope, "ERR_WORKER_INVALID_EXEC_ARGV", &message);
            }
        }
    }
    options.argv = to_strings(scope, args.get(2));
    let Some(end) = messaging::take_end(number(&args, 1) as u32) else {
        return throw(scope, "", "the control port is not open");
    };
    let id = number(&args, 0) as u32;
    let control = Arc::new(Control::new());
    let start =
        Start { control: control.clone(), options, end, old_space: number(&args, 4), young_space: number(&args, 5) };
    let builder = std::thread::Builder::new().name(format!("worker {id}")).stack_size(STACK_BYTES);
    match builder.spawn(move || crate::realm::run_worker(start)) {
        Ok(thread) => {
            ALL.lock().expect("no holder panics").push(control.clone());
            STARTED.with_borrow_mut(|started| started.insert(id, Running { control, thread }));
        }
        Err(error) => throw(scope, "ERR_WORKER_INIT_FAILED", &format!("Worker initialization failure: {error}")),
    }
}

/// Options of a worker's own `execArgv`; flags of V8 are for the whole process and so not among them.
fn options_of(list: &[String]) -> Option<Options> {
    match cli::parse_for_worker(list) {
        Ok(options) if options.v8_flags.is_empty() && options.argv.is_empty() => Some(options),
        _ => None,
    }
}

fn terminate<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let id = number(&args, 0) as u32;
    let control = STARTED.with_borrow(|started| started.get(&id).map(|running| running.control.clone()));
    if let Some(control) = control {
        control.stop(EXIT_TERMINATED);
    }
}

/// `finish(threadId)`: waits for a thread whose control channel has closed; `[exit code, whether its heap was full,
/// why it could not begin]`
fn finish<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let id = number(&args, 0) as u32;
    let Some(running) = STARTED.with_borrow_mut(|started| started.remove(&id)) else { return };
    let panicked = running.thread.join().is_err();
    ALL.lock().expect("no holder panics").retain(|control| !Arc::ptr_eq(control, &running.control));
    let code = if panicked { EXIT_TERMINATED } else { running.control.code.load(Ordering::Acquire) };
    let code = v8::Integer::new(scope, code).into();
    let is_full = v8::Boolean::new(scope, running.control.is_out_of_memory.load(Ordering::Acquire)).into();
    let failure = running.control.failure.lock().expect("no holder panics").take();
    let failure = match failure.and_then(|failure| v8::String::new(scope, &failure)) {
        Some(failure) => failure.into(),
        None => v8::undefined(scope).into(),
    };
    rv.set(v8::Array::new_with_elements(scope, &[code, is_full, failure]).into());
}

/// Makes the calling thread the worker of `control`.
pub fn become_worker(control: Arc<Control>, end: End) {
    let port = messaging::adopt(end);
    SELF.set(Some((control, port)));
}

/// On a worker's thread: ends it with `code` and is true. The main thread has to end the process instead.
pub fn stop_this(code: i32) -> bool {
    let own = SELF.with_borrow(|own| own.as_ref().map(|(control, _)| control.clone()));
    if let Some(control) = &own {
        control.stop(code);
    }
    own.is_some()
}

/// The thread cannot become a worker: its parent hears why.
pub fn give_up(control: &Control, end: End, error: &std::io::Error) {
    *control.failure.lock().expect("no holder panics") = Some(error.to_string());
    control.end_with(EXIT_TERMINATED);
    control.has_ended.store(true, Ordering::Release);
    messaging::close_end(&end);
}

/// The thread is over: its ports close, the control channel last.
pub fn end_thread() {
    let own = SELF.with_borrow_mut(Option::take);
    messaging::close_all(own.as_ref().map(|(_, port)| *port));
    if let Some((control, _)) = own {
        control.has_ended.store(true, Ordering::Release);
    }
}

/// The heap is full: the worker ends, the process goes on.
pub unsafe extern "C" fn heap_is_full(data: *mut std::ffi::c_void, current: usize, _: usize) -> usize {
    // SAFETY: `run_worker` passes its control, which outlives the isolate.
    let control = unsafe { &*data.cast::<Control>() };
    control.is_out_of_memory.store(true, Ordering::Release);
    control.stop(EXIT_TERMINATED);
    current + LAST_ROOM_BYTES
}

/// Stops all workers, since the process ends; waits a little for them.
pub fn stop_all() {
    let all = std::mem::take(&mut *ALL.lock().expect("no holder panics"));
    for control in &all {
        control.stop(EXIT_TERMINATED);
    }
    let began = Instant::now();
    while all.iter().any(|control| !control.has_ended.load(Ordering::Acquire)) && began.elapsed() < FAREWELL {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The heap limits of a worker in bytes: the whole, and the young part.
pub fn heap_limits(start: &Start) -> (usize, usize) {
    ((start.old_space * MEGABYTE) as usize, (start.young_space * MEGABYTE) as usize)
}
