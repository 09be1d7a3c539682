//! Events as JavaScript reads them: one flat array, six places for each: its number, the stream's id, and four values.

use super::state::{Event, Field};
use crate::pool::{Value, value_to_js};

/// The same numbers stand in `js/internal/http2/dispatch.js`.
mod number {
    pub const BROKEN: i32 = 0;
    pub const HEADERS: i32 = 1;
    pub const DATA: i32 = 2;
    pub const END: i32 = 3;
    pub const CLOSED: i32 = 4;
    pub const SETTINGS: i32 = 5;
    pub const SETTINGS_ACKNOWLEDGED: i32 = 6;
    pub const PING: i32 = 7;
    pub const PING_ACKNOWLEDGED: i32 = 8;
    pub const GOAWAY: i32 = 9;
    pub const FRAME_NOT_SENT: i32 = 10;
    pub const ALTSVC: i32 = 11;
    pub const ORIGIN: i32 = 12;
    pub const WANTS_TRAILERS: i32 = 13;
    pub const WRITTEN: i32 = 14;
}

/// Places that each event takes.
const STRIDE: usize = 6;

type Local<'s> = v8::Local<'s, v8::Value>;

pub fn to_js<'s>(scope: &mut v8::PinScope<'s, '_>, events: Vec<Event>) -> v8::Local<'s, v8::Array> {
    let mut flat: Vec<Local<'s>> = Vec::with_capacity(events.len() * STRIDE);
    let nothing: Local = v8::undefined(scope).into();
    for event in events {
        let start = flat.len();
        push(scope, &mut flat, event);
        flat.resize(start + STRIDE, nothing);
    }
    v8::Array::new_with_elements(scope, &flat)
}

fn push<'s>(scope: &mut v8::PinScope<'s, '_>, flat: &mut Vec<Local<'s>>, event: Event) {
    let mut begin = |scope: &mut v8::PinScope<'s, '_>, number: i32, id: i32| {
        flat.push(int(scope, number));
        flat.push(int(scope, id));
    };
    match event {
        Event::Broken { code, name } => {
            begin(scope, number::BROKEN, 0);
            flat.push(int(scope, code));
            if let Some(name) = name {
                flat.push(latin1(scope, name.as_bytes()));
            }
        }
        Event::Headers { id, category, flags, fields } => {
            begin(scope, number::HEADERS, id);
            flat.push(v8::Integer::new_from_unsigned(scope, category).into());
            flat.push(int(scope, i32::from(flags)));
            let (list, secrets) = fields_to_js(scope, &fields);
            flat.push(list);
            flat.extend(secrets);
        }
        Event::Data { id, bytes } => {
            begin(scope, number::DATA, id);
            flat.push(value_to_js(scope, Value::Bytes(bytes)));
        }
        Event::End { id } => begin(scope, number::END, id),
        Event::Closed { id, code } => {
            begin(scope, number::CLOSED, id);
            flat.push(v8::Integer::new_from_unsigned(scope, code).into());
        }
        Event::Settings { values } => {
            begin(scope, number::SETTINGS, 0);
            flat.push(value_to_js(scope, Value::Floats(values)));
        }
        Event::SettingsAcknowledged => begin(scope, number::SETTINGS_ACKNOWLEDGED, 0),
        Event::Ping { payload } => {
            begin(scope, number::PING, 0);
            flat.push(value_to_js(scope, Value::Bytes(payload.to_vec())));
        }
        Event::PingAcknowledged { payload } => {
            begin(scope, number::PING_ACKNOWLEDGED, 0);
            flat.push(value_to_js(scope, Value::Bytes(payload.to_vec())));
        }
        Event::Goaway { code, last_id, data } => {
            begin(scope, number::GOAWAY, 0);
            flat.push(v8::Integer::new_from_unsigned(scope, code).into());
            flat.push(int(scope, last_id));
            if !data.is_empty() {
                flat.push(value_to_js(scope, Value::Bytes(data)));
            }
        }
        Event::FrameNotSent { id, kind, code } => {
            begin(scope, number::FRAME_NOT_SENT, id);
            flat.push(int(scope, i32::from(kind)));
            flat.push(int(scope, code));
        }
        Event::Altsvc { id, origin, value } => {
            begin(scope, number::ALTSVC, id);
            flat.push(latin1(scope, &origin));
            flat.push(latin1(scope, &value));
        }
        Event::Origin { origins } => {
            begin(scope, number::ORIGIN, 0);
            let origins: Vec<Local> = origins.iter().map(|origin| latin1(scope, origin)).collect();
            flat.push(v8::Array::new_with_elements(scope, &origins).into());
        }
        Event::WantsTrailers { id } => begin(scope, number::WANTS_TRAILERS, id),
        Event::Written { id } => begin(scope, number::WRITTEN, id),
    }
}

/// Names and values one after the other, and the names that are secrets, if there are any.
fn fields_to_js<'s>(scope: &mut v8::PinScope<'s, '_>, fields: &[Field]) -> (Local<'s>, Option<Local<'s>>) {
    let mut list = Vec::with_capacity(fields.len() * 2);
    let mut secrets = Vec::new();
    for field in fields {
        let name = name(scope, &field.name);
        list.push(name);
        list.push(latin1(scope, &field.value));
        if field.is_sensitive {
            secrets.push(name);
        }
    }
    let secrets = (!secrets.is_empty()).then(|| v8::Array::new_with_elements(scope, &secrets).into());
    (v8::Array::new_with_elements(scope, &list).into(), secrets)
}

fn int<'s>(scope: &mut v8::PinScope<'s, '_>, value: i32) -> Local<'s> {
    v8::Integer::new(scope, value).into()
}

/// Names become keys of objects: as such they are one string each, however often they come.
fn name<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: &[u8]) -> Local<'s> {
    one_byte(scope, bytes, v8::NewStringType::Internalized)
}

fn latin1<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: &[u8]) -> Local<'s> {
    one_byte(scope, bytes, v8::NewStringType::Normal)
}

fn one_byte<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: &[u8], kind: v8::NewStringType) -> Local<'s> {
    v8::String::new_from_one_byte(scope, bytes, kind).expect("frames are shorter than the longest string").into()
}
