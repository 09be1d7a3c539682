'use strict';

// Readable: a buffer between a source (`_read`, `push`) and a reader, who takes chunks by `read`, by 'data' events, by a
// pipe or by iteration. The order of events across ticks is part of the contract.

const {
  ArrayPrototypeUnshift,
  Boolean,
  NumberIsInteger,
  NumberParseInt,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectKeys,
  ObjectSetPrototypeOf,
  Promise,
  SymbolAsyncDispose,
  SymbolAsyncIterator,
} = primordials;

const {
  AbortError,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_METHOD_NOT_IMPLEMENTED,
    ERR_STREAM_PUSH_AFTER_EOF,
    ERR_STREAM_UNSHIFT_AFTER_END_EVENT,
  },
} = require('internal/errors');
const EventEmitter = require('events');
const { emitTo } = require('internal/events/emitter');
const process = require('process');
const { Buffer } = require('buffer');
const { Stream } = require('internal/streams/legacy');
const { ReadableListeners } = require('internal/streams/listeners');
const { iterate, iterator } = require('internal/streams/readable_iterator');
const { amountToTake, markFor, take } = require('internal/streams/readable_buffer');
const { pipe, unpipe } = require('internal/streams/readable_pipe');
const { isArrayBufferView } = require('internal/util/types');
const { construct, destroy, errorOrDestroy, undestroy } = require('internal/streams/destroy');
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
  ReadableState,
  kDataEmitted,
  kEmittedReadable,
  kEndEmitted,
  kEnded,
  kFlowing,
  kHasDecoder,
  kHasFlowing,
  kMultiAwaitDrain,
  kNeedReadable,
  kPaused,
  kReadsOn,
  kReadableListening,
  kReading,
  kReadingMore,
  kResumeScheduled,
} = require('internal/streams/readable_state');

const kDead = kDestroyed | kErrored;
// A flowing source that reads on by itself, and nothing that would keep `readMore` from asking it.
const kReadsOnNow = kReadsOn | kFlowing | kConstructed;
const kReadsOnMask = kReadsOnNow | kReading | kReadingMore | kSync | kEnded | kDead;

function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);
  this._events ??= new ReadableListeners();
  this._readableState = new ReadableState(options, false);
  initReadable(this, options);
  Stream.call(this, options);
  if (this._construct !== undefined && this._construct !== null) construct(this, afterConstruct);
}
ObjectSetPrototypeOf(Readable.prototype, Stream.prototype);
ObjectSetPrototypeOf(Readable, Stream);

Readable.ReadableState = ReadableState;

Readable.prototype.pipe = pipe;
Readable.prototype.unpipe = unpipe;
Readable.prototype.iterator = iterator;

Readable.prototype.destroy = destroy;
Readable.prototype._undestroy = undestroy;

Readable.prototype._destroy = function(error, callback) {
  callback(error);
};

Readable.prototype[EventEmitter.captureRejectionSymbol] = function(error) {
  this.destroy(error);
};

Readable.prototype[SymbolAsyncIterator] = function() {
  return iterate(this);
};

Readable.prototype[SymbolAsyncDispose] = function() {
  let error = null;
  if (!this.destroyed) {
    error = this.readableEnded ? null : new AbortError();
    this.destroy(error);
  }
  const { eos } = require('internal/streams/end_of_stream');
  return new Promise((resolve, reject) => {
    eos(this, (failure) => (failure && failure !== error ? reject(failure) : resolve(null)));
  });
};

Readable.prototype.push = function(chunk, encoding) {
  const state = this._readableState;
  return (state.flags & kObjectMode) === 0 ?
    pushBytes(this, state, chunk, encoding) : pushObject(this, state, chunk, encoding);
};

Readable.prototype.unshift = function(chunk, encoding) {
  const state = this._readableState;
  if (chunk === null) return atEnd(this, state);
  if ((state.flags & kObjectMode) === 0) {
    if (typeof chunk === 'string') {
      encoding ||= state.defaultEncoding;
      if (state.encoding !== encoding) {
        chunk = Buffer.from(chunk, encoding);
        // A stream of text holds text.
        if (state.encoding) chunk = chunk.toString(state.encoding);
      }
    } else if (isArrayBufferView(chunk)) {
      if (!(chunk instanceof Buffer)) chunk = toBuffer(chunk);
    } else if (chunk !== undefined) {
      errorOrDestroy(this, wrongChunk(chunk));
      return false;
    }
    if (!(chunk && chunk.length > 0)) return canTakeMore(state);
  }
  if ((state.flags & kEndEmitted) !== 0) errorOrDestroy(this, new ERR_STREAM_UNSHIFT_AFTER_END_EVENT());
  else if ((state.flags & kDead) !== 0) return false;
  else addChunk(this, state, chunk, true);
  return canTakeMore(state);
};

Readable.prototype.isPaused = function() {
  const { flags } = this._readableState;
  return (flags & kPaused) !== 0 || (flags & (kHasFlowing | kFlowing)) === kHasFlowing;
};

Readable.prototype.setEncoding = function(encoding) {
  const state = this._readableState;
  const { StringDecoder } = require('string_decoder');
  const decoder = new StringDecoder(encoding);
  state.decoder = decoder;
  state.flags |= kHasDecoder;
  // The decoder knows the canonical name.
  state.encoding = decoder.encoding;

  let text = '';
  for (let i = state.bufferIndex; i < state.buffer.length; i++) text += decoder.write(state.buffer[i]);
  state.buffer.length = 0;
  state.bufferIndex = 0;
  if (text !== '') state.buffer[0] = text;
  state.length = text.length;
  return this;
};

Readable.prototype.read = function(n) {
  // Number.parseInt would make NaN of it anyway.
  if (n === undefined) n = NaN;
  else if (!NumberIsInteger(n)) n = NumberParseInt(n, 10);
  const state = this._readableState;
  const asked = n;

  if (n > state.highWaterMark) state.highWaterMark = markFor(n);
  if (n !== 0) state.flags &= ~kEmittedReadable;

  // `read(0)` with enough in the buffer only tells the reader so.
  if (n === 0 && (state.flags & kNeedReadable) !== 0 &&
      ((state.highWaterMark !== 0 ? state.length >= state.highWaterMark : state.length > 0) ||
       (state.flags & kEnded) !== 0)) {
    if (state.length === 0 && (state.flags & kEnded) !== 0) endReadable(this, state);
    else emitReadable(this, state);
    return null;
  }

  n = amountToTake(n, state);
  if (n === 0 && (state.flags & kEnded) !== 0) {
    if (state.length === 0) endReadable(this, state);
    return null;
  }

  // The source is asked when what stays would be below the mark, unless it is over or still at work.
  const wantsMore = (state.flags & kNeedReadable) !== 0 ||
    state.length === 0 || state.length - n < state.highWaterMark;
  if (wantsMore && (state.flags & (kEnded | kReading | kDead | kConstructed)) === kConstructed) {
    state.flags |= kReading | kSync;
    if (state.length === 0) state.flags |= kNeedReadable;
    try {
      this._read(state.highWaterMark);
    } catch (error) {
      errorOrDestroy(this, error);
    }
    state.flags &= ~kSync;
    // It pushed at once: there may be more to give now.
    if ((state.flags & kReading) === 0) n = amountToTake(asked, state);
  }

  const chunk = n > 0 ? take(n, state) : null;
  if (chunk === null) {
    if (state.length <= state.highWaterMark) state.flags |= kNeedReadable;
    n = 0;
  } else {
    state.length -= n;
    if ((state.flags & kMultiAwaitDrain) !== 0) state.awaitDrainWriters.clear();
    else state.awaitDrainWriters = null;
  }
  if (state.length === 0) {
    if ((state.flags & kEnded) === 0) state.flags |= kNeedReadable;
    // The last chunk went out: the end follows without another read.
    if (asked !== n && (state.flags & kEnded) !== 0) endReadable(this, state);
  }
  if (chunk !== null && (state.flags & (kErrorEmitted | kCloseEmitted)) === 0) {
    state.flags |= kDataEmitted;
    this.emit('data', chunk);
  }
  return chunk;
};

Readable.prototype._read = function(n) {
  throw new ERR_METHOD_NOT_IMPLEMENTED('_read()');
};

Readable.prototype.on = function(event, listener) {
  const result = Stream.prototype.on.call(this, event, listener);
  const state = this._readableState;
  if (event === 'data') {
    // With a 'readable' listener too, `resume` must stay without effect.
    if (this.listenerCount('readable') > 0) state.flags |= kReadableListening;
    else state.flags &= ~kReadableListening;
    if ((state.flags & (kHasFlowing | kFlowing)) !== kHasFlowing) this.resume();
  } else if (event === 'readable') {
    if ((state.flags & (kEndEmitted | kReadableListening)) === 0) {
      state.flags |= kReadableListening | kNeedReadable | kHasFlowing;
      state.flags &= ~(kFlowing | kEmittedReadable);
      if (state.length) emitReadable(this, state);
      else if ((state.flags & kReading) === 0) process.nextTick(readNothing, this);
    }
  }
  return result;
};
Readable.prototype.addListener = Readable.prototype.on;

Readable.prototype.removeListener = function(event, listener) {
  const result = Stream.prototype.removeListener.call(this, event, listener);
  // In a tick of its own: programs remove the listener and add it again at once.
  if (event === 'readable') process.nextTick(updateReadableListening, this);
  return result;
};
Readable.prototype.off = Readable.prototype.removeListener;

Readable.prototype.removeAllListeners = function(event) {
  const result = arguments.length === 0 ?
    Stream.prototype.removeAllListeners.call(this) : Stream.prototype.removeAllListeners.call(this, event);
  if (event === 'readable' || event === undefined) process.nextTick(updateReadableListening, this);
  return result;
};

Readable.prototype.resume = function() {
  const state = this._readableState;
  if ((state.flags & kFlowing) === 0) {
    // With a 'readable' listener only `read` moves data.
    state.flags |= kHasFlowing;
    if ((state.flags & kReadableListening) === 0) state.flags |= kFlowing;
    if ((state.flags & kResumeScheduled) === 0) {
      state.flags |= kResumeScheduled;
      process.nextTick(resumeNow, this, state);
    }
  }
  state.flags &= ~kPaused;
  return this;
};

Readable.prototype.pause = function() {
  const state = this._readableState;
  if ((state.flags & (kHasFlowing | kFlowing)) !== kHasFlowing) {
    state.flags = (state.flags | kHasFlowing) & ~kFlowing;
    this.emit('pause');
  }
  state.flags |= kPaused;
  return this;
};

// Makes a source of the oldest kind, which only emits, answer as a Readable.
Readable.prototype.wrap = function(source) {
  let paused = false;
  source.on('data', (chunk) => {
    if (!this.push(chunk) && source.pause) {
      paused = true;
      source.pause();
    }
  });
  source.on('end', () => { this.push(null); });
  source.on('error', (error) => { errorOrDestroy(this, error); });
  source.on('close', () => { this.destroy(); });
  source.on('destroy', () => { this.destroy(); });
  this._read = () => {
    if (paused && source.resume) {
      paused = false;
      source.resume();
    }
  };
  const names = ObjectKeys(source);
  for (let i = 1; i < names.length; i++) {
    const name = names[i];
    if (this[name] === undefined && typeof source[name] === 'function') this[name] = source[name].bind(source);
  }
  return this;
};

ObjectDefineProperties(Readable.prototype, {
  readable: {
    __proto__: null,
    get() {
      const state = this._readableState;
      // A side can be switched off by hand, and by a duplex that was made without it.
      return Boolean(state) && state.readable !== false &&
        (state.flags & (kDestroyed | kErrorEmitted | kEndEmitted)) === 0;
    },
    set(value) {
      if (this._readableState) this._readableState.readable = Boolean(value);
    },
  },
});

function defineGetter(name, get, set) {
  ObjectDefineProperty(Readable.prototype, name, { __proto__: null, get, set });
}

defineGetter('readableDidRead', function() {
  return (this._readableState.flags & kDataEmitted) !== 0;
});
defineGetter('readableAborted', function() {
  const { flags, readable } = this._readableState;
  return readable !== false && (flags & kDead) !== 0 && (flags & kEndEmitted) === 0;
});
defineGetter('readableHighWaterMark', function() {
  return this._readableState.highWaterMark;
});
defineGetter('readableBuffer', function() {
  return this._readableState?.buffer;
});
defineGetter('readableFlowing', function() {
  return this._readableState.flowing;
}, function(value) {
  if (this._readableState) this._readableState.flowing = value;
});
defineGetter('readableLength', function() {
  return this._readableState.length;
});
defineGetter('readableObjectMode', function() {
  return this._readableState ? this._readableState.objectMode : false;
});
defineGetter('readableEncoding', function() {
  return this._readableState ? this._readableState.encoding : null;
});
defineGetter('errored', function() {
  return this._readableState ? this._readableState.errored : null;
});
defineGetter('closed', function() {
  return this._readableState ? this._readableState.closed : false;
});
defineGetter('destroyed', function() {
  return this._readableState ? this._readableState.destroyed : false;
}, function(value) {
  // Libraries that predate the state set it by hand.
  if (this._readableState) this._readableState.destroyed = value;
});
defineGetter('readableEnded', function() {
  return this._readableState ? this._readableState.endEmitted : false;
});

Readable._fromList = take;

function initReadable(stream, options) {
  if (!options) return;
  if (typeof options.read === 'function') stream._read = options.read;
  if (typeof options.destroy === 'function') stream._destroy = options.destroy;
  if (typeof options.construct === 'function') stream._construct = options.construct;
  if (options.signal) require('internal/streams/add_abort_signal').addAbortSignal(options.signal, stream);
}

// Called with the stream as `this`.
function afterConstruct() {
  const state = this._readableState;
  if ((state.flags & kNeedReadable) !== 0) readMore(this, state);
}

function pushBytes(stream, state, chunk, encoding) {
  if (chunk === null) return atEnd(stream, state);
  if (typeof chunk === 'string') {
    encoding ||= state.defaultEncoding;
    if (state.encoding !== encoding) {
      if (state.encoding) {
        // Text in another encoding than the stream's goes through bytes.
        chunk = Buffer.from(chunk, encoding).toString(state.encoding);
      } else {
        chunk = Buffer.from(chunk, encoding);
        encoding = '';
      }
    }
  } else if (chunk instanceof Buffer) {
    encoding = '';
  } else if (isArrayBufferView(chunk)) {
    chunk = toBuffer(chunk);
    encoding = '';
  } else if (chunk !== undefined) {
    errorOrDestroy(stream, wrongChunk(chunk));
    return false;
  }

  if (!chunk || chunk.length <= 0) {
    state.flags &= ~kReading;
    maybeReadMore(stream, state);
    return canTakeMore(state);
  }
  return acceptChunk(stream, state, chunk, encoding);
}

function pushObject(stream, state, chunk, encoding) {
  if (chunk === null) return atEnd(stream, state);
  return acceptChunk(stream, state, chunk, encoding);
}

function acceptChunk(stream, state, chunk, encoding) {
  if ((state.flags & kEnded) !== 0) {
    errorOrDestroy(stream, new ERR_STREAM_PUSH_AFTER_EOF());
    return false;
  }
  if ((state.flags & kDead) !== 0) return false;
  state.flags &= ~kReading;
  if ((state.flags & kHasDecoder) !== 0 && !encoding) {
    chunk = state.decoder.write(chunk);
    // Half a character: nothing to give yet.
    if (chunk.length === 0 && (state.flags & kObjectMode) === 0) {
      maybeReadMore(stream, state);
      return canTakeMore(state);
    }
  }
  addChunk(stream, state, chunk, false);
  return canTakeMore(state);
}

function addChunk(stream, state, chunk, atFront) {
  const listener = stream._events?.data;
  if ((state.flags & (kFlowing | kSync)) === kFlowing && state.length === 0 && listener !== undefined) {
    // Straight through to the reader.
    if ((state.flags & kMultiAwaitDrain) !== 0) state.awaitDrainWriters.clear();
    else state.awaitDrainWriters = null;
    state.flags |= kDataEmitted;
    emitTo(stream, 'data', listener, chunk);
    if ((state.flags & kReadsOnMask) === kReadsOnNow && state.length === 0) {
      // What the tick's `read(0)` would come to, without a tick for each chunk.
      state.flags |= kReading | kNeedReadable;
      return;
    }
  } else {
    state.length += (state.flags & kObjectMode) !== 0 ? 1 : chunk.length;
    if (!atFront) state.buffer[state.buffer.length] = chunk;
    else if (state.bufferIndex > 0) state.buffer[--state.bufferIndex] = chunk;
    else ArrayPrototypeUnshift(state.buffer, chunk);
    if ((state.flags & kNeedReadable) !== 0) emitReadable(stream, state);
  }
  maybeReadMore(stream, state);
}

function canTakeMore(state) {
  return (state.flags & kEnded) === 0 && (state.length < state.highWaterMark || state.length === 0);
}

// The source said that nothing more comes.
function atEnd(stream, state) {
  state.flags &= ~kReading;
  if ((state.flags & kEnded) !== 0) return false;
  if (state.decoder) {
    const rest = state.decoder.end();
    if (rest?.length) {
      state.buffer[state.buffer.length] = rest;
      state.length += (state.flags & kObjectMode) !== 0 ? 1 : rest.length;
    }
  }
  state.flags |= kEnded;
  if ((state.flags & kSync) !== 0) {
    // Inside `_read`: the event waits for the next tick as it would with data.
    emitReadable(stream, state);
  } else {
    state.flags &= ~kNeedReadable;
    state.flags |= kEmittedReadable;
    emitReadableNow(stream);
  }
  return false;
}

function emitReadable(stream, state) {
  state.flags &= ~kNeedReadable;
  if ((state.flags & kEmittedReadable) !== 0) return;
  state.flags |= kEmittedReadable;
  process.nextTick(emitReadableNow, stream);
}

function emitReadableNow(stream) {
  const state = stream._readableState;
  if ((state.flags & kDead) === 0 && (state.length > 0 || (state.flags & kEnded) !== 0)) {
    stream.emit('readable');
    state.flags &= ~kEmittedReadable;
  }
  if ((state.flags & (kFlowing | kEnded)) === 0 && state.length <= state.highWaterMark) {
    state.flags |= kNeedReadable;
  } else {
    state.flags &= ~kNeedReadable;
  }
  flow(stream);
}

function maybeReadMore(stream, state) {
  if ((state.flags & (kReadingMore | kConstructed)) !== kConstructed) return;
  state.flags |= kReadingMore;
  process.nextTick(readMore, stream, state);
}

// Fills the buffer to the mark; a source that pushes later calls this again by its push.
function readMore(stream, state) {
  while ((state.flags & (kReading | kEnded)) === 0 &&
         (state.length < state.highWaterMark || ((state.flags & kFlowing) !== 0 && state.length === 0))) {
    const before = state.length;
    stream.read(0);
    if (state.length === before) break;
  }
  state.flags &= ~kReadingMore;
}

function readNothing(stream) {
  stream.read(0);
}

function updateReadableListening(stream) {
  const state = stream._readableState;
  if (stream.listenerCount('readable') > 0) state.flags |= kReadableListening;
  else state.flags &= ~kReadableListening;

  if ((state.flags & kResumeScheduled) !== 0 && (state.flags & kPaused) === 0) {
    // A resume is on its way and finds the mode right.
    state.flags |= kHasFlowing | kFlowing;
  } else if (stream.listenerCount('data') > 0) {
    stream.resume();
  } else if ((state.flags & kReadableListening) === 0) {
    state.flags &= ~(kHasFlowing | kFlowing);
  }
}

function resumeNow(stream, state) {
  if ((state.flags & kReading) === 0) stream.read(0);
  state.flags &= ~kResumeScheduled;
  stream.emit('resume');
  flow(stream);
  if ((state.flags & (kFlowing | kReading)) === kFlowing) stream.read(0);
}

function flow(stream) {
  const state = stream._readableState;
  while ((state.flags & kFlowing) !== 0 && stream.read() !== null);
}

function endReadable(stream, state) {
  if ((state.flags & kEndEmitted) !== 0) return;
  state.flags |= kEnded;
  process.nextTick(emitEnd, state, stream);
}

function emitEnd(state, stream) {
  if ((state.flags & (kErrored | kCloseEmitted | kEndEmitted)) !== 0 || state.length !== 0) return;
  state.flags |= kEndEmitted;
  stream.emit('end');

  if (stream.writable && stream.allowHalfOpen === false) {
    process.nextTick(endWritable, stream);
  } else if ((state.flags & kAutoDestroy) !== 0) {
    // A duplex goes only when its other side is through as well.
    const other = stream._writableState;
    if (!other || (other.autoDestroy && (other.finished || other.writable === false))) stream.destroy();
  }
}

function endWritable(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}

function toBuffer(view) {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

function wrongChunk(chunk) {
  return new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
}

module.exports = { Readable, afterConstruct, initReadable };
