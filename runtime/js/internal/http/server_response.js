// http.ServerResponse: an OutgoingMessage that begins with a status line and belongs to a request.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeJoin, FunctionPrototypeCall, ObjectKeys, ObjectSetPrototypeOf, RegExpPrototypeExec, SafeMap,
} = primordials;

const {
  codes: {
    ERR_HTTP_HEADERS_SENT, ERR_HTTP_INVALID_STATUS_CODE, ERR_HTTP_SOCKET_ASSIGNED, ERR_INVALID_ARG_VALUE,
    ERR_INVALID_CHAR,
  },
} = require('internal/errors');
const { validateObject } = require('internal/validators');
const {
  checkInvalidHeaderChar, flat, kNeedDrain, kOutHeaders, kQuietSince, validateHeaderName, validateHeaderValue,
} = require('internal/http/common');
const { OutgoingMessage, kSocket } = require('internal/http/outgoing');
const { heard, state: diagnostics } = require('internal/diagnostics');
const { STATUS_CODES } = require('internal/http/status');
const { CURRENT_CALLBACK, words } = require('internal/loop_words');

const CHUNKED = /(?:^|\W)chunked(?:$|\W)/i;

function ServerResponse(req, options) {
  FunctionPrototypeCall(OutgoingMessage, this, options);
  this.req = req;
  this.sendDate = true;
  this.statusCode = 200;
  this.statusMessage = undefined;
  this._sent100 = false;
  this._expect_continue = false;
  this._maxRequestsPerSocket = 0;
  // The callback in which it was finished while nobody listened.
  this[kQuietSince] = -1;
  if (req.method === 'HEAD') this._hasBody = false;
  if (req.httpVersionMajor < 1 || req.httpVersionMinor < 1) {
    this.useChunkedEncodingByDefault = RegExpPrototypeExec(CHUNKED, req.headers.te) !== null;
    this.shouldKeepAlive = false;
  }
  if (diagnostics.loaded) heard('http.server.response.created')?.publish({ request: req, response: this });
}
ObjectSetPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
ObjectSetPrototypeOf(ServerResponse, OutgoingMessage);

const { prototype } = ServerResponse;

// A response that finishes while nobody listens is done at once. Who begins to listen in the same callback still gets its
// events, which come in the ticks after it.
prototype.on = function on(name, listener) {
  if (this[kQuietSince] !== -1 && (name === 'finish' || name === 'close')) wake(this);
  return FunctionPrototypeCall(OutgoingMessage.prototype.on, this, name, listener);
};
prototype.addListener = prototype.on;

function wake(response) {
  const isSameCallback = response[kQuietSince] === words[CURRENT_CALLBACK];
  response[kQuietSince] = -1;
  if (!isSameCallback) return;
  response.destroyed = false;
  response._closed = false;
  require('process').nextTick(emitLate, response);
}

function emitLate(response) {
  const { req: request } = response;
  response.emit('prefinish');
  if (!request.isConsumed() && (request._eventsCount > 0 || request.hasStream())) request._dump();
  response.emit('finish');
  require('process').nextTick(emitClosed, response);
}

function emitClosed(response) {
  if (response._closed) return;
  response.destroyed = true;
  response._closed = true;
  response.emit('close');
}

// For code that answers on a stream of its own, without a server.
prototype.assignSocket = function assignSocket(socket) {
  if (socket._httpMessage) throw new ERR_HTTP_SOCKET_ASSIGNED();
  socket._httpMessage = this;
  socket.on('close', onSocketClose);
  socket.on('drain', onSocketDrain);
  this[kSocket] = socket;
  this.emit('socket', socket);
  this._flush();
};

prototype.detachSocket = function detachSocket(socket) {
  socket.removeListener('close', onSocketClose);
  socket.removeListener('drain', onSocketDrain);
  socket._httpMessage = null;
  this[kSocket] = null;
};

function onSocketClose() {
  const message = this._httpMessage;
  if (!message) return;
  message.destroyed = true;
  message._closed = true;
  message.emit('close');
}

function onSocketDrain() {
  const message = this._httpMessage;
  if (message?.[kNeedDrain] && !message.destroyed) {
    message[kNeedDrain] = false;
    message.emit('drain');
  }
}

prototype._implicitHeader = function _implicitHeader() {
  this.writeHead(this.statusCode);
};

// Status lines with their usual phrase, made once each.
const statusLines = new SafeMap();

function usualStatusLine(code) {
  let line = statusLines.get(code);
  if (line === undefined) {
    line = flat(`HTTP/1.1 ${code} ${STATUS_CODES[code] || 'unknown'}\r\n`);
    statusLines.set(code, line);
  }
  return line;
}

prototype.writeHead = function writeHead(statusCode, reason, headers) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('write');
  const given = statusCode;
  statusCode |= 0;
  if (statusCode < 100 || statusCode > 999) throw new ERR_HTTP_INVALID_STATUS_CODE(require('util').format('%s', given));
  if (typeof reason === 'string') {
    this.statusMessage = reason;
  } else {
    headers ??= reason;
    this.statusMessage ||= STATUS_CODES[statusCode] || 'unknown';
  }
  this.statusCode = statusCode;
  let all = headers;
  if (this[kOutHeaders] !== null) {
    if (headers) mergeHeaders(this, headers);
    all = this[kOutHeaders];
  }
  let line;
  if (this.statusMessage === STATUS_CODES[statusCode]) {
    line = usualStatusLine(statusCode);
  } else {
    if (checkInvalidHeaderChar(this.statusMessage)) throw new ERR_INVALID_CHAR('statusMessage');
    line = `HTTP/1.1 ${statusCode} ${this.statusMessage}\r\n`;
  }
  if (statusCode === 204 || statusCode === 304 || (statusCode >= 100 && statusCode <= 199)) this._hasBody = false;
  // The client asked whether to send its body and isn't told to: nobody knows what follows on the connection.
  if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
  this._storeHeader(line, all);
  return this;
};
prototype.writeHeader = prototype.writeHead;

function mergeHeaders(response, headers) {
  if (!ArrayIsArray(headers)) {
    const names = ObjectKeys(headers);
    for (let i = 0; i < names.length; i++) if (names[i]) response.setHeader(names[i], headers[names[i]]);
    return;
  }
  if (headers.length > 0 && ArrayIsArray(headers[0])) {
    for (let i = 0; i < headers.length; i++) response.removeHeader(headers[i][0]);
    for (let i = 0; i < headers.length; i++) response.appendHeader(headers[i][0], headers[i][1]);
    return;
  }
  if (headers.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', headers);
  for (let i = 0; i < headers.length; i += 2) response.removeHeader(headers[i]);
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]) response.appendHeader(headers[i], headers[i + 1]);
  }
}

prototype.writeContinue = function writeContinue(callback) {
  this._writeRaw('HTTP/1.1 100 Continue\r\n\r\n', 'latin1', callback);
  this._sent100 = true;
};

prototype.writeProcessing = function writeProcessing(callback) {
  this._writeRaw('HTTP/1.1 102 Processing\r\n\r\n', 'latin1', callback);
};

const LINK = /^(?:<[^>\r\n]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/;

function checkLink(value) {
  if (typeof value !== 'string' || RegExpPrototypeExec(LINK, value) === null) {
    throw new ERR_INVALID_ARG_VALUE('hints', value,
                                    'must be an array or string of format "</styles.css>; rel=preload; as=style"');
  }
}

prototype.writeEarlyHints = function writeEarlyHints(hints, callback) {
  validateObject(hints, 'hints');
  if (hints.link === null || hints.link === undefined) return;
  const link = linkHeader(hints.link);
  if (link === '') return;
  let head = `HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n`;
  const names = ObjectKeys(hints);
  for (let i = 0; i < names.length; i++) {
    if (names[i] === 'link') continue;
    validateHeaderName(names[i]);
    validateHeaderValue(names[i], hints[names[i]]);
    head += `${names[i]}: ${hints[names[i]]}\r\n`;
  }
  this._writeRaw(`${head}\r\n`, 'latin1', callback);
};

/** The value of a `Link` header: one link, or a list of them. */
function linkHeader(link) {
  if (!ArrayIsArray(link)) {
    checkLink(link);
    return link;
  }
  for (let i = 0; i < link.length; i++) checkLink(link[i]);
  return ArrayPrototypeJoin(link, ', ');
}

module.exports = { ServerResponse, linkHeader };
