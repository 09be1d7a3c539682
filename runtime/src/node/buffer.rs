//! Bytes and strings: the native half of `buffer`, `string_decoder` and the text encoders.
//!
//! Every operation takes its byte views as arguments and reads and writes their backing stores in place. Offsets and
//! lengths are clamped here, so a wrong one can at worst do nothing; the JavaScript side throws the errors users see.
//! No operation runs JavaScript between taking a view's bytes and its last use of them.

mod alloc;
mod base64;
pub mod decode;
mod encode;
mod fast;
mod keys;
mod memory;
mod search;
pub mod view;

use crate::node::binder::Binder;
use crate::node::set_value;

pub use view::View;

/// The largest length of a typed array in this V8.
const LENGTH_MAX: f64 = 9_007_199_254_740_991.0;

type Callback = v8::FunctionCallback;

/// Sets the operations of `binding('buffer')` on `target`.
pub fn bind(to: &mut Binder<'_, '_, '_>) {
    use v8::MapFnTo;
    let operations: [(&str, Callback); 26] = [
        ("asciiSlice", decode::ascii_slice.map_fn_to()),
        ("base64Slice", decode::base64_slice.map_fn_to()),
        ("base64urlSlice", decode::base64url_slice.map_fn_to()),
        ("hexSlice", decode::hex_slice.map_fn_to()),
        ("latin1Slice", decode::latin1_slice.map_fn_to()),
        ("ucs2Slice", decode::ucs2_slice.map_fn_to()),
        ("utf8Slice", decode::utf8_slice.map_fn_to()),
        ("utf8SliceFatal", decode::utf8_slice_fatal.map_fn_to()),
        ("base64Write", encode::base64_write.map_fn_to()),
        ("hexWrite", encode::hex_write.map_fn_to()),
        ("ucs2Write", encode::ucs2_write.map_fn_to()),
        ("encodeUtf8", encode::encode_utf8.map_fn_to()),
        ("encodeInto", encode::encode_into.map_fn_to()),
        ("atob", base64::atob.map_fn_to()),
        ("btoa", base64::btoa.map_fn_to()),
        ("compareOffset", memory::compare_offset.map_fn_to()),
        ("fillBytes", memory::fill_bytes.map_fn_to()),
        ("swap16", memory::swap16.map_fn_to()),
        ("swap32", memory::swap32.map_fn_to()),
        ("swap64", memory::swap64.map_fn_to()),
        ("isUtf8", memory::is_utf8.map_fn_to()),
        ("isAscii", memory::is_ascii.map_fn_to()),
        ("indexOfBytes", search::index_of_bytes.map_fn_to()),
        ("indexOfString", search::index_of_string.map_fn_to()),
        ("ownNonIndexKeys", keys::own_non_index_keys.map_fn_to()),
        ("createUnsafeArrayBuffer", alloc::create_unsafe_array_buffer.map_fn_to()),
    ];
    for (name, callback) in operations {
        to.raw_function(name, callback);
    }
    fast::bind(to);
    to.values(|scope, target| {
        let length_max = v8::Number::new(scope, LENGTH_MAX);
        set_value(scope, target, "kMaxLength", length_max.into());
        let string_length_max = v8::Number::new(scope, v8::String::MAX_LENGTH as f64);
        set_value(scope, target, "kStringMaxLength", string_length_max.into());
    });
}

/// Throws an error with Node's `code`: a `TypeError` for a wrong argument, else an `Error`.
fn throw(scope: &mut v8::PinScope<'_, '_>, code: &str, message: &str) {
    let message = v8::String::new(scope, message).expect("messages are short");
    let error = match code {
        "ERR_INVALID_ARG_TYPE" => v8::Exception::type_error(scope, message),
        _ => v8::Exception::error(scope, message),
    };
    if let Ok(object) = v8::Local::<v8::Object>::try_from(error) {
        let key = v8::String::new(scope, "code").expect("short");
        let code = v8::String::new(scope, code).expect("codes are short");
        object.set(scope, key.into(), code.into());
    }
    scope.throw_exception(error);
}
