//! `binding('child')`: child processes. A child's end is told by its pidfd through the loop's poll and enters JavaScript as
//! a callback of kind `child`.

use crate::node::binder::Binder;
use std::cell::RefCell;
use std::collections::HashMap;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use mio::unix::SourceFd;
use mio::{Interest, Token};
use rondo_protocol::CallbackKind;

use crate::core::core;
use crate::doorway::{self, Entry};
use crate::node::{set_value, throw};
use crate::records::Cause;

mod launch;
mod wait;

use launch::Launch;

/// Tokens of children begin here, above those of sockets.
pub const TOKENS: usize = 1 << 40;

struct Child {
    pid: i32,
    pidfd: OwnedFd,
    refed: bool,
    on_exit: v8::Global<v8::Function>,
    cause: Cause,
}

thread_local! {
    static CHILDREN: RefCell<HashMap<usize, Child>> = RefCell::default();
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("pair", pair);
    to.function("closeFd", close_fd);
    to.function("spawn", spawn);
    to.function("spawnSync", spawn_sync);
    to.function("setRefed", set_refed);
}

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}

/// `pair()` -> `[ours, the child's]`, the two ends of a pipe that works both ways, or a negative errno
fn pair<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let mut ends = [0; 2];
    // SAFETY: the pointer is to two live ints.
    let made = unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0, ends.as_mut_ptr()) };
    if made != 0 {
        return rv.set_int32(-errno());
    }
    let ends: Vec<v8::Local<v8::Value>> = ends.iter().map(|fd| v8::Integer::new(scope, *fd).into()).collect();
    rv.set(v8::Array::new_with_elements(scope, &ends).into());
}

fn close_fd(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let fd = int(&args, 0);
    if fd > 2 {
        // SAFETY: the descriptor is one that `pair` made and JavaScript gives up here.
        unsafe { libc::close(fd) };
    }
}

fn int(args: &v8::FunctionCallbackArguments, index: i32) -> i32 {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(-1, |number| number.value() as i32)
}

fn get<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    object: v8::Local<'_, v8::Object>,
    name: &str,
) -> v8::Local<'s, v8::Value> {
    let key = v8::String::new(scope, name).expect("short");
    object.get(scope, key.into()).unwrap_or_else(|| v8::undefined(scope).into())
}

fn get_number(scope: &mut v8::PinScope<'_, '_>, object: v8::Local<'_, v8::Object>, name: &str) -> Option<f64> {
    v8::Local::<v8::Number>::try_from(get(scope, object, name)).ok().map(|number| number.value())
}

/// What is to be started: `{ file, args, env?, cwd?, fds, detached, uid?, gid? }`
fn launch_of(scope: &mut v8::PinScope<'_, '_>, object: v8::Local<'_, v8::Object>) -> Option<Launch> {
    let text = |scope: &mut v8::PinScope<'_, '_>, name: &str| {
        let value = get(scope, object, name);
        if value.is_string() { Some(value.to_rust_string_lossy(scope)) } else { None }
    };
    let file = text(scope, "file")?;
    let cwd = text(scope, "cwd");
    let list = get(scope, object, "args");
    let args = crate::node::to_strings(scope, list);
    let list = get(scope, object, "env");
    let env = if list.is_array() { Some(crate::node::to_strings(scope, list)) } else { None };
    let fds = numbers(scope, object, "fds");
    let detached = get(scope, object, "detached").is_true();
    let uid = get_number(scope, object, "uid").map(|uid| uid as u32);
    let gid = get_number(scope, object, "gid").map(|gid| gid as u32);
    Launch::new(&file, &args, env.as_deref(), cwd.as_deref(), fds)
        .map(|launch| launch.detached(detached).identity(uid, gid))
}

fn numbers(scope: &mut v8::PinScope<'_, '_>, object: v8::Local<'_, v8::Object>, name: &str) -> Vec<RawFd> {
    let list = get(scope, object, name);
    let Ok(array) = v8::Local::<v8::Array>::try_from(list) else { return Vec::new() };
    (0..array.length()).map(|i| array.get_index(scope, i).and_then(|n| n.int32_value(scope)).unwrap_or(-1)).collect()
}

/// `spawn(options, onExit(code, signal))` -> pid, or a negative errno
fn spawn<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let (Ok(object), Ok(on_exit)) =
        (v8::Local::<v8::Object>::try_from(args.get(0)), v8::Local::<v8::Function>::try_from(args.get(1)))
    else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "spawn takes options and a function");
    };
    let Some(launch) = launch_of(scope, object) else { return rv.set_int32(-libc::EINVAL) };
    let pid = match launch.start() {
        Ok(pid) => pid,
        Err(errno) => return rv.set_int32(-errno),
    };
    // SAFETY: pidfd_open takes plain numbers; the pid is a child of ours that nobody has waited for.
    let pidfd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as RawFd;
    if pidfd < 0 {
        return rv.set_int32(-errno());
    }
    // SAFETY: the descriptor was just opened and is owned by nobody else.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    let token = TOKENS + pid as usize;
    let registered = core()
        .event_loop
        .registry()
        .and_then(|registry| registry.register(&mut SourceFd(&pidfd.as_raw_fd()), Token(token), Interest::READABLE));
    if let Err(error) = registered {
        return rv.set_int32(-error.raw_os_error().unwrap_or(libc::EIO));
    }
    let on_exit = v8::Global::new(scope, on_exit);
    let child = Child { pid, pidfd, refed: true, on_exit, cause: core().doorway.cause() };
    CHILDREN.with_borrow_mut(|children| children.insert(token, child));
    count(1);
    if core().observer.is_observed() {
        let task = crate::observe::Task::new(crate::observe::TaskClass::Request, pid as u64);
        core().observer.scheduled(scope, CallbackKind::Child, task, None);
        if core().doorway.needs.debugger() {
            crate::inspection::task_scheduled(CallbackKind::Child, task);
        }
    }
    rv.set_int32(pid);
}

/// The processes that run, and whether they keep this one.
pub fn describe() -> Vec<(i32, bool)> {
    CHILDREN.with_borrow(|children| children.values().map(|child| (child.pid, child.refed)).collect())
}

fn count(change: isize) {
    let references = &core().event_loop.references;
    references.set(references.get().checked_add_signed(change).expect("each child is counted once"));
}

/// `setRefed(pid, on)`: whether the child keeps the process alive.
fn set_refed(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let wanted = args.get(1).is_true();
    CHILDREN.with_borrow_mut(|children| {
        if let Some(child) = children.get_mut(&(TOKENS + int(&args, 0).max(0) as usize))
            && child.refed != wanted
        {
            child.refed = wanted;
            count(if wanted { 1 } else { -1 });
        }
    });
}

/// Children that keep the process alive.
pub fn count_refed() -> usize {
    CHILDREN.with_borrow(|children| children.values().filter(|child| child.refed).count())
}

/// A child's pidfd is readable: it has ended.
pub fn run_ended(scope: &mut v8::PinScope<'_, '_>, token: Token) {
    let Some(child) = CHILDREN.with_borrow_mut(|children| children.remove(&token.0)) else { return };
    if let Ok(registry) = core().event_loop.registry() {
        let _ = registry.deregister(&mut SourceFd(&child.pidfd.as_raw_fd()));
    }
    if child.refed {
        count(-1);
    }
    let (code, signal) = wait::reap(child.pid);
    v8::scope!(let scope, scope);
    let function = v8::Local::new(scope, &child.on_exit);
    let code = v8::Integer::new(scope, code);
    let signal = v8::Integer::new(scope, signal);
    let receiver = v8::undefined(scope).into();
    let mut entry = Entry::new(CallbackKind::Child, child.pid as u64, child.cause);
    entry.resource = Some(format!("process {}", child.pid).into_boxed_str());
    doorway::enter(scope, entry, function, receiver, &[code.into(), signal.into()]);
}

/// `spawnSync(options)` with `pipes: [[fd of the child's, 'r' | 'w', input?]]`, `timeout`, `maxBuffer`, `killSignal`
/// -> `{ pid, status, signal, output, error }`
fn spawn_sync<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Ok(object) = v8::Local::<v8::Object>::try_from(args.get(0)) else { return };
    let Some(launch) = launch_of(scope, object) else { return rv.set_int32(-libc::EINVAL) };
    let pipes = numbers(scope, object, "pipes");
    let input = v8::Local::<v8::ArrayBufferView>::try_from(get(scope, object, "input")).ok().map(|view| {
        let mut bytes = vec![0; view.byte_length()];
        view.copy_contents(&mut bytes);
        bytes
    });
    let limits = wait::Limits {
        timeout_ms: get_number(scope, object, "timeout").filter(|ms| *ms > 0.0),
        buffer_bytes_max: get_number(scope, object, "maxBuffer").unwrap_or(f64::INFINITY),
        kill_signal: get_number(scope, object, "killSignal").map_or(libc::SIGTERM, |signal| signal as i32),
    };
    let _mark = crate::marker::native_op("spawnSync", launch.name());
    let result = match wait::run(launch, &pipes, input.unwrap_or_default(), &limits) {
        Ok(result) => result,
        Err(errno) => return rv.set_int32(-errno),
    };
    let answer = v8::Object::new(scope);
    for (name, value) in
        [("pid", result.pid), ("status", result.status), ("signal", result.signal), ("error", result.error)]
    {
        let value = v8::Integer::new(scope, value);
        set_value(scope, answer, name, value.into());
    }
    let output = crate::pool::value_to_js(
        scope,
        crate::pool::Value::List(result.output.into_iter().map(crate::pool::Value::Bytes).collect()),
    );
    set_value(scope, answer, "output", output);
    rv.set(answer.into());
}
