//! Bytes to strings: `<encoding>Slice(view, start, end)`, one per encoding.

use super::throw;
use super::view::{View, index, index_or};
use v8::simdutf::{self, Base64Options};

/// Results up to this size are put together on the stack.
const STACK_BYTES: usize = 1024;

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

/// The view and range that the arguments name; `None` when there is no view.
#[inline]
fn slice_arguments(args: &Arguments<'_>) -> Option<(View, std::ops::Range<usize>)> {
    let view = View::of(args.get(0))?;
    let range = view.range(index(args.get(1)), index_or(args.get(2), usize::MAX));
    Some((view, range))
}

/// Calls `decode` with the bytes that the arguments name and returns its string.
#[inline]
fn with_bytes<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: &Arguments<'s>,
    rv: &mut Returned<'_>,
    decode: impl FnOnce(&mut v8::PinScope<'s, '_>, &[u8]) -> Option<v8::Local<'s, v8::String>>,
) {
    let Some((view, range)) = slice_arguments(args) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a buffer");
    };
    if range.is_empty() {
        return rv.set_empty_string();
    }
    match decode(scope, &view.bytes()[range]) {
        Some(string) => rv.set(string.into()),
        None => string_too_long(scope),
    }
}

pub fn string_too_long(scope: &mut v8::PinScope<'_, '_>) {
    let message = format!("Cannot create a string longer than 0x{:x} characters", v8::String::MAX_LENGTH);
    throw(scope, "ERR_STRING_TOO_LONG", &message);
}

pub fn utf8_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_bytes(scope, &args, &mut rv, |scope, bytes| {
        v8::String::new_from_utf8(scope, bytes, v8::NewStringType::Normal)
    });
}

/// As `utf8Slice`, but `undefined` when the bytes are not UTF-8.
pub fn utf8_slice_fatal<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    match slice_arguments(&args) {
        Some((view, range)) if !simdutf::validate_utf8(&view.bytes()[range.clone()]) => rv.set_undefined(),
        _ => utf8_slice(scope, args, rv),
    }
}

pub fn latin1_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_bytes(scope, &args, &mut rv, one_byte);
}

pub fn ascii_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_bytes(scope, &args, &mut rv, |scope, bytes| {
        if simdutf::validate_ascii(bytes) {
            return one_byte(scope, bytes);
        }
        let masked: Vec<u8> = bytes.iter().map(|byte| byte & 0x7f).collect();
        one_byte(scope, &masked)
    });
}

pub fn ucs2_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_bytes(scope, &args, &mut rv, |scope, bytes| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        v8::String::new_from_two_byte(scope, &units, v8::NewStringType::Normal)
    });
}

pub fn hex_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_bytes(scope, &args, &mut rv, |scope, bytes| {
        with_scratch(bytes.len().checked_mul(2)?, |text| {
            for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
                pair.copy_from_slice(&HEX_PAIRS[usize::from(*byte)]);
            }
            one_byte(scope, text)
        })
    });
}

pub fn base64_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_bytes(scope, &args, &mut rv, |scope, bytes| base64(scope, bytes, Base64Options::Default));
}

pub fn base64url_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_bytes(scope, &args, &mut rv, |scope, bytes| base64(scope, bytes, Base64Options::Url));
}

pub fn base64<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    bytes: &[u8],
    options: Base64Options,
) -> Option<v8::Local<'s, v8::String>> {
    with_scratch(simdutf::base64_length_from_binary(bytes.len(), options), |text| {
        // SAFETY: the text has the length that simdutf asked for.
        let length = unsafe { simdutf::binary_to_base64(bytes, text, options) };
        one_byte(scope, &text[..length])
    })
}

pub fn one_byte<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: &[u8]) -> Option<v8::Local<'s, v8::String>> {
    v8::String::new_from_one_byte(scope, bytes, v8::NewStringType::Normal)
}

/// Calls `fill` with `length` bytes of scratch memory.
fn with_scratch<T>(length: usize, fill: impl FnOnce(&mut [u8]) -> Option<T>) -> Option<T> {
    if length > v8::String::MAX_LENGTH {
        None
    } else if length <= STACK_BYTES {
        fill(&mut [0; STACK_BYTES][..length])
    } else {
        fill(&mut vec![0; length])
    }
}

const HEX_PAIRS: [[u8; 2]; 256] = hex_pairs();

const fn hex_pairs() -> [[u8; 2]; 256] {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
}
