'use strict';

// CompressionStream and DecompressionStream (https://compression.spec.whatwg.org/): a zlib stream as a pair of web streams.

const { ArrayBufferIsView, FunctionPrototypeCall, ObjectAssign, ObjectDefineProperties, SymbolToStringTag, TypeError } = primordials;
const { Transform } = require('stream');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_STREAM_NULL_VALUES } } = require('internal/errors');
const { isAnyArrayBuffer, isSharedArrayBuffer } = require('internal/util/types');
const { newReadableWritablePairFromDuplex } = require('internal/webstreams/adapters');
const { inspectAs, kInspect } = require('internal/webstreams/util');

const compressors = {
  __proto__: null,
  'deflate': (zlib) => zlib.createDeflate(),
  'deflate-raw': (zlib) => zlib.createDeflateRaw(),
  'gzip': (zlib) => zlib.createGzip(),
  'brotli': (zlib) => zlib.createBrotliCompress(),
};

// Bytes behind the end of the compressed ones are an error.
const strict = { rejectGarbageAfterEnd: true };
const decompressors = {
  __proto__: null,
  'deflate': (zlib) => zlib.createInflate(strict),
  'deflate-raw': (zlib) => zlib.createInflateRaw(strict),
  'gzip': (zlib) => zlib.createGunzip(strict),
  'brotli': (zlib) => zlib.createBrotliDecompress(strict),
};

function makePair(makers, format, name) {
  const make = makers[`${format}`];
  if (make === undefined) {
    const error = new ERR_INVALID_ARG_VALUE('format', format);
    error.message = `Failed to construct '${name}': 1st argument '${format}' is not a valid enum value of type CompressionFormat.`;
    throw error;
  }
  const stream = make(require('zlib'));
  stream.destroy = destroyWithTypeError;
  return newReadableWritablePairFromDuplex(stream, { validateChunk });
}

// Bytes that can't be read are a TypeError to web code; its code stays zlib's.
function destroyWithTypeError(error, callback) {
  if (error?.errno !== undefined) {
    const { code, errno } = error;
    error = ObjectAssign(new TypeError(error.message, { cause: error }), { errno, code });
  }
  return FunctionPrototypeCall(Transform.prototype.destroy, this, error, callback);
}

// Text is taken as in Node, which is more than the standard asks for.
function validateChunk(chunk) {
  if (typeof chunk === 'string') return;
  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
  const isBytes = ArrayBufferIsView(chunk) ? !isSharedArrayBuffer(chunk.buffer) :
    isAnyArrayBuffer(chunk) && !isSharedArrayBuffer(chunk);
  if (!isBytes) throw new ERR_INVALID_ARG_TYPE('chunk', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], chunk);
}

class CompressionStream {
  #pair;

  constructor(format) {
    this.#pair = makePair(compressors, format, 'CompressionStream');
  }

  get readable() {
    return this.#pair.readable;
  }

  get writable() {
    return this.#pair.writable;
  }

  [kInspect](depth, options) {
    return inspectAs(this, 'CompressionStream', depth, options, { readable: this.readable, writable: this.writable });
  }
}

class DecompressionStream {
  #pair;

  constructor(format) {
    this.#pair = makePair(decompressors, format, 'DecompressionStream');
  }

  get readable() {
    return this.#pair.readable;
  }

  get writable() {
    return this.#pair.writable;
  }

  [kInspect](depth, options) {
    return inspectAs(this, 'DecompressionStream', depth, options, { readable: this.readable, writable: this.writable });
  }
}

const enumerable = { __proto__: null, enumerable: true };
for (const made of [CompressionStream, DecompressionStream]) {
  ObjectDefineProperties(made.prototype, {
    readable: enumerable,
    writable: enumerable,
    [SymbolToStringTag]: { __proto__: null, configurable: true, value: made.name },
  });
}

module.exports = { CompressionStream, DecompressionStream };
