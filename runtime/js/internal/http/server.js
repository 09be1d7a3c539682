// http.Server: makes a request and a response of each head that its connections read, and watches their time.
'use strict';

const {
  ArrayPrototypePush, FunctionPrototypeCall, MathMin, ObjectDefineProperties, ObjectSetPrototypeOf, ReflectApply, SafeSet, Symbol,
  SymbolAsyncDispose, SymbolFor,
} = primordials;

const loop = binding('loop');
const net = require('net');
const timers = require('timers');
const {
  codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_HTTP_REQUEST_TIMEOUT, ERR_OUT_OF_RANGE },
  errnoException,
} = require('internal/errors');
const {
  validateBoolean, validateFunction, validateInteger, validateObject,
} = require('internal/validators');
const { words, OBSERVED } = require('internal/loop_words');
const { asyncIds, kId, kOnConnection, native, trackHandle } = require('internal/net/handle');
const { kConnection: kSocketConnection } = require('internal/net/socket');
const { kUnixPath } = require('internal/net/server');
const {
  FLAG_EXPECT, FLAG_EXPECT_CONTINUE, FLAG_HOST, FLAG_KEEP_ALIVE, FLAG_MULTIPLE_HOSTS, FLAG_UPGRADE, kConnection,
} = require('internal/http/common');
const { IncomingMessage } = require('internal/http/incoming');
const { ServerResponse } = require('internal/http/server_response');
const { parseUniqueHeaders } = require('internal/http/outgoing');
const { heard, state: diagnostics } = require('internal/diagnostics');
const { HttpConnection } = require('internal/http/connection');
const { maxHeaderSize } = require('internal/http/limits');

const kConnections = Symbol('connections');
const kIncoming = Symbol('IncomingMessage');
const kResponse = Symbol('ServerResponse');
const kResponseOptions = Symbol('response options');
const kTimer = Symbol('check timer');
const kNow = Symbol('coarse now');
const kStep = Symbol('check step');
const kKeepAliveTimeout = Symbol('keepAliveTimeout');
const kHeadersTimeout = Symbol('headersTimeout');
const kRequestTimeout = Symbol('requestTimeout');
const kUniqueHeaders = Symbol('unique headers');
const kClosing = Symbol('closes idle connections');

// Time is checked this often at most and at least; a timeout is a tenth late at the most, within these bounds.
const STEP_MS_MIN = 10;
const STEP_MS_MAX = 1000;

function Server(options, requestListener) {
  if (!(this instanceof Server)) return new Server(options, requestListener);
  if (typeof options === 'function') {
    requestListener = options;
    options = {};
  }
  options = options == null ? {} : options;
  validateObject(options, 'options');
  FunctionPrototypeCall(net.Server, this, {
    allowHalfOpen: true,
    noDelay: options.noDelay ?? true,
    keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
    highWaterMark: options.highWaterMark,
    pauseOnConnect: options.pauseOnConnect,
    blockList: options.blockList,
  });
  this[kConnections] = new SafeSet();
  this[kTimer] = null;
  this[kNow] = 0;
  this[kStep] = STEP_MS_MAX;
  this[kClosing] = false;
  storeOptions(this, options);
  if (requestListener) this.on('request', requestListener);
  // Also Node's way to give a connection to the server: server.emit('connection', stream).
  this.on('connection', connectionListener);
  this.httpAllowHalfOpen = false;
  this.timeout = 0;
  this.maxHeadersCount = null;
  this.maxRequestsPerSocket = 0;
}
ObjectSetPrototypeOf(Server.prototype, net.Server.prototype);
ObjectSetPrototypeOf(Server, net.Server);

const { prototype } = Server;

function storeOptions(server, options) {
  if (options.insecureHTTPParser !== undefined) {
    validateBoolean(options.insecureHTTPParser, 'options.insecureHTTPParser');
    if (options.insecureHTTPParser) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('insecureHTTPParser');
  }
  server[kIncoming] = options.IncomingMessage || IncomingMessage;
  server[kResponse] = options.ServerResponse || ServerResponse;
  if (options.maxHeaderSize !== undefined) validateInteger(options.maxHeaderSize, 'maxHeaderSize', 0);
  server.maxHeaderSize = options.maxHeaderSize;
  for (let i = 0; i < FLAGS.length; i++) {
    if (options[FLAGS[i]] !== undefined) validateBoolean(options[FLAGS[i]], `options.${FLAGS[i]}`);
  }
  server.requireHostHeader = options.requireHostHeader ?? true;
  server.joinDuplicateHeaders = options.joinDuplicateHeaders;
  server.rejectNonStandardBodyWrites = options.rejectNonStandardBodyWrites ?? false;
  server[kResponseOptions] = {
    highWaterMark: options.highWaterMark,
    rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites,
  };
  server[kUniqueHeaders] = parseUniqueHeaders(options.uniqueHeaders);
  server[kRequestTimeout] = duration(options.requestTimeout, 'requestTimeout', 300_000);
  server[kHeadersTimeout] = duration(options.headersTimeout, 'headersTimeout',
                                     server[kRequestTimeout] > 0 ? MathMin(60_000, server[kRequestTimeout]) : 60_000);
  if (server[kRequestTimeout] > 0 && server[kHeadersTimeout] > server[kRequestTimeout]) {
    throw new ERR_OUT_OF_RANGE('headersTimeout', '<= requestTimeout', server[kHeadersTimeout]);
  }
  server[kKeepAliveTimeout] = duration(options.keepAliveTimeout, 'keepAliveTimeout', 5_000);
  server.keepAliveTimeoutBuffer = duration(options.keepAliveTimeoutBuffer, 'keepAliveTimeoutBuffer', 1_000);
  server.connectionsCheckingInterval =
    duration(options.connectionsCheckingInterval, 'connectionsCheckingInterval', 30_000);
  if (options.shouldUpgradeCallback !== undefined) {
    validateFunction(options.shouldUpgradeCallback, 'options.shouldUpgradeCallback');
    server.shouldUpgradeCallback = options.shouldUpgradeCallback;
  }
}

const FLAGS = ['requireHostHeader', 'joinDuplicateHeaders', 'rejectNonStandardBodyWrites', 'optimizeEmptyRequests'];

function duration(value, name, fallback) {
  if (value === undefined) return fallback;
  validateInteger(value, name, 0);
  return value;
}

// Connections.

prototype[kOnConnection] = function onConnection(status, id) {
  if (status < 0) {
    this.emit('error', errnoException(status, 'accept'));
    return;
  }
  // Somebody else wants to see each connection as a socket.
  if (this._events.connection !== connectionListener || this.timeout || heard('net.server.socket') !== undefined) {
    FunctionPrototypeCall(net.Server.prototype[kOnConnection], this, status, id);
    return;
  }
  if (this.refuses(id)) return;
  const connection = new HttpConnection(this, id);
  if (asyncIds.on) trackHandle(connection, this[kUnixPath] === undefined ? 'TCPWRAP' : 'PIPEWRAP');
  native.attach(id, connection);
  if (this.noDelay && this[kUnixPath] === undefined) native.setNoDelay(id, true);
  if (this.keepAlive && this[kUnixPath] === undefined) native.setKeepAlive(id, true, this.keepAliveInitialDelay);
  this._connections++;
  this.watch(connection);
  connection.start();
};

// A socket that came by the event 'connection': one of our own, or a stream that a user brings.
function connectionListener(socket) {
  if (socket[kId] >= 0 && socket[kSocketConnection] === null) {
    takeSocket(this, socket);
  } else {
    const { StreamConnection } = require('internal/http/stream_connection');
    // What carries the stream is counted where it was accepted.
    const connection = new StreamConnection(this, socket);
    this.watch(connection);
    connection.start();
  }
}

function takeSocket(server, socket) {
  const connection = new HttpConnection(server, socket[kId]);
  // One that another server has accepted is counted there.
  if (socket._server === server) socket._server = null;
  else connection.leaveUncounted();
  native.attach(socket[kId], connection);
  connection.carry(socket);
  server.watch(connection);
  // What the socket has read before is HTTP too. It comes in the pieces in which it was read, or put back.
  const pieces = [];
  for (let piece = socket.read(); piece !== null; piece = socket.read()) ArrayPrototypePush(pieces, piece);
  connection.start();
  if (pieces.length === 0) return;
  const early = pieces.length === 1 ? pieces[0] : require('buffer').Buffer.concat(pieces);
  connection.receive(early, 0, early.length);
}

prototype.watch = function watch(connection) {
  this[kConnections].add(connection);
  if (this[kTimer] === null) schedule(this);
};

prototype.forget = function forget(connection) {
  if (!this[kConnections].delete(connection)) return;
  if (connection.isCounted) this._connections--;
  this._emitCloseIfDrained();
};

// The connection goes on as a socket of the server.
prototype.forgetUpgraded = function forgetUpgraded(connection, socket) {
  this[kConnections].delete(connection);
  if (connection.isCounted) socket._server = this;
};

prototype.unixPath = function unixPath() {
  return this[kUnixPath];
};

prototype.headMax = function headMax() {
  return this.maxHeaderSize || maxHeaderSize();
};

prototype.closesIdle = function closesIdle() {
  return this[kClosing];
};

// Requests.

prototype.makeRequest = function makeRequest(connection) {
  const Incoming = this[kIncoming];
  let request;
  if (Incoming === IncomingMessage) {
    request = new IncomingMessage(connection);
  } else {
    // A class of the user's gets what Node would give it.
    request = new Incoming(connection.getSocket());
    request[kConnection] = connection;
  }
  if (this.joinDuplicateHeaders) request.joinDuplicateHeaders = true;
  return request;
};

prototype.makeResponse = function makeResponse(request, flags, connection) {
  const Response = this[kResponse];
  const response = new Response(request, this[kResponseOptions]);
  response[kConnection] = connection;
  response.shouldKeepAlive = (flags & FLAG_KEEP_ALIVE) !== 0;
  response._keepAliveTimeout = this[kKeepAliveTimeout];
  if (this[kUniqueHeaders] !== null) response._uniqueHeaders = this[kUniqueHeaders];
  if (this.maxRequestsPerSocket > 0) {
    response._maxRequestsPerSocket = this.maxRequestsPerSocket;
    response.maxRequestsOnConnectionReached = this.maxRequestsPerSocket <= connection.requests;
  }
  if (connection.socket !== null && connection.response === null) connection.socket._httpMessage = response;
  return response;
};

prototype.shouldUpgradeCallback = function shouldUpgradeCallback() {
  return this.listenerCount('upgrade') > 0;
};

prototype.upgrades = function upgrades(request, flags) {
  if (request.method === 'CONNECT') return true;
  if ((flags & FLAG_UPGRADE) === 0) return false;
  return Boolean(this.shouldUpgradeCallback(request));
};

prototype.serve = function serve(request, response, flags) {
  if (diagnostics.loaded) {
    heard('http.server.request.start')?.publish({ request, response, socket: request.socket, server: this });
  }
  if (this.maxRequestsPerSocket > 0 && response[kConnection].requests > this.maxRequestsPerSocket) {
    this.emit('dropRequest', request, request.socket);
    response.writeHead(503);
    response.end();
    return;
  }
  // Whoever stands before us may have chosen the other one (RFC 9112 §3.2).
  if ((flags & FLAG_MULTIPLE_HOSTS) !== 0) {
    response.writeHead(400, ['Connection', 'close']);
    response.end();
    return;
  }
  if (request.httpVersionMinor === 1) {
    if ((flags & FLAG_HOST) === 0 && this.requireHostHeader) {
      response.writeHead(400, ['Connection', 'close']);
      response.end();
      return;
    }
    if ((flags & FLAG_EXPECT) !== 0) {
      expect(this, request, response, flags);
      return;
    }
  }
  if (words[OBSERVED] !== 0) loop.callbackRuns(this.listeners('request')[0]);
  if (asyncIds.on) {
    trackHandle(request, 'HTTPINCOMINGMESSAGE');
    require('internal/async_hooks/native').run(request, () => this.emit('request', request, response));
  } else {
    this.emit('request', request, response);
  }
};

function expect(server, request, response, flags) {
  if ((flags & FLAG_EXPECT_CONTINUE) !== 0) {
    response._expect_continue = true;
    if (server.listenerCount('checkContinue') > 0) {
      server.emit('checkContinue', request, response);
    } else {
      response.writeContinue();
      server.emit('request', request, response);
    }
  } else if (server.listenerCount('checkExpectation') > 0) {
    server.emit('checkExpectation', request, response);
  } else {
    response.writeHead(417);
    response.end();
  }
}

const REFUSALS = {
  __proto__: null,
  HPE_HEADER_OVERFLOW: 'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n\r\n',
  ERR_HTTP_REQUEST_TIMEOUT: 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n',
};

// What a connection is told before it is closed because of `error`.
prototype.refusal = function refusal(error) {
  return REFUSALS[error.code] ?? 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';
};

// Time: one timer for all connections, which runs only while there are some.

prototype.coarseNow = function coarseNow() {
  return this[kNow];
};

function schedule(server) {
  const { [kKeepAliveTimeout]: idle, [kHeadersTimeout]: headers, [kRequestTimeout]: request } = server;
  let shortest = Infinity;
  if (idle > 0) shortest = idle;
  if (headers > 0 && headers < shortest) shortest = headers;
  if (request > 0 && request < shortest) shortest = request;
  let step = shortest / 10;
  if (step > server.connectionsCheckingInterval) step = server.connectionsCheckingInterval;
  if (step > STEP_MS_MAX) step = STEP_MS_MAX;
  else if (step < STEP_MS_MIN) step = STEP_MS_MIN;
  server[kStep] = step;
  server[kTimer] = timers.setTimeout(check, step, server).unref();
}

// A mark can be a step older than the wait it stands for, so a wait is over a step later than by its mark.
function check(server) {
  server[kTimer] = null;
  const now = server[kNow] = (server[kNow] + server[kStep]) | 0;
  const idleMax = server[kKeepAliveTimeout] + server.keepAliveTimeoutBuffer + server[kStep];
  const headersMax = server[kHeadersTimeout] + server[kStep];
  const requestMax = server[kRequestTimeout] + server[kStep];
  const connections = server[kConnections];
  for (const connection of connections) {
    const waited = now - connection.mark;
    if (connection.isIdle()) {
      if (connection.requests > 0) {
        if (server[kKeepAliveTimeout] > 0 && waited >= idleMax) connection.destroy();
      } else if ((server[kHeadersTimeout] > 0 && waited >= headersMax) ||
                 (server[kRequestTimeout] > 0 && waited >= requestMax)) {
        connection.fail(new ERR_HTTP_REQUEST_TIMEOUT());
      }
    } else if (connection.pending !== null && connection.response === null) {
      if ((server[kHeadersTimeout] > 0 && waited >= headersMax) ||
          (server[kRequestTimeout] > 0 && waited >= requestMax)) {
        connection.fail(new ERR_HTTP_REQUEST_TIMEOUT());
      }
    } else if (connection.body !== null && server[kRequestTimeout] > 0 && waited >= requestMax) {
      connection.fail(new ERR_HTTP_REQUEST_TIMEOUT());
    }
  }
  if (connections.size > 0) schedule(server);
}

function timeoutProperty(key) {
  return {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() { return this[key]; },
    set(value) {
      this[key] = value;
      if (this[kTimer] !== null) {
        timers.clearTimeout(this[kTimer]);
        schedule(this);
      }
    },
  };
}

ObjectDefineProperties(prototype, {
  keepAliveTimeout: timeoutProperty(kKeepAliveTimeout),
  headersTimeout: timeoutProperty(kHeadersTimeout),
  requestTimeout: timeoutProperty(kRequestTimeout),
});

prototype.setTimeout = function setTimeout(msecs, callback) {
  this.timeout = msecs;
  if (callback) this.on('timeout', callback);
  for (const connection of this[kConnections]) connection.getSocket().setTimeout(msecs);
  return this;
};

// Closing.

prototype.close = function close(callback) {
  this[kClosing] = true;
  ReflectApply(net.Server.prototype.close, this, [callback]);
  this.closeIdleConnections();
  return this;
};

prototype.listen = function listen(...args) {
  this[kClosing] = false;
  return ReflectApply(net.Server.prototype.listen, this, args);
};

prototype.closeAllConnections = function closeAllConnections() {
  for (const connection of this[kConnections]) connection.destroy();
};

prototype.closeIdleConnections = function closeIdleConnections() {
  for (const connection of this[kConnections]) {
    if (connection.isIdle() && connection.requests > 0) connection.destroy();
  }
};

prototype[SymbolAsyncDispose] = function asyncDispose() {
  return ReflectApply(net.Server.prototype[SymbolAsyncDispose], this, []);
};

prototype[SymbolFor('nodejs.rejection')] = function onRejection(error, event, ...args) {
  switch (event) {
    case 'request': {
      const { 1: response } = args;
      if (!response.headersSent && !response.writableEnded) {
        const names = response.getHeaderNames();
        for (let i = 0; i < names.length; i++) response.removeHeader(names[i]);
        response.statusCode = 500;
        response.end('Internal Server Error');
      } else {
        response.destroy();
      }
      break;
    }
    case 'clientError':
    case 'upgrade':
    case 'connect':
      args[1]?.destroy?.(error);
      break;
    default:
      this.emit('error', error);
  }
};

module.exports = { Server, connectionListener };
