'use strict';

// The two ends of a stream's life: `_construct` before anything else may run, and destruction with its error and close
// events. A duplex has two states, which are kept in step here.

const { Symbol } = primordials;

const {
  AbortError,
  aggregateTwoErrors,
  codes: { ERR_MULTIPLE_CALLBACK },
} = require('internal/errors');
const process = require('process');
const {
  kCloseEmitted,
  kClosed,
  kConstructed,
  kDestroyed,
  kEmitClose,
  kErrorEmitted,
  kErrored,
} = require('internal/streams/state');
const { isDestroyed, isFinished, isRequest, isServerRequest, kIsDestroyed } = require('internal/streams/utils');

// Events by which a stream waits for its construction.
const kConstruct = Symbol('kConstruct');
const kDestroy = Symbol('kDestroy');

// The `destroy` method of both sides.
function destroy(error, callback) {
  const readable = this._readableState;
  const writable = this._writableState;
  const main = writable || readable;

  if (((writable?.flags | readable?.flags) & kDestroyed) !== 0) {
    if (typeof callback === 'function') callback();
    return this;
  }
  remember(error, writable, readable);
  setBits(writable, readable, kDestroyed);

  if ((main.flags & kConstructed) !== 0) {
    run(this, error, callback);
  } else {
    this.once(kDestroy, function(constructError) {
      run(this, aggregateTwoErrors(constructError, error), callback);
    });
  }
  return this;
}

function run(stream, error, callback) {
  let called = false;

  function onDestroyed(failure) {
    if (called) return;
    called = true;
    const { _readableState: readable, _writableState: writable } = stream;
    remember(failure, writable, readable);
    setBits(writable, readable, kClosed);
    if (typeof callback === 'function') callback(failure);
    if (failure) process.nextTick(emitErrorThenClose, stream, failure);
    else process.nextTick(emitClose, stream);
  }

  try {
    stream._destroy(error || null, onDestroyed);
  } catch (failure) {
    onDestroyed(failure);
  }
}

function emitErrorThenClose(stream, error) {
  emitErrorOnce(stream, error);
  emitClose(stream);
}

function emitClose(stream) {
  const { _readableState: readable, _writableState: writable } = stream;
  setBits(writable, readable, kCloseEmitted);
  if (((writable?.flags | readable?.flags) & kEmitClose) !== 0) stream.emit('close');
}

function emitErrorOnce(stream, error) {
  const { _readableState: readable, _writableState: writable } = stream;
  if (((writable?.flags | readable?.flags) & kErrorEmitted) !== 0) return;
  setBits(writable, readable, kErrorEmitted);
  stream.emit('error', error);
}

// Makes a destroyed stream usable again, for sockets that reconnect.
function undestroy() {
  const { _readableState: readable, _writableState: writable } = this;
  const gone = kDestroyed | kClosed | kCloseEmitted | kErrored | kErrorEmitted;
  if (readable) {
    readable.errored = null;
    readable.flags = (readable.flags & ~gone) | kConstructed;
    readable.reading = false;
    readable.ended = readable.endEmitted = readable.readable === false;
  }
  if (writable) {
    writable.errored = null;
    writable.flags = (writable.flags & ~gone) | kConstructed;
    writable.finalCalled = writable.prefinished = false;
    writable.ended = writable.ending = writable.finished = writable.writable === false;
  }
}

// Reports an error in the way the stream's options ask for. The stream may be of an older library, so its state is read
// by properties.
function errorOrDestroy(stream, error, sync) {
  const { _readableState: readable, _writableState: writable } = stream;
  if (writable?.destroyed || readable?.destroyed) return this;

  if (readable?.autoDestroy || writable?.autoDestroy) {
    stream.destroy(error);
  } else if (error) {
    remember(error, writable, readable);
    if (sync) process.nextTick(emitErrorOnce, stream, error);
    else emitErrorOnce(stream, error);
  }
}

// Runs `_construct`, if there is one, and then calls `callback` with the stream as `this`.
function construct(stream, callback) {
  if (typeof stream._construct !== 'function') return;
  const { _readableState: readable, _writableState: writable } = stream;
  if (readable) readable.flags &= ~kConstructed;
  if (writable) writable.flags &= ~kConstructed;

  stream.once(kConstruct, callback);
  // The other side of a duplex has started it already.
  if (stream.listenerCount(kConstruct) > 1) return;
  process.nextTick(runConstruct, stream);
}

function runConstruct(stream) {
  let called = false;

  function onConstructed(error) {
    if (called) {
      errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    const { _readableState: readable, _writableState: writable } = stream;
    const main = writable || readable;
    setBits(writable, readable, kConstructed);
    if ((main.flags & kDestroyed) !== 0) stream.emit(kDestroy, error);
    else if (error) errorOrDestroy(stream, error, true);
    else stream.emit(kConstruct);
  }

  try {
    stream._construct((error) => { process.nextTick(onConstructed, error); });
  } catch (error) {
    process.nextTick(onConstructed, error);
  }
}

// Ends the life of a stream of any kind, with an AbortError when it is cut short.
function destroyer(stream, error) {
  if (!stream || isDestroyed(stream)) return;
  if (!error && !isFinished(stream)) error = new AbortError();

  if (isServerRequest(stream)) {
    stream.socket = null;
    stream.destroy(error);
  } else if (isRequest(stream)) {
    stream.abort();
  } else if (isRequest(stream.req)) {
    stream.req.abort();
  } else if (typeof stream.destroy === 'function') {
    stream.destroy(error);
  } else if (typeof stream.close === 'function') {
    stream.close();
  } else if (error) {
    process.nextTick(emitLegacyErrorThenClose, stream, error);
  } else {
    process.nextTick(emitLegacyClose, stream);
  }
  if (!stream.destroyed) stream[kIsDestroyed] = true;
}

function emitLegacyErrorThenClose(stream, error) {
  stream.emit('error', error);
  process.nextTick(emitLegacyClose, stream);
}

function emitLegacyClose(stream) {
  stream.emit('close');
}

function remember(error, writable, readable) {
  if (!error) return;
  // Reading the stack makes V8 format it now and let go of the frames it would keep alive.
  error.stack; // eslint-disable-line no-unused-expressions
  if (writable && !writable.errored) writable.errored = error;
  if (readable && !readable.errored) readable.errored = error;
}

function setBits(writable, readable, bits) {
  if (writable) writable.flags |= bits;
  if (readable) readable.flags |= bits;
}

module.exports = { construct, destroy, destroyer, errorOrDestroy, undestroy };
