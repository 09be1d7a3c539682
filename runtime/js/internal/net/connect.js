// Socket.prototype.connect: to a path, to an address, to a name with one address after the other (RFC 8305).
'use strict';

const { AggregateError, ArrayIsArray, ArrayPrototypePush, ObjectHasOwn } = primordials;

const timers = require('timers');
const {
  codes: {
    ERR_INVALID_ADDRESS_FAMILY, ERR_INVALID_ARG_TYPE, ERR_INVALID_IP_ADDRESS, ERR_IP_BLOCKED, ERR_MISSING_ARGS,
  },
  exceptionWithHostPort,
} = require('internal/errors');
const {
  validateBoolean, validateFunction, validateInt32, validateNumber, validatePort, validateString,
} = require('internal/validators');
const { isIP, kNormalized, normalizeArgs } = require('internal/net');
const { heard } = require('internal/diagnostics');
const { asyncIds, kId, kOnClose, kOnConnect, kStandsFor, native, trackHandle } = require('internal/net/handle');
const {
  Socket, afterConnect, kKeepAlive, kKeepAliveDelay, kNoDelay, kOnReadBuffer, kPeer, kReading, kUnixPath, kUnrefed,
} = require('internal/net/socket');

const ATTEMPT_TIMEOUT_MIN_MS = 10;

const defaults = { autoSelectFamily: true, attemptTimeoutMs: 250 };

function connect(socket, args) {
  // Sockets of other modules pass on what they have normalized already.
  const [options, callback] = ArrayIsArray(args[0]) && args[0][kNormalized] ? args[0] : normalizeArgs(args);
  if (options.port === undefined && options.path == null) {
    throw new ERR_MISSING_ARGS(['options', 'port', 'path']);
  }
  if (socket.write !== Socket.prototype.write && ObjectHasOwn(socket, 'write')) delete socket.write;
  if (socket.destroyed) reopen(socket);
  if (options.onread != null && typeof options.onread === 'object' && typeof options.onread.callback === 'function') {
    socket[kOnReadBuffer] = options.onread;
  }
  heard('net.client.socket')?.publish({ socket: options[kStandsFor] ?? socket });
  if (callback !== null) socket.once('connect', callback);
  if (options.noDelay !== undefined) socket[kNoDelay] = Boolean(options.noDelay);
  if (options.keepAlive !== undefined) socket[kKeepAlive] = Boolean(options.keepAlive);
  if (options.keepAliveInitialDelay !== undefined) {
    validateNumber(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
    socket[kKeepAliveDelay] = ~~(options.keepAliveInitialDelay > 0 ? options.keepAliveInitialDelay / 1000 : 0);
  }
  if (options.blockList !== undefined) socket.blockList = options.blockList;
  socket._unrefTimer();
  socket.connecting = true;
  try {
    if (options.path) connectPath(socket, options.path);
    else lookupAndConnect(socket, options);
  } catch (error) {
    socket.connecting = false;
    throw error;
  }
  return socket;
}

function reopen(socket) {
  socket._undestroy();
  socket[kPeer] = null;
  socket[kReading] = false;
  socket.readable = true;
}

function connectPath(socket, path) {
  validateString(path, 'options.path');
  socket[kUnixPath] = path;
  start(socket, { address: path, port: undefined, family: undefined }, native.connectPipe(socket, path));
}

function start(socket, request, id) {
  if (id < 0) {
    const error = exceptionWithHostPort(id, 'connect', request.address, request.port, localText(request));
    require('process').nextTick(failed, socket, request, error);
    return;
  }
  socket[kId] = id;
  if (asyncIds.on) trackHandle(socket, socket[kUnixPath] === undefined ? 'TCPWRAP' : 'PIPEWRAP');
  socket._connectRequest = request;
  if (socket[kUnrefed]) native.unref(id);
}

function failed(socket, request, error) {
  if (socket.destroyed) return;
  if (request.family !== undefined) {
    socket.emit('connectionAttemptFailed', request.address, request.port, request.family, error);
  }
  socket.destroy(error);
}

function localText({ localAddress, localPort }) {
  return localAddress && localPort ? `${localAddress}:${localPort}` : undefined;
}

function checkLocal({ localAddress, localPort }) {
  if (localAddress && !isIP(localAddress)) throw new ERR_INVALID_IP_ADDRESS(localAddress);
  if (localPort) {
    validateNumber(localPort, 'options.localPort');
    validatePort(localPort, 'options.localPort');
  }
}

function lookupAndConnect(socket, options) {
  const host = options.host || 'localhost';
  let { port, autoSelectFamily, autoSelectFamilyAttemptTimeout: attemptTimeoutMs } = options;
  checkLocal(options);
  if (typeof port !== 'undefined') {
    if (typeof port !== 'number' && typeof port !== 'string') {
      throw new ERR_INVALID_ARG_TYPE('options.port', ['number', 'string'], port);
    }
    validatePort(port);
  }
  port |= 0;
  if (autoSelectFamily != null) validateBoolean(autoSelectFamily, 'options.autoSelectFamily');
  else autoSelectFamily = defaults.autoSelectFamily;
  if (attemptTimeoutMs != null) {
    validateInt32(attemptTimeoutMs, 'options.autoSelectFamilyAttemptTimeout', 1);
    if (attemptTimeoutMs < ATTEMPT_TIMEOUT_MIN_MS) attemptTimeoutMs = ATTEMPT_TIMEOUT_MIN_MS;
  } else {
    attemptTimeoutMs = defaults.attemptTimeoutMs;
  }
  socket[kUnixPath] = undefined;
  const family = isIP(host);
  if (family) {
    require('process').nextTick(connectIfStill, socket, { ...options, port }, host, family);
    return;
  }
  if (options.lookup != null) validateFunction(options.lookup, 'options.lookup');
  const dns = require('dns');
  const lookup = options.lookup || dns.lookup;
  const query = { family: socket._connectFamily ?? options.family, hints: options.hints || 0 };
  if (query.family !== 4 && query.family !== 6 && query.hints === 0) query.hints = dns.ADDRCONFIG;
  socket._host = host;
  if (autoSelectFamily && query.family !== 4 && query.family !== 6 && !options.localAddress) {
    query.all = true;
    lookup(host, query, function onLookup(error, addresses) {
      onAddresses(socket, host, { ...options, port }, attemptTimeoutMs, error, addresses);
    });
    return;
  }
  lookup(host, query, function onLookup(error, address, addressFamily) {
    socket.emit('lookup', error, address, addressFamily, host);
    if (!socket.connecting) return;
    if (error) {
      require('process').nextTick(connectError, socket, error);
    } else if (!isIP(address)) {
      require('process').nextTick(connectError, socket, new ERR_INVALID_IP_ADDRESS(address));
    } else if (addressFamily !== 4 && addressFamily !== 6) {
      require('process').nextTick(connectError, socket,
                                  new ERR_INVALID_ADDRESS_FAMILY(addressFamily, host, port));
    } else {
      socket._unrefTimer();
      connectTo(socket, { ...options, port }, address, addressFamily);
    }
  });
}

function connectError(socket, error) {
  socket.destroy(error);
}

function connectIfStill(socket, options, address, family) {
  if (socket.connecting) connectTo(socket, options, address, family);
}

function connectTo(socket, { port, localAddress, localPort }, address, family) {
  if (socket.blockList?.check(address, `ipv${family}`)) {
    socket.destroy(new ERR_IP_BLOCKED(address));
    return;
  }
  socket.emit('connectionAttempt', address, port, family);
  if (!socket.connecting) return;
  const request = { address, port, family, localAddress, localPort };
  start(socket, request, native.connectTcp(socket, address, port, localAddress || '', localPort || 0));
}

function onAddresses(socket, host, options, attemptTimeoutMs, error, addresses) {
  if (!socket.connecting) {
    socket.emit('lookup', error, undefined, undefined, host);
    return;
  }
  if (error) {
    socket.emit('lookup', error, undefined, undefined, host);
    require('process').nextTick(connectError, socket, error);
    return;
  }
  const queue = interleave(socket, host, addresses);
  if (!socket.connecting) return;
  if (queue.length === 0) {
    const { address, family } = addresses[0] ?? {};
    require('process').nextTick(connectError, socket, isIP(address) ?
      new ERR_INVALID_ADDRESS_FAMILY(family, host, options.port) : new ERR_INVALID_IP_ADDRESS(address));
    return;
  }
  socket._unrefTimer();
  if (queue.length === 1) {
    connectTo(socket, options, queue[0].address, queue[0].family);
    return;
  }
  new Race(socket, options, queue, attemptTimeoutMs).next();
}

// The families take turns, beginning with the one that the resolver preferred.
function interleave(socket, host, addresses) {
  const first = [];
  const second = [];
  let preferred = 0;
  for (let i = 0; i < addresses.length; i++) {
    const { address, family } = addresses[i];
    socket.emit('lookup', null, address, family, host);
    if (!socket.connecting) return [];
    if (!isIP(address) || (family !== 4 && family !== 6)) continue;
    preferred ||= family;
    ArrayPrototypePush(family === preferred ? first : second, addresses[i]);
  }
  const queue = [];
  for (let i = 0; i < first.length || i < second.length; i++) {
    if (i < first.length) ArrayPrototypePush(queue, first[i]);
    if (i < second.length) ArrayPrototypePush(queue, second[i]);
  }
  return queue;
}

// Attempts one address after the other; each but the last gets a limited time. Owns the handle of the running attempt.
class Race {
  constructor(socket, options, queue, attemptTimeoutMs) {
    this.socket = socket;
    this.options = options;
    this.queue = queue;
    this.attemptTimeoutMs = attemptTimeoutMs;
    this.at = 0;
    this.errors = [];
    this.timer = null;
    this.attempt = null;
    socket.autoSelectFamilyAttemptedAddresses = [];
  }

  next() {
    const { socket, options, queue } = this;
    if (!socket.connecting || socket.destroyed) return;
    if (this.at === queue.length) {
      socket.connecting = false;
      socket.destroy(this.errors.length === 1 ? this.errors[0] : aggregate(this.errors));
      return;
    }
    const { address, family } = queue[this.at++];
    const { port } = options;
    if (socket.blockList?.check(address, `ipv${family}`)) {
      ArrayPrototypePush(this.errors, new ERR_IP_BLOCKED(address));
      this.next();
      return;
    }
    ArrayPrototypePush(socket.autoSelectFamilyAttemptedAddresses, `${address}:${port}`);
    socket.emit('connectionAttempt', address, port, family);
    if (!socket.connecting || socket.destroyed) return;
    const attempt = new Attempt(this, address, family);
    const id = native.connectTcp(attempt, address, port, options.localAddress || '', options.localPort || 0);
    if (id < 0) {
      this.failed(attempt, exceptionWithHostPort(id, 'connect', address, port));
      return;
    }
    attempt.id = id;
    this.attempt = attempt;
    // While the attempt runs the handle is the socket's: destroying the socket closes it.
    socket[kId] = id;
    if (socket[kUnrefed]) native.unref(id);
    if (this.at < queue.length) {
      this.timer = timers.setTimeout(onAttemptTimeout, this.attemptTimeoutMs, this, attempt);
    }
  }

  failed(attempt, error) {
    const { socket, options } = this;
    ArrayPrototypePush(this.errors, error);
    socket.emit('connectionAttemptFailed', attempt.address, options.port, attempt.family, error);
    this.next();
  }

  drop(attempt) {
    timers.clearTimeout(this.timer);
    this.attempt = null;
    this.socket[kId] = -1;
    native.close(attempt.id);
  }
}

function onAttemptTimeout(race, attempt) {
  if (race.attempt !== attempt) return;
  const { socket, options } = race;
  if (socket.destroyed || !socket.connecting) return;
  race.drop(attempt);
  socket.emit('connectionAttemptTimeout', attempt.address, options.port, attempt.family);
  ArrayPrototypePush(race.errors, timeoutError(attempt.address, options.port));
  race.next();
}

function timeoutError(address, port) {
  return exceptionWithHostPort(-110 /* ETIMEDOUT */, 'connect', address, port);
}

class Attempt {
  constructor(race, address, family) {
    this.race = race;
    this.address = address;
    this.family = family;
    this.id = -1;
  }

  [kOnConnect](status) {
    const { race } = this;
    const { socket, options } = race;
    timers.clearTimeout(race.timer);
    if (socket.destroyed || !socket.connecting) return;
    if (status < 0) {
      race.drop(this);
      race.failed(this, exceptionWithHostPort(status, 'connect', this.address, options.port));
      return;
    }
    native.attach(this.id, socket);
    afterConnect(socket, 0, { address: this.address, port: options.port, family: this.family });
  }

  [kOnClose]() {
    // The socket was destroyed while this attempt had its handle.
    if (this.race.attempt === this && this.race.socket.destroyed) this.race.socket[kOnClose]();
  }
}

function aggregate(errors) {
  const error = new AggregateError(errors);
  error.code = errors[0].code;
  return error;
}

function setDefaultAutoSelectFamily(value) {
  validateBoolean(value, 'value');
  defaults.autoSelectFamily = value;
}

function setDefaultAutoSelectFamilyAttemptTimeout(value) {
  validateInt32(value, 'value', 1);
  defaults.attemptTimeoutMs = value < ATTEMPT_TIMEOUT_MIN_MS ? ATTEMPT_TIMEOUT_MIN_MS : value;
}

module.exports = {
  connect,
  getDefaultAutoSelectFamily: () => defaults.autoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout: () => defaults.attemptTimeoutMs,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
};
