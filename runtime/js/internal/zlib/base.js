// ZlibBase: the Transform under every compression stream. A chunk goes to the pool with room for output; what comes
// back is pushed, and the rest of the chunk follows until all of it was taken.
'use strict';

const {
  ArrayBufferIsView, Error, FunctionPrototypeCall, ObjectDefineProperty, ObjectSetPrototypeOf, Symbol,
} = primordials;

const { Buffer, kMaxLength } = require('buffer');
const { Transform, finished } = require('stream');
const {
  codes: { ERR_BUFFER_TOO_LARGE, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_TRAILING_JUNK_AFTER_STREAM_END },
  genericNodeError,
} = require('internal/errors');
const { checkRangesOrGetDefault, validateFiniteNumber } = require('internal/validators');
const { isArrayBuffer, isSharedArrayBuffer } = binding('util');
const native = binding('zlib');
const constants = require('internal/zlib/constants');

const { Z_BLOCK, Z_DEFAULT_CHUNK, Z_FINISH, Z_FULL_FLUSH, Z_MIN_CHUNK, Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH } = constants;

const kFlushFlag = Symbol('kFlushFlag');
const kError = Symbol('kError');

// Empty chunks that only carry a flush, by its number.
const kFlushBuffers = [];
for (let flag = 0; flag <= Z_BLOCK; flag++) {
  kFlushBuffers[flag] = Buffer.alloc(0);
  kFlushBuffers[flag][kFlushFlag] = flag;
}

// From weak to strong.
const kStrength = [];
kStrength[Z_NO_FLUSH] = 0;
kStrength[Z_BLOCK] = 1;
kStrength[Z_PARTIAL_FLUSH] = 2;
kStrength[Z_SYNC_FLUSH] = 3;
kStrength[Z_FULL_FLUSH] = 4;
kStrength[Z_FINISH] = 5;

function stronger(a, b) {
  return kStrength[a] > kStrength[b] ? a : b;
}

function toBuffer(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// `defaults`: flush, finishFlush, fullFlush and the range of flush numbers.
function ZlibBase(options, handle, defaults) {
  let chunkSize = Z_DEFAULT_CHUNK;
  let maxOutputLength = kMaxLength;
  let { flush, finishFlush } = defaults;
  if (options) {
    chunkSize = options.chunkSize;
    if (!validateFiniteNumber(chunkSize, 'options.chunkSize')) {
      chunkSize = Z_DEFAULT_CHUNK;
    } else if (chunkSize < Z_MIN_CHUNK) {
      throw new ERR_OUT_OF_RANGE('options.chunkSize', `>= ${Z_MIN_CHUNK}`, chunkSize);
    }
    flush = checkRangesOrGetDefault(options.flush, 'options.flush', defaults.min, defaults.max, flush);
    finishFlush = checkRangesOrGetDefault(options.finishFlush, 'options.finishFlush', defaults.min, defaults.max, finishFlush);
    maxOutputLength = checkRangesOrGetDefault(options.maxOutputLength, 'options.maxOutputLength', 1, kMaxLength, kMaxLength);
    if (options.encoding || options.objectMode || options.writableObjectMode) {
      options = { ...options, encoding: null, objectMode: false, writableObjectMode: false };
    }
  }
  FunctionPrototypeCall(Transform, this, { autoDestroy: true, ...options });
  this[kError] = null;
  this.bytesWritten = 0;
  this._handle = handle;
  this._outOffset = 0;
  this._chunkSize = chunkSize;
  this._defaultFlushFlag = flush;
  this._finishFlushFlag = finishFlush;
  this._defaultFullFlushFlag = defaults.fullFlush;
  this._info = options?.info;
  this._maxOutputLength = maxOutputLength;
  this._rejectGarbageAfterEnd = options?.rejectGarbageAfterEnd === true;
}
ObjectSetPrototypeOf(ZlibBase.prototype, Transform.prototype);
ObjectSetPrototypeOf(ZlibBase, Transform);

const { prototype } = ZlibBase;

ObjectDefineProperty(prototype, '_closed', {
  __proto__: null, configurable: true, enumerable: true,
  get() { return !this._handle; },
});

function requireHandle(self) {
  if (!self._handle) {
    const { AssertionError } = require('assert');
    throw new AssertionError({ message: 'zlib binding closed', actual: false, expected: true, operator: '==' });
  }
  return self._handle;
}

function failed(self, [message, errno, code]) {
  const error = genericNodeError(message, { errno, code });
  self.destroy(error);
  self[kError] = error;
  return error;
}

prototype.reset = function reset() {
  const failure = native.reset(requireHandle(this));
  if (failure !== undefined) failed(this, failure);
};

prototype._flush = function _flush(callback) {
  this._transform(Buffer.alloc(0), '', callback);
};

// The end is dealt with in `_flush`.
prototype._final = function _final(callback) {
  callback();
};

prototype.flush = function flush(kind, callback) {
  if (typeof kind === 'function' || (kind === undefined && !callback)) {
    callback = kind;
    kind = this._defaultFullFlushFlag;
  }
  if (this.writableFinished) {
    if (callback) require('process').nextTick(callback);
  } else if (this.writableEnded) {
    if (callback) this.once('end', callback);
  } else {
    this.write(kFlushBuffers[kind], '', callback);
  }
};

prototype.close = function close(callback) {
  if (callback) finished(this, callback);
  this.destroy();
};

prototype._destroy = function _destroy(error, callback) {
  this._handle = null;
  callback(error);
};

prototype._transform = function _transform(chunk, encoding, callback) {
  let flag = this._defaultFlushFlag;
  if (typeof chunk[kFlushFlag] === 'number') flag = chunk[kFlushFlag];
  // The last chunk finishes the stream with it.
  else if (this.writableEnded && this.writableLength === chunk.byteLength) flag = stronger(flag, this._finishFlushFlag);
  processChunk(this, chunk, flag, callback);
};

prototype._processChunk = function _processChunk(chunk, flushFlag, callback) {
  if (typeof callback === 'function') processChunk(this, chunk, flushFlag, callback);
  else return processChunkSync(this, chunk, flushFlag);
};

function processChunk(self, chunk, flushFlag, callback) {
  if (!self._handle) {
    require('process').nextTick(callback);
    return;
  }
  step({ self, chunk, flushFlag, callback, at: 0, left: chunk.byteLength, room: self._chunkSize - self._outOffset });
}

function step(work) {
  const { self } = work;
  if (!self._handle) {
    work.callback();
    return;
  }
  native.write(self._handle, work.flushFlag, work.chunk, work.at, work.left, work.room, (errno, result) => stepped(work, result));
}

function stepped(work, result) {
  const { self } = work;
  if (typeof result[0] === 'string') {
    if (!self.destroyed) failed(self, result);
    return;
  }
  if (self.destroyed) {
    work.callback();
    return;
  }
  const { 0: roomLeft, 1: inputLeft, 2: output } = result;
  const taken = work.left - inputLeft;
  self.bytesWritten += taken;
  let isFull = false;
  if (output.byteLength > 0) {
    self._outOffset += output.byteLength;
    isFull = !self.push(toBuffer(output));
    if (self.destroyed) {
      work.callback();
      return;
    }
  }
  if (roomLeft === 0 || self._outOffset >= self._chunkSize) {
    work.room = self._chunkSize;
    self._outOffset = 0;
  }
  if (roomLeft === 0) {
    // There is more output to come.
    work.at += taken;
    work.left = inputLeft;
    if (!isFull) {
      step(work);
    } else {
      const read = self._read;
      self._read = function(n) {
        self._read = read;
        step(work);
        self._read(n);
      };
    }
    return;
  }
  if (inputLeft > 0) {
    // The data has ended before the input did.
    if (self._rejectGarbageAfterEnd) {
      self.destroy(new ERR_TRAILING_JUNK_AFTER_STREAM_END());
      return;
    }
    self.push(null);
  }
  work.callback();
}

function processChunkSync(self, chunk, flushFlag) {
  const result = native.run(requireHandle(self), flushFlag, chunk, self._maxOutputLength, undefined, self.constructor.name);
  const value = settled(self, result);
  close(self);
  if (value instanceof Error) throw value;
  return value;
}

// The output of a `run`, or its error.
function settled(self, result) {
  if (result.length === 0) return new ERR_BUFFER_TOO_LARGE(self._maxOutputLength);
  if (typeof result[0] === 'string') {
    const error = genericNodeError(result[0], { errno: result[1], code: result[2] });
    self[kError] = error;
    return error;
  }
  self.bytesWritten = result[1];
  return toBuffer(result[0]);
}

function close(self) {
  self._handle = null;
}

// A buffer from what the convenience methods take.
function inputOf(buffer) {
  if (typeof buffer === 'string') return Buffer.from(buffer);
  if (ArrayBufferIsView(buffer)) return buffer;
  if (isArrayBuffer(buffer) || isSharedArrayBuffer(buffer)) return Buffer.from(buffer);
  throw new ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], buffer);
}

function runSync(engine, buffer) {
  buffer = processChunkSync(engine, inputOf(buffer), engine._finishFlushFlag);
  return engine._info ? { buffer, engine } : buffer;
}

function runLater(engine, buffer, callback) {
  const input = inputOf(buffer);
  native.run(requireHandle(engine), engine._finishFlushFlag, input, engine._maxOutputLength, (errno, result) => {
    const value = settled(engine, result);
    close(engine);
    if (value instanceof Error) callback(value);
    else callback(null, engine._info ? { buffer: value, engine } : value);
  });
}

module.exports = { ZlibBase, failed, kFlushFlag, native, requireHandle, runLater, runSync };
