//! `binding('http_parser')`: HTTP/1 messages out of bytes, for `runtime/js/internal/http`. Nothing is kept here between
//! two calls and nothing calls back: each function answers about the bytes it was given. Facts that are numbers go
//! into the `info` array which all calls share (its indexes stand in `internal/http/common.js`).
//!
//! ```text
//! parseRequest(bytes, start, end, headMax)  -> target string | 0 more bytes are needed | fault number
//! parseResponse(bytes, start, end, headMax) -> reason string | 0 | fault number
//! headers(bytes, start, end, lower)         -> [name, value, name, value, …] of a section that was parsed before
//! decodeChunked(bytes, start, end, state)   -> [from, to, from, to, …] runs of data, or undefined; info: end, fault
//! parseTrailers(bytes, start, end, headMax) -> offset of the end | 0 more bytes are needed | -fault
//! info                                      Float64Array
//! ```

mod chunked;
mod fault;
mod head;

use crate::node::binder::{Binder, memory_of};
use crate::node::set_value;
use crate::shared_words::SharedArray;
use std::cell::Cell;

use crate::core::core;

use head::{Kind, METHODS, Parsed};

const INFO_LENGTH: usize = 8;
const INFO_END: usize = 0;
const INFO_CODE: usize = 1;
const INFO_MINOR_VERSION: usize = 2;
const INFO_FLAGS: usize = 3;
const INFO_CONTENT_LENGTH: usize = 4;
const INFO_HEADER_COUNT: usize = 5;
const INFO_HEADERS_START: usize = 6;
const INFO_FAULT: usize = 7;

/// Views up to this size may lie on V8's heap, from where they are copied.
const STORAGE: usize = v8::TYPED_ARRAY_MAX_SIZE_IN_HEAP;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.values(|scope, target| {
        let buffer = v8::ArrayBuffer::new(scope, INFO_LENGTH * size_of::<f64>());
        let info = v8::Float64Array::new(scope, buffer, 0, INFO_LENGTH).expect("the buffer has this length");
        set_value(scope, target, "info", info.into());
    });
    to.at_start(|scope, target| {
        let info = SharedArray::over(memory_of(scope, target, "info"), INFO_LENGTH);
        assert!(core().http_info.set(info).is_ok(), "the parser's binding is taken once");
    });
    to.function("parseRequest", parse_request);
    to.function("parseResponse", parse_response);
    to.function("headers", headers);
    to.function("decodeChunked", decode_chunked);
    to.function("parseTrailers", parse_trailers);
}

fn info() -> &'static SharedArray<f64> {
    core().http_info.get().expect("the binding is attached before its functions are called")
}

fn parse_request<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    result: v8::ReturnValue,
) {
    parse_head(Kind::Request, scope, args, result);
}

fn parse_response<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    result: v8::ReturnValue,
) {
    parse_head(Kind::Response, scope, args, result);
}

fn parse_head<'s>(
    kind: Kind,
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut result: v8::ReturnValue,
) {
    let mut storage = [0; STORAGE];
    let Some(view) = view(scope, &args) else { return };
    let start = offset(&args, 1);
    let bytes = view.get_contents(&mut storage).get(start..offset(&args, 2)).unwrap_or_default();
    match head::parse(kind, bytes, offset(&args, 3)) {
        Parsed::Complete(head) => {
            if kind == Kind::Request && core().recordings.is_on() {
                let method = METHODS.get(head.code as usize).unwrap_or(&"?");
                core().stalls.note_request(format!("{method} {}", String::from_utf8_lossy(head.text)));
            }
            let info = info();
            info.set(INFO_END, (start + head.end) as f64);
            info.set(INFO_CODE, f64::from(head.code));
            info.set(INFO_MINOR_VERSION, f64::from(head.minor_version));
            info.set(INFO_FLAGS, f64::from(head.flags));
            info.set(INFO_CONTENT_LENGTH, head.content_length as f64);
            info.set(INFO_HEADER_COUNT, head.header_count as f64);
            info.set(INFO_HEADERS_START, (start + head.headers_start) as f64);
            result.set(latin1(scope, head.text, v8::NewStringType::Normal).into());
        }
        Parsed::Partial => result.set_int32(0),
        Parsed::Faulty(fault, right) => {
            info().set(INFO_END, right as f64);
            result.set_int32(fault as i32);
        }
    }
}

fn headers<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut result: v8::ReturnValue) {
    let mut storage = [0; STORAGE];
    let Some(view) = view(scope, &args) else { return };
    let lower = args.get(3).is_true();
    let bytes = view.get_contents(&mut storage).get(offset(&args, 1)..offset(&args, 2)).unwrap_or_default();
    let mut room = vec![httparse::EMPTY_HEADER; bytes.iter().filter(|&&byte| byte == b'\n').count()];
    let parsed: &[httparse::Header<'_>] = match httparse::parse_headers(bytes, &mut room) {
        Ok(httparse::Status::Complete((_, parsed))) => parsed,
        Ok(httparse::Status::Partial) | Err(_) => &[],
    };
    let mut flat = Vec::with_capacity(parsed.len() * 2);
    let mut lowered = Vec::new();
    for header in parsed {
        let mut name = header.name.as_bytes();
        if lower {
            lowered.clear();
            lowered.extend_from_slice(name);
            lowered.make_ascii_lowercase();
            name = &lowered;
        }
        flat.push(latin1(scope, name, v8::NewStringType::Internalized).into());
        flat.push(latin1(scope, header.value, v8::NewStringType::Normal).into());
    }
    result.set(v8::Array::new_with_elements(scope, &flat).into());
}

fn decode_chunked<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut result: v8::ReturnValue,
) {
    let mut storage = [0; STORAGE];
    let Some(view) = view(scope, &args) else { return };
    let start = offset(&args, 1);
    let Some(numbers) = Numbers::of(args.get(3)) else {
        return type_error(scope, "decodeChunked needs its state, a Float64Array of 3");
    };
    let bytes = view.get_contents(&mut storage).get(start..offset(&args, 2)).unwrap_or_default();
    let mut state = chunked::State::from_numbers([numbers.get(0), numbers.get(1), numbers.get(2)]);
    let mut runs: Vec<v8::Local<v8::Value>> = Vec::new();
    let outcome = state.decode(bytes, |run| {
        runs.push(v8::Number::new(scope, (start + run.start) as f64).into());
        runs.push(v8::Number::new(scope, (start + run.end) as f64).into());
    });
    for (index, number) in state.to_numbers().into_iter().enumerate() {
        numbers.set(index, number);
    }
    let info = info();
    info.set(INFO_CODE, f64::from(u8::from(state.at_trailers())));
    info.set(INFO_END, (start + *outcome.as_ref().unwrap_or(&0)) as f64);
    info.set(INFO_FAULT, outcome.err().map_or(0.0, |fault| f64::from(fault as u8)));
    if !runs.is_empty() {
        result.set(v8::Array::new_with_elements(scope, &runs).into());
    }
}

fn parse_trailers<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut result: v8::ReturnValue,
) {
    let mut storage = [0; STORAGE];
    let Some(view) = view(scope, &args) else { return };
    let start = offset(&args, 1);
    let bytes = view.get_contents(&mut storage).get(start..offset(&args, 2)).unwrap_or_default();
    match head::parse_section(bytes, offset(&args, 3)) {
        Ok(Some(end)) => result.set_double((start + end) as f64),
        Ok(None) => result.set_int32(0),
        Err(fault) => result.set_int32(-(fault as i32)),
    }
}

/// The bytes of a call, its first argument.
fn view<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: &v8::FunctionCallbackArguments<'s>,
) -> Option<v8::Local<'s, v8::Uint8Array>> {
    let view = v8::Local::<v8::Uint8Array>::try_from(args.get(0)).ok();
    if view.is_none() {
        type_error(scope, "the HTTP parser reads a Uint8Array");
    }
    view
}

/// Offsets come from `runtime/js` and are never negative; a slice that they don't fit is empty.
fn offset(args: &v8::FunctionCallbackArguments<'_>, index: i32) -> usize {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(0, |number| number.value() as usize)
}

fn latin1<'s>(scope: &v8::PinScope<'s, '_>, bytes: &[u8], kind: v8::NewStringType) -> v8::Local<'s, v8::String> {
    v8::String::new_from_one_byte(scope, bytes, kind).expect("a head is shorter than the longest string")
}

fn type_error(scope: &mut v8::PinScope<'_, '_>, message: &str) {
    let message = v8::String::new(scope, message).expect("a short message");
    let error = v8::Exception::type_error(scope, message);
    scope.throw_exception(error);
}

/// A `Float64Array` of JavaScript, read and written in place.
struct Numbers {
    store: v8::SharedRef<v8::BackingStore>,
    start: usize,
}

impl Numbers {
    fn of(value: v8::Local<'_, v8::Value>) -> Option<Self> {
        let array = v8::Local::<v8::Float64Array>::try_from(value).ok()?;
        Some(Self { store: array.get_backing_store()?, start: array.byte_offset() })
    }

    fn cells(&self, index: usize) -> &[Cell<u8>] {
        let start = self.start + index * size_of::<f64>();
        self.store.get(start..start + size_of::<f64>()).unwrap_or_default()
    }

    fn get(&self, index: usize) -> f64 {
        let mut bytes = [0; size_of::<f64>()];
        for (byte, cell) in bytes.iter_mut().zip(self.cells(index)) {
            *byte = cell.get();
        }
        f64::from_ne_bytes(bytes)
    }

    fn set(&self, index: usize, number: f64) {
        for (byte, cell) in number.to_ne_bytes().into_iter().zip(self.cells(index)) {
            cell.set(byte);
        }
    }
}

#[cfg(test)]
mod tests;
