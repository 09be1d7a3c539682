//! `indexOf` and `lastIndexOf`: forward and backward search for a byte, bytes, or a string in an encoding.

use super::throw;
use super::view::View;
use memchr::memmem;
use v8::ValueViewData::{OneByte, TwoByte};

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

const NOT_FOUND: f64 = -1.0;

/// How far apart two places are at which a match may start.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Byte,
    /// UTF-16: only even places count.
    Pair,
}

/// Where to start, as Node reads a `byteOffset`: negative ones count from the end. `None` when nothing can match.
fn start_of(length: usize, offset: f64, needle: usize, forward: bool) -> Option<usize> {
    let end = length as f64;
    if offset < 0.0 {
        if offset + end >= 0.0 {
            return Some((offset + end) as usize);
        }
        return (forward || needle == 0).then_some(0);
    }
    if offset + needle as f64 <= end {
        Some(offset as usize)
    } else if needle == 0 {
        Some(length)
    } else if forward {
        None
    } else {
        Some(length.saturating_sub(1))
    }
}

pub fn byte_at(haystack: &[u8], byte: u8, offset: f64, forward: bool) -> Option<usize> {
    let start = start_of(haystack.len(), offset, 1, forward)?;
    if forward {
        memchr::memchr(byte, haystack.get(start..)?).map(|found| start + found)
    } else {
        memchr::memrchr(byte, &haystack[..haystack.len().min(start + 1)])
    }
}

fn bytes_at(haystack: &[u8], needle: &[u8], offset: f64, forward: bool, unit: Unit) -> Option<usize> {
    let start = start_of(haystack.len(), offset, needle.len(), forward)?;
    if needle.is_empty() {
        return Some(start);
    }
    if needle.len() > haystack.len() || (unit == Unit::Pair && needle.len() < 2) {
        return None;
    }
    match unit {
        Unit::Byte if forward => memmem::find(&haystack[start..], needle).map(|found| start + found),
        Unit::Byte => memmem::rfind(&haystack[..haystack.len().min(start + needle.len())], needle),
        Unit::Pair if forward => {
            let mut from = start & !1;
            loop {
                let found = from + memmem::find(haystack.get(from..)?, needle)?;
                if found & 1 == 0 {
                    return Some(found);
                }
                from = found + 1;
            }
        }
        Unit::Pair => {
            let mut until = haystack.len().min((start & !1) + needle.len());
            loop {
                let found = memmem::rfind(&haystack[..until], needle)?;
                if found & 1 == 0 {
                    return Some(found);
                }
                until = found + needle.len() - 1;
            }
        }
    }
}

fn number(value: v8::Local<'_, v8::Value>) -> f64 {
    v8::Local::<v8::Number>::try_from(value).map_or(0.0, |number| number.value())
}

fn answer(rv: &mut Returned<'_>, found: Option<usize>) {
    rv.set_double(found.map_or(NOT_FOUND, |place| place as f64));
}

/// `indexOfByte(view, byte, offset, forward)`
pub fn index_of_byte(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let Some(view) = View::of(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a buffer");
    };
    let byte = number(args.get(1)) as u64 as u8;
    answer(&mut rv, byte_at(view.bytes(), byte, number(args.get(2)), args.get(3).is_true()));
}

/// `indexOfBytes(view, needle, offset, forward, isUtf16)`
pub fn index_of_bytes(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let (Some(view), Some(needle)) = (View::of(args.get(0)), View::of(args.get(1))) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "arguments must be buffers");
    };
    let unit = if args.get(4).is_true() { Unit::Pair } else { Unit::Byte };
    answer(&mut rv, bytes_at(view.bytes(), needle.bytes(), number(args.get(2)), args.get(3).is_true(), unit));
}

/// `indexOfString(view, string, offset, forward, encoding)`, with encoding 0 for UTF-8, 1 for UTF-16, 2 for Latin-1.
pub fn index_of_string<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let (Some(view), Ok(string)) = (View::of(args.get(0)), v8::Local::<v8::String>::try_from(args.get(1))) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "arguments must be a buffer and a string");
    };
    let (offset, forward, encoding) = (number(args.get(2)), args.get(3).is_true(), number(args.get(4)) as u8);
    let unit = if encoding == 1 { Unit::Pair } else { Unit::Byte };
    let text = v8::ValueView::new(scope, string);
    let found = match (text.data(), encoding) {
        (OneByte(bytes), 0) if bytes.is_ascii() => bytes_at(view.bytes(), bytes, offset, forward, unit),
        (OneByte(bytes), 2) => bytes_at(view.bytes(), bytes, offset, forward, unit),
        (OneByte(bytes), 1) => {
            let needle: Vec<u8> = bytes.iter().flat_map(|byte| [*byte, 0]).collect();
            bytes_at(view.bytes(), &needle, offset, forward, unit)
        }
        (TwoByte(units), 1) => {
            let needle: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            bytes_at(view.bytes(), &needle, offset, forward, unit)
        }
        (TwoByte(units), 2) => {
            let needle: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
            bytes_at(view.bytes(), &needle, offset, forward, unit)
        }
        _ => bytes_at(view.bytes(), text.to_cow_lossy().as_bytes(), offset, forward, unit),
    };
    answer(&mut rv, found);
}
