'use strict';

// `events.once`: a promise of an emitter's or event target's next event, and `waitFor`-style listening that works on both.

const {
  ArrayPrototypeSlice,
  Promise,
} = primordials;

const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE },
} = require('internal/errors');
const { validateAbortSignal, validateObject } = require('internal/validators');

const kEmpty = { __proto__: null };
const kOnce = { __proto__: null, once: true };

async function once(emitter, name, options = kEmpty) {
  validateObject(options, 'options');
  const signal = options?.signal;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });

  return new Promise((resolve, reject) => {
    const watchesError = name !== 'error' && typeof emitter.once === 'function';

    // What has fired is off already: an emitter that has `once` need not have a way to remove.
    function remove(event, listener) {
      if (typeof emitter.removeListener === 'function') emitter.removeListener(event, listener);
    }
    function leaveSignal() {
      if (signal !== undefined && signal !== null) unlisten(signal, 'abort', onAbort);
    }
    function onError(error) {
      remove(name, onEvent);
      leaveSignal();
      reject(error);
    }
    function onEvent() {
      remove('error', onError);
      leaveSignal();
      resolve(ArrayPrototypeSlice(arguments));
    }
    function onAbort() {
      unlisten(emitter, name, onEvent);
      if (watchesError) remove('error', onError);
      reject(new AbortError(undefined, { cause: signal?.reason }));
    }

    listen(emitter, name, onEvent, kOnce);
    if (watchesError) emitter.once('error', onError);
    if (signal !== undefined && signal !== null) {
      const { kResistStopPropagation } = require('internal/event_target');
      listen(signal, 'abort', onAbort, { __proto__: null, once: true, [kResistStopPropagation]: true });
    }
  });
}

function listen(emitter, name, listener, flags) {
  if (typeof emitter.on === 'function') {
    if (flags?.once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (typeof emitter.addEventListener === 'function') {
    emitter.addEventListener(name, listener, flags);
  } else {
    throw new ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', emitter);
  }
}

function unlisten(emitter, name, listener, flags) {
  if (typeof emitter.removeListener === 'function') {
    emitter.removeListener(name, listener);
  } else if (typeof emitter.removeEventListener === 'function') {
    emitter.removeEventListener(name, listener, flags);
  } else {
    throw new ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', emitter);
  }
}

module.exports = { listen, once, unlisten };
