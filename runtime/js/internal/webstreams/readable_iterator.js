'use strict';

// The asynchronous iterator of a ReadableStream (https://streams.spec.whatwg.org/#rs-asynciterator). Calls of `next` and
// `return` run one after the other, whether or not the caller waits.

const {
  AsyncIteratorPrototype,
  ObjectDefineProperties,
  ObjectSetPrototypeOf,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
} = primordials;

const { codes: { ERR_INVALID_THIS } } = require('internal/errors');
const { ReaderInner } = require('internal/webstreams/readable_core');
const { withResolvers } = require('internal/webstreams/util');

let isIterator;

class ReadableStreamAsyncIterator {
  #reader;
  #preventCancel;
  #ongoing = undefined;
  #finished = false;

  constructor(reader, preventCancel) {
    this.#reader = reader;
    this.#preventCancel = preventCancel;
  }

  static {
    isIterator = (value) => value !== null && typeof value === 'object' && #reader in value;
  }

  next() {
    if (!isIterator(this)) return PromiseReject(new ERR_INVALID_THIS('ReadableStreamAsyncIterator'));
    const run = () => this.#next();
    this.#ongoing = this.#ongoing === undefined ? run() : PromisePrototypeThen(this.#ongoing, run, run);
    return this.#ongoing;
  }

  return(value = undefined) {
    if (!isIterator(this)) return PromiseReject(new ERR_INVALID_THIS('ReadableStreamAsyncIterator'));
    const run = () => this.#return(value);
    this.#ongoing = this.#ongoing === undefined ? run() : PromisePrototypeThen(this.#ongoing, run, run);
    return this.#ongoing;
  }

  #next() {
    if (this.#finished) return PromiseResolve({ value: undefined, done: true });
    const result = withResolvers();
    this.#reader.read({
      chunk: (value) => {
        this.#ongoing = undefined;
        // A tick later, so that a chunk enqueued inside `next` does not settle the promise before it is returned.
        result.resolve(PromiseResolve({ value, done: false }));
      },
      close: () => {
        this.#ongoing = undefined;
        this.#finish();
        result.resolve({ value: undefined, done: true });
      },
      fail: (error) => {
        this.#ongoing = undefined;
        this.#finish();
        result.reject(error);
      },
    });
    return result.promise;
  }

  #finish() {
    this.#finished = true;
    this.#reader.release();
  }

  #return(value) {
    if (this.#finished) return PromiseResolve({ value, done: true });
    this.#finished = true;
    const reader = this.#reader;
    if (this.#preventCancel) {
      reader.release();
      return PromiseResolve({ value, done: true });
    }
    const cancelled = reader.cancel(value);
    reader.release();
    return PromisePrototypeThen(cancelled, () => ({ value, done: true }));
  }
}

delete ReadableStreamAsyncIterator.prototype.constructor;
const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(ReadableStreamAsyncIterator.prototype, { next: kEnumerable, return: kEnumerable });
ObjectSetPrototypeOf(ReadableStreamAsyncIterator.prototype, AsyncIteratorPrototype);

function iteratorOver(stream, preventCancel) {
  return new ReadableStreamAsyncIterator(new ReaderInner(stream, false), preventCancel);
}

module.exports = { iteratorOver };
