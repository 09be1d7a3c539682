//! The head of one HTTP/1 message (RFC 9112 §2–6): `httparse` reads the lines, this file adds what it lets pass (bare
//! line feeds) and decides the framing of the body, strictly: whatever two parsers could read differently is a fault.

use std::mem::MaybeUninit;

use super::fault::Fault;

pub const KEEP_ALIVE: u32 = 1;
pub const CHUNKED: u32 = 1 << 1;
pub const HAS_CONTENT_LENGTH: u32 = 1 << 2;
pub const UPGRADE: u32 = 1 << 3;
pub const EXPECT: u32 = 1 << 4;
pub const EXPECT_CONTINUE: u32 = 1 << 5;
pub const HOST: u32 = 1 << 6;
pub const MULTIPLE_HOSTS: u32 = 1 << 7;
pub const CONNECTION_CLOSE: u32 = 1 << 8;
pub const TRANSFER_ENCODING: u32 = 1 << 9;

/// Heads with more header lines than this are parsed a second time with room on the heap.
const HEADERS_ON_STACK: usize = 96;
/// The largest length that JavaScript's numbers count exactly.
const CONTENT_LENGTH_MAX: u64 = (1 << 53) - 1;

/// Order of Node's `llhttp`; the index is the method's number, the same table stands in `internal/http/common.js`.
pub const METHODS: [&str; 35] = [
    "DELETE",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "CONNECT",
    "OPTIONS",
    "TRACE",
    "COPY",
    "LOCK",
    "MKCOL",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "SEARCH",
    "UNLOCK",
    "BIND",
    "REBIND",
    "UNBIND",
    "ACL",
    "REPORT",
    "MKACTIVITY",
    "CHECKOUT",
    "MERGE",
    "M-SEARCH",
    "NOTIFY",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "PATCH",
    "PURGE",
    "MKCALENDAR",
    "LINK",
    "UNLINK",
    "SOURCE",
    "QUERY",
];

/// A complete head. Offsets count from the start of the slice that was parsed.
#[derive(Debug)]
pub struct Head<'a> {
    /// The request target, or the reason phrase of a response.
    pub text: &'a [u8],
    /// The method's number, or the status of a response.
    pub code: u32,
    pub minor_version: u8,
    pub flags: u32,
    pub content_length: u64,
    pub header_count: usize,
    pub headers_start: usize,
    pub end: usize,
}

#[derive(Debug)]
pub enum Parsed<'a> {
    Complete(Head<'a>),
    Partial,
    /// What is wrong, and how many bytes were right.
    Faulty(Fault, usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Request,
    Response,
}

pub fn parse<'a>(kind: Kind, bytes: &'a [u8], head_max: usize) -> Parsed<'a> {
    let mut on_stack = [const { MaybeUninit::uninit() }; HEADERS_ON_STACK];
    if let Some(parsed) = parse_with_room(kind, bytes, head_max, &mut on_stack) {
        return parsed;
    }
    // The shortest header line is `a:` and its line end: a head within its limit has no more lines than this.
    let mut on_heap = vec![MaybeUninit::uninit(); bytes.len() / 4 + 1];
    parse_with_room(kind, bytes, head_max, &mut on_heap).unwrap_or(Parsed::Faulty(Fault::HeaderOverflow, bytes.len()))
}

/// A trailer section up to its empty line: where it ends, or `None` while bytes are missing.
pub fn parse_section(bytes: &[u8], head_max: usize) -> Result<Option<usize>, Fault> {
    let mut room = vec![httparse::EMPTY_HEADER; bytes.iter().filter(|&&byte| byte == b'\n').count() + 1];
    match httparse::parse_headers(bytes, &mut room) {
        Ok(httparse::Status::Complete((end, _))) if has_bare_line_feed(&bytes[..end]) => {
            Err(Fault::CarriageReturnExpected)
        }
        Ok(httparse::Status::Complete((end, _))) if end > head_max => Err(Fault::HeaderOverflow),
        Ok(httparse::Status::Complete((end, _))) => Ok(Some(end)),
        Ok(httparse::Status::Partial) if bytes.len() >= head_max => Err(Fault::HeaderOverflow),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(error) => Err(fault_of(error, true, bytes).unwrap_or(Fault::HeaderOverflow)),
    }
}

/// `None` says that the room for header lines was too small.
fn parse_with_room<'a>(
    kind: Kind,
    bytes: &'a [u8],
    head_max: usize,
    room: &mut [MaybeUninit<httparse::Header<'a>>],
) -> Option<Parsed<'a>> {
    let outcome = match kind {
        Kind::Request => {
            let mut request = httparse::Request::new(&mut []);
            match request.parse_with_uninit_headers(bytes, room) {
                Ok(httparse::Status::Complete(end)) => request_head(bytes, end, &request),
                Ok(httparse::Status::Partial) => return Some(method_fault(bytes).unwrap_or(partial(bytes, head_max))),
                Err(error) => match method_fault(bytes) {
                    Some(faulty) => return Some(faulty),
                    None => Err(fault_of(error, request.method.is_some(), bytes)?),
                },
            }
        }
        Kind::Response => {
            let config = httparse::ParserConfig::default();
            let mut response = httparse::Response::new(&mut []);
            match config.parse_response_with_uninit_headers(&mut response, bytes, room) {
                Ok(httparse::Status::Complete(end)) => response_head(bytes, end, &response),
                Ok(httparse::Status::Partial) => {
                    return Some(constant_fault(bytes).unwrap_or(partial(bytes, head_max)));
                }
                Err(error) => match constant_fault(bytes) {
                    Some(faulty) => return Some(faulty),
                    None => Err(fault_of(error, true, bytes)?),
                },
            }
        }
    };
    Some(match outcome {
        Ok((head, size)) if size >= head_max => Parsed::Faulty(Fault::HeaderOverflow, head.end),
        Ok((head, _)) => Parsed::Complete(head),
        Err(fault) => Parsed::Faulty(fault, where_framing_fails(fault, bytes)),
    })
}

/// A method that cannot become a known one any more is a fault before its line is complete.
fn method_fault<'a>(bytes: &[u8]) -> Option<Parsed<'a>> {
    let start = start_of_message(bytes);
    let rest = &bytes[start..];
    let length = rest.iter().position(|&byte| byte == b' ');
    let given = &rest[..length.unwrap_or(rest.len())];
    let known = METHODS.iter().any(|method| match length {
        Some(_) => method.as_bytes() == given,
        None => method.as_bytes().starts_with(given),
    });
    if known {
        return None;
    }
    let right = METHODS.iter().map(|method| common_prefix(method.as_bytes(), given)).max().unwrap_or(0);
    Some(Parsed::Faulty(Fault::InvalidMethod, start + right.max(1)))
}

/// The same for the name of the protocol, with which a response begins.
fn constant_fault<'a>(bytes: &[u8]) -> Option<Parsed<'a>> {
    const PROTOCOL: &[u8] = b"HTTP/";
    let start = start_of_message(bytes);
    let rest = &bytes[start..];
    let right = common_prefix(PROTOCOL, rest);
    (right < PROTOCOL.len().min(rest.len())).then_some(Parsed::Faulty(Fault::InvalidConstant, start + right))
}

fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// How far a head was right whose two framing headers contradict each other: up to the second of them.
fn where_framing_fails(fault: Fault, bytes: &[u8]) -> usize {
    let name: &[u8] = match fault {
        Fault::TransferEncodingWithContentLength => b"transfer-encoding:",
        Fault::ContentLengthWithTransferEncoding => b"content-length:",
        _ => return 0,
    };
    bytes.windows(name.len()).position(|window| window.eq_ignore_ascii_case(name)).map_or(0, |at| at + name.len())
}

/// A head that has grown over its limit is refused before its end is seen. Line ends and separators don't count.
fn partial<'a>(bytes: &[u8], head_max: usize) -> Parsed<'a> {
    if bytes.len() >= head_max {
        let lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
        if bytes.len() - (lines * 4).min(bytes.len()) >= head_max {
            return Parsed::Faulty(Fault::HeaderOverflow, bytes.len());
        }
    }
    Parsed::Partial
}

fn fault_of(error: httparse::Error, after_method: bool, bytes: &[u8]) -> Option<Fault> {
    Some(match error {
        httparse::Error::HeaderName | httparse::Error::HeaderValue if has_bare_carriage_return(bytes) => {
            Fault::LineFeedExpected
        }
        httparse::Error::TooManyHeaders => return None,
        httparse::Error::Token if after_method => Fault::InvalidUrl,
        httparse::Error::Token => Fault::InvalidMethod,
        httparse::Error::Version => Fault::InvalidVersion,
        httparse::Error::HeaderName => Fault::InvalidHeaderToken,
        httparse::Error::HeaderValue => Fault::InvalidHeaderValue,
        httparse::Error::NewLine => Fault::LineFeedExpected,
        httparse::Error::Status => Fault::InvalidStatus,
    })
}

type HeadAndSize<'a> = Result<(Head<'a>, usize), Fault>;

fn request_head<'a>(bytes: &'a [u8], end: usize, request: &httparse::Request<'_, 'a>) -> HeadAndSize<'a> {
    let method = request.method.expect("a complete request has a method");
    let code = METHODS.iter().position(|&known| known == method).ok_or(Fault::InvalidMethod)? as u32;
    let text = request.path.expect("a complete request has a target").as_bytes();
    let minor_version = request.version.expect("a complete request has a version");
    let framing = Framing::read(request.headers, minor_version)?;
    if framing.flags & TRANSFER_ENCODING != 0 && framing.flags & CHUNKED == 0 {
        // Only a final `chunked` tells where the body of a request ends (RFC 9112 §6.3).
        return Err(Fault::InvalidTransferEncoding);
    }
    finish(bytes, end, text, code, minor_version, framing, request.headers.len())
}

fn response_head<'a>(bytes: &'a [u8], end: usize, response: &httparse::Response<'_, 'a>) -> HeadAndSize<'a> {
    let code = u32::from(response.code.expect("a complete response has a status"));
    let minor_version = response.version.expect("a complete response has a version");
    let framing = Framing::read(response.headers, minor_version)?;
    let line_start = start_of_message(bytes);
    let line_end = line_start + line_length(&bytes[line_start..]);
    // `HTTP/1.1 200 OK`: httparse gives no reason that has bytes above 0x7f, so it is taken from the line.
    let reason_start = (line_start + "HTTP/1.1 200 ".len()).min(line_end);
    finish(bytes, end, &bytes[reason_start..line_end], code, minor_version, framing, response.headers.len())
}

fn finish<'a>(
    bytes: &'a [u8],
    end: usize,
    text: &'a [u8],
    code: u32,
    minor_version: u8,
    framing: Framing,
    header_count: usize,
) -> HeadAndSize<'a> {
    let line_start = start_of_message(bytes);
    if has_bare_line_feed(&bytes[..end]) {
        return Err(Fault::CarriageReturnExpected);
    }
    let headers_start = line_start + line_length(&bytes[line_start..]) + 2;
    let head = Head {
        text,
        code,
        minor_version,
        flags: framing.flags,
        content_length: framing.content_length,
        header_count,
        headers_start,
        end,
    };
    Ok((head, framing.size + text.len()))
}

/// Empty lines before the message are skipped (RFC 9112 §2.2).
fn start_of_message(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| byte != b'\r' && byte != b'\n').unwrap_or(bytes.len())
}

fn line_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| byte == b'\r').unwrap_or(bytes.len())
}

fn has_bare_line_feed(head: &[u8]) -> bool {
    let mut before = 0;
    let mut bare = false;
    for &byte in head {
        bare |= byte == b'\n' && before != b'\r';
        before = byte;
    }
    bare
}

fn has_bare_carriage_return(head: &[u8]) -> bool {
    head.windows(2).any(|pair| pair[0] == b'\r' && pair[1] != b'\n')
}

#[derive(Default)]
struct Framing {
    flags: u32,
    content_length: u64,
    /// Bytes of names and values, which is what the limit on a head counts.
    size: usize,
}

impl Framing {
    fn read(headers: &[httparse::Header<'_>], minor_version: u8) -> Result<Self, Fault> {
        let mut framing = Self::default();
        let mut says_keep_alive = false;
        let mut says_upgrade = false;
        let mut has_upgrade = false;
        for header in headers {
            framing.size += header.name.len() + header.value.len();
            let name = header.name;
            match name.len() {
                4 if name.eq_ignore_ascii_case("host") => {
                    framing.flags |= if framing.flags & HOST == 0 { HOST } else { MULTIPLE_HOSTS };
                }
                6 if name.eq_ignore_ascii_case("expect") => {
                    framing.flags |= EXPECT;
                    if header.value.eq_ignore_ascii_case(b"100-continue") {
                        framing.flags |= EXPECT_CONTINUE;
                    }
                }
                7 if name.eq_ignore_ascii_case("upgrade") => has_upgrade = true,
                10 if name.eq_ignore_ascii_case("connection") => {
                    for token in tokens(header.value) {
                        says_keep_alive |= token.eq_ignore_ascii_case(b"keep-alive");
                        says_upgrade |= token.eq_ignore_ascii_case(b"upgrade");
                        if token.eq_ignore_ascii_case(b"close") {
                            framing.flags |= CONNECTION_CLOSE;
                        }
                    }
                }
                14 if name.eq_ignore_ascii_case("content-length") => {
                    if framing.flags & TRANSFER_ENCODING != 0 {
                        return Err(Fault::ContentLengthWithTransferEncoding);
                    }
                    framing.content_length(header.value)?;
                }
                17 if name.eq_ignore_ascii_case("transfer-encoding") => {
                    if framing.flags & HAS_CONTENT_LENGTH != 0 {
                        return Err(Fault::TransferEncodingWithContentLength);
                    }
                    framing.transfer_encoding(header.value)?;
                }
                _ => {}
            }
        }
        if has_upgrade && says_upgrade {
            framing.flags |= UPGRADE;
        }
        // Before HTTP/1.1 a transfer coding can't be trusted to have been understood on the way (RFC 9112 §6.1).
        let persistent =
            if minor_version == 0 { says_keep_alive && framing.flags & TRANSFER_ENCODING == 0 } else { true };
        if persistent && framing.flags & CONNECTION_CLOSE == 0 {
            framing.flags |= KEEP_ALIVE;
        }
        Ok(framing)
    }

    fn content_length(&mut self, value: &[u8]) -> Result<(), Fault> {
        if self.flags & HAS_CONTENT_LENGTH != 0 {
            return Err(Fault::DuplicateContentLength);
        }
        if value.is_empty() {
            return Err(Fault::InvalidContentLength);
        }
        let mut length: u64 = 0;
        for &byte in value {
            if !byte.is_ascii_digit() {
                return Err(Fault::InvalidContentLength);
            }
            length = length * 10 + u64::from(byte - b'0');
            if length > CONTENT_LENGTH_MAX {
                return Err(Fault::InvalidContentLength);
            }
        }
        self.flags |= HAS_CONTENT_LENGTH;
        self.content_length = length;
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), Fault> {
        self.flags |= TRANSFER_ENCODING;
        for coding in value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
            // Nothing may follow `chunked`, not even another `chunked` or an empty element.
            if self.flags & CHUNKED != 0 {
                return Err(Fault::InvalidTransferEncoding);
            }
            if coding.eq_ignore_ascii_case(b"chunked") {
                self.flags |= CHUNKED;
            }
        }
        Ok(())
    }
}

fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii)
}
