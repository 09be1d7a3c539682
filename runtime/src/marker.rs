//! Marks a native operation that may block the thread, so that a stall inside it has a name.
//!
//! A mark costs two reads of the coarse clock and a few stores: no allocation and no system call. One that took long
//! captures the JavaScript stack at its end, where the calling line is still live.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use rondo_inspector::status::NativeOp;

use crate::clock::coarse_ns;
use crate::core::try_core;

/// Bytes kept of a resource's name: its end, which tells more of a path than its beginning.
const RESOURCE_BYTES_MAX: usize = 160;

/// The name of what an operation works on, held without an allocation.
#[derive(Clone, Copy)]
pub struct Resource {
    length: u8,
    cut: bool,
    bytes: [u8; RESOURCE_BYTES_MAX],
}

impl Resource {
    fn new(name: &str) -> Resource {
        let mut from = name.len().saturating_sub(RESOURCE_BYTES_MAX);
        while !name.is_char_boundary(from) {
            from += 1;
        }
        let tail = &name.as_bytes()[from..];
        let mut bytes = [0; RESOURCE_BYTES_MAX];
        bytes[..tail.len()].copy_from_slice(tail);
        Resource { length: tail.len() as u8, cut: from > 0, bytes }
    }

    pub fn to_text(self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes[..usize::from(self.length)]);
        match (text.is_empty(), self.cut) {
            (true, _) => None,
            (_, false) => Some(text.into_owned()),
            (_, true) => Some(format!("…{text}")),
        }
    }
}

/// Clears the mark when the operation is over.
pub struct Mark {
    op: &'static NativeOp,
    outer: Option<&'static NativeOp>,
    resource: Resource,
    began_ns: u64,
}

thread_local! {
    /// Operations by the address of their name, which is a literal.
    static OPS: RefCell<HashMap<usize, &'static NativeOp>> = RefCell::default();
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

fn op_named(name: &'static str) -> &'static NativeOp {
    OPS.with_borrow_mut(|ops| -> &'static NativeOp {
        ops.entry(name.as_ptr() as usize).or_insert_with(|| Box::leak(Box::new(NativeOp { name })))
    })
}

/// Marks `name` on `resource` as running until the guard is dropped; marks nest.
#[must_use]
pub fn native_op(name: &'static str, resource: &str) -> Mark {
    let op = op_named(name);
    let outer = try_core().and_then(|core| core.doorway.status.enter_op(op));
    DEPTH.set(DEPTH.get() + 1);
    Mark { op, outer, resource: Resource::new(resource), began_ns: coarse_ns() }
}

impl Drop for Mark {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        let Some(core) = try_core() else { return };
        core.doorway.status.leave_op(self.outer);
        let took_ns = coarse_ns() - self.began_ns;
        // An inner mark's time is its outer one's as well.
        if took_ns > 0 && DEPTH.get() == 0 {
            core.stalls.op_ended(self.op.name, self.resource, took_ns);
            if core.doorway.status.is_stall(took_ns / 1000) {
                crate::inspection::op_was_stall(self.op.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RESOURCE_BYTES_MAX, Resource};

    #[test]
    fn a_long_name_keeps_its_end() {
        let name = format!("/{}ä/end.txt", "x".repeat(RESOURCE_BYTES_MAX));
        let text = Resource::new(&name).to_text().expect("not empty");
        assert!(text.starts_with('…') && text.ends_with("ä/end.txt"));
        assert_eq!(Resource::new("a").to_text().as_deref(), Some("a"));
        assert_eq!(Resource::new("").to_text(), None);
    }
}
