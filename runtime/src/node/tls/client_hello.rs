//! What a client says before a server must choose its certificate: the name it wants and the protocols it speaks
//! (RFC 8446 §4.1.2, RFC 6066 §3, RFC 7301). A server's context can so be chosen before the connection is made.

use crate::node::binder::Binder;
use crate::node::buffer::view::View;
use crate::pool::{self, Value};

const RECORD_HANDSHAKE: u8 = 22;
const RECORD_HEADER_BYTES: usize = 5;
const MESSAGE_CLIENT_HELLO: u8 = 1;
const EXTENSION_SERVER_NAME: u16 = 0;
const EXTENSION_ALPN: u16 = 16;
/// A hello larger than this is left to the library to refuse.
const HELLO_BYTES_MAX: usize = 64 * 1024;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("readClientHello", read_client_hello);
}

/// `readClientHello(bytes)` -> `[server name, protocols]`, null when more bytes are needed
fn read_client_hello<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Some(view) = View::of(args.get(0)) else { return };
    let Some(hello) = gather(view.bytes()) else { return rv.set_null() };
    let (name, alpn) = parse(&hello).unwrap_or_default();
    let names = protocols(&alpn).map(|name| Value::Str(String::from_utf8_lossy(name).into_owned())).collect();
    rv.set(pool::value_to_js(scope, Value::List(vec![Value::Str(name), Value::List(names)])));
}

/// The handshake message, put together of its records; `None` while it is incomplete. What is no hello gives nothing.
fn gather(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        if bytes.len() < RECORD_HEADER_BYTES {
            return if bytes.first().is_some_and(|first| *first != RECORD_HANDSHAKE) { Some(Vec::new()) } else { None };
        }
        let length = usize::from(u16::from_be_bytes([bytes[3], bytes[4]]));
        if bytes[0] != RECORD_HANDSHAKE || message.len() > HELLO_BYTES_MAX {
            return Some(Vec::new());
        }
        message.extend_from_slice(bytes[RECORD_HEADER_BYTES..].get(..length)?);
        bytes = &bytes[RECORD_HEADER_BYTES + length..];
        if message.len() >= 4 {
            let wanted = u32::from_be_bytes([0, message[1], message[2], message[3]]) as usize;
            if message[0] != MESSAGE_CLIENT_HELLO || message.len() >= wanted + 4 {
                return Some(message);
            }
        }
    }
}

/// A cursor that takes fields with their lengths.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn short(&mut self) -> Option<u16> {
        self.take(2).map(|b| u16::from_be_bytes([b[0], b[1]]))
    }

    fn counted8(&mut self) -> Option<&'a [u8]> {
        let length = self.take(1)?[0];
        self.take(length.into())
    }

    fn counted16(&mut self) -> Option<&'a [u8]> {
        let length = self.short()?;
        self.take(length.into())
    }
}

fn parse(message: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut fields = Fields(message.get(4..)?);
    fields.take(2 + 32)?;
    fields.counted8()?;
    fields.counted16()?;
    fields.counted8()?;
    let mut extensions = Fields(fields.counted16()?);
    let (mut name, mut alpn) = (String::new(), Vec::new());
    while let (Some(kind), Some(body)) = (extensions.short(), extensions.counted16()) {
        match kind {
            EXTENSION_SERVER_NAME => {
                let mut entries = Fields(Fields(body).counted16()?);
                entries.take(1)?;
                name = String::from_utf8_lossy(entries.counted16()?).into_owned();
            }
            EXTENSION_ALPN => alpn = Fields(body).counted16()?.to_vec(),
            _ => {}
        }
    }
    Some((name, alpn))
}

/// The names of a list in wire form.
pub fn protocols(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut fields = Fields(list);
    std::iter::from_fn(move || fields.counted8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_hello_asks_for_more_and_garbage_gives_nothing() {
        assert!(gather(&[22, 3, 1]).is_none());
        assert!(gather(&[22, 3, 1, 0, 9, 1, 0]).is_none());
        assert_eq!(gather(b"GET / HTTP/1.1\r\n"), Some(Vec::new()));
        assert!(parse(&[]).is_none());
    }

    #[test]
    fn protocols_are_read_from_their_wire_form() {
        let list: Vec<_> = protocols(b"\x02h2\x08http/1.1").collect();
        assert_eq!(list, [&b"h2"[..], b"http/1.1"]);
    }
}
