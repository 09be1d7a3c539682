//! Strings to bytes: `<encoding>Write(view, string, offset, length)` returns the bytes written; only whole characters
//! are. `encodeUtf8(string)` makes a `Uint8Array` of its own; `encodeInto(string, view, results)` is `TextEncoder`'s.

use super::throw;
use super::view::{View, index, index_or};
use v8::ValueViewData::{OneByte, TwoByte};
use v8::{ValueView, WriteFlags, simdutf};

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

/// Calls `write` with the string and the part of the view that the arguments name; returns what it wrote.
#[inline]
fn with_target<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: &Arguments<'s>,
    rv: &mut Returned<'_>,
    write: impl FnOnce(&mut v8::PinScope<'s, '_>, v8::Local<'s, v8::String>, &mut [u8]) -> usize,
) {
    let Some(mut view) = View::of(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a buffer");
    };
    let Ok(string) = v8::Local::<v8::String>::try_from(args.get(1)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a string");
    };
    let offset = index(args.get(2));
    let range = view.range(offset, offset.saturating_add(index_or(args.get(3), usize::MAX)));
    let written = write(scope, string, &mut view.bytes_mut()[range]);
    rv.set_double(written as f64);
}

pub fn utf8_write<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_target(scope, &args, &mut rv, |scope, string, target| utf8_into(scope, string, target));
}

/// Writes `string` as UTF-8, lone surrogates as U+FFFD.
pub fn utf8_into<'s>(scope: &mut v8::PinScope<'s, '_>, string: v8::Local<'s, v8::String>, target: &mut [u8]) -> usize {
    {
        let view = ValueView::new(scope, string);
        match view.data() {
            OneByte(bytes) => return latin1_into_utf8(bytes, target),
            TwoByte(units) if units.len() <= target.len() / 3 => {
                // SAFETY: a UTF-16 unit takes at most three bytes of UTF-8, and there is room for that.
                let result = unsafe { simdutf::convert_utf16le_to_utf8_with_errors(units, target) };
                if result.is_ok() {
                    return result.count;
                }
            }
            TwoByte(_) => {}
        }
    }
    string.write_utf8_v2(scope, target, WriteFlags::kReplaceInvalidUtf8, None)
}

/// Writes the characters of `text` that fit, as UTF-8.
pub fn latin1_into_utf8(text: &[u8], target: &mut [u8]) -> usize {
    if text.len() <= target.len() && text.is_ascii() {
        target[..text.len()].copy_from_slice(text);
        return text.len();
    }
    if text.len() <= target.len() / 2 {
        // SAFETY: a Latin-1 character takes at most two bytes of UTF-8, and there is room for that.
        return unsafe { simdutf::convert_latin1_to_utf8(text, target) };
    }
    let mut written = 0;
    for byte in text {
        let mut character = [0; 2];
        let character = char::from(*byte).encode_utf8(&mut character).as_bytes();
        let Some(place) = target.get_mut(written..written + character.len()) else { break };
        place.copy_from_slice(character);
        written += character.len();
    }
    written
}

pub fn latin1_write<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_target(scope, &args, &mut rv, |scope, string, target| {
        string.write_one_byte_v2(scope, 0, target, WriteFlags::empty());
        string.length().min(target.len())
    });
}

pub fn ucs2_write<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_target(scope, &args, &mut rv, |scope, string, target| {
        let view = ValueView::new(scope, string);
        let pairs = target.chunks_exact_mut(2);
        match view.data() {
            OneByte(bytes) => {
                let count = pairs.len().min(bytes.len());
                pairs.zip(bytes).for_each(|(pair, byte)| pair.copy_from_slice(&[*byte, 0]));
                count * 2
            }
            TwoByte(units) => {
                let count = pairs.len().min(units.len());
                pairs.zip(units).for_each(|(pair, unit)| pair.copy_from_slice(&unit.to_le_bytes()));
                count * 2
            }
        }
    });
}

/// Stops at the first pair that is not hexadecimal.
pub fn hex_write<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_target(scope, &args, &mut rv, |scope, string, target| {
        let view = ValueView::new(scope, string);
        match view.data() {
            OneByte(bytes) => hex_into(bytes, target, |byte| HEX_VALUES[usize::from(byte)]),
            TwoByte(units) => {
                hex_into(units, target, |unit| HEX_VALUES.get(usize::from(unit)).copied().unwrap_or(NOT_HEX))
            }
        }
    });
}

fn hex_into<Unit: Copy>(digits: &[Unit], target: &mut [u8], value: impl Fn(Unit) -> u8) -> usize {
    let mut written = 0;
    for (pair, byte) in digits.chunks_exact(2).zip(target) {
        let (high, low) = (value(pair[0]), value(pair[1]));
        if (high | low) & 0xf0 != 0 {
            break;
        }
        *byte = high << 4 | low;
        written += 1;
    }
    written
}

pub fn base64_write<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    with_target(scope, &args, &mut rv, |scope, string, target| {
        let view = ValueView::new(scope, string);
        match view.data() {
            OneByte(bytes) => super::base64::decode_lenient(bytes, target),
            TwoByte(units) => {
                // What is above U+00FF is no base64 digit; any other non-digit stands in for it.
                let bytes: Vec<u8> = units.iter().map(|unit| u8::try_from(*unit).unwrap_or(b'\xff')).collect();
                super::base64::decode_lenient(&bytes, target)
            }
        }
    });
}

/// The length of `string` as UTF-8.
#[inline]
pub fn utf8_length<'s>(scope: &mut v8::PinScope<'s, '_>, string: v8::Local<'s, v8::String>) -> usize {
    {
        let view = ValueView::new(scope, string);
        match view.data() {
            OneByte(bytes) => return simdutf::utf8_length_from_latin1(bytes),
            TwoByte(units) if simdutf::validate_utf16le(units) => return simdutf::utf8_length_from_utf16le(units),
            TwoByte(_) => {}
        }
    }
    string.utf8_length(scope)
}

/// `byteLengthUtf8(string)`
pub fn byte_length_utf8<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    match v8::Local::<v8::String>::try_from(args.get(0)) {
        Ok(string) => rv.set_double(utf8_length(scope, string) as f64),
        Err(_) => throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a string"),
    }
}

/// `encodeUtf8(string)`: a `Uint8Array` over a buffer of exactly its length.
pub fn encode_utf8<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Ok(string) = v8::Local::<v8::String>::try_from(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a string");
    };
    let length = utf8_length(scope, string);
    let Some(buffer) = super::alloc::unsafe_array_buffer(scope, length) else {
        return throw(scope, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
    };
    let array = v8::Uint8Array::new(scope, buffer, 0, length).expect("the buffer has this length");
    let mut view = View::of(array.into()).expect("a typed array is a view");
    utf8_into(scope, string, view.bytes_mut());
    rv.set(array.into());
}

/// `encodeInto(string, view, results)`: sets `results` to the characters read and the bytes written.
pub fn encode_into<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let string = v8::Local::<v8::String>::try_from(args.get(0));
    let (Ok(string), Some(mut view), Some(mut results)) = (string, View::of(args.get(1)), View::of(args.get(2))) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "arguments must be a string, a view and the results");
    };
    let mut read = 0;
    let flags = WriteFlags::kReplaceInvalidUtf8;
    let written = string.write_utf8_v2(scope, view.bytes_mut(), flags, Some(&mut read));
    for (result, value) in results.bytes_mut().chunks_exact_mut(8).zip([read, written]) {
        result.copy_from_slice(&(value as f64).to_ne_bytes());
    }
}

const NOT_HEX: u8 = 0xff;
const HEX_VALUES: [u8; 256] = hex_values();

const fn hex_values() -> [u8; 256] {
    let mut values = [NOT_HEX; 256];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit] as usize] = digit as u8;
        values[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
}
