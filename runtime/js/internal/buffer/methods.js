// Buffer's methods on bytes: copy, compare, fill, slice, swap, and those that write and read strings.
'use strict';

const {
  MathTrunc,
  NumberIsNaN,
  NumberMAX_SAFE_INTEGER,
  ObjectDefineProperty,
  RangeError,
  StringPrototypeCharCodeAt,
  TypedArrayPrototypeFill,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
} = primordials;
const {
  codes: {
    ERR_BUFFER_OUT_OF_BOUNDS,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_BUFFER_SIZE,
    ERR_OUT_OF_RANGE,
    ERR_UNKNOWN_ENCODING,
  },
} = require('internal/errors');
const { validateInteger, validateNumber, validateString } = require('internal/validators');
const { isArrayBufferView, isUint8Array } = require('internal/util/types');
const { find, latin1, utf8 } = require('internal/buffer/encodings');
const { FastBuffer, allocateUnpooled } = require('internal/buffer/memory');
const native = binding('buffer');

const ASCII_END = 0x80;
const LATIN1_END = 0x100;
const BYTES = ['Buffer', 'Uint8Array'];

function validateOffset(value, name, min = 0, max = NumberMAX_SAFE_INTEGER) {
  validateInteger(value, name, min, max);
}

/** `value` as an integer, `fallback` if it is no number. */
function toInteger(value, fallback) {
  value = +value;
  return NumberIsNaN(value) ? fallback : MathTrunc(value);
}

/** Copies bytes between views and returns how many. */
function copyBytes(source, target, targetStart, sourceStart, sourceEnd) {
  if (!isArrayBufferView(source)) throw new ERR_INVALID_ARG_TYPE('source', BYTES, source);
  if (!isArrayBufferView(target)) throw new ERR_INVALID_ARG_TYPE('target', BYTES, target);
  const sourceLength = source.byteLength;

  if (targetStart === undefined) {
    targetStart = 0;
  } else {
    targetStart = toInteger(targetStart, 0);
    if (targetStart < 0) throw new ERR_OUT_OF_RANGE('targetStart', '>= 0', targetStart);
  }
  if (sourceStart === undefined) {
    sourceStart = 0;
  } else {
    sourceStart = toInteger(sourceStart, 0);
    if (sourceStart < 0 || sourceStart > sourceLength) {
      throw new ERR_OUT_OF_RANGE('sourceStart', `>= 0 && <= ${sourceLength}`, sourceStart);
    }
  }
  if (sourceEnd === undefined) {
    sourceEnd = sourceLength;
  } else {
    sourceEnd = toInteger(sourceEnd, 0);
    if (sourceEnd < 0) throw new ERR_OUT_OF_RANGE('sourceEnd', '>= 0', sourceEnd);
  }
  if (targetStart >= target.byteLength || sourceStart >= sourceEnd) return 0;
  return native.copy(source, target, targetStart, sourceStart, sourceEnd - sourceStart);
}

function copy(target, targetStart, sourceStart, sourceEnd) {
  return copyBytes(this, target, targetStart, sourceStart, sourceEnd);
}

function equals(otherBuffer) {
  if (!isUint8Array(otherBuffer)) throw new ERR_INVALID_ARG_TYPE('otherBuffer', BYTES, otherBuffer);
  if (this === otherBuffer) return true;
  const length = TypedArrayPrototypeGetByteLength(this);
  if (length !== TypedArrayPrototypeGetByteLength(otherBuffer)) return false;
  return length === 0 || native.compare(this, otherBuffer) === 0;
}

function compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
  if (!isUint8Array(target)) throw new ERR_INVALID_ARG_TYPE('target', BYTES, target);
  if (targetStart === undefined && targetEnd === undefined && sourceStart === undefined && sourceEnd === undefined) {
    return native.compare(this, target);
  }
  if (targetStart === undefined) targetStart = 0;
  else validateOffset(targetStart, 'targetStart');
  if (targetEnd === undefined) targetEnd = target.length;
  else validateOffset(targetEnd, 'targetEnd', 0, target.length);
  if (sourceStart === undefined) sourceStart = 0;
  else validateOffset(sourceStart, 'sourceStart');
  if (sourceEnd === undefined) sourceEnd = this.length;
  else validateOffset(sourceEnd, 'sourceEnd', 0, this.length);

  if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
  if (targetStart >= targetEnd) return 1;
  return native.compareOffset(
    this, target, targetStart, sourceStart, targetEnd - targetStart, sourceEnd - sourceStart);
}

/** Fills `buffer` from `offset` to `end` with a byte, the bytes of a string, or those of a view. */
function fillBytes(buffer, value, offset, end, encoding) {
  const length = buffer.length;
  let operations = utf8;
  if (typeof value === 'string') {
    if (offset === undefined || typeof offset === 'string') {
      encoding = offset;
      offset = undefined;
      end = undefined;
    } else if (typeof end === 'string') {
      encoding = end;
      end = undefined;
    }
    if (encoding !== undefined) {
      validateString(encoding, 'encoding');
      operations = encoding === '' ? utf8 : find(encoding);
      if (operations === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    }
  }

  if (offset === undefined) {
    offset = 0;
    end = length;
  } else {
    validateOffset(offset, 'offset');
    if (end === undefined) end = length;
    else validateOffset(end, 'end', 0, length);
    if (offset >= end) return buffer;
  }

  // Users can make `length` lie.
  if (end > TypedArrayPrototypeGetByteLength(buffer)) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  if (typeof value === 'string') {
    const byte = singleByte(value, operations);
    if (byte !== -1) return TypedArrayPrototypeFill(buffer, byte, offset, end);
    const pattern = allocateUnpooled(operations.byteLength(value));
    const written = operations.write(pattern, value, 0, pattern.length);
    if (written === 0) throw new ERR_INVALID_ARG_VALUE('value', value);
    native.fillBytes(buffer, pattern.subarray(0, written), offset, end);
  } else if (isArrayBufferView(value)) {
    if (value.byteLength === 0) throw new ERR_INVALID_ARG_VALUE('value', value);
    native.fillBytes(buffer, value, offset, end);
  } else {
    TypedArrayPrototypeFill(buffer, value & 0xff, offset, end);
  }
  return buffer;
}

/** The byte that all of `string` stands for when it is filled with, else -1. */
function singleByte(string, operations) {
  if (string.length === 0) return 0;
  if (string.length !== 1) return -1;
  const code = StringPrototypeCharCodeAt(string, 0);
  if (operations === utf8 ? code < ASCII_END : operations === latin1 && code < LATIN1_END) return code;
  return -1;
}

function fill(value, offset, end, encoding) {
  return fillBytes(this, value, offset, end, encoding);
}

function write(string, offset, length, encoding) {
  const bytes = this.length;
  if (offset === undefined) return native.utf8Write(this, string, 0, bytes);
  if (length === undefined && typeof offset === 'string') {
    encoding = offset;
    length = bytes;
    offset = 0;
  } else {
    validateOffset(offset, 'offset', 0, bytes);
    const rest = bytes - offset;
    if (length === undefined) {
      length = rest;
    } else if (typeof length === 'string') {
      encoding = length;
      length = rest;
    } else {
      validateOffset(length, 'length', 0, bytes);
      if (length > rest) length = rest;
    }
  }
  if (!encoding || encoding === 'utf8' || encoding === 'utf-8') return native.utf8Write(this, string, offset, length);
  const operations = find(encoding);
  if (operations === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return operations.write(this, string, offset, length);
}

function toString(encoding, start, end) {
  if (arguments.length === 0) return native.utf8Slice(this, 0, this.length);
  const length = this.length;
  if (start <= 0) start = 0;
  else if (start >= length) return '';
  else start = MathTrunc(start) || 0;
  if (end === undefined || end > length) end = length;
  else end = MathTrunc(end) || 0;
  if (end <= start) return '';

  if (encoding === undefined) return native.utf8Slice(this, start, end);
  const operations = find(encoding);
  if (operations === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return operations.slice(this, start, end);
}

function toJSON() {
  const data = [];
  for (let i = 0; i < this.length; i++) data[i] = this[i];
  return { type: 'Buffer', data };
}

/** `offset` counted from the end if negative, kept within `length`; what is no number is 0. */
function clampOffset(offset, length) {
  offset = MathTrunc(offset);
  if (offset === 0 || NumberIsNaN(offset)) return 0;
  if (offset < 0) return offset + length > 0 ? offset + length : 0;
  return offset < length ? offset : length;
}

function subarray(start, end) {
  const length = this.length;
  start = clampOffset(start, length);
  end = end !== undefined ? clampOffset(end, length) : length;
  return new FastBuffer(
    TypedArrayPrototypeGetBuffer(this), TypedArrayPrototypeGetByteOffset(this) + start, end > start ? end - start : 0);
}

function slice(start, end) {
  return this.subarray(start, end);
}

function swap16() {
  if (this.length % 2 !== 0) throw new ERR_INVALID_BUFFER_SIZE('16-bits');
  return native.swap16(this);
}

function swap32() {
  if (this.length % 4 !== 0) throw new ERR_INVALID_BUFFER_SIZE('32-bits');
  return native.swap32(this);
}

function swap64() {
  if (this.length % 8 !== 0) throw new ERR_INVALID_BUFFER_SIZE('64-bits');
  return native.swap64(this);
}

function indexOutOfRange() {
  const error = new RangeError('Index out of range');
  error.code = 'ERR_OUT_OF_RANGE';
  return error;
}

/** `asciiSlice(start, end)` and its like, which Node shows although it does not document them. */
function sliceMethod(name, read) {
  return {
    [name](start = 0, end = this.length) {
      if (end < start) end = start;
      if (start < 0 || end > this.length) throw indexOutOfRange();
      return read(this, start, end);
    },
  }[name];
}

/** `asciiWrite(string, offset, length)` and its like. */
function writeMethod(name, put) {
  return {
    [name](string, offset = 0, length = this.byteLength - offset) {
      if (offset < 0 || offset > this.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
      if (length < 0 || length > this.byteLength - offset) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
      return put(this, string, offset, length);
    },
  }[name];
}

function installRaw(prototype) {
  const names = ['ascii', 'base64', 'base64url', 'latin1', 'hex', 'ucs2', 'utf8'];
  for (let i = 0; i < names.length; i++) {
    const operations = find(names[i]);
    const read = `${names[i]}Slice`;
    prototype[read] = sliceMethod(read, operations.slice);
    const put = `${names[i]}Write`;
    prototype[put] = writeMethod(put, operations.write);
  }
}

function installMethods(prototype) {
  installRaw(prototype);
  ObjectDefineProperty(prototype, 'parent', {
    __proto__: null,
    enumerable: true,
    get() { return isUint8Array(this) ? TypedArrayPrototypeGetBuffer(this) : undefined; },
  });
  ObjectDefineProperty(prototype, 'offset', {
    __proto__: null,
    enumerable: true,
    get() { return isUint8Array(this) ? TypedArrayPrototypeGetByteOffset(this) : undefined; },
  });
  prototype.copy = copy;
  prototype.toString = toString;
  prototype.equals = equals;
  prototype.compare = compare;
  prototype.fill = fill;
  prototype.write = write;
  prototype.toJSON = toJSON;
  prototype.subarray = subarray;
  prototype.slice = slice;
  prototype.swap16 = swap16;
  prototype.swap32 = swap32;
  prototype.swap64 = swap64;
  prototype.toLocaleString = toString;
}

module.exports = { BYTES, copyBytes, fillBytes, installMethods, validateOffset };
