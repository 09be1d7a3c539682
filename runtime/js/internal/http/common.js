// What the two sides of HTTP/1 share: the parser's numbers, methods, parse errors, checks of names and values, the date.
'use strict';

const {
  ArrayPrototypeSlice, ArrayPrototypeSort, Date, DateNow, DatePrototypeToUTCString, Error, MathFloor,
  RegExpPrototypeExec, SafeMap, StringPrototypeCharCodeAt, StringPrototypeToLowerCase, Symbol,
} = primordials;

const {
  codes: { ERR_HTTP_INVALID_HEADER_VALUE, ERR_INVALID_CHAR, ERR_INVALID_HTTP_TOKEN },
  hideStackFrames,
} = require('internal/errors');

const { WALL_SECOND, words } = require('internal/loop_words');

const parser = binding('http_parser');

// Indexes of `parser.info`.
const INFO_END = 0;
const INFO_CODE = 1;
const INFO_MINOR_VERSION = 2;
const INFO_FLAGS = 3;
const INFO_CONTENT_LENGTH = 4;
const INFO_HEADERS_START = 6;
const INFO_FAULT = 7;

// Bits of `info[INFO_FLAGS]`.
const FLAG_KEEP_ALIVE = 1;
const FLAG_CHUNKED = 1 << 1;
const FLAG_CONTENT_LENGTH = 1 << 2;
const FLAG_UPGRADE = 1 << 3;
const FLAG_EXPECT = 1 << 4;
const FLAG_EXPECT_CONTINUE = 1 << 5;
const FLAG_HOST = 1 << 6;
const FLAG_MULTIPLE_HOSTS = 1 << 7;
const FLAG_CONNECTION_CLOSE = 1 << 8;
const FLAG_TRANSFER_ENCODING = 1 << 9;

const METHODS_BY_NUMBER = [
  'DELETE', 'GET', 'HEAD', 'POST', 'PUT', 'CONNECT', 'OPTIONS', 'TRACE', 'COPY', 'LOCK', 'MKCOL', 'MOVE', 'PROPFIND',
  'PROPPATCH', 'SEARCH', 'UNLOCK', 'BIND', 'REBIND', 'UNBIND', 'ACL', 'REPORT', 'MKACTIVITY', 'CHECKOUT', 'MERGE',
  'M-SEARCH', 'NOTIFY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PATCH', 'PURGE', 'MKCALENDAR', 'LINK', 'UNLINK', 'SOURCE',
  'QUERY',
];
const METHODS = ArrayPrototypeSort(ArrayPrototypeSlice(METHODS_BY_NUMBER));

// Codes and reasons by the parser's fault numbers; the names are llhttp's, which clients test for.
const FAULTS = [
  undefined,
  ['HPE_INVALID_METHOD', 'Invalid method encountered'],
  ['HPE_INVALID_URL', 'Invalid characters in url'],
  ['HPE_INVALID_VERSION', 'Invalid HTTP version'],
  ['HPE_INVALID_HEADER_TOKEN', 'Invalid header token'],
  ['HPE_INVALID_HEADER_TOKEN', 'Invalid header value char'],
  ['HPE_LF_EXPECTED', 'Missing expected LF after header value'],
  ['HPE_CR_EXPECTED', 'Missing expected CR after header value'],
  ['HPE_INVALID_STATUS', 'Invalid status code'],
  ['HPE_HEADER_OVERFLOW', 'Header overflow'],
  ['HPE_INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length'],
  ['HPE_UNEXPECTED_CONTENT_LENGTH', 'Content-Length already present'],
  ['HPE_INVALID_CONTENT_LENGTH', "Content-Length can't be present with Transfer-Encoding"],
  ['HPE_INVALID_TRANSFER_ENCODING', 'Request has invalid `Transfer-Encoding`'],
  ['HPE_INVALID_CHUNK_SIZE', 'Invalid character in chunk size'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'Chunk extensions overflow'],
  ['HPE_CLOSED_CONNECTION', 'Data after `Connection: close`'],
  ['HPE_INVALID_EOF_STATE', 'Invalid EOF state'],
  ['HPE_INVALID_CONSTANT', 'Expected HTTP/, RTSP/ or ICE/'],
  ['HPE_INVALID_TRANSFER_ENCODING', "Transfer-Encoding can't be present with Content-Length"],
];
const FAULT_CLOSED_CONNECTION = 16;
const FAULT_EOF = 17;
const FAULT_CONSTANT = 18;

function parseError(fault, rawPacket, bytesParsed) {
  const { 0: code, 1: reason } = FAULTS[fault];
  const error = new Error(`Parse Error: ${reason}`);
  error.bytesParsed = bytesParsed;
  error.code = code;
  error.reason = reason;
  error.rawPacket = rawPacket;
  return error;
}

// Nothing that isn't asked for is allocated: the date is made once a second. The loop says which second it is.
let dateSecond = 0;
let date = '';

function utcDate() {
  const second = words[WALL_SECOND] || MathFloor(DateNow() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = DatePrototypeToUTCString(new Date(second * 1000));
  }
  return date;
}

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const BEYOND_ASCII = /[^\t\x20-\x7e]/;

function checkIsHttpToken(value) {
  return RegExpPrototypeExec(TOKEN, value) !== null;
}

function checkInvalidHeaderChar(value) {
  return RegExpPrototypeExec(INVALID_VALUE, value) !== null;
}

// What is known of a header's name, as it was written: its lower-case form, and the line it made last, for programs mostly
// say the same again. Only values that passed every check and are short are remembered.
class KnownName {
  constructor(lower) {
    this.lower = lower;
    this.value = '';
    // Made when the value comes for the second time in a row.
    this.line = '';
  }
}

// Names that passed once pass at once; the table is bounded because names can come from outside.
const KNOWN_NAMES_MAX = 512;
const knownNames = new SafeMap();

// `name` must be a valid name of a header.
function knownName(name) {
  return knownNames.get(name) ?? learnName(name);
}

function learnName(name) {
  validateHeaderName(name);
  const known = new KnownName(StringPrototypeToLowerCase(name));
  if (knownNames.size < KNOWN_NAMES_MAX) knownNames.set(name, known);
  return known;
}

// Text in one piece: what is put together of pieces is walked piece by piece each time it is written.
function flat(text) {
  return require('buffer').Buffer.from(text, 'latin1').latin1Slice();
}

const validateHeaderName = hideStackFrames((name, label) => {
  if (typeof name !== 'string' || !name || !checkIsHttpToken(name)) {
    throw new ERR_INVALID_HTTP_TOKEN(label || 'Header name', name);
  }
});

const validateHeaderValue = hideStackFrames((name, value) => {
  if (value === undefined) throw new ERR_HTTP_INVALID_HEADER_VALUE(value, name);
  if (checkInvalidHeaderChar(value)) throw new ERR_INVALID_CHAR('header content', name);
});

// How many bytes a string has in UTF-8; short ones are counted without leaving JavaScript.
const SHORT = 64;

function utf8Length(text) {
  const { length } = text;
  if (length > SHORT) return require('buffer').Buffer.byteLength(text);
  for (let i = 0; i < length; i++) {
    if (StringPrototypeCharCodeAt(text, i) > 0x7f) return require('buffer').Buffer.byteLength(text);
  }
  return length;
}

module.exports = {
  BEYOND_ASCII,
  FAULT_CLOSED_CONNECTION,
  FAULT_CONSTANT,
  FAULT_EOF,
  FLAG_CHUNKED,
  FLAG_CONNECTION_CLOSE,
  FLAG_CONTENT_LENGTH,
  FLAG_EXPECT,
  FLAG_EXPECT_CONTINUE,
  FLAG_HOST,
  FLAG_KEEP_ALIVE,
  FLAG_MULTIPLE_HOSTS,
  FLAG_TRANSFER_ENCODING,
  FLAG_UPGRADE,
  INFO_CODE,
  INFO_CONTENT_LENGTH,
  INFO_END,
  INFO_FAULT,
  INFO_FLAGS,
  INFO_HEADERS_START,
  INFO_MINOR_VERSION,
  METHODS,
  METHODS_BY_NUMBER,
  checkInvalidHeaderChar,
  checkIsHttpToken,
  flat,
  knownName,
  parseError,
  parser,
  utcDate,
  utf8Length,
  validateHeaderName,
  validateHeaderValue,

  // The message's side of a connection.
  kConnection: Symbol('connection'),
  kHead: Symbol('head'),
  kNoBody: Symbol('no body'),
  kOutHeaders: Symbol('headers'),
  kNeedDrain: Symbol('need drain'),
  kQuietSince: Symbol('finished without listeners in callback'),
};
