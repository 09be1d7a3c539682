'use strict';

// `events.addAbortListener`: listens once for the abort of a signal, cannot be kept from it by another listener's
// `stopImmediatePropagation`, and gives back a Disposable.

const { SymbolDispose } = primordials;

const { validateAbortSignal, validateFunction } = require('internal/validators');
const { kResistStopPropagation } = require('internal/event_target');

const kOptions = { __proto__: null, once: true, [kResistStopPropagation]: true };

// A function of its own: some call it without the object that it came in.
function listening(signal, listener) {
  return {
    __proto__: null,
    [SymbolDispose]() { signal?.removeEventListener('abort', listener); },
  };
}

function addAbortListener(signal, listener) {
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  if (signal.aborted) {
    require('internal/process/task_queue').queueMicrotask(() => listener());
    return listening(undefined, undefined);
  }
  signal.addEventListener('abort', listener, kOptions);
  return listening(signal, listener);
}

module.exports = { addAbortListener };
