'use strict';

// `finished`: calls back once, when a stream of any kind has ended, failed or closed too early. Older kinds of streams
// signal their end in several ways, so all of them are watched.

const { Promise, PromisePrototypeThen, ReflectApply, SymbolDispose } = primordials;

const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE, ERR_STREAM_PREMATURE_CLOSE },
} = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateFunction, validateObject } = require('internal/validators');
const process = require('process');
const { bindToCurrentFrame } = require('internal/async_context');
const {
  isClosed,
  isNodeStream,
  isReadable,
  isReadableErrored,
  isReadableFinished,
  isReadableNodeStream,
  isReadableStream,
  isRequest,
  isWritable,
  isWritableErrored,
  isWritableFinished,
  isWritableNodeStream,
  isWritableStream,
  kIsClosedPromise,
  willEmitClose,
} = require('internal/streams/utils');

const kNoOptions = { __proto__: null };

function nop() {}

function once(callback) {
  let called = false;
  return function() {
    if (called) return;
    called = true;
    ReflectApply(callback, this, arguments);
  };
}

function eos(stream, options, callback) {
  if (arguments.length === 2) {
    callback = options;
    options = kNoOptions;
  } else if (options === undefined || options === null) {
    options = kNoOptions;
  } else {
    validateObject(options, 'options');
  }
  validateFunction(callback, 'callback');
  validateAbortSignal(options.signal, 'options.signal');
  callback = once(bindToCurrentFrame(callback));

  if (isReadableStream(stream) || isWritableStream(stream)) return watchWebStream(stream, options, callback);
  if (!isNodeStream(stream)) {
    throw new ERR_INVALID_ARG_TYPE('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  return watchNodeStream(stream, options, callback);
}

function watchNodeStream(stream, options, callback) {
  const readable = options.readable ?? isReadableNodeStream(stream);
  const writable = options.writable ?? isWritableNodeStream(stream);
  const { _writableState: writableState, _readableState: readableState } = stream;

  // With a 'close' to come on exactly the sides we watch, it is 'close' that ends the wait.
  let waitsForClose = willEmitClose(stream) &&
    isReadableNodeStream(stream) === readable &&
    isWritableNodeStream(stream) === writable;
  let writableDone = isWritableFinished(stream, false);
  let readableDone = isReadableFinished(stream, false);
  let closed = isClosed(stream);

  function onFinish() {
    writableDone = true;
    // Destroyed without errors: there may be no 'close'.
    if (stream.destroyed) waitsForClose = false;
    if (waitsForClose && (!stream.readable || readable)) return;
    if (!readable || readableDone) callback.call(stream);
  }
  function onEnd() {
    readableDone = true;
    if (stream.destroyed) waitsForClose = false;
    if (waitsForClose && (!stream.writable || writable)) return;
    if (!writable || writableDone) callback.call(stream);
  }
  function onError(error) {
    callback.call(stream, error);
  }
  function onClose() {
    closed = true;
    const errored = isWritableErrored(stream) || isReadableErrored(stream);
    if (errored && typeof errored !== 'boolean') return callback.call(stream, errored);
    if (readable && !readableDone && isReadableNodeStream(stream, true) && !isReadableFinished(stream, false)) {
      return callback.call(stream, new ERR_STREAM_PREMATURE_CLOSE());
    }
    if (writable && !writableDone && !isWritableFinished(stream, false)) {
      return callback.call(stream, new ERR_STREAM_PREMATURE_CLOSE());
    }
    callback.call(stream);
  }
  function onAlreadyOver() {
    closed = true;
    const errored = isWritableErrored(stream) || isReadableErrored(stream);
    if (errored && typeof errored !== 'boolean') return callback.call(stream, errored);
    callback.call(stream);
  }
  function onLegacyFinish() {
    if (!stream.writable) onFinish();
  }
  function onRequest() {
    stream.req.on('finish', onFinish);
  }

  if (isRequest(stream)) {
    stream.on('complete', onFinish);
    if (!waitsForClose) stream.on('abort', onClose);
    if (stream.req) onRequest();
    else stream.on('request', onRequest);
  } else if (writable && !writableState) {
    stream.on('end', onLegacyFinish);
    stream.on('close', onLegacyFinish);
  }
  // A message whose peer went away may never close.
  if (!waitsForClose && typeof stream.aborted === 'boolean') stream.on('aborted', onClose);
  stream.on('end', onEnd);
  stream.on('finish', onFinish);
  if (options.error !== false) stream.on('error', onError);
  stream.on('close', onClose);

  if (closed) {
    process.nextTick(onClose);
  } else if (writableState?.errorEmitted || readableState?.errorEmitted) {
    if (!waitsForClose) process.nextTick(onAlreadyOver);
  } else if (!readable && (!waitsForClose || isReadable(stream)) &&
             (writableDone || isWritable(stream) === false) && !writableState?.pendingcb) {
    process.nextTick(onAlreadyOver);
  } else if (!writable && (!waitsForClose || isWritable(stream)) &&
             (readableDone || isReadable(stream) === false)) {
    process.nextTick(onAlreadyOver);
  } else if (readableState && stream.req && stream.aborted) {
    process.nextTick(onAlreadyOver);
  }

  function cleanup() {
    callback = nop;
    stream.removeListener('aborted', onClose);
    stream.removeListener('complete', onFinish);
    stream.removeListener('abort', onClose);
    stream.removeListener('request', onRequest);
    if (stream.req) stream.req.removeListener('finish', onFinish);
    stream.removeListener('end', onLegacyFinish);
    stream.removeListener('close', onLegacyFinish);
    stream.removeListener('finish', onFinish);
    stream.removeListener('end', onEnd);
    stream.removeListener('error', onError);
    stream.removeListener('close', onClose);
  }

  if (options.signal && !closed) {
    callback = untilAbort(stream, options.signal, callback, () => {
      const last = callback;
      cleanup();
      return last;
    });
  }
  return cleanup;
}

// Calls back with an AbortError when the signal aborts first; `take` gives the callback up and cleans up.
function untilAbort(stream, signal, callback, take) {
  const onAbort = () => {
    take().call(stream, new AbortError(undefined, { cause: signal.reason }));
  };
  if (signal.aborted) {
    process.nextTick(onAbort);
    return callback;
  }
  const { addAbortListener } = require('internal/events/abort_listener');
  const disposable = addAbortListener(signal, onAbort);
  return once(function() {
    disposable[SymbolDispose]();
    ReflectApply(callback, stream, arguments);
  });
}

function watchWebStream(stream, options, callback) {
  let aborted = false;
  if (options.signal) {
    const before = callback;
    callback = untilAbort(stream, options.signal, callback, () => {
      aborted = true;
      return before;
    });
  }
  const onClosed = (error) => {
    if (!aborted) process.nextTick(() => callback.call(stream, error));
  };
  PromisePrototypeThen(stream[kIsClosedPromise].promise, () => onClosed(), onClosed);
  return nop;
}

// The promise form, `stream/promises`.
function finished(stream, options) {
  let autoCleanup = false;
  options ??= kNoOptions;
  if (options.cleanup) {
    validateBoolean(options.cleanup, 'cleanup');
    autoCleanup = options.cleanup;
  }
  return new Promise((resolve, reject) => {
    const cleanup = eos(stream, options, (error) => {
      if (autoCleanup) cleanup();
      if (error) reject(error);
      else resolve();
    });
  });
}

module.exports = { eos, finished };
