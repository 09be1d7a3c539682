//! New connections: those that a listener has, and those that we began.

use std::io;
use std::os::fd::RawFd;

use rondo_protocol::CallbackKind;

use crate::core::core;
use crate::node::socket;
use crate::observe::{Task, TaskClass};
use crate::records::Cause;

use super::handle::{Id, Made, Role};
use super::{Hook, Net, enter, errno, spare_descriptor};

/// Connections taken from one listener in one turn.
const ACCEPTS_PER_TURN_MAX: usize = 64;

/// What one attempt to accept gave.
enum Accepted {
    Connection(Id),
    Failed(i32),
    /// A connection that could not be kept, or went away by itself.
    Lost,
    Nothing,
}

pub fn accept(scope: &mut v8::PinScope<'_, '_>, id: Id) {
    for _ in 0..ACCEPTS_PER_TURN_MAX {
        let accepted = {
            let mut net = core().net.borrow_mut();
            let Some(handle) = net.get(id) else { return };
            let (fd, unix) = (handle.raw(), handle.unix);
            accept_one(&mut net, fd, unix)
        };
        match accepted {
            Accepted::Connection(connection) => {
                descend(id, connection);
                enter(scope, id, Hook::Connection, CallbackKind::Accept, [0, connection as i32]);
            }
            Accepted::Failed(code) => enter(scope, id, Hook::Connection, CallbackKind::Accept, [-code, -1]),
            Accepted::Lost => {}
            Accepted::Nothing => {
                if let Some(handle) = core().net.borrow_mut().get(id) {
                    handle.readable = false;
                }
                return;
            }
        }
    }
    core().net.borrow_mut().enqueue(id);
}

/// What happens on a connection is caused by its being accepted, and comes from the line that listens.
fn descend(listener: Id, connection: Id) {
    let (doorway, observer) = (&core().doorway, &core().observer);
    let accepting = doorway.last_id() + 1;
    let cause = Cause { trigger: accepting, chain: accepting, scheduled_ns: doorway.stamp_ns() };
    if let Some(handle) = core().net.borrow_mut().get(connection) {
        handle.cause = cause;
    }
    let (listener, connection) = (Task::new(TaskClass::Handle, listener), Task::new(TaskClass::Handle, connection));
    observer.inherit(listener, connection);
    crate::inspection::connection_accepted(listener, connection);
}

fn accept_one(net: &mut Net, listener: RawFd, unix: bool) -> Accepted {
    let error = match socket::accept(listener) {
        Ok(fd) => {
            return match net.insert(Made { fd, role: Role::Stream, unix, owner: None }) {
                Ok(id) => Accepted::Connection(id),
                Err(code) => Accepted::Failed(code),
            };
        }
        Err(error) => error,
    };
    match error.raw_os_error() {
        _ if error.kind() == io::ErrorKind::WouldBlock => Accepted::Nothing,
        Some(libc::EMFILE | libc::ENFILE) => {
            // Out of descriptors: take the connection with the spare one and close it, so that the peer is told now and
            // the listener does not spin.
            drop(net.spare.take());
            let refused = socket::accept(listener);
            let nobody_waits = refused.is_err();
            drop(refused);
            net.spare = spare_descriptor();
            if nobody_waits { Accepted::Nothing } else { Accepted::Lost }
        }
        Some(libc::ECONNABORTED | libc::EINTR) => Accepted::Lost,
        _ => Accepted::Failed(errno(&error)),
    }
}

pub fn finish_connect(scope: &mut v8::PinScope<'_, '_>, id: Id) {
    let status = {
        let mut net = core().net.borrow_mut();
        let Some(handle) = net.get(id) else { return };
        if !handle.writable {
            return;
        }
        let status = socket::take_error(handle.raw());
        handle.role = Role::Stream;
        handle.error = status;
        net.recount(id);
        status
    };
    enter(scope, id, Hook::Connect, CallbackKind::Connect, [-status]);
    let mut net = core().net.borrow_mut();
    if net.get(id).is_some_and(|handle| handle.readable && handle.reading) {
        net.enqueue(id);
    }
}
