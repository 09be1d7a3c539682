'use strict';

// ReadableStream (https://streams.spec.whatwg.org/#rs-class).

const {
  Boolean,
  FunctionPrototypeCall,
  MathTrunc,
  NumberMAX_SAFE_INTEGER,
  ObjectDefineProperties,
  PromiseReject,
  SymbolAsyncIterator,
  SymbolToStringTag,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE, ERR_INVALID_THIS },
} = require('internal/errors');
const { validateAbortSignal } = require('internal/validators');
const {
  kControllerErrorFunction,
  kIsClosedPromise,
  kIsDisturbed,
  kIsErrored,
  kIsReadable,
} = require('internal/streams/utils');
const { ReadableInner } = require('internal/webstreams/readable_core');
const { DefaultControllerInner } = require('internal/webstreams/readable_default_controller');
const { ByteControllerInner } = require('internal/webstreams/readable_byte_controller');
const { faces } = require('internal/webstreams/readable_byte');
const { ReadableStreamBYOBReader, ReadableStreamDefaultReader } = require('internal/webstreams/readers');
const { iteratorOver } = require('internal/webstreams/readable_iterator');
const {
  callToPromise,
  checkDictionary,
  checkObject,
  highWaterMarkOf,
  inspectAs,
  kInspect,
  kMake,
  markHandled,
  methodOf,
  sizeOf,
} = require('internal/webstreams/util');

let innerOf;
let isReadableStream;

class ReadableStream {
  #inner = new ReadableInner();

  constructor(source = {}, strategy = {}) {
    this.#inner.public = this;
    // Streams that the runtime makes bring their controller later.
    if (source === kMake) return;
    if (source === null) throw new ERR_INVALID_ARG_VALUE('source', 'Object', source);
    checkObject(source, 'source');
    checkDictionary(strategy, 'strategy');
    // The order in which a program can see these properties being read is that of the standard.
    const autoAllocateChunkSize = toChunkSize(source.autoAllocateChunkSize);
    const cancel = methodOf(source, 'cancel', 'source');
    const pull = methodOf(source, 'pull', 'source');
    const start = methodOf(source, 'start', 'source');
    const { type } = source;
    if (type !== undefined && `${type}` !== 'bytes') throw new ERR_INVALID_ARG_VALUE('source.type', type);

    const algorithms = {
      start: start && ((inner) => FunctionPrototypeCall(start, source, inner.public)),
      pull: pull && ((inner) => callToPromise(pull, source, [inner.public])),
      cancel: cancel && ((reason) => callToPromise(cancel, source, [reason])),
    };
    if (type !== undefined) {
      if (strategy?.size !== undefined) throw new ERR_INVALID_ARG_VALUE.RangeError('strategy.size', strategy.size);
      const mark = highWaterMarkOf(strategy, 0);
      if (autoAllocateChunkSize === 0) {
        throw new ERR_INVALID_ARG_VALUE('source.autoAllocateChunkSize', autoAllocateChunkSize);
      }
      makeByteController(this.#inner, algorithms, mark, autoAllocateChunkSize);
    } else {
      const size = sizeOf(strategy);
      makeDefaultController(this.#inner, algorithms, highWaterMarkOf(strategy, 1), size);
    }
  }

  static {
    innerOf = (value) => (isReadableStream(value) ? value.#inner : undefined);
    isReadableStream = (value) => value !== null && typeof value === 'object' && #inner in value;
  }

  static #of(that) {
    if (!isReadableStream(that)) throw new ERR_INVALID_THIS('ReadableStream');
    return that.#inner;
  }

  get locked() {
    return ReadableStream.#of(this).isLocked;
  }

  static from(iterable) {
    return require('internal/webstreams/readable_from').streamFrom(iterable);
  }

  cancel(reason = undefined) {
    if (!isReadableStream(this)) return PromiseReject(new ERR_INVALID_THIS('ReadableStream'));
    if (this.#inner.isLocked) return PromiseReject(new ERR_INVALID_STATE.TypeError('ReadableStream is locked'));
    return this.#inner.cancel(reason);
  }

  getReader(options = {}) {
    ReadableStream.#of(this);
    checkDictionary(options, 'options');
    const mode = options?.mode;
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    if (`${mode}` !== 'byob') throw new ERR_INVALID_ARG_VALUE('options.mode', mode);
    return new ReadableStreamBYOBReader(this);
  }

  pipeThrough(transform, options = {}) {
    const inner = ReadableStream.#of(this);
    checkObject(transform, 'transform');
    const { innerOf: innerOfWritable } = require('internal/webstreams/writable');
    const { readable } = transform;
    if (!isReadableStream(readable)) {
      throw new ERR_INVALID_ARG_TYPE('transform.readable', 'ReadableStream', readable);
    }
    const { writable } = transform;
    const destination = innerOfWritable(writable);
    if (destination === undefined) throw new ERR_INVALID_ARG_TYPE('transform.writable', 'WritableStream', writable);
    const pipeOptions = pipeOptionsFrom(options);
    if (inner.isLocked) throw new ERR_INVALID_STATE.TypeError('The ReadableStream is locked');
    if (destination.isLocked) throw new ERR_INVALID_STATE.TypeError('The WritableStream is locked');
    const { pipeTo } = require('internal/webstreams/pipe');
    markHandled(pipeTo(inner, destination, pipeOptions));
    return readable;
  }

  pipeTo(destination, options = {}) {
    try {
      const inner = ReadableStream.#of(this);
      const { innerOf: innerOfWritable } = require('internal/webstreams/writable');
      const sink = innerOfWritable(destination);
      if (sink === undefined) throw new ERR_INVALID_ARG_TYPE('transform.writable', 'WritableStream', destination);
      const pipeOptions = pipeOptionsFrom(options);
      if (inner.isLocked) throw new ERR_INVALID_STATE.TypeError('The ReadableStream is locked');
      if (sink.isLocked) throw new ERR_INVALID_STATE.TypeError('The WritableStream is locked');
      const { pipeTo } = require('internal/webstreams/pipe');
      return pipeTo(inner, sink, pipeOptions);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  tee() {
    const inner = ReadableStream.#of(this);
    return require('internal/webstreams/tee').tee(inner);
  }

  values(options = undefined) {
    const inner = ReadableStream.#of(this);
    checkDictionary(options, 'options');
    return iteratorOver(inner, Boolean(options?.preventCancel));
  }

  get [kIsDisturbed]() {
    return this.#inner.disturbed;
  }

  get [kIsErrored]() {
    return this.#inner.state === 'errored';
  }

  get [kIsReadable]() {
    return this.#inner.state === 'readable';
  }

  get [kIsClosedPromise]() {
    return this.#inner.whenClosed;
  }

  [kControllerErrorFunction](error) {
    this.#inner.controller.error(error);
  }

  [kInspect](depth, options) {
    const inner = ReadableStream.#of(this);
    return inspectAs(this, this.constructor.name, depth, options, {
      locked: inner.isLocked,
      state: inner.state,
      supportsBYOB: inner.controller.isBytes,
    });
  }
}

function toChunkSize(value) {
  if (value === undefined) return undefined;
  const count = MathTrunc(+value);
  if (!(count >= 0 && count <= NumberMAX_SAFE_INTEGER)) {
    throw new ERR_INVALID_ARG_TYPE('source.autoAllocateChunkSize', 'unsigned long long', value);
  }
  return count;
}

function pipeOptionsFrom(options) {
  checkDictionary(options, 'options');
  const preventAbort = Boolean(options?.preventAbort);
  const preventCancel = Boolean(options?.preventCancel);
  const preventClose = Boolean(options?.preventClose);
  const signal = options?.signal;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  return { preventAbort, preventCancel, preventClose, signal };
}

function makeDefaultController(inner, { start, pull, cancel }, highWaterMark, size) {
  return new DefaultControllerInner(inner, start, pull, cancel, highWaterMark, size);
}

function makeByteController(inner, algorithms, highWaterMark, autoAllocateChunkSize) {
  return new ByteControllerInner(inner, algorithms, highWaterMark, autoAllocateChunkSize, faces);
}

// A stream of the runtime itself, over algorithms instead of an object of the program's.
function createReadableStream(algorithms, highWaterMark = 1, size = undefined) {
  const stream = new ReadableStream(kMake);
  makeDefaultController(innerOf(stream), algorithms, highWaterMark, size);
  return stream;
}

function createReadableByteStream(algorithms) {
  const stream = new ReadableStream(kMake);
  makeByteController(innerOf(stream), algorithms, 0, undefined);
  return stream;
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(ReadableStream, { from: kEnumerable });
ObjectDefineProperties(ReadableStream.prototype, {
  [SymbolAsyncIterator]: {
    __proto__: null, configurable: true, enumerable: false, writable: true, value: ReadableStream.prototype.values,
  },
  locked: kEnumerable,
  cancel: kEnumerable,
  getReader: kEnumerable,
  pipeThrough: kEnumerable,
  pipeTo: kEnumerable,
  tee: kEnumerable,
  values: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'ReadableStream' },
});

module.exports = { ReadableStream, createReadableByteStream, createReadableStream, innerOf, isReadableStream };
