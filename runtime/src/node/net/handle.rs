//! Handles by number: a slab of slots whose generations keep a number that outlived its handle from meeting another.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use crate::core::core;
use crate::node::socket;
use crate::records::Cause;

const INDEX_BITS: u32 = 20;
/// Handles at one time.
const HANDLES_MAX: usize = 1 << INDEX_BITS;
/// A number stays below 2^31, so that it is never negative as an integer of JavaScript.
const GENERATION_MASK: u32 = (1 << (31 - INDEX_BITS)) - 1;

/// A slot's number and generation; also the handle's mio token and its number in JavaScript.
pub type Id = u32;

pub type Owner = v8::Global<v8::Object>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Listener,
    Connecting,
    Stream,
}

/// What a handle is made with.
pub struct Made {
    pub fd: OwnedFd,
    pub role: Role,
    pub unix: bool,
    pub owner: Option<Owner>,
}

pub struct Handle {
    pub fd: OwnedFd,
    pub role: Role,
    pub unix: bool,
    pub refed: bool,
    /// Counted among the handles that keep the process alive.
    pub counted: bool,
    pub registered: bool,
    /// The kernel may have something to read; readiness is edge-triggered, so it is remembered here.
    pub readable: bool,
    pub writable: bool,
    pub read_closed: bool,
    /// JavaScript wants what can be read.
    pub reading: bool,
    /// In the list of ready handles.
    pub queued: bool,
    /// In the list of handles that the running callback wrote to.
    pub dirty: bool,
    pub wants_drain: bool,
    pub shutdown_wanted: bool,
    /// A failure that the next write or read reports.
    pub error: i32,
    pub owner: Option<Owner>,
    /// What was written and not yet sent, from `out_from` on.
    pub out: Vec<u8>,
    pub out_from: usize,
    pub bytes_read: u64,
    pub bytes_written: u64,
    pub cause: Cause,
}

impl Handle {
    pub fn new(made: Made) -> Handle {
        Handle {
            fd: made.fd,
            role: made.role,
            unix: made.unix,
            refed: true,
            counted: false,
            registered: false,
            readable: false,
            writable: made.role == Role::Stream,
            read_closed: false,
            reading: false,
            queued: false,
            dirty: false,
            wants_drain: false,
            shutdown_wanted: false,
            error: 0,
            owner: made.owner,
            out: Vec::new(),
            out_from: 0,
            bytes_read: 0,
            bytes_written: 0,
            cause: core().doorway.cause(),
        }
    }

    #[inline]
    pub fn raw(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// Bytes that wait to be sent.
    #[inline]
    pub fn waiting(&self) -> usize {
        self.out.len() - self.out_from
    }

    /// Whether it keeps the process alive: as in libuv, a stream that neither reads nor has anything to send does not, and
    /// what is to be sent does though the handle is unrefed.
    #[inline]
    pub fn keeps_alive(&self) -> bool {
        let waits = self.role != Role::Stream || self.reading;
        (self.refed && waits) || self.waiting() > 0 || self.shutdown_wanted
    }

    /// Node's name of such a handle.
    /// A listener's own address, else the peer's.
    pub fn address(&self) -> Option<String> {
        let fd = self.raw();
        let name = if self.role == Role::Listener { socket::local_name(fd) } else { socket::peer_name(fd) };
        let name = name.ok()?;
        match name.port_and_family {
            Some((port, "IPv6")) => Some(format!("[{}]:{port}", name.address)),
            Some((port, _)) => Some(format!("{}:{port}", name.address)),
            None => (!name.address.is_empty()).then_some(name.address),
        }
    }

    pub fn name(&self) -> &'static str {
        match (self.role, self.unix) {
            (Role::Listener, false) => "TCPServerWrap",
            (Role::Listener, true) => "PipeServerWrap",
            (_, false) => "TCPSocketWrap",
            (_, true) => "PipeWrap",
        }
    }
}

struct Slot {
    generation: u32,
    handle: Option<Handle>,
}

#[derive(Default)]
pub struct Handles {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Handles {
    #[inline]
    pub fn get(&mut self, id: Id) -> Option<&mut Handle> {
        let slot = self.slots.get_mut((id as usize) & (HANDLES_MAX - 1))?;
        if slot.generation != id >> INDEX_BITS {
            return None;
        }
        slot.handle.as_mut()
    }

    /// Fails with EMFILE when there are as many as there can be.
    pub fn insert(&mut self, handle: Handle) -> Result<Id, i32> {
        let index = match self.free.pop() {
            Some(index) => index,
            None if self.slots.len() == HANDLES_MAX => return Err(libc::EMFILE),
            None => {
                self.slots.push(Slot { generation: 0, handle: None });
                (self.slots.len() - 1) as u32
            }
        };
        let slot = &mut self.slots[index as usize];
        slot.handle = Some(handle);
        Ok(id_of(index, slot.generation))
    }

    pub fn remove(&mut self, id: Id) -> Option<Handle> {
        self.get(id)?;
        let index = (id as usize) & (HANDLES_MAX - 1);
        let slot = &mut self.slots[index];
        slot.generation = (slot.generation + 1) & GENERATION_MASK;
        self.free.push(index as u32);
        slot.handle.take()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Id, &Handle)> {
        let live = self.slots.iter().enumerate();
        live.filter_map(|(index, slot)| Some((id_of(index as u32, slot.generation), slot.handle.as_ref()?)))
    }
}

fn id_of(index: u32, generation: u32) -> Id {
    index | generation << INDEX_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_fits_what_an_idle_connection_may_cost() {
        assert!(size_of::<Slot>() <= 256, "{}", size_of::<Slot>());
    }
}
