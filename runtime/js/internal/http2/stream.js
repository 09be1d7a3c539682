// Http2Stream: one exchange, a Duplex over the native session's stream of the same id.
'use strict';

const { ArrayPrototypePush, Number, Symbol, SymbolFor } = primordials;

const { Duplex } = require('stream');
const timers = require('timers');
const { AbortError } = require('internal/errors');
const { validateFunction, validateInteger, validateObject } = require('internal/validators');
const { getFrame } = require('internal/async_context');
const { channelOf, state: channels, tellBody, tellBodyEnd } = require('internal/http2/channels');
const { NghttpError, codes } = require('internal/http2/errors');
const { errorNames } = require('internal/http2/constants');
const { PSEUDO_NONE, toText } = require('internal/http2/headers');
const { setTimer } = require('internal/http2/session');
const {
  kClosedByProtocol, kFlush, kFrame, kHandle, kId, kInit, kIsBeingRead, kKeepOpen, kMaybeDestroy, kMaybeShut, kProceed,
  kSchedule, kSession, kState, kTrailersWanted, kTurn, kType, kUpdateTimer, kWasSent, kWriteAll, kWritten,
} = require('internal/http2/symbols');
const native = binding('http2');

const kTimeout = Symbol('timeout');
const kWriteCallback = Symbol('write callback');
const kPendingBytes = Symbol('bytes of the pending write');
const kSentHeaders = Symbol('sent headers');
const kSentTrailers = Symbol('sent trailers');
const kSentInfo = Symbol('sent informational headers');

const SERVER = 0;
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const CANCEL = 8;
const UINT32_MAX = 2 ** 32 - 1;

// Whether the peer hears of the end.
const RST_NONE = 0;
const RST_SUBMIT = 1;
const RST_FORCE = 2;

class Http2Stream extends Duplex {
  constructor(session, options) {
    super({ highWaterMark: options.highWaterMark, allowHalfOpen: true, decodeStrings: false, autoDestroy: false });
    this[kSession] = session;
    this[kId] = undefined;
    this[kFrame] = getFrame();
    this[kTimeout] = null;
    this[kTurn] = -1;
    this[kWriteCallback] = null;
    this[kPendingBytes] = 0;
    this[kSentHeaders] = undefined;
    this[kSentTrailers] = undefined;
    this[kSentInfo] = undefined;
    this[kState] = {
      isClosed: false, isAborted: false, areHeadersSent: false, isHeadRequest: false, hasTrailers: false, didRead: false,
      awaitsEnd: false, trailersReady: false, endAfterHeaders: false, isShut: false, rstCode: NO_ERROR,
    };
    session[kState].pendingStreams.add(this);
    // Nothing can be written before the stream has a number.
    this.cork();
    this.on('pause', onPause);
  }

  /** The stream is known to the native session from here on. */
  [kInit](id) {
    const session = this[kSession];
    const state = session[kState];
    state.pendingStreams.delete(this);
    state.streams.set(id, this);
    this[kId] = id;
    this.uncork();
    this.emit('ready');
  }

  get bufferSize() { return this[kPendingBytes] + this.writableLength; }
  get endAfterHeaders() { return this[kState].endAfterHeaders; }
  get sentHeaders() { return this[kSentHeaders]; }
  get sentTrailers() { return this[kSentTrailers]; }
  get sentInfoHeaders() { return this[kSentInfo]; }
  get pending() { return this[kId] === undefined; }
  get id() { return this[kId]; }
  get session() { return this[kSession]; }
  /** Whether the exchange is complete but for a reader who has not come to its end. */
  [kIsBeingRead]() {
    return this[kState].awaitsEnd && (this.readableFlowing !== null || this.listenerCount('readable') > 0);
  }

  /** A request that nobody reads stays open, as it may have trailers to wait for. */
  [kKeepOpen]() {
    this[kState].hasTrailers = true;
  }

  /** Whether the peer may know of the stream. */
  [kWasSent]() {
    return this[kSession][kType] === SERVER || this[kSentTrailers] !== undefined;
  }

  get headersSent() { return this[kState].areHeadersSent; }
  get aborted() { return this[kState].isAborted; }
  get headRequest() { return this[kState].isHeadRequest; }
  get rstCode() { return this[kState].rstCode; }
  get closed() { return this[kState].isClosed; }

  get state() {
    const handle = handleOf(this);
    if (handle === undefined || this.pending) return {};
    const values = native.describeStream(handle, this[kId]);
    return {
      state: values[0],
      weight: values[1],
      sumDependencyWeight: values[2],
      localClose: values[3],
      remoteClose: values[4],
      localWindowSize: values[5],
    };
  }

  // The writable side.

  _write(chunk, encoding, callback) {
    if (typeof chunk === 'string' && encoding !== 'utf8' && encoding !== 'utf-8') {
      chunk = require('buffer').Buffer.from(chunk, encoding);
    }
    this[kWriteAll](chunk, null, callback, encoding);
  }

  _writev(chunks, callback) {
    this[kWriteAll](null, chunks, callback);
  }

  [kWriteAll](chunk, chunks, callback, encoding) {
    // A stream may be written to before it has a number.
    if (this.pending) {
      this.once('ready', () => this[kWriteAll](chunk, chunks, callback, encoding));
      return;
    }
    if (this.destroyed) return;
    this[kUpdateTimer]();
    if (!this.headersSent) this[kProceed]();
    const session = this[kSession];
    const handle = handleOf(this);
    if (handle === undefined) return;
    this[kWriteCallback] = callback;
    if (channels.loaded) tellBody(session, this, chunk, chunks, encoding);
    if (chunks === null) {
      this[kPendingBytes] = native.write(handle, this[kId], chunk);
    } else {
      for (let i = 0; i < chunks.length; i++) {
        const { chunk: one, encoding } = chunks[i];
        const isText = typeof one === 'string' && encoding !== 'utf8' && encoding !== 'utf-8';
        const bytes = isText ? require('buffer').Buffer.from(one, encoding) : one;
        this[kPendingBytes] += native.write(handle, this[kId], bytes);
      }
    }
    ArrayPrototypePush(session[kState].writers, this);
    session[kSchedule]();
  }

  /** What was written is taken into frames. */
  [kWritten]() {
    const callback = this[kWriteCallback];
    this[kWriteCallback] = null;
    this[kPendingBytes] = 0;
    if (callback !== null) callback();
  }

  /** Whether the pending write is the last one is known once its callback is over. */
  [kMaybeShut]() {
    const state = this._writableState;
    if (!state.ending || this[kWriteCallback] === null || state.length > state.writelen || this[kState].isShut) return;
    const handle = handleOf(this);
    if (handle === undefined) return;
    this[kState].isShut = true;
    native.shutdown(handle, this[kId]);
  }

  _final(callback) {
    if (this.pending) {
      this.once('ready', () => this._final(callback));
      return;
    }
    const handle = handleOf(this);
    // An end is no end where the stream was reset.
    const isReset = this.closed && this.rstCode !== NO_ERROR;
    if (handle !== undefined && !this[kState].isShut && !isReset) {
      this[kState].isShut = true;
      native.shutdown(handle, this[kId]);
      this[kSession][kSchedule]();
    }
    if (channels.loaded && this[kSession] !== undefined) tellBodyEnd(this[kSession], this);
    callback();
    require('process').nextTick(maybeDestroy, this);
  }

  // The readable side.

  _read() {
    if (this.destroyed) {
      this.push(null);
      return;
    }
    if (!this[kState].didRead) {
      this._readableState.readingMore = false;
      this[kState].didRead = true;
    }
    if (this.pending) this.once('ready', startReading);
    else startReading(this);
  }

  // Trailers.

  [kTrailersWanted]() {
    this[kState].trailersReady = true;
    if (!this.emit('wantTrailers')) this.sendTrailers({});
  }

  sendTrailers(headers) {
    if (this.destroyed || this.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
    if (this[kSentTrailers]) throw new codes.ERR_HTTP2_TRAILERS_ALREADY_SENT();
    if (!this[kState].trailersReady) throw new codes.ERR_HTTP2_TRAILERS_NOT_READY();
    validateHeaders(headers);
    const text = toText(headers, PSEUDO_NONE);
    this[kSentTrailers] = headers;
    this[kState].trailersReady = false;
    this[kUpdateTimer]();
    const code = native.trailers(handleOf(this), this[kId], text);
    if (code < 0) this.destroy(new NghttpError(code));
    else this[kSession][kSchedule]();
  }

  // The end.

  close(code = NO_ERROR, callback) {
    validateInteger(code, 'code', 0, UINT32_MAX);
    if (callback !== undefined) validateFunction(callback, 'callback');
    if (this.closed) return;
    if (callback !== undefined) this.once('close', callback);
    closeStream(this, code, RST_SUBMIT);
  }

  /** Both sides are done, or one has reset the stream. */
  [kClosedByProtocol](code) {
    if (!this.closed) closeStream(this, code, RST_NONE);
    if (this.destroyed) return;
    // A stream with an error (a write after its end, say) tells of no end any more.
    if (!this.readable || this._writableState.errored || code !== NO_ERROR) {
      this.destroy();
      return;
    }
    // The user may still read what came.
    this[kState].awaitsEnd = true;
    this.on('end', destroyThis);
    this.push(null);
    if (this[kSession][kType] === SERVER && !this[kState].didRead && this.readableFlowing === null) this.resume();
    else this.read(0);
  }

  _destroy(error, callback) {
    const session = this[kSession];
    const id = this[kId];
    const sessionState = session[kState];
    const sessionCode = sessionState.goawayCode || sessionState.destroyCode;
    // A stream that has ended well has no part in what became of its session.
    let code = this.closed ? this.rstCode : sessionCode;
    if (error != null) {
      if (sessionCode) code = sessionCode;
      else if (error instanceof AbortError) code = CANCEL;
      else code = INTERNAL_ERROR;
    }
    const isKnown = id !== undefined;
    if (!this.closed) closeStream(this, code, isKnown ? RST_FORCE : RST_NONE);
    this.push(null);
    if (isKnown) {
      sessionState.streams.delete(id);
      if (session[kHandle] !== undefined) native.forget(session[kHandle], id);
    } else {
      sessionState.pendingStreams.delete(this);
    }
    const name = errorNames.get(code) ?? code;
    if (error == null && code !== NO_ERROR && code !== CANCEL && code !== undefined) error = new codes.ERR_HTTP2_STREAM_ERROR(name);
    if (error && channels.loaded) channelOf(session, 'error')?.publish({ stream: this, error });
    const waiting = this[kWriteCallback];
    this[kWriteCallback] = null;
    if (this[kTimeout] !== null) timers.clearTimeout(this[kTimeout]);
    this[kTimeout] = null;
    this[kSession] = undefined;
    // A session that was closed ends with its last stream, once the callback of now is over.
    require('timers').setImmediate(sessionMaybeDestroy, session);
    callback(error);
    if (waiting !== null) waiting(error ?? new codes.ERR_HTTP2_INVALID_STREAM());
  }

  [kMaybeDestroy]() {
    if (this.destroyed || !this.writableFinished) return;
    if (!this.readable && this.closed) {
      this.destroy();
      return;
    }
    // A server that has answered and never looked at the request lets the client know that it need not go on.
    const session = this[kSession];
    const state = this[kState];
    if (session !== undefined && session[kType] === SERVER && state.areHeadersSent && !state.hasTrailers && !state.didRead && this.readableFlowing === null) {
      timers.setImmediate(closeWell, this);
    }
  }

  priority() {
    // Priorities are gone from the protocol (RFC 9113, 5.3); Node has kept the method.
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_STREAM();
  }

  setTimeout(msecs, callback) {
    return setTimer(this, kTimeout, msecs, callback);
  }

  [kUpdateTimer]() {
    if (this.destroyed) return;
    if (this[kTimeout] !== null) this[kTimeout].refresh();
    this[kSession]?.[kUpdateTimer]();
  }

  _onTimeout() {
    if (!this.destroyed) this.emit('timeout');
  }

  [kProceed]() {}

  [SymbolFor('nodejs.util.inspect.custom')](depth, options) {
    if (typeof depth === 'number' && depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const shown = {
      id: this[kId] || '<pending>', closed: this.closed, destroyed: this.destroyed, state: this.state,
      readableState: this._readableState, writableState: this._writableState,
    };
    return `Http2Stream ${inspect(shown, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

function handleOf(stream) {
  return stream[kSession]?.[kHandle];
}

function validateHeaders(headers, name = 'headers') {
  if (headers !== undefined) validateObject(headers, name);
}

function startReading(stream = this) { // eslint-disable-line no-invalid-this
  const handle = handleOf(stream);
  if (handle === undefined || stream.pending) return;
  if (native.readStart(handle, stream[kId])) stream[kSession][kSchedule]();
}

function onPause() {
  const handle = handleOf(this);
  if (handle !== undefined && !this.pending) native.readStop(handle, this[kId]);
}

function destroyThis() {
  this.destroy();
}

function closeWell(stream) {
  if (!stream.destroyed) stream.close();
}

function maybeDestroy(stream) {
  stream[kMaybeDestroy]();
}

function sessionMaybeDestroy(session) {
  session[kMaybeDestroy]();
}

function closeStream(stream, code, rst) {
  const state = stream[kState];
  state.isClosed = true;
  state.rstCode = code;
  stream.setTimeout(0);
  const { ending } = stream._writableState;
  if (!ending) {
    // The stream ends before the user has ended it.
    if (!stream.aborted || code !== NO_ERROR) {
      state.isAborted = true;
      stream.emit('aborted');
    }
    stream.end();
  }
  if (channels.loaded) channelOf(stream[kSession], 'close')?.publish({ stream });
  if (rst === RST_NONE) return;
  if (!ending || stream.writableFinished || code !== NO_ERROR || rst === RST_FORCE) finishClose(stream, code);
  else stream.once('finish', () => finishClose(stream, code));
}

function finishClose(stream, code) {
  if (stream.pending) {
    stream.push(null);
    stream.once('ready', () => submitReset(stream, code));
    return;
  }
  submitReset(stream, code);
}

function submitReset(stream, code) {
  const session = stream[kSession];
  // A session that ends takes its streams with it: its goodbye says why.
  if (session === undefined || session.destroyed || session[kHandle] === undefined) return;
  // What was written goes first: a reset drops it.
  session[kFlush]();
  if (session[kHandle] === undefined) return;
  native.reset(session[kHandle], stream[kId], Number(code));
  session[kSchedule]();
}

module.exports = {
  Http2Stream, handleOf, kSentHeaders, kSentInfo, validateHeaders,
};
