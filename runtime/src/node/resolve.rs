//! `binding('resolve')`: what the module resolver asks of the file system, and the conversions between paths and URLs.
//! The rules themselves are in `internal/module`.

use crate::node::binder::Binder;
use ada_url::Url;

use crate::marker::native_op;
use crate::node::throw;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("stat", stat);
    to.function("realpath", realpath);
    to.function("readText", read_text);
    to.function("pathToUrl", path_to_url);
    to.function("urlToPath", url_to_path);
    to.function("joinUrl", join_url);
}

const FILE: i32 = 0;
const FOLDER: i32 = 1;

/// `stat(path)` -> 0 for a file, 1 for a folder, a negative errno else
fn stat<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let path = args.get(0).to_rust_string_lossy(scope);
    let _mark = native_op("stat", &path);
    rv.set_int32(match std::fs::metadata(&path) {
        Ok(found) if found.is_dir() => FOLDER,
        Ok(_) => FILE,
        Err(error) => -error.raw_os_error().unwrap_or(libc::ENOENT),
    });
}

/// `realpath(path)` -> the path without links, or a negative errno
fn realpath<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let path = args.get(0).to_rust_string_lossy(scope);
    let _mark = native_op("realpath", &path);
    match std::fs::canonicalize(&path) {
        Ok(real) => rv.set(v8::String::new(scope, &real.to_string_lossy()).expect("paths are short").into()),
        Err(error) => rv.set_int32(-error.raw_os_error().unwrap_or(libc::ENOENT)),
    }
}

/// `readText(path)` -> the file's text without a byte order mark, or a negative errno
fn read_text<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let path = args.get(0).to_rust_string_lossy(scope);
    let _mark = native_op("read module", &path);
    match std::fs::read(&path) {
        Ok(bytes) => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            match text(scope, bytes) {
                Some(text) => rv.set(text.into()),
                None => throw(scope, "ERR_STRING_TOO_LONG", &format!("{path} is longer than a string can be")),
            }
        }
        Err(error) => rv.set_int32(-error.raw_os_error().unwrap_or(libc::EIO)),
    }
}

fn text<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: &[u8]) -> Option<v8::Local<'s, v8::String>> {
    if bytes.is_ascii() {
        return v8::String::new_from_one_byte(scope, bytes, v8::NewStringType::Normal);
    }
    v8::String::new_from_utf8(scope, bytes, v8::NewStringType::Normal)
}

/// `pathToUrl(absolute path)` -> its `file:` URL
fn path_to_url<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let path = args.get(0).to_rust_string_lossy(scope);
    let url = file_url(&path);
    rv.set(v8::String::new(scope, &url).expect("URLs are short").into());
}

/// The `file:` URL of a path, with the characters escaped that Node escapes.
pub fn file_url(path: &str) -> String {
    use std::fmt::Write;
    let mut url = String::with_capacity(path.len() + 8);
    url.push_str("file://");
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => url.push(byte as char),
            b'/' | b'-' | b'_' | b'.' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
            | b':' | b'@' => {
                url.push(byte as char);
            }
            other => {
                let _ = write!(url, "%{other:02X}");
            }
        }
    }
    url
}

/// `urlToPath(url)` -> the path of a `file:` URL, or undefined when it is none of this machine
fn url_to_path<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let url = args.get(0).to_rust_string_lossy(scope);
    let Ok(url) = Url::parse(&url, None) else { return };
    if url.protocol() != "file:" || !matches!(url.hostname(), "" | "localhost") {
        return;
    }
    let path = percent_decode(url.pathname());
    rv.set(v8::String::new(scope, &path).expect("paths are short").into());
}

fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = if bytes[at] == b'%' {
            text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok())
        } else {
            None
        };
        decoded.push(hex.unwrap_or(bytes[at]));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// `joinUrl(specifier, base)` -> the URL, or undefined when it is none
fn join_url<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let specifier = args.get(0).to_rust_string_lossy(scope);
    let base = if args.get(1).is_undefined() { None } else { Some(args.get(1).to_rust_string_lossy(scope)) };
    if let Ok(url) = Url::parse(&specifier, base.as_deref()) {
        rv.set(v8::String::new(scope, url.href()).expect("URLs are short").into());
    }
}

#[cfg(test)]
mod tests {
    use super::file_url;

    #[test]
    fn paths_become_urls_as_node_escapes_them() {
        assert_eq!(file_url("/a b/c#d?e%/é[1].js"), "file:///a%20b/c%23d%3Fe%25/%C3%A9%5B1%5D.js");
        assert_eq!(file_url("/@scope/x~y.js"), "file:///@scope/x%7Ey.js");
    }
}
