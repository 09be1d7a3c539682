// ServerHttp2Stream: what a server answers with: headers, files, pushed streams.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, ObjectAssign, StringPrototypeToLowerCase, Symbol,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateFunction } = require('internal/validators');
const { utcDate } = require('internal/http/common');
const { state: channels, tellCame, tellFinish } = require('internal/http2/channels');
const { NghttpError, codes } = require('internal/http2/errors');
const { PSEUDO_ANY, PSEUDO_RESPONSE, kSensitive, objectOfRaw, toText } = require('internal/http2/headers');
const { Http2Stream, handleOf, kSentHeaders, kSentInfo, validateHeaders } = require('internal/http2/stream');
const {
  kAuthority, kHandle, kId, kInit, kOptions, kProceed, kProtocol, kSchedule, kSession, kState, kUpdateTimer,
} = require('internal/http2/symbols');
const native = binding('http2');

/** Of a frame of headers: END_HEADERS, with END_STREAM or without. */
const FLAGS_MORE = 4;
const FLAGS_END = 5;
const ERR_STREAM_ID_NOT_AVAILABLE = -509;
const ERR_STREAM_CLOSED = -510;

const kRequestHeaders = Symbol('request headers');

class ServerHttp2Stream extends Http2Stream {
  constructor(session, id, options, headers) {
    super(session, options);
    this[kInit](id);
    this[kProtocol] = headers[':scheme'];
    this[kAuthority] = headers[':authority'] ?? headers.host;
    this[kRequestHeaders] = headers;
  }

  get pushAllowed() {
    const session = this[kSession];
    return !this.destroyed && !this.closed && !session.closed && !session.destroyed && session.remoteSettings.enablePush;
  }

  pushStream(headers, options, callback) {
    if (!this.pushAllowed) throw new codes.ERR_HTTP2_PUSH_DISABLED();
    if (this[kId] % 2 === 0) throw new codes.ERR_HTTP2_NESTED_PUSH();
    const session = this[kSession];
    this[kUpdateTimer]();
    if (typeof options === 'function') {
      callback = options;
      options = undefined;
    }
    validateFunction(callback, 'callback');
    validateOptions(options);
    options = { ...options };
    options.endStream = Boolean(options.endStream);
    validateHeaders(headers);
    headers = ObjectAssign({ __proto__: null }, headers);
    headers[':method'] ??= 'GET';
    headers[':authority'] ??= this[kAuthority];
    headers[':scheme'] ??= this[kProtocol];
    headers[':path'] ??= '/';
    const isHead = headers[':method'] === 'HEAD';
    if (isHead) options.endStream = true;
    const text = toText(headers, PSEUDO_ANY, session[kOptions].strictSingleValueFields !== false);
    const id = native.push(session[kHandle], this[kId], text);
    if (id < 0) {
      let error;
      if (id === ERR_STREAM_ID_NOT_AVAILABLE) error = new codes.ERR_HTTP2_OUT_OF_STREAMS();
      else if (id === ERR_STREAM_CLOSED) error = new codes.ERR_HTTP2_INVALID_STREAM();
      else error = new NghttpError(id);
      require('process').nextTick(callback, error);
      return;
    }
    const stream = new ServerHttp2Stream(session, id, options, headers);
    stream[kSentHeaders] = headers;
    if (channels.loaded) tellCame(session, stream, headers);
    stream.push(null);
    if (options.endStream) stream.end();
    if (isHead) stream[kState].isHeadRequest = true;
    session[kSchedule]();
    require('process').nextTick(callback, null, stream, headers, 0);
  }

  respond(headers, options) {
    if (this.destroyed || this.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    this[kUpdateTimer]();
    validateOptions(options);
    const { endStream, waitForTrailers, sendDate } = options ?? {};
    const { headers: sent, status } = prepare(headers, { sendDate });
    sendHeaders(this, sent, isBodyless(this, status) || endStream === true, waitForTrailers);
  }

  respondWithFD(fd, headers, options) {
    if (this.destroyed || this.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    require('internal/http2/file').respondWithFD(this, fd, headers, options);
  }

  respondWithFile(path, headers, options) {
    if (this.destroyed || this.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    require('internal/http2/file').respondWithFile(this, path, headers, options);
  }

  additionalHeaders(headers) {
    if (this.destroyed || this.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_AFTER_RESPOND();
    validateHeaders(headers);
    headers = ObjectAssign({ __proto__: null }, headers);
    if (headers[':status'] !== undefined) {
      const status = headers[':status'] |= 0;
      if (status === 101) throw new codes.ERR_HTTP2_STATUS_101();
      if (status < 100 || status >= 200) throw new codes.ERR_HTTP2_INVALID_INFO_STATUS(headers[':status']);
    }
    this[kUpdateTimer]();
    const text = toText(headers, PSEUDO_RESPONSE, isStrict(this));
    this[kSentInfo] ??= [];
    ArrayPrototypePush(this[kSentInfo], headers);
    const code = native.inform(handleOf(this), this[kId], text);
    if (code < 0) this.destroy(new NghttpError(code));
    else this[kSession][kSchedule]();
  }

  /** The first write sends headers if the user hasn't. */
  [kProceed]() {
    this.respond();
  }
}

function isStrict(stream) {
  return stream[kSession][kOptions].strictSingleValueFields !== false;
}

function validateOptions(options) {
  if (options !== undefined && (options === null || typeof options !== 'object')) {
    throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
}

/** The headers as they go out, with status and date. */
function prepare(given, options) {
  let headers;
  let status;
  if (ArrayIsArray(given)) {
    headers = [...given];
    let hasStatus = false;
    let hasDate = false;
    for (let i = 0; i < headers.length; i += 2) {
      const name = StringPrototypeToLowerCase(`${headers[i]}`);
      if (name === ':status') {
        hasStatus = true;
        status = headers[i + 1] | 0;
      } else if (name === 'date') {
        hasDate = true;
      }
    }
    if (!hasStatus) {
      status = 200;
      headers = [':status', status, ...headers];
    }
    if (!hasDate && options.sendDate !== false) ArrayPrototypePush(headers, 'date', utcDate());
    if (given[kSensitive] !== undefined) headers[kSensitive] = given[kSensitive];
  } else {
    validateHeaders(given);
    headers = ObjectAssign({ __proto__: null }, given);
    status = headers[':status'] = headers[':status'] == null ? 200 : headers[':status'] | 0;
    if ((options.sendDate == null || options.sendDate) && headers.date === undefined) headers.date = utcDate();
  }
  if (status < 200 || status > 599) throw new codes.ERR_HTTP2_STATUS_INVALID(status);
  return { headers, status };
}

/** Whether the answer has no body, whoever asks for one. */
function isBodyless(stream, status) {
  return status === 204 || status === 205 || status === 304 || stream.headRequest === true;
}

function sendHeaders(stream, headers, isEmpty, waitForTrailers) {
  const state = stream[kState];
  const text = toText(headers, PSEUDO_RESPONSE, isStrict(stream));
  stream[kSentHeaders] = ArrayIsArray(headers) ? objectOfRaw(headers) : headers;
  state.areHeadersSent = true;
  if (waitForTrailers) state.hasTrailers = true;
  const isOver = isEmpty || (!waitForTrailers && stream._writableState.ending && stream.writableLength === 0);
  if (isEmpty) stream.end();
  if (isOver) state.isShut = true;
  const code = native.respond(handleOf(stream), stream[kId], text, isOver, waitForTrailers === true);
  if (code < 0) {
    stream.destroy(new NghttpError(code));
    return;
  }
  if (channels.loaded) tellFinish(stream[kSession], stream, stream[kSentHeaders], isOver ? FLAGS_END : FLAGS_MORE);
  stream[kSession][kSchedule]();
}

module.exports = { ServerHttp2Stream, isBodyless, kRequestHeaders, prepare, sendHeaders, validateOptions };
