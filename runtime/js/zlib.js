// node:zlib.
'use strict';

const {
  ArrayBufferIsView, ArrayPrototypeForEach, FunctionPrototypeCall, NumberIsNaN, ObjectDefineProperties,
  ObjectDefineProperty, ObjectFreeze, ObjectKeys, ObjectSetPrototypeOf, StringPrototypeStartsWith, Uint32Array,
} = primordials;

const { Buffer } = require('buffer');
const {
  codes: {
    ERR_BROTLI_INVALID_PARAM, ERR_INVALID_ARG_TYPE, ERR_ZLIB_INITIALIZATION_FAILED, ERR_ZSTD_INVALID_PARAM,
  },
  genericNodeError,
} = require('internal/errors');
const { checkRangesOrGetDefault, validateFunction, validateUint32 } = require('internal/validators');
const { isArrayBuffer, isSharedArrayBuffer } = binding('util');
const { ZlibBase, failed, native, requireHandle, runLater, runSync } = require('internal/zlib/base');
const constants = require('internal/zlib/constants');

const {
  BROTLI_OPERATION_EMIT_METADATA, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_PROCESS, DEFLATE, DEFLATERAW,
  GUNZIP, GZIP, INFLATE, INFLATERAW, UNZIP, Z_BLOCK, Z_DEFAULT_COMPRESSION, Z_DEFAULT_MEMLEVEL, Z_DEFAULT_STRATEGY,
  Z_DEFAULT_WINDOWBITS, Z_FINISH, Z_FIXED, Z_FULL_FLUSH, Z_MAX_LEVEL, Z_MAX_MEMLEVEL, Z_MAX_WINDOWBITS, Z_MIN_LEVEL,
  Z_MIN_MEMLEVEL, Z_MIN_WINDOWBITS, Z_NO_FLUSH, Z_SYNC_FLUSH, ZSTD_e_continue, ZSTD_e_end, ZSTD_e_flush,
} = constants;

const kZlibDefaults = { flush: Z_NO_FLUSH, finishFlush: Z_FINISH, fullFlush: Z_FULL_FLUSH, min: Z_NO_FLUSH, max: Z_BLOCK };
const kBrotliDefaults = {
  flush: BROTLI_OPERATION_PROCESS, finishFlush: BROTLI_OPERATION_FINISH, fullFlush: BROTLI_OPERATION_FLUSH,
  min: BROTLI_OPERATION_PROCESS, max: BROTLI_OPERATION_EMIT_METADATA,
};
const kZstdDefaults = {
  flush: ZSTD_e_continue, finishFlush: ZSTD_e_end, fullFlush: ZSTD_e_flush, min: ZSTD_e_continue, max: ZSTD_e_end,
};

const BROTLI_PARAM_MAX = 8;
const ZSTD_COMPRESS_PARAM_MAX = 402;
const ZSTD_DECOMPRESS_PARAM_MAX = 100;

function Zlib(options, mode) {
  let windowBits = Z_DEFAULT_WINDOWBITS;
  let level = Z_DEFAULT_COMPRESSION;
  let memLevel = Z_DEFAULT_MEMLEVEL;
  let strategy = Z_DEFAULT_STRATEGY;
  let dictionary;
  if (options) {
    // Zero has a decompressor take the size from the header.
    if ((options.windowBits == null || options.windowBits === 0) && (mode === INFLATE || mode === GUNZIP || mode === UNZIP)) {
      windowBits = 0;
    } else {
      const min = Z_MIN_WINDOWBITS + (mode === GZIP ? 1 : 0);
      windowBits = checkRangesOrGetDefault(options.windowBits, 'options.windowBits', min, Z_MAX_WINDOWBITS, Z_DEFAULT_WINDOWBITS);
    }
    level = checkRangesOrGetDefault(options.level, 'options.level', Z_MIN_LEVEL, Z_MAX_LEVEL, Z_DEFAULT_COMPRESSION);
    memLevel = checkRangesOrGetDefault(options.memLevel, 'options.memLevel', Z_MIN_MEMLEVEL, Z_MAX_MEMLEVEL, Z_DEFAULT_MEMLEVEL);
    strategy = checkRangesOrGetDefault(options.strategy, 'options.strategy', Z_DEFAULT_STRATEGY, Z_FIXED, Z_DEFAULT_STRATEGY);
    dictionary = dictionaryOf(options);
  }
  const handle = native.deflateNew(mode, windowBits, level, memLevel, strategy, dictionary);
  FunctionPrototypeCall(ZlibBase, this, options, handle, kZlibDefaults);
  this._level = level;
  this._strategy = strategy;
  this._mode = mode;
}
ObjectSetPrototypeOf(Zlib.prototype, ZlibBase.prototype);
ObjectSetPrototypeOf(Zlib, ZlibBase);

function dictionaryOf(options) {
  const { dictionary } = options;
  if (dictionary === undefined || ArrayBufferIsView(dictionary)) return dictionary;
  if (isArrayBuffer(dictionary) || isSharedArrayBuffer(dictionary)) return Buffer.from(dictionary);
  throw new ERR_INVALID_ARG_TYPE('options.dictionary', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], dictionary);
}

Zlib.prototype.params = function params(level, strategy, callback) {
  checkRangesOrGetDefault(level, 'level', Z_MIN_LEVEL, Z_MAX_LEVEL);
  checkRangesOrGetDefault(strategy, 'strategy', Z_DEFAULT_STRATEGY, Z_FIXED);
  if (this._level === level && this._strategy === strategy) {
    require('process').nextTick(callback);
    return;
  }
  this.flush(Z_SYNC_FLUSH, () => {
    const failure = native.params(requireHandle(this), level, strategy);
    if (failure !== undefined) failed(this, failure);
    if (this.destroyed) return;
    this._level = level;
    this._strategy = strategy;
    if (callback) callback();
  });
};

// The classes over `Zlib`, which can be called without `new`.
function zlibClass(Class, mode) {
  ObjectSetPrototypeOf(Class.prototype, Zlib.prototype);
  ObjectSetPrototypeOf(Class, Zlib);
  return mode;
}

function Deflate(options) {
  if (!(this instanceof Deflate)) return new Deflate(options);
  FunctionPrototypeCall(Zlib, this, options, DEFLATE);
}
zlibClass(Deflate);

function Inflate(options) {
  if (!(this instanceof Inflate)) return new Inflate(options);
  FunctionPrototypeCall(Zlib, this, options, INFLATE);
}
zlibClass(Inflate);

function Gzip(options) {
  if (!(this instanceof Gzip)) return new Gzip(options);
  FunctionPrototypeCall(Zlib, this, options, GZIP);
}
zlibClass(Gzip);

function Gunzip(options) {
  if (!(this instanceof Gunzip)) return new Gunzip(options);
  FunctionPrototypeCall(Zlib, this, options, GUNZIP);
}
zlibClass(Gunzip);

function DeflateRaw(options) {
  // zlib has no raw streams with a window of 8 bits; the next larger one is compatible.
  if (options?.windowBits === 8) options = { ...options, windowBits: 9 };
  if (!(this instanceof DeflateRaw)) return new DeflateRaw(options);
  FunctionPrototypeCall(Zlib, this, options, DEFLATERAW);
}
zlibClass(DeflateRaw);

function InflateRaw(options) {
  if (!(this instanceof InflateRaw)) return new InflateRaw(options);
  FunctionPrototypeCall(Zlib, this, options, INFLATERAW);
}
zlibClass(InflateRaw);

function Unzip(options) {
  if (!(this instanceof Unzip)) return new Unzip(options);
  FunctionPrototypeCall(Zlib, this, options, UNZIP);
}
zlibClass(Unzip);

// The parameters of `options.params` by number; those not given are all ones.
function paramsOf(options, max, InvalidParam) {
  const params = new Uint32Array(max + 1).fill(-1);
  const given = options?.params;
  if (!given) return params;
  ArrayPrototypeForEach(ObjectKeys(given), (name) => {
    const key = +name;
    if (NumberIsNaN(key) || key < 0 || key > max || (params[key] | 0) !== -1) throw new InvalidParam(name);
    const value = given[name];
    if (typeof value !== 'number' && typeof value !== 'boolean') {
      throw new ERR_INVALID_ARG_TYPE('options.params[key]', 'number', value);
    }
    params[key] = value;
  });
  return params;
}

function makeBrotli(self, options, compresses) {
  const params = paramsOf(options, BROTLI_PARAM_MAX, ERR_BROTLI_INVALID_PARAM);
  const handle = native.brotliNew(compresses, params);
  if (handle === undefined) throw new ERR_ZLIB_INITIALIZATION_FAILED();
  FunctionPrototypeCall(ZlibBase, self, options, handle, kBrotliDefaults);
}

function BrotliCompress(options) {
  if (!(this instanceof BrotliCompress)) return new BrotliCompress(options);
  makeBrotli(this, options, true);
}

function BrotliDecompress(options) {
  if (!(this instanceof BrotliDecompress)) return new BrotliDecompress(options);
  makeBrotli(this, options, false);
}

function makeZstd(self, options, compresses) {
  const params = paramsOf(options, compresses ? ZSTD_COMPRESS_PARAM_MAX : ZSTD_DECOMPRESS_PARAM_MAX, ERR_ZSTD_INVALID_PARAM);
  const dictionary = options ? dictionaryOf(options) : undefined;
  const pledged = options?.pledgedSrcSize;
  const handle = native.zstdNew(compresses, params, dictionary, pledged);
  if (typeof handle[0] === 'string') {
    throw genericNodeError(handle[0], handle[1] === 0 ? { code: handle[2] } : { errno: handle[1], code: handle[2] });
  }
  FunctionPrototypeCall(ZlibBase, self, options, handle, kZstdDefaults);
}

function ZstdCompress(options) {
  if (!(this instanceof ZstdCompress)) return new ZstdCompress(options);
  makeZstd(this, options, true);
}

function ZstdDecompress(options) {
  if (!(this instanceof ZstdDecompress)) return new ZstdDecompress(options);
  makeZstd(this, options, false);
}

ArrayPrototypeForEach([BrotliCompress, BrotliDecompress, ZstdCompress, ZstdDecompress], (Class) => {
  ObjectSetPrototypeOf(Class.prototype, ZlibBase.prototype);
  ObjectSetPrototypeOf(Class, ZlibBase);
});

function named(fn, name) {
  ObjectDefineProperty(fn, 'name', { __proto__: null, value: name, configurable: true });
  return fn;
}

function later(Class, name) {
  return named(function(buffer, options, callback) {
    if (typeof options === 'function') {
      callback = options;
      options = {};
    }
    validateFunction(callback, 'callback');
    runLater(new Class(options), buffer, callback);
  }, name);
}

function now(Class, name) {
  return named(function(buffer, options) {
    return runSync(new Class(options), buffer);
  }, name);
}

function creator(Class, name) {
  return { __proto__: null, configurable: true, enumerable: true, value: named((options) => new Class(options), name) };
}

function crc32(data, value = 0) {
  if (typeof data !== 'string' && !ArrayBufferIsView(data)) {
    throw new ERR_INVALID_ARG_TYPE('data', ['Buffer', 'TypedArray', 'DataView', 'string'], data);
  }
  validateUint32(value, 'value');
  return native.crc32(data, value);
}

const codes = {
  Z_OK: constants.Z_OK, Z_STREAM_END: constants.Z_STREAM_END, Z_NEED_DICT: constants.Z_NEED_DICT, Z_ERRNO: constants.Z_ERRNO,
  Z_STREAM_ERROR: constants.Z_STREAM_ERROR, Z_DATA_ERROR: constants.Z_DATA_ERROR, Z_MEM_ERROR: constants.Z_MEM_ERROR,
  Z_BUF_ERROR: constants.Z_BUF_ERROR, Z_VERSION_ERROR: constants.Z_VERSION_ERROR,
};
ArrayPrototypeForEach(ObjectKeys(codes), (name) => { codes[codes[name]] = name; });

const exported = { crc32, Deflate, Inflate, Gzip, Gunzip, DeflateRaw, InflateRaw, Unzip, BrotliCompress, BrotliDecompress, ZstdCompress, ZstdDecompress };
ArrayPrototypeForEach([
  ['deflate', Deflate], ['gzip', Gzip], ['deflateRaw', DeflateRaw], ['unzip', Unzip], ['inflate', Inflate], ['gunzip', Gunzip],
  ['inflateRaw', InflateRaw], ['brotliCompress', BrotliCompress], ['brotliDecompress', BrotliDecompress],
  ['zstdCompress', ZstdCompress], ['zstdDecompress', ZstdDecompress],
], ({ 0: name, 1: Class }) => {
  exported[name] = later(Class, name);
  exported[`${name}Sync`] = now(Class, `${name}Sync`);
});
module.exports = exported;

const creators = { __proto__: null };
ArrayPrototypeForEach([
  Deflate, Inflate, DeflateRaw, InflateRaw, Gzip, Gunzip, Unzip, BrotliCompress, BrotliDecompress, ZstdCompress, ZstdDecompress,
], (Class) => {
  creators[`create${Class.name}`] = creator(Class, `create${Class.name}`);
});
ObjectDefineProperties(module.exports, creators);
ObjectDefineProperties(module.exports, {
  constants: { __proto__: null, enumerable: true, value: constants },
  codes: { __proto__: null, enumerable: true, value: ObjectFreeze(codes) },
});

// The numbers stand on the module itself as well, where older code looks for them.
ArrayPrototypeForEach(ObjectKeys(constants), (name) => {
  if (StringPrototypeStartsWith(name, 'BROTLI')) return;
  ObjectDefineProperty(module.exports, name, { __proto__: null, enumerable: false, value: constants[name] });
});
