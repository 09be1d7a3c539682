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
  exchange,
  frameWith,
  frameWithout,
  getFrame,
  hasIn,
  runIn,
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
    const frame = getFrame();
    const had = hasIn(frame, this);
    // The same value again needs no frame of its own.
    if (had && ObjectIs(valueIn(frame, this), value)) return ReflectApply(fn, null, args);
    return runIn(frameWith(frame, this, value), fn, null, args);
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

class RunScope {
  #before;
  #disposed = false;

  constructor(storage, value) {
    this.#before = exchange(frameWith(getFrame(), storage, value));
  }

  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    setFrame(this.#before);
  }

  [SymbolDispose]() {
    this.dispose();
  }
}

module.exports = { AsyncLocalStorage };
