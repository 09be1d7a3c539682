// TLSSocket: a stream of plaintext over a stream of records. The native connection turns one into the other; the
// socket below it, a net.Socket or any Duplex, carries the records.
'use strict';

const {
  ArrayPrototypeIncludes, ArrayPrototypePush, Error, FunctionPrototypeCall, ObjectDefineProperties, ObjectSetPrototypeOf, Symbol,
} = primordials;

const net = require('net');
const { Duplex, addAbortSignal } = require('stream');
const { Buffer } = require('buffer');
const timers = require('timers');
const {
  codes: {
    ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_TYPE, ERR_SOCKET_CLOSED, ERR_TLS_ALPN_CALLBACK_INVALID_RESULT,
    ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS, ERR_TLS_HANDSHAKE_TIMEOUT, ERR_TLS_INVALID_CONTEXT, ERR_TLS_SNI_FROM_SERVER,
  },
  connResetException,
} = require('internal/errors');
const { validateFunction, validateNumber, validateString } = require('internal/validators');
const { SecureContext, createSecureContext } = require('internal/tls/context');
const { chainObject, X509Certificate } = require('internal/tls/certificate');
const native = binding('tls');

const kConnection = Symbol('native connection');
const kSocket = Symbol('socket below');
const kOptions = Symbol('options');
const kHello = Symbol('bytes of the client hello');
const kAsked = Symbol('SNICallback was asked');
const kPending = Symbol('write that waits for the handshake');
const kPendingEnd = Symbol('end that waits for the handshake');
const kTimeout = Symbol('timeout');
const kHandshakeTimer = Symbol('handshake timer');
const kSession = Symbol('session');
const kPumping = Symbol('pumping');
const kStreamHandle = Symbol('handle of a stream below');
// A client's side that was made around a stream says hello when it is first written to or told to start.
const kStarted = Symbol('started');

const HANDSHAKE_DONE = 1;
const PEER_DONE = 2;
// A client that says hello in more bytes than this is refused by the library.
const HELLO_BYTES_MAX = 64 * 1024;

function TLSSocket(socket, options) {
  if (!(this instanceof TLSSocket)) return new TLSSocket(socket, options);
  options = { ...options };
  if (options.pskCallback) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM("tls option 'pskCallback'");
  if (options.requestOCSP) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM("tls option 'requestOCSP'");
  if (options.ALPNCallback !== undefined && options.ALPNCallback !== null) {
    validateFunction(options.ALPNCallback, 'options.ALPNCallback');
    if (options.ALPNProtocols) throw new ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS();
  }
  if (options.SNICallback !== undefined && options.SNICallback !== null && typeof options.SNICallback !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('options.SNICallback', 'Function', options.SNICallback);
  }
  if (options.secureContext && !(options.secureContext instanceof SecureContext)) throw new ERR_TLS_INVALID_CONTEXT('context');
  FunctionPrototypeCall(Duplex, this, {
    allowHalfOpen: socket ? Boolean(socket.allowHalfOpen) : Boolean(options.allowHalfOpen),
    highWaterMark: options.highWaterMark,
    emitClose: false,
  });
  this._tlsOptions = options;
  this[kOptions] = options;
  this[kConnection] = null;
  this[kSocket] = null;
  this[kHello] = null;
  this[kAsked] = false;
  this[kPending] = null;
  this[kPendingEnd] = null;
  this[kTimeout] = null;
  this[kHandshakeTimer] = null;
  this[kSession] = options.session;
  this[kPumping] = false;
  this[kStarted] = options.isServer === true;
  this._secureEstablished = false;
  this._securePending = false;
  this._newSessionPending = false;
  this._controlReleased = false;
  this.secureConnecting = true;
  this.encrypted = true;
  this.authorized = false;
  this.authorizationError = null;
  this.alpnProtocol = null;
  this.servername = options.servername ?? null;
  this.connecting = false;
  this._hadError = false;
  this._host = null;
  this._server = null;
  this.server = options.server ?? null;
  this._parent = null;
  this.ssl = { verifyError: () => verifyErrorOf(this), getSession: () => this.getSession() };
  this.on('end', onEnd);
  if (socket) this._wrap(socket);
  if (options.signal) addAbortSignal(options.signal, this);
}
ObjectSetPrototypeOf(TLSSocket.prototype, net.Socket.prototype);
ObjectSetPrototypeOf(TLSSocket, net.Socket);

function onEnd() {
  if (!this.allowHalfOpen && !this.destroyed && this.writable) this.end();
}

const { prototype } = TLSSocket;

// Begins on `socket`, connected or not yet.
prototype._wrap = function _wrap(socket) {
  this[kSocket] = socket;
  this._parent = socket;
  this.connecting = socket.connecting === true;
  socket.on('error', (error) => this.destroy(error));
  socket.on('close', () => belowClosed(this));
  socket.on('timeout', () => this.emit('timeout'));
  if (this.connecting) {
    socket.once('connect', () => {
      this.connecting = false;
      this.emit('connect');
      this.emit('ready');
      begin(this);
    });
    socket.on('lookup', (...args) => this.emit('lookup', ...args));
  } else {
    begin(this);
  }
};

prototype._start = function _start() {
  this[kStarted] = true;
  if (!this.connecting && this[kConnection] !== null) pump(this);
};

function begin(self) {
  if (self.destroyed) return;
  const socket = self[kSocket];
  const options = self[kOptions];
  const timeout = options.handshakeTimeout;
  if (timeout > 0) {
    self[kHandshakeTimer] = timers.setTimeout(() => self._tlsError(new ERR_TLS_HANDSHAKE_TIMEOUT()), timeout);
  }
  if (options.isServer) {
    self[kHello] = [];
  } else if (!open(self, options.secureContext ?? createSecureContext(options), options.ALPNProtocols)) {
    return;
  }
  socket.on('data', (chunk) => received(self, chunk));
  socket.on('end', () => belowEnded(self));
  if (typeof socket.resume === 'function') socket.resume();
  if (self[kConnection] !== null && self[kStarted]) pump(self);
}

// Makes the native connection.
function open(self, context, protocols) {
  const options = self[kOptions];
  try {
    const alpn = protocols ? require('tls').convertALPN(protocols) : undefined;
    const name = options.isServer || !self.servername || net.isIP(self.servername) ? undefined : self.servername;
    const asks = options.requestCert === true;
    self[kConnection] = native.connectionNew(context.context, options.isServer === true, name, alpn, asks, self[kSession]);
    return true;
  } catch (error) {
    self.destroy(error);
    return false;
  }
}

function received(self, chunk) {
  if (self.destroyed) return;
  if (typeof chunk === 'string') chunk = Buffer.from(chunk);
  if (self[kHello] !== null) {
    ArrayPrototypePush(self[kHello], chunk);
    if (!self[kAsked]) considerHello(self);
    return;
  }
  if (self[kTimeout] !== null) self[kTimeout].refresh();
  native.feed(self[kConnection], chunk);
  pump(self);
}

// Once the hello is there, the context for the name it asks for is chosen and the handshake begins.
function considerHello(self) {
  const bytes = Buffer.concat(self[kHello]);
  const hello = native.readClientHello(bytes);
  if (hello === null && bytes.length < HELLO_BYTES_MAX) return;
  const { 0: name, 1: offered } = hello ?? ['', []];
  const options = self[kOptions];
  self[kHello] = [bytes];
  self.servername = name === '' ? false : name;
  let protocols = options.ALPNProtocols;
  if (options.ALPNCallback && offered.length > 0) {
    const chosen = FunctionPrototypeCall(options.ALPNCallback, self, { servername: name, protocols: offered });
    if (chosen !== undefined && !ArrayPrototypeIncludes(offered, chosen)) {
      self._tlsError(new ERR_TLS_ALPN_CALLBACK_INVALID_RESULT(chosen, offered));
      return;
    }
    // A name that nobody offers makes the library send the alert for "no common protocol".
    protocols = [chosen ?? '\0'];
  }
  const proceed = (context) => {
    if (self.destroyed || self[kHello] === null) return;
    const held = Buffer.concat(self[kHello]);
    self[kHello] = null;
    if (!open(self, context ?? options.secureContext ?? createSecureContext(options), protocols)) return;
    native.feed(self[kConnection], held);
    pump(self);
  };
  if (name === '' || typeof options.SNICallback !== 'function') {
    proceed();
    return;
  }
  // Bytes that come while the answer is awaited are kept; no second question is asked.
  self[kAsked] = true;
  let isAnswered = false;
  FunctionPrototypeCall(options.SNICallback, self, name, (error, context) => {
    if (isAnswered) return;
    isAnswered = true;
    if (error) {
      self._tlsError(error);
      return;
    }
    const chosen = context?.context !== undefined ? context : undefined;
    if (context && chosen === undefined) {
      self._tlsError(new ERR_TLS_INVALID_CONTEXT('SNICallback'));
      return;
    }
    proceed(chosen);
  });
}

// Moves what can be moved in both directions.
function pump(self) {
  if (self[kPumping] || self[kConnection] === null || self.destroyed) return;
  self[kPumping] = true;
  const { 0: records, 1: plain, 2: state, 3: error } = native.step(self[kConnection]);
  self[kPumping] = false;
  if (records !== undefined) send(self, records);
  if (error !== undefined) {
    self._tlsError(error);
    return;
  }
  if ((state & HANDSHAKE_DONE) !== 0 && !self._secureEstablished) established(self);
  if (self.destroyed) return;
  if (!self[kOptions].isServer && (state & HANDSHAKE_DONE) !== 0) {
    const sessions = native.takeSessions(self[kConnection]);
    for (let i = 0; i < sessions.length; i++) self.emit('session', buffer(sessions[i]));
  }
  if (plain !== undefined && !self.destroyed && !self.push(buffer(plain))) self[kSocket].pause?.();
  if ((state & PEER_DONE) !== 0 && !self.destroyed && !self.readableEnded && !self._readableState.ended) {
    self.push(null);
    self.read(0);
  }
}

function buffer(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function send(self, records, callback) {
  const socket = self[kSocket];
  if (records.byteLength === 0) {
    if (callback) require('process').nextTick(callback);
    return;
  }
  const isOver = socket.readableEnded === true && socket.allowHalfOpen === false;
  if (socket.destroyed || !socket.writable || isOver) {
    if (callback) callback(new ERR_SOCKET_CLOSED());
    return;
  }
  socket.write(buffer(records), callback);
}

function established(self) {
  self._secureEstablished = true;
  self.secureConnecting = false;
  if (self[kHandshakeTimer] !== null) timers.clearTimeout(self[kHandshakeTimer]);
  self[kHandshakeTimer] = null;
  const described = native.describe(self[kConnection]);
  self.alpnProtocol = described[4] ?? false;
  self.emit('secure');
  if (self.destroyed) return;
  const pending = self[kPending];
  self[kPending] = null;
  if (pending !== null) pending();
  const end = self[kPendingEnd];
  self[kPendingEnd] = null;
  if (end !== null) end();
}

function verifyErrorOf(self) {
  const found = native.verifyError(self[kConnection]);
  if (found === undefined) return null;
  const error = new Error(found[1]);
  error.code = found[0];
  return error;
}

// An error of TLS itself: before the handshake is over a server hears of it, after it the socket does.
prototype._tlsError = function _tlsError(error) {
  if (this.destroyed) return;
  this.emit('_tlsError', error);
  if (this[kOptions].isServer && !this._secureEstablished) {
    this[kOptions].onHandshakeError?.(error, this);
    this._hadError = true;
    this.destroy();
    return;
  }
  this.destroy(error);
};

function resetBeforeHandshake(self) {
  const error = connResetException(self[kOptions].isServer ?
    'socket hang up' : 'Client network socket disconnected before secure TLS connection was established');
  const options = self[kOptions];
  if (!options.isServer) {
    error.path = options.path;
    error.host = options.host;
    error.port = options.port;
    error.localAddress = options.localAddress;
  }
  return error;
}

function belowEnded(self) {
  if (self.destroyed) return;
  if (!self._secureEstablished) {
    self._tlsError(resetBeforeHandshake(self));
    return;
  }
  // The end without a goodbye is an end all the same, as in Node.
  if (!self._readableState.ended) {
    self.push(null);
    self.read(0);
  }
}

function belowClosed(self) {
  if (self.destroyed) return;
  if (!self._secureEstablished && self[kConnection] !== null) {
    self._tlsError(resetBeforeHandshake(self));
    return;
  }
  if (!self._readableState.ended) {
    self.push(null);
    self.read(0);
  }
  if (!self.readableEnded && self.readableLength > 0) self.once('end', () => self.destroy());
  else self.destroy();
}

// The stream's side.

prototype._read = function _read() {
  const socket = this[kSocket];
  if (socket !== null && !socket.destroyed) socket.resume?.();
};

prototype._write = function _write(chunk, encoding, callback) {
  writeAll(this, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk, callback);
};

prototype._writev = function _writev(chunks, callback) {
  const parts = [];
  for (let i = 0; i < chunks.length; i++) {
    const { chunk, encoding } = chunks[i];
    ArrayPrototypePush(parts, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
  }
  writeAll(this, Buffer.concat(parts), callback);
};

function writeAll(self, bytes, callback) {
  if (!self._secureEstablished) {
    self[kPending] = () => writeAll(self, bytes, callback);
    return;
  }
  if (self[kTimeout] !== null) self[kTimeout].refresh();
  let records;
  try {
    records = native.write(self[kConnection], bytes);
  } catch (error) {
    callback(error);
    return;
  }
  send(self, records, callback);
}

prototype._final = function _final(callback) {
  if (!this._secureEstablished) {
    this[kPendingEnd] = () => this._final(callback);
    return;
  }
  const goodbye = native.shutdown(this[kConnection]);
  const socket = this[kSocket];
  if (socket.destroyed || !socket.writable) {
    callback();
    return;
  }
  // A peer that has ended its side, where nothing half open is allowed, takes no goodbye any more.
  const isOver = socket.readableEnded === true && socket.allowHalfOpen === false;
  if (goodbye.byteLength > 0 && !isOver) socket.write(buffer(goodbye));
  socket.end();
  callback();
};

prototype._destroy = function _destroy(error, callback) {
  if (this[kTimeout] !== null) timers.clearTimeout(this[kTimeout]);
  if (this[kHandshakeTimer] !== null) timers.clearTimeout(this[kHandshakeTimer]);
  this[kTimeout] = this[kHandshakeTimer] = null;
  this[kHello] = null;
  this.connecting = false;
  const socket = this[kSocket];
  if (socket !== null && !socket.destroyed) {
    // What was written last still leaves before the socket closes.
    if (error || socket.writableLength === 0 || typeof socket.destroySoon !== 'function') socket.destroy();
    else socket.destroySoon();
  }
  callback(error);
  require('process').nextTick(emitClose, this, Boolean(error));
};

function emitClose(self, hadError) {
  self.emit('close', hadError);
}

prototype.end = function end(data, encoding, callback) {
  FunctionPrototypeCall(Duplex.prototype.end, this, data, encoding, callback);
  return this;
};

for (const name of ['write', 'pause', 'resume', 'destroy', 'read']) prototype[name] = Duplex.prototype[name];

prototype.destroySoon = function destroySoon() {
  if (this.writable) this.end();
  if (this.writableFinished) this.destroy();
  else this.once('finish', this.destroy);
};

prototype.resetAndDestroy = function resetAndDestroy() {
  this[kSocket]?.resetAndDestroy?.();
  this.destroy();
  return this;
};

prototype.setTimeout = function setTimeout(msecs, callback) {
  if (this.destroyed) return this;
  validateNumber(msecs, 'msecs', 0);
  if (callback !== undefined) validateFunction(callback, 'callback');
  this.timeout = msecs;
  if (this[kTimeout] !== null) timers.clearTimeout(this[kTimeout]);
  this[kTimeout] = null;
  if (msecs === 0) {
    if (callback !== undefined) this.removeListener('timeout', callback);
    return this;
  }
  this[kTimeout] = timers.setTimeout(() => this.emit('timeout'), msecs > 2 ** 31 - 1 ? 2 ** 31 - 1 : msecs).unref();
  if (callback !== undefined) this.once('timeout', callback);
  return this;
};

for (const name of ['setNoDelay', 'setKeepAlive', 'ref', 'unref']) {
  prototype[name] = function(...args) {
    this[kSocket]?.[name]?.(...args);
    return this;
  };
}

prototype.address = function address() {
  return this[kSocket]?.address?.() ?? {};
};

// Node wraps a stream that is no socket before TLS goes over it, and packages take this class from there. Here TLS goes over
// any stream, so that the wrapped stream is the stream.
class JSStreamSocket {
  constructor(stream) {
    return stream;
  }
}

function below(name) {
  return { __proto__: null, configurable: true, enumerable: false, get() { return this[kSocket]?.[name]; } };
}

ObjectDefineProperties(prototype, {
  remoteAddress: below('remoteAddress'),
  remotePort: below('remotePort'),
  remoteFamily: below('remoteFamily'),
  localAddress: below('localAddress'),
  localPort: below('localPort'),
  localFamily: below('localFamily'),
  bytesRead: below('bytesRead'),
  bytesWritten: below('bytesWritten'),
  autoSelectFamilyAttemptedAddresses: below('autoSelectFamilyAttemptedAddresses'),
  _handle: {
    __proto__: null, configurable: true,
    get() {
      const socket = this[kSocket];
      if (socket === null) return null;
      return socket._handle ?? (this[kStreamHandle] ??= { _parentWrap: new JSStreamSocket(socket) });
    },
  },
  bufferSize: { __proto__: null, configurable: true, get() { return this.writableLength; } },
  pending: { __proto__: null, configurable: true, get() { return this[kSocket] === null || this.connecting; } },
  readyState: {
    __proto__: null, configurable: true,
    get() {
      if (this.connecting) return 'opening';
      if (this.readable && this.writable) return 'open';
      if (this.readable) return 'readOnly';
      return this.writable ? 'writeOnly' : 'closed';
    },
  },
});

// What TLS tells.

prototype.getProtocol = function getProtocol() {
  return this[kConnection] === null ? null : native.describe(this[kConnection])[0];
};

prototype.getCipher = function getCipher() {
  if (this[kConnection] === null) return null;
  const described = native.describe(this[kConnection]);
  if (described[1] === undefined) return null;
  return { name: described[1], standardName: described[2], version: described[3] };
};

prototype.getEphemeralKeyInfo = function getEphemeralKeyInfo() {
  if (this[kConnection] === null || this[kOptions].isServer) return null;
  const { 7: type, 8: name, 9: size } = native.describe(this[kConnection]);
  if (type === undefined) return {};
  return name === undefined ? { type, size } : { type, name, size };
};

prototype.isSessionReused = function isSessionReused() {
  return this[kConnection] !== null && native.describe(this[kConnection])[5];
};

prototype.getPeerCertificate = function getPeerCertificate(detailed) {
  if (this[kConnection] === null) return null;
  return chainObject(native.peerCertificates(this[kConnection]), detailed === true);
};

prototype.getCertificate = function getCertificate() {
  if (this[kConnection] === null) return null;
  const der = native.ownCertificate(this[kConnection]);
  return der === undefined ? {} : chainObject([der], false);
};

prototype.getPeerX509Certificate = function getPeerX509Certificate() {
  if (this[kConnection] === null) return undefined;
  const ders = native.peerCertificates(this[kConnection]);
  return ders.length === 0 ? undefined : new X509Certificate(ders[0]);
};

prototype.getX509Certificate = function getX509Certificate() {
  if (this[kConnection] === null) return undefined;
  const der = native.ownCertificate(this[kConnection]);
  return der === undefined ? undefined : new X509Certificate(der);
};

prototype.getSession = function getSession() {
  if (this[kConnection] === null) return undefined;
  const der = native.session(this[kConnection]);
  return der === undefined ? undefined : buffer(der);
};

prototype.setSession = function setSession(session) {
  if (typeof session === 'string') session = Buffer.from(session, 'latin1');
  this[kSession] = session;
};

prototype.getFinished = function getFinished() {
  const message = this[kConnection] === null ? undefined : native.finished(this[kConnection], false);
  return message === undefined ? undefined : buffer(message);
};

prototype.getPeerFinished = function getPeerFinished() {
  const message = this[kConnection] === null ? undefined : native.finished(this[kConnection], true);
  return message === undefined ? undefined : buffer(message);
};

prototype.exportKeyingMaterial = function exportKeyingMaterial(length, label, context) {
  validateString(label, 'label');
  return buffer(native.exportKeyingMaterial(this[kConnection], length, label, context));
};

prototype.setServername = function setServername(name) {
  validateString(name, 'name');
  if (this[kOptions].isServer) throw new ERR_TLS_SNI_FROM_SERVER();
  this.servername = name;
};

prototype.setMaxSendFragment = function setMaxSendFragment() {
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('TLSSocket.setMaxSendFragment');
};

prototype.renegotiate = function renegotiate() {
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('TLSSocket.renegotiate');
};

prototype.disableRenegotiation = function disableRenegotiation() {};
prototype.enableTrace = function enableTrace() {
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('TLSSocket.enableTrace');
};

module.exports = { TLSSocket, verifyErrorOf };
