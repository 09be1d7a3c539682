//! Memory that is not cleared first, for `Buffer.allocUnsafe` and for results that are written at once.

use super::view::index;
use std::ffi::c_void;

/// An `ArrayBuffer` whose bytes hold whatever the allocator left there; `None` when there is no memory.
pub fn unsafe_array_buffer<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    length: usize,
) -> Option<v8::Local<'s, v8::ArrayBuffer>> {
    if length == 0 {
        return Some(v8::ArrayBuffer::new(scope, 0));
    }
    // SAFETY: plain allocation; `release` frees it when the last buffer over it goes.
    let store = unsafe {
        let data = libc::malloc(length);
        if data.is_null() {
            return None;
        }
        v8::ArrayBuffer::new_backing_store_from_ptr(data, length, release, std::ptr::null_mut())
    };
    Some(v8::ArrayBuffer::with_backing_store(scope, &store.make_shared()))
}

unsafe extern "C" fn release(data: *mut c_void, _length: usize, _: *mut c_void) {
    // SAFETY: `data` is from `malloc` above and V8 releases each store once.
    unsafe { libc::free(data) };
}

/// `createUnsafeArrayBuffer(length, pinned)`: a pinned buffer can't be detached or transferred.
pub fn create_unsafe_array_buffer<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue<'_>,
) {
    match unsafe_array_buffer(scope, index(args.get(0))) {
        Some(buffer) => {
            if args.get(1).is_true() {
                let key = v8::Symbol::new(scope, None);
                buffer.set_detach_key(key.into());
            }
            rv.set(buffer.into());
        }
        None => {
            let message = v8::String::new(scope, "Array buffer allocation failed").expect("short");
            let error = v8::Exception::range_error(scope, message);
            scope.throw_exception(error);
        }
    }
}
