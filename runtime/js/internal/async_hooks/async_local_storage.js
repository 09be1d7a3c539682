'use strict';

// AsyncLocalStorage: a value that follows the program through asynchronous calls. It lives in the frame; the store here
// is only the key.

const {
  ObjectIs,
  ReflectApply,
  SymbolDispose,
} = primordials;

const { validateObject } = require('internal/validators');
const {
  frameWith,
  frameWithout,
  getFrame,
  hasIn,
  setFrame,
  valueIn,
} = require('internal/async_context');

class AsyncLocalStorage {
  #defaultValue = undefined;
  #name = undefined;

  constructor(options = { __proto__: null }) {
    validateObject(options, 'options');
    this.#defaultValue = options.defaultValue;
    if (options.name !== undefined) this.#name = `${options.name}`;
  }

  static bind(fn) {
    const { AsyncResource } = require('internal/async_hooks/async_resource');
    return AsyncResource.bind(fn);
  }

  // A function that runs others in the context of now.
  static snapshot() {
    return AsyncLocalStorage.bind((fn, ...args) => fn(...args));
  }

  get name() {
    return this.#name || '';
  }

  disable() {
    setFrame(frameWithout(getFrame(), this));
  }

  enterWith(value) {
    setFrame(frameWith(getFrame(), this, value));
  }

  run(value, fn, ...args) {
    const before = getFrame();
    // The same value again needs no frame of its own.
    if (hasIn(before, this) && ObjectIs(valueIn(before, this), value)) return ReflectApply(fn, null, args);
    const inside = frameWith(before, this, value);
    setFrame(inside);
    try {
      return ReflectApply(fn, null, args);
    } finally {
      restore(this, before, inside);
    }
  }

  exit(fn, ...args) {
    return this.run(undefined, fn, ...args);
  }

  // A Disposable that puts back what was there before.
  withScope(value) {
    return new RunScope(this, value);
  }

  getStore() {
    const frame = getFrame();
    return hasIn(frame, this) ? valueIn(frame, this) : this.#defaultValue;
  }
}

// Stores are independent: what another one entered meanwhile stays.
function restore(storage, before, inside) {
  const now = getFrame();
  if (now === inside) setFrame(before);
  else if (hasIn(before, storage)) setFrame(frameWith(now, storage, valueIn(before, storage)));
  else setFrame(frameWithout(now, storage));
}

class RunScope {
  #storage;
  #before;
  #inside;
  #disposed = false;

  constructor(storage, value) {
    this.#storage = storage;
    this.#before = getFrame();
    this.#inside = frameWith(this.#before, storage, value);
    setFrame(this.#inside);
  }

  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    restore(this.#storage, this.#before, this.#inside);
  }

  [SymbolDispose]() {
    this.dispose();
  }
}

module.exports = { AsyncLocalStorage };
