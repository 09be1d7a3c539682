// http.ClientRequest: what one asks of a server, on a socket that an agent or the caller provides.
'use strict';

const {
  ArrayIsArray, FunctionPrototypeCall, NumberIsFinite, ObjectAssign, ObjectDefineProperty, ObjectKeys,
  ObjectSetPrototypeOf, RegExpPrototypeExec, String, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeToLowerCase, StringPrototypeToUpperCase, Symbol,
} = primordials;

const net = require('net');
const { Buffer } = require('buffer');
const { addAbortSignal, finished } = require('stream');
const {
  codes: {
    ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_HTTP_HEADERS_SENT, ERR_INVALID_ARG_TYPE, ERR_INVALID_HTTP_TOKEN,
    ERR_INVALID_PROTOCOL, ERR_UNESCAPED_CHARACTERS,
  },
  connResetException,
} = require('internal/errors');
const { validateBoolean, validateInteger, validateNumber } = require('internal/validators');
const { checkIsHttpToken, kNeedDrain, kOutHeaders } = require('internal/http/common');
const { getFrame } = require('internal/async_frame');
const { asyncIds, trackHandle } = require('internal/net/handle');
const { OutgoingMessage, kFrame, kSocket, parseUniqueHeaders } = require('internal/http/outgoing');
const { heard } = require('internal/diagnostics');
const { attachReader } = require('internal/http/response_reader');
const { words, NETWORK } = require('internal/loop_words');

const INVALID_PATH = /[^\u0021-\u00ff]/;
const kError = Symbol('error');
const kPath = Symbol('path');

// A URL object as options of a request.
function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname?.[0] === '[' ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

function isUrl(value) {
  return Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);
}

function validateHost(host, name) {
  if (host !== null && host !== undefined && typeof host !== 'string') {
    throw new ERR_INVALID_ARG_TYPE(`options.${name}`, ['string', 'undefined', 'null'], host);
  }
  return host;
}

function duration(value, name) {
  validateNumber(value, name);
  if (value < 0 || !NumberIsFinite(value)) {
    const { codes: { ERR_OUT_OF_RANGE } } = require('internal/errors');
    throw new ERR_OUT_OF_RANGE(name, 'a non-negative finite number', value);
  }
  return value > 2 ** 31 - 1 ? 2 ** 31 - 1 : value;
}

function ClientRequest(input, options, callback) {
  FunctionPrototypeCall(OutgoingMessage, this);
  this[kError] = null;
  this[kFrame] = getFrame();
  if (asyncIds.on) trackHandle(this, 'HTTPCLIENTREQUEST');
  this.res = null;
  if (typeof input === 'string') {
    const { URL } = require('internal/url');
    input = urlToHttpOptions(new URL(input));
  } else if (isUrl(input)) {
    input = urlToHttpOptions(input);
  } else {
    callback = options;
    options = input;
    input = null;
  }
  if (typeof options === 'function') {
    callback = options;
    options = input || {};
  } else {
    options = ObjectAssign(input || {}, options);
  }
  if (options.agent === undefined && options.agent !== false) options = { ...options };
  this.agent = chooseAgent(options);
  const defaultAgent = options._defaultAgent || require('internal/http/agent').globalAgent();
  const protocol = options.protocol || defaultAgent.protocol;
  const expected = this.agent?.protocol || defaultAgent.protocol;
  if (options.path) {
    const path = String(options.path);
    if (RegExpPrototypeExec(INVALID_PATH, path) !== null) throw new ERR_UNESCAPED_CHARACTERS('Request path');
  }
  if (protocol !== expected) throw new ERR_INVALID_PROTOCOL(protocol, expected);
  const defaultPort = options.defaultPort || this.agent?.defaultPort;
  const port = options.port = options.port || defaultPort || 80;
  const host = options.host = validateHost(options.hostname, 'hostname') || validateHost(options.host, 'host') ||
    'localhost';
  const setHost = options.setHost !== undefined ? Boolean(options.setHost) : options.setDefaultHeaders !== false;
  this._removedConnection = options.setDefaultHeaders === false;
  this._removedContLen = options.setDefaultHeaders === false;
  this._removedTE = options.setDefaultHeaders === false;
  this.socketPath = options.socketPath;
  if (options.timeout !== undefined) this.timeout = duration(options.timeout, 'timeout');
  const { signal } = options;
  if (signal) addAbortSignal(signal, this);
  this.method = methodOf(options.method);
  if (options.maxHeaderSize !== undefined) validateInteger(options.maxHeaderSize, 'maxHeaderSize', 0);
  this.maxHeaderSize = options.maxHeaderSize;
  if (options.insecureHTTPParser !== undefined) {
    validateBoolean(options.insecureHTTPParser, 'options.insecureHTTPParser');
    if (options.insecureHTTPParser) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('insecureHTTPParser');
  }
  if (options.joinDuplicateHeaders !== undefined) {
    validateBoolean(options.joinDuplicateHeaders, 'options.joinDuplicateHeaders');
  }
  this.joinDuplicateHeaders = options.joinDuplicateHeaders;
  this[kPath] = options.path || '/';
  if (callback) this.once('response', callback);
  this.useChunkedEncodingByDefault = !hasUsuallyNoBody(this.method);
  this._ended = false;
  this.aborted = false;
  this.timeoutCb = null;
  this.upgradeOrConnect = false;
  this.parser = null;
  this.maxHeadersCount = null;
  this.reusedSocket = false;
  this.host = host;
  this.protocol = protocol;
  this._uniqueHeaders = parseUniqueHeaders(options.uniqueHeaders);
  if (this.agent) {
    // Without a pool to go back to the socket ends with its request.
    this._last = this.shouldKeepAlive = false;
    if (!this.agent.keepAlive && !NumberIsFinite(this.agent.maxSockets)) this._last = true;
    else this.shouldKeepAlive = true;
  }
  setInitialHeaders(this, options, { host, port, defaultPort, setHost });
  if (words[NETWORK] !== 0) require('internal/inspector/network').follow(this);
  const own = { ...options, signal: undefined };
  delete own.signal;
  heard('http.client.request.created')?.publish({ request: this });
  if (this.agent) {
    if (this.socketPath) own.path = this.socketPath;
    this.agent.addRequest(this, own);
    return;
  }
  // The path of a request is no Unix socket.
  own.path = this.socketPath || undefined;
  this._last = true;
  this.shouldKeepAlive = false;
  connectAlone(this, own);
}
ObjectSetPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
ObjectSetPrototypeOf(ClientRequest, OutgoingMessage);

const { prototype } = ClientRequest;

function chooseAgent(options) {
  const { agent } = options;
  const defaultAgent = options._defaultAgent || require('internal/http/agent').globalAgent();
  if (agent === false) return new defaultAgent.constructor();
  if (agent === null || agent === undefined) {
    return typeof options.createConnection === 'function' ? undefined : defaultAgent;
  }
  if (typeof agent.addRequest !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('options.agent', ['Agent-like Object', 'undefined', 'false'], agent);
  }
  return agent;
}

function methodOf(method) {
  if (method === null || method === undefined) return 'GET';
  if (typeof method !== 'string') throw new ERR_INVALID_ARG_TYPE('options.method', 'string', method);
  if (!method) return 'GET';
  if (!checkIsHttpToken(method)) throw new ERR_INVALID_HTTP_TOKEN('Method', method);
  return StringPrototypeToUpperCase(method);
}

function hasUsuallyNoBody(method) {
  return method === 'GET' || method === 'HEAD' || method === 'DELETE' || method === 'OPTIONS' || method === 'TRACE' ||
    method === 'CONNECT';
}

function setInitialHeaders(request, options, { host, port, defaultPort, setHost }) {
  const { headers } = options;
  const isArray = ArrayIsArray(headers);
  if (!isArray) {
    if (headers) {
      const names = ObjectKeys(headers);
      for (let i = 0; i < names.length; i++) {
        const value = headers[names[i]];
        if (ArrayIsArray(value) && StringPrototypeToLowerCase(names[i]) === 'host') {
          throw new ERR_INVALID_ARG_TYPE(`options.headers.${names[i]}`, 'String', value);
        }
        request.setHeader(names[i], value);
      }
    }
    if (host && !request.getHeader('host') && setHost) {
      let text = host;
      // An IPv6 address needs brackets to keep its port apart.
      const colon = StringPrototypeIndexOf(host, ':');
      if (colon !== -1 && StringPrototypeIncludes(host, ':', colon + 1) && host[0] !== '[') text = `[${host}]`;
      if (port && +port !== defaultPort) text += `:${port}`;
      request.setHeader('Host', text);
    }
    if (options.auth && !request.getHeader('Authorization')) {
      request.setHeader('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`);
    }
    if (request.getHeader('expect')) {
      if (request._header) throw new ERR_HTTP_HEADERS_SENT('render');
      request._implicitHeader();
    }
  } else {
    request._storeHeader(firstLine(request), headers);
  }
}

function firstLine(request) {
  return `${request.method} ${request.path} HTTP/1.1\r\n`;
}

function connectAlone(request, options) {
  if (typeof options.createConnection !== 'function') {
    request.onSocket(net.createConnection(options));
    return;
  }
  let called = false;
  const onCreate = (error, socket) => {
    if (called) return;
    called = true;
    if (error) require('process').nextTick(emitError, request, error);
    else request.onSocket(socket);
  };
  try {
    const socket = options.createConnection(options, onCreate);
    if (socket && !called) {
      called = true;
      request.onSocket(socket);
    }
  } catch (error) {
    onCreate(error);
  }
}

function emitError(request, error) {
  heard('http.client.request.error')?.publish({ request, error });
  request.emit('error', error);
}

ObjectDefineProperty(prototype, 'path', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return this[kPath]; },
  set(value) {
    const path = String(value);
    if (RegExpPrototypeExec(INVALID_PATH, path) !== null) throw new ERR_UNESCAPED_CHARACTERS('Request path');
    this[kPath] = path;
  },
});

prototype._implicitHeader = function _implicitHeader() {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('render');
  this._storeHeader(firstLine(this), this[kOutHeaders]);
};

prototype._finish = function _finish() {
  FunctionPrototypeCall(OutgoingMessage.prototype._finish, this);
  heard('http.client.request.start')?.publish({ request: this });
};

prototype.abort = function abort() {
  if (this.aborted) return;
  this.aborted = true;
  require('process').nextTick(emitAbort, this);
  this.destroy();
};

function emitAbort(request) {
  request.emit('abort');
}

prototype.destroy = function destroy(error) {
  if (this.destroyed) return this;
  this.destroyed = true;
  // Nobody wants the rest of the response.
  if (this.res) this.res._dump();
  this[kError] = error;
  this[kSocket]?.destroy(error);
  return this;
};

// Sockets.

prototype.onSocket = function onSocket(socket, error) {
  require('process').nextTick(takeSocket, this, socket, error);
};

function takeSocket(request, socket, error) {
  if (!request.destroyed && !error) {
    useSocket(request, socket);
    request._flush();
    return;
  }
  if (socket) {
    if (!error && request.agent && !socket.destroyed) {
      socket.emit('free');
    } else {
      finished(socket.destroy(error || request[kError]), (failure) => {
        if (failure?.code === 'ERR_STREAM_PREMATURE_CLOSE') failure = null;
        closeUnused(request, error || request[kError] || failure);
      });
      return;
    }
  }
  closeUnused(request, error || request[kError]);
}

function closeUnused(request, error) {
  request.destroyed = true;
  if (!request.aborted && !error) error = connResetException('socket hang up');
  if (error) emitError(request, error);
  request._closed = true;
  request.emit('close');
}

function useSocket(request, socket) {
  request[kSocket] = socket;
  socket._httpMessage = request;
  attachReader(request, socket);
  socket.on('drain', onSocketDrain);
  if (request.timeout !== undefined || request.timeoutCb || request.agent?.options?.timeout) listenTimeout(request);
  request.emit('socket', socket);
}

function onSocketDrain() {
  const message = this._httpMessage;
  if (message && !message.finished && message[kNeedDrain]) {
    message[kNeedDrain] = false;
    message.emit('drain');
  }
}

prototype.detachDrain = function detachDrain(socket) {
  socket.removeListener('drain', onSocketDrain);
};

// Time.

function listenTimeout(request) {
  if (request.timeoutCb) return;
  request.timeoutCb = emitTimeout;
  if (request[kSocket]) request[kSocket].once('timeout', emitTimeout);
  else request.on('socket', (socket) => socket.once('timeout', emitTimeout));
}

function emitTimeout() {
  this._httpMessage?.emit('timeout');
}

prototype.setTimeout = function setTimeout(msecs, callback) {
  if (this._ended) return this;
  listenTimeout(this);
  msecs = duration(msecs, 'msecs');
  if (callback) this.once('timeout', callback);
  const socket = this[kSocket];
  if (socket) {
    setSocketTimeout(socket, msecs);
  } else {
    this.once('socket', (assigned) => setSocketTimeout(assigned, msecs));
  }
  return this;
};

function setSocketTimeout(socket, msecs) {
  if (socket.connecting) socket.once('connect', function onConnect() { this.setTimeout(msecs); });
  else socket.setTimeout(msecs);
}

prototype.clearTimeout = function clearTimeout(callback) {
  this.setTimeout(0, callback);
};

prototype._deferToConnect = function _deferToConnect(method, args) {
  const call = () => {
    const socket = this[kSocket];
    if (socket.writable) {
      if (method) socket[method](...args);
    } else {
      socket.once('connect', () => method && socket[method](...args));
    }
  };
  if (this[kSocket]) call();
  else this.once('socket', call);
};

prototype.setNoDelay = function setNoDelay(noDelay) {
  this._deferToConnect('setNoDelay', [noDelay]);
};

prototype.setSocketKeepAlive = function setSocketKeepAlive(enable, initialDelay) {
  this._deferToConnect('setKeepAlive', [enable, initialDelay]);
};

module.exports = { ClientRequest, emitTimeout, kError, urlToHttpOptions };
