'use strict';

// Small things that all web streams share: promises whose object is made only when somebody asks for it, queues with
// sizes, strategies, and the calls of user callbacks.

const {
  ArrayBufferPrototypeGetDetached,
  ArrayBufferPrototypeTransfer,
  FunctionPrototypeCall,
  Number,
  NumberIsNaN,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  ReflectApply,
  Symbol,
  SymbolFor,
} = primordials;

const {
  codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE },
} = require('internal/errors');
const { Fifo } = require('internal/events/fifo');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
// Passed to constructors that programs may not call.
const kMake = Symbol('kMake');

const kPending = 0;
const kFulfilled = 1;
const kRejected = 2;

function nop() {}

// A promise of a standard's slot. Its rejection counts as handled, as the standard says of all such slots.
class LazyPromise {
  #status = kPending;
  #value = undefined;
  #promise = undefined;
  #resolve = undefined;
  #reject = undefined;

  static resolved(value) {
    const made = new LazyPromise();
    made.#status = kFulfilled;
    made.#value = value;
    return made;
  }

  static rejected(error) {
    const made = new LazyPromise();
    made.#status = kRejected;
    made.#value = error;
    return made;
  }

  get isPending() {
    return this.#status === kPending;
  }

  get promise() {
    if (this.#promise !== undefined) return this.#promise;
    if (this.#status === kFulfilled) {
      this.#promise = PromiseResolve(this.#value);
    } else if (this.#status === kRejected) {
      this.#promise = PromiseReject(this.#value);
      markHandled(this.#promise);
    } else {
      this.#promise = new Promise((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
      });
    }
    return this.#promise;
  }

  resolve(value) {
    if (this.#status !== kPending) return;
    this.#status = kFulfilled;
    this.#value = value;
    if (this.#resolve !== undefined) this.#resolve(value);
  }

  reject(error) {
    if (this.#status !== kPending) return;
    this.#status = kRejected;
    this.#value = error;
    if (this.#reject !== undefined) {
      markHandled(this.#promise);
      this.#reject(error);
    }
  }
}

// A promise with its functions, for results that programs get and whose rejection they have to handle.
function withResolvers() {
  const made = { promise: undefined, resolve: undefined, reject: undefined };
  made.promise = new Promise((resolve, reject) => {
    made.resolve = resolve;
    made.reject = reject;
  });
  return made;
}

function markHandled(promise) {
  PromisePrototypeThen(promise, undefined, nop);
}

// Calls what a program gave and makes a promise of the outcome, however it fails.
function callToPromise(fn, self, args) {
  try {
    return PromiseResolve(ReflectApply(fn, self, args));
  } catch (error) {
    return PromiseReject(error);
  }
}

// Chunks with their sizes (https://streams.spec.whatwg.org/#queue-with-sizes).
class SizedQueue {
  #items = new Fifo();
  #first = undefined;
  total = 0;
  length = 0;

  push(value, size) {
    size = Number(size);
    if (NumberIsNaN(size) || size < 0 || size === Infinity) {
      throw new ERR_INVALID_ARG_VALUE.RangeError('size', size);
    }
    const item = { value, size };
    if (this.length++ === 0) this.#first = item;
    else this.#items.push(item);
    this.total += size;
  }

  peek() {
    return this.#first.value;
  }

  shift() {
    const { value, size } = this.#first;
    this.length--;
    this.#first = this.#items.shift();
    this.total -= size;
    // Floating-point sizes may leave a little less than nothing.
    if (this.total < 0) this.total = 0;
    return value;
  }

  clear() {
    this.#items = new Fifo();
    this.#first = undefined;
    this.length = 0;
    this.total = 0;
  }
}

function highWaterMarkOf(strategy, whenMissing) {
  const value = strategy?.highWaterMark;
  if (value === undefined) return whenMissing;
  const number = +value;
  if (typeof value === 'symbol' || NumberIsNaN(number) || number < 0) {
    throw new ERR_INVALID_ARG_VALUE.RangeError('strategy.highWaterMark', value);
  }
  return number;
}

// Undefined means that every chunk counts one.
function sizeOf(strategy) {
  const size = strategy?.size;
  if (size === undefined) return undefined;
  if (typeof size !== 'function') throw new ERR_INVALID_ARG_TYPE('strategy.size', 'Function', size);
  return size;
}

function chunkSize(size, chunk) {
  return size === undefined ? 1 : FunctionPrototypeCall(size, undefined, chunk);
}

// A method of an underlying source, sink or transformer, which must be a function if it is there.
function methodOf(object, name, what) {
  const method = object?.[name];
  if (method !== undefined && typeof method !== 'function') {
    throw new ERR_INVALID_ARG_TYPE(`${what}.${name}`, 'Function', method);
  }
  return method;
}

function checkObject(value, name) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    throw new ERR_INVALID_ARG_TYPE(name, 'Object', value);
  }
}

// A dictionary of the Web IDL kind: null and undefined are empty ones.
function checkDictionary(value, name) {
  if (value !== undefined && value !== null) checkObject(value, name);
}

function checkMake(token) {
  if (token !== kMake) throw new ERR_ILLEGAL_CONSTRUCTOR();
}

function isDetached(buffer) {
  return ArrayBufferPrototypeGetDetached(buffer);
}

// Moves the bytes to a new buffer, so that the program can no longer change them.
function transferBuffer(buffer) {
  if (isDetached(buffer)) throw new ERR_INVALID_STATE.TypeError('ArrayBuffer is detached');
  return ArrayBufferPrototypeTransfer(buffer);
}

function inspectAs(self, name, depth, options, fields) {
  if (depth < 0) return self;
  const { inspect } = require('internal/util/inspect');
  const inner = typeof options.depth === 'number' ? options.depth - 1 : options.depth;
  return `${name} ${inspect(fields, { __proto__: null, ...options, depth: inner })}`;
}

module.exports = {
  LazyPromise,
  SizedQueue,
  callToPromise,
  checkDictionary,
  checkMake,
  checkObject,
  chunkSize,
  highWaterMarkOf,
  inspectAs,
  isDetached,
  kInspect,
  kMake,
  markHandled,
  methodOf,
  nop,
  sizeOf,
  transferBuffer,
  withResolvers,
};
