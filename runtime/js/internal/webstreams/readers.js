'use strict';

// ReadableStreamDefaultReader and ReadableStreamBYOBReader (https://streams.spec.whatwg.org/#default-reader-class).

const {
  ArrayBufferPrototypeGetByteLength,
  MathTrunc,
  NumberMAX_SAFE_INTEGER,
  ObjectDefineProperties,
  PromiseReject,
  SymbolToStringTag,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE, ERR_INVALID_THIS },
} = require('internal/errors');
const { isArrayBufferView } = require('internal/util/types');
const { ReadRequest, ReaderInner } = require('internal/webstreams/readable_core');
const { checkDictionary, inspectAs, isDetached, kInspect } = require('internal/webstreams/util');
const { viewInfo } = require('internal/webstreams/views');

function innerStream(stream) {
  const inner = require('internal/webstreams/readable').innerOf(stream);
  if (inner === undefined) throw new ERR_INVALID_ARG_TYPE('stream', 'ReadableStream', stream);
  return inner;
}

let isReader;
let isByobReader;

class ReadableStreamDefaultReader {
  #inner;

  constructor(stream) {
    this.#inner = new ReaderInner(innerStream(stream), false);
  }

  get closed() {
    if (!isReader(this)) return PromiseReject(new ERR_INVALID_THIS('ReadableStreamDefaultReader'));
    return this.#inner.closed.promise;
  }

  cancel(reason = undefined) {
    if (!isReader(this)) return PromiseReject(new ERR_INVALID_THIS('ReadableStreamDefaultReader'));
    if (this.#inner.stream === undefined) return PromiseReject(notAttached());
    return this.#inner.cancel(reason);
  }

  read() {
    if (!isReader(this)) return PromiseReject(new ERR_INVALID_THIS('ReadableStreamDefaultReader'));
    if (this.#inner.stream === undefined) return PromiseReject(notAttached());
    const request = new ReadRequest();
    this.#inner.read(request);
    return request.promise;
  }

  releaseLock() {
    if (!isReader(this)) throw new ERR_INVALID_THIS('ReadableStreamDefaultReader');
    this.#inner.releaseIfAttached();
  }

  [kInspect](depth, options) {
    return inspectAs(this, this.constructor.name, depth, options, this.#inner.shown());
  }

  static {
    isReader = (value) => value !== null && typeof value === 'object' && #inner in value;
  }
}

class ReadableStreamBYOBReader {
  #inner;

  constructor(stream) {
    this.#inner = new ReaderInner(innerStream(stream), true);
  }

  get closed() {
    if (!isByobReader(this)) return PromiseReject(new ERR_INVALID_THIS('ReadableStreamBYOBReader'));
    return this.#inner.closed.promise;
  }

  cancel(reason = undefined) {
    if (!isByobReader(this)) return PromiseReject(new ERR_INVALID_THIS('ReadableStreamBYOBReader'));
    if (this.#inner.stream === undefined) return PromiseReject(notAttached());
    return this.#inner.cancel(reason);
  }

  async read(view, options = undefined) {
    if (!isByobReader(this)) throw new ERR_INVALID_THIS('ReadableStreamBYOBReader');
    if (!isArrayBufferView(view)) {
      throw new ERR_INVALID_ARG_TYPE('view', ['Buffer', 'TypedArray', 'DataView'], view);
    }
    checkDictionary(options, 'options');
    const min = toMinimum(options?.min);
    const { buffer, byteLength, elementSize } = viewInfo(view);
    if (byteLength === 0) throw new ERR_INVALID_STATE.TypeError('View is zero-length');
    if (ArrayBufferPrototypeGetByteLength(buffer) === 0) {
      throw new ERR_INVALID_STATE.TypeError('Viewed ArrayBuffer is zero-length or detached');
    }
    if (isDetached(buffer)) throw new ERR_INVALID_STATE.TypeError('Viewed ArrayBuffer is detached');
    if (min === 0) throw new ERR_INVALID_ARG_VALUE('options.min', min, 'must be greater than 0');
    if (min > byteLength / elementSize) {
      throw new (ERR_INVALID_ARG_VALUE.RangeError)('options.min', min, 'must not exceed the length of the view');
    }
    if (this.#inner.stream === undefined) throw notAttached();

    const { stream } = this.#inner;
    const request = new ReadRequest();
    stream.disturbed = true;
    if (stream.state === 'errored') request.fail(stream.storedError);
    else stream.controller.pullInto(view, min, request);
    return request.promise;
  }

  releaseLock() {
    if (!isByobReader(this)) throw new ERR_INVALID_THIS('ReadableStreamBYOBReader');
    this.#inner.releaseIfAttached();
  }

  [kInspect](depth, options) {
    return inspectAs(this, this.constructor.name, depth, options, this.#inner.shown());
  }

  static {
    isByobReader = (value) => value !== null && typeof value === 'object' && #inner in value;
  }
}

function notAttached() {
  return new ERR_INVALID_STATE.TypeError('The reader is not attached to a stream');
}

function toMinimum(value) {
  if (value === undefined) return 1;
  const count = MathTrunc(+value);
  if (!(count >= 0 && count <= NumberMAX_SAFE_INTEGER)) {
    throw new ERR_INVALID_ARG_VALUE('options.min', value, 'must be an unsigned long long');
  }
  return count;
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(ReadableStreamDefaultReader.prototype, {
  closed: kEnumerable,
  read: kEnumerable,
  releaseLock: kEnumerable,
  cancel: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'ReadableStreamDefaultReader' },
});
ObjectDefineProperties(ReadableStreamBYOBReader.prototype, {
  closed: kEnumerable,
  read: kEnumerable,
  releaseLock: kEnumerable,
  cancel: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'ReadableStreamBYOBReader' },
});

module.exports = { ReadableStreamBYOBReader, ReadableStreamDefaultReader };
