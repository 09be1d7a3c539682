'use strict';

// WritableStream and its writer (https://streams.spec.whatwg.org/#ws-class).

const { FunctionPrototypeCall, ObjectDefineProperties, PromiseReject, SymbolToStringTag } = primordials;
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE, ERR_INVALID_THIS },
} = require('internal/errors');
const {
  kControllerErrorFunction, kIsClosedPromise, kIsErrored, kIsWritable,
} = require('internal/streams/utils');
const { WritableControllerInner } = require('internal/webstreams/writable_controller');
const { WritableInner, WriterInner } = require('internal/webstreams/writable_core');
const {
  callToPromise, checkDictionary, checkObject, highWaterMarkOf, inspectAs, kInspect, kMake, methodOf, sizeOf,
} = require('internal/webstreams/util');

let innerOf;
let isWritableStream;
let isWriter;

class WritableStream {
  #inner = new WritableInner();

  constructor(sink = {}, strategy = {}) {
    this.#inner.public = this;
    if (sink === kMake) return;
    if (sink === null) throw new ERR_INVALID_ARG_VALUE('sink', 'Object', sink);
    checkObject(sink, 'sink');
    checkDictionary(strategy, 'strategy');
    // The order in which a program can see these properties being read is that of the standard.
    const abort = methodOf(sink, 'abort', 'sink');
    const close = methodOf(sink, 'close', 'sink');
    const start = methodOf(sink, 'start', 'sink');
    if (sink.type !== undefined) throw new ERR_INVALID_ARG_VALUE.RangeError('sink.type', sink.type);
    const write = methodOf(sink, 'write', 'sink');
    const size = sizeOf(strategy);
    makeController(this.#inner, {
      start: start && ((inner) => FunctionPrototypeCall(start, sink, inner.public)),
      write: write && ((chunk, inner) => callToPromise(write, sink, [chunk, inner.public])),
      close: close && (() => callToPromise(close, sink, [])),
      abort: abort && ((reason) => callToPromise(abort, sink, [reason])),
    }, highWaterMarkOf(strategy, 1), size);
  }

  static {
    innerOf = (value) => (isWritableStream(value) ? value.#inner : undefined);
    isWritableStream = (value) => value !== null && typeof value === 'object' && #inner in value;
  }

  static #of(that) {
    if (!isWritableStream(that)) throw new ERR_INVALID_THIS('WritableStream');
    return that.#inner;
  }

  get locked() {
    return WritableStream.#of(this).isLocked;
  }

  abort(reason = undefined) {
    if (!isWritableStream(this)) return PromiseReject(new ERR_INVALID_THIS('WritableStream'));
    if (this.#inner.isLocked) return PromiseReject(new ERR_INVALID_STATE.TypeError('WritableStream is locked'));
    return this.#inner.abort(reason);
  }

  close() {
    if (!isWritableStream(this)) return PromiseReject(new ERR_INVALID_THIS('WritableStream'));
    if (this.#inner.isLocked) return PromiseReject(new ERR_INVALID_STATE.TypeError('WritableStream is locked'));
    if (this.#inner.isCloseQueuedOrInFlight) {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('Failure closing WritableStream'));
    }
    return this.#inner.close();
  }

  getWriter() {
    WritableStream.#of(this);
    return new WritableStreamDefaultWriter(this);
  }

  get [kIsErrored]() {
    return this.#inner.state === 'errored';
  }

  get [kIsWritable]() {
    return this.#inner.state === 'writable';
  }

  get [kIsClosedPromise]() {
    return this.#inner.whenClosed;
  }

  [kControllerErrorFunction](error) {
    this.#inner.controller.errorIfNeeded(error);
  }

  [kInspect](depth, options) {
    const inner = WritableStream.#of(this);
    return inspectAs(this, this.constructor.name, depth, options, { locked: inner.isLocked, state: inner.state });
  }
}

class WritableStreamDefaultWriter {
  #inner;

  constructor(stream) {
    const inner = innerOf(stream);
    if (inner === undefined) throw new ERR_INVALID_ARG_TYPE('stream', 'WritableStream', stream);
    this.#inner = new WriterInner(inner);
  }

  static {
    isWriter = (value) => value !== null && typeof value === 'object' && #inner in value;
  }

  get closed() {
    if (!isWriter(this)) return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    return this.#inner.closed.promise;
  }

  get desiredSize() {
    if (!isWriter(this)) throw new ERR_INVALID_THIS('WritableStreamDefaultWriter');
    if (this.#inner.stream === undefined) throw notBound();
    return this.#inner.desiredSize;
  }

  get ready() {
    if (!isWriter(this)) return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    return this.#inner.ready.promise;
  }

  abort(reason = undefined) {
    if (!isWriter(this)) return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    if (this.#inner.stream === undefined) return PromiseReject(notBound());
    return this.#inner.stream.abort(reason);
  }

  close() {
    if (!isWriter(this)) return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    const { stream } = this.#inner;
    if (stream === undefined) return PromiseReject(notBound());
    if (stream.isCloseQueuedOrInFlight) {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('Failure to close WritableStream'));
    }
    return stream.close();
  }

  releaseLock() {
    if (!isWriter(this)) throw new ERR_INVALID_THIS('WritableStreamDefaultWriter');
    if (this.#inner.stream !== undefined) this.#inner.release();
  }

  write(chunk = undefined) {
    if (!isWriter(this)) return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    if (this.#inner.stream === undefined) return PromiseReject(notBound());
    return this.#inner.write(chunk);
  }

  [kInspect](depth, options) {
    if (!isWriter(this)) throw new ERR_INVALID_THIS('WritableStreamDefaultWriter');
    return inspectAs(this, this.constructor.name, depth, options, {
      stream: this.#inner.stream?.public,
      close: this.#inner.closed.promise,
      ready: this.#inner.ready.promise,
      desiredSize: this.#inner.stream === undefined ? undefined : this.#inner.desiredSize,
    });
  }
}

function notBound() {
  return new ERR_INVALID_STATE.TypeError('Writer is not bound to a WritableStream');
}

function makeController(inner, algorithms, highWaterMark, size) {
  return new WritableControllerInner(inner, algorithms, highWaterMark, size);
}

// A stream of the runtime itself, over algorithms instead of an object of the program's.
function createWritableStream(algorithms, highWaterMark = 1, size = undefined) {
  const stream = new WritableStream(kMake);
  makeController(innerOf(stream), algorithms, highWaterMark, size);
  return stream;
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(WritableStream.prototype, {
  locked: kEnumerable,
  abort: kEnumerable,
  close: kEnumerable,
  getWriter: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'WritableStream' },
});
ObjectDefineProperties(WritableStreamDefaultWriter.prototype, {
  closed: kEnumerable,
  ready: kEnumerable,
  desiredSize: kEnumerable,
  abort: kEnumerable,
  close: kEnumerable,
  releaseLock: kEnumerable,
  write: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'WritableStreamDefaultWriter' },
});

module.exports = { WritableStream, WritableStreamDefaultWriter, createWritableStream, innerOf, isWritableStream };
