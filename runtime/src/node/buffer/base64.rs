//! Base64 to bytes: Node's lenient reading for `Buffer`, and the Web's strict one for `atob` (Infra standard, §7).

use super::decode;
use super::throw;
use v8::ValueViewData::{OneByte, TwoByte};
use v8::simdutf::{self, Base64Options, LastChunkHandling};

/// `atob` found a character that is not base64.
const INVALID_CHARACTER: i32 = -1;

/// Decodes as much of `text` as fits; both alphabets count, everything else is skipped. Returns the bytes written.
pub fn decode_lenient(text: &[u8], target: &mut [u8]) -> usize {
    if simdutf::maximal_binary_length_from_base64(text) <= target.len() {
        // SAFETY: the target has the room that simdutf asks for.
        let result =
            unsafe { simdutf::base64_to_binary(text, target, Base64Options::Default, LastChunkHandling::Loose) };
        if result.is_ok() {
            return result.count;
        }
    }
    decode_skipping(text, target)
}

fn decode_skipping(text: &[u8], target: &mut [u8]) -> usize {
    let (mut bits, mut count, mut written) = (0u32, 0u32, 0);
    for byte in text {
        let value = VALUES[usize::from(*byte)];
        if value == PADDING {
            break;
        }
        if value == NOT_BASE64 {
            continue;
        }
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            let Some(place) = target.get_mut(written) else { break };
            *place = (bits >> count) as u8;
            written += 1;
        }
    }
    written
}

/// `atob(string)`: the decoded Latin-1 string, or a negative number when it is not base64.
pub fn atob<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue<'_>,
) {
    let Ok(string) = v8::Local::<v8::String>::try_from(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a string");
    };
    let decoded = {
        let view = v8::ValueView::new(scope, string);
        match view.data() {
            OneByte(text) => decode_forgiving(text),
            TwoByte(units) => {
                let text: Option<Vec<u8>> = units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
                text.and_then(|text| decode_forgiving(&text))
            }
        }
    };
    match decoded.map(|bytes| decode::one_byte(scope, &bytes)) {
        Some(Some(text)) => rv.set(text.into()),
        Some(None) => decode::string_too_long(scope),
        None => rv.set_int32(INVALID_CHARACTER),
    }
}

fn decode_forgiving(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; simdutf::maximal_binary_length_from_base64(text)];
    // SAFETY: the target has the room that simdutf asks for.
    let result =
        unsafe { simdutf::base64_to_binary(text, &mut bytes, Base64Options::Default, LastChunkHandling::Loose) };
    result.is_ok().then(|| {
        bytes.truncate(result.count);
        bytes
    })
}

/// `btoa(string)`: base64 of a Latin-1 string, or a negative number when it holds another character.
pub fn btoa<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue<'_>,
) {
    let Ok(string) = v8::Local::<v8::String>::try_from(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be a string");
    };
    if !string.contains_only_onebyte() {
        return rv.set_int32(INVALID_CHARACTER);
    }
    let mut bytes = vec![0; string.length()];
    string.write_one_byte_v2(scope, 0, &mut bytes, v8::WriteFlags::empty());
    match decode::base64(scope, &bytes, Base64Options::Default) {
        Some(text) => rv.set(text.into()),
        None => decode::string_too_long(scope),
    }
}

const NOT_BASE64: u8 = 0xff;
const PADDING: u8 = 0xfe;
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut values = [NOT_BASE64; 256];
    let mut digit = 0;
    while digit < digits.len() {
        values[digits[digit] as usize] = digit as u8;
        digit += 1;
    }
    values[b'+' as usize] = 62;
    values[b'-' as usize] = 62;
    values[b'/' as usize] = 63;
    values[b'_' as usize] = 63;
    values[b'=' as usize] = PADDING;
    values
}
