//! Operations on bytes as bytes: compare, copy, fill, swap, validate.

use super::throw;
use super::view::{View, index};
use v8::simdutf;

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

/// `compare(a, b)`: -1, 0 or 1.
pub fn compare(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    match (View::of(args.get(0)), View::of(args.get(1))) {
        (Some(a), Some(b)) => rv.set_int32(a.bytes().cmp(b.bytes()) as i32),
        _ => throw(scope, "ERR_INVALID_ARG_TYPE", "arguments must be buffers"),
    }
}

/// `compareOffset(source, target, targetStart, sourceStart, targetLength, sourceLength)`: -1, 0 or 1.
pub fn compare_offset(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let (Some(source), Some(target)) = (View::of(args.get(0)), View::of(args.get(1))) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "arguments must be buffers");
    };
    let (target_start, source_start) = (index(args.get(2)), index(args.get(3)));
    let target_range = target.range(target_start, target_start.saturating_add(index(args.get(4))));
    let source_range = source.range(source_start, source_start.saturating_add(index(args.get(5))));
    rv.set_int32(source.bytes()[source_range].cmp(&target.bytes()[target_range]) as i32);
}

/// `copy(source, target, targetStart, sourceStart, length)`: the bytes copied. The views may overlap.
pub fn copy(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    match (View::of(args.get(0)), View::of(args.get(1))) {
        (Some(source), Some(mut target)) => {
            let length = index(args.get(4));
            rv.set_double(target.copy_from(index(args.get(2)), source, index(args.get(3)), length) as f64);
        }
        _ => throw(scope, "ERR_INVALID_ARG_TYPE", "arguments must be buffers"),
    }
}

/// `fillBytes(view, pattern, start, end)`: repeats `pattern`, which must not be empty, from `start`.
pub fn fill_bytes(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, _: Returned<'_>) {
    let (Some(mut view), Some(pattern)) = (View::of(args.get(0)), View::of(args.get(1))) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "arguments must be buffers");
    };
    let range = view.range(index(args.get(2)), index(args.get(3)));
    if pattern.length() == 0 || range.is_empty() {
        return;
    }
    let mut filled = view.copy_from(range.start, pattern, 0, pattern.length().min(range.len()));
    let target = &mut view.bytes_mut()[range];
    while filled < target.len() {
        let more = filled.min(target.len() - filled);
        target.copy_within(..more, filled);
        filled += more;
    }
}

pub fn swap16(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, rv: Returned<'_>) {
    swap::<2>(scope, args, rv);
}

pub fn swap32(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, rv: Returned<'_>) {
    swap::<4>(scope, args, rv);
}

pub fn swap64(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, rv: Returned<'_>) {
    swap::<8>(scope, args, rv);
}

/// Reverses each group of `WIDTH` bytes.
fn swap<const WIDTH: usize>(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let Some(mut view) = View::of(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a buffer");
    };
    for group in view.bytes_mut().chunks_exact_mut(WIDTH) {
        group.reverse();
    }
    rv.set(args.get(0));
}

pub fn is_utf8(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    match View::of(args.get(0)) {
        Some(view) => rv.set_bool(simdutf::validate_utf8(view.bytes())),
        None => throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a buffer"),
    }
}

pub fn is_ascii(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    match View::of(args.get(0)) {
        Some(view) => rv.set_bool(simdutf::validate_ascii(view.bytes())),
        None => throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a buffer"),
    }
}
