'use strict';

// Writable: one write at a time goes to `_write`, the others wait in a buffer, a whole buffer may go to `_writev`. The
// order of callbacks, 'drain', 'prefinish' and 'finish' across ticks is part of the contract.

const {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  Boolean,
  Error,
  FunctionPrototypeSymbolHasInstance,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Promise,
  StringPrototypeToLowerCase,
  SymbolAsyncDispose,
  SymbolHasInstance,
} = primordials;

const {
  AbortError,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_METHOD_NOT_IMPLEMENTED,
    ERR_MULTIPLE_CALLBACK,
    ERR_STREAM_ALREADY_FINISHED,
    ERR_STREAM_CANNOT_PIPE,
    ERR_STREAM_DESTROYED,
    ERR_STREAM_NULL_VALUES,
    ERR_STREAM_WRITE_AFTER_END,
    ERR_UNKNOWN_ENCODING,
  },
} = require('internal/errors');
const EventEmitter = require('events');
const process = require('process');
const { isArrayBufferView } = require('internal/util/types');
const { Stream } = require('internal/streams/legacy');
const { WritableListeners } = require('internal/streams/listeners');
const destruction = require('internal/streams/destroy');
const {
  kAutoDestroy,
  kCloseEmitted,
  kConstructed,
  kDestroyed,
  kErrorEmitted,
  kErrored,
  kObjectMode,
  kSync,
} = require('internal/streams/state');
const {
  WritableState,
  kAfterWritePending,
  kAllBuffers,
  kAllNoop,
  kBuffered,
  kBufferProcessing,
  kCorked,
  kDecodeStrings,
  kEnded,
  kEnding,
  kExpectWriteCb,
  kFinalCalled,
  kFinished,
  kNeedDrain,
  kPrefinished,
  kWriting,
} = require('internal/streams/writable_state');

const { construct, errorOrDestroy } = destruction;

// Written chunks at the front of the buffer are cut off from this many on.
const kCutAt = 256;

function nop() {}

// Read when something else than text is written: standard output rarely needs it.
let Buffer;
function bufferClass() {
  return (Buffer ??= require('buffer').Buffer);
}

function Writable(options) {
  if (!(this instanceof Writable)) return new Writable(options);
  this._events ??= new WritableListeners();
  this._writableState = new WritableState(options, false);
  initWritable(this, options);
  if (options?.signal) require('internal/streams/add_abort_signal').addAbortSignal(options.signal, this);
  Stream.call(this, options);
  if (this._construct !== undefined && this._construct !== null) construct(this, afterConstruct);
}
ObjectSetPrototypeOf(Writable.prototype, Stream.prototype);
ObjectSetPrototypeOf(Writable, Stream);

Writable.WritableState = WritableState;

// A duplex, whose prototype chain goes through Readable, is a Writable too.
ObjectDefineProperty(Writable, SymbolHasInstance, {
  __proto__: null,
  value(object) {
    if (FunctionPrototypeSymbolHasInstance(this, object)) return true;
    return this === Writable && Boolean(object) && object._writableState instanceof WritableState;
  },
});

Writable.prototype.pipe = function() {
  errorOrDestroy(this, new ERR_STREAM_CANNOT_PIPE());
};

Writable.prototype.write = function(chunk, encoding, callback) {
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  return write(this, chunk, encoding, callback) === true;
};

Writable.prototype.cork = function() {
  const state = this._writableState;
  state.flags |= kCorked;
  state.corked++;
};

Writable.prototype.uncork = function() {
  const state = this._writableState;
  if (state.corked === 0) return;
  state.corked--;
  if (state.corked === 0) state.flags &= ~kCorked;
  if ((state.flags & kWriting) === 0) writeBuffered(this, state);
};

Writable.prototype.setDefaultEncoding = function setDefaultEncoding(encoding) {
  if (typeof encoding === 'string') encoding = StringPrototypeToLowerCase(encoding);
  if (!bufferClass().isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
  this._writableState.defaultEncoding = encoding;
  return this;
};

Writable.prototype._write = function(chunk, encoding, callback) {
  if (!this._writev) throw new ERR_METHOD_NOT_IMPLEMENTED('_write()');
  this._writev([{ chunk, encoding }], callback);
};

Writable.prototype._writev = null;

Writable.prototype.end = function(chunk, encoding, callback) {
  const state = this._writableState;
  if (typeof chunk === 'function') {
    callback = chunk;
    chunk = null;
    encoding = null;
  } else if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }

  let error;
  if (chunk !== undefined && chunk !== null) {
    const result = write(this, chunk, encoding);
    if (result instanceof Error) error = result;
  }
  // Ending overrules every cork.
  if ((state.flags & kCorked) !== 0) {
    state.corked = 1;
    this.uncork();
  }

  if (error) {
    // The write has reported it.
  } else if ((state.flags & (kEnding | kErrored)) === 0) {
    state.flags |= kEnding;
    finishMaybe(this, state, true);
    state.flags |= kEnded;
  } else if ((state.flags & kFinished) !== 0) {
    error = new ERR_STREAM_ALREADY_FINISHED('end');
  } else if ((state.flags & kDestroyed) !== 0) {
    error = new ERR_STREAM_DESTROYED('end');
  }

  if (typeof callback === 'function') {
    if (error) process.nextTick(callback, error);
    else if ((state.flags & kErrored) !== 0) process.nextTick(callback, state.error);
    else if ((state.flags & kFinished) !== 0) process.nextTick(callback);
    else if (state.onFinishCallbacks === null) state.onFinishCallbacks = [callback];
    else ArrayPrototypePush(state.onFinishCallbacks, callback);
  }
  return this;
};

Writable.prototype.destroy = function(error, callback) {
  const state = this._writableState;
  // Whoever still waits for a callback gets it, with an error.
  if ((state.flags & kDestroyed) === 0 &&
      ((state.flags & kBuffered) !== 0 || state.onFinishCallbacks !== null)) {
    process.nextTick(failBuffered, state);
  }
  destruction.destroy.call(this, error, callback);
  return this;
};

Writable.prototype._undestroy = destruction.undestroy;

Writable.prototype._destroy = function(error, callback) {
  callback(error);
};

Writable.prototype[EventEmitter.captureRejectionSymbol] = function(error) {
  this.destroy(error);
};

Writable.prototype[SymbolAsyncDispose] = function() {
  let error = null;
  if (!this.destroyed) {
    error = this.writableFinished ? null : new AbortError();
    this.destroy(error);
  }
  const { eos } = require('internal/streams/end_of_stream');
  return new Promise((resolve, reject) => {
    eos(this, (failure) => (failure && failure.name !== 'AbortError' ? reject(failure) : resolve(null)));
  });
};

function defineGetter(name, get, set) {
  ObjectDefineProperty(Writable.prototype, name, { __proto__: null, get, set });
}

defineGetter('closed', function() {
  return this._writableState ? this._writableState.closed : false;
});
defineGetter('destroyed', function() {
  return this._writableState ? this._writableState.destroyed : false;
}, function(value) {
  // Libraries that predate the state set it by hand.
  if (this._writableState) this._writableState.destroyed = value;
});
defineGetter('writable', function() {
  const state = this._writableState;
  return Boolean(state) && state.writable !== false &&
    (state.flags & (kDestroyed | kErrored | kEnding | kEnded)) === 0;
}, function(value) {
  if (this._writableState) this._writableState.writable = Boolean(value);
});
defineGetter('writableFinished', function() {
  return this._writableState ? this._writableState.finished : false;
});
defineGetter('writableObjectMode', function() {
  return this._writableState ? this._writableState.objectMode : false;
});
defineGetter('writableBuffer', function() {
  return this._writableState && this._writableState.getBuffer();
});
defineGetter('writableEnded', function() {
  return this._writableState ? this._writableState.ending : false;
});
defineGetter('writableNeedDrain', function() {
  const state = this._writableState;
  return Boolean(state) && (state.flags & (kDestroyed | kEnding | kNeedDrain)) === kNeedDrain;
});
defineGetter('writableHighWaterMark', function() {
  return this._writableState?.highWaterMark;
});
defineGetter('writableCorked', function() {
  return this._writableState ? this._writableState.corked : 0;
});
defineGetter('writableLength', function() {
  return this._writableState?.length;
});
defineGetter('errored', function() {
  return this._writableState ? this._writableState.errored : null;
});
defineGetter('writableAborted', function() {
  const state = this._writableState;
  return state.writable !== false &&
    (state.flags & (kDestroyed | kErrored)) !== 0 && (state.flags & kFinished) === 0;
});

function initWritable(stream, options) {
  if (!options) return;
  if (typeof options.write === 'function') stream._write = options.write;
  if (typeof options.writev === 'function') stream._writev = options.writev;
  if (typeof options.destroy === 'function') stream._destroy = options.destroy;
  if (typeof options.final === 'function') stream._final = options.final;
  if (typeof options.construct === 'function') stream._construct = options.construct;
}

// Called with the stream as `this`.
function afterConstruct() {
  const state = this._writableState;
  if ((state.flags & kWriting) === 0) writeBuffered(this, state);
  if ((state.flags & kEnding) !== 0) finishMaybe(this, state);
}

// True or false as `write` returns, or the error that the stream has been told of.
function write(stream, chunk, encoding, callback) {
  const state = stream._writableState;
  if (typeof callback !== 'function') callback = nop;

  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
  if ((state.flags & kObjectMode) === 0) {
    if (!encoding) encoding = state.defaultEncoding;
    else if (encoding !== 'buffer' && !bufferClass().isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
    if (typeof chunk === 'string') {
      if ((state.flags & kDecodeStrings) !== 0) {
        chunk = bufferClass().from(chunk, encoding);
        encoding = 'buffer';
      }
    } else if (chunk instanceof (Buffer ?? bufferClass())) {
      encoding = 'buffer';
    } else if (isArrayBufferView(chunk)) {
      chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = 'buffer';
    } else {
      throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
    }
  }

  let error;
  if ((state.flags & kEnding) !== 0) error = new ERR_STREAM_WRITE_AFTER_END();
  else if ((state.flags & kDestroyed) !== 0) error = new ERR_STREAM_DESTROYED('write');
  if (error !== undefined) {
    process.nextTick(callback, error);
    errorOrDestroy(stream, error, true);
    return error;
  }
  state.pendingcb++;
  return writeOrKeep(stream, state, chunk, encoding, callback);
}

function writeOrKeep(stream, state, chunk, encoding, callback) {
  const length = (state.flags & kObjectMode) !== 0 ? 1 : chunk.length;
  state.length += length;
  const below = state.length < state.highWaterMark;
  if (!below) state.flags |= kNeedDrain;

  if ((state.flags & (kWriting | kErrored | kCorked | kConstructed)) !== kConstructed) {
    if ((state.flags & kBuffered) === 0) {
      state.flags |= kBuffered;
      state.buffered = [];
    }
    state.buffered[state.buffered.length] = { chunk, encoding, callback };
    if (encoding !== 'buffer') state.flags &= ~kAllBuffers;
    if (callback !== nop) state.flags &= ~kAllNoop;
  } else {
    hand(stream, state, length, chunk, encoding, callback);
  }
  // A stream that failed on the way takes nothing more.
  return below && (state.flags & (kDestroyed | kErrored)) === 0;
}

function hand(stream, state, length, chunk, encoding, callback) {
  state.writelen = length;
  state.writecb = callback;
  state.flags |= kWriting | kSync | kExpectWriteCb;
  stream._write(chunk, encoding, state.onwrite ??= makeOnWrite(stream));
  state.flags &= ~kSync;
}

// The callback that `_write` gets: one for the life of the stream.
function makeOnWrite(stream) {
  return function onwrite(error) {
    written(stream, error);
  };
}

function written(stream, error) {
  const state = stream._writableState;
  if ((state.flags & kExpectWriteCb) === 0) {
    errorOrDestroy(stream, new ERR_MULTIPLE_CALLBACK());
    return;
  }
  const sync = (state.flags & kSync) !== 0;
  const callback = state.writecb;
  state.flags &= ~(kWriting | kExpectWriteCb);
  state.writecb = null;
  state.length -= state.writelen;
  state.writelen = 0;

  if (error) {
    error.stack; // eslint-disable-line no-unused-expressions
    if ((state.flags & kErrored) === 0) state.errored = error;
    const other = stream._readableState;
    if (other && !other.errored) other.errored = error;
    if (sync) process.nextTick(writeFailed, stream, state, error, callback);
    else writeFailed(stream, state, error, callback);
    return;
  }
  if ((state.flags & kBuffered) !== 0) writeBuffered(stream, state);
  if (!sync) {
    afterWrite(stream, state, 1, callback);
    return;
  }

  if (callback === nop) {
    // Nobody to call: a tick is worth it for 'drain' alone.
    const drains = (state.flags & kNeedDrain) !== 0 && state.length === 0;
    if ((state.flags & kAfterWritePending) === 0 && drains) {
      process.nextTick(afterWrite, stream, state, 1, callback);
      state.flags |= kAfterWritePending;
    } else {
      state.pendingcb--;
      if ((state.flags & kEnding) !== 0) finishMaybe(stream, state, true);
    }
  } else if (state.afterWriteTick !== null && state.afterWriteTick.callback === callback) {
    // Programs mostly pass the same function: one tick serves all its calls.
    state.afterWriteTick.count++;
  } else {
    state.afterWriteTick = { count: 1, callback, stream, state };
    process.nextTick(afterWriteTick, state.afterWriteTick);
    state.flags |= kAfterWritePending;
  }
}

function writeFailed(stream, state, error, callback) {
  state.pendingcb--;
  callback(error);
  failBuffered(state);
  errorOrDestroy(stream, error);
}

function afterWriteTick({ stream, state, count, callback }) {
  state.afterWriteTick = null;
  afterWrite(stream, state, count, callback);
}

function afterWrite(stream, state, count, callback) {
  state.flags &= ~kAfterWritePending;
  if ((state.flags & (kEnding | kDestroyed | kNeedDrain)) === kNeedDrain && state.length === 0) {
    state.flags &= ~kNeedDrain;
    stream.emit('drain');
  }
  while (count-- > 0) {
    state.pendingcb--;
    callback(null);
  }
  if ((state.flags & kDestroyed) !== 0) failBuffered(state);
  if ((state.flags & kEnding) !== 0) finishMaybe(stream, state, true);
}

// Calls what waits with the stream's error, or with one that says it is destroyed.
function failBuffered(state) {
  if ((state.flags & kWriting) !== 0) return;
  if (state.buffered !== null) {
    for (let i = state.bufferedIndex; i < state.buffered.length; i++) {
      const { chunk, callback } = state.buffered[i];
      state.length -= (state.flags & kObjectMode) !== 0 ? 1 : chunk.length;
      callback(state.errored ?? new ERR_STREAM_DESTROYED('write'));
    }
  }
  callOnFinish(state, state.errored ?? new ERR_STREAM_DESTROYED('end'));
  emptyBuffer(state);
}

function emptyBuffer(state) {
  state.buffered = null;
  state.bufferedIndex = 0;
  state.flags |= kAllBuffers | kAllNoop;
  state.flags &= ~kBuffered;
}

function writeBuffered(stream, state) {
  if ((state.flags & (kDestroyed | kBufferProcessing | kCorked | kBuffered | kConstructed)) !==
      (kBuffered | kConstructed)) {
    return;
  }
  const { buffered, bufferedIndex } = state;
  const count = buffered.length - bufferedIndex;
  if (count === 0) return;

  state.flags |= kBufferProcessing;
  if (count > 1 && stream._writev) {
    state.pendingcb -= count - 1;
    const callback = (state.flags & kAllNoop) !== 0 ? nop : (error) => {
      for (let i = bufferedIndex; i < buffered.length; i++) buffered[i].callback(error);
    };
    const chunks = (state.flags & kAllNoop) !== 0 && bufferedIndex === 0 ?
      buffered : ArrayPrototypeSlice(buffered, bufferedIndex);
    chunks.allBuffers = (state.flags & kAllBuffers) !== 0;
    handMany(stream, state, state.length, chunks, callback);
    emptyBuffer(state);
  } else {
    let i = bufferedIndex;
    do {
      const { chunk, encoding, callback } = buffered[i];
      buffered[i++] = null;
      const length = (state.flags & kObjectMode) !== 0 ? 1 : chunk.length;
      handBuffered(stream, state, length, chunk, encoding, callback);
    } while (i < buffered.length && (state.flags & kWriting) === 0);

    if (i === buffered.length) {
      emptyBuffer(state);
    } else if (i > kCutAt) {
      ArrayPrototypeSplice(buffered, 0, i);
      state.bufferedIndex = 0;
    } else {
      state.bufferedIndex = i;
    }
  }
  state.flags &= ~kBufferProcessing;
}

function handBuffered(stream, state, length, chunk, encoding, callback) {
  if ((state.flags & kDestroyed) === 0) hand(stream, state, length, chunk, encoding, callback);
  else refuse(stream, state, length, callback);
}

function handMany(stream, state, length, chunks, callback) {
  if ((state.flags & kDestroyed) !== 0) {
    refuse(stream, state, length, callback);
    return;
  }
  state.writelen = length;
  state.writecb = callback;
  state.flags |= kWriting | kSync | kExpectWriteCb;
  stream._writev(chunks, state.onwrite ??= makeOnWrite(stream));
  state.flags &= ~kSync;
}

// The stream was destroyed by a callback in between.
function refuse(stream, state, length, callback) {
  state.writelen = length;
  state.writecb = callback;
  state.flags |= kWriting | kSync | kExpectWriteCb;
  written(stream, new ERR_STREAM_DESTROYED('write'));
  state.flags &= ~kSync;
}

const kMustHave = kEnding | kConstructed;
const kMustNotHave = kDestroyed | kErrored | kFinished | kWriting | kErrorEmitted | kCloseEmitted | kBuffered;

function isReadyToFinish(state) {
  return (state.flags & (kMustHave | kMustNotHave)) === kMustHave && state.length === 0;
}

function finishMaybe(stream, state, sync) {
  if (!isReadyToFinish(state)) return;
  prefinish(stream, state);
  if (state.pendingcb !== 0) return;
  if (sync) {
    state.pendingcb++;
    process.nextTick(finishLater, stream, state);
  } else if (isReadyToFinish(state)) {
    state.pendingcb++;
    finish(stream, state);
  }
}

function finishLater(stream, state) {
  if (isReadyToFinish(state)) finish(stream, state);
  else state.pendingcb--;
}

function prefinish(stream, state) {
  if ((state.flags & (kPrefinished | kFinalCalled)) !== 0) return;
  if (typeof stream._final === 'function' && (state.flags & kDestroyed) === 0) {
    state.flags |= kFinalCalled;
    callFinal(stream, state);
  } else {
    state.flags |= kPrefinished;
    stream.emit('prefinish');
  }
}

function callFinal(stream, state) {
  let called = false;

  function onFinal(error) {
    if (called) {
      errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    state.pendingcb--;
    if (error) {
      callOnFinish(state, error);
      errorOrDestroy(stream, error, (state.flags & kSync) !== 0);
    } else if (isReadyToFinish(state)) {
      state.flags |= kPrefinished;
      stream.emit('prefinish');
      // Not at once: the callback of `_final` may be called inside `end`.
      state.pendingcb++;
      process.nextTick(finish, stream, state);
    }
  }

  state.flags |= kSync;
  state.pendingcb++;
  try {
    stream._final(onFinal);
  } catch (error) {
    onFinal(error);
  }
  state.flags &= ~kSync;
}

function finish(stream, state) {
  state.pendingcb--;
  state.flags |= kFinished;
  callOnFinish(state, null);
  stream.emit('finish');

  if ((state.flags & kAutoDestroy) === 0) return;
  // A duplex goes only when its other side is through as well.
  const other = stream._readableState;
  if (!other || (other.autoDestroy && (other.endEmitted || other.readable === false))) stream.destroy();
}

function callOnFinish(state, error) {
  const callbacks = state.onFinishCallbacks;
  if (callbacks === null) return;
  state.onFinishCallbacks = null;
  for (let i = 0; i < callbacks.length; i++) callbacks[i](error);
}

module.exports = { Writable, afterConstruct, initWritable };
