// Reads the responses of one socket for its request, and sees the socket through: to the pool, to an upgrade, to its end.
'use strict';

const { Symbol } = primordials;

const { connResetException } = require('internal/errors');
const {
  FLAG_CHUNKED, FLAG_CONTENT_LENGTH, FLAG_KEEP_ALIVE, FLAG_UPGRADE, INFO_CODE, INFO_CONTENT_LENGTH, INFO_END,
  INFO_FLAGS, INFO_HEADERS_START, INFO_MINOR_VERSION, parseError, parser,
} = require('internal/http/common');
const { asyncIds } = require('internal/net/handle');
const { exchange, setFrame } = require('internal/async_context');
const { kFrame } = require('internal/http/outgoing');
const { heard } = require('internal/diagnostics');
const { BodyReader, copy, join, slice } = require('internal/http/body_reader');
const { IncomingMessage } = require('internal/http/incoming');
const { maxHeaderSize } = require('internal/http/limits');
const { words, NETWORK } = require('internal/loop_words');

const { info, parseResponse } = parser;
const kReader = Symbol('response reader');

function emitFailure(request, error) {
  heard('http.client.request.error')?.publish({ request, error });
  request.emit('error', error);
}

function emitResponse(request, response) {
  heard('http.client.response.finish')?.publish({ request, response });
  if (!asyncIds.on) return request.emit('response', response);
  let isHeard;
  require('internal/async_hooks/native').run(request, () => { isHeard = request.emit('response', response); });
  return isHeard;
}

class ResponseReader {
  constructor(request, socket) {
    this.request = request;
    this.socket = socket;
    this.headMax = request.maxHeaderSize || maxHeaderSize();
    this.pending = null;
    this.body = null;
    this.done = false;
  }

  // A response comes in the context of its request: the socket may be an older one's.
  receive(bytes) {
    const before = exchange(this.request[kFrame]);
    try {
      this.receiveHere(bytes);
    } finally {
      setFrame(before);
    }
  }

  receiveHere(bytes) {
    let start = 0;
    let end = bytes.length;
    if (this.pending !== null) {
      bytes = join(this.pending, bytes, 0, end);
      end = bytes.length;
      this.pending = null;
    }
    while (start < end && this.socket[kReader] === this) {
      if (this.done) {
        this.tooMuch(bytes, start, end);
        return;
      }
      start = this.body === null ? this.readHead(bytes, start, end) : this.readBody(bytes, start, end);
      if (start === -1) return;
    }
  }

  // More than was asked for: the connection can't be trusted.
  tooMuch(bytes, start, end) {
    const fault = parseResponse(bytes, start, end, this.headMax);
    if (typeof fault === 'number' && fault !== 0) this.fail(parseError(fault, slice(bytes, 0, end), info[INFO_END]));
    else this.socket.destroy();
  }

  readHead(bytes, start, end) {
    const reason = parseResponse(bytes, start, end, this.headMax);
    if (reason === 0) {
      this.pending = copy(bytes, start, end);
      return -1;
    }
    if (typeof reason !== 'string') {
      this.fail(parseError(reason, slice(bytes, start, end), info[INFO_END]));
      return -1;
    }
    const stop = info[INFO_END];
    const flags = info[INFO_FLAGS];
    const contentLength = info[INFO_CONTENT_LENGTH];
    const { request, socket } = this;
    const response = new IncomingMessage(socket);
    response.statusCode = info[INFO_CODE];
    response.statusMessage = reason;
    response.setHead(bytes, info[INFO_HEADERS_START], stop, info[INFO_MINOR_VERSION], request.maxHeadersCount);
    response.joinDuplicateHeaders = request.joinDuplicateHeaders;
    const { statusCode } = response;
    if (request.method === 'CONNECT' || (statusCode === 101 && (flags & FLAG_UPGRADE) !== 0)) {
      this.upgrade(response, bytes, stop, end);
      return -1;
    }
    // A 101 that is no upgrade is the response.
    if (statusCode >= 100 && statusCode < 200 && statusCode !== 101) {
      inform(request, response);
      return stop;
    }
    const hasNoBody = request.method === 'HEAD' || statusCode === 204 || statusCode === 304;
    const endsItself = hasNoBody || (flags & (FLAG_CHUNKED | FLAG_CONTENT_LENGTH)) !== 0;
    if ((flags & FLAG_KEEP_ALIVE) === 0 || !endsItself) request.shouldKeepAlive = false;
    if (!hasNoBody && !((flags & FLAG_CONTENT_LENGTH) !== 0 && contentLength === 0)) {
      this.body = new BodyReader(response, flags, contentLength, this.headMax);
    } else {
      this.done = true;
    }
    this.deliver(response);
    if (this.done) response.receiveEnd();
    return stop;
  }

  deliver(response) {
    const { request, socket } = this;
    request.res = response;
    response.req = request;
    if (words[NETWORK] !== 0) require('internal/inspector/network').responded(request, response);
    response.on('end', onResponseEnd);
    request.on('finish', onRequestFinish);
    socket.once('timeout', onResponseTimeout);
    if (request.aborted || !emitResponse(request, response)) response._dump();
    response.ownHead();
  }

  readBody(bytes, start, end) {
    const { body } = this;
    const stop = body.read(bytes, start, end);
    if (body.fault !== 0) {
      this.fail(parseError(body.fault, slice(bytes, start, end), 0));
      return -1;
    }
    if (body.done) {
      this.body = null;
      this.done = true;
      body.message.receiveEnd();
    }
    return stop;
  }

  fail(error) {
    const { request, socket } = this;
    socket._hadError = true;
    detach(socket);
    const { res: response } = request;
    socket.destroy();
    request.destroyed = true;
    if (response && !response.complete) response.destroy(error);
    emitFailure(request, error);
    request._closed = true;
    request.emit('close');
  }

  // From here on the socket is the listener's.
  upgrade(response, bytes, start, end) {
    const { request, socket } = this;
    const head = start < end ? slice(bytes, start, end) : require('buffer').Buffer.alloc(0);
    response.upgrade = true;
    request.res = response;
    request.upgradeOrConnect = true;
    response.ownHead();
    detach(socket);
    request.detachDrain(socket);
    if (request.timeoutCb) socket.removeListener('timeout', request.timeoutCb);
    if (socket._httpMessage === request) socket._httpMessage = null;
    if (socket.timeout) socket.setTimeout(0);
    const event = request.method === 'CONNECT' ? 'connect' : 'upgrade';
    response.receiveEnd();
    if (request.listenerCount(event) === 0) {
      socket.destroy();
      request.destroyed = true;
      return;
    }
    socket.removeListener('error', ignore);
    // As if nobody had read from it yet; what comes waits in the stream.
    socket.readableFlowing = null;
    socket.emit('agentRemove');
    request.emit(event, response, socket, head);
    request.destroyed = true;
    request._closed = true;
    request.emit('close');
  }

  socketEnded() {
    const { request, socket } = this;
    if (this.body !== null && this.body.endsWithConnection()) {
      const { message } = this.body;
      this.body = null;
      this.done = true;
      message.receiveEnd();
    } else if (!request.res && !socket._hadError) {
      socket._hadError = true;
      emitFailure(request, connResetException('socket hang up'));
    }
    socket.end();
  }

  socketClosed() {
    const { request, socket } = this;
    if (this.body !== null && this.body.endsWithConnection()) {
      const { message } = this.body;
      this.body = null;
      message.receiveEnd();
    }
    detach(socket);
    request.destroyed = true;
    const { res: response } = request;
    if (response) {
      if (!response.complete) response.destroy(connResetException('aborted'));
      request._closed = true;
      request.emit('close');
      if (!response.aborted && response.readable && !response.complete) response.push(null);
      return;
    }
    if (!socket._hadError) {
      socket._hadError = true;
      emitFailure(request, connResetException('socket hang up'));
    }
    request._closed = true;
    request.emit('close');
  }
}

function inform(request, response) {
  if (response.statusCode === 100) request.emit('continue');
  request.emit('information', {
    statusCode: response.statusCode,
    statusMessage: response.statusMessage,
    httpVersion: response.httpVersion,
    httpVersionMajor: response.httpVersionMajor,
    httpVersionMinor: response.httpVersionMinor,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
  });
}

function attachReader(request, socket) {
  socket[kReader] = new ResponseReader(request, socket);
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', onClose);
  socket.on('error', onError);
}

function detach(socket) {
  if (asyncIds.on && socket[kReader] !== null) require('internal/async_hooks/native').ended(socket[kReader].request);
  socket[kReader] = null;
  socket.removeListener('data', onData);
  socket.removeListener('end', onEnd);
  socket.removeListener('close', onClose);
  socket.removeListener('error', onError);
  // What comes after the request's end is nobody's error.
  if (socket.listenerCount('error') === 0) socket.on('error', ignore);
}

function ignore() {}

function onData(chunk) {
  const reader = this[kReader];
  if (reader === null) return;
  if (typeof chunk === 'string') chunk = require('buffer').Buffer.from(chunk);
  reader.receive(chunk);
}

function onEnd() {
  this[kReader]?.socketEnded();
}

function onClose() {
  this[kReader]?.socketClosed();
}

function onError(error) {
  const reader = this[kReader];
  if (reader === null) return;
  const { request } = reader;
  // A response that has begun ends with the connection; before that the request has failed.
  this._hadError = true;
  emitFailure(request, error);
  reader.body = reader.body?.endsWithConnection() ? null : reader.body;
  this.destroy();
}

function onResponseTimeout() {
  this._httpMessage?.res?.emit('timeout');
}

// The socket goes back to the pool when both have ended, the request and the response.

function onResponseEnd() {
  const { req: request } = this;
  const { socket } = request;
  if (socket && request.timeoutCb) socket.removeListener('timeout', emitterOf(request));
  request._ended = true;
  if (!request.shouldKeepAlive) {
    if (socket?.writable) {
      if (typeof socket.destroySoon === 'function') socket.destroySoon();
      else socket.end();
    }
  } else if (request.writableFinished && !this.aborted) {
    keepSocket(request);
  }
}

function emitterOf(request) {
  return request.timeoutCb;
}

function onRequestFinish() {
  if (this.shouldKeepAlive && this._ended) keepSocket(this);
}

function keepSocket(request) {
  const { socket } = request;
  if (request.timeoutCb) {
    socket.setTimeout(0, request.timeoutCb);
    socket.removeListener('timeout', request.timeoutCb);
    request.timeoutCb = null;
  }
  socket.removeListener('timeout', onResponseTimeout);
  detach(socket);
  socket.removeListener('error', ignore);
  request.detachDrain(socket);
  // The user has seen the end; the socket is no longer theirs.
  require('process').nextTick(emitFree, request, socket);
  request.destroyed = true;
  // What happens to the response from now on is nothing to the socket.
  if (request.res) request.res.socket = null;
}

function emitFree(request, socket) {
  request._closed = true;
  request.emit('close');
  socket.emit('free');
}

module.exports = { attachReader };
