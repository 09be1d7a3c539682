//! `binding('net')`: what JavaScript does with handles. A handle is its number; a result below 0 is a negative errno.

use std::os::fd::{OwnedFd, RawFd};

use v8::MapFnTo;
use v8::fast_api::{CFunction, CFunctionInfo, CTypeInfo, Int64Representation, Type};

use rondo_protocol::CallbackKind;

use crate::core::core;
use crate::node::binder::Binder;
use crate::node::socket;
use crate::observe::{Task, TaskClass};

use super::Callbacks;
use super::handle::{Made, Owner, Role};

/// `writeBytes` as optimized code calls it.
const WRITE_BYTES: CFunction = CFunction::new(write_bytes_fast as _, &WRITE_BYTES_TYPES);
const WRITE_BYTES_TYPES: CFunctionInfo =
    CFunctionInfo::new(NUMBER, &[VALUE, NUMBER, VALUE], Int64Representation::Number);
const NUMBER: CTypeInfo = Type::Float64.as_info();
const VALUE: CTypeInfo = Type::V8Value.as_info();

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("setCallbacks", set_callbacks);
    to.function("listenTcp", listen_tcp);
    to.function("listenPipe", listen_pipe);
    to.function("connectTcp", connect_tcp);
    to.function("connectPipe", connect_pipe);
    to.function("open", open);
    to.function("attach", attach);
    to.function("readStart", read_start);
    to.function("readStop", read_stop);
    to.fast_function("writeBytes", write_bytes.map_fn_to(), &[WRITE_BYTES]);
    to.function("writeLatin1", write_latin1);
    to.function("writeUtf8", write_utf8);
    to.function("shutdown", shutdown);
    to.function("close", close);
    to.function("reset", reset);
    to.function("ref", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
        core().net.borrow_mut().set_refed(id_argument(&args), true);
    });
    to.function("unref", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
        core().net.borrow_mut().set_refed(id_argument(&args), false);
    });
    to.function("hasRef", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        rv.set_bool(core().net.borrow_mut().get(id_argument(&args)).is_some_and(|handle| handle.refed));
    });
    to.function("setNoDelay", set_no_delay);
    to.function("setKeepAlive", set_keep_alive);
    to.function("getsockname", |scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, rv: v8::ReturnValue| {
        name(scope, &args, rv, socket::local_name);
    });
    to.function("getpeername", |scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, rv: v8::ReturnValue| {
        name(scope, &args, rv, socket::peer_name);
    });
    to.function("bytesRead", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        rv.set_double(core().net.borrow_mut().get(id_argument(&args)).map_or(0.0, |h| h.bytes_read as f64));
    });
    to.function(
        "bytesWritten",
        |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
            let mut net = core().net.borrow_mut();
            rv.set_double(net.get(id_argument(&args)).map_or(0.0, |h| (h.bytes_written as usize + h.waiting()) as f64));
        },
    );
    to.function("queueSize", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        rv.set_double(core().net.borrow_mut().get(id_argument(&args)).map_or(0.0, |h| h.waiting() as f64));
    });
    to.function("fd", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        rv.set_int32(core().net.borrow_mut().get(id_argument(&args)).map_or(-1, |h| h.raw()));
    });
}

#[inline]
fn id_argument(args: &v8::FunctionCallbackArguments) -> u32 {
    let value = args.get(0);
    match v8::Local::<v8::Number>::try_from(value) {
        Ok(number) => number.value() as u32,
        Err(_) => u32::MAX,
    }
}

fn number(args: &v8::FunctionCallbackArguments, index: i32) -> f64 {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(0.0, |number| number.value())
}

fn string(scope: &mut v8::PinScope, args: &v8::FunctionCallbackArguments, index: i32) -> String {
    let value = args.get(index);
    if value.is_string() { value.to_rust_string_lossy(scope) } else { String::new() }
}

fn owner(scope: &mut v8::PinScope, args: &v8::FunctionCallbackArguments, index: i32) -> Option<Owner> {
    v8::Local::<v8::Object>::try_from(args.get(index)).ok().map(|object| v8::Global::new(scope, object))
}

fn set_callbacks<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let hooks = v8::Local::<v8::Object>::try_from(args.get(0)).expect("net passes an object");
    let mut hook = |name: &str| {
        let function = crate::node::get_function(scope, hooks, name);
        v8::Global::new(scope, function)
    };
    let callbacks = Callbacks {
        on_connect: hook("onConnect"),
        on_connection: hook("onConnection"),
        on_read: hook("onRead"),
        on_drain: hook("onDrain"),
        on_shutdown: hook("onShutdown"),
        on_close: hook("onClose"),
    };
    core().net.borrow_mut().callbacks = Some(callbacks);
}

fn finish(
    scope: &mut v8::PinScope<'_, '_>,
    mut rv: v8::ReturnValue,
    fd: Result<OwnedFd, i32>,
    role: Role,
    unix: bool,
    owner: Option<Owner>,
) {
    let made = fd.and_then(|fd| core().net.borrow_mut().insert(Made { fd, role, unix, owner }));
    match made {
        Ok(id) => {
            if core().observer.is_observed() {
                let kind = if role == Role::Listener { CallbackKind::Accept } else { CallbackKind::Connect };
                let task = Task::new(TaskClass::Handle, id);
                core().observer.scheduled(scope, kind, task, None);
                let listens = [CallbackKind::Accept, CallbackKind::Listen];
                let kinds = if role == Role::Listener { &listens[..] } else { &crate::inspection::CONNECTION_KINDS };
                crate::inspection::socket_made(kinds, task);
            }
            rv.set_double(f64::from(id));
        }
        Err(code) => rv.set_int32(-code),
    }
}

fn listen_tcp<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (owner, host) = (owner(scope, &args, 0), string(scope, &args, 1));
    let made = socket::listen_tcp(&host, number(&args, 2) as u16, number(&args, 3) as i32, number(&args, 4) as u32);
    finish(scope, rv, made, Role::Listener, false, owner);
}

fn listen_pipe<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (owner, path) = (owner(scope, &args, 0), string(scope, &args, 1));
    finish(scope, rv, socket::listen_unix(&path, number(&args, 2) as i32), Role::Listener, true, owner);
}

fn connect_tcp<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (owner, host, local) = (owner(scope, &args, 0), string(scope, &args, 1), string(scope, &args, 3));
    let made = socket::connect_tcp(&host, number(&args, 2) as u16, &local, number(&args, 4) as u16);
    finish(scope, rv, made, Role::Connecting, false, owner);
}

fn connect_pipe<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (owner, path) = (owner(scope, &args, 0), string(scope, &args, 1));
    finish(scope, rv, socket::connect_unix(&path), Role::Connecting, true, owner);
}

fn open<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let owner = owner(scope, &args, 0);
    finish(scope, rv, socket::adopt(number(&args, 1) as RawFd), Role::Stream, true, owner);
}

fn attach<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let owner = owner(scope, &args, 1);
    if let Some(handle) = core().net.borrow_mut().get(id_argument(&args)) {
        handle.owner = owner;
    }
}

fn read_start(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    let id = id_argument(&args);
    let mut net = core().net.borrow_mut();
    net.ensure_registered(id);
    let Some(handle) = net.get(id) else {
        return rv.set_int32(-libc::EBADF);
    };
    handle.reading = true;
    if handle.readable {
        net.enqueue(id);
    }
    net.recount(id);
    rv.set_int32(0);
}

fn read_stop(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    let id = id_argument(&args);
    let mut net = core().net.borrow_mut();
    if let Some(handle) = net.get(id) {
        handle.reading = false;
        net.recount(id);
    }
    rv.set_int32(0);
}

fn write_bytes(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    rv.set_double(write_view(id_argument(&args), args.get(1)));
}

extern "C" fn write_bytes_fast(_: v8::Local<'_, v8::Value>, id: f64, view: v8::Local<'_, v8::Value>) -> f64 {
    write_view(id as u32, view)
}

fn write_view(id: u32, view: v8::Local<'_, v8::Value>) -> f64 {
    let Ok(view) = v8::Local::<v8::ArrayBufferView>::try_from(view) else {
        return f64::from(-libc::EINVAL);
    };
    let mut storage = [0; v8::TYPED_ARRAY_MAX_SIZE_IN_HEAP];
    core().net.borrow_mut().write(id, |out| out.extend_from_slice(view.get_contents(&mut storage))) as f64
}

fn write_latin1<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(text) = v8::Local::<v8::String>::try_from(args.get(1)) else {
        return rv.set_int32(-libc::EINVAL);
    };
    let left = core().net.borrow_mut().write(id_argument(&args), |out| {
        let from = out.len();
        out.resize(from + text.length(), 0);
        text.write_one_byte_v2(scope, 0, &mut out[from..], v8::WriteFlags::empty());
    });
    rv.set_double(left as f64);
}

fn write_utf8<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Ok(text) = v8::Local::<v8::String>::try_from(args.get(1)) else {
        return rv.set_int32(-libc::EINVAL);
    };
    let left = core().net.borrow_mut().write(id_argument(&args), |out| {
        let from = out.len();
        let length = text.utf8_length(scope);
        out.resize(from + length, 0);
        let written = text.write_utf8_v2(scope, &mut out[from..], v8::WriteFlags::kReplaceInvalidUtf8, None);
        out.truncate(from + written);
    });
    rv.set_double(left as f64);
}

fn shutdown(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    let id = id_argument(&args);
    let mut net = core().net.borrow_mut();
    let Some(handle) = net.get(id) else {
        return rv.set_int32(-libc::ENOTCONN);
    };
    handle.shutdown_wanted = true;
    net.flush(id);
    rv.set_int32(0);
}

fn close(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    core().net.borrow_mut().close(id_argument(&args));
}

fn reset(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    let id = id_argument(&args);
    let mut net = core().net.borrow_mut();
    let Some(handle) = net.get(id) else {
        return rv.set_int32(-libc::EBADF);
    };
    let result = socket::linger_zero(handle.raw());
    handle.out_from = handle.out.len();
    net.close(id);
    rv.set_int32(-result);
}

fn with_fd(args: &v8::FunctionCallbackArguments, mut rv: v8::ReturnValue, run: impl FnOnce(RawFd) -> i32) {
    let fd = core().net.borrow_mut().get(id_argument(args)).map(|handle| handle.raw());
    rv.set_int32(fd.map_or(-libc::EBADF, |fd| -run(fd)));
}

fn set_no_delay(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, rv: v8::ReturnValue) {
    with_fd(&args, rv, |fd| socket::set_no_delay(fd, args.get(1).is_true()));
}

fn set_keep_alive(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, rv: v8::ReturnValue) {
    with_fd(&args, rv, |fd| socket::set_keep_alive(fd, args.get(1).is_true(), number(&args, 2) as i32));
}

fn name(
    scope: &mut v8::PinScope,
    args: &v8::FunctionCallbackArguments,
    rv: v8::ReturnValue,
    read: fn(RawFd) -> Result<socket::Name, i32>,
) {
    let Ok(out) = v8::Local::<v8::Object>::try_from(args.get(1)) else {
        return;
    };
    with_fd(args, rv, |fd| match read(fd) {
        Err(code) => code,
        Ok(name) => {
            let address = v8::String::new(scope, &name.address).expect("short");
            crate::node::set_value(scope, out, "address", address.into());
            if let Some((port, family)) = name.port_and_family {
                let port = v8::Integer::new(scope, i32::from(port));
                crate::node::set_value(scope, out, "port", port.into());
                let family = v8::String::new(scope, family).expect("short");
                crate::node::set_value(scope, out, "family", family.into());
            }
            0
        }
    });
}
