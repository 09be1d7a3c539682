'use strict';

// `events.on`: an emitter's events as an async iterator. Events wait in one queue, readers in another; at most one of the
// two holds something. With water marks the emitter is paused while too much waits.

const {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  AsyncIteratorPrototype,
  Error,
  NumberMAX_SAFE_INTEGER,
  ObjectSetPrototypeOf,
  Promise,
  PromiseReject,
  PromiseResolve,
  SymbolAsyncIterator,
  SymbolFor,
} = primordials;

const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE },
} = require('internal/errors');
const { validateAbortSignal, validateInteger, validateObject } = require('internal/validators');
const { Fifo } = require('internal/events/fifo');
const { listen, unlisten } = require('internal/events/once');

// Internal readers may ask for the first argument alone instead of the array of all.
const kFirstEventParam = SymbolFor('nodejs.kFirstEventParam');
const kWatermarkData = SymbolFor('nodejs.watermarkData');
const kEmpty = { __proto__: null };

function on(emitter, event, options = kEmpty) {
  validateObject(options, 'options');
  const signal = options.signal;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal?.reason });
  const high = options.highWaterMark ?? options.highWatermark ?? NumberMAX_SAFE_INTEGER;
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(high, 'options.highWaterMark', 1);
  validateInteger(low, 'options.lowWaterMark', 1);

  const events = new Fifo();
  const readers = new Fifo();
  const listeners = [];
  let paused = false;
  let failure = null;
  let finished = false;
  let size = 0;

  function attach(target, name, listener, flags) {
    listen(target, name, listener, flags);
    ArrayPrototypePush(listeners, [target, name, listener, flags]);
  }
  function onEvent() {
    deliver(ArrayPrototypeSlice(arguments));
  }
  function deliver(value) {
    const reader = readers.shift();
    if (reader !== undefined) {
      reader.resolve({ value, done: false });
      return;
    }
    size++;
    if (!paused && size > high) {
      paused = true;
      emitter.pause();
    }
    events.push(value);
  }
  function fail(error) {
    const reader = readers.shift();
    if (reader === undefined) failure = error;
    else reader.reject(error);
    close();
  }
  function onAbort() {
    fail(new AbortError(undefined, { cause: signal?.reason }));
  }
  function close() {
    for (let i = 0; i < listeners.length; i++) {
      const { 0: target, 1: name, 2: listener, 3: flags } = listeners[i];
      unlisten(target, name, listener, flags);
    }
    listeners.length = 0;
    finished = true;
    const end = { value: undefined, done: true };
    for (let reader = readers.shift(); reader !== undefined; reader = readers.shift()) reader.resolve(end);
    return PromiseResolve(end);
  }

  const iterator = ObjectSetPrototypeOf({
    next() {
      // What was emitted comes before an error or the end, whenever those happened.
      if (size > 0) {
        const value = events.shift();
        size--;
        if (paused && size < low) {
          // One that was closed meanwhile has nothing more to give.
          if (!emitter.closed) emitter.resume();
          paused = false;
        }
        return PromiseResolve({ value, done: false });
      }
      if (failure !== null) {
        const rejected = PromiseReject(failure);
        failure = null; // Once only: the iterator is at its end afterwards.
        return rejected;
      }
      if (finished) return close();
      return new Promise((resolve, reject) => readers.push({ resolve, reject }));
    },
    return() {
      return close();
    },
    throw(error) {
      if (!(error instanceof Error)) {
        throw new ERR_INVALID_ARG_TYPE('EventEmitter.AsyncIterator', 'Error', error);
      }
      fail(error);
    },
    [SymbolAsyncIterator]() {
      return this;
    },
    [kWatermarkData]: {
      get size() { return size; },
      get low() { return low; },
      get high() { return high; },
      get isPaused() { return paused; },
    },
  }, AsyncIteratorPrototype);

  attach(emitter, event, options[kFirstEventParam] ? deliver : onEvent);
  if (event !== 'error' && typeof emitter.on === 'function') attach(emitter, 'error', fail);
  const closers = options?.close;
  if (closers?.length) {
    for (let i = 0; i < closers.length; i++) attach(emitter, closers[i], close);
  }
  if (signal) {
    const { kResistStopPropagation } = require('internal/event_target');
    attach(signal, 'abort', onAbort, { __proto__: null, once: true, [kResistStopPropagation]: true });
  }
  return iterator;
}

module.exports = { kFirstEventParam, on };
