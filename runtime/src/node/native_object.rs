//! JavaScript objects that own a Rust value: made by [`wrap`], read by [`unwrap`], dropped when the object is collected.
//!
//! The object has one internal field, which points at the value and its tag; the tag says which type it is, so that an
//! object of one area passed to another is refused and never misread.

use std::cell::Cell;

/// A type that JavaScript can own. Each has a tag of its own.
pub trait Native: 'static {
    const TAG: u32;
}

#[repr(C)]
struct Tagged<T> {
    tag: u32,
    value: T,
}

/// V8's tag of the pointer in the field; what it points at has our own.
const FIELD_TAG: u16 = 1;

thread_local! {
    static TEMPLATE: Cell<Option<&'static v8::Global<v8::ObjectTemplate>>> = const { Cell::new(None) };
}

/// An object that owns `value` until it is collected.
pub fn wrap<'s, T: Native>(scope: &mut v8::PinScope<'s, '_>, value: T) -> v8::Local<'s, v8::Object> {
    let template = template(scope);
    let object = template.new_instance(scope).expect("a plain object can be made");
    let pointer = Box::into_raw(Box::new(Tagged { tag: T::TAG, value }));
    object.set_aligned_pointer_in_internal_field(0, pointer.cast(), FIELD_TAG);
    // SAFETY: the finalizer runs once, when no reference to the object is left, so nothing reads the pointer after it.
    let finalizer = Box::new(move || drop(unsafe { Box::from_raw(pointer) }));
    // Dropping the handle would disarm the finalizer: it stays until the object goes.
    let _ = v8::Weak::with_guaranteed_finalizer(scope, object, finalizer).into_raw();
    object
}

/// The value that `object` owns, if it is a `T`.
pub fn unwrap<'a, T: Native>(object: v8::Local<'a, v8::Value>) -> Option<&'a T> {
    let object = v8::Local::<v8::Object>::try_from(object).ok()?;
    if object.internal_field_count() != 1 {
        return None;
    }
    // SAFETY: only `wrap` makes objects with one internal field, and it fills that field.
    let pointer = unsafe { object.get_aligned_pointer_from_internal_field(0, FIELD_TAG) };
    // SAFETY: the field points at a `Tagged<_>`, which begins with its tag whatever its type.
    if unsafe { pointer.cast::<u32>().read() } != T::TAG {
        return None;
    }
    // SAFETY: with tag `T::TAG` it is the `Tagged<T>` that `wrap` boxed, which lives as long as the object does.
    Some(unsafe { &(*pointer.cast::<Tagged<T>>()).value })
}

fn template<'s>(scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::ObjectTemplate> {
    if let Some(template) = TEMPLATE.get() {
        return v8::Local::new(scope, template);
    }
    let template = v8::ObjectTemplate::new(scope);
    template.set_internal_field_count(1);
    TEMPLATE.set(Some(Box::leak(Box::new(v8::Global::new(scope, template)))));
    template
}
