//! Stream sockets: TCP and Unix, listening and connected. The native half of `net`.
//!
//! A socket is a slot in a slab; its mio token is its id, a slot number with a generation. Readiness is edge-triggered
//! and remembered per socket. Reads go into a slab that the loop owns; writes are corked and flushed at the end of each
//! callback. Accepts and reads per socket and turn are bounded.

mod accept;
mod binding;
mod handle;
mod read;
mod write;

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::fd::{OwnedFd, RawFd};

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rondo_protocol::CallbackKind;

pub use binding::bind;
use handle::{Handle, Handles, Id, Made, Owner, Role};
use read::Slab;
pub use write::{flush_written, run_pending};

use crate::core::core;
use crate::doorway::{self, Entry};
use crate::observe::{Task, TaskClass};
use crate::records::Cause;

struct Callbacks {
    on_connect: v8::Global<v8::Function>,
    on_connection: v8::Global<v8::Function>,
    on_read: v8::Global<v8::Function>,
    on_drain: v8::Global<v8::Function>,
    on_shutdown: v8::Global<v8::Function>,
    on_close: v8::Global<v8::Function>,
}

#[derive(Clone, Copy)]
enum Hook {
    Connect,
    Connection,
    Drain,
    Shutdown,
}

pub struct Net {
    registry: Registry,
    handles: Handles,
    /// Handles that keep the process alive.
    alive: usize,
    /// Handles to serve, in the order in which they became ready.
    ready: VecDeque<Id>,
    /// Handles that the running callback wrote to.
    dirty: Vec<Id>,
    corks: Vec<Vec<u8>>,
    /// Writes and shutdowns that are over, with their errno.
    drained: Vec<(Id, i32)>,
    shut: Vec<(Id, i32)>,
    closing: Vec<(Option<Owner>, Cause)>,
    callbacks: Option<Callbacks>,
    slab: Option<Slab>,
    /// A descriptor kept in reserve, so that a connection can be refused when no other is left.
    spare: Option<OwnedFd>,
}

impl Net {
    pub fn new(registry: Registry) -> Net {
        Net {
            registry,
            handles: Handles::default(),
            alive: 0,
            ready: VecDeque::new(),
            dirty: Vec::new(),
            corks: Vec::new(),
            drained: Vec::new(),
            shut: Vec::new(),
            closing: Vec::new(),
            callbacks: None,
            slab: None,
            spare: spare_descriptor(),
        }
    }

    pub fn is_alive(&self) -> bool {
        self.alive > 0 || !self.closing.is_empty() || !self.drained.is_empty() || !self.shut.is_empty()
    }

    /// Whether the next poll must not wait.
    pub fn has_work(&self) -> bool {
        !self.ready.is_empty() || !self.drained.is_empty() || !self.shut.is_empty() || !self.closing.is_empty()
    }

    /// Live handles: id, what it is, keeps the process alive, its address.
    pub fn describe(&self) -> Vec<(Id, &'static str, bool, Option<String>)> {
        self.handles.iter().map(|(id, handle)| (id, handle.name(), handle.keeps_alive(), handle.address())).collect()
    }

    /// Handles that the next poll phase will serve, in order: id, what happens, address.
    pub fn describe_ready(&mut self) -> Vec<(Id, CallbackKind, Option<String>)> {
        let ready: Vec<Id> = self.ready.iter().copied().collect();
        let described = ready.into_iter().filter_map(|id| {
            let handle = self.get(id)?;
            let kind = match handle.role {
                Role::Listener => CallbackKind::Accept,
                Role::Connecting => CallbackKind::Connect,
                Role::Stream => CallbackKind::Read,
            };
            Some((id, kind, handle.address()))
        });
        described.collect()
    }

    /// The address of the handle `id`: a listener's own, else the peer's.
    pub fn resource(&mut self, id: Id) -> Option<String> {
        self.get(id).and_then(|handle| handle.address())
    }

    #[inline]
    fn get(&mut self, id: Id) -> Option<&mut Handle> {
        self.handles.get(id)
    }

    fn callbacks(&self) -> &Callbacks {
        self.callbacks.as_ref().expect("net sets its callbacks before it makes a handle")
    }

    fn insert(&mut self, made: Made) -> Result<Id, i32> {
        let handle = Handle::new(made);
        let (role, fd) = (handle.role, handle.raw());
        let id = self.handles.insert(handle)?;
        self.recount(id);
        // An accepted socket is registered on its first readStart: many servers hand the fd on or close it at once.
        if role != Role::Stream {
            self.register(id, fd)?;
        }
        Ok(id)
    }

    fn register(&mut self, id: Id, fd: RawFd) -> Result<(), i32> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.registry.register(&mut SourceFd(&fd), Token(id as usize), interest).map_err(|e| errno(&e))?;
        self.get(id).expect("just inserted").registered = true;
        Ok(())
    }

    fn ensure_registered(&mut self, id: Id) {
        if let Some(handle) = self.get(id)
            && !handle.registered
        {
            let fd = handle.raw();
            if let Err(code) = self.register(id, fd) {
                self.get(id).expect("still there").error = code;
                self.enqueue(id);
            }
        }
    }

    pub fn note_readiness(&mut self, token: Token, event: &Event) {
        let id = token.0 as Id;
        let Some(handle) = self.get(id) else { return };
        // A pipe whose writer is gone says no more than that: the read that follows finds the end.
        handle.readable |= event.is_readable() || event.is_error() || event.is_read_closed();
        handle.writable |= event.is_writable() || event.is_error();
        handle.read_closed |= event.is_read_closed();
        self.enqueue(id);
    }

    fn enqueue(&mut self, id: Id) {
        if let Some(handle) = self.get(id)
            && !handle.queued
        {
            handle.queued = true;
            self.ready.push_back(id);
        }
    }

    fn close(&mut self, id: Id) {
        // What was written in this callback leaves before the descriptor does.
        self.flush(id);
        let Some(handle) = self.handles.remove(id) else {
            return;
        };
        self.alive -= usize::from(handle.counted);
        if handle.registered {
            // Closing removes it from epoll as well; an error here has nobody to tell.
            let _ = self.registry.deregister(&mut SourceFd(&handle.raw()));
        }
        self.drained.retain(|(other, _)| *other != id);
        self.shut.retain(|(other, _)| *other != id);
        core().observer.forget(Task::new(TaskClass::Handle, id));
        crate::inspection::socket_closed(Task::new(TaskClass::Handle, id));
        self.closing.push((handle.owner, core().doorway.cause()));
    }

    fn set_refed(&mut self, id: Id, refed: bool) {
        if let Some(handle) = self.get(id) {
            handle.refed = refed;
            self.recount(id);
        }
    }

    /// After a change of what keeps the process alive.
    #[inline]
    fn recount(&mut self, id: Id) {
        let Some(handle) = self.handles.get(id) else { return };
        let keeps_alive = handle.keeps_alive();
        if handle.counted != keeps_alive {
            handle.counted = keeps_alive;
            if keeps_alive { self.alive += 1 } else { self.alive -= 1 }
        }
    }
}

fn spare_descriptor() -> Option<OwnedFd> {
    File::open("/dev/null").ok().map(OwnedFd::from)
}

pub fn errno(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EIO)
}

/// Tells the owner of `id` by the function of `hook`. A handle without an owner has nobody to tell.
fn enter<const N: usize>(
    scope: &mut v8::PinScope<'_, '_>,
    id: Id,
    hook: Hook,
    kind: CallbackKind,
    arguments: [i32; N],
) {
    v8::scope!(let scope, scope);
    let (function, owner, cause) = {
        let mut net = core().net.borrow_mut();
        let Some(handle) = net.get(id) else { return };
        let cause = handle.cause;
        let Some(owner) = &handle.owner else { return };
        let owner = v8::Local::new(scope, owner);
        let callbacks = net.callbacks();
        let function = match hook {
            Hook::Connect => &callbacks.on_connect,
            Hook::Connection => &callbacks.on_connection,
            Hook::Drain => &callbacks.on_drain,
            Hook::Shutdown => &callbacks.on_shutdown,
        };
        (v8::Local::new(scope, function), owner, cause)
    };
    let arguments = arguments.map(|argument| v8::Integer::new(scope, argument).into());
    doorway::enter(scope, Entry::new(kind, u64::from(id), cause), function, owner.into(), &arguments);
}

/// Serves every socket that is ready, once around.
pub fn run_ready(scope: &mut v8::PinScope<'_, '_>) {
    let mut left = core().net.borrow().ready.len();
    while left > 0 {
        left -= 1;
        let (id, role) = {
            let mut net = core().net.borrow_mut();
            let Some(id) = net.ready.pop_front() else {
                return;
            };
            let Some(handle) = net.get(id) else { continue };
            handle.queued = false;
            (id, handle.role)
        };
        match role {
            Role::Listener => accept::accept(scope, id),
            Role::Connecting => accept::finish_connect(scope, id),
            Role::Stream => read::serve(scope, id),
        }
    }
    run_pending(scope);
}

/// The `close` callbacks.
pub fn run_closing(scope: &mut v8::PinScope<'_, '_>) {
    let closing = std::mem::take(&mut core().net.borrow_mut().closing);
    for (owner, cause) in closing {
        let Some(owner) = owner else { continue };
        v8::scope!(let scope, scope);
        let owner = v8::Local::new(scope, owner);
        let function = v8::Local::new(scope, &core().net.borrow().callbacks().on_close);
        doorway::enter(scope, Entry::new(CallbackKind::Close, 0, cause), function, owner.into(), &[]);
    }
}
