// http.OutgoingMessage: headers and body on their way out. Head and first piece of the body leave in one write; where
// they go is a server connection, or any Writable that stands in for one.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, NumberPrototypeToString, ObjectDefineProperties, ObjectKeys, ObjectSetPrototypeOf,
  SafeSet, StringPrototypeToLowerCase, Symbol, SymbolFor, Uint8Array,
} = primordials;

const { Stream, getDefaultHighWaterMark } = require('stream');
const { Buffer } = require('buffer');
const {
  codes: {
    ERR_HTTP_BODY_NOT_ALLOWED, ERR_HTTP_CONTENT_LENGTH_MISMATCH, ERR_INVALID_ARG_TYPE, ERR_INVALID_CHAR,
    ERR_METHOD_NOT_IMPLEMENTED, ERR_STREAM_ALREADY_FINISHED, ERR_STREAM_CANNOT_PIPE,
    ERR_STREAM_DESTROYED, ERR_STREAM_NULL_VALUES, ERR_STREAM_WRITE_AFTER_END,
  },
} = require('internal/errors');
const {
  checkInvalidHeaderChar, kConnection, kNeedDrain, kOutHeaders, utf8Length, validateHeaderName, validateHeaderValue,
} = require('internal/http/common');
const { installHeaders, storeHeader } = require('internal/http/outgoing_headers');

const kSocket = Symbol('socket');
const kOutput = Symbol('output before there is a connection');
const kErrored = Symbol('errored');
const kCorked = Symbol('corked');
const kChunks = Symbol('chunks while corked');
const kBytesWritten = Symbol('bytes written');
const kFinished = Symbol('finished');
const kHighWaterMark = Symbol('highWaterMark');
const kRejectNonStandardBodyWrites = Symbol('rejectNonStandardBodyWrites');

// The async context in which a request was made.
const kFrame = Symbol('frame');

const CRLF = '\r\n';

function OutgoingMessage(options) {
  // The two fields of an emitter come from its prototype until somebody listens.
  this[kConnection] = null;
  this[kSocket] = null;
  this[kOutHeaders] = null;
  this[kErrored] = null;
  this[kCorked] = 0;
  this[kChunks] = null;
  this[kNeedDrain] = false;
  this[kBytesWritten] = 0;
  this[kFinished] = false;
  this[kHighWaterMark] = options?.highWaterMark ?? 0;
  this[kRejectNonStandardBodyWrites] = options?.rejectNonStandardBodyWrites ?? false;
  this[kOutput] = null;
  this.outputSize = 0;
  this.writable = true;
  this.destroyed = false;
  this.finished = false;
  this.chunkedEncoding = false;
  this.shouldKeepAlive = true;
  this.useChunkedEncodingByDefault = true;
  this.sendDate = false;
  this.strictContentLength = false;
  this.maxRequestsOnConnectionReached = false;
  this._last = false;
  this._defaultKeepAlive = true;
  this._removedConnection = false;
  this._removedContLen = false;
  this._removedTE = false;
  this._contentLength = null;
  this._hasBody = true;
  this._trailer = '';
  this._headerSent = false;
  this._closed = false;
  this._header = null;
  // The head has characters above 0x7f: it must leave as Latin-1 by itself.
  this._headerBeyondAscii = false;
  this._keepAliveTimeout = 0;
}
ObjectSetPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
ObjectSetPrototypeOf(OutgoingMessage, Stream);

const { prototype } = OutgoingMessage;
installHeaders(prototype);
prototype._storeHeader = storeHeader;
prototype._onPendingData = function() {};

function accessor(get, set) {
  return { __proto__: null, configurable: true, enumerable: true, get, set };
}

ObjectDefineProperties(prototype, {
  socket: accessor(
    function() { return this[kSocket] ?? this[kConnection]?.getSocket() ?? null; },
    function(socket) { this[kSocket] = socket; }),
  connection: accessor(
    function() { return this.socket; },
    function(socket) { this.socket = socket; }),
  outputData: accessor(
    function() { return this[kOutput] ??= []; },
    function(data) { this[kOutput] = data; }),
  errored: accessor(function() { return this[kErrored]; }),
  closed: accessor(function() { return this._closed; }),
  writableFinished: accessor(function() {
    return this.finished && this.outputSize === 0 && this[kFinished];
  }),
  writableObjectMode: accessor(function() { return false; }),
  writableLength: accessor(function() {
    return this.outputSize + chunksLength(this) + (this[kConnection]?.queueSize() ?? this[kSocket]?.writableLength ?? 0);
  }),
  writableHighWaterMark: accessor(function() {
    return this[kSocket]?.writableHighWaterMark ?? (this[kHighWaterMark] || getDefaultHighWaterMark(false));
  }),
  writableCorked: accessor(function() { return this[kCorked]; }),
  writableEnded: accessor(function() { return this.finished; }),
  writableNeedDrain: accessor(function() { return !this.destroyed && !this.finished && this[kNeedDrain]; }),
  headersSent: accessor(function() { return Boolean(this._header); }),
});

function chunksLength(message) {
  let length = 0;
  const chunks = message[kChunks];
  if (chunks !== null) for (let i = 0; i < chunks.length; i++) length += chunks[i].length;
  return length;
}

// The way out.

// Writes `data`, with the head before it if that hasn't left yet.
prototype._send = function _send(data, encoding, callback, byteLength) {
  if (!this._headerSent) {
    const header = this._header ?? '';
    this._headerSent = true;
    if (typeof data !== 'string') {
      writeRaw(this, header, 'latin1', null, header.length);
      if (data.length === 0) return settled(callback);
    } else if (data === '') {
      return writeRaw(this, header, 'latin1', callback, header.length);
    } else if (byteLength === data.length && isUtf8OrLatin1(encoding)) {
      // Pure ASCII: one string, one byte a character.
      return writeRaw(this, header + data, 'latin1', callback, header.length + byteLength);
    } else if (!this._headerBeyondAscii && isUtf8OrLatin1(encoding)) {
      return writeRaw(this, header + data, encoding, callback, header.length + (byteLength ?? data.length));
    } else {
      writeRaw(this, header, 'latin1', null, header.length);
    }
  }
  return writeRaw(this, data, encoding, callback, byteLength ?? data.length);
};

function isUtf8OrLatin1(encoding) {
  return !encoding || encoding === 'utf8' || encoding === 'utf-8' || encoding === 'latin1' || encoding === 'binary';
}

function settled(callback) {
  if (typeof callback === 'function') require('process').nextTick(callback);
  return true;
}

function writeRaw(message, data, encoding, callback, size) {
  const connection = message[kConnection];
  if (connection !== null && connection.answers(message)) {
    if (message[kOutput] !== null) message._flushOutput();
    return connection.write(data, encoding, callback);
  }
  const socket = message[kSocket];
  if (socket !== null && socket._httpMessage === message && socket.writable) {
    if (message[kOutput] !== null) message._flushOutput(socket);
    return socket.write(data, encoding, callback);
  }
  if (message.destroyed || (connection !== null && connection.isClosed())) {
    // The peer is gone; Node swallows such writes, and so do we.
    return false;
  }
  (message[kOutput] ??= []).push({ data, encoding, callback });
  message.outputSize += size;
  message._onPendingData(size);
  return message.outputSize < message.writableHighWaterMark;
}

prototype._writeRaw = function _writeRaw(data, encoding, callback, size) {
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  return writeRaw(this, data, encoding, callback, size ?? data.length);
};

// Sends what was written before there was a connection.
prototype._flushOutput = function _flushOutput(socket) {
  const waiting = this[kOutput];
  if (waiting === null) return undefined;
  this[kOutput] = null;
  const size = this.outputSize;
  this.outputSize = 0;
  this._onPendingData(-size);
  let more;
  socket?.cork?.();
  for (let i = 0; i < waiting.length; i++) {
    const { data, encoding, callback } = waiting[i];
    more = socket === undefined ? this[kConnection].write(data, encoding, callback) :
      socket.write(data, encoding, callback);
  }
  socket?.uncork?.();
  return more;
};

prototype._flush = function _flush() {
  const connection = this[kConnection];
  const socket = this[kSocket];
  let more;
  if (connection !== null && connection.answers(this)) more = this._flushOutput();
  else if (socket?.writable) more = this._flushOutput(socket);
  else return;
  if (this.finished) this._finish();
  else if (more && this[kNeedDrain]) {
    this[kNeedDrain] = false;
    this.emit('drain');
  }
};

// Body.

prototype.write = function write(chunk, encoding, callback) {
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  const more = writeBody(this, chunk, encoding, callback);
  if (!more) this[kNeedDrain] = true;
  return more;
};

function writeBody(message, chunk, encoding, callback) {
  if (typeof callback !== 'function') callback = noop;
  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
    throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
  }
  let error;
  if (message.finished) error = new ERR_STREAM_WRITE_AFTER_END();
  else if (message.destroyed) error = new ERR_STREAM_DESTROYED('write');
  if (error) {
    if (!message.destroyed) failed(message, error, callback);
    else require('process').nextTick(callback, error);
    return false;
  }
  const length = typeof chunk !== 'string' ? chunk.byteLength : byteLengthOf(chunk, encoding);
  if (!message._header) {
    message._implicitHeader();
  }
  if (!message._hasBody) {
    if (message[kRejectNonStandardBodyWrites]) throw new ERR_HTTP_BODY_NOT_ALLOWED();
    require('process').nextTick(callback);
    return true;
  }
  if (message.strictContentLength) checkLength(message, length, false);
  message[kBytesWritten] += length;
  if (message.chunkedEncoding && length !== 0) {
    if (message[kCorked] > 0) {
      ArrayPrototypePush(message[kChunks] ??= [], { data: chunk, encoding, callback, length });
      return chunksLength(message) < message.writableHighWaterMark;
    }
    return sendChunk(message, chunk, encoding, callback, length);
  }
  return message._send(chunk, encoding, callback, length);
}

function byteLengthOf(text, encoding) {
  return !encoding || encoding === 'utf8' || encoding === 'utf-8' ? utf8Length(text) : Buffer.byteLength(text, encoding);
}

function sendChunk(message, chunk, encoding, callback, length) {
  const size = NumberPrototypeToString(length, 16);
  if (typeof chunk === 'string' && isUtf8OrLatin1(encoding)) {
    const framing = size.length + 4;
    return message._send(`${size}${CRLF}${chunk}${CRLF}`, encoding, callback, length + framing);
  }
  const socket = message[kSocket];
  socket?.cork?.();
  message._send(`${size}${CRLF}`, 'latin1', null, size.length + 2);
  message._send(chunk, encoding, null, length);
  const more = message._send(CRLF, 'latin1', callback, 2);
  socket?.uncork?.();
  return more;
}

function checkLength(message, length, fromEnd) {
  const total = message[kBytesWritten] + length;
  const expected = message._contentLength;
  if (expected == null || message.chunkedEncoding) return;
  if (fromEnd ? total !== expected : total > expected) throw new ERR_HTTP_CONTENT_LENGTH_MISMATCH(total, expected);
}

function failed(message, error, callback) {
  require('process').nextTick(emitFailure, message, error, callback);
}

function emitFailure(message, error, callback) {
  callback(error);
  message.emit('error', error);
}

function noop() {}

function validateTrailer(field, value) {
  if (checkInvalidHeaderChar(value)) throw new ERR_INVALID_CHAR('trailer content', field);
  validateHeaderValue(field, value);
}

prototype.addTrailers = function addTrailers(headers) {
  this._trailer = '';
  const isArray = ArrayIsArray(headers);
  const keys = ObjectKeys(headers);
  for (let i = 0; i < keys.length; i++) {
    const field = isArray ? headers[keys[i]][0] : keys[i];
    const value = isArray ? headers[keys[i]][1] : headers[keys[i]];
    validateHeaderName(field, 'Trailer name');
    const values = ArrayIsArray(value) && value.length > 1 ? value : [value];
    for (let j = 0; j < values.length; j++) {
      validateTrailer(field, values[j]);
      this._trailer += `${field}: ${values[j]}${CRLF}`;
    }
  }
};

prototype.end = function end(chunk, encoding, callback) {
  if (typeof chunk === 'function') {
    callback = chunk;
    chunk = null;
    encoding = null;
  } else if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  if (this.finished) {
    endAgain(this, chunk, callback);
    return this;
  }
  let length = 0;
  if (chunk) {
    if (typeof chunk === 'string') length = byteLengthOf(chunk, encoding);
    else if (chunk instanceof Uint8Array) length = chunk.byteLength;
    else throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
    if (this.destroyed) {
      require('process').nextTick(callback ?? noop, new ERR_STREAM_DESTROYED('write'));
      return this;
    }
  }
  const socket = this[kSocket];
  if (socket !== null) socket.cork?.();
  if (this[kChunks] !== null) flushChunks(this);
  this[kCorked] = 0;
  if (this._header === null) {
    this._contentLength = length;
    this._implicitHeader();
  }
  if (length > 0 && !this._hasBody) {
    if (this[kRejectNonStandardBodyWrites]) throw new ERR_HTTP_BODY_NOT_ALLOWED();
    length = 0;
  }
  if (this.strictContentLength && this._hasBody) checkLength(this, length, true);
  if (typeof callback === 'function') this.once('finish', callback);
  sendEnd(this, chunk, encoding, length);
  if (socket !== null) socket.uncork?.();
  return this;
};

// The last of the body and what closes it, in one write where it is text.
function sendEnd(message, chunk, encoding, length) {
  const connection = message[kConnection];
  const onSent = connection !== null ? null : () => onFinish(message);
  message[kBytesWritten] += length;
  if (message._hasBody && message.chunkedEncoding) {
    const last = `0${CRLF}${message._trailer}${CRLF}`;
    if (length === 0) {
      message._send(last, 'latin1', onSent, last.length);
    } else if (typeof chunk === 'string' && isUtf8OrLatin1(encoding)) {
      const text = `${NumberPrototypeToString(length, 16)}${CRLF}${chunk}${CRLF}${last}`;
      message._send(text, encoding, onSent, text.length + length - chunk.length);
    } else {
      sendChunk(message, chunk, encoding, null, length);
      message._send(last, 'latin1', onSent, last.length);
    }
  } else if (length > 0) {
    message._send(chunk, encoding, onSent, length);
  } else {
    message._send('', 'latin1', onSent, 0);
  }
  message.finished = true;
  if (connection !== null) connection.responseEnded(message);
  else if (message[kOutput] === null && message[kSocket] !== null) message._finish();
}

function endAgain(message, chunk, callback) {
  const hasCallback = typeof callback === 'function';
  if (chunk) {
    const error = new ERR_STREAM_WRITE_AFTER_END();
    if (!message.destroyed) failed(message, error, hasCallback ? callback : noop);
    else if (hasCallback) require('process').nextTick(callback, error);
  } else if (hasCallback) {
    require('process').nextTick(callback, new ERR_STREAM_ALREADY_FINISHED('end'));
  }
}

// The last byte has been taken by whoever carries the message.
function onFinish(message) {
  if (message[kSocket]?.errored) return;
  message[kFinished] = true;
  message.emit('finish');
}

prototype._finish = function _finish() {
  this.emit('prefinish');
};

prototype.markFinished = function markFinished() {
  this[kFinished] = true;
};

prototype._implicitHeader = function _implicitHeader() {
  throw new ERR_METHOD_NOT_IMPLEMENTED('_implicitHeader()');
};

prototype.flushHeaders = function flushHeaders() {
  if (!this._header) this._implicitHeader();
  this._send('');
};

prototype.cork = function cork() {
  this[kCorked]++;
  this[kSocket]?.cork?.();
};

prototype.uncork = function uncork() {
  if (this[kCorked] > 0) this[kCorked]--;
  this[kSocket]?.uncork?.();
  if (this[kCorked] === 0 && this[kChunks] !== null) flushChunks(this);
};

// What was written while corked leaves as one chunk.
function flushChunks(message) {
  const chunks = message[kChunks];
  message[kChunks] = null;
  if (chunks === null) return;
  let length = 0;
  for (let i = 0; i < chunks.length; i++) length += chunks[i].length;
  const size = NumberPrototypeToString(length, 16);
  message._send(`${size}${CRLF}`, 'latin1', null, size.length + 2);
  for (let i = 0; i < chunks.length; i++) {
    const { data, encoding, callback } = chunks[i];
    message._send(data, encoding, callback, chunks[i].length);
  }
  message._send(CRLF, 'latin1', null, 2);
}

prototype.pipe = function pipe() {
  this.emit('error', new ERR_STREAM_CANNOT_PIPE());
};

prototype.setTimeout = function setTimeout(msecs, callback) {
  if (callback) this.on('timeout', callback);
  const { socket } = this;
  if (socket) socket.setTimeout(msecs);
  else this.once('socket', (assigned) => assigned.setTimeout(msecs));
  return this;
};

prototype.destroy = function destroy(error) {
  if (this.destroyed) return this;
  this.destroyed = true;
  this[kErrored] = error ?? null;
  const connection = this[kConnection];
  if (connection !== null) connection.responseDestroyed(this, error);
  else if (this[kSocket] !== null) this[kSocket].destroy(error);
  else this.once('socket', (socket) => socket.destroy(error));
  return this;
};

prototype[SymbolFor('nodejs.rejection')] = function onRejection(error) {
  this.destroy(error);
};

function parseUniqueHeaders(headers) {
  if (!ArrayIsArray(headers)) return null;
  const unique = new SafeSet();
  for (let i = 0; i < headers.length; i++) unique.add(StringPrototypeToLowerCase(headers[i]));
  return unique;
}

module.exports = { OutgoingMessage, kFrame, kSocket, parseUniqueHeaders };
