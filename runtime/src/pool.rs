//! The thread pool: file, DNS and crypto work that would block the loop. Its size is `UV_THREADPOOL_SIZE`, 4 by default.
//!
//! Work goes in with a callback; the completion comes back through the doorway as `callback(errno, value)`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use rondo_protocol::CallbackKind;

use crate::clock::now_ns;
use crate::core::core;
use crate::doorway::{self, Entry};
use crate::observe::{Task, TaskClass};
use crate::records::Cause;

const THREADS_DEFAULT: usize = 4;
const THREADS_MAX: usize = 1024;

/// A result that can cross threads on its way to JavaScript.
pub enum Value {
    Undefined,
    Bool(bool),
    Int(i64),
    Str(String),
    Bytes(Vec<u8>),
    /// UTF-8 that becomes a string, or a `Uint8Array` where it is too long for one.
    Text(Vec<u8>),
    /// Becomes a `Float64Array`.
    Floats(Vec<f64>),
    /// Becomes a `BigInt64Array`.
    BigInts(Vec<i64>),
    List(Vec<Value>),
    /// Made where it is handed over: an object of its own.
    Make(Maker),
}

type Maker = Box<dyn for<'s, 'i, 'j> FnOnce(&'j mut v8::PinScope<'s, 'i>) -> v8::Local<'s, v8::Value> + Send>;

/// A result, or a positive errno.
pub type Outcome = Result<Value, i32>;

type Work = Box<dyn FnOnce() -> Outcome + Send>;

struct Job {
    request: u64,
    work: Work,
}

/// A request that has ended, and when.
struct Done {
    request: u64,
    outcome: Outcome,
    at_ns: u64,
}

/// A request under way: what to call, and what it is.
struct Request {
    kind: CallbackKind,
    callback: v8::Global<v8::Function>,
    resource: Option<Box<str>>,
    cause: Cause,
    /// The async context in which it was asked for, unless that is the empty one.
    context: Option<v8::Global<v8::Value>>,
}

/// A request under way, for those who look.
pub struct Pending {
    pub id: u64,
    pub kind: CallbackKind,
    pub resource: Option<String>,
    pub cause: Cause,
}

pub struct Pool {
    jobs: Sender<Job>,
    queue: Arc<Mutex<Receiver<Job>>>,
    done: Receiver<Done>,
    done_sender: Sender<Done>,
    waker: Arc<mio::Waker>,
    threads: Cell<usize>,
    requests: RefCell<HashMap<u64, Request>>,
    /// `wrap(callback, kind)`, while `async_hooks` follows requests.
    wrapper: RefCell<Option<v8::Global<v8::Function>>>,
}

impl Pool {
    pub fn new(waker: Arc<mio::Waker>) -> Pool {
        let (jobs, queue) = channel();
        let (done_sender, done) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let (threads, requests, wrapper) = (Cell::new(0), RefCell::default(), RefCell::default());
        Pool { jobs, queue, done, done_sender, waker, threads, requests, wrapper }
    }

    /// From now on callbacks are what `wrap` makes of them.
    pub fn set_wrapper(&self, wrap: Option<v8::Global<v8::Function>>) {
        self.wrapper.replace(wrap);
    }

    /// The callback as `async_hooks` wants it called.
    fn wrapped(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        kind: CallbackKind,
        callback: v8::Local<'_, v8::Function>,
    ) -> v8::Global<v8::Function> {
        let wrap = self.wrapper.borrow().clone();
        let plain = v8::Global::new(scope, callback);
        let Some(wrap) = wrap else { return plain };
        v8::scope!(let scope, scope);
        let wrap = v8::Local::new(scope, wrap);
        let receiver = v8::undefined(scope).into();
        let name = v8::String::new(scope, kind.as_str()).expect("names are short").into();
        let callback = v8::Local::new(scope, &plain).into();
        let made = wrap.call(scope, receiver, &[callback, name]);
        made.and_then(|made| v8::Local::<v8::Function>::try_from(made).ok())
            .map_or(plain, |made| v8::Global::new(scope, made))
    }

    /// Requests whose callbacks have not run yet.
    pub fn pending(&self) -> usize {
        self.requests.borrow().len()
    }

    /// Whether requests can be described now.
    pub fn can_describe(&self) -> bool {
        self.requests.try_borrow().is_ok()
    }

    /// Each request under way, in the order in which they were asked for.
    pub fn describe_pending(&self) -> Vec<Pending> {
        let requests = self.requests.borrow();
        let mut pending: Vec<Pending> = requests
            .iter()
            .map(|(id, r)| Pending {
                id: *id,
                kind: r.kind,
                resource: r.resource.as_deref().map(str::to_owned),
                cause: r.cause,
            })
            .collect();
        pending.sort_by_key(|pending| pending.id);
        pending
    }

    fn ensure_thread(&self) {
        let wanted = std::env::var("UV_THREADPOOL_SIZE").ok().and_then(|n| n.parse().ok()).unwrap_or(THREADS_DEFAULT);
        if self.threads.get() >= wanted.clamp(1, THREADS_MAX) || self.threads.get() > self.pending() {
            return;
        }
        let (queue, done, waker) = (self.queue.clone(), self.done_sender.clone(), self.waker.clone());
        let spawned = std::thread::Builder::new().name("rondo-pool".into()).spawn(move || {
            loop {
                let job = queue.lock().expect("no job panics while it holds the queue").recv();
                let Ok(job) = job else { return };
                let outcome = (job.work)();
                if done.send(Done { request: job.request, outcome, at_ns: now_ns() }).is_err() || waker.wake().is_err()
                {
                    return;
                }
            }
        });
        match spawned {
            Ok(_) => self.threads.set(self.threads.get() + 1),
            Err(error) if self.threads.get() == 0 => {
                crate::exception::fatal(&format!("no thread could be started for file and DNS work: {error}"))
            }
            Err(_) => {}
        }
    }
}

/// Queues `work`; `callback(errno, value)` follows through the doorway. Returns the request's task id.
pub fn submit(
    scope: &mut v8::PinScope<'_, '_>,
    kind: CallbackKind,
    resource: Option<String>,
    callback: v8::Local<'_, v8::Function>,
    work: impl FnOnce() -> Outcome + Send + 'static,
) -> u64 {
    let pool = &core().pool;
    let request = core().new_task();
    let callback = pool.wrapped(scope, kind, callback);
    if core().observer.is_observed() {
        let task = Task::new(TaskClass::Request, request);
        core().observer.scheduled(scope, kind, task, None);
        if core().doorway.needs.debugger() {
            crate::inspection::task_scheduled(kind, task);
        }
    }
    let resource = resource.map(String::into_boxed_str);
    let context = scope.get_continuation_preserved_embedder_data();
    let context = (!context.is_undefined()).then(|| v8::Global::new(scope, context));
    let cause = core().doorway.cause();
    pool.requests.borrow_mut().insert(request, Request { kind, callback, resource, cause, context });
    pool.ensure_thread();
    pool.jobs.send(Job { request, work: Box::new(work) }).expect("the pool holds the receiving end");
    request
}

/// Calls back for each request that has completed.
pub fn run_completed(scope: &mut v8::PinScope<'_, '_>) {
    // What completes meanwhile has its turn after the sockets that are ready by then.
    let completed: Vec<Done> = core().pool.done.try_iter().collect();
    for Done { request: id, outcome, at_ns } in completed {
        let request = core().pool.requests.borrow_mut().remove(&id);
        let request = request.expect("a completed request was under way");
        v8::scope!(let scope, scope);
        let callback = v8::Local::new(scope, request.callback);
        let (errno, value) = match outcome {
            Ok(value) => (0, value_to_js(scope, value)),
            Err(errno) => (-errno, v8::undefined(scope).into()),
        };
        let errno = v8::Integer::new(scope, errno);
        let receiver = v8::undefined(scope).into();
        let mut entry = Entry::new(request.kind, id, request.cause);
        entry.ready_ns = at_ns;
        entry.resource = request.resource;
        if let Some(context) = request.context {
            let context = v8::Local::new(scope, context);
            scope.set_continuation_preserved_embedder_data(context);
        }
        doorway::enter(scope, entry, callback, receiver, &[errno.into(), value]);
        scope.set_continuation_preserved_embedder_data(receiver);
    }
}

/// The JavaScript form of a result.
pub fn value_to_js<'s>(scope: &mut v8::PinScope<'s, '_>, value: Value) -> v8::Local<'s, v8::Value> {
    match value {
        Value::Undefined => v8::undefined(scope).into(),
        Value::Bool(value) => v8::Boolean::new(scope, value).into(),
        Value::Int(value) => v8::Number::new(scope, value as f64).into(),
        Value::Str(value) => v8::String::new(scope, &value).expect("results fit a string").into(),
        Value::Text(bytes) => match text(scope, &bytes) {
            Some(text) => text.into(),
            None => value_to_js(scope, Value::Bytes(bytes)),
        },
        Value::Bytes(bytes) => {
            let length = bytes.len();
            let buffer = bytes_to_buffer(scope, bytes);
            v8::Uint8Array::new(scope, buffer, 0, length).expect("the buffer has this length").into()
        }
        Value::Floats(values) => {
            let length = values.len();
            let buffer = bytes_to_buffer(scope, values.iter().flat_map(|v| v.to_ne_bytes()).collect());
            v8::Float64Array::new(scope, buffer, 0, length).expect("the buffer has this length").into()
        }
        Value::BigInts(values) => {
            let length = values.len();
            let buffer = bytes_to_buffer(scope, values.iter().flat_map(|v| v.to_ne_bytes()).collect());
            v8::BigInt64Array::new(scope, buffer, 0, length).expect("the buffer has this length").into()
        }
        Value::Make(make) => make(scope),
        Value::List(values) => {
            let values: Vec<_> = values.into_iter().map(|value| value_to_js(scope, value)).collect();
            v8::Array::new_with_elements(scope, &values).into()
        }
    }
}

fn text<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: &[u8]) -> Option<v8::Local<'s, v8::String>> {
    if bytes.len() > v8::String::MAX_LENGTH {
        return None;
    }
    if bytes.is_ascii() {
        return v8::String::new_from_one_byte(scope, bytes, v8::NewStringType::Normal);
    }
    v8::String::new_from_utf8(scope, bytes, v8::NewStringType::Normal)
}

fn bytes_to_buffer<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: Vec<u8>) -> v8::Local<'s, v8::ArrayBuffer> {
    let store = v8::ArrayBuffer::new_backing_store_from_vec(bytes).make_shared();
    v8::ArrayBuffer::with_backing_store(scope, &store)
}
