//! Reading. The kernel writes into a slab that the loop owns and that JavaScript sees as one `ArrayBuffer`: a read costs
//! no memory of its own, and what JavaScript keeps of it are views.

use std::io;

use rondo_protocol::CallbackKind;

use crate::core::core;
use crate::doorway::{self, Entry};
use crate::node::socket;

use super::handle::Id;
use super::{Net, errno};

/// Node's end-of-stream code.
const UV_EOF: i32 = -4095;
/// Reads from one socket in one turn.
const READS_PER_TURN_MAX: usize = 16;
/// Bytes of the read slab; a read uses what is left of it.
const SLAB_BYTES: usize = 256 * 1024;
/// With less than this left a new slab is taken.
const SLAB_REST_BYTES_MIN: usize = 64 * 1024;
/// Reads begin at multiples of this, so that typed arrays can lie over them.
const SLAB_ALIGNMENT: usize = 8;

pub struct Slab {
    buffer: v8::Global<v8::ArrayBuffer>,
    /// Keeps the memory at `base` while the slab is read into.
    _store: v8::SharedRef<v8::BackingStore>,
    base: std::ptr::NonNull<u8>,
    used: usize,
}

impl Slab {
    fn new(scope: &mut v8::PinScope<'_, '_>) -> Slab {
        v8::scope!(let scope, scope);
        let buffer = v8::ArrayBuffer::new(scope, SLAB_BYTES);
        let store = buffer.get_backing_store();
        let base = store.data().expect("the slab is not empty").cast();
        Slab { buffer: v8::Global::new(scope, buffer), _store: store, base, used: 0 }
    }

    /// What has not been handed out.
    fn room(&mut self) -> &mut [u8] {
        // SAFETY: the store has `SLAB_BYTES` bytes from `base`, and JavaScript has views only of those before `used`.
        unsafe { std::slice::from_raw_parts_mut(self.base.as_ptr().add(self.used), SLAB_BYTES - self.used) }
    }
}

/// What one read says to JavaScript.
struct Told {
    status: i32,
    offset: usize,
    /// The socket may have more to say in this turn.
    more: bool,
}

/// A stream socket is ready: sends what waited, reads what is wanted.
pub fn serve(scope: &mut v8::PinScope<'_, '_>, id: Id) {
    {
        let mut net = core().net.borrow_mut();
        let Some(handle) = net.get(id) else { return };
        if handle.waiting() > 0 {
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
fn read_once(scope: &mut v8::PinScope<'_, '_>, id: Id) -> bool {
    v8::scope!(let scope, scope);
    let (more, entry, function, owner, arguments) = {
        let mut net = core().net.borrow_mut();
        if net.slab.as_ref().is_none_or(|slab| SLAB_BYTES - slab.used < SLAB_REST_BYTES_MIN) {
            net.slab = Some(Slab::new(scope));
        }
        let told = match net.receive(id) {
            Ok(told) => told,
            Err(again) => return again,
        };
        if told.status < 0 {
            net.recount(id);
        }
        let slab = net.slab.as_ref().expect("taken above");
        let status = v8::Integer::new(scope, told.status);
        let offset = v8::Integer::new(scope, told.offset as i32);
        let arguments = [status.into(), v8::Local::new(scope, &slab.buffer).into(), offset.into()];
        let function = v8::Local::new(scope, &net.callbacks().on_read);
        let handle = net.get(id).expect("reading keeps the handle");
        let Some(owner) = &handle.owner else {
            return false;
        };
        let owner = v8::Local::new(scope, owner);
        (told.more, Entry::new(CallbackKind::Read, u64::from(id), handle.cause), function, owner, arguments)
    };
    doorway::enter(scope, entry, function, owner.into(), &arguments);
    more
}

impl Net {
    /// Reads once. `Err` when there is nothing to tell: whether to try again.
    fn receive(&mut self, id: Id) -> Result<Told, bool> {
        let Some(handle) = self.handles.get(id) else {
            return Err(false);
        };
        if !handle.reading || !(handle.readable || handle.error != 0) {
            return Err(false);
        }
        let slab = self.slab.as_mut().expect("the caller took one");
        let offset = slab.used;
        let room = slab.room();
        match socket::receive(handle.raw(), room) {
            Ok(0) => {
                (handle.readable, handle.reading) = (false, false);
                Ok(Told { status: UV_EOF, offset: 0, more: false })
            }
            Ok(read) => {
                // A short read has emptied the socket, unless the end waits behind it.
                handle.readable = read == room.len() || handle.read_closed;
                handle.bytes_read += read as u64;
                slab.used = offset + read.next_multiple_of(SLAB_ALIGNMENT);
                Ok(Told { status: read as i32, offset, more: handle.readable })
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                handle.readable = false;
                Err(false)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(true),
            Err(error) => {
                (handle.readable, handle.reading) = (false, false);
                Ok(Told { status: -errno(&error), offset: 0, more: false })
            }
        }
    }
}
