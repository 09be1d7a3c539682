// The global object: what scripts find there without a `require`.
'use strict';

const { ObjectDefineProperty, SymbolToStringTag } = primordials;
const timers = require('timers');
require('internal/console/v8_console');

// What the web has as functions and objects shows in `Object.keys(globalThis)`, classes do not, as in Node.
const ENUMERABLE = {
  __proto__: null, global: true, setTimeout: true, clearTimeout: true, setInterval: true, clearInterval: true,
  setImmediate: true, clearImmediate: true, queueMicrotask: true, structuredClone: true, atob: true, btoa: true,
  performance: true, fetch: true, navigator: true, crypto: true,
};

function define(name, value) {
  ObjectDefineProperty(globalThis, name, {
    __proto__: null, value, writable: true, enumerable: ENUMERABLE[name] === true, configurable: true,
  });
}

function lazy(name, load) {
  ObjectDefineProperty(globalThis, name, {
    __proto__: null,
    get() {
      const value = load();
      define(name, value);
      return value;
    },
    set(value) { define(name, value); },
    enumerable: ENUMERABLE[name] === true,
    configurable: true,
  });
}

define('global', globalThis);
ObjectDefineProperty(globalThis, SymbolToStringTag, { __proto__: null, value: 'global', configurable: true });
define('process', require('process'));
// V8 gives a context its own when it comes out of the snapshot.
require('internal/startup').onStartup(() => define('queueMicrotask', require('internal/process/task_queue').queueMicrotask));
for (const name of ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate']) {
  define(name, timers[name]);
}

define('fetch', function fetch(input, init = undefined) {
  return primordials.ReflectApply(require('internal/fetch/fetch').fetch, undefined, arguments);
});

const buffer = () => require('buffer');
const encoding = () => require('internal/encoding');
const lazies = {
  Buffer: () => buffer().Buffer,
  atob: () => buffer().atob,
  btoa: () => buffer().btoa,
  Blob: () => buffer().Blob,
  File: () => buffer().File,
  console: () => require('console'),
  URL: () => require('internal/url').URL,
  URLSearchParams: () => require('internal/url').URLSearchParams,
  TextEncoder: () => encoding().TextEncoder,
  TextDecoder: () => encoding().TextDecoder,
  Event: () => require('internal/event_target').Event,
  EventTarget: () => require('internal/event_target').EventTarget,
  CustomEvent: () => require('internal/event_target').CustomEvent,
  AbortController: () => require('internal/abort_controller').AbortController,
  AbortSignal: () => require('internal/abort_controller').AbortSignal,
  DOMException: () => require('internal/domexception').DOMException,
  crypto: () => require('crypto').webcrypto,
  Crypto: () => require('internal/crypto/webcrypto').Crypto,
  CryptoKey: () => require('internal/crypto/cryptokey').CryptoKey,
  SubtleCrypto: () => require('internal/crypto/subtle').SubtleCrypto,
  performance: () => require('perf_hooks').performance,
  structuredClone: () => require('internal/structured_clone').structuredClone,
};
for (const name of ['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest',
  'ReadableByteStreamController', 'ReadableStreamDefaultController', 'TransformStream', 'TransformStreamDefaultController',
  'WritableStream', 'WritableStreamDefaultController', 'WritableStreamDefaultWriter', 'ByteLengthQueuingStrategy',
  'CountQueuingStrategy', 'TextEncoderStream', 'TextDecoderStream', 'CompressionStream', 'DecompressionStream']) {
  lazies[name] = () => require('stream/web')[name];
}
for (const name of ['MessageChannel', 'MessageEvent', 'MessagePort']) {
  lazies[name] = () => require('internal/message_port')[name];
}
for (const name of ['Headers', 'FormData', 'Request', 'Response']) {
  const id = `internal/fetch/${name === 'FormData' ? 'form_data' : name.toLowerCase()}`;
  lazies[name] = () => require(id)[name];
}
for (const name of ['Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver',
  'PerformanceObserverEntryList', 'PerformanceResourceTiming']) {
  lazies[name] = () => require('perf_hooks')[name];
}
lazies.WebSocket = () => require('internal/websocket/websocket').WebSocket;
lazies.CloseEvent = () => require('internal/websocket/events').CloseEvent;
lazies.ErrorEvent = () => require('internal/websocket/events').ErrorEvent;
lazies.navigator = () => require('internal/navigator').navigator;
lazies.Navigator = () => require('internal/navigator').Navigator;
lazies.BroadcastChannel = () => require('internal/broadcast_channel').BroadcastChannel;
const { ids } = require('internal/core_modules');
const needs = { __proto__: null, crypto: 'crypto' };
for (const name of primordials.ObjectKeys(lazies)) {
  if (needs[name] === undefined || ids.includes(needs[name])) lazy(name, lazies[name]);
}
