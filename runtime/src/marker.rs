//! Marks a native operation that may block the thread, so that a stall inside it has a name.

use std::cell::RefCell;

thread_local! {
    static CURRENT: RefCell<Option<(&'static str, String)>> = const { RefCell::new(None) };
}

/// Clears the mark when the operation is over.
pub struct NativeOp(Option<(&'static str, String)>);

/// Marks `name` on `resource` as running until the guard is dropped; marks nest.
pub fn native_op(name: &'static str, resource: &str) -> NativeOp {
    NativeOp(CURRENT.replace(Some((name, resource.to_owned()))))
}

impl Drop for NativeOp {
    fn drop(&mut self) {
        CURRENT.replace(self.0.take());
    }
}
