// Where Buffers come from: FastBuffer, the class behind Buffer, and the pool that small ones are cut from.
'use strict';

const { ObjectDefineProperty, Symbol, TypedArrayPrototypeFill, Uint8Array } = primordials;
const { createUnsafeArrayBuffer } = binding('buffer');

/** On what no message may take away. */
const kUntransferable = Symbol('kUntransferable');

// `--zero-fill-buffers`: no Buffer shows what the memory held before.
let zeroFills = false;
require('internal/startup').onStartup(() => {
  zeroFills = require('internal/options').getOption('zero-fill-buffers') === true;
});

/** Places in the pool are multiples of this, so that views with larger elements can be laid over a Buffer. */
const POOL_ALIGNMENT = 8;

/** A Uint8Array with Buffer's methods. Buffer.prototype is its prototype. */
class FastBuffer extends Uint8Array {
  // Explicit parameters: the implicit constructor would go through the array iterator that users can patch.
  constructor(bufferOrLength, byteOffset, length) {
    super(bufferOrLength, byteOffset, length);
  }
}

/** The pool: `buffer` is shared by many Buffers, `bytes` views all of it, `used` is where the free part starts. */
const pool = { __proto__: null, buffer: undefined, bytes: undefined, length: 0, used: 0 };

/** What has `poolSize`: Buffer, once it exists. Users may set it. */
let settings = { __proto__: null, poolSize: 65536 };

function setSettings(object) {
  object.poolSize = settings.poolSize;
  settings = object;
}

function renewPool() {
  pool.length = settings.poolSize;
  // Not detachable: a transfer of one Buffer must not take the memory of the others.
  pool.buffer = createUnsafeArrayBuffer(pool.length, true);
  ObjectDefineProperty(pool.buffer, kUntransferable, { __proto__: null, value: true });
  pool.bytes = new FastBuffer(pool.buffer);
  if (zeroFills) TypedArrayPrototypeFill(pool.bytes, 0);
  pool.used = 0;
}

/** Makes room for `length` bytes, which must be fewer than half of the pool; they start at `pool.used`. */
function reserve(length) {
  if (length > pool.length - pool.used) renewPool();
  return pool.used;
}

/** Takes the first `length` of the reserved bytes as a Buffer. */
function take(length) {
  const buffer = new FastBuffer(pool.buffer, pool.used, length);
  pool.used = (pool.used + length + POOL_ALIGNMENT - 1) & ~(POOL_ALIGNMENT - 1);
  return buffer;
}

/** True if `length` bytes are few enough to come from the pool. */
function isPooled(length) {
  return length < settings.poolSize >>> 1;
}

/** A Buffer of `length` bytes of its own that are not cleared. */
function allocateUnpooled(length) {
  return zeroFills ? new FastBuffer(length) : new FastBuffer(createUnsafeArrayBuffer(length));
}

/** A Buffer of `length` bytes that are not cleared, from the pool when they are few. */
function allocate(length) {
  if (length <= 0) return new FastBuffer();
  if (!isPooled(length)) return allocateUnpooled(length);
  reserve(length);
  return take(length);
}

module.exports = { FastBuffer, allocate, allocateUnpooled, isPooled, kUntransferable, pool, reserve, setSettings, take };
