//! `binding('encoding')`: the decoders of the WHATWG Encoding standard that keep state, and all but UTF-8. The encodings
//! are those of `encoding_rs`, which is Firefox's. What is UTF-8 in one piece goes through `binding('buffer')`.

use crate::node::binder::Binder;
use std::cell::RefCell;

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding};

use crate::node::buffer::decode::string_too_long;
use crate::node::buffer::view::{View, index};
use crate::node::throw;

/// Live decoders at most; each is a `TextDecoder` in the middle of a stream.
const DECODERS_MAX: usize = 1 << 20;

thread_local! {
    /// The decoders by number; a free place is `None`.
    static DECODERS: RefCell<Vec<Option<Decoder>>> = const { RefCell::new(Vec::new()) };
}

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("nameOf", name_of);
    to.function("decode", decode);
    to.function("open", open);
    to.function("decodeChunk", decode_chunk);
    to.function("close", close);
}

/// The encoding that a label names, `undefined` if none, or if it is the one that decodes nothing.
fn name_of<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let label = args.get(0).to_rust_string_lossy(scope);
    let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) else { return };
    let name = encoding.name().to_ascii_lowercase();
    let name = v8::String::new(scope, &name).expect("names are short");
    rv.set(name.into());
}

fn encoding_of(scope: &mut v8::PinScope<'_, '_>, name: v8::Local<'_, v8::Value>) -> &'static Encoding {
    let name = name.to_rust_string_lossy(scope);
    Encoding::for_label(name.as_bytes()).expect("JavaScript passes names that nameOf gave")
}

fn decoder_of(encoding: &'static Encoding, ignores_bom: bool) -> Decoder {
    // A byte order mark is removed, unless it is to be kept; it never changes the encoding here.
    if ignores_bom { encoding.new_decoder_without_bom_handling() } else { encoding.new_decoder_with_bom_removal() }
}

/// `decode(name, view, ignoreBOM, fatal)`: the whole text; `undefined` if `fatal` and the bytes are not in the encoding.
fn decode<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let mut decoder = decoder_of(encoding_of(scope, args.get(0)), args.get(2).is_true());
    let Some(view) = View::of(args.get(1)) else { return throw(scope, "ERR_INVALID_ARG_TYPE", "no view") };
    let text = run(&mut decoder, view.bytes(), Policy::of(args.get(3)), End::Last);
    answer(scope, text, &mut rv);
}

/// `open(name, ignoreBOM)`: the number of a new decoder.
fn open<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let decoder = decoder_of(encoding_of(scope, args.get(0)), args.get(1).is_true());
    let number = DECODERS.with_borrow_mut(|decoders| match decoders.iter().position(Option::is_none) {
        Some(free) => {
            decoders[free] = Some(decoder);
            Some(free)
        }
        None if decoders.len() < DECODERS_MAX => {
            decoders.push(Some(decoder));
            Some(decoders.len() - 1)
        }
        None => None,
    });
    match number {
        Some(number) => rv.set_uint32(number as u32),
        None => throw(scope, "ERR_OUT_OF_RANGE", "too many TextDecoders are in the middle of a stream"),
    }
}

/// `decodeChunk(number, view, fatal, isLast)`: the text so far; `undefined` as `decode` has it. The last ends the decoder.
fn decode_chunk<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let number = index(args.get(0));
    let Some(view) = View::of(args.get(1)) else { return throw(scope, "ERR_INVALID_ARG_TYPE", "no view") };
    let end = if args.get(3).is_true() { End::Last } else { End::More };
    let text = DECODERS.with_borrow_mut(|decoders| {
        let place = decoders.get_mut(number)?;
        let text = run(place.as_mut()?, view.bytes(), Policy::of(args.get(2)), end);
        if text.is_none() || end == End::Last {
            *place = None;
        }
        text
    });
    answer(scope, text, &mut rv);
}

/// `close(number)`: for a decoder whose stream was left in the middle.
fn close<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    DECODERS.with_borrow_mut(|decoders| {
        if let Some(place) = decoders.get_mut(index(args.get(0))) {
            *place = None;
        }
    });
}

#[derive(Clone, Copy, PartialEq)]
enum Policy {
    Replace,
    Fatal,
}

impl Policy {
    fn of(fatal: v8::Local<'_, v8::Value>) -> Policy {
        if fatal.is_true() { Policy::Fatal } else { Policy::Replace }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    More,
    Last,
}

/// The UTF-16 of `bytes`; `None` if they are wrong and that is fatal.
fn run(decoder: &mut Decoder, bytes: &[u8], policy: Policy, end: End) -> Option<Vec<u16>> {
    let room = decoder.max_utf16_buffer_length(bytes.len())?;
    let mut units = vec![0; room];
    let is_last = end == End::Last;
    let written = match policy {
        Policy::Replace => {
            let (result, _, written, _) = decoder.decode_to_utf16(bytes, &mut units, is_last);
            debug_assert!(result == CoderResult::InputEmpty, "there was room for everything");
            written
        }
        Policy::Fatal => match decoder.decode_to_utf16_without_replacement(bytes, &mut units, is_last) {
            (DecoderResult::InputEmpty, _, written) => written,
            _ => return None,
        },
    };
    units.truncate(written);
    Some(units)
}

fn answer(scope: &mut v8::PinScope<'_, '_>, units: Option<Vec<u16>>, rv: &mut Returned<'_>) {
    let Some(units) = units else { return };
    match v8::String::new_from_two_byte(scope, &units, v8::NewStringType::Normal) {
        Some(text) => rv.set(text.into()),
        None => string_too_long(scope),
    }
}
