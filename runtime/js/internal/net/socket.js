// net.Socket: a Duplex over a native stream socket, TCP or Unix.
'use strict';

const { FunctionPrototypeCall, NumberIsFinite, ObjectDefineProperties, ObjectSetPrototypeOf, Symbol } = primordials;

const { Duplex } = require('stream');
const timers = require('timers');
const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer/memory');
const {
  codes: {
    ERR_INVALID_ARG_VALUE, ERR_INVALID_HANDLE_TYPE, ERR_OUT_OF_RANGE, ERR_SOCKET_CLOSED, ERR_SOCKET_CLOSED_BEFORE_CONNECTION,
  },
  errnoException,
  exceptionWithHostPort,
} = require('internal/errors');
const { validateFunction, validateInt32, validateNumber, validateObject } = require('internal/validators');
const { kReadsOn } = require('internal/streams/readable_state');
const {
  Handle, UV_EOF, asyncIds, kId, kOnClose, kOnConnect, kOnDrain, kOnRead, kOnShutdown, native, trackHandle,
} = require('internal/net/handle');

const kAdopt = Symbol('adopted handle');
const kHandle = Symbol('handle');
const kUnixPath = Symbol('unix path');
const kWriteCallback = Symbol('write callback');
const kShutdownCallback = Symbol('shutdown callback');
const kCloseHadError = Symbol('close had error');
const kPending = Symbol('pending write');
const kPendingBytes = Symbol('bytes of the pending write');
const kTimeout = Symbol('timeout');
const kReading = Symbol('reading');
const kUnrefed = Symbol('unrefed');
const kNoDelay = Symbol('noDelay');
const kKeepAlive = Symbol('keepAlive');
const kKeepAliveDelay = Symbol('keepAliveDelay');
const kPeer = Symbol('peername');
const kLocal = Symbol('sockname');
const kBytesRead = Symbol('bytesRead');
const kBytesWritten = Symbol('bytesWritten');
const kOnReadBuffer = Symbol('onread buffer');
// Set while an HTTP connection reads and answers on this socket; it owns the handle then.
const kConnection = Symbol('http connection');

const TIMEOUT_MAX = 2 ** 31 - 1;

function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  if (options?.objectMode) {
    throw new ERR_INVALID_ARG_VALUE('options.objectMode', options.objectMode, 'is not supported');
  }
  if (options?.readableObjectMode || options?.writableObjectMode) {
    throw new ERR_INVALID_ARG_VALUE(
      `options.${options.readableObjectMode ? 'readableObjectMode' : 'writableObjectMode'}`,
      options.readableObjectMode || options.writableObjectMode, 'is not supported');
  }
  if (options?.keepAliveInitialDelay !== undefined) {
    validateNumber(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
    if (options.keepAliveInitialDelay < 0) options = { ...options, keepAliveInitialDelay: 0 };
  }
  if (typeof options === 'number') options = { fd: options };
  else options = { ...options };

  this.connecting = false;
  this._hadError = false;
  this._parent = null;
  this._host = null;
  this._server = null;
  this.server = null;
  this[kId] = -1;
  this[kHandle] = null;
  this[kUnixPath] = undefined;
  this[kWriteCallback] = null;
  this[kShutdownCallback] = null;
  this[kCloseHadError] = false;
  this[kPending] = null;
  this[kPendingBytes] = 0;
  this[kTimeout] = null;
  this[kReading] = false;
  this[kUnrefed] = false;
  this[kPeer] = null;
  this[kLocal] = null;
  this[kBytesRead] = 0;
  this[kBytesWritten] = 0;
  this[kOnReadBuffer] = null;
  this[kConnection] = null;
  this[kNoDelay] = Boolean(options.noDelay);
  this[kKeepAlive] = Boolean(options.keepAlive);
  this[kKeepAliveDelay] = ~~((options.keepAliveInitialDelay || 0) / 1000);
  this.blockList = options.blockList;
  this.autoSelectFamilyAttemptedAddresses = undefined;

  const adopted = options[kAdopt];
  options.allowHalfOpen = Boolean(options.allowHalfOpen);
  options.emitClose = false;
  options.autoDestroy = true;
  options.decodeStrings = false;
  FunctionPrototypeCall(Duplex, this, options);
  if (this._read === readFromHandle) this._readableState.flags |= kReadsOn;

  if (adopted !== undefined) {
    adopt(this, adopted);
  } else if (options.handle) {
    throw new ERR_INVALID_HANDLE_TYPE();
  } else if (options.fd !== undefined) {
    openDescriptor(this, options.fd);
  }
  const { onread } = options;
  if (onread !== null && typeof onread === 'object' && typeof onread.callback === 'function' &&
      (typeof onread.buffer === 'function' || onread.buffer instanceof Uint8Array)) {
    this[kOnReadBuffer] = onread;
  }
  this.on('end', onReadableEnd);
  if (this[kId] >= 0 && options.readable !== false && !options.manualStart) {
    if (options.pauseOnCreate) {
      this.pause();
    } else {
      this.read(0);
    }
  }
}
ObjectSetPrototypeOf(Socket.prototype, Duplex.prototype);
ObjectSetPrototypeOf(Socket, Duplex);

function adopt(socket, { id, unixPath }) {
  socket[kId] = id;
  socket[kUnixPath] = unixPath;
  if (asyncIds.on) trackHandle(socket, unixPath === undefined ? 'TCPWRAP' : 'PIPEWRAP');
  native.attach(id, socket);
  if (socket[kNoDelay] && unixPath === undefined) native.setNoDelay(id, true);
  if (socket[kKeepAlive] && unixPath === undefined) native.setKeepAlive(id, true, socket[kKeepAliveDelay]);
}

function openDescriptor(socket, fd) {
  validateInt32(fd, 'fd', 0);
  const id = native.open(socket, fd);
  if (id < 0) throw errnoException(id, 'open');
  socket[kId] = id;
  socket[kUnixPath] = '';
}

function onReadableEnd() {
  if (!this.allowHalfOpen) this.write = writeAfterFin;
}

function writeAfterFin(chunk, encoding, callback) {
  if (this.writableEnded) {
    const error = new Error('This socket has been ended by the other party');
    error.code = 'EPIPE';
    if (typeof encoding === 'function') {
      callback = encoding;
      encoding = null;
    }
    if (typeof callback === 'function') require('process').nextTick(callback, error);
    this.destroy(error);
    return false;
  }
  return Duplex.prototype.write.call(this, chunk, encoding, callback);
}

const { prototype } = Socket;

// Events of the handle.

prototype[kOnRead] = function onRead(nread, slab, offset) {
  if (this[kTimeout] !== null) this[kTimeout].refresh();
  if (nread > 0) {
    if (this.destroyed) return;
    const onread = this[kOnReadBuffer];
    const bytes = new FastBuffer(slab, offset, nread);
    if (onread !== null) return readIntoBuffer(this, onread, bytes);
    if (!this.push(bytes)) stopReading(this);
    return;
  }
  if (nread === 0) return;
  if (nread !== UV_EOF) {
    this.destroy(errnoException(nread, 'read'));
    return;
  }
  this[kReading] = false;
  // Node takes a buffer for the read that finds the end, too.
  if (typeof this[kOnReadBuffer]?.buffer === 'function') this[kOnReadBuffer].buffer();
  this.push(null);
  this.read(0);
};

function readIntoBuffer(socket, onread, bytes) {
  for (let at = 0; at < bytes.length;) {
    const target = typeof onread.buffer === 'function' ? onread.buffer() : onread.buffer;
    const length = bytes.copy(target, 0, at, at + target.length);
    at += length;
    if (FunctionPrototypeCall(onread.callback, socket, length, target) === false) {
      stopReading(socket);
      // What is left can't be unread from the kernel; it waits in the stream for resume().
      if (at < bytes.length) socket.push(bytes.subarray(at));
      return;
    }
  }
}

prototype[kOnConnect] = function onConnect(status) {
  afterConnect(this, status);
};

prototype[kOnDrain] = function onDrain(status) {
  if (this[kTimeout] !== null) this[kTimeout].refresh();
  const callback = this[kWriteCallback];
  this[kWriteCallback] = null;
  const error = status < 0 ? errnoException(status, 'write') : null;
  if (callback !== null) callback(error);
  else if (error !== null) this.destroy(error);
};

prototype[kOnShutdown] = function onShutdown(status) {
  const callback = this[kShutdownCallback];
  this[kShutdownCallback] = null;
  if (callback !== null) callback();
};

prototype[kOnClose] = function onClose() {
  this.emit('close', this[kCloseHadError]);
};

function startReading(socket) {
  socket[kReading] = true;
  const status = native.readStart(socket[kId]);
  if (status < 0) socket.destroy(errnoException(status, 'read'));
}

function stopReading(socket) {
  if (!socket[kReading]) return;
  socket[kReading] = false;
  if (socket[kId] >= 0) native.readStop(socket[kId]);
}

// The stream's side.

prototype._read = readFromHandle;

function readFromHandle(n) {
  if (this[kConnection] !== null) {
    this[kConnection].socketWantsToRead();
  } else if (this.connecting || this[kId] < 0) {
    this.once('connect', () => this._read(n));
  } else if (!this[kReading]) {
    startReading(this);
  }
}

prototype._write = function _write(chunk, encoding, callback) {
  if (this.connecting) {
    this[kPendingBytes] = sizeOf(chunk, encoding);
    return writeWhenConnected(this, () => this._write(chunk, encoding, callback), callback);
  }
  if (this[kId] < 0) {
    callback(new ERR_SOCKET_CLOSED());
    return false;
  }
  if (this[kTimeout] !== null) this[kTimeout].refresh();
  settleWrite(this, send(this[kId], chunk, encoding), callback);
};

// Several chunks go into the loop's cork one by one and leave as one.
prototype._writev = function _writev(chunks, callback) {
  if (this.connecting) {
    for (let i = 0; i < chunks.length; i++) this[kPendingBytes] += sizeOf(chunks[i].chunk, chunks[i].encoding);
    return writeWhenConnected(this, () => this._writev(chunks, callback), callback);
  }
  if (this[kId] < 0) {
    callback(new ERR_SOCKET_CLOSED());
    return false;
  }
  if (this[kTimeout] !== null) this[kTimeout].refresh();
  let status = 0;
  for (let i = 0; i < chunks.length && status >= 0; i++) {
    status = send(this[kId], chunks[i].chunk, chunks[i].encoding);
  }
  settleWrite(this, status, callback);
};

function send(id, chunk, encoding) {
  if (typeof chunk !== 'string') return native.writeBytes(id, chunk);
  switch (encoding) {
    case 'utf8':
    case 'utf-8':
      return native.writeUtf8(id, chunk);
    case 'latin1':
    case 'binary':
    case 'ascii':
      return native.writeLatin1(id, chunk);
    default:
      return native.writeBytes(id, Buffer.from(chunk, encoding));
  }
}

function sizeOf(chunk, encoding) {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length;
}

function settleWrite(socket, status, callback) {
  if (status === 0) callback();
  else if (status > 0) socket[kWriteCallback] = callback;
  else callback(errnoException(status, 'write'));
}

function writeWhenConnected(socket, write, callback) {
  socket[kPending] = write;
  function onClose() {
    callback(new ERR_SOCKET_CLOSED_BEFORE_CONNECTION());
  }
  socket.once('connect', function onConnect() {
    this.removeListener('close', onClose);
    this[kPending] = null;
    this[kPendingBytes] = 0;
    write();
  });
  socket.once('close', onClose);
}

prototype._final = function _final(callback) {
  if (this.connecting) {
    this.once('connect', () => this._final(callback));
    return;
  }
  if (this[kId] < 0) {
    callback();
    return;
  }
  this[kShutdownCallback] = callback;
  const status = native.shutdown(this[kId]);
  if (status < 0) {
    this[kShutdownCallback] = null;
    callback(status === -107 /* ENOTCONN: the peer is gone already */ ? null : errnoException(status, 'shutdown'));
  }
};

prototype._destroy = function _destroy(error, callback) {
  this.connecting = false;
  for (let socket = this; socket !== null && socket !== undefined; socket = socket._parent) {
    if (socket[kTimeout]) {
      timers.clearTimeout(socket[kTimeout]);
      socket[kTimeout] = null;
    }
  }
  const id = this[kId];
  const waiting = this[kWriteCallback];
  this[kWriteCallback] = null;
  this[kShutdownCallback] = null;
  if (id >= 0) {
    this[kCloseHadError] = Boolean(error);
    this[kBytesRead] = native.bytesRead(id);
    this[kBytesWritten] = native.bytesWritten(id);
    this[kId] = -1;
    this[kReading] = false;
    if (this.resetAndClosing) {
      this.resetAndClosing = false;
      const status = native.reset(id);
      if (status < 0) this.emit('error', errnoException(status, 'reset'));
    } else {
      native.close(id);
    }
    if (this[kConnection] !== null) this[kConnection].socketDestroyed(error);
    callback(error);
  } else {
    callback(error);
    require('process').nextTick(emitClose, this);
  }
  if (waiting !== null) waiting(error ?? new ERR_SOCKET_CLOSED());
  const server = this._server;
  if (server) {
    server._connections--;
    server._emitCloseIfDrained?.();
  }
};

function emitClose(socket) {
  socket.emit('close', false);
}

prototype.end = function end(data, encoding, callback) {
  Duplex.prototype.end.call(this, data, encoding, callback);
  return this;
};

prototype.destroySoon = function destroySoon() {
  if (this.writable) this.end();
  if (this.writableFinished) this.destroy();
  else this.once('finish', this.destroy);
};

prototype.resetAndDestroy = function resetAndDestroy() {
  if (this[kId] >= 0 && this[kUnixPath] === undefined) {
    this.resetAndClosing = true;
    // A socket that is still connecting has no connection to reset.
    if (this.connecting) this.once('connect', () => this.destroy());
    else this.destroy();
  } else if (this[kId] >= 0) {
    this.destroy(new ERR_INVALID_HANDLE_TYPE());
  } else if (this.connecting) {
    this.resetAndClosing = true;
    this.once('connect', () => this.destroy());
  } else {
    this.destroy(new ERR_SOCKET_CLOSED());
  }
  return this;
};

prototype.pause = function pause() {
  // A stream goes on reading until its buffer is full, as Node's do; a buffer of the user's has no room for more.
  if (this[kOnReadBuffer] !== null && this[kReading] && !this.connecting) stopReading(this);
  return Duplex.prototype.pause.call(this);
};

prototype.resume = function resume() {
  if (!this.connecting && this[kId] >= 0 && !this[kReading]) this._read(0);
  return Duplex.prototype.resume.call(this);
};

// Time.

function duration(msecs) {
  validateNumber(msecs, 'msecs');
  if (msecs < 0 || !NumberIsFinite(msecs)) throw new ERR_OUT_OF_RANGE('msecs', 'a non-negative finite number', msecs);
  if (msecs <= TIMEOUT_MAX) return msecs;
  require('process').emitWarning(`${msecs} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${TIMEOUT_MAX}.`,
                                 'TimeoutOverflowWarning');
  return TIMEOUT_MAX;
}

prototype.setTimeout = function setTimeout(msecs, callback) {
  if (this.destroyed) return this;
  msecs = duration(msecs);
  this.timeout = msecs;
  if (this[kTimeout] !== null) {
    timers.clearTimeout(this[kTimeout]);
    this[kTimeout] = null;
  }
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (msecs === 0) {
    if (callback !== undefined) this.removeListener('timeout', callback);
  } else {
    this[kTimeout] = timers.setTimeout(onSocketTimeout, msecs, this).unref();
    if (callback !== undefined) this.once('timeout', callback);
  }
  return this;
};

function onSocketTimeout(socket) {
  socket._onTimeout();
}

prototype._onTimeout = function _onTimeout() {
  // A slow peer that still takes bytes isn't idle.
  if (this[kId] >= 0 && this[kTimeout] !== null) {
    const waiting = native.queueSize(this[kId]);
    const before = this.lastWriteQueueSize;
    this.lastWriteQueueSize = waiting;
    if (waiting > 0 && before !== undefined && waiting < before) {
      this[kTimeout].refresh();
      return;
    }
  }
  this.emit('timeout');
};

prototype._unrefTimer = function _unrefTimer() {
  for (let socket = this; socket !== null && socket !== undefined; socket = socket._parent) {
    if (socket[kTimeout]) socket[kTimeout].refresh();
  }
};

prototype.setNoDelay = function setNoDelay(enable) {
  enable = Boolean(enable === undefined ? true : enable);
  if (enable !== this[kNoDelay]) {
    this[kNoDelay] = enable;
    if (this[kId] >= 0 && !this.connecting && this[kUnixPath] === undefined) native.setNoDelay(this[kId], enable);
  }
  return this;
};

prototype.setKeepAlive = function setKeepAlive(enable, initialDelayMsecs) {
  enable = Boolean(enable);
  const delay = ~~(initialDelayMsecs / 1000);
  if (enable !== this[kKeepAlive] || (enable && delay !== this[kKeepAliveDelay])) {
    this[kKeepAlive] = enable;
    this[kKeepAliveDelay] = delay;
    if (this[kId] >= 0 && !this.connecting && this[kUnixPath] === undefined) {
      native.setKeepAlive(this[kId], enable, delay);
    }
  }
  return this;
};

prototype.ref = function ref() {
  this[kUnrefed] = false;
  if (this[kId] >= 0) native.ref(this[kId]);
  return this;
};

prototype.unref = function unref() {
  this[kUnrefed] = true;
  if (this[kId] >= 0) native.unref(this[kId]);
  return this;
};

prototype.connect = function connect(...args) {
  return require('internal/net/connect').connect(this, args);
};

// The handle is connected, or the attempt failed.
function afterConnect(socket, status, request) {
  if (socket.destroyed) return;
  const { address, port, localAddress, localPort } = request ?? socket._connectRequest;
  socket.connecting = false;
  if (status < 0) {
    const local = localAddress && localPort ? `${localAddress}:${localPort}` : undefined;
    const error = exceptionWithHostPort(status, 'connect', address, port, local);
    if (localAddress) error.localAddress = localAddress;
    if (localPort) error.localPort = localPort;
    socket.emit('connectionAttemptFailed', address, port, request?.family ?? socket._connectRequest.family, error);
    socket.destroy(error);
    return;
  }
  socket._connectRequest = undefined;
  socket[kLocal] = null;
  socket._unrefTimer();
  if (socket[kUnixPath] === undefined) {
    if (socket[kNoDelay]) native.setNoDelay(socket[kId], true);
    if (socket[kKeepAlive]) native.setKeepAlive(socket[kId], true, socket[kKeepAliveDelay]);
  }
  socket.emit('connect');
  socket.emit('ready');
  if (!socket.destroyed && socket.readable && !socket.isPaused()) socket.read(0);
}

prototype.address = function address() {
  return localName(this);
};

function localName(socket) {
  if (socket[kId] < 0 || socket.connecting) return socket[kLocal] ?? {};
  if (socket[kLocal] === null) {
    const out = {};
    if (native.getsockname(socket[kId], out) !== 0) return {};
    socket[kLocal] = out;
  }
  return socket[kLocal];
}

function peerName(socket) {
  if (socket[kPeer] !== null) return socket[kPeer];
  if (socket[kId] < 0 || socket.connecting) return {};
  const out = {};
  if (native.getpeername(socket[kId], out) !== 0) return {};
  return socket[kPeer] = out;
}

prototype._getpeername = function _getpeername() { return peerName(this); };
prototype._getsockname = function _getsockname() { return localName(this); };

function getter(get) {
  return { __proto__: null, configurable: true, enumerable: false, get };
}

ObjectDefineProperties(prototype, {
  remoteAddress: getter(function() { return peerName(this).address || undefined; }),
  remoteFamily: getter(function() { return peerName(this).family; }),
  remotePort: getter(function() { return peerName(this).port; }),
  localAddress: getter(function() { return localName(this).address || undefined; }),
  localPort: getter(function() { return localName(this).port; }),
  localFamily: getter(function() { return localName(this).family; }),
  bytesRead: getter(function() { return this[kId] >= 0 ? native.bytesRead(this[kId]) : this[kBytesRead]; }),
  _bytesDispatched: getter(bytesDispatched),
  bytesWritten: getter(function() {
    let bytes = bytesDispatched.call(this) + this[kPendingBytes];
    const buffered = this._writableState?.getBuffer?.() ?? [];
    if (this[kId] < 0 && !this.connecting) return bytes;
    for (let i = 0; i < buffered.length; i++) {
      bytes += sizeOf(buffered[i].chunk, buffered[i].encoding);
    }
    return bytes;
  }),
  pending: getter(function() { return this[kId] < 0 || this.connecting; }),
  readyState: getter(function() {
    if (this.connecting) return 'opening';
    if (this.readable && this.writable) return 'open';
    if (this.readable) return 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }),
  bufferSize: getter(function() { return this[kId] >= 0 || this.connecting ? this.writableLength : undefined; }),
  _connecting: getter(function() { return this.connecting; }),
  _handle: {
    __proto__: null,
    configurable: true,
    get() {
      if (this[kId] < 0) return null;
      return this[kHandle] ??= new Handle(this);
    },
    set(value) {
      if (value !== null && value !== undefined) throw new ERR_INVALID_HANDLE_TYPE();
      if (this[kId] >= 0) native.close(this[kId]);
      this[kId] = -1;
    },
  },
});

function bytesDispatched() {
  if (this[kId] < 0) return this[kBytesWritten];
  return native.bytesWritten(this[kId]);
}

module.exports = {
  Socket, afterConnect, kAdopt, kConnection, kKeepAlive, kKeepAliveDelay, kNoDelay, kOnReadBuffer, kPeer, kReading,
  kTimeout, kUnixPath, kUnrefed, kWriteCallback, startReading, stopReading,
};
