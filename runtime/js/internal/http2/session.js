// Http2Session: one connection. It feeds the native session what the socket reads, sends what that has to say, and ends
// when it was closed and its streams are over.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeShift, BigInt, FunctionPrototypeCall, Number, ReflectApply, SafeMap, SafeSet,
  Symbol, SymbolFor,
} = primordials;

const EventEmitter = require('events');
const { Buffer } = require('buffer');
const timers = require('timers');
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE },
  errnoException,
} = require('internal/errors');
const { validateFunction, validateInt32, validateNumber, validateObject } = require('internal/validators');
const { isArrayBufferView } = require('internal/util/types');
const { getFrame } = require('internal/async_context');
const { state: asyncIds } = require('internal/async_hooks/ids');
const { NghttpError, codes } = require('internal/http2/errors');
const { fromValues, toEntries, validateCustomNumbers, validateSettings } = require('internal/http2/settings');
const { bytesOf, dispatch } = require('internal/http2/dispatch');
const { kId } = require('internal/net/handle');
const { kWriteCallback } = require('internal/net/socket');
const { proxyOfSession } = require('internal/http2/socket_proxy');
const {
  kBoundSession, kFlush, kFrame, kHandle, kIsBeingRead, kMaybeDestroy, kMaybeShut, kOptions, kOriginSet, kPingAnswered,
  kRemoteSettingsCame, kSchedule, kServer, kSettingsAnswered, kSocket, kState, kType, kUpdateTimer, kWhenConnected,
} = require('internal/http2/symbols');
const native = binding('http2');

const kProxy = Symbol('socket proxy');
const kTimeout = Symbol('timeout');
const kScheduled = Symbol('flush is scheduled');
const kFlushing = Symbol('flush runs');
const kBlocked = Symbol('socket takes no more');
const kLocal = Symbol('local settings');
const kRemote = Symbol('remote settings');
const kAlpn = Symbol('alpn');
const kEncrypted = Symbol('encrypted');

const SERVER = 0;
const CLIENT = 1;
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const CANCEL = 8;
const STREAM_ID_MAX = 2 ** 32 - 1;
/** Frames that go to the socket at once. */
const PULL_BYTES = 48 * 1024;
/** What is sent at the end whatever the socket says: a goodbye and what was written before it. */
const LAST_PULL_BYTES = 2 ** 31 - 1;
const ERR_PROTO = -505;
/** More settings wait for the peer than may. */
const REFUSED = 1;

class Http2Session extends EventEmitter {
  constructor(type, options, socket) {
    super();
    // Which socket a session has can't be changed.
    if (socket[kBoundSession] !== undefined) throw new codes.ERR_HTTP2_SOCKET_BOUND();
    socket[kBoundSession] = this;
    this[kState] = {
      destroyCode: NO_ERROR, isClosed: false, isDestroyed: false, isReady: false, goawayCode: null, goawayLastStreamID: null,
      streams: new SafeMap(), pendingStreams: new SafeSet(), pendingAck: 0, settingsCallbacks: [], pings: [], originSet: undefined,
      didSayGoodbye: false, waiting: null, waitingFrom: 0, turn: 0, isTurnOver: false, calls: null,
      // What a user's own stream brings may come in several calls of one turn.
      keepsTurn: socket[kId] === undefined && socket.encrypted !== true, customSettings: undefined, writers: [],
    };
    this[kOptions] = options;
    this[kType] = type;
    this[kSocket] = socket;
    this[kProxy] = null;
    this[kHandle] = undefined;
    this[kTimeout] = null;
    this[kScheduled] = false;
    this[kFlushing] = false;
    this[kBlocked] = false;
    this[kLocal] = undefined;
    this[kRemote] = undefined;
    this[kAlpn] = undefined;
    this[kEncrypted] = undefined;
    this[kServer] = undefined;
    this[kFrame] = getFrame();
    if (typeof socket.disableRenegotiation === 'function') socket.disableRenegotiation();
    socket.on('error', socketOnError);
    socket.on('close', socketOnClose);
    // Frames are corked as it is: nothing waits in the kernel for more.
    if (typeof socket.setNoDelay === 'function') socket.setNoDelay();
    if (socket.connecting || socket.secureConnecting) {
      socket.once(socket.encrypted === true ? 'secureConnect' : 'connect', () => setUp(this, socket));
    } else {
      setUp(this, socket);
    }
  }

  get encrypted() { return this[kEncrypted]; }
  get alpnProtocol() { return this[kAlpn]; }
  get connecting() { return !this[kState].isReady && !this.destroyed && this[kHandle] === undefined; }
  get closed() { return this[kState].isClosed; }
  get destroyed() { return this[kState].isDestroyed; }
  get type() { return this[kType]; }
  get goawayCode() { return this[kState].goawayCode || NO_ERROR; }
  get goawayLastStreamID() { return this[kState].goawayLastStreamID || 0; }
  get pendingSettingsAck() { return this[kState].pendingAck > 0; }

  get originSet() {
    if (!this.encrypted || this.destroyed) return undefined;
    return [...initOriginSet(this)];
  }

  get socket() {
    return this[kProxy] ??= proxyOfSession(this);
  }

  get state() {
    if (this.connecting || this.destroyed || this[kHandle] === undefined) return {};
    const values = native.describe(this[kHandle]);
    return {
      effectiveLocalWindowSize: values[0],
      effectiveRecvDataLength: values[1],
      nextStreamID: values[2],
      localWindowSize: values[3],
      lastProcStreamID: values[4],
      remoteWindowSize: values[5],
      outboundQueueSize: values[6],
      deflateDynamicTableSize: values[7],
      inflateDynamicTableSize: values[8],
    };
  }

  get localSettings() {
    if (this[kLocal] !== undefined) return this[kLocal];
    if (this.destroyed || this[kHandle] === undefined) return {};
    return this[kLocal] = fromValues(native.settingsOf(this[kHandle], true), this[kState].customSettings);
  }

  get remoteSettings() {
    if (this[kRemote] !== undefined) return this[kRemote];
    if (this.destroyed || this[kHandle] === undefined) return {};
    return this[kRemote] = fromValues(native.settingsOf(this[kHandle], false));
  }

  [kOriginSet]() {
    return initOriginSet(this);
  }

  [kRemoteSettingsCame](values) {
    this[kRemote] = fromValues(values);
    this.emit('remoteSettings', this[kRemote]);
  }

  setNextStreamID(id) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    validateNumber(id, 'id');
    if (id <= 0 || id > STREAM_ID_MAX) throw new ERR_OUT_OF_RANGE('id', `> 0 and <= ${STREAM_ID_MAX}`, id);
    native.setNextStreamID(this[kHandle], id);
  }

  setLocalWindowSize(windowSize) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    validateInt32(windowSize, 'windowSize', 0);
    const code = native.setLocalWindowSize(this[kHandle], windowSize);
    if (code < 0) this.destroy(new NghttpError(code));
    else this[kSchedule]();
  }

  ping(payload, callback) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    if (typeof payload === 'function') {
      callback = payload;
      payload = undefined;
    }
    if (payload !== undefined) {
      if (!isArrayBufferView(payload)) throw new ERR_INVALID_ARG_TYPE('payload', ['Buffer', 'TypedArray', 'DataView'], payload);
      if (payload.byteLength !== 8) throw new codes.ERR_HTTP2_PING_LENGTH();
    } else {
      payload = Buffer.alloc(8);
      payload.writeBigUInt64LE(BigInt(now()));
    }
    validateFunction(callback, 'callback');
    if (this.connecting || this.closed) {
      require('process').nextTick(answerPing, callback, false, 0, payload);
      return undefined;
    }
    const waiting = { callback, at: now() };
    if (asyncIds.on) require('internal/async_hooks/ids').begin(waiting, 'HTTP2PING');
    if (native.ping(this[kHandle], payload) !== 0) {
      runPing(waiting, false, payload);
      return false;
    }
    ArrayPrototypePush(this[kState].pings, waiting);
    this[kSchedule]();
    return true;
  }

  [kPingAnswered](payload) {
    const waiting = ArrayPrototypeShift(this[kState].pings);
    if (waiting !== undefined) runPing(waiting, true, payload);
  }

  settings(settings, callback) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    if (settings !== undefined) validateObject(settings, 'settings');
    validateSettings(settings);
    if (callback !== undefined) validateFunction(callback, 'callback');
    this[kState].pendingAck++;
    settings = { ...settings };
    if (this.connecting) this[kWhenConnected](() => submitSettings(this, settings, callback));
    else submitSettings(this, settings, callback);
  }

  [kSettingsAnswered]() {
    const waiting = ArrayPrototypeShift(this[kState].settingsCallbacks);
    if (waiting === undefined) return;
    this[kState].pendingAck--;
    this[kLocal] = undefined;
    const { localSettings } = this;
    if (waiting.callback !== undefined) waiting.callback(null, localSettings, (now() - waiting.at) / 1e6);
    this.emit('localSettings', localSettings);
  }

  goaway(code = NO_ERROR, lastStreamID = 0, opaqueData = undefined) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    if (opaqueData !== undefined && !isArrayBufferView(opaqueData)) {
      throw new ERR_INVALID_ARG_TYPE('opaqueData', ['Buffer', 'TypedArray', 'DataView'], opaqueData);
    }
    validateNumber(code, 'code');
    validateNumber(lastStreamID, 'lastStreamID');
    const submit = () => {
      if (this.destroyed || this[kHandle] === undefined) return;
      this[kUpdateTimer]();
      this[kState].didSayGoodbye = true;
      native.goaway(this[kHandle], code, lastStreamID, opaqueData);
      this[kSchedule]();
    };
    if (this.connecting) this[kWhenConnected](submit);
    else submit();
  }

  destroy(error = NO_ERROR, code) {
    if (this.destroyed) return;
    if (typeof error === 'number') {
      code = error;
      error = code !== NO_ERROR ? new codes.ERR_HTTP2_SESSION_ERROR(code) : undefined;
    }
    if (code === undefined && error != null) code = INTERNAL_ERROR;
    closeSession(this, code, error);
  }

  /** No new streams; the session ends when those that are open are over. */
  close(callback) {
    if (this.closed || this.destroyed) return;
    this[kState].isClosed = true;
    if (typeof callback === 'function') this.once('close', callback);
    this.goaway();
    this[kMaybeDestroy]();
  }

  [kMaybeDestroy](error) {
    if (error == null) {
      const { pendingStreams, streams } = this[kState];
      if (!this.closed || streams.size > 0 || pendingStreams.size > 0 || this[kScheduled] || this[kBlocked]) return;
    }
    this.destroy(error);
  }

  _onTimeout() {
    if (this.destroyed) return;
    this.emit('timeout');
  }

  ref() {
    this[kSocket]?.ref?.();
  }

  unref() {
    this[kSocket]?.unref?.();
  }

  /** One listener stands for all that waits, however much it is. */
  [kWhenConnected](call) {
    const state = this[kState];
    if (state.calls !== null) {
      ArrayPrototypePush(state.calls, call);
      return;
    }
    state.calls = [call];
    this.once('connect', () => {
      const { calls } = state;
      state.calls = null;
      for (let i = 0; i < calls.length; i++) calls[i]();
    });
  }

  /** What the user or a stream submitted goes out when the callback of now is over. */
  [kSchedule]() {
    if (this[kScheduled] || this[kHandle] === undefined) return;
    this[kScheduled] = true;
    require('process').nextTick(runScheduled, this);
  }

  [kFlush]() {
    flush(this, PULL_BYTES);
  }

  [kUpdateTimer]() {
    if (this[kTimeout] !== null && !this.destroyed) this[kTimeout].refresh();
  }

  setTimeout(msecs, callback) {
    return setTimer(this, kTimeout, msecs, callback);
  }

  [SymbolFor('nodejs.rejection')](error, event, ...args) {
    if (event === 'stream') args[0].destroy(error);
    else this.destroy(error);
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options) {
    if (typeof depth === 'number' && depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const shown = {
      type: this[kType], closed: this.closed, destroyed: this.destroyed, state: this.state, localSettings: this.localSettings,
      remoteSettings: this.remoteSettings,
    };
    return `Http2Session ${inspect(shown, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

/** `setTimeout` of sessions and streams. */
function setTimer(self, key, msecs, callback) {
  if (self.destroyed) return self;
  validateNumber(msecs, 'msecs', 0);
  if (callback !== undefined) validateFunction(callback, 'callback');
  self.timeout = msecs;
  if (self[key] !== null) timers.clearTimeout(self[key]);
  self[key] = null;
  if (msecs === 0) {
    if (callback !== undefined) self.removeListener('timeout', callback);
    return self;
  }
  self[key] = timers.setTimeout(onTimer, msecs > 2 ** 31 - 1 ? 2 ** 31 - 1 : msecs, self).unref();
  if (callback !== undefined) self.once('timeout', callback);
  return self;
}

function onTimer(self) {
  self._onTimeout();
}

function now() {
  return Number(require('process').hrtime.bigint());
}

function runPing(waiting, isAnswered, payload) {
  const answer = () => answerPing(waiting.callback, isAnswered, (now() - waiting.at) / 1e6, payload);
  if (!asyncIds.on) {
    answer();
    return;
  }
  const hooks = require('internal/async_hooks/native');
  hooks.run(waiting, answer);
  hooks.ended(waiting);
}

function answerPing(callback, isAnswered, duration, payload) {
  if (isAnswered) callback(null, duration, payload);
  else callback(new codes.ERR_HTTP2_PING_CANCEL());
}

function initOriginSet(session) {
  const state = session[kState];
  if (state.originSet === undefined) {
    const socket = session[kSocket];
    state.originSet = new SafeSet();
    let host = socket.servername;
    if (!host) {
      const { remoteAddress, remoteFamily } = socket;
      host = remoteFamily === 'IPv6' ? `[${remoteAddress}]` : remoteAddress;
    }
    let origin = `https://${host}`;
    if (socket.remotePort != null) origin += `:${socket.remotePort}`;
    state.originSet.add(new (require('internal/url').URL)(origin).origin);
  }
  return state.originSet;
}

/** The numbers that the native session reads, in its order. */
function nativeOptions(options) {
  const memory = options.maxSessionMemory === undefined ? undefined : options.maxSessionMemory * 1e6;
  return [
    options.maxHeaderListPairs, memory,
    options.maxOutstandingPings, options.maxOutstandingSettings, options.maxSessionInvalidFrames, options.maxSessionRejectedStreams,
    options.paddingStrategy, options.maxDeflateDynamicTableSize, options.maxSettings, options.maxReservedRemoteStreams,
    options.maxSendHeaderBlockLength, options.peerMaxConcurrentStreams ?? 100,
    options.streamResetBurst, options.streamResetRate, options.strictFieldWhitespaceValidation === false ? 1 : 0,
  ];
}

/** The socket is connected: the session begins. */
function setUp(session, socket) {
  // It may have been closed while it waited.
  if (session.destroyed) return;
  const options = session[kOptions];
  validateCustomNumbers(options.remoteCustomSettings);
  session[kAlpn] = socket.encrypted === true ? socket.alpnProtocol : 'h2c';
  session[kEncrypted] = socket.encrypted === true;
  session[kHandle] = native.sessionNew(session[kType] === SERVER, nativeOptions(options), options.remoteCustomSettings);
  socket.on('data', onData);
  socket.on('drain', onDrain);
  const { settings } = options;
  session.settings(settings !== null && typeof settings === 'object' ? settings : {});
  if (session[kType] === SERVER && ArrayIsArray(options.origins)) ReflectApply(session.origin, session, options.origins);
  require('process').nextTick(ready, session, socket);
}

function ready(session, socket) {
  session[kState].isReady = true;
  session.emit('connect', session, socket);
}

function submitSettings(session, settings, callback) {
  if (session.destroyed || session[kHandle] === undefined) return;
  session[kUpdateTimer]();
  const code = native.settings(session[kHandle], toEntries(settings));
  if (code === REFUSED) {
    session.destroy(new codes.ERR_HTTP2_MAX_PENDING_SETTINGS_ACK());
    return;
  }
  if (code < 0) {
    session.destroy(new NghttpError(code));
    return;
  }
  if (settings.customSettings !== undefined) {
    session[kState].customSettings = { ...session[kState].customSettings, ...settings.customSettings };
  }
  ArrayPrototypePush(session[kState].settingsCallbacks, { callback, at: now() });
  session[kSchedule]();
}

// The socket's side.

function onData(chunk) {
  const session = this[kBoundSession];
  if (session === undefined || session[kHandle] === undefined) return;
  session[kUpdateTimer]();
  const events = native.receive(session[kHandle], typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
  if (events === undefined) {
    flush(session, PULL_BYTES);
    return;
  }
  try {
    dispatch(session, events);
  } finally {
    session[kSchedule]();
  }
}

function onDrain() {
  const session = this[kBoundSession];
  if (session === undefined) return;
  session[kBlocked] = false;
  session[kUpdateTimer]();
  flush(session, PULL_BYTES);
}

function runScheduled(session) {
  session[kScheduled] = false;
  flush(session, PULL_BYTES);
}

function flush(session, limit) {
  if (session[kFlushing]) {
    session[kSchedule]();
    return;
  }
  session[kFlushing] = true;
  let isThrown = true;
  try {
    for (;;) {
      const handle = session[kHandle];
      const socket = session[kSocket];
      if (handle === undefined || socket === undefined || session[kBlocked]) break;
      endWriters(session);
      const sent = isPlain(socket) ? sendPlain(session, socket, limit) : sendStream(session, socket, limit);
      const events = native.takeEvents(handle);
      if (events !== undefined) dispatch(session, events);
      else if (!sent) {
        // The library has said goodbye on its own: the peer broke the protocol.
        const { didSayGoodbye, goawayCode } = session[kState];
        const isBroken = sent === null && !didSayGoodbye && goawayCode === null;
        if (isBroken && !session.closed && !session.destroyed) session.destroy(new NghttpError(ERR_PROTO));
        break;
      }
    }
    isThrown = false;
  } finally {
    session[kFlushing] = false;
    // Where a handler threw, what it did not keep from being said is said later.
    if (isThrown) session[kSchedule]();
  }
  if (session.closed && !session.destroyed) session[kMaybeDestroy]();
}

/** A socket of the loop's that has nothing else to write takes frames without a buffer between. */
function isPlain(socket) {
  return socket[kId] >= 0 && !socket.connecting && socket.writableLength === 0 && socket.writable;
}

/** Whether anything was sent; null when nothing will be any more. */
function sendPlain(session, socket, limit) {
  const status = native.send(session[kHandle], socket[kId], limit);
  if (status === undefined) return false;
  if (status === null) return null;
  if (status > 0) {
    session[kBlocked] = true;
    socket[kWriteCallback] = (error) => {
      if (error) socket.destroy(error);
      else FunctionPrototypeCall(onDrain, socket);
    };
  } else if (status < 0) {
    socket.destroy(errnoException(status, 'write'));
    return false;
  }
  return true;
}

function sendStream(session, socket, limit) {
  const bytes = native.pull(session[kHandle], limit);
  if (bytes === undefined) return false;
  if (bytes === null) return null;
  if (!socket.write(bytesOf(bytes)) && !socket.destroyed) session[kBlocked] = true;
  return true;
}

/** A stream whose last write is in the native session already says so, which spares it an empty frame. */
function endWriters(session) {
  const { writers } = session[kState];
  if (writers.length === 0) return;
  session[kState].writers = [];
  for (let i = 0; i < writers.length; i++) writers[i][kMaybeShut]();
}

function socketOnError(error) {
  const session = this[kBoundSession];
  if (session === undefined) return;
  // A peer that said goodbye may reset the connection.
  if (error.code === 'ECONNRESET' && session[kState].goawayCode !== null) session.destroy();
  else session.destroy(error);
}

function socketOnClose() {
  const session = this[kBoundSession];
  if (session === undefined) return;
  const { pendingStreams, streams } = session[kState];
  const open = [...streams.values(), ...pendingStreams];
  for (let i = 0; i < open.length; i++) open[i].close(CANCEL);
  session[kState].isClosed = true;
  session.destroy();
}

// The end.

function closeSession(session, code, error) {
  const state = session[kState];
  state.isDestroyed = true;
  state.destroyCode = code;
  if (session[kTimeout] !== null) timers.clearTimeout(session[kTimeout]);
  session[kTimeout] = null;
  session.removeAllListeners('timeout');
  if (state.pendingStreams.size > 0 || state.streams.size > 0) {
    const cancel = new codes.ERR_HTTP2_STREAM_CANCEL(error);
    const pending = [...state.pendingStreams];
    for (let i = 0; i < pending.length; i++) pending[i].destroy(cancel);
    const open = [...state.streams.values()];
    // What has ended well before is read to its end, whatever becomes of the connection.
    for (let i = 0; i < open.length; i++) if (!open[i][kIsBeingRead]()) open[i].destroy(error);
  }
  cancelWaiting(state);
  const socket = session[kSocket];
  const handle = session[kHandle];
  if (handle === undefined || socket.destroyed) {
    finish(session, error);
    return;
  }
  // The goodbye, behind what was submitted before it.
  const before = native.pull(handle, LAST_PULL_BYTES);
  if (before) socket.write(bytesOf(before));
  native.terminate(handle, code ?? NO_ERROR);
  const goodbye = native.pull(handle, LAST_PULL_BYTES);
  session[kHandle] = undefined;
  if (!goodbye) finish(session, error);
  else socket.write(bytesOf(goodbye), () => finish(session, error));
}

function cancelWaiting(state) {
  const { pings } = state;
  state.pings = [];
  state.settingsCallbacks = [];
  for (let i = 0; i < pings.length; i++) runPing(pings[i], false, undefined);
}

function finish(session, error) {
  const socket = session[kSocket];
  if (socket === undefined) return;
  session[kProxy] = null;
  session[kSocket] = undefined;
  session[kHandle] = undefined;
  socket[kBoundSession] = undefined;
  socket[kServer] = undefined;
  socket.removeListener('drain', onDrain);
  if (socket.destroyed) {
    require('process').nextTick(emitClose, session, error);
    return;
  }
  socket.on('close', () => emitClose(session, error));
  if (session.closed) {
    // The peer's end is awaited, and read to be seen.
    socket.resume();
    socket.end();
  } else {
    socket.destroy(error);
  }
}

function emitClose(session, error) {
  if (error) session.emit('error', error);
  session.emit('close');
}

module.exports = { CLIENT, Http2Session, SERVER, initOriginSet, setTimer };
