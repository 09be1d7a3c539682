// node:https: http over TLS.
'use strict';

const {
  ArrayPrototypePush, ArrayPrototypeShift, FunctionPrototypeCall, JSONStringify, ObjectDefineProperty, ObjectKeys, ObjectSetPrototypeOf,
} = primordials;

const http = require('http');
const tls = require('tls');
const { urlToHttpOptions } = require('internal/url');
const { initialize, methods } = require('internal/tls/server');

// TLS sessions of past connections that an agent keeps.
const SESSIONS_MAX = 100;

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  if (typeof options === 'function') {
    listener = options;
    options = {};
  }
  options = { ALPNProtocols: options?.ALPNCallback ? undefined : ['http/1.1'], ...options };
  FunctionPrototypeCall(http.Server, this, options, listener);
  // A connection is HTTP's once TLS is established on it.
  this.removeListener('connection', http._connectionListener);
  initialize(this, options);
  this.on('secureConnection', http._connectionListener);
  this.on('tlsClientError', function onTlsClientError(error, socket) {
    if (!this.emit('clientError', error, socket)) socket.destroy(error);
  });
}
ObjectSetPrototypeOf(Server.prototype, http.Server.prototype);
ObjectSetPrototypeOf(Server, http.Server);
for (const name of ObjectKeys(methods)) Server.prototype[name] = methods[name];

function createServer(options, listener) {
  return new Server(options, listener);
}

function createConnection(port, host, options) {
  if (port !== null && typeof port === 'object') options = { ...port };
  else if (host !== null && typeof host === 'object') options = { ...host };
  else options = { ...options };
  if (typeof port === 'number') options.port = port;
  if (typeof host === 'string') options.host = host;
  const key = options._agentKey;
  if (key && options.session === undefined) {
    const session = this._getSession(key);
    if (session) options.session = session;
  }
  const socket = tls.connect(options);
  if (key) {
    socket.on('session', (session) => this._cacheSession(key, session));
    socket.once('close', (hadError) => { if (hadError) this._evictSession(key); });
  }
  return socket;
}

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  options = { __proto__: null, ...options };
  options.defaultPort ??= 443;
  options.protocol ??= 'https:';
  FunctionPrototypeCall(http.Agent, this, options);
  this.defaultPort = options.defaultPort;
  this.protocol = options.protocol;
  this.maxCachedSessions = this.options.maxCachedSessions ?? SESSIONS_MAX;
  this._sessionCache = { map: { __proto__: null }, list: [] };
}
ObjectSetPrototypeOf(Agent.prototype, http.Agent.prototype);
ObjectSetPrototypeOf(Agent, http.Agent);
Agent.prototype.createConnection = createConnection;

// What of the TLS options must agree for a socket to be used again, in Node's order.
const NAME_PARTS = ['ca', 'cert', 'clientCertEngine', 'ciphers', 'key', 'pfx'];
const NAME_PARTS_AFTER = ['minVersion', 'maxVersion', 'secureProtocol', 'crl', 'honorCipherOrder', 'ecdhCurve', 'dhparam',
  'secureOptions', 'sessionIdContext', 'sigalgs', 'privateKeyIdentifier', 'privateKeyEngine'];

Agent.prototype.getName = function getName(options = {}) {
  let name = FunctionPrototypeCall(http.Agent.prototype.getName, this, options);
  for (let i = 0; i < NAME_PARTS.length; i++) {
    name += ':';
    if (options[NAME_PARTS[i]]) name += options[NAME_PARTS[i]];
  }
  name += ':';
  if (options.rejectUnauthorized !== undefined) name += options.rejectUnauthorized;
  name += ':';
  if (options.servername && options.servername !== options.host) name += options.servername;
  for (let i = 0; i < NAME_PARTS_AFTER.length; i++) {
    const part = NAME_PARTS_AFTER[i];
    name += ':';
    if (part === 'honorCipherOrder' ? options[part] !== undefined : options[part]) {
      name += part === 'sigalgs' || part === 'secureOptions' ? JSONStringify(options[part]) : options[part];
    }
  }
  return name;
};

Agent.prototype._getSession = function _getSession(key) {
  return this._sessionCache.map[key];
};

Agent.prototype._cacheSession = function _cacheSession(key, session) {
  if (this.maxCachedSessions === 0) return;
  const cache = this._sessionCache;
  if (cache.map[key] === undefined) {
    if (cache.list.length >= this.maxCachedSessions) delete cache.map[ArrayPrototypeShift(cache.list)];
    ArrayPrototypePush(cache.list, key);
  }
  cache.map[key] = session;
};

Agent.prototype._evictSession = function _evictSession(key) {
  const cache = this._sessionCache;
  const at = cache.list.indexOf(key);
  if (at === -1) return;
  cache.list.splice(at, 1);
  delete cache.map[key];
};

let globalAgent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });

function request(...args) {
  let options = {};
  if (typeof args[0] === 'string') {
    options = urlToHttpOptions(new (require('internal/url').URL)(ArrayPrototypeShift(args)));
  } else if (args[0] instanceof require('internal/url').URL) {
    options = urlToHttpOptions(ArrayPrototypeShift(args));
  }
  if (args[0] && typeof args[0] !== 'function') options = { ...options, ...ArrayPrototypeShift(args) };
  options._defaultAgent = module.exports.globalAgent;
  return new http.ClientRequest(options, args[0]);
}

function get(input, options, callback) {
  const sent = request(input, options, callback);
  sent.end();
  return sent;
}

module.exports = { Agent, Server, createServer, get, request };

ObjectDefineProperty(module.exports, 'globalAgent', {
  __proto__: null, configurable: true, enumerable: true,
  get: () => globalAgent,
  set(agent) { globalAgent = agent; },
});
