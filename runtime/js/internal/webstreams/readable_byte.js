'use strict';

// The public face of byte sources: ReadableByteStreamController and ReadableStreamBYOBRequest
// (https://streams.spec.whatwg.org/#rbs-controller-class).

const {
  ArrayBufferPrototypeGetByteLength,
  MathTrunc,
  NumberMAX_SAFE_INTEGER,
  ObjectDefineProperties,
  SymbolToStringTag,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_STATE, ERR_INVALID_THIS },
} = require('internal/errors');
const { isArrayBufferView } = require('internal/util/types');
const { checkMake, inspectAs, isDetached, kInspect, kMake } = require('internal/webstreams/util');
const { viewInfo } = require('internal/webstreams/views');

let forget;

class ReadableStreamBYOBRequest {
  #controller;
  #view;

  constructor(token, controller, view) {
    checkMake(token);
    this.#controller = controller;
    this.#view = view;
  }

  static {
    forget = (request) => {
      request.#controller = undefined;
      request.#view = null;
    };
  }

  static #check(that) {
    if (that === null || typeof that !== 'object' || !(#view in that)) {
      throw new ERR_INVALID_THIS('ReadableStreamBYOBRequest');
    }
  }

  get view() {
    ReadableStreamBYOBRequest.#check(this);
    return this.#view;
  }

  respond(bytesWritten) {
    ReadableStreamBYOBRequest.#check(this);
    bytesWritten = toByteCount(bytesWritten);
    if (this.#controller === undefined) {
      throw new ERR_INVALID_STATE.TypeError('This BYOB request has been invalidated');
    }
    const { buffer } = viewInfo(this.#view);
    if (isDetached(buffer)) throw new ERR_INVALID_STATE.TypeError('Viewed ArrayBuffer is detached');
    this.#controller.respond(bytesWritten);
  }

  respondWithNewView(view) {
    ReadableStreamBYOBRequest.#check(this);
    if (!isArrayBufferView(view)) {
      throw new ERR_INVALID_ARG_TYPE('view', ['Buffer', 'TypedArray', 'DataView'], view);
    }
    if (this.#controller === undefined) {
      throw new ERR_INVALID_STATE.TypeError('This BYOB request has been invalidated');
    }
    if (isDetached(viewInfo(view).buffer)) throw new ERR_INVALID_STATE.TypeError('Viewed ArrayBuffer is detached');
    this.#controller.respondWithNewView(view);
  }

  [kInspect](depth, options) {
    return inspectAs(this, this.constructor.name, depth, options, { view: this.view });
  }
}

class ReadableByteStreamController {
  #inner;

  constructor(token, inner) {
    checkMake(token);
    this.#inner = inner;
  }

  static #of(that) {
    if (that === null || typeof that !== 'object' || !(#inner in that)) {
      throw new ERR_INVALID_THIS('ReadableByteStreamController');
    }
    return that.#inner;
  }

  get byobRequest() {
    return ReadableByteStreamController.#of(this).byobRequest?.public ?? null;
  }

  get desiredSize() {
    return ReadableByteStreamController.#of(this).desiredSize;
  }

  close() {
    const inner = ReadableByteStreamController.#of(this);
    checkOpen(inner);
    inner.close();
  }

  enqueue(chunk) {
    const inner = ReadableByteStreamController.#of(this);
    if (!isArrayBufferView(chunk)) {
      throw new ERR_INVALID_ARG_TYPE('chunk', ['Buffer', 'TypedArray', 'DataView'], chunk);
    }
    const { buffer, byteLength } = viewInfo(chunk);
    if (byteLength === 0) throw new ERR_INVALID_STATE.TypeError('chunk ArrayBuffer is zero-length');
    if (ArrayBufferPrototypeGetByteLength(buffer) === 0) throw new ERR_INVALID_STATE.TypeError('chunk ArrayBuffer is zero-length or detached');
    checkOpen(inner);
    inner.enqueue(chunk);
  }

  error(error = undefined) {
    ReadableByteStreamController.#of(this).error(error);
  }

  [kInspect](depth, options) {
    return inspectAs(this, this.constructor.name, depth, options, {});
  }
}

function checkOpen(inner) {
  if (inner.isCloseRequested) throw new ERR_INVALID_STATE.TypeError('Controller is already closed');
  if (inner.stream.state !== 'readable') throw new ERR_INVALID_STATE.TypeError('ReadableStream is already closed');
}

// An unsigned long long that must be in range ([EnforceRange] of Web IDL).
function toByteCount(value) {
  const number = +value;
  const count = MathTrunc(number);
  if (!(count >= 0 && count <= NumberMAX_SAFE_INTEGER)) {
    throw new ERR_INVALID_ARG_TYPE('bytesWritten', 'unsigned long long', value);
  }
  return count;
}

// How the inside makes its public objects.
const faces = {
  controller: (inner) => new ReadableByteStreamController(kMake, inner),
  request(inner, view) {
    const made = new ReadableStreamBYOBRequest(kMake, inner, view);
    return { public: made, invalidate: () => forget(made) };
  },
};

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(ReadableStreamBYOBRequest.prototype, {
  view: kEnumerable,
  respond: kEnumerable,
  respondWithNewView: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'ReadableStreamBYOBRequest' },
});
ObjectDefineProperties(ReadableByteStreamController.prototype, {
  byobRequest: kEnumerable,
  desiredSize: kEnumerable,
  close: kEnumerable,
  enqueue: kEnumerable,
  error: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'ReadableByteStreamController' },
});

module.exports = { ReadableByteStreamController, ReadableStreamBYOBRequest, faces };
