// net.Server: listens on TCP or a Unix path and makes a Socket of each connection.
'use strict';

const {
  FunctionPrototypeCall, ObjectDefineProperty, ObjectSetPrototypeOf, Promise, Symbol, SymbolAsyncDispose, SymbolFor,
} = primordials;

const EventEmitter = require('events');
const {
  codes: {
    ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_SERVER_ALREADY_LISTEN,
    ERR_SERVER_NOT_RUNNING,
  },
  errnoException,
  uvExceptionWithHostPort,
} = require('internal/errors');
const {
  validateAbortSignal, validateNumber, validatePort,
} = require('internal/validators');
const { isIP, kNormalized, normalizeArgs, toPort } = require('internal/net');
const { heard, traced } = require('internal/diagnostics');
const { Handle, asyncIds, kId, kOnClose, kOnConnection, native, trackHandle } = require('internal/net/handle');
const { Socket, kAdopt } = require('internal/net/socket');

const kHandle = Symbol('handle');
const kUnixPath = Symbol('unix path');

const BACKLOG = 511;
const FLAG_IPV6_ONLY = 1;
const FLAG_REUSE_PORT = 2;

function Server(options, connectionListener) {
  if (!(this instanceof Server)) return new Server(options, connectionListener);
  FunctionPrototypeCall(EventEmitter, this, typeof options === 'object' && options !== null ? options : undefined);
  if (typeof options === 'function') {
    connectionListener = options;
    options = {};
  } else if (options == null || typeof options === 'object') {
    options = { ...options };
  } else {
    throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  if (options.keepAliveInitialDelay !== undefined) {
    validateNumber(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
    if (options.keepAliveInitialDelay < 0) options.keepAliveInitialDelay = 0;
  }
  if (options.highWaterMark !== undefined) {
    validateNumber(options.highWaterMark, 'options.highWaterMark');
    if (options.highWaterMark < 0) options.highWaterMark = undefined;
  }
  if (typeof connectionListener === 'function') this.on('connection', connectionListener);
  this._connections = 0;
  this[kId] = -1;
  this[kHandle] = null;
  this[kUnixPath] = undefined;
  this._unref = false;
  this._usingWorkers = false;
  this._workers = [];
  this._listeningId = 1;
  this.allowHalfOpen = Boolean(options.allowHalfOpen);
  this.pauseOnConnect = Boolean(options.pauseOnConnect);
  this.noDelay = Boolean(options.noDelay);
  this.keepAlive = Boolean(options.keepAlive);
  this.keepAliveInitialDelay = ~~((options.keepAliveInitialDelay || 0) / 1000);
  this.highWaterMark = options.highWaterMark;
  this.blockList = options.blockList;
  this.dropMaxConnection = false;
}
ObjectSetPrototypeOf(Server.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Server, EventEmitter);

const { prototype } = Server;

prototype.listen = function listen(...args) {
  const [given, callback] = args[0]?.[kNormalized] ? args[0] : normalizeArgs(args);
  if (this[kId] >= 0 || this._listening) throw new ERR_SERVER_ALREADY_LISTEN();
  if (callback !== null) this.once('listening', callback);
  const backlog = toPort(args.length > 1 && args[1]) || toPort(args.length > 2 && args[2]) || given.backlog;
  const handle = given._handle ?? given.handle;
  if (handle) {
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('listening on a handle of another server');
  }
  const options = given;
  traced('net.server.listen')?.asyncStart.publish({ server: this, options });
  listenSignal(this, options);
  if (options.reusePort === true && typeof options.fd === 'number') {
    throw new ERR_INVALID_ARG_VALUE('options', options, 'reusePort and fd exclude each other');
  }
  if (typeof options.fd === 'number' && options.fd >= 0) {
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('listening on a file descriptor');
  }
  // listen(), listen(cb), listen({port: undefined}) and listen(null) take any free port.
  if (args.length === 0 || typeof args[0] === 'function' ||
      ('port' in options && typeof options.port === 'undefined') || options.port === null) {
    options.port = 0;
  }
  if (typeof options.port === 'number' || typeof options.port === 'string') {
    validatePort(options.port, 'options.port');
    const sharing = options.exclusive === true ? undefined : clusterChild();
    if (sharing === undefined) {
      listenPort(this, options, options.port | 0, backlog);
      return this;
    }
    options.reusePort = true;
    sharing._sharePort(this, options.host, options.port | 0, (port) => listenPort(this, options, port, backlog));
    return this;
  }
  if (options.path && typeof options.path === 'string' && toPort(options.path) === false) {
    if (options.exclusive !== true) clusterChild()?._refusePath();
    listenPath(this, options, backlog);
    return this;
  }
  if (!(('port' in options) || ('path' in options))) {
    throw new ERR_INVALID_ARG_VALUE('options', options, 'must have the property "port" or "path"');
  }
  throw new ERR_INVALID_ARG_VALUE('options', options);
};

// The cluster's side of a process that is a worker of one; it has been loaded at the start.
let cluster;
function clusterChild() {
  if (cluster === undefined) {
    const { isClusterWorker } = require('internal/main');
    cluster = isClusterWorker() ? require('internal/cluster/child') : null;
  }
  return cluster ?? undefined;
}

function listenSignal(server, { signal }) {
  if (signal === undefined) return;
  validateAbortSignal(signal, 'options.signal');
  if (signal.aborted) {
    require('process').nextTick(closeServer, server);
    return;
  }
  const onAbort = () => server.close();
  signal.addEventListener('abort', onAbort, { once: true });
  server.once('close', () => signal.removeEventListener('abort', onAbort));
}

function closeServer(server) {
  server.close();
}

function listenPort(server, options, port, backlog) {
  let flags = options.ipv6Only === true ? FLAG_IPV6_ONLY : 0;
  if (options.reusePort === true) flags |= FLAG_REUSE_PORT;
  if (!options.host) {
    listenAny(server, port, backlog, flags);
    return;
  }
  const listeningId = ++server._listeningId;
  server._listening = true;
  require('dns').lookup(options.host, function onLookup(error, address, family) {
    server._listening = false;
    if (listeningId !== server._listeningId) return;
    if (error) {
      server.emit('error', error);
      return;
    }
    bound(server, native.listenTcp(server, address, port, backlog || BACKLOG, family === 6 ? flags : flags & ~1),
          address, port, flags);
  });
}

// All IPv6 and IPv4 addresses, or all IPv4 addresses on a machine without IPv6.
function listenAny(server, port, backlog, flags) {
  ++server._listeningId;
  let address = '::';
  let id = native.listenTcp(server, address, port, backlog || BACKLOG, flags);
  if (id === -97 /* EAFNOSUPPORT */ || id === -99 /* EADDRNOTAVAIL */ || id === -22 /* EINVAL */) {
    address = '0.0.0.0';
    id = native.listenTcp(server, address, port, backlog || BACKLOG, flags & ~FLAG_IPV6_ONLY);
  }
  bound(server, id, address, port);
}

function listenPath(server, options, backlog) {
  if (options.path[0] === '\0' && (options.readableAll || options.writableAll)) {
    throw new ERR_INVALID_ARG_VALUE('options', options, 'can not set readableAll or writableAllt to true when path is abstract unix socket');
  }
  ++server._listeningId;
  const id = native.listenPipe(server, options.path, backlog || BACKLOG);
  server[kUnixPath] = options.path;
  if (id >= 0 && (options.readableAll || options.writableAll)) {
    const mode = (options.readableAll ? 0o444 : 0) | (options.writableAll ? 0o222 : 0);
    const fs = require('fs');
    fs.chmodSync(options.path, fs.statSync(options.path).mode | mode);
  }
  bound(server, id, options.path, undefined);
}

function bound(server, id, address, port) {
  if (id < 0) {
    server[kUnixPath] = undefined;
    const error = uvExceptionWithHostPort(id, 'listen', address, port);
    traced('net.server.listen')?.error.publish({ server, error });
    require('process').nextTick(emitError, server, error);
    return;
  }
  server[kId] = id;
  if (asyncIds.on) trackHandle(server, port === undefined ? 'PIPESERVERWRAP' : 'TCPSERVERWRAP');
  server._connectionKey = `${port === undefined ? -1 : isIP(address)}:${address}:${port ?? -1}`;
  if (server._unref) native.unref(id);
  require('process').nextTick(emitListening, server, id);
}

function emitError(server, error) {
  server.emit('error', error);
}

function emitListening(server, id) {
  if (server[kId] !== id) return;
  traced('net.server.listen')?.asyncEnd.publish({ server });
  server.emit('listening');
}

prototype[kOnConnection] = function onConnection(status, id) {
  if (status < 0) {
    this.emit('error', errnoException(status, 'accept'));
    return;
  }
  if (this.refuses(id)) return;
  const socket = new Socket({
    [kAdopt]: { id, unixPath: this[kUnixPath] },
    allowHalfOpen: this.allowHalfOpen,
    pauseOnCreate: this.pauseOnConnect,
    noDelay: this.noDelay,
    keepAlive: this.keepAlive,
    keepAliveInitialDelay: this.keepAliveInitialDelay * 1000,
    readableHighWaterMark: this.highWaterMark,
    writableHighWaterMark: this.highWaterMark,
  });
  this._connections++;
  socket.server = this;
  socket._server = this;
  heard('net.server.socket')?.publish({ socket });
  this.emit('connection', socket);
};

// Closes a connection over the limit or from a blocked address and tells so by 'drop'.
ObjectDefineProperty(prototype, 'refuses', {
  __proto__: null,
  configurable: true,
  value: function refuses(id) {
    const full = this.maxConnections != null && this._connections >= this.maxConnections;
    if (!full && this.blockList === undefined) return false;
    const local = {};
    const remote = {};
    native.getsockname(id, local);
    native.getpeername(id, remote);
    if (!full && !(remote.family && this.blockList.check(remote.address, remote.family))) return false;
    native.close(id);
    this.emit('drop', this[kUnixPath] !== undefined ? undefined : {
      localAddress: local.address,
      localPort: local.port,
      localFamily: local.family,
      remoteAddress: remote.address,
      remotePort: remote.port,
      remoteFamily: remote.family,
    });
    return true;
  },
});

prototype.close = function close(callback) {
  if (typeof callback === 'function') {
    if (this[kId] < 0 && !this._listening) {
      this.once('close', function onClose() {
        callback(new ERR_SERVER_NOT_RUNNING());
      });
    } else {
      this.once('close', callback);
    }
  }
  ++this._listeningId;
  this._listening = false;
  if (this[kId] >= 0) {
    const id = this[kId];
    this[kId] = -1;
    native.close(id);
    if (this[kUnixPath] !== undefined) unlinkPath(this);
  }
  this._emitCloseIfDrained();
  return this;
};

// A Unix socket's name goes with the server that made it.
function unlinkPath(server) {
  try {
    if (server[kUnixPath][0] !== '\0') require('fs').unlinkSync(server[kUnixPath]);
  } catch {
    // Somebody else removed it first.
  }
  server[kUnixPath] = undefined;
}

// 'close' was told when the handle was closed, as Node does.
prototype[kOnClose] = function onClose() {};

prototype._emitCloseIfDrained = function _emitCloseIfDrained() {
  if (this[kId] >= 0 || this._connections > 0) return;
  require('process').nextTick(emitClose, this);
};

function emitClose(server) {
  server.emit('close');
}

// With captureRejections: a listener of 'connection' that rejects fails its own socket.
prototype[SymbolFor('nodejs.rejection')] = function onRejection(error, event, socket) {
  if (event === 'connection') socket.destroy(error);
  else this.emit('error', error);
};

prototype[SymbolAsyncDispose] = function asyncDispose() {
  if (this[kId] < 0) return Promise.resolve();
  return new Promise((resolve, reject) => this.close((error) => (error ? reject(error) : resolve())));
};

prototype.address = function address() {
  if (this[kId] < 0) return null;
  if (this[kUnixPath] !== undefined) return this[kUnixPath];
  const out = {};
  const status = native.getsockname(this[kId], out);
  if (status < 0) throw errnoException(status, 'address');
  return out;
};

prototype.getConnections = function getConnections(callback) {
  require('process').nextTick(callback, null, this._connections);
  return this;
};

prototype.ref = function ref() {
  this._unref = false;
  if (this[kId] >= 0) native.ref(this[kId]);
  return this;
};

prototype.unref = function unref() {
  this._unref = true;
  if (this[kId] >= 0) native.unref(this[kId]);
  return this;
};

function accessor(name, get, set) {
  ObjectDefineProperty(prototype, name, { __proto__: null, configurable: true, enumerable: true, get, set });
}

accessor('listening', function() { return this[kId] >= 0; });
accessor('_handle', function() {
  if (this[kId] < 0) return null;
  return this[kHandle] ??= new Handle(this);
}, function(value) {
  if (value === null && this[kId] >= 0) {
    native.close(this[kId]);
    this[kId] = -1;
  }
});

module.exports = { Server, kUnixPath };
