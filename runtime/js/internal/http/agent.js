// http.Agent: sockets by the name of where they lead, used again while they live, and requests that wait for one.
'use strict';

const {
  ArrayPrototypeIncludes, ArrayPrototypeIndexOf, ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeShift,
  ArrayPrototypeSplice, FunctionPrototypeCall, NumberIsFinite, NumberParseInt, ObjectKeys, ObjectSetPrototypeOf, ObjectValues,
  RegExpPrototypeExec, Symbol,
} = primordials;

const net = require('net');
const EventEmitter = require('events');
const { codes: { ERR_OUT_OF_RANGE } } = require('internal/errors');
const { validateNumber, validateOneOf, validateString } = require('internal/validators');

const kOnKeylog = Symbol('onkeylog');
const kRequestOptions = Symbol('request options');
const FREE_SOCKETS_MAX = 256;
const KEEP_ALIVE_MS = 1000;
const KEEP_ALIVE_BUFFER_MS = 1000;
const HINT = /^timeout=(\d+)/;

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  FunctionPrototypeCall(EventEmitter, this);
  this.defaultPort = 80;
  this.protocol = 'http:';
  this.options = { __proto__: null, ...options };
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  // The path of a request is no Unix socket.
  this.options.path = null;
  this.requests = { __proto__: null };
  this.sockets = { __proto__: null };
  this.freeSockets = { __proto__: null };
  this.keepAliveMsecs = this.options.keepAliveMsecs || KEEP_ALIVE_MS;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Infinity;
  this.maxFreeSockets = this.options.maxFreeSockets || FREE_SOCKETS_MAX;
  this.scheduling = this.options.scheduling || 'lifo';
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  this.agentKeepAliveTimeoutBuffer = bufferOf(this.options.agentKeepAliveTimeoutBuffer);
  validateOneOf(this.scheduling, 'scheduling', ['fifo', 'lifo']);
  if (this.maxTotalSockets !== undefined) {
    validateNumber(this.maxTotalSockets, 'maxTotalSockets', 1);
    if (this.maxTotalSockets !== this.maxTotalSockets) {
      throw new ERR_OUT_OF_RANGE('maxTotalSockets', '> 0', this.maxTotalSockets);
    }
  } else {
    this.maxTotalSockets = Infinity;
  }
  this.on('free', onFree);
}
ObjectSetPrototypeOf(Agent.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

const { prototype } = Agent;

function bufferOf(ms) {
  return typeof ms === 'number' && ms >= 0 && NumberIsFinite(ms) ? ms : KEEP_ALIVE_BUFFER_MS;
}

prototype.createConnection = function createConnection(...args) {
  return net.createConnection(...args);
};

// What must agree for a socket to serve a request.
prototype.getName = function getName(options = {}) {
  let name = options.host || 'localhost';
  name += ':';
  if (options.port) name += options.port;
  name += ':';
  if (options.localAddress) name += options.localAddress;
  // An IPv4 and an IPv6 connection to a name are different.
  if (options.family === 4 || options.family === 6) name += `:${options.family}`;
  if (options.socketPath) name += `:${options.socketPath}`;
  return name;
};

function onFree(socket, options) {
  const name = this.getName(options);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const waiting = this.requests[name];
  if (waiting?.length) {
    const request = ArrayPrototypeShift(waiting);
    if (waiting.length === 0) delete this.requests[name];
    handOver(this, request, socket);
    return;
  }
  const request = socket._httpMessage;
  if (!request?.shouldKeepAlive || !this.keepAlive) {
    socket.destroy();
    return;
  }
  const free = this.freeSockets[name] ?? [];
  const count = free.length + (this.sockets[name]?.length ?? 0);
  if (this.totalSocketCount > this.maxTotalSockets || count > this.maxSockets || free.length >= this.maxFreeSockets ||
      !this.keepSocketAlive(socket)) {
    socket.destroy();
    return;
  }
  this.freeSockets[name] = free;
  socket._httpMessage = null;
  this.removeSocket(socket, options);
  socket.once('error', onFreeSocketError);
  ArrayPrototypePush(free, socket);
}

function onFreeSocketError() {
  this.destroy();
  this.emit('agentRemove');
}

prototype.addRequest = function addRequest(request, options, port, localAddress) {
  // The old form: host, port, local address.
  if (typeof options === 'string') options = { __proto__: null, host: options, port, localAddress };
  options = { __proto__: null, ...options, ...this.options };
  if (options.socketPath) options.path = options.socketPath;
  setServername(request, options);
  const name = this.getName(options);
  this.sockets[name] ??= [];
  const free = this.freeSockets[name];
  let socket;
  if (free !== undefined) {
    while (free.length && (free[0].destroyed || !free[0].writable)) ArrayPrototypeShift(free);
    socket = this.scheduling === 'fifo' ? ArrayPrototypeShift(free) : ArrayPrototypePop(free);
    if (free.length === 0) delete this.freeSockets[name];
  }
  const count = (this.freeSockets[name]?.length ?? 0) + this.sockets[name].length;
  if (socket) {
    socket._handle?.ref();
    socket.ref();
    this.reuseSocket(socket, request);
    handOver(this, request, socket);
    ArrayPrototypePush(this.sockets[name], socket);
  } else if (count < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
    this.createSocket(request, options, (error, created) => {
      if (error) request.onSocket(created, error);
      else handOver(this, request, created);
    });
  } else {
    request[kRequestOptions] = options;
    ArrayPrototypePush(this.requests[name] ??= [], request);
  }
};

prototype.createSocket = function createSocket(request, options, callback) {
  options = { __proto__: null, ...options, ...this.options };
  if (options.socketPath) options.path = options.socketPath;
  setServername(request, options);
  // keepAlive of the options is TCP's here, as in Node.
  if (options.keepAlive) options.keepAliveInitialDelay = this.keepAliveMsecs;
  const name = this.getName(options);
  options._agentKey = name;
  options.encoding = null;
  let called = false;
  const onCreate = (error, socket) => {
    if (called) return;
    called = true;
    if (error) {
      callback(error);
      return;
    }
    ArrayPrototypePush(this.sockets[name] ??= [], socket);
    this.totalSocketCount++;
    listen(this, socket, options);
    callback(null, socket);
  };
  const socket = this.createConnection(options, onCreate);
  if (socket) onCreate(null, socket);
};

function setServername(request, options) {
  if (options.servername || options.servername === '') return;
  let { host } = options;
  const header = request.getHeader?.('host');
  if (typeof header === 'string' && header !== '') {
    if (header[0] === '[') {
      const end = header.indexOf(']');
      host = end === -1 ? header : header.slice(1, end);
    } else {
      [host] = header.split(':', 1);
    }
  }
  options.servername = net.isIP(host) ? '' : host;
}

function listen(agent, socket, options) {
  function onSocketFree() {
    agent.emit('free', socket, options);
  }
  function onSocketClose() {
    // The connection broke before a request came to use it, or after.
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
  }
  function onSocketTimeout() {
    const sockets = ObjectValues(agent.freeSockets);
    for (let i = 0; i < sockets.length; i++) {
      if (ArrayPrototypeIncludes(sockets[i], socket)) {
        socket.destroy();
        return;
      }
    }
  }
  function onRemove() {
    // An upgraded socket doesn't come back.
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
    socket.removeListener('close', onSocketClose);
    socket.removeListener('free', onSocketFree);
    socket.removeListener('timeout', onSocketTimeout);
    socket.removeListener('agentRemove', onRemove);
  }
  socket.on('free', onSocketFree);
  socket.on('close', onSocketClose);
  socket.on('timeout', onSocketTimeout);
  socket.on('agentRemove', onRemove);
  if (agent.options.timeout) socket.setTimeout(agent.options.timeout);
}

prototype.removeSocket = function removeSocket(socket, options) {
  const name = this.getName(options);
  remove(this.sockets, name, socket);
  // A socket that can't be written to any more isn't in use by the pool either.
  if (!socket.writable) remove(this.freeSockets, name, socket);
  const request = nextRequest(this, name);
  if (request === undefined) return;
  const count = (this.freeSockets[name]?.length ?? 0) + (this.sockets[name]?.length ?? 0);
  // As in Node a request to another host may take the total over its limit here: the sockets that wait unused are in it,
  // and the next one that comes free is closed for it.
  if (count >= this.maxSockets) return;
  const requestOptions = request[kRequestOptions] ?? options;
  const key = this.getName(requestOptions);
  const waiting = this.requests[key];
  const index = waiting === undefined ? -1 : ArrayPrototypeIndexOf(waiting, request);
  if (index !== -1) {
    ArrayPrototypeSplice(waiting, index, 1);
    if (waiting.length === 0) delete this.requests[key];
  }
  this.createSocket(request, requestOptions, (error, created) => {
    if (error) request.onSocket(created, error);
    else handOver(this, request, created);
  });
};

// A request that waits for this name, or for any when the total was the limit.
function nextRequest(agent, name) {
  if (agent.requests[name]?.length) return agent.requests[name][0];
  const names = ObjectKeys(agent.requests);
  for (let i = 0; i < names.length; i++) {
    if (!agent.sockets[names[i]]?.length && agent.requests[names[i]].length) return agent.requests[names[i]][0];
  }
  return undefined;
}

function remove(table, name, socket) {
  const list = table[name];
  if (list === undefined) return;
  const index = ArrayPrototypeIndexOf(list, socket);
  if (index === -1) return;
  ArrayPrototypeSplice(list, index, 1);
  if (list.length === 0) delete table[name];
}

// How long a socket may wait is the agent's and the server's word, whichever is shorter.
prototype.keepSocketAlive = function keepSocketAlive(socket) {
  socket.setKeepAlive(true, this.keepAliveMsecs);
  socket.unref();
  let timeout = this.options.timeout || 0;
  let canKeep = true;
  const hint = socket._httpMessage?.res?.headers['keep-alive'];
  if (hint) {
    const match = RegExpPrototypeExec(HINT, hint);
    if (match !== null) {
      // The server may close at the very moment: be earlier.
      const server = NumberParseInt(match[1], 10) * 1000 - this.agentKeepAliveTimeoutBuffer;
      if (server <= 0) canKeep = false;
      else if (timeout === 0 || server < timeout) timeout = server;
    }
  }
  if (socket.timeout !== timeout) socket.setTimeout(timeout);
  return canKeep;
};

prototype.reuseSocket = function reuseSocket(socket, request) {
  socket.removeListener('error', onFreeSocketError);
  request.reusedSocket = true;
  socket.ref();
};

prototype.destroy = function destroy() {
  const tables = [this.freeSockets, this.sockets];
  for (let i = 0; i < tables.length; i++) {
    const lists = ObjectValues(tables[i]);
    for (let j = 0; j < lists.length; j++) {
      const sockets = lists[j].slice();
      for (let k = 0; k < sockets.length; k++) sockets[k].destroy();
    }
  }
};

function handOver(agent, request, socket) {
  request.onSocket(socket);
  const timeout = request.timeout === undefined ? agent.options.timeout || 0 : request.timeout;
  // A user's createConnection may give any duplex stream.
  if (socket.timeout !== timeout && typeof socket.setTimeout === 'function') socket.setTimeout(timeout);
}

let global;

function globalAgent() {
  return global ??= new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });
}

function setGlobalAgent(agent) {
  global = agent;
}

module.exports = { Agent, globalAgent, kOnKeylog, setGlobalAgent };
