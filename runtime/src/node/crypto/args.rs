//! Arguments from JavaScript and results to it.

use crate::node::buffer::view::View;
use crate::node::crypto::Fault;
use crate::pool::{self, Value};

/// The bytes of a view; of a string its UTF-8. `scratch` holds what must be encoded.
pub fn with_bytes<R>(
    scope: &mut v8::PinScope<'_, '_>,
    value: v8::Local<'_, v8::Value>,
    run: impl FnOnce(&[u8]) -> R,
) -> R {
    if let Some(view) = View::of(value) {
        return run(view.bytes());
    }
    let Ok(text) = v8::Local::<v8::String>::try_from(value) else { return run(&[]) };
    let mut small = [std::mem::MaybeUninit::uninit(); 512];
    run(text.to_rust_cow_lossy(scope, &mut small).as_bytes())
}

/// A copy of the bytes of a view or string.
pub fn bytes(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Vec<u8> {
    with_bytes(scope, value, <[u8]>::to_vec)
}

/// As [`bytes`]; `None` for undefined and null.
pub fn bytes_if_given(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Option<Vec<u8>> {
    if value.is_null_or_undefined() { None } else { Some(bytes(scope, value)) }
}

pub fn text(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> String {
    value.to_rust_string_lossy(scope)
}

/// A number, or `None` for anything else.
pub fn number(value: v8::Local<'_, v8::Value>) -> Option<f64> {
    v8::Local::<v8::Number>::try_from(value).ok().map(|number| number.value())
}

pub fn index(value: v8::Local<'_, v8::Value>) -> usize {
    number(value).unwrap_or(0.0) as usize
}

/// How a result of bytes reaches JavaScript; the numbers are known to `internal/crypto/util`.
#[derive(Clone, Copy)]
pub enum Encoding {
    Bytes,
    Hex,
    Base64,
    Base64Url,
    Latin1,
}

impl Encoding {
    pub fn of(value: v8::Local<'_, v8::Value>) -> Encoding {
        match index(value) {
            1 => Encoding::Hex,
            2 => Encoding::Base64,
            3 => Encoding::Base64Url,
            4 => Encoding::Latin1,
            _ => Encoding::Bytes,
        }
    }
}

/// `bytes` as a `Uint8Array`, or as a string in `encoding`.
pub fn encoded<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: &[u8], encoding: Encoding) -> v8::Local<'s, v8::Value> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let ascii = match encoding {
        Encoding::Bytes => return pool::value_to_js(scope, Value::Bytes(bytes.to_vec())),
        Encoding::Latin1 => bytes.to_vec(),
        Encoding::Hex => bytes.iter().flat_map(|b| [HEX[(b >> 4) as usize], HEX[(b & 15) as usize]]).collect(),
        Encoding::Base64 => openssl::base64::encode_block(bytes).into_bytes(),
        Encoding::Base64Url => base64_url(bytes),
    };
    v8::String::new_from_one_byte(scope, &ascii, v8::NewStringType::Normal).expect("digests fit a string").into()
}

fn base64_url(bytes: &[u8]) -> Vec<u8> {
    let mut text = openssl::base64::encode_block(bytes).into_bytes();
    text.retain(|c| *c != b'=');
    for c in &mut text {
        *c = match *c {
            b'+' => b'-',
            b'/' => b'_',
            other => other,
        };
    }
    text
}

/// Returns the value or throws the fault.
pub fn finish(scope: &mut v8::PinScope<'_, '_>, mut rv: v8::ReturnValue, result: Result<Value, Fault>) {
    match result {
        Ok(value) => rv.set(pool::value_to_js(scope, value)),
        Err(fault) => fault.throw(scope),
    }
}

/// Runs `work` now when the argument at `callback` is no function, else on the pool with `callback(error, value)`.
/// `name` marks the synchronous form and names the asynchronous one.
pub fn now_or_later(
    scope: &mut v8::PinScope<'_, '_>,
    rv: v8::ReturnValue,
    callback: v8::Local<'_, v8::Value>,
    names: (&'static str, &'static str),
    work: impl FnOnce() -> Result<Value, Fault> + Send + 'static,
) {
    let Ok(callback) = v8::Local::<v8::Function>::try_from(callback) else {
        let result = {
            let _mark = crate::marker::native_op(names.0, "");
            work()
        };
        return finish(scope, rv, result);
    };
    let job = move || Ok(settled(work()));
    pool::submit(scope, rondo_protocol::CallbackKind::Crypto, Some(names.1.to_owned()), callback, job);
}

/// A job's result as one value: on failure the error object itself.
fn settled(result: Result<Value, Fault>) -> Value {
    match result {
        Ok(value) => Value::List(vec![Value::Undefined, value]),
        Err(fault) => Value::List(vec![Value::Make(Box::new(move |scope| fault.to_js(scope)))]),
    }
}
