// Http2ServerRequest: a request in the shape of `http.IncomingMessage`.
'use strict';

const { ArrayPrototypePush, ObjectAssign, StringPrototypeTrim, Symbol } = primordials;

const { Readable } = require('stream');
const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateString } = require('internal/validators');
const { proxyOfStream } = require('internal/http2/socket_proxy');

const kRequest = Symbol('request');
const kStream = Symbol('stream');
const kState = Symbol('state');
const kHeaders = Symbol('headers');
const kRawHeaders = Symbol('raw headers');
const kTrailers = Symbol('trailers');
const kRawTrailers = Symbol('raw trailers');
const kSocketProxy = Symbol('socket proxy');

class Http2ServerRequest extends Readable {
  constructor(stream, headers, options, rawHeaders) {
    super({ autoDestroy: false, ...options });
    this[kState] = { isClosed: false, didRead: false, isAborted: false };
    this[kHeaders] = headers;
    this[kRawHeaders] = rawHeaders;
    this[kTrailers] = {};
    this[kRawTrailers] = [];
    this[kStream] = stream;
    stream[kRequest] = this;
    stream[kSocketProxy] = null;
    stream.on('trailers', onTrailers);
    stream.on('end', onEnd);
    stream.on('error', onError);
    stream.on('aborted', onAborted);
    stream.on('close', onClose);
    stream.on('timeout', onTimeout);
    this.on('pause', onPause);
    this.on('resume', onResume);
  }

  get aborted() { return this[kState].isAborted; }
  get complete() {
    return this[kState].isAborted || this.readableEnded || this[kState].isClosed || this[kStream].destroyed;
  }

  get stream() { return this[kStream]; }
  get headers() { return this[kHeaders]; }
  get rawHeaders() { return this[kRawHeaders]; }
  get trailers() { return this[kTrailers]; }
  get rawTrailers() { return this[kRawTrailers]; }
  get httpVersionMajor() { return 2; }
  get httpVersionMinor() { return 0; }
  get httpVersion() { return '2.0'; }
  get socket() { return socketOf(this[kStream]); }
  get connection() { return this.socket; }

  _read() {
    const state = this[kState];
    if (!state.didRead) {
      state.didRead = true;
      this[kStream].on('data', onData);
    } else {
      require('process').nextTick(resume, this[kStream]);
    }
  }

  get method() { return this[kHeaders][':method']; }
  set method(method) {
    validateString(method, 'method');
    if (StringPrototypeTrim(method) === '') throw new ERR_INVALID_ARG_VALUE('method', method);
    this[kHeaders][':method'] = method;
  }

  get authority() { return this[kHeaders][':authority'] ?? this[kHeaders].host; }
  get scheme() { return this[kHeaders][':scheme']; }

  get url() { return this[kHeaders][':path']; }
  set url(url) {
    this[kHeaders][':path'] = url;
  }

  setTimeout(msecs, callback) {
    if (!this[kState].isClosed) this[kStream].setTimeout(msecs, callback);
    return this;
  }
}

function socketOf(stream) {
  return stream[kSocketProxy] ??= proxyOfStream(stream);
}

function resume(stream) {
  stream.resume();
}

function onData(chunk) {
  const request = this[kRequest];
  if (request !== undefined && !request.push(chunk)) this.pause();
}

function onTrailers(trailers, flags, list) {
  const request = this[kRequest];
  if (request === undefined) return;
  ObjectAssign(request[kTrailers], trailers);
  for (let i = 0; i < list.length; i++) ArrayPrototypePush(request[kRawTrailers], list[i]);
}

function onEnd() {
  this[kRequest]?.push(null);
}

// Errors of the stream are the session's and the response's affair.
function onError() {}

function onAborted() {
  const request = this[kRequest];
  if (request === undefined || request[kState].isClosed) return;
  request[kState].isAborted = true;
  request.emit('aborted');
}

function onTimeout() {
  this[kRequest]?.emit('timeout');
}

function onClose() {
  const request = this[kRequest];
  if (request === undefined) return;
  const state = request[kState];
  state.isClosed = true;
  request.push(null);
  // What nobody asked for is thrown away.
  if (!state.didRead && !request._readableState.resumeScheduled) request.resume();
  this[kSocketProxy] = null;
  this[kRequest] = undefined;
  request.emit('close');
}

function onPause() {
  this[kStream].pause();
}

function onResume() {
  this[kStream].resume();
}

module.exports = { Http2ServerRequest, kRequest, kSocketProxy, socketOf };
