'use strict';

// `events.addAbortListener`: listens once for the abort of a signal, cannot be kept from it by another listener's
// `stopImmediatePropagation`, and gives back a Disposable.

const { SymbolDispose } = primordials;

const { validateAbortSignal, validateFunction } = require('internal/validators');
const { kResistStopPropagation } = require('internal/event_target');

const kOptions = { __proto__: null, once: true, [kResistStopPropagation]: true };

class AbortListener {
  #signal;
  #listener;

  constructor(signal, listener) {
    this.#signal = signal;
    this.#listener = listener;
  }

  [SymbolDispose]() {
    this.#signal?.removeEventListener('abort', this.#listener);
  }
}

function addAbortListener(signal, listener) {
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  if (signal.aborted) {
    require('internal/process/task_queue').queueMicrotask(() => listener());
    return new AbortListener(undefined, undefined);
  }
  signal.addEventListener('abort', listener, kOptions);
  return new AbortListener(signal, listener);
}

module.exports = { addAbortListener };
