//! Writing. What a callback writes is corked in the handle and leaves in one call when the callback ends; what the kernel
//! does not take waits there until the socket is writable again.

use std::io;

use rondo_protocol::CallbackKind;

use crate::core::core;
use crate::node::socket;

use super::handle::{Id, Role};
use super::{Hook, Net, enter, errno};

/// A cork that grows past this is flushed at once rather than at the callback's end.
const CORK_BYTES_MAX: usize = 64 * 1024;
/// Empty corks kept for whoever writes next, of at most `CORK_BYTES_MAX` each: a handle that has nothing to send has none.
const CORKS_KEPT_MAX: usize = 8;

impl Net {
    /// Takes what `append` adds for sending; returns how many bytes wait for the kernel beyond the cork, or a negative errno.
    pub fn write(&mut self, id: Id, append: impl FnOnce(&mut Vec<u8>)) -> i64 {
        let Some(handle) = self.handles.get(id) else { return -i64::from(libc::EBADF) };
        if handle.error != 0 {
            return -i64::from(handle.error);
        }
        if handle.out.capacity() == 0
            && let Some(cork) = self.corks.pop()
        {
            handle.out = cork;
        }
        append(&mut handle.out);
        let stuck = !handle.writable || handle.waiting() > CORK_BYTES_MAX;
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
        let left = handle.waiting() as i64;
        handle.wants_drain = left > 0;
        left
    }

    /// Sends what the kernel takes of the queue.
    pub(super) fn flush(&mut self, id: Id) {
        let Some(handle) = self.handles.get(id) else { return };
        if handle.role == Role::Connecting {
            return;
        }
        while handle.writable && handle.waiting() > 0 {
            match socket::send(handle.raw(), &handle.out[handle.out_from..]) {
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
        if handle.waiting() > 0 {
            self.ensure_registered(id);
            self.recount(id);
            return;
        }
        let mut cork = std::mem::take(&mut handle.out);
        handle.out_from = 0;
        let failed = handle.error;
        if std::mem::take(&mut handle.wants_drain) || failed != 0 {
            self.drained.push((id, failed));
        }
        if std::mem::take(&mut handle.shutdown_wanted) {
            let result = if failed != 0 { failed } else { socket::shutdown(handle.raw()) };
            self.shut.push((id, result));
        }
        if cork.capacity() > 0 && cork.capacity() <= CORK_BYTES_MAX && self.corks.len() < CORKS_KEPT_MAX {
            cork.clear();
            self.corks.push(cork);
        }
        self.recount(id);
    }
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

/// Results of writes and shutdowns that ended since the last turn.
pub fn run_pending(scope: &mut v8::PinScope<'_, '_>) {
    let (drained, shut) = {
        let mut net = core().net.borrow_mut();
        (std::mem::take(&mut net.drained), std::mem::take(&mut net.shut))
    };
    for (id, failed) in drained {
        enter(scope, id, Hook::Drain, CallbackKind::Write, [-failed]);
    }
    for (id, failed) in shut {
        enter(scope, id, Hook::Shutdown, CallbackKind::Write, [-failed]);
    }
}
