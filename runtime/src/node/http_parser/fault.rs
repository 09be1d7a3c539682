//! What can be wrong with an HTTP/1 message. The number of a fault is its index in the table of codes and reasons in
//! `runtime/js/internal/http/common.js`; zero is never a fault.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Fault {
    InvalidMethod = 1,
    InvalidUrl = 2,
    InvalidVersion = 3,
    InvalidHeaderToken = 4,
    InvalidHeaderValue = 5,
    LineFeedExpected = 6,
    CarriageReturnExpected = 7,
    InvalidStatus = 8,
    HeaderOverflow = 9,
    InvalidContentLength = 10,
    DuplicateContentLength = 11,
    ContentLengthWithTransferEncoding = 12,
    InvalidTransferEncoding = 13,
    InvalidChunkSize = 14,
    ChunkExtensionsOverflow = 15,
    // 16 and 17 are found by JavaScript: bytes after the last message, and an end within one.
    InvalidConstant = 18,
    TransferEncodingWithContentLength = 19,
}
