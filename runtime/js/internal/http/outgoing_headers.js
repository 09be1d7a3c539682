// Headers of an outgoing message: the methods that set and read them, and how they become the text of a head.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypePush, MathFloor, ObjectKeys, RegExpPrototypeExec, SafeMap, String,
  StringPrototypeToLowerCase,
} = primordials;

const {
  codes: {
    ERR_HTTP_HEADERS_SENT, ERR_HTTP_TRAILER_INVALID, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_CHAR,
    ERR_HTTP_INVALID_HEADER_VALUE,
  },
} = require('internal/errors');
const { validateString } = require('internal/validators');
const {
  BEYOND_ASCII, checkInvalidHeaderChar, flat, kOutHeaders, knownName, utcDate, validateHeaderValue,
} = require('internal/http/common');

const CRLF = '\r\n';
const CLOSE = /(?:^|\W)close(?:$|\W)/i;
const CHUNKED = /(?:^|\W)chunked(?:$|\W)/i;

// What a head has said while it is made.
const HAS_CONNECTION = 1;
const HAS_CONTENT_LENGTH = 2;
const HAS_TRANSFER_ENCODING = 4;
const HAS_DATE = 8;
const HAS_EXPECT = 16;
const HAS_TRAILER = 32;

// The lines that most responses end with, made once a second: with the blank line that ends the head, and without.
let tail = '';
let lastTail = '';
let tailDate = '';
let tailTimeout = 0;

function makeTails(keepAliveTimeout) {
  const date = utcDate();
  if (date === tailDate && keepAliveTimeout === tailTimeout) return;
  tailDate = date;
  tailTimeout = keepAliveTimeout;
  let lines = `Date: ${date}${CRLF}Connection: keep-alive${CRLF}`;
  if (keepAliveTimeout) lines += `Keep-Alive: timeout=${MathFloor(keepAliveTimeout / 1000)}${CRLF}`;
  tail = flat(lines);
  lastTail = flat(lines + CRLF);
}

// `headers` is the map of setHeader, a plain object, a flat list or a list of pairs.
function storeHeader(firstLine, headers) {
  const head = { text: firstLine, bits: 0 };
  if (headers) {
    if (headers === this[kOutHeaders]) {
      for (const entry of headers.values()) addHeader(this, head, entry.known, entry.name, entry.value, false);
    } else if (ArrayIsArray(headers)) {
      addList(this, head, headers);
    } else {
      const names = ObjectKeys(headers);
      for (let i = 0; i < names.length; i++) {
        addHeader(this, head, knownName(names[i]), names[i], headers[names[i]], true);
      }
    }
  }
  let { text } = head;
  const { bits } = head;
  if (this.chunkedEncoding && (this.statusCode === 204 || this.statusCode === 304)) {
    // No body may follow these, not even an empty one in chunks.
    this.chunkedEncoding = false;
    this.shouldKeepAlive = false;
  }
  const persists = this.shouldKeepAlive &&
    ((bits & HAS_CONTENT_LENGTH) !== 0 || this.useChunkedEncodingByDefault || Boolean(this.agent));
  if (this.sendDate && persists && (bits & (HAS_DATE | HAS_CONNECTION)) === 0 && !this._removedConnection &&
      this._defaultKeepAlive && !this.maxRequestsOnConnectionReached && !(this._maxRequestsPerSocket > 0)) {
    makeTails(this._keepAliveTimeout);
    if ((bits & (HAS_CONTENT_LENGTH | HAS_TRAILER)) === HAS_CONTENT_LENGTH) {
      this._header = text + lastTail;
      this._headerSent = false;
      if ((bits & HAS_EXPECT) !== 0) this._send('');
      return;
    }
    text += tail;
  } else {
    if (this.sendDate && (bits & HAS_DATE) === 0) text += `Date: ${utcDate()}${CRLF}`;
    if (this._removedConnection) this._last = !this.shouldKeepAlive;
    else if ((bits & HAS_CONNECTION) === 0) text += connectionLines(this, persists);
  }
  if ((bits & (HAS_CONTENT_LENGTH | HAS_TRANSFER_ENCODING)) === 0) text += framingLine(this, bits);
  if (this.chunkedEncoding !== true && (bits & HAS_TRAILER) !== 0) throw new ERR_HTTP_TRAILER_INVALID();
  this._header = text + CRLF;
  this._headerSent = false;
  // A client that asks first must not wait for its own body.
  if ((bits & HAS_EXPECT) !== 0) this._send('');
}

function connectionLines(message, persists) {
  if (!persists) {
    message._last = true;
    return `Connection: close${CRLF}`;
  }
  if (message.maxRequestsOnConnectionReached) return `Connection: close${CRLF}`;
  let lines = `Connection: keep-alive${CRLF}`;
  if (message._keepAliveTimeout && message._defaultKeepAlive) {
    const max = ~~message._maxRequestsPerSocket > 0 ? `, max=${message._maxRequestsPerSocket}` : '';
    lines += `Keep-Alive: timeout=${MathFloor(message._keepAliveTimeout / 1000)}${max}${CRLF}`;
  }
  return lines;
}

// The line that says how long the body is, if any line can.
function framingLine(message, bits) {
  if (!message._hasBody) {
    message.chunkedEncoding = false;
  } else if (!message.useChunkedEncodingByDefault) {
    message._last = true;
  } else if ((bits & HAS_TRAILER) === 0 && !message._removedContLen && typeof message._contentLength === 'number') {
    return `Content-Length: ${message._contentLength}${CRLF}`;
  } else if (!message._removedTE) {
    message.chunkedEncoding = true;
    return `Transfer-Encoding: chunked${CRLF}`;
  } else {
    message._last = true;
  }
  return '';
}

function addList(message, head, list) {
  if (list.length > 0 && ArrayIsArray(list[0])) {
    for (let i = 0; i < list.length; i++) {
      addHeader(message, head, knownName(list[i][0]), list[i][0], list[i][1], true);
    }
    return;
  }
  if (list.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', list);
  for (let i = 0; i < list.length; i += 2) {
    addHeader(message, head, knownName(list[i]), list[i], list[i + 1], true);
  }
}

function addHeader(message, head, known, name, value, validate) {
  if (ArrayIsArray(value)) {
    const joined = (value.length >= 2 && known.lower === 'cookie') || message._uniqueHeaders?.has(known.lower);
    if (!joined) {
      for (let i = 0; i < value.length; i++) addLine(message, head, known, name, value[i], validate);
      return;
    }
    value = ArrayPrototypeJoin(value, '; ');
  }
  addLine(message, head, known, name, value, validate);
}

// Values longer than this are not remembered.
const REMEMBERED_LENGTH_MAX = 128;

function addLine(message, head, known, name, value, validate) {
  if (typeof value !== 'string') {
    if (validate && value === undefined) throw new ERR_HTTP_INVALID_HEADER_VALUE(value, name);
    value = String(value);
  }
  const { lower } = known;
  if (known.value === value) {
    if (known.line === '') known.line = flat(`${name}: ${value}${CRLF}`);
    head.text += known.line;
  } else {
    if (RegExpPrototypeExec(BEYOND_ASCII, value) !== null) {
      if (checkInvalidHeaderChar(value)) throw new ERR_INVALID_CHAR('header content', name);
      message._headerBeyondAscii = true;
    } else if (value.length <= REMEMBERED_LENGTH_MAX) {
      known.value = value;
      known.line = '';
    }
    head.text += `${name}: ${value}${CRLF}`;
  }
  const { length } = lower;
  // Lengths of connection, content-length, transfer-encoding, date, expect, trailer, keep-alive.
  if (length === 4 || length === 6 || length === 7 || length === 10 || length === 14 || length === 17) {
    head.bits |= note(message, lower, value);
  }
}

function note(message, lower, value) {
  switch (lower) {
    case 'connection':
      message._removedConnection = false;
      if (RegExpPrototypeExec(CLOSE, value) !== null) message._last = true;
      else message.shouldKeepAlive = true;
      return HAS_CONNECTION;
    case 'transfer-encoding':
      message._removedTE = false;
      if (RegExpPrototypeExec(CHUNKED, value) !== null) message.chunkedEncoding = true;
      return HAS_TRANSFER_ENCODING;
    case 'content-length':
      message._contentLength = +value;
      message._removedContLen = false;
      return HAS_CONTENT_LENGTH;
    case 'date': return HAS_DATE;
    case 'expect': return HAS_EXPECT;
    case 'trailer': return HAS_TRAILER;
    case 'keep-alive':
      message._defaultKeepAlive = false;
      return 0;
    default: return 0;
  }
}

class Header {
  constructor(known, name, value) {
    this.known = known;
    this.name = name;
    this.value = value;
  }

  get lower() { return this.known.lower; }
}

function put(message, known, name, value) {
  const { lower } = known;
  (message[kOutHeaders] ??= new SafeMap()).set(lower, new Header(known, name, value));
  if (lower === 'connection') message._removedConnection = false;
  else if (lower === 'content-length') message._removedContLen = false;
  else if (lower === 'transfer-encoding') message._removedTE = false;
}

function validateValue(name, value) {
  if (typeof value === 'string') {
    if (RegExpPrototypeExec(BEYOND_ASCII, value) !== null) validateHeaderValue(name, value);
  } else {
    validateHeaderValue(name, value);
  }
}

const methods = {
  setHeader(name, value) {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT('set');
    const known = knownName(name);
    if (known.value !== value) validateValue(name, value);
    put(this, known, name, value);
    return this;
  },

  setHeaders(headers) {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT('set');
    if (!headers || ArrayIsArray(headers) || typeof headers.keys !== 'function' || typeof headers.get !== 'function') {
      throw new ERR_INVALID_ARG_TYPE('headers', ['Headers', 'Map'], headers);
    }
    // A Headers object gives each cookie by itself; they are one header here.
    const cookies = [];
    for (const { 0: key, 1: value } of headers) {
      if (key === 'set-cookie') {
        if (ArrayIsArray(value)) for (let i = 0; i < value.length; i++) ArrayPrototypePush(cookies, value[i]);
        else ArrayPrototypePush(cookies, value);
      } else {
        this.setHeader(key, value);
      }
    }
    if (cookies.length > 0) this.setHeader('set-cookie', cookies);
    return this;
  },

  appendHeader(name, value) {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT('append');
    const known = knownName(name);
    validateValue(name, value);
    const entry = this[kOutHeaders]?.get(known.lower);
    if (entry === undefined) {
      put(this, known, name, value);
      return this;
    }
    const list = ArrayIsArray(entry.value) ? entry.value : [entry.value];
    if (ArrayIsArray(value)) for (let i = 0; i < value.length; i++) ArrayPrototypePush(list, value[i]);
    else ArrayPrototypePush(list, value);
    entry.value = list;
    return this;
  },

  getHeader(name) {
    validateString(name, 'name');
    return this[kOutHeaders]?.get(name)?.value ?? this[kOutHeaders]?.get(StringPrototypeToLowerCase(name))?.value;
  },

  getHeaderNames() {
    const names = [];
    const headers = this[kOutHeaders];
    if (headers !== null) for (const entry of headers.values()) ArrayPrototypePush(names, entry.lower);
    return names;
  },

  getRawHeaderNames() {
    const names = [];
    const headers = this[kOutHeaders];
    if (headers !== null) for (const entry of headers.values()) ArrayPrototypePush(names, entry.name);
    return names;
  },

  getHeaders() {
    const result = { __proto__: null };
    const headers = this[kOutHeaders];
    if (headers !== null) for (const entry of headers.values()) result[entry.lower] = entry.value;
    return result;
  },

  hasHeader(name) {
    validateString(name, 'name');
    return this[kOutHeaders] !== null && this[kOutHeaders].has(StringPrototypeToLowerCase(name));
  },

  removeHeader(name) {
    validateString(name, 'name');
    if (this._header) throw new ERR_HTTP_HEADERS_SENT('remove');
    const lower = StringPrototypeToLowerCase(name);
    switch (lower) {
      case 'connection': this._removedConnection = true; break;
      case 'content-length': this._removedContLen = true; break;
      case 'transfer-encoding': this._removedTE = true; break;
      case 'date': this.sendDate = false; break;
    }
    this[kOutHeaders]?.delete(lower);
  },

  _renderHeaders() {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT('render');
    const result = {};
    const headers = this[kOutHeaders];
    if (headers !== null) for (const entry of headers.values()) result[entry.name] = entry.value;
    return result;
  },
};

function installHeaders(prototype) {
  const names = ObjectKeys(methods);
  for (let i = 0; i < names.length; i++) prototype[names[i]] = methods[names[i]];
}

module.exports = { installHeaders, storeHeader };
