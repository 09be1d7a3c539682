//! Arguments of file operations as Rust values.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::node::buffer::View;

/// How names come back: as text, or as bytes for callers that decode them otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Names {
    Text,
    Bytes,
}

/// A string or the bytes of a view as a path; JavaScript has refused NULs.
pub fn path(scope: &mut v8::PinScope<'_, '_>, args: &v8::FunctionCallbackArguments<'_>, at: i32) -> PathBuf {
    let value = args.get(at);
    match View::of(value) {
        Some(view) => OsString::from_vec(view.bytes().to_vec()).into(),
        None => value.to_rust_string_lossy(scope).into(),
    }
}

pub fn c_path(path: &Path) -> Result<CString, i32> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| libc::EINVAL)
}

pub fn int(args: &v8::FunctionCallbackArguments<'_>, at: i32) -> i32 {
    v8::Local::<v8::Number>::try_from(args.get(at)).map_or(0, |number| number.value() as i64 as i32)
}

pub fn float(args: &v8::FunctionCallbackArguments<'_>, at: i32) -> f64 {
    v8::Local::<v8::Number>::try_from(args.get(at)).map_or(0.0, |number| number.value())
}

pub fn size(args: &v8::FunctionCallbackArguments<'_>, at: i32) -> usize {
    float(args, at).max(0.0) as usize
}

/// A place in a file, or `None` for the file's own position: a negative number, or no number.
pub fn position(args: &v8::FunctionCallbackArguments<'_>, at: i32) -> Option<i64> {
    let value = args.get(at);
    let number = match v8::Local::<v8::BigInt>::try_from(value) {
        Ok(number) => number.i64_value().0,
        Err(_) => v8::Local::<v8::Number>::try_from(value).map_or(-1, |number| number.value() as i64),
    };
    (number >= 0).then_some(number)
}

pub fn flag(args: &v8::FunctionCallbackArguments<'_>, at: i32) -> bool {
    args.get(at).is_true()
}

pub fn names(args: &v8::FunctionCallbackArguments<'_>, at: i32) -> Names {
    if flag(args, at) { Names::Bytes } else { Names::Text }
}
