//! Stream sockets: TCP and Unix, listening and connected. The native half of `net`.
//!
//! A socket is a slot in a slab; its mio token is its id, a slot number with a generation. Readiness is edge-triggered
//! and remembered per socket. Reads go into a slab that the loop owns; writes are corked and flushed at the end of each
//! callback. Accepts and reads per socket and turn are bounded.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rondo_protocol::CallbackKind;

use crate::core::core;
use crate::doorway::{self, Entry};
use crate::node::socket;
use crate::records::Cause;

/// Node's end-of-stream code.
const UV_EOF: i32 = -4095;
/// Connections taken from one listener in one turn.
const ACCEPTS_PER_TURN_MAX: usize = 64;
/// Reads from one socket in one turn.
const READS_PER_TURN_MAX: usize = 16;
/// Bytes of the read slab; a read uses what is left of it.
const SLAB_BYTES: usize = 256 * 1024;
/// With less than this left a new slab is taken.
const SLAB_REST_BYTES_MIN: usize = 64 * 1024;
/// A cork that grows past this is flushed at once rather than at the callback's end.
const CORK_BYTES_MAX: usize = 64 * 1024;

const INDEX_BITS: u32 = 22;
/// Handles at one time.
const HANDLES_MAX: usize = 1 << INDEX_BITS;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Listener,
    Connecting,
    Stream,
}

struct Handle {
    fd: OwnedFd,
    role: Role,
    unix: bool,
    refed: bool,
    registered: bool,
    readable: bool,
    writable: bool,
    read_closed: bool,
    reading: bool,
    queued: bool,
    dirty: bool,
    wants_drain: bool,
    shutdown_wanted: bool,
    error: i32,
    owner: Option<v8::Global<v8::Object>>,
    out: Vec<u8>,
    out_from: usize,
    bytes_read: u64,
    bytes_written: u64,
    cause: Cause,
}

struct Slot {
    generation: u32,
    handle: Option<Handle>,
}

struct Callbacks {
    on_connect: v8::Global<v8::Function>,
    on_connection: v8::Global<v8::Function>,
    on_read: v8::Global<v8::Function>,
    on_drain: v8::Global<v8::Function>,
    on_shutdown: v8::Global<v8::Function>,
    on_close: v8::Global<v8::Function>,
}

struct Slab {
    buffer: v8::Global<v8::ArrayBuffer>,
    store: v8::SharedRef<v8::BackingStore>,
    used: usize,
}

pub struct Net {
    registry: Registry,
    slots: Vec<Slot>,
    free: Vec<u32>,
    refed: usize,
    ready: VecDeque<u32>,
    dirty: Vec<u32>,
    drained: Vec<(u32, i32)>,
    shut: Vec<(u32, i32)>,
    closing: Vec<(Option<v8::Global<v8::Object>>, Cause)>,
    callbacks: Option<Callbacks>,
    slab: Option<Slab>,
    /// A descriptor kept in reserve, so that a connection can be refused when no other is left.
    spare: Option<OwnedFd>,
}

impl Net {
    pub fn new(registry: Registry) -> Net {
        Net {
            registry,
            slots: Vec::new(),
            free: Vec::new(),
            refed: 0,
            ready: VecDeque::new(),
            dirty: Vec::new(),
            drained: Vec::new(),
            shut: Vec::new(),
            closing: Vec::new(),
            callbacks: None,
            slab: None,
            spare: std::fs::File::open("/dev/null").ok().map(OwnedFd::from),
        }
    }

    pub fn is_alive(&self) -> bool {
        self.refed > 0 || !self.closing.is_empty()
    }

    /// Whether the next poll must not wait.
    pub fn has_work(&self) -> bool {
        !self.ready.is_empty() || !self.drained.is_empty() || !self.shut.is_empty() || !self.closing.is_empty()
    }

    /// Live handles: id, what it is, keeps the process alive.
    pub fn describe(&self) -> Vec<(u32, &'static str, bool)> {
        let live = self.slots.iter().enumerate().filter_map(|(index, slot)| Some((index, slot, slot.handle.as_ref()?)));
        live.map(|(index, slot, handle)| {
            let name = match (handle.role, handle.unix) {
                (Role::Listener, false) => "TCPServerWrap",
                (Role::Listener, true) => "PipeServerWrap",
                (_, false) => "TCPSocketWrap",
                (_, true) => "PipeWrap",
            };
            (id_of(index as u32, slot.generation), name, handle.refed)
        })
        .collect()
    }

    fn get(&mut self, id: u32) -> Option<&mut Handle> {
        let slot = self.slots.get_mut((id as usize) & (HANDLES_MAX - 1))?;
        if slot.generation != id >> INDEX_BITS {
            return None;
        }
        slot.handle.as_mut()
    }

    fn insert(&mut self, fd: OwnedFd, role: Role, unix: bool, owner: Option<v8::Global<v8::Object>>) -> Result<u32, i32> {
        let index = match self.free.pop() {
            Some(index) => index,
            None if self.slots.len() == HANDLES_MAX => return Err(libc::EMFILE),
            None => {
                self.slots.push(Slot { generation: 0, handle: None });
                (self.slots.len() - 1) as u32
            }
        };
        let id = id_of(index, self.slots[index as usize].generation);
        let handle = Handle {
            fd,
            role,
            unix,
            refed: true,
            registered: false,
            readable: false,
            writable: role == Role::Stream,
            read_closed: false,
            reading: false,
            queued: false,
            dirty: false,
            wants_drain: false,
            shutdown_wanted: false,
            error: 0,
            owner,
            out: Vec::new(),
            out_from: 0,
            bytes_read: 0,
            bytes_written: 0,
            cause: core().doorway.cause(),
        };
        let raw = handle.fd.as_raw_fd();
        self.slots[index as usize].handle = Some(handle);
        self.refed += 1;
        // An accepted socket is registered on its first readStart: many servers hand the fd on or close it at once.
        if role != Role::Stream {
            self.register(id, raw)?;
        }
        Ok(id)
    }

    fn register(&mut self, id: u32, fd: RawFd) -> Result<(), i32> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.registry.register(&mut SourceFd(&fd), Token(id as usize), interest).map_err(|e| errno(&e))?;
        self.get(id).expect("just inserted").registered = true;
        Ok(())
    }

    fn ensure_registered(&mut self, id: u32) {
        if let Some(handle) = self.get(id)
            && !handle.registered
        {
            let fd = handle.fd.as_raw_fd();
            if let Err(code) = self.register(id, fd) {
                self.get(id).expect("still there").error = code;
                self.enqueue(id);
            }
        }
    }

    pub fn note_readiness(&mut self, token: Token, event: &Event) {
        let id = token.0 as u32;
        let Some(handle) = self.get(id) else { return };
        handle.readable |= event.is_readable() || event.is_error();
        handle.writable |= event.is_writable() || event.is_error();
        handle.read_closed |= event.is_read_closed();
        self.enqueue(id);
    }

    fn enqueue(&mut self, id: u32) {
        if let Some(handle) = self.get(id)
            && !handle.queued
        {
            handle.queued = true;
            self.ready.push_back(id);
        }
    }

    /// Takes `bytes` for sending; returns how many wait for the kernel beyond the cork, or a negative errno.
    fn write(&mut self, id: u32, append: impl FnOnce(&mut Vec<u8>)) -> i64 {
        let Some(handle) = self.get(id) else { return -i64::from(libc::EBADF) };
        if handle.error != 0 {
            return -i64::from(handle.error);
        }
        append(&mut handle.out);
        let stuck = !handle.writable || handle.out.len() - handle.out_from > CORK_BYTES_MAX;
        if !handle.dirty {
            handle.dirty = true;
            self.dirty.push(id);
        }
        if !stuck {
            return 0;
        }
        self.flush(id);
        let handle = self.get(id).expect("flushing keeps the handle");
        if handle.error != 0 {
            return -i64::from(handle.error);
        }
        let left = (handle.out.len() - handle.out_from) as i64;
        handle.wants_drain = left > 0;
        left
    }

    /// Sends what the kernel takes of the queue.
    fn flush(&mut self, id: u32) {
        let Some(handle) = self.get(id) else { return };
        if handle.role == Role::Connecting {
            return;
        }
        while handle.writable && handle.out_from < handle.out.len() {
            match socket::send(handle.fd.as_raw_fd(), &handle.out[handle.out_from..]) {
                Ok(sent) => {
                    handle.out_from += sent;
                    handle.bytes_written += sent as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => handle.writable = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    handle.error = errno(&error);
                    handle.out_from = handle.out.len();
                }
            }
        }
        let empty = handle.out_from == handle.out.len();
        if empty {
            handle.out_from = 0;
            if handle.out.capacity() > CORK_BYTES_MAX { handle.out = Vec::new() } else { handle.out.clear() }
        }
        let (failed, wants_drain, shutdown) = (handle.error, handle.wants_drain, handle.shutdown_wanted);
        if empty && (wants_drain || failed != 0) {
            handle.wants_drain = false;
            self.drained.push((id, failed));
        }
        if empty && shutdown {
            let handle = self.get(id).expect("still there");
            handle.shutdown_wanted = false;
            let result = if failed != 0 { failed } else { socket::shutdown(handle.fd.as_raw_fd()) };
            self.shut.push((id, result));
        }
        if !empty {
            self.ensure_registered(id);
        }
    }

    fn close(&mut self, id: u32) {
        if self.get(id).is_none() {
            return;
        }
        let index = (id as usize) & (HANDLES_MAX - 1);
        // What was written in this callback leaves before the descriptor does.
        self.flush(id);
        let slot = &mut self.slots[index];
        let handle = slot.handle.take().expect("checked above");
        slot.generation = (slot.generation + 1) & ((1 << (32 - INDEX_BITS)) - 1);
        self.free.push(index as u32);
        self.refed -= usize::from(handle.refed);
        if handle.registered {
            // Closing removes it from epoll as well; an error here has nobody to tell.
            let _ = self.registry.deregister(&mut SourceFd(&handle.fd.as_raw_fd()));
        }
        self.drained.retain(|(other, _)| *other != id);
        self.shut.retain(|(other, _)| *other != id);
        self.closing.push((handle.owner, core().doorway.cause()));
    }

    fn take_slab(&mut self, scope: &mut v8::PinScope<'_, '_>) -> &mut Slab {
        if self.slab.as_ref().is_none_or(|slab| SLAB_BYTES - slab.used < SLAB_REST_BYTES_MIN) {
            v8::scope!(let scope, scope);
            let buffer = v8::ArrayBuffer::new(scope, SLAB_BYTES);
            self.slab = Some(Slab { buffer: v8::Global::new(scope, buffer), store: buffer.get_backing_store(), used: 0 });
        }
        self.slab.as_mut().expect("just set")
    }
}

fn id_of(index: u32, generation: u32) -> u32 {
    index | generation << INDEX_BITS
}

pub fn errno(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EIO)
}

/// Flushes what the callback that just ended wrote.
pub fn flush_written() {
    let mut net = core().net.borrow_mut();
    while let Some(id) = net.dirty.pop() {
        if let Some(handle) = net.get(id) {
            handle.dirty = false;
            net.flush(id);
        }
    }
}

#[derive(Clone, Copy)]
enum Hook {
    Connect,
    Connection,
    Drain,
    Shutdown,
}

fn enter(scope: &mut v8::PinScope<'_, '_>, id: u32, hook: Hook, kind: CallbackKind, arguments: &[i32]) {
    v8::scope!(let scope, scope);
    let (function, owner, cause) = {
        let mut net = core().net.borrow_mut();
        let Some(handle) = net.get(id) else { return };
        let cause = handle.cause;
        let Some(owner) = handle.owner.clone() else { return };
        let callbacks = net.callbacks.as_ref().expect("net sets its callbacks before it makes a handle");
        let function = match hook {
            Hook::Connect => &callbacks.on_connect,
            Hook::Connection => &callbacks.on_connection,
            Hook::Drain => &callbacks.on_drain,
            Hook::Shutdown => &callbacks.on_shutdown,
        };
        (v8::Local::new(scope, function), v8::Local::new(scope, owner), cause)
    };
    let arguments: Vec<v8::Local<v8::Value>> =
        arguments.iter().map(|argument| v8::Number::new(scope, f64::from(*argument)).into()).collect();
    doorway::enter(scope, Entry::new(kind, u64::from(id), cause), function, owner.into(), &arguments);
}

/// Results of writes and shutdowns that ended since the last turn.
pub fn run_pending(scope: &mut v8::PinScope<'_, '_>) {
    let (drained, shut) = {
        let mut net = core().net.borrow_mut();
        (std::mem::take(&mut net.drained), std::mem::take(&mut net.shut))
    };
    for (id, failed) in drained {
        enter(scope, id, Hook::Drain, CallbackKind::Write, &[-failed]);
    }
    for (id, failed) in shut {
        enter(scope, id, Hook::Shutdown, CallbackKind::Write, &[-failed]);
    }
}

/// Serves every socket that is ready, once around.
pub fn run_ready(scope: &mut v8::PinScope<'_, '_>) {
    let mut left = core().net.borrow().ready.len();
    while left > 0 {
        left -= 1;
        let (id, role) = {
            let mut net = core().net.borrow_mut();
            let Some(id) = net.ready.pop_front() else { return };
            let Some(handle) = net.get(id) else { continue };
            handle.queued = false;
            (id, handle.role)
        };
        match role {
            Role::Listener => accept(scope, id),
            Role::Connecting => finish_connect(scope, id),
            Role::Stream => serve(scope, id),
        }
    }
    run_pending(scope);
}

fn finish_connect(scope: &mut v8::PinScope<'_, '_>, id: u32) {
    let status = {
        let mut net = core().net.borrow_mut();
        let Some(handle) = net.get(id) else { return };
        if !handle.writable {
            return;
        }
        let status = socket::take_error(handle.fd.as_raw_fd());
        handle.role = Role::Stream;
        handle.error = status;
        status
    };
    enter(scope, id, Hook::Connect, CallbackKind::Connect, &[-status]);
    let mut net = core().net.borrow_mut();
    if net.get(id).is_some_and(|handle| handle.readable && handle.reading) {
        net.enqueue(id);
    }
}

fn accept(scope: &mut v8::PinScope<'_, '_>, id: u32) {
    for _ in 0..ACCEPTS_PER_TURN_MAX {
        let accepted = {
            let mut net = core().net.borrow_mut();
            let Some(handle) = net.get(id) else { return };
            let (fd, unix) = (handle.fd.as_raw_fd(), handle.unix);
            match socket::accept(fd) {
                Ok(connection) => net.insert(connection, Role::Stream, unix, None),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    net.get(id).expect("still there").readable = false;
                    return;
                }
                Err(error) if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => {
                    // Out of descriptors: take the connection with the spare one and close it, so that the peer is
                    // told now and the listener does not spin.
                    drop(net.spare.take());
                    let refused = socket::accept(fd);
                    drop(refused);
                    net.spare = std::fs::File::open("/dev/null").ok().map(OwnedFd::from);
                    continue;
                }
                Err(error) if matches!(error.raw_os_error(), Some(libc::ECONNABORTED | libc::EINTR)) => continue,
                Err(error) => Err(errno(&error)),
            }
        };
        match accepted {
            Ok(connection) => enter(scope, id, Hook::Connection, CallbackKind::Accept, &[0, connection as i32]),
            Err(code) => enter(scope, id, Hook::Connection, CallbackKind::Accept, &[-code, -1]),
        }
    }
    core().net.borrow_mut().enqueue(id);
}

fn serve(scope: &mut v8::PinScope<'_, '_>, id: u32) {
    {
        let mut net = core().net.borrow_mut();
        let Some(handle) = net.get(id) else { return };
        if handle.out_from < handle.out.len() {
            net.flush(id);
        }
    }
    for _ in 0..READS_PER_TURN_MAX {
        if !read_once(scope, id) {
            return;
        }
    }
    core().net.borrow_mut().enqueue(id);
}

/// One read and its callback; false when the socket has nothing more to say in this turn.
fn read_once(scope: &mut v8::PinScope<'_, '_>, id: u32) -> bool {
    v8::scope!(let scope, scope);
    let (status, offset, more) = {
        let mut net = core().net.borrow_mut();
        let Some(handle) = net.get(id) else { return false };
        if !handle.reading || !(handle.readable || handle.error != 0) {
            return false;
        }
        let fd = handle.fd.as_raw_fd();
        let slab = net.take_slab(scope);
        let offset = slab.used;
        let base = slab.store.data().expect("the slab is not empty").cast::<u8>();
        // SAFETY: the slab has `SLAB_BYTES` bytes from `base`, and nothing has been handed out from `offset` on.
        let room = unsafe { std::slice::from_raw_parts_mut(base.as_ptr().add(offset), SLAB_BYTES - offset) };
        let result = socket::receive(fd, room);
        let room = room.len();
        let handle = net.get(id).expect("reading keeps the handle");
        match result {
            Ok(0) => {
                (handle.readable, handle.reading) = (false, false);
                (UV_EOF, 0, false)
            }
            Ok(read) => {
                handle.bytes_read += read as u64;
                handle.readable = read == room || handle.read_closed;
                let more = handle.readable;
                net.slab.as_mut().expect("taken above").used = offset + read.next_multiple_of(8);
                (read as i32, offset, more)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                handle.readable = false;
                return false;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return true,
            Err(error) => {
                (handle.readable, handle.reading) = (false, false);
                (-errno(&error), 0, false)
            }
        }
    };
    let (function, owner, buffer, cause) = {
        let mut net = core().net.borrow_mut();
        let Some(handle) = net.get(id) else { return false };
        let cause = handle.cause;
        let Some(owner) = handle.owner.clone() else { return false };
        let callbacks = net.callbacks.as_ref().expect("net sets its callbacks before it makes a handle");
        let buffer = net.slab.as_ref().expect("taken above");
        (
            v8::Local::new(scope, &callbacks.on_read),
            v8::Local::new(scope, owner),
            v8::Local::new(scope, &buffer.buffer),
            cause,
        )
    };
    let status = v8::Integer::new(scope, status);
    let offset = v8::Integer::new(scope, offset as i32);
    let entry = Entry::new(CallbackKind::Read, u64::from(id), cause);
    doorway::enter(scope, entry, function, owner.into(), &[status.into(), buffer.into(), offset.into()]);
    more
}

/// The `close` callbacks.
pub fn run_closing(scope: &mut v8::PinScope<'_, '_>) {
    let closing = std::mem::take(&mut core().net.borrow_mut().closing);
    for (owner, cause) in closing {
        let Some(owner) = owner else { continue };
        v8::scope!(let scope, scope);
        let owner = v8::Local::new(scope, owner);
        let function = {
            let net = core().net.borrow();
            let callbacks = net.callbacks.as_ref().expect("net sets its callbacks before it makes a handle");
            v8::Local::new(scope, &callbacks.on_close)
        };
        doorway::enter(scope, Entry::new(CallbackKind::Close, 0, cause), function, owner.into(), &[]);
    }
}

pub fn bind<'s>(scope: &mut v8::PinScope<'s, '_>, target: v8::Local<'s, v8::Object>) {
    use crate::node::set_function as set;
    set(scope, target, "setCallbacks", set_callbacks);
    set(scope, target, "listenTcp", listen_tcp);
    set(scope, target, "listenPipe", listen_pipe);
    set(scope, target, "connectTcp", connect_tcp);
    set(scope, target, "connectPipe", connect_pipe);
    set(scope, target, "open", open);
    set(scope, target, "attach", attach);
    set(scope, target, "readStart", read_start);
    set(scope, target, "readStop", read_stop);
    set(scope, target, "writeBytes", write_bytes);
    set(scope, target, "writeLatin1", write_latin1);
    set(scope, target, "writeUtf8", write_utf8);
    set(scope, target, "shutdown", shutdown);
    set(scope, target, "close", close);
    set(scope, target, "reset", reset);
    set(scope, target, "ref", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
        set_refed(id_argument(&args), true);
    });
    set(scope, target, "unref", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
        set_refed(id_argument(&args), false);
    });
    set(scope, target, "hasRef", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        rv.set_bool(core().net.borrow_mut().get(id_argument(&args)).is_some_and(|handle| handle.refed));
    });
    set(scope, target, "setNoDelay", set_no_delay);
    set(scope, target, "setKeepAlive", set_keep_alive);
    set(scope, target, "getsockname", |scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, rv: v8::ReturnValue| {
        name(scope, &args, rv, socket::local_name);
    });
    set(scope, target, "getpeername", |scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, rv: v8::ReturnValue| {
        name(scope, &args, rv, socket::peer_name);
    });
    set(scope, target, "bytesRead", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        rv.set_double(core().net.borrow_mut().get(id_argument(&args)).map_or(0.0, |h| h.bytes_read as f64));
    });
    set(scope, target, "bytesWritten", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        let mut net = core().net.borrow_mut();
        rv.set_double(net.get(id_argument(&args)).map_or(0.0, |h| (h.bytes_written as usize + h.out.len() - h.out_from) as f64));
    });
    set(scope, target, "queueSize", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        rv.set_double(core().net.borrow_mut().get(id_argument(&args)).map_or(0.0, |h| (h.out.len() - h.out_from) as f64));
    });
    set(scope, target, "fd", |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        rv.set_int32(core().net.borrow_mut().get(id_argument(&args)).map_or(-1, |h| h.fd.as_raw_fd()));
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

fn owner(scope: &mut v8::PinScope, args: &v8::FunctionCallbackArguments, index: i32) -> Option<v8::Global<v8::Object>> {
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
    mut rv: v8::ReturnValue,
    made: Result<OwnedFd, i32>,
    role: Role,
    unix: bool,
    owner: Option<v8::Global<v8::Object>>,
) {
    let made = made.and_then(|fd| core().net.borrow_mut().insert(fd, role, unix, owner));
    match made {
        Ok(id) => rv.set_double(f64::from(id)),
        Err(code) => rv.set_int32(-code),
    }
}

fn listen_tcp<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (owner, host) = (owner(scope, &args, 0), string(scope, &args, 1));
    let made = socket::listen_tcp(&host, number(&args, 2) as u16, number(&args, 3) as i32, number(&args, 4) as u32);
    finish(rv, made, Role::Listener, false, owner);
}

fn listen_pipe<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (owner, path) = (owner(scope, &args, 0), string(scope, &args, 1));
    finish(rv, socket::listen_unix(&path, number(&args, 2) as i32), Role::Listener, true, owner);
}

fn connect_tcp<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (owner, host, local) = (owner(scope, &args, 0), string(scope, &args, 1), string(scope, &args, 3));
    let made = socket::connect_tcp(&host, number(&args, 2) as u16, &local, number(&args, 4) as u16);
    finish(rv, made, Role::Connecting, false, owner);
}

fn connect_pipe<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (owner, path) = (owner(scope, &args, 0), string(scope, &args, 1));
    finish(rv, socket::connect_unix(&path), Role::Connecting, true, owner);
}

fn open<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let owner = owner(scope, &args, 0);
    finish(rv, socket::adopt(number(&args, 1) as RawFd), Role::Stream, true, owner);
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
    let Some(handle) = net.get(id) else { return rv.set_int32(-libc::EBADF) };
    handle.reading = true;
    if handle.readable {
        net.enqueue(id);
    }
    rv.set_int32(0);
}

fn read_stop(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    if let Some(handle) = core().net.borrow_mut().get(id_argument(&args)) {
        handle.reading = false;
    }
    rv.set_int32(0);
}

fn write_bytes(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    let Ok(view) = v8::Local::<v8::ArrayBufferView>::try_from(args.get(1)) else {
        return rv.set_int32(-libc::EINVAL);
    };
    let left = core().net.borrow_mut().write(id_argument(&args), |out| {
        let from = out.len();
        out.resize(from + view.byte_length(), 0);
        view.copy_contents(&mut out[from..]);
    });
    rv.set_double(left as f64);
}

fn write_latin1<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Ok(text) = v8::Local::<v8::String>::try_from(args.get(1)) else { return rv.set_int32(-libc::EINVAL) };
    let left = core().net.borrow_mut().write(id_argument(&args), |out| {
        let from = out.len();
        out.resize(from + text.length(), 0);
        text.write_one_byte_v2(scope, 0, &mut out[from..], v8::WriteFlags::empty());
    });
    rv.set_double(left as f64);
}

fn write_utf8<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Ok(text) = v8::Local::<v8::String>::try_from(args.get(1)) else { return rv.set_int32(-libc::EINVAL) };
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
    let Some(handle) = net.get(id) else { return rv.set_int32(-libc::ENOTCONN) };
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
    let Some(handle) = net.get(id) else { return rv.set_int32(-libc::EBADF) };
    let result = socket::linger_zero(handle.fd.as_raw_fd());
    handle.out_from = handle.out.len();
    net.close(id);
    rv.set_int32(-result);
}

fn set_refed(id: u32, refed: bool) {
    let mut net = core().net.borrow_mut();
    let Some(handle) = net.get(id) else { return };
    if std::mem::replace(&mut handle.refed, refed) != refed {
        if refed { net.refed += 1 } else { net.refed -= 1 }
    }
}

fn with_fd(args: &v8::FunctionCallbackArguments, mut rv: v8::ReturnValue, run: impl FnOnce(RawFd) -> i32) {
    let fd = core().net.borrow_mut().get(id_argument(args)).map(|handle| handle.fd.as_raw_fd());
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
    let Ok(out) = v8::Local::<v8::Object>::try_from(args.get(1)) else { return };
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
