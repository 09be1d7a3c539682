//! `IO`: reading streams that other commands have opened.

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::Inspector;
use crate::wire::{Answer, Fault, empty, params};

#[derive(Deserialize)]
struct Read {
    handle: String,
    offset: Option<usize>,
    size: Option<usize>,
}

#[derive(Deserialize)]
struct Close {
    handle: String,
}

impl Inspector {
    pub(super) fn io(&self, name: &str, raw: Option<&RawValue>) -> Option<Answer> {
        let unknown = |handle: &str| Fault::params(format!("no stream has the handle {handle}"));
        let answer = match name {
            "read" => params(raw).and_then(|Read { handle, offset, size }| {
                let piece = self.streams.borrow_mut().read(&handle, offset, size);
                let (bytes, eof) = piece.ok_or_else(|| unknown(&handle))?;
                match String::from_utf8(bytes) {
                    Ok(data) => Ok(json!({ "data": data, "eof": eof, "base64Encoded": false })),
                    Err(error) => Ok(json!({ "data": base64(error.as_bytes()), "eof": eof, "base64Encoded": true })),
                }
            }),
            "close" => params(raw).and_then(|Close { handle }| {
                if self.streams.borrow_mut().close(&handle) { empty() } else { Err(unknown(&handle)) }
            }),
            _ => return None,
        };
        Some(answer)
    }
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_of_each_remainder() {
        let texts = [(&b"a"[..], "YQ=="), (b"ab", "YWI="), (b"abc", "YWJj"), (b"\xff\xfe\xfd\xfc", "//79/A==")];
        for (bytes, text) in texts {
            assert_eq!(super::base64(bytes), text);
        }
    }
}
