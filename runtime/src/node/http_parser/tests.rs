//! Text in, text out for heads and chunked bodies.

use super::chunked::State;
use super::head::{self, Kind, Parsed};

fn request(text: &str) -> String {
    describe(head::parse(Kind::Request, text.as_bytes(), 16 * 1024))
}

fn response(text: &str) -> String {
    describe(head::parse(Kind::Response, text.as_bytes(), 16 * 1024))
}

fn describe(parsed: Parsed<'_>) -> String {
    match parsed {
        Parsed::Complete(head) => format!(
            "{} {} 1.{} flags={} length={} headers={}@{} end={}",
            head.code,
            String::from_utf8_lossy(head.text),
            head.minor_version,
            head.flags,
            head.content_length,
            head.header_count,
            head.headers_start,
            head.end
        ),
        Parsed::Partial => "partial".into(),
        Parsed::Faulty(fault, _) => format!("{fault:?}"),
    }
}

#[test]
fn reads_heads() {
    assert_eq!(request("GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n"), "1 /a?b 1.1 flags=65 length=0 headers=1@19 end=30");
    assert_eq!(
        request("\r\nPOST / HTTP/1.0\r\ncontent-length: 5\r\n\r\nhello"),
        "3 / 1.0 flags=4 length=5 headers=1@19 end=40"
    );
    assert_eq!(
        response("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
        "200 OK 1.1 flags=515 length=0 headers=1@17 end=53"
    );
    assert_eq!(response("HTTP/1.1 204\r\n\r\n"), "204  1.1 flags=1 length=0 headers=0@14 end=16");
    assert_eq!(request("GET / HTTP/1.1\r\nHost: x\r\n"), "partial");
}

#[test]
fn refuses_what_two_parsers_could_read_differently() {
    let with = |lines: &str| request(&format!("POST / HTTP/1.1\r\n{lines}\r\n\r\n"));
    assert_eq!(with("Content-Length: 5\r\nTransfer-Encoding: chunked"), "TransferEncodingWithContentLength");
    assert_eq!(with("Content-Length: 5\r\nContent-Length: 5"), "DuplicateContentLength");
    assert_eq!(with("Content-Length: +5"), "InvalidContentLength");
    assert_eq!(with("Content-Length: 5, 5"), "InvalidContentLength");
    assert_eq!(with("Content-Length:"), "InvalidContentLength");
    assert_eq!(with("Content-Length: 99999999999999999999"), "InvalidContentLength");
    assert_eq!(with("Transfer-Encoding: chunked, identity"), "InvalidTransferEncoding");
    assert_eq!(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), "InvalidTransferEncoding");
    assert_eq!(with("Transfer-Encoding: xchunked"), "InvalidTransferEncoding");
    assert_eq!(with("A: b\r\n c"), "InvalidHeaderToken");
    assert_eq!(with("A : b"), "InvalidHeaderToken");
    assert_eq!(with("A: b\nC: d"), "CarriageReturnExpected");
    assert_eq!(with("A: b\rC: d"), "LineFeedExpected");
    assert_eq!(request("GET / HTTP/1.1\nHost: x\n\n"), "CarriageReturnExpected");
    assert_eq!(request("get / HTTP/1.1\r\n\r\n"), "InvalidMethod");
    assert_eq!(request("GET / HTTP/2.0\r\n\r\n"), "InvalidVersion");
    assert_eq!(request("GET /\x01 HTTP/1.1\r\n\r\n"), "InvalidUrl");
}

#[test]
fn limits_the_size_of_heads() {
    let long = "x".repeat(16 * 1024);
    assert_eq!(request(&format!("GET / HTTP/1.1\r\nA: {long}\r\n\r\n")), "HeaderOverflow");
    assert_eq!(request(&format!("GET / HTTP/1.1\r\nA: {long}{}", &long[..100])), "HeaderOverflow");
    let many = "a:b\r\n".repeat(1000);
    assert!(request(&format!("GET / HTTP/1.1\r\n{many}\r\n")).contains("headers=1000@16"));
}

fn decode(pieces: &[&str]) -> String {
    let mut state = State::from_numbers([0.0; 3]);
    let mut text = String::new();
    for piece in pieces {
        let mut data = String::new();
        match state.decode(piece.as_bytes(), |run| data.push_str(&piece[run])) {
            Ok(at) => text.push_str(&format!("{data}|{}", if at < piece.len() { &piece[at..] } else { "" })),
            Err(fault) => return format!("{text}{fault:?}"),
        }
        state = State::from_numbers(state.to_numbers());
    }
    text.push_str(if state.at_trailers() { "end" } else { "more" });
    text
}

#[test]
fn decodes_chunks_however_they_are_split() {
    assert_eq!(decode(&["5\r\nhello\r\n0\r\n\r\n"]), "hello|\r\nend");
    assert_eq!(decode(&["5", "\r", "\nhe", "llo", "\r\n0", "\r\n"]), "||he|llo|||end");
    assert_eq!(decode(&["A;name=\"v\"\r\n0123456789\r\n0\r\nX: y\r\n\r\n"]), "0123456789|X: y\r\n\r\nend");
    assert_eq!(decode(&["5\r\nhel"]), "hel|more");
}

#[test]
fn refuses_faulty_chunks() {
    assert_eq!(decode(&["x\r\n"]), "InvalidChunkSize");
    assert_eq!(decode(&["5 \r\nhello"]), "InvalidChunkSize");
    assert_eq!(decode(&["0x5\r\nhello"]), "InvalidChunkSize");
    assert_eq!(decode(&["5\nhello"]), "InvalidChunkSize");
    assert_eq!(decode(&["5\r\nhelloX"]), "CarriageReturnExpected");
    assert_eq!(decode(&["5\r\nhello\n"]), "CarriageReturnExpected");
    assert_eq!(decode(&["5;a\nb\r\nhello"]), "InvalidChunkSize");
    assert_eq!(decode(&["fffffffffffffffff\r\n"]), "InvalidChunkSize");
    assert_eq!(decode(&[&format!("5;{}", "a".repeat(17 * 1024))]), "ChunkExtensionsOverflow");
}

#[test]
fn finds_the_end_of_trailers() {
    assert_eq!(head::parse_section(b"\r\nGET", 1024), Ok(Some(2)));
    assert_eq!(head::parse_section(b"A: b\r\n\r\n", 1024), Ok(Some(8)));
    assert_eq!(head::parse_section(b"A: b\r\n", 1024), Ok(None));
    assert!(head::parse_section(b"A: b\n\n", 1024).is_err());
}
