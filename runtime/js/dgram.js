// `dgram`: UDP sockets over `binding('udp')`. Until it is bound a socket has no descriptor, as in Node; what is sent or
// connected before waits in a queue for the bind's end. Sockets that workers of a cluster share are not supported: each binds
// its own.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeForEach, ArrayPrototypePush, Promise, SymbolAsyncDispose, SymbolDispose,
} = primordials;

const { Buffer } = require('buffer');
const EventEmitter = require('events');
const {
  codes: {
    ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_TYPE, ERR_INVALID_FD_TYPE, ERR_IP_BLOCKED, ERR_MISSING_ARGS,
    ERR_SOCKET_ALREADY_BOUND, ERR_SOCKET_BAD_BUFFER_SIZE, ERR_SOCKET_BAD_TYPE, ERR_SOCKET_DGRAM_IS_CONNECTED,
    ERR_SOCKET_DGRAM_NOT_CONNECTED, ERR_SOCKET_DGRAM_NOT_RUNNING,
  },
  errnoException,
  exceptionWithHostPort,
} = require('internal/errors');
const {
  validateAbortSignal, validateFunction, validateNumber, validatePort, validateString, validateUint32,
} = require('internal/validators');
const { isArrayBufferView } = require('internal/util/types');
const native = binding('udp');

const nextTick = (...args) => require('process').nextTick(...args);

const EBADF = -9;
const EAGAIN = -11;
const UNBOUND = 0;
const BINDING = 1;
const BOUND = 2;
const DISCONNECTED = 0;
const CONNECTING = 1;
const CONNECTED = 2;
// Datagrams that wait for room in the kernel; more are refused, as it would drop them.
const UNSENT_MAX = 1024;

const familyName = (family) => (family === 6 ? 'IPv6' : 'IPv4');

class Socket extends EventEmitter {
  #family;
  #lookup;
  #flags = 0;
  #options;
  #id = 0;
  #running = true;
  #refed = true;
  #bound = UNBOUND;
  #connected = DISCONNECTED;
  /** What waits for the end of the bind. */
  #queue;
  /** What the kernel had no room for: [bytes, ip, address, port, callback]. */
  #unsent = [];
  #onWritable;

  constructor(type, listener) {
    super();
    const options = type !== null && typeof type === 'object' ? type : { __proto__: null };
    if (options === type) type = options.type;
    if (type !== 'udp4' && type !== 'udp6') throw new ERR_SOCKET_BAD_TYPE();
    const { lookup, recvBufferSize, sendBufferSize, signal, receiveBlockList, sendBlockList } = options;
    if (lookup !== undefined) validateFunction(lookup, 'lookup');
    if (recvBufferSize) validateUint32(recvBufferSize, 'options.recvBufferSize');
    if (sendBufferSize) validateUint32(sendBufferSize, 'options.sendBufferSize');
    const { BlockList } = require('net');
    for (const [name, list] of [['receiveBlockList', receiveBlockList], ['sendBlockList', sendBlockList]]) {
      if (list && !BlockList.isBlockList(list)) throw new ERR_INVALID_ARG_TYPE(`options.${name}`, 'net.BlockList', list);
    }
    this.type = type;
    this.#family = type === 'udp6' ? 6 : 4;
    this.#lookup = lookup;
    this.#options = { recvBufferSize, sendBufferSize, receiveBlockList, sendBlockList };
    if (options.ipv6Only) this.#flags |= native.IPV6_ONLY;
    if (options.reuseAddr) this.#flags |= native.REUSE_ADDRESS;
    if (options.reusePort) this.#flags |= native.REUSE_PORT;
    if (typeof listener === 'function') this.on('message', listener);
    if (signal !== undefined) this.#obey(signal);
    require('internal/diagnostics').heard('udp.socket')?.publish({ socket: this });
  }

  #obey(signal) {
    validateAbortSignal(signal, 'options.signal');
    const abort = () => { if (this.#running) this.close(); };
    if (signal.aborted) {
      nextTick(abort);
      return;
    }
    const { addAbortListener } = require('events');
    const listening = addAbortListener(signal, abort);
    this.once('close', () => listening[SymbolDispose]());
  }

  #check() {
    if (!this.#running) throw new ERR_SOCKET_DGRAM_NOT_RUNNING();
  }

  #resolve(address, callback) {
    const lookup = this.#lookup ?? require('dns').lookup;
    lookup(address || (this.#family === 6 ? '::1' : '127.0.0.1'), this.#family, callback);
  }

  bind(port, address) {
    this.#check();
    if (this.#bound !== UNBOUND) throw new ERR_SOCKET_ALREADY_BOUND();
    this.#bound = BINDING;
    const callback = arguments.length === 0 ? undefined : arguments[arguments.length - 1];
    if (typeof callback === 'function') this.#callOnce('listening', callback);
    if (port !== null && typeof port === 'object') {
      const { fd } = port;
      if (fd !== undefined && fd !== null) {
        this.#bound = UNBOUND;
        throw typeof fd === 'number' && fd >= 0 ?
          new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('dgram.Socket.bind({ fd })') : new ERR_INVALID_FD_TYPE(`${fd}`);
      }
      ({ port, address } = port);
    } else if (typeof address === 'function') {
      address = '';
    }
    if (typeof port === 'function') port = 0;
    port = port === undefined || port === null ? 0 : port;
    this.#resolve(address || (this.#family === 6 ? '::' : '0.0.0.0'), (error, ip) => {
      // It may have been closed meanwhile.
      if (!this.#running) return;
      this.#bindTo(error, ip, address, port);
    });
    return this;
  }

  #bindTo(error, ip, address, port) {
    if (!error) {
      const errno = this.#open() ?? native.bind(this.#id, ip, port | 0, this.#flags);
      if (errno < 0) error = exceptionWithHostPort(errno, 'bind', ip, port);
    }
    if (error) {
      this.#drop();
      this.#bound = UNBOUND;
      this.emit('error', error);
      return;
    }
    native.receive(this.#id);
    native.setRef(this.#id, this.#refed);
    this.#bound = BOUND;
    const { recvBufferSize, sendBufferSize } = this.#options;
    if (recvBufferSize) this.setRecvBufferSize(recvBufferSize);
    if (sendBufferSize) this.setSendBufferSize(sendBufferSize);
    this.emit('listening');
    const queue = this.#queue;
    this.#queue = undefined;
    if (queue !== undefined) for (let i = 0; i < queue.length; i++) queue[i]();
  }

  // A descriptor; a negative errno if there is none to be had.
  #open() {
    const onWritable = () => this.#sendUnsent();
    const id = native.open(this.#family, (content, address, port, family) => this.#receive(content, address, port, family), onWritable);
    if (id < 0) return id;
    this.#id = id;
    this.#onWritable = onWritable;
    return undefined;
  }

  #drop() {
    if (this.#id > 0) native.close(this.#id);
    this.#id = 0;
  }

  #callOnce(event, callback) {
    const onEvent = (...args) => {
      this.removeListener('error', onError);
      callback.apply(this, args);
    };
    const onError = () => { this.removeListener(event, onEvent); };
    this.once(event, onEvent);
    this.once('error', onError);
  }

  #receive(content, address, port, family) {
    if (typeof content === 'number') {
      this.emit('error', errnoException(content, 'recvmsg'));
      return;
    }
    if (this.#options.receiveBlockList?.check(address, familyName(family).toLowerCase())) return;
    const message = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    this.emit('message', message, { address, family: familyName(family), port, size: message.length });
  }

  // Runs `work` once the socket is bound.
  #whenBound(work) {
    if (this.#bound === UNBOUND) this.bind({ port: 0, exclusive: true });
    if (this.#bound === BOUND) {
      work();
      return;
    }
    if (this.#queue === undefined) {
      this.#queue = [];
      const forget = () => {
        this.removeListener('error', forget);
        this.removeListener('listening', forget);
        if (this.#bound !== BOUND) this.#queue = undefined;
      };
      this.once('error', forget);
      this.once('listening', forget);
    }
    ArrayPrototypePush(this.#queue, work);
  }

  connect(port, address, callback) {
    port = validatePort(port, 'Port', false);
    if (typeof address === 'function') {
      callback = address;
      address = '';
    } else if (address === undefined) {
      address = '';
    }
    validateString(address, 'address');
    if (callback !== undefined) validateFunction(callback, 'callback');
    this.#check();
    if (this.#connected !== DISCONNECTED) throw new ERR_SOCKET_DGRAM_IS_CONNECTED();
    this.#connected = CONNECTING;
    this.#whenBound(() => {
      if (callback !== undefined) this.once('connect', callback);
      this.#resolve(address, (error, ip) => this.#connectTo(error, ip, address, port, callback));
    });
  }

  #connectTo(error, ip, address, port, callback) {
    if (!this.#running) return;
    if (!error && this.#options.sendBlockList?.check(ip, familyName(this.#family).toLowerCase())) error = new ERR_IP_BLOCKED(ip);
    if (!error) {
      const errno = native.connect(this.#id, ip, port);
      if (errno < 0) error = exceptionWithHostPort(errno, 'connect', address, port);
    }
    if (!error) {
      this.#connected = CONNECTED;
      nextTick(() => this.emit('connect'));
      return;
    }
    this.#connected = DISCONNECTED;
    nextTick(() => {
      if (callback === undefined) {
        this.emit('error', error);
        return;
      }
      this.removeListener('connect', callback);
      callback(error);
    });
  }

  disconnect() {
    if (this.#connected !== CONNECTED) throw new ERR_SOCKET_DGRAM_NOT_CONNECTED();
    this.#throwIf(native.disconnect(this.#id), 'connect');
    this.#connected = DISCONNECTED;
  }

  send(buffer, offset, length, port, address, callback) {
    const connected = this.#connected === CONNECTED;
    if (connected) {
      if (typeof length === 'number') {
        buffer = slice(buffer, offset, length);
        if (typeof port === 'function') {
          callback = port;
          port = null;
        }
      } else {
        callback = offset;
      }
      if (port || address) throw new ERR_SOCKET_DGRAM_IS_CONNECTED();
    } else if (address || (port && typeof port !== 'function')) {
      buffer = slice(buffer, offset, length);
    } else {
      callback = port;
      port = offset;
      address = length;
    }
    const bytes = join(buffer);
    if (!connected) port = validatePort(port, 'Port', false);
    if (typeof address === 'function') {
      callback = address;
      address = undefined;
    } else if (address !== undefined && address !== null) {
      validateString(address, 'address');
    }
    if (typeof callback !== 'function') callback = undefined;
    this.#check();
    this.#whenBound(() => {
      if (!this.#running) return;
      if (this.#connected === CONNECTED) this.#send(null, undefined, bytes, address, port, callback);
      else this.#resolve(address, (error, ip) => this.#send(error, ip, bytes, address, port, callback));
    });
  }

  sendto(buffer, offset, length, port, address, callback) {
    validateNumber(offset, 'offset');
    validateNumber(length, 'length');
    validateNumber(port, 'port');
    validateString(address, 'address');
    this.send(buffer, offset, length, port, address, callback);
  }

  #send(error, ip, bytes, address, port, callback) {
    if (!error && !this.#running) return;
    if (!error && ip && this.#options.sendBlockList?.check(ip, familyName(this.#family).toLowerCase())) error = new ERR_IP_BLOCKED(ip);
    if (error) {
      if (callback !== undefined) nextTick(callback, error);
      else nextTick(() => this.emit('error', error));
      return;
    }
    const sent = this.#unsent.length > 0 ? EAGAIN : native.send(this.#id, bytes, ip, port);
    if (sent === EAGAIN && this.#unsent.length < UNSENT_MAX) {
      ArrayPrototypePush(this.#unsent, { bytes, ip, address, port, callback });
      this.#onWritable.waits = true;
    } else {
      finish(sent, address, port, callback);
    }
  }

  #sendUnsent() {
    const unsent = this.#unsent;
    this.#unsent = [];
    this.#onWritable.waits = false;
    for (let i = 0; i < unsent.length && this.#running; i++) {
      const { bytes, ip, address, port, callback } = unsent[i];
      this.#send(null, ip, bytes, address, port, callback);
    }
  }

  close(callback) {
    if (typeof callback === 'function') this.on('close', callback);
    if (this.#queue !== undefined) {
      ArrayPrototypePush(this.#queue, () => this.close());
      return this;
    }
    this.#check();
    this.#running = false;
    this.#drop();
    nextTick(() => this.emit('close'));
    return this;
  }

  async [SymbolAsyncDispose]() {
    if (!this.#running) return;
    await new Promise((resolve) => { this.close(resolve); });
  }

  #throwIf(errno, syscall) {
    if (errno < 0) throw errnoException(errno, syscall);
  }

  #name(ofPeer, syscall) {
    const found = this.#id > 0 ? native.name(this.#id, ofPeer) : EBADF;
    if (typeof found === 'number') throw errnoException(found, syscall);
    return { address: found[0], family: familyName(found[1]), port: found[2] };
  }

  address() {
    this.#check();
    return this.#name(false, 'getsockname');
  }

  remoteAddress() {
    this.#check();
    if (this.#connected !== CONNECTED) throw new ERR_SOCKET_DGRAM_NOT_CONNECTED();
    return this.#name(true, 'getpeername');
  }

  #set(name, value, syscall) {
    this.#check();
    this.#throwIf(this.#id > 0 ? native.setOption(this.#id, name, value) : EBADF, syscall);
  }

  setBroadcast(on) { this.#set('broadcast', on ? 1 : 0, 'setBroadcast'); }

  setTTL(ttl) {
    validateNumber(ttl, 'ttl');
    this.#set('ttl', ttl, 'setTTL');
    return ttl;
  }

  setMulticastTTL(ttl) {
    validateNumber(ttl, 'ttl');
    this.#set('multicastTtl', ttl, 'setMulticastTTL');
    return ttl;
  }

  setMulticastLoopback(on) {
    this.#set('multicastLoopback', on ? 1 : 0, 'setMulticastLoopback');
    return on;
  }

  setMulticastInterface(address) {
    this.#check();
    validateString(address, 'interfaceAddress');
    this.#throwIf(this.#id > 0 ? native.setInterface(this.#id, address) : EBADF, 'setMulticastInterface');
  }

  #member(joins, group, at, syscall) {
    this.#check();
    if (!group) throw new ERR_MISSING_ARGS('multicastAddress');
    // A socket that is bound to nothing yet is bound to any port first.
    if (this.#id === 0) this.#throwIf(this.#open() ?? 0, syscall);
    this.#throwIf(native.member(this.#id, joins, `${group}`, at === undefined ? '' : `${at}`), syscall);
  }

  addMembership(group, at) { this.#member(true, group, at, 'addMembership'); }
  dropMembership(group, at) { this.#member(false, group, at, 'dropMembership'); }

  #sourceMember(joins, source, group, at, syscall) {
    this.#check();
    validateString(source, 'sourceAddress');
    validateString(group, 'groupAddress');
    if (this.#id === 0) this.#throwIf(this.#open() ?? 0, syscall);
    this.#throwIf(native.sourceMember(this.#id, joins, source, group, at === undefined ? '' : `${at}`), syscall);
  }

  addSourceSpecificMembership(source, group, at) { this.#sourceMember(true, source, group, at, 'addSourceSpecificMembership'); }
  dropSourceSpecificMembership(source, group, at) { this.#sourceMember(false, source, group, at, 'dropSourceSpecificMembership'); }

  #bufferSize(isSending, size) {
    if (size >>> 0 !== size) throw new ERR_SOCKET_BAD_BUFFER_SIZE();
    const found = this.#id > 0 ? native.bufferSize(this.#id, isSending, size) : EBADF;
    if (found < 0) throw bufferError(found, isSending);
    return found;
  }

  setRecvBufferSize(size) { this.#bufferSize(false, size); }
  setSendBufferSize(size) { this.#bufferSize(true, size); }
  getRecvBufferSize() { return this.#bufferSize(false, 0); }
  getSendBufferSize() { return this.#bufferSize(true, 0); }

  getSendQueueSize() {
    let size = 0;
    for (let i = 0; i < this.#unsent.length; i++) size += this.#unsent[i].bytes.length;
    return size;
  }

  getSendQueueCount() { return this.#unsent.length; }

  ref() {
    this.#refed = true;
    if (this.#bound === BOUND && this.#id > 0) native.setRef(this.#id, true);
    return this;
  }

  unref() {
    this.#refed = false;
    if (this.#id > 0) native.setRef(this.#id, false);
    return this;
  }
}

function bufferError(errno, isSending) {
  const { codes: { ERR_SOCKET_BUFFER_SIZE } } = require('internal/errors');
  const { 0: code, 1: message } = require('internal/uv_errors').errors.get(errno);
  return new ERR_SOCKET_BUFFER_SIZE({ errno, code, message, syscall: isSending ? 'uv_send_buffer_size' : 'uv_recv_buffer_size' });
}

function finish(sent, address, port, callback) {
  if (callback === undefined) return;
  if (sent < 0) nextTick(callback, exceptionWithHostPort(sent, 'send', address, port));
  else nextTick(callback, null, sent);
}

const BYTES = ['Buffer', 'TypedArray', 'DataView', 'string'];

function slice(buffer, offset, length) {
  if (typeof buffer === 'string') buffer = Buffer.from(buffer);
  else if (!isArrayBufferView(buffer)) throw new ERR_INVALID_ARG_TYPE('buffer', BYTES, buffer);
  offset >>>= 0;
  length >>>= 0;
  const { codes: { ERR_BUFFER_OUT_OF_BOUNDS } } = require('internal/errors');
  if (offset > buffer.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (offset + length > buffer.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
  return Buffer.from(buffer.buffer, buffer.byteOffset + offset, length);
}

// The bytes of a message; a list is one datagram.
function join(message) {
  if (!ArrayIsArray(message)) {
    if (typeof message === 'string') return Buffer.from(message);
    if (!isArrayBufferView(message)) throw new ERR_INVALID_ARG_TYPE('buffer', BYTES, message);
    // What is sent is what it holds now, however late the address is found.
    return message;
  }
  const list = [];
  ArrayPrototypeForEach(message, (part) => {
    if (typeof part !== 'string' && !isArrayBufferView(part)) throw new ERR_INVALID_ARG_TYPE('buffer list arguments', BYTES, message);
    ArrayPrototypePush(list, typeof part === 'string' ? Buffer.from(part) : Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  });
  return Buffer.concat(list);
}

function createSocket(type, listener) {
  return new Socket(type, listener);
}

module.exports = { createSocket, Socket };
