'use strict';

// `Duplex.from`: a duplex of nearly anything that gives or takes data: streams, pairs of streams, iterables, promises,
// blobs and async functions.

const {
  Boolean,
  FunctionPrototypeCall,
  Promise,
} = primordials;

const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE },
} = require('internal/errors');
const process = require('process');
const { eos } = require('internal/streams/end_of_stream');
const { destroyer } = require('internal/streams/destroy');
const { from } = require('internal/streams/from');
const { Readable } = require('internal/streams/readable');
const { Writable } = require('internal/streams/writable');
const { Duplex } = require('internal/streams/duplex');
const {
  isDuplexNodeStream,
  isIterable,
  isNodeStream,
  isReadable,
  isReadableNodeStream,
  isReadableStream,
  isWritable,
  isWritableNodeStream,
  isWritableStream,
} = require('internal/streams/utils');

// A duplex whose missing sides count as done from the start.
class Duplexify extends Duplex {
  constructor(options) {
    super(options);
    if (options?.readable === false) {
      this._readableState.readable = false;
      this._readableState.ended = true;
      this._readableState.endEmitted = true;
    }
    if (options?.writable === false) {
      this._writableState.writable = false;
      this._writableState.ending = true;
      this._writableState.ended = true;
      this._writableState.finished = true;
    }
  }
}

function duplexify(body, name) {
  if (isDuplexNodeStream(body)) return body;
  if (isReadableNodeStream(body)) return join({ readable: body });
  if (isWritableNodeStream(body)) return join({ writable: body });
  if (isNodeStream(body)) return join({ writable: false, readable: false });
  if (isReadableStream(body)) return join({ readable: Readable.fromWeb(body) });
  if (isWritableStream(body)) return join({ writable: Writable.fromWeb(body) });
  if (typeof body === 'function') return fromFunction(body, name);
  if (require('internal/blob').isBlob(body)) return duplexify(body.arrayBuffer(), name);
  if (isIterable(body)) return from(Duplexify, body, { objectMode: true, writable: false });
  if (isReadableStream(body?.readable) && isWritableStream(body?.writable)) return Duplexify.fromWeb(body);
  if (typeof body?.writable === 'object' || typeof body?.readable === 'object') {
    return join({ readable: sideOf(body.readable, isReadableNodeStream, name),
                  writable: sideOf(body.writable, isWritableNodeStream, name) });
  }
  if (typeof body?.then === 'function') return fromPromise(body);
  throw new ERR_INVALID_ARG_TYPE(name, [
    'Blob',
    'ReadableStream',
    'WritableStream',
    'Stream',
    'Iterable',
    'AsyncIterable',
    'Function',
    '{ readable, writable } pair',
    'Promise',
  ], body);
}

function sideOf(side, isRight, name) {
  if (!side) return undefined;
  return isRight(side) ? side : duplexify(side, name);
}

function fromPromise(promise) {
  const duplex = new Duplexify({ objectMode: true, writable: false, read() {} });
  FunctionPrototypeCall(promise.then, promise, (value) => {
    if (value !== undefined && value !== null) duplex.push(value);
    duplex.push(null);
  }, (error) => { destroyer(duplex, error); });
  return duplex;
}

function fromFunction(fn, name) {
  const { value, write, final, destroy } = callWithInput(fn);
  if (isDuplexNodeStream(value)) return value;
  if (isIterable(value)) return from(Duplexify, value, { objectMode: true, write, final, destroy });

  const then = value?.then;
  if (typeof then !== 'function') {
    throw new ERR_INVALID_RETURN_VALUE('Iterable, AsyncIterable or AsyncFunction', name, value);
  }
  let duplex;
  const settled = FunctionPrototypeCall(then, value, (result) => {
    if (result !== undefined && result !== null) throw new ERR_INVALID_RETURN_VALUE('nully', 'body', result);
  }, (error) => { destroyer(duplex, error); });
  duplex = new Duplexify({
    objectMode: true,
    readable: false,
    write,
    final(callback) {
      final(async () => {
        try {
          await settled;
          process.nextTick(callback, null);
        } catch (error) {
          process.nextTick(callback, error);
        }
      });
    },
    destroy,
  });
  return duplex;
}

// Calls an async function with an iterable of what is written.
function callWithInput(fn) {
  let next = Promise.withResolvers();
  let { resolve } = next;
  const { AbortController } = require('internal/abort_controller');
  const controller = new AbortController();
  const { signal } = controller;

  async function* written() {
    while (true) {
      const { promise } = next;
      next = null;
      const { chunk, done, callback } = await promise;
      process.nextTick(callback);
      if (done) return;
      if (signal.aborted) throw new AbortError(undefined, { cause: signal.reason });
      next = Promise.withResolvers();
      ({ resolve } = next);
      yield chunk;
    }
  }
  function give(item) {
    const waiting = resolve;
    resolve = null;
    waiting(item);
  }

  return {
    value: fn(written(), { signal }),
    write(chunk, encoding, callback) {
      give({ chunk, done: false, callback });
    },
    final(callback) {
      give({ done: true, callback });
    },
    destroy(error, callback) {
      controller.abort();
      callback(error);
    },
  };
}

// One duplex of two streams, either of which may be missing.
function join({ readable: input, writable: sink }) {
  const source = input && typeof input.read !== 'function' ? Readable.wrap(input) : input;
  let canRead = Boolean(isReadable(source));
  let canWrite = Boolean(isWritable(sink));
  let onDrain = null;
  let onFinish = null;
  let onReadable = null;
  let onClose;

  const duplex = new Duplexify({
    readableObjectMode: Boolean(source?.readableObjectMode),
    writableObjectMode: Boolean(sink?.writableObjectMode),
    readable: canRead,
    writable: canWrite,
  });

  function onOver(error) {
    const callback = onClose;
    onClose = null;
    if (callback) callback(error);
    else if (error) duplex.destroy(error);
    else if (!canRead && !canWrite) destroyOnceRead();
  }

  // What the source gave before it closed is still to be read.
  function destroyOnceRead() {
    if (duplex._readableState.ended && !duplex.readableEnded) duplex.once('end', () => duplex.destroy());
    else duplex.destroy();
  }

  if (canWrite) {
    eos(sink, (error) => {
      canWrite = false;
      if (error) destroyer(source, error);
      onOver(error);
    });
    duplex._write = function(chunk, encoding, callback) {
      if (sink.write(chunk, encoding)) callback();
      else onDrain = callback;
    };
    duplex._final = function(callback) {
      sink.end();
      onFinish = callback;
    };
    sink.on('drain', () => {
      const callback = onDrain;
      onDrain = null;
      if (callback) callback();
    });
    sink.on('finish', () => {
      const callback = onFinish;
      onFinish = null;
      if (callback) callback();
    });
  }

  if (canRead) {
    source.on('end', () => { duplex.push(null); });
    eos(source, (error) => {
      canRead = false;
      if (error) destroyer(source, error);
      onOver(error);
    });
    source.on('readable', () => {
      const callback = onReadable;
      onReadable = null;
      if (callback) callback();
    });
    duplex._read = function() {
      while (true) {
        const chunk = source.read();
        if (chunk === null) {
          onReadable = () => duplex._read();
          return;
        }
        if (!duplex.push(chunk)) return;
      }
    };
  }

  duplex._destroy = function(error, callback) {
    if (!error && onClose !== null) error = new AbortError();
    onReadable = onDrain = onFinish = null;
    if (onClose === null) {
      callback(error);
    } else {
      onClose = callback;
      destroyer(sink, error);
      destroyer(source, error);
    }
  };
  return duplex;
}

module.exports = { duplexify };
