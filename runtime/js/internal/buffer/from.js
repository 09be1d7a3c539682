// Buffer.from: strings, array buffers, arrays, and objects that stand for one of them.
'use strict';

const {
  ArrayIsArray,
  SymbolToPrimitive,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSubarray,
} = primordials;
const {
  codes: { ERR_BUFFER_OUT_OF_BOUNDS, ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING },
} = require('internal/errors');
const { isAnyArrayBuffer } = require('internal/util/types');
const { find, utf8 } = require('internal/buffer/encodings');
const { FastBuffer, allocate, allocateUnpooled, isPooled, pool, reserve, take } = require('internal/buffer/memory');
const { byteLengthUtf8, utf8Write } = binding('buffer');

/** UTF-8 takes at most this many bytes for a UTF-16 unit. */
const UTF8_BYTES_PER_UNIT = 3;

/** `Buffer.from(value, encodingOrOffset, length)`, without the deprecated numbers. */
function fromValue(value, encodingOrOffset, length) {
  if (typeof value === 'string') return fromString(value, encodingOrOffset);

  if (typeof value === 'object' && value !== null) {
    if (isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);

    const inner = value.valueOf && value.valueOf();
    if (inner != null && inner !== value && (typeof inner === 'string' || typeof inner === 'object')) {
      return fromValue(inner, encodingOrOffset, length);
    }

    const buffer = fromObject(value);
    if (buffer !== undefined) return buffer;

    if (typeof value[SymbolToPrimitive] === 'function') {
      const primitive = value[SymbolToPrimitive]('string');
      if (typeof primitive === 'string') return fromString(primitive, encodingOrOffset);
    }
  }

  throw new ERR_INVALID_ARG_TYPE(
    'first argument', ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'], value);
}

function fromString(string, encoding) {
  if (typeof encoding !== 'string' || encoding.length === 0) return fromUtf8(string);
  const operations = find(encoding);
  if (operations === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  if (operations === utf8) return fromUtf8(string);
  if (string.length === 0) return new FastBuffer();

  const length = operations.byteLength(string);
  if (isPooled(length)) {
    const start = reserve(length);
    return take(operations.write(pool.bytes, string, start, length));
  }
  const buffer = allocateUnpooled(length);
  const written = operations.write(buffer, string, 0, length);
  return written === length ? buffer : TypedArrayPrototypeSubarray(buffer, 0, written);
}

/** Short strings are written to the pool first, and what they took is known afterwards. */
function fromUtf8(string) {
  if (string.length === 0) return new FastBuffer();
  const lengthMax = string.length * UTF8_BYTES_PER_UNIT;
  if (isPooled(lengthMax)) {
    const start = reserve(lengthMax);
    return take(utf8Write(pool.bytes, string, start, lengthMax));
  }
  const length = byteLengthUtf8(string);
  const buffer = allocate(length);
  utf8Write(buffer, string, 0, length);
  return buffer;
}

function fromArrayBuffer(arrayBuffer, byteOffset, length) {
  if (byteOffset === undefined) {
    byteOffset = 0;
  } else {
    byteOffset = +byteOffset;
    if (byteOffset !== byteOffset) byteOffset = 0;
  }
  const lengthMax = arrayBuffer.byteLength - byteOffset;
  if (lengthMax < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');

  if (length !== undefined) {
    length = +length;
    if (!(length > 0)) length = 0;
    else if (length > lengthMax) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
  }
  return new FastBuffer(arrayBuffer, byteOffset, length);
}

/** The bytes of an array-like or of what `toJSON` made; undefined if `object` is neither. */
function fromObject(object) {
  if (object.length !== undefined || isAnyArrayBuffer(object.buffer)) {
    return typeof object.length === 'number' ? fromArrayLike(object) : new FastBuffer();
  }
  if (object.type === 'Buffer' && ArrayIsArray(object.data)) return fromArrayLike(object.data);
  return undefined;
}

function fromArrayLike(array) {
  if (array.length <= 0) return new FastBuffer();
  if (!isPooled(array.length)) return new FastBuffer(array);
  const buffer = allocate(array.length);
  TypedArrayPrototypeSet(buffer, array, 0);
  return buffer;
}

module.exports = { fromArrayLike, fromValue };
