// node:buffer: Buffer, and what belongs to bytes and text beside it.
'use strict';

const {
  MathMin,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  SymbolSpecies,
  TypedArrayPrototypeFill,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeSlice,
  Uint8Array,
} = primordials;
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_STATE },
} = require('internal/errors');
const { validateArray, validateNumber } = require('internal/validators');
const { isAnyArrayBuffer, isArrayBufferView, isTypedArray, isUint8Array } = require('internal/util/types');
const { find, utf8 } = require('internal/buffer/encodings');
const memory = require('internal/buffer/memory');
const { fromArrayLike, fromValue } = require('internal/buffer/from');
const { BYTES, fillBytes, installMethods, validateOffset } = require('internal/buffer/methods');
const { installReads } = require('internal/buffer/read_integers');
const { installWrites } = require('internal/buffer/write_integers');
const { installFloats } = require('internal/buffer/floats');
const { installSearch } = require('internal/buffer/search');
const { defineInspectMaxBytes, installInspect } = require('internal/buffer/inspect');
const { transcode } = require('internal/buffer/transcode');
const { atob, btoa } = require('internal/buffer/web_base64');
const native = binding('buffer');

const { FastBuffer, allocate, allocateUnpooled } = memory;
const { kMaxLength, kStringMaxLength } = native;

/** The deprecated constructor; `Buffer.from`, `Buffer.alloc` and `Buffer.allocUnsafe` do its work. */
function Buffer(arg, encodingOrOffset, length) {
  warnOfConstructor();
  if (typeof arg === 'number') {
    if (typeof encodingOrOffset === 'string') throw new ERR_INVALID_ARG_TYPE('string', 'string', arg);
    return Buffer.alloc(arg);
  }
  return fromValue(arg, encodingOrOffset, length);
}

ObjectSetPrototypeOf(Buffer, Uint8Array);
Buffer.prototype = FastBuffer.prototype;
ObjectDefineProperty(Buffer.prototype, 'constructor', {
  __proto__: null, value: Buffer, enumerable: false, writable: true, configurable: true,
});
ObjectDefineProperty(Buffer, SymbolSpecies, {
  __proto__: null, configurable: true, enumerable: true, get() { return FastBuffer; },
});
memory.setSettings(Buffer);

let warned = false;

/** Node warns once, and only of code outside of node_modules. */
function warnOfConstructor() {
  if (warned) return;
  const { isInsideNodeModules } = require('internal/util');
  if (!require('internal/options').getOption('pending-deprecation') && isInsideNodeModules?.()) return;
  warned = true;
  require('process').emitWarning(
    'Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), ' +
    'Buffer.allocUnsafe(), or Buffer.from() methods instead.', 'DeprecationWarning', 'DEP0005', Buffer);
}

function validateSize(size) {
  validateNumber(size, 'size', 0, kMaxLength);
}

Buffer.from = function from(value, encodingOrOffset, length) {
  return fromValue(value, encodingOrOffset, length);
};

Buffer.copyBytesFrom = function copyBytesFrom(view, offset, length) {
  if (!isTypedArray(view)) throw new ERR_INVALID_ARG_TYPE('view', ['TypedArray'], view);
  const viewLength = TypedArrayPrototypeGetLength(view);
  if (viewLength === 0) return new FastBuffer();
  if (offset === undefined && length === undefined) return bytesOf(view);

  if (offset === undefined) {
    offset = 0;
  } else {
    validateOffset(offset, 'offset');
    if (offset >= viewLength) return new FastBuffer();
  }
  let end = viewLength;
  if (length !== undefined) {
    validateOffset(length, 'length');
    end = MathMin(offset + length, viewLength);
  }
  return bytesOf(TypedArrayPrototypeSlice(view, offset, end));
};

function bytesOf(view) {
  const buffer = allocate(view.byteLength);
  native.copy(view, buffer, 0, 0, buffer.length);
  return buffer;
}

Buffer.of = function of(...items) {
  return fromArrayLike(items);
};

Buffer.alloc = function alloc(size, fill, encoding) {
  validateSize(size);
  if (fill !== undefined && fill !== 0 && size > 0) {
    const buffer = allocateUnpooled(size);
    return fillBytes(buffer, fill, 0, size, encoding);
  }
  return new FastBuffer(size);
};

Buffer.allocUnsafe = function allocUnsafe(size) {
  validateSize(size);
  return allocate(size);
};

Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  validateSize(size);
  return allocateUnpooled(size);
};

Buffer.isBuffer = function isBuffer(value) {
  return value instanceof Buffer;
};

Buffer.compare = function compare(buf1, buf2) {
  if (!isUint8Array(buf1)) throw new ERR_INVALID_ARG_TYPE('buf1', BYTES, buf1);
  if (!isUint8Array(buf2)) throw new ERR_INVALID_ARG_TYPE('buf2', BYTES, buf2);
  return buf1 === buf2 ? 0 : native.compare(buf1, buf2);
};

Buffer.isEncoding = function isEncoding(encoding) {
  return typeof encoding === 'string' && encoding.length !== 0 && find(encoding) !== undefined;
};

Buffer.concat = function concat(list, length) {
  validateArray(list, 'list');
  if (list.length === 0) return new FastBuffer();
  let total = 0;
  for (let i = 0; i < list.length; i++) {
    if (!isUint8Array(list[i])) throw new ERR_INVALID_ARG_TYPE(`list[${i}]`, BYTES, list[i]);
    total += TypedArrayPrototypeGetLength(list[i]);
  }
  if (length === undefined) length = total;
  else validateOffset(length, 'length');

  const buffer = allocate(length);
  let used = 0;
  for (let i = 0; i < list.length && used < length; i++) {
    used += native.copy(list[i], buffer, used, 0, TypedArrayPrototypeGetLength(list[i]));
  }
  // What the list does not fill must not show what the memory held before.
  if (used < length) TypedArrayPrototypeFill(buffer, 0, used, length);
  return buffer;
};

Buffer.byteLength = function byteLength(string, encoding) {
  if (typeof string !== 'string') {
    if (isArrayBufferView(string) || isAnyArrayBuffer(string)) return string.byteLength;
    throw new ERR_INVALID_ARG_TYPE('string', ['string', 'Buffer', 'ArrayBuffer'], string);
  }
  if (string.length === 0) return 0;
  const operations = encoding ? find(encoding) ?? utf8 : utf8;
  return operations.byteLength(string);
};

installReads(Buffer.prototype);
installWrites(Buffer.prototype);
installFloats(Buffer.prototype);
installMethods(Buffer.prototype);
installSearch(Buffer.prototype);
installInspect(Buffer.prototype);

/** The deprecated way to a Buffer that is not from the pool. */
function SlowBuffer(length) {
  validateSize(length);
  return allocateUnpooled(length);
}
ObjectSetPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);
ObjectSetPrototypeOf(SlowBuffer, Uint8Array);

/** `input` as a view over its bytes. */
function viewOf(input) {
  if (isArrayBufferView(input)) return input;
  if (!isAnyArrayBuffer(input)) throw new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
  if (input.detached) throw new ERR_INVALID_STATE('Cannot validate on a detached buffer');
  return new FastBuffer(input);
}

function isUtf8(input) {
  return native.isUtf8(viewOf(input));
}

function isAscii(input) {
  return native.isAscii(viewOf(input));
}

module.exports = {
  Buffer,
  SlowBuffer,
  transcode,
  isUtf8,
  isAscii,
  kMaxLength,
  kStringMaxLength,
  btoa,
  atob,
};

const constants = ObjectDefineProperties({}, {
  MAX_LENGTH: { __proto__: null, value: kMaxLength, writable: false, enumerable: true },
  MAX_STRING_LENGTH: { __proto__: null, value: kStringMaxLength, writable: false, enumerable: true },
});
ObjectDefineProperty(module.exports, 'constants', {
  __proto__: null, configurable: false, enumerable: true, value: constants,
});
defineInspectMaxBytes(module.exports);

/** Defines exports that few programs use, loaded on first use. */
function defineLazy(names, id) {
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    ObjectDefineProperty(module.exports, name, {
      __proto__: null,
      configurable: true,
      enumerable: true,
      get() { return require(id)[name]; },
      set(value) {
        ObjectDefineProperty(module.exports, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
      },
    });
  }
}
defineLazy(['Blob', 'File', 'resolveObjectURL'], 'internal/blob');
