//! The isolate as seen from where no scope is at hand: V8's callbacks into the inspector and interrupts.
//!
//! All `unsafe` of this crate that concerns V8 stands here.

use std::cell::RefCell;
use std::ffi::c_void;
use std::rc::{Rc, Weak};

use crate::Inspector;

thread_local! {
    /// The inspector of this thread's isolate, for interrupts.
    static INSPECTOR: RefCell<Weak<Inspector>> = const { RefCell::new(Weak::new()) };
}

/// The isolate and the context that the inspector was made for. Used on their thread only.
pub(crate) struct IsolateRef {
    isolate: v8::UnsafeRawIsolatePtr,
    context: v8::Global<v8::Context>,
}

impl IsolateRef {
    pub fn new(scope: &mut v8::PinScope<'_, '_>, context: v8::Local<'_, v8::Context>) -> IsolateRef {
        let context = v8::Global::new(scope, context);
        // SAFETY: the pointer is used only on this thread and only while the isolate runs, which outlives the inspector.
        let isolate = unsafe { scope.as_raw_isolate_ptr() };
        IsolateRef { isolate, context }
    }

    /// Runs `work` in a scope of its own, in the inspected context.
    pub fn with_scope<R>(&self, work: impl FnOnce(&mut v8::PinScope<'_, '_>) -> R) -> R {
        // SAFETY: as in `new`; every caller is on the isolate's thread, below V8 or below the loop.
        let mut isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(self.isolate) };
        v8::callback_scope!(unsafe scope, &mut isolate);
        v8::scope!(let scope, scope);
        let context = v8::Local::new(scope, &self.context);
        let scope = &mut v8::ContextScope::new(scope, context);
        work(scope)
    }

    /// The inspected context as V8 asks for it outside of any scope of ours.
    pub fn default_context(&self) -> Option<v8::Local<'_, v8::Context>> {
        // SAFETY: as in `new`; V8 calls from inside a handle scope of its own, in which the handle stays valid while V8
        // uses it.
        let mut isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(self.isolate) };
        v8::callback_scope!(unsafe scope, &mut isolate);
        let context = v8::Local::new(scope, &self.context);
        // SAFETY: see above: the handle lives in V8's own scope, not in one that ends here.
        Some(unsafe { context.extend_lifetime_unchecked() })
    }
}

/// Makes `inspector` the one that this thread's interrupts go to.
pub(crate) fn install(inspector: &Rc<Inspector>) {
    INSPECTOR.replace(Rc::downgrade(inspector));
}

/// Asks V8 to call the inspector in the middle of running JavaScript. Any thread.
pub(crate) fn request_interrupt(isolate: &v8::IsolateHandle) {
    isolate.request_interrupt(on_interrupt, std::ptr::null_mut());
}

unsafe extern "C" fn on_interrupt(_: v8::UnsafeRawIsolatePtr, _: *mut c_void) {
    let inspector = INSPECTOR.with_borrow(Weak::upgrade);
    if let Some(inspector) = inspector {
        inspector.interrupted();
    }
}
