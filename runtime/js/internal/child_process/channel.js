// The channel between parent and child: messages over a socket, in the format that both have agreed on.
'use strict';

const { StringPrototypeStartsWith } = primordials;

const codes = () => require('internal/errors').codes;

class Channel {
  #socket;
  #target;
  #references = 0;
  #forced;

  constructor(socket, target) {
    this.#socket = socket;
    this.#target = target;
    socket.unref();
  }

  get fd() { return this.#socket._handle?.fd; }

  // The channel keeps the process alive while somebody listens for messages.
  ref() {
    this.#forced = true;
    this.#socket.ref();
  }

  unref() {
    this.#forced = false;
    this.#socket.unref();
  }

  refCounted() {
    if (++this.#references === 1 && this.#forced === undefined) this.#socket.ref();
  }

  unrefCounted() {
    if (--this.#references === 0 && this.#forced === undefined) this.#socket.unref();
  }

  hasRef() { return this.#references > 0; }
  get target() { return this.#target; }
}

// Makes `target` (a ChildProcess, or `process`) able to send and receive over the descriptor.
function setup(target, fd, serialization) {
  const { Socket } = require('net');
  const socket = new Socket({ fd, readable: true, writable: true, allowHalfOpen: false });
  const channel = new Channel(socket, target);
  target.channel = channel;
  target._channel = channel;
  target.connected = true;
  const isChild = target !== require('process');
  if (isChild) channel.refCounted();
  const formats = require('internal/child_process/formats');
  const format = serialization === 'advanced' ? new formats.Advanced() : new formats.Json();
  const state = { socket, format, closed: false };
  socket.on('data', (bytes) => format.receive(bytes, (message) => deliver(target, message)));
  socket.on('error', (error) => { if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') target.emit('error', error); });
  socket.on('close', () => closed(target, state));
  target.send = function send(message, handle, options, callback) {
    return sendMessage(target, state, message, handle, options, callback);
  };
  target._send = (message) => write(state, message);
  target.disconnect = function disconnect() {
    if (!this.connected) {
      this.emit('error', new (codes().ERR_IPC_DISCONNECTED)());
      return;
    }
    this.connected = false;
    // What was sent before arrives.
    socket.destroySoon();
  };
  return channel;
}

function deliver(target, message) {
  const isInternal = typeof message === 'object' && message !== null && typeof message.cmd === 'string' && StringPrototypeStartsWith(message.cmd, 'NODE_');
  target.emit(isInternal ? 'internalMessage' : 'message', message, undefined);
}

function closed(target, state) {
  if (state.closed) return;
  state.closed = true;
  target.connected = false;
  target.channel = null;
  target._channel = null;
  require('process').nextTick(() => target.emit('disconnect'));
}

function write(state, message, callback) {
  return state.socket.write(state.format.encode(message), callback);
}

function sendMessage(target, state, message, handle, options, callback) {
  if (typeof handle === 'function') {
    callback = handle;
    handle = undefined;
    options = undefined;
  } else if (typeof options === 'function') {
    callback = options;
    options = undefined;
  } else if (options !== undefined) {
    require('internal/validators').validateObject(options, 'options');
  }
  if (message === undefined) throw new (codes().ERR_MISSING_ARGS)('message');
  if (typeof message !== 'string' && typeof message !== 'object' && typeof message !== 'number' && typeof message !== 'boolean') {
    throw new (codes().ERR_INVALID_ARG_TYPE)('message', ['string', 'object', 'number', 'boolean'], message);
  }
  if (handle !== undefined && handle !== null) {
    if (typeof handle !== 'object') throw new (codes().ERR_INVALID_HANDLE_TYPE)();
    throw new (codes().ERR_FEATURE_UNAVAILABLE_ON_PLATFORM)('sending handles over an IPC channel');
  }
  if (!target.connected) {
    const error = new (codes().ERR_IPC_CHANNEL_CLOSED)();
    if (typeof callback === 'function') require('process').nextTick(callback, error);
    else require('process').nextTick(() => target.emit('error', error));
    return false;
  }
  return write(state, message, (error) => { if (typeof callback === 'function') require('process').nextTick(callback, error ?? null); });
}

// The child's end: `process.send`, `process.on('message')`.
function setupChild() {
  const process = require('process');
  const { env } = process;
  if (env.NODE_CHANNEL_FD === undefined) return;
  const fd = primordials.NumberParseInt(env.NODE_CHANNEL_FD, 10);
  const mode = env.NODE_CHANNEL_SERIALIZATION_MODE;
  delete env.NODE_CHANNEL_FD;
  delete env.NODE_CHANNEL_SERIALIZATION_MODE;
  const channel = setup(process, fd, mode);
  const counts = ['message', 'disconnect'];
  process.on('newListener', (name) => { if (counts.includes(name)) channel.refCounted(); });
  process.on('removeListener', (name) => { if (counts.includes(name)) channel.unrefCounted(); });
}

module.exports = { setup, setupChild };
