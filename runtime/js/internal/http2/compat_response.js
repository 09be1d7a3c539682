// Http2ServerResponse: a response in the shape of `http.ServerResponse`.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, ObjectAssign, ObjectKeys, RegExpPrototypeExec, StringPrototypeIncludes,
  StringPrototypeToLowerCase, StringPrototypeTrim, Symbol,
} = primordials;

const { Stream } = require('stream');
const {
  codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_HTTP_TOKEN, ERR_STREAM_WRITE_AFTER_END },
} = require('internal/errors');
const { validateFunction, validateObject, validateString } = require('internal/validators');
const { codes } = require('internal/http2/errors');
const { kKeepOpen } = require('internal/http2/symbols');
const { kRequest, kSocketProxy, socketOf } = require('internal/http2/compat_request');

const kStream = Symbol('stream');
const kState = Symbol('state');
const kHeaders = Symbol('headers');
const kTrailers = Symbol('trailers');
const kResponse = Symbol('response');
const kSetHeader = Symbol('setHeader');
const kBeginSend = Symbol('begin-send');

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;

class Http2ServerResponse extends Stream {
  constructor(stream, options) {
    super(options);
    this[kState] = { isClosed: false, isEnding: false, isDestroyed: false, isWhole: false, isHead: false, sendDate: true, statusCode: 200 };
    this[kHeaders] = { __proto__: null };
    this[kTrailers] = { __proto__: null };
    this[kStream] = stream;
    stream[kSocketProxy] = null;
    stream[kResponse] = this;
    this.writable = true;
    this.req = stream[kRequest];
    stream.on('drain', onDrain);
    stream.on('close', onClose);
    stream.on('wantTrailers', onWantTrailers);
    stream.on('timeout', onTimeout);
  }

  get _header() { return this.headersSent; }
  get writableEnded() { return this[kState].isEnding; }
  get finished() { return this[kState].isEnding; }
  get socket() { return this[kState].isClosed ? undefined : socketOf(this[kStream]); }
  get connection() { return this.socket; }
  get stream() { return this[kStream]; }
  get headersSent() { return this[kStream].headersSent; }
  get writableCorked() { return this[kStream].writableCorked; }
  get writableHighWaterMark() { return this[kStream].writableHighWaterMark; }
  get writableObjectMode() { return this[kStream].writableObjectMode; }
  get writableFinished() { return this[kStream].writableFinished; }
  get writableLength() { return this[kStream].writableLength; }
  get writableNeedDrain() { return this[kStream].writableNeedDrain; }

  get sendDate() { return this[kState].sendDate; }
  set sendDate(value) {
    this[kState].sendDate = Boolean(value);
  }

  get statusCode() { return this[kState].statusCode; }
  set statusCode(code) {
    code |= 0;
    if (code >= 100 && code < 200) throw new codes.ERR_HTTP2_INFO_STATUS_NOT_ALLOWED();
    if (code < 100 || code > 599) throw new codes.ERR_HTTP2_STATUS_INVALID(code);
    this[kState].statusCode = code;
  }

  get statusMessage() {
    warnOfStatusMessage();
    return '';
  }

  set statusMessage(text) {
    warnOfStatusMessage();
  }

  // Headers and trailers.

  setTrailer(name, value) {
    validateString(name, 'name');
    name = StringPrototypeToLowerCase(StringPrototypeTrim(name));
    assertHeader(name, value);
    this[kTrailers][name] = value;
  }

  addTrailers(headers) {
    const names = ObjectKeys(headers);
    for (let i = 0; i < names.length; i++) this.setTrailer(names[i], headers[names[i]]);
  }

  getHeader(name) {
    return this[kHeaders][nameOf(name)];
  }

  getHeaderNames() {
    return ObjectKeys(this[kHeaders]);
  }

  getHeaders() {
    return ObjectAssign({ __proto__: null }, this[kHeaders]);
  }

  hasHeader(name) {
    return nameOf(name) in this[kHeaders];
  }

  removeHeader(name) {
    name = nameOf(name);
    if (this[kStream].headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    if (name !== 'date') delete this[kHeaders][name];
    else {
      this[kState].sendDate = false;
      delete this[kHeaders].date;
    }
  }

  setHeader(name, value) {
    validateString(name, 'name');
    if (this[kStream].headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    this[kSetHeader](name, value);
  }

  [kSetHeader](name, value) {
    name = StringPrototypeToLowerCase(StringPrototypeTrim(name));
    assertHeader(name, value);
    if (!isConnectionAllowed(name, value)) return;
    if (RegExpPrototypeExec(TOKEN, name) === null) {
      this.destroy(new ERR_INVALID_HTTP_TOKEN('Header name', name));
      return;
    }
    this[kHeaders][name] = value;
  }

  appendHeader(name, value) {
    validateString(name, 'name');
    if (this[kStream].headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    name = StringPrototypeToLowerCase(StringPrototypeTrim(name));
    assertHeader(name, value);
    if (!isConnectionAllowed(name, value)) return;
    const before = this[kHeaders][name];
    if (before === undefined) this[kHeaders][name] = value;
    else {
      const list = ArrayIsArray(before) ? before : [before];
      if (ArrayIsArray(value)) for (let i = 0; i < value.length; i++) ArrayPrototypePush(list, value[i]);
      else ArrayPrototypePush(list, value);
      this[kHeaders][name] = list;
    }
  }

  flushHeaders() {
    if (!this[kState].isClosed && !this[kStream].headersSent) this.writeHead(this[kState].statusCode);
  }

  writeHead(statusCode, statusMessage, headers) {
    const state = this[kState];
    if (state.isClosed || this[kStream].destroyed || this[kStream].closed) return this;
    if (this[kStream].headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    if (typeof statusMessage === 'string') warnOfStatusMessage();
    if (headers === undefined && typeof statusMessage === 'object') headers = statusMessage;
    if (ArrayIsArray(headers)) {
      setList(this, headers);
    } else if (typeof headers === 'object' && headers !== null) {
      const names = ObjectKeys(headers);
      for (let i = 0; i < names.length; i++) this[kSetHeader](names[i], headers[names[i]]);
    }
    this.statusCode = statusCode;
    this[kBeginSend]();
    return this;
  }

  [kBeginSend]() {
    const state = this[kState];
    const headers = this[kHeaders];
    headers[':status'] = state.statusCode;
    // An answer that is whole and has no trailers by now gets none, which spares a frame.
    const mayHaveTrailers = !state.isWhole || hasKeys(this[kTrailers]) || this[kStream].listenerCount('wantTrailers') > 1;
    this[kStream].respond(headers, { endStream: state.isEnding, waitForTrailers: mayHaveTrailers, sendDate: state.sendDate });
    this[kStream][kKeepOpen]();
  }

  // The body.

  cork() {
    this[kStream].cork();
  }

  uncork() {
    this[kStream].uncork();
  }

  write(chunk, encoding, callback) {
    const state = this[kState];
    if (typeof encoding === 'function') {
      callback = encoding;
      encoding = 'utf8';
    }
    let error;
    if (state.isEnding) error = new ERR_STREAM_WRITE_AFTER_END();
    else if (state.isClosed) error = new codes.ERR_HTTP2_INVALID_STREAM();
    else if (state.isDestroyed) return false;
    if (error) {
      if (typeof callback === 'function') require('process').nextTick(callback, error);
      this.destroy(error);
      return false;
    }
    const stream = this[kStream];
    if (!stream.headersSent) this.writeHead(state.statusCode);
    return stream.write(chunk, encoding, callback);
  }

  end(chunk, encoding, callback) {
    const stream = this[kStream];
    const state = this[kState];
    if (typeof chunk === 'function') {
      callback = chunk;
      chunk = null;
    } else if (typeof encoding === 'function') {
      callback = encoding;
      encoding = 'utf8';
    }
    if (state.isClosed || (state.isEnding && state.isHead === stream.headRequest)) {
      if (typeof callback === 'function') require('process').nextTick(callback);
      return this;
    }
    state.isWhole = !stream.headersSent;
    if (chunk !== null && chunk !== undefined) this.write(chunk, encoding);
    state.isHead = stream.headRequest;
    state.isEnding = true;
    if (typeof callback === 'function') {
      if (stream.writableEnded) this.once('finish', callback);
      else stream.once('finish', callback);
    }
    if (!stream.headersSent) this.writeHead(state.statusCode);
    if (stream.destroyed) onClose.call(stream);
    else stream.end();
    return this;
  }

  destroy(error) {
    if (this[kState].isDestroyed) return;
    this[kState].isDestroyed = true;
    this[kStream].destroy(error);
  }

  setTimeout(msecs, callback) {
    if (!this[kState].isClosed) this[kStream].setTimeout(msecs, callback);
    return this;
  }

  createPushResponse(headers, callback) {
    validateFunction(callback, 'callback');
    if (this[kState].isClosed) {
      require('process').nextTick(callback, new codes.ERR_HTTP2_INVALID_STREAM());
      return;
    }
    this[kStream].pushStream(headers, {}, (error, stream) => {
      if (error) callback(error);
      else callback(null, new Http2ServerResponse(stream));
    });
  }

  // Information before the answer.

  writeInformation(statusCode, headers) {
    if (this[kStream].headersSent || this[kState].isClosed) return false;
    this[kStream].additionalHeaders({ ...headers, ':status': statusCode });
    return true;
  }

  writeContinue() {
    return this.writeInformation(100);
  }

  writeEarlyHints(hints) {
    validateObject(hints, 'hints');
    const headers = { __proto__: null };
    const link = require('internal/http/server_response').linkHeader(hints.link);
    const names = ObjectKeys(hints);
    for (let i = 0; i < names.length; i++) if (names[i] !== 'link') headers[names[i]] = hints[names[i]];
    if (link.length === 0) return false;
    return this.writeInformation(103, { ...headers, Link: link });
  }
}

function hasKeys(object) {
  for (const key in object) return key !== undefined;
  return false;
}

/** Pairs, or names and values one after the other; a name may come more than once. */
function setList(response, list) {
  const isOfPairs = list.length > 0 && ArrayIsArray(list[0]);
  if (!isOfPairs && list.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', list);
  const headers = response[kHeaders];
  for (let i = 0; i < list.length; i += isOfPairs ? 1 : 2) {
    delete headers[StringPrototypeToLowerCase(`${isOfPairs ? list[i][0] : list[i]}`)];
  }
  for (let i = 0; i < list.length; i += isOfPairs ? 1 : 2) {
    if (isOfPairs) response.appendHeader(list[i][0], list[i][1]);
    else response.appendHeader(list[i], list[i + 1]);
  }
}

function nameOf(name) {
  validateString(name, 'name');
  return StringPrototypeToLowerCase(StringPrototypeTrim(name));
}

function isConnectionAllowed(name, value) {
  return name !== 'connection' || value === 'trailers';
}

function assertHeader(name, value) {
  if (name === '' || typeof name !== 'string' || StringPrototypeIncludes(name, ' ')) {
    throw new ERR_INVALID_HTTP_TOKEN('Header name', name);
  }
  if (name === ':status' || name === ':method' || name === ':path' || name === ':authority' || name === ':scheme') {
    throw new codes.ERR_HTTP2_PSEUDOHEADER_NOT_ALLOWED();
  }
  if (value === undefined || value === null) throw new codes.ERR_HTTP2_INVALID_HEADER_VALUE(value, name);
  if (!isConnectionAllowed(name, value)) {
    require('process').emitWarning(
      'The provided connection header is not valid, the value will be dropped from the header and will never be in use.',
      'UnsupportedWarning');
  }
}

let hasWarned = false;

function warnOfStatusMessage() {
  if (hasWarned) return;
  hasWarned = true;
  require('process').emitWarning('Status message is not supported by HTTP/2 (RFC7540 8.1.2.4)', 'UnsupportedWarning');
}

function onDrain() {
  this[kResponse]?.emit('drain');
}

function onTimeout() {
  this[kResponse]?.emit('timeout');
}

function onWantTrailers() {
  this.sendTrailers(this[kResponse][kTrailers]);
}

function onClose() {
  const response = this[kResponse];
  if (response === undefined) return;
  response[kState].isClosed = true;
  this[kSocketProxy] = null;
  this.removeListener('wantTrailers', onWantTrailers);
  this[kResponse] = undefined;
  response.emit('finish');
  response.emit('close');
}

module.exports = { Http2ServerResponse };
