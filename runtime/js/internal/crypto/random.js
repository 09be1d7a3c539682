// Random bytes, integers, UUIDs and primes.
'use strict';

const {
  Array, ArrayBufferIsView, ArrayPrototypeIncludes, Date, MathMin, NumberIsNaN, NumberIsSafeInteger,
  TypedArrayPrototypeGetSymbolToStringTag, Uint8Array,
} = primordials;

const { Buffer, kMaxLength } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_OPERATION_FAILED, ERR_OUT_OF_RANGE } } = require('internal/errors');
const {
  validateBoolean, validateFunction, validateInt32, validateNumber, validateObject,
} = require('internal/validators');
const {
  fromBigEndian, isAnyArrayBuffer, native, settle, toBigEndian, toBuffer,
} = require('internal/crypto/util');

const MAX_INT32 = 2 ** 31 - 1;
const MAX_POSSIBLE = MathMin(kMaxLength, MAX_INT32);
const RANDOM_RANGE = 0xffff_ffff_ffff;
// Bytes of randomness kept for small needs.
const POOL_BYTES = 4096;
const QUOTA_BYTES = 65536;

function checkSize(size, elementSize, offset, length) {
  validateNumber(size, 'size');
  size *= elementSize;
  if (NumberIsNaN(size) || size > MAX_POSSIBLE || size < 0) {
    throw new ERR_OUT_OF_RANGE('size', `>= 0 && <= ${MAX_POSSIBLE}`, size);
  }
  if (size + offset > length) throw new ERR_OUT_OF_RANGE('size + offset', `<= ${length}`, size + offset);
  return size >>> 0;
}

function checkOffset(offset, elementSize, length) {
  validateNumber(offset, 'offset');
  offset *= elementSize;
  const max = MathMin(length, MAX_POSSIBLE);
  if (NumberIsNaN(offset) || offset > max || offset < 0) throw new ERR_OUT_OF_RANGE('offset', `>= 0 && <= ${max}`, offset);
  return offset >>> 0;
}

function randomBytes(size, callback) {
  size = checkSize(size, 1, 0, Infinity);
  if (callback === undefined) {
    const buffer = Buffer.alloc(size);
    if (size > 0) native.randomFill(buffer, 0, size);
    return buffer;
  }
  validateFunction(callback, 'callback');
  native.randomBytes(size, settle(callback, toBuffer, this));
}

function checkTarget(buffer) {
  if (!isAnyArrayBuffer(buffer) && !ArrayBufferIsView(buffer)) {
    throw new ERR_INVALID_ARG_TYPE('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  }
}

function viewOf(buffer) {
  return isAnyArrayBuffer(buffer) ? new Uint8Array(buffer) : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function randomFillSync(buffer, offset = 0, size) {
  checkTarget(buffer);
  const elementSize = buffer.BYTES_PER_ELEMENT || 1;
  offset = checkOffset(offset, elementSize, buffer.byteLength);
  if (size === undefined) size = buffer.byteLength - offset;
  else size = checkSize(size, elementSize, offset, buffer.byteLength);
  if (size > 0) native.randomFill(viewOf(buffer), offset, size);
  return buffer;
}

function randomFill(buffer, offset, size, callback) {
  checkTarget(buffer);
  const elementSize = buffer.BYTES_PER_ELEMENT || 1;
  if (typeof offset === 'function') {
    callback = offset;
    offset = 0;
    size = buffer.length;
  } else if (typeof size === 'function') {
    callback = size;
    size = buffer.length - offset;
  } else {
    validateFunction(callback, 'callback');
  }
  offset = checkOffset(offset, elementSize, buffer.byteLength);
  if (size === undefined) size = buffer.byteLength - offset;
  else size = checkSize(size, elementSize, offset, buffer.byteLength);
  if (size === 0) {
    require('process').nextTick(callback, null, buffer);
    return;
  }
  native.randomBytes(size, settle(callback, (bytes) => {
    viewOf(buffer).set(bytes, offset);
    return buffer;
  }));
}

let pool;
let poolAt = POOL_BYTES;

// `bytes` fresh random bytes of the pool; the caller reads them at once.
function take(bytes) {
  if (poolAt + bytes > POOL_BYTES) {
    pool ??= Buffer.alloc(POOL_BYTES);
    native.randomFill(pool, 0, POOL_BYTES);
    poolAt = 0;
  }
  poolAt += bytes;
  return poolAt - bytes;
}

function randomInt(min, max, callback) {
  const noMin = max === undefined || typeof max === 'function';
  if (noMin) {
    callback = max;
    max = min;
    min = 0;
  }
  const isSync = callback === undefined;
  if (!isSync) validateFunction(callback, 'callback');
  if (!NumberIsSafeInteger(min)) throw new ERR_INVALID_ARG_TYPE('min', 'a safe integer', min);
  if (!NumberIsSafeInteger(max)) throw new ERR_INVALID_ARG_TYPE('max', 'a safe integer', max);
  if (max <= min) throw new ERR_OUT_OF_RANGE('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (!(range <= RANDOM_RANGE)) {
    if (noMin) throw new ERR_OUT_OF_RANGE('max', `<= ${RANDOM_RANGE}`, max);
    throw new ERR_OUT_OF_RANGE('max - min', `<= ${RANDOM_RANGE}`, range);
  }
  // Numbers above the last multiple of the range would make the small results likelier.
  const limit = RANDOM_RANGE - (RANDOM_RANGE % range);
  for (;;) {
    const at = take(6);
    const x = pool.readUIntBE(at, 6);
    pool.fill(0, at, at + 6);
    if (x >= limit) continue;
    const n = (x % range) + min;
    if (isSync) return n;
    require('process').nextTick(callback, undefined, n);
    return;
  }
}

const kHexBytes = new Array(256);
for (let i = 0; i < 256; i++) kHexBytes[i] = (i < 16 ? '0' : '') + i.toString(16);

function uuidOf(bytes, at, versionByte) {
  const b = bytes;
  const h = kHexBytes;
  return h[b[at]] + h[b[at + 1]] + h[b[at + 2]] + h[b[at + 3]] + '-' + h[b[at + 4]] + h[b[at + 5]] + '-' +
    h[(b[at + 6] & 0x0f) | versionByte] + h[b[at + 7]] + '-' + h[(b[at + 8] & 0x3f) | 0x80] + h[b[at + 9]] + '-' +
    h[b[at + 10]] + h[b[at + 11]] + h[b[at + 12]] + h[b[at + 13]] + h[b[at + 14]] + h[b[at + 15]];
}

function randomUUID(options) {
  let fresh = false;
  if (options !== undefined) {
    validateObject(options, 'options');
    if (options.disableEntropyCache !== undefined) {
      validateBoolean(options.disableEntropyCache, 'options.disableEntropyCache');
      fresh = options.disableEntropyCache;
    }
  }
  if (fresh) return uuidOf(randomBytes(16), 0, 0x40);
  const at = take(16);
  return uuidOf(pool, at, 0x40);
}

// RFC 9562, version 7: 48 bits of milliseconds, then randomness.
function randomUUIDv7(options) {
  let fresh = false;
  if (options !== undefined) {
    validateObject(options, 'options');
    if (options.disableEntropyCache !== undefined) {
      validateBoolean(options.disableEntropyCache, 'options.disableEntropyCache');
      fresh = options.disableEntropyCache;
    }
  }
  let bytes;
  let at = 0;
  if (fresh) {
    bytes = randomBytes(16);
  } else {
    at = take(16);
    bytes = pool;
  }
  bytes.writeUIntBE(Date.now(), at, 6);
  return uuidOf(bytes, at, 0x70);
}

function primeOptions(size, options) {
  validateInt32(size, 'size', 1);
  validateObject(options, 'options');
  const { safe = false, bigint = false } = options;
  let { add, rem } = options;
  validateBoolean(safe, 'options.safe');
  validateBoolean(bigint, 'options.bigint');
  add = primeNumber(add, 'options.add');
  rem = primeNumber(rem, 'options.rem');
  const map = bigint ? fromBigEndian : (bytes) => bytes.buffer;
  return { safe, add, rem, map };
}

function primeNumber(value, name) {
  if (value === undefined) return undefined;
  if (typeof value === 'bigint') {
    if (value < 0) throw new ERR_OUT_OF_RANGE(name, '>= 0', value);
    return toBigEndian(value);
  }
  if (!isAnyArrayBuffer(value) && !ArrayBufferIsView(value)) {
    throw new ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView', 'bigint'], value);
  }
  return viewOf(value);
}

function generatePrime(size, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = {};
  }
  validateFunction(callback, 'callback');
  const { safe, add, rem, map } = primeOptions(size, options);
  native.generatePrime(size, safe, add, rem, settle(callback, map));
}

function generatePrimeSync(size, options = {}) {
  const { safe, add, rem, map } = primeOptions(size, options);
  return map(native.generatePrime(size, safe, add, rem));
}

function checkPrimeArguments(candidate, options) {
  if (typeof candidate === 'bigint') {
    if (candidate < 0) throw new ERR_OUT_OF_RANGE('candidate', '>= 0', candidate);
    candidate = toBigEndian(candidate);
  } else if (!isAnyArrayBuffer(candidate) && !ArrayBufferIsView(candidate)) {
    throw new ERR_INVALID_ARG_TYPE('candidate', ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView', 'bigint'], candidate);
  }
  validateObject(options, 'options');
  const { checks = 0 } = options;
  validateInt32(checks, 'options.checks', 0);
  const bytes = ArrayBufferIsView(candidate) || isAnyArrayBuffer(candidate) ? viewOf(candidate) : candidate;
  if (bytes.byteLength > MAX_POSSIBLE / 8) throw new ERR_OPERATION_FAILED('BignumFromBinary');
  return { bytes, checks };
}

function checkPrime(candidate, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = {};
  }
  options ??= {};
  validateFunction(callback, 'callback');
  const { bytes, checks } = checkPrimeArguments(candidate, options);
  native.checkPrime(bytes, checks, settle(callback));
}

function checkPrimeSync(candidate, options = {}) {
  const { bytes, checks } = checkPrimeArguments(candidate, options);
  return native.checkPrime(bytes, checks);
}

const kIntegerArrays = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array'];

function getRandomValues(data) {
  const { DOMException } = require('internal/domexception');
  const kind = ArrayBufferIsView(data) ? TypedArrayPrototypeGetSymbolToStringTag(data) : undefined;
  if (!ArrayPrototypeIncludes(kIntegerArrays, kind)) {
    throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
  }
  if (data.byteLength > QUOTA_BYTES) {
    throw new DOMException(
      `The requested length exceeds ${QUOTA_BYTES} bytes`, 'QuotaExceededError');
  }
  randomFillSync(data, 0);
  return data;
}

module.exports = {
  checkPrime, checkPrimeSync, generatePrime, generatePrimeSync, getRandomValues, randomBytes, randomFill, randomFillSync, randomInt,
  randomUUID, randomUUIDv7,
};
