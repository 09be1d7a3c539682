// node:inspector: the server's start and end, and sessions in which a program debugs or profiles itself.
'use strict';

const { JSONParse, JSONStringify, SafeMap, SymbolDispose } = primordials;

const EventEmitter = require('events');
const { codes: {
  ERR_INSPECTOR_ALREADY_ACTIVATED, ERR_INSPECTOR_ALREADY_CONNECTED, ERR_INSPECTOR_CLOSED, ERR_INSPECTOR_COMMAND,
  ERR_INSPECTOR_NOT_ACTIVE, ERR_INSPECTOR_NOT_CONNECTED, ERR_INSPECTOR_NOT_WORKER,
} } = require('internal/errors');
const { validateFunction, validateInt32, validateObject, validateString } = require('internal/validators');
const { v8Console } = require('internal/console/v8_console');
const native = binding('inspector');

class Session extends EventEmitter {
  #connection = 0;
  #nextId = 1;
  #callbacks = new SafeMap();

  /** Connects to this thread's own inspector. */
  connect() {
    if (this.#connection !== 0) throw new ERR_INSPECTOR_ALREADY_CONNECTED('The inspector session');
    this.#connection = native.connect((text) => this.#deliver(text));
  }

  /** Connects a worker to the main thread's inspector: it can stop that, and resume it. */
  connectToMainThread() {
    if (require('worker_threads').isMainThread) throw new ERR_INSPECTOR_NOT_WORKER();
    if (this.#connection !== 0) throw new ERR_INSPECTOR_ALREADY_CONNECTED('The inspector session');
    this.#connection = native.connect((text) => this.#deliver(text), true);
  }

  post(method, params, callback) {
    validateString(method, 'method');
    if (!callback && typeof params === 'function') {
      callback = params;
      params = null;
    }
    if (params) validateObject(params, 'params');
    if (callback) validateFunction(callback, 'callback');
    if (this.#connection === 0) throw new ERR_INSPECTOR_NOT_CONNECTED();
    const id = this.#nextId++;
    const message = { id, method };
    if (params) message.params = params;
    if (callback) this.#callbacks.set(id, callback);
    native.dispatch(this.#connection, JSONStringify(message));
  }

  disconnect() {
    if (this.#connection === 0) return;
    native.disconnect(this.#connection);
    this.#connection = 0;
    const callbacks = this.#callbacks;
    this.#callbacks = new SafeMap();
    const { nextTick } = require('process');
    callbacks.forEach((callback) => nextTick(callback, new ERR_INSPECTOR_CLOSED()));
  }

  #deliver(text) {
    const message = JSONParse(text);
    if (!message.id) {
      this.emit(message.method, message);
      this.emit('inspectorNotification', message);
      return;
    }
    const callback = this.#callbacks.get(message.id);
    if (callback === undefined) return;
    this.#callbacks.delete(message.id);
    if (message.error) callback(new ERR_INSPECTOR_COMMAND(message.error.code, message.error.message));
    else callback(null, message.result);
  }
}

/** Starts the server; with `wait`, goes on only once a client says that it is ready. */
function open(port, host, wait) {
  if (native.url() !== undefined) throw new ERR_INSPECTOR_ALREADY_ACTIVATED();
  if (port !== undefined) validateInt32(port, 'port', 0, 65535);
  if (host !== undefined) validateString(host, 'host');
  native.open(port, host);
  if (wait) native.waitForDebugger();
  return { __proto__: null, [SymbolDispose]() { close(); } };
}

function close() {
  native.close();
}

function url() {
  return native.url();
}

function waitForDebugger() {
  if (native.url() === undefined) throw new ERR_INSPECTOR_NOT_ACTIVE();
  native.waitForDebugger();
}

// Events that programs tell themselves; `data` goes as bytes.
function emitter(event) {
  return function(params = {}) {
    validateObject(params, 'params');
    const { data, ...rest } = params;
    native.networkEvent(event, JSONStringify(rest), data);
  };
}

const Network = { __proto__: null };
for (const event of [
  'requestWillBeSent', 'responseReceived', 'loadingFinished', 'loadingFailed', 'dataSent', 'dataReceived', 'webSocketCreated',
  'webSocketClosed', 'webSocketHandshakeResponseReceived',
]) Network[event] = emitter(event);

const NetworkResources = {
  __proto__: null,
  /** Offers `text` to front ends that load `url`, such as the source map of a script that was made at run time. */
  put(url, text) {
    validateString(url, 'url');
    validateString(text, 'text');
    native.offerResource(url, text);
  },
};

module.exports = { open, close, url, waitForDebugger, console: v8Console, Session, Network, NetworkResources };
