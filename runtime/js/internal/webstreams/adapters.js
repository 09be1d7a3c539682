'use strict';

// Between Node's streams and web streams: `Readable.toWeb`, `Writable.fromWeb` and the others of `node:stream`.

const {
  ArrayBufferIsView, ArrayPrototypeMap, ArrayPrototypePush, PromisePrototypeThen, PromiseResolve, SafePromiseAll, Uint8Array,
} = primordials;
const { codes: { ERR_INVALID_ARG_TYPE, ERR_STREAM_PREMATURE_CLOSE }, AbortError } = require('internal/errors');
const { validateBoolean, validateObject, validateOneOf } = require('internal/validators');
const { isAnyArrayBuffer } = require('internal/util/types');
const { isDestroyed, isReadable, isWritable, isWritableEnded } = require('internal/streams/utils');
const { ReadableStream, isReadableStream } = require('internal/webstreams/readable');
const { WritableStream, isWritableStream } = require('internal/webstreams/writable');
const { ByteLengthQueuingStrategy, CountQueuingStrategy } = require('internal/webstreams/queuing_strategies');
const { nop, withResolvers } = require('internal/webstreams/util');

const streams = () => require('stream');
const finished = (stream, options, callback) => require('internal/streams/end_of_stream').eos(stream, options, callback);

// The end without the other side's having said so: an abort, as far as web streams are concerned.
function abortOf(error) {
  if (error?.code === 'ERR_STREAM_PREMATURE_CLOSE') return new AbortError(undefined, { cause: error });
  return error;
}

function chunkToWeb(chunk, isObjectMode) {
  // A Buffer is a view on memory that others may share; web streams move their chunks' memory around.
  if (!isObjectMode && ArrayBufferIsView(chunk)) return new Uint8Array(chunk);
  return chunk;
}

/** `Writable.toWeb` */
function newWritableStreamFromStreamWritable(writable, options = {}) {
  if (typeof writable?.write !== 'function' || typeof writable.on !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('streamWritable', 'stream.Writable', writable);
  }
  if (isDestroyed(writable) || !isWritable(writable)) {
    const ended = new WritableStream();
    ended.close();
    return ended;
  }
  const { writableHighWaterMark: highWaterMark, writableObjectMode } = writable;
  const strategy = writableObjectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark };
  let controller;
  let drained;
  let closed;
  const stopWatching = finished(writable, undefined, (error) => {
    error = abortOf(error);
    stopWatching();
    // Errors after the end must not crash the process.
    writable.on('error', nop);
    if (error) {
      drained?.reject(error);
      if (closed !== undefined) {
        closed.reject(error);
        closed = undefined;
      }
      controller.error(error);
      return;
    }
    if (closed !== undefined) {
      closed.resolve();
      closed = undefined;
      return;
    }
    controller.error(new AbortError());
  });
  writable.on('drain', () => {
    drained?.resolve();
    drained = undefined;
  });
  return new WritableStream({
    start(c) { controller = c; },
    write(chunk) {
      if (options.validateChunk !== undefined) {
        try {
          options.validateChunk(chunk);
        } catch (error) {
          // The side that is read fails, too, instead of waiting for more.
          require('internal/streams/destroy').destroyer(writable, error);
          throw error;
        }
      }
      if (writableObjectMode !== true && isAnyArrayBuffer(chunk)) chunk = new Uint8Array(chunk);
      if (writable.writableNeedDrain || !writable.write(chunk)) {
        drained = withResolvers();
        const { promise } = drained;
        PromisePrototypeThen(promise, undefined, nop);
        return promise;
      }
    },
    abort(reason) { require('internal/streams/destroy').destroyer(writable, reason); },
    close() {
      if (closed === undefined && !isWritableEnded(writable)) {
        closed = withResolvers();
        writable.end();
        return closed.promise;
      }
      if (closed === undefined) return PromiseResolve();
      return closed.promise;
    },
  }, strategy);
}

/** `Writable.fromWeb` */
function newStreamWritableFromWritableStream(writableStream, options = {}) {
  if (!isWritableStream(writableStream)) throw new ERR_INVALID_ARG_TYPE('writableStream', 'WritableStream', writableStream);
  validateObject(options, 'options');
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  validateBoolean(decodeStrings, 'options.decodeStrings');
  const writer = writableStream.getWriter();
  const { Writable } = streams();
  const sink = sinkOf(writer, () => writable);
  const writable = new Writable({ highWaterMark, objectMode, decodeStrings, signal, ...sink });
  watchWriter(writer, writable, sink);
  return writable;
}

// The methods of a Node stream that writes to a web stream.
function sinkOf(writer, getStream) {
  const state = { isClosed: false };
  const settle = (promise, callback) => {
    const done = (error) => {
      try {
        callback(error);
      } catch (thrown) {
        // Out of the promise, so that it is an uncaught exception and not a rejection.
        require('process').nextTick(() => require('internal/streams/destroy').destroyer(getStream(), thrown));
      }
    };
    PromisePrototypeThen(promise, () => done(), (error) => done(error ?? new AbortError()));
  };
  return {
    state,
    writev(chunks, callback) {
      settle(PromisePrototypeThen(writer.ready, () => SafePromiseAll(chunks, ({ chunk }) => writer.write(chunk))), callback);
    },
    write(chunk, encoding, callback) {
      settle(PromisePrototypeThen(writer.ready, () => writer.write(chunk)), callback);
    },
    final(callback) {
      if (state.isClosed) return callback();
      settle(writer.close(), callback);
    },
    destroy(error, callback) {
      const done = () => callback(error);
      if (state.isClosed) return done();
      if (error != null) PromisePrototypeThen(writer.abort(error), done, done);
      else PromisePrototypeThen(writer.close(), done, done);
    },
  };
}

function watchWriter(writer, stream, { state }) {
  PromisePrototypeThen(writer.closed, () => {
    state.isClosed = true;
    if (!isWritableEnded(stream)) stream.destroy(new ERR_STREAM_PREMATURE_CLOSE());
  }, (error) => {
    state.isClosed = true;
    stream.destroy(error);
  });
}

/** `Readable.toWeb` */
function newReadableStreamFromStreamReadable(readable, options = {}) {
  if (typeof readable?._readableState !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('streamReadable', 'stream.Readable', readable);
  }
  validateObject(options, 'options');
  if (options.type !== undefined) validateOneOf(options.type, 'options.type', ['bytes']);
  const isBytes = options.type === 'bytes';
  if (isDestroyed(readable) || !isReadable(readable)) {
    const ended = new ReadableStream(isBytes ? { type: 'bytes' } : {});
    ended.cancel();
    return ended;
  }
  const { readableObjectMode: isObjectMode, readableHighWaterMark: highWaterMark } = readable;
  const strategy = isBytes ? { highWaterMark } : options.strategy ??
    (isObjectMode ? new CountQueuingStrategy({ highWaterMark }) : new ByteLengthQueuingStrategy({ highWaterMark }));
  let controller;
  let wasCanceled = false;
  readable.pause();
  const stopWatching = finished(readable, { writable: false }, (error) => {
    error = abortOf(error);
    stopWatching();
    readable.on('error', nop);
    if (error) return controller.error(error);
    if (!wasCanceled) {
      controller.close();
      if (isBytes) controller.byobRequest?.respond(0);
    }
  });
  readable.on('data', (chunk) => {
    if (typeof chunk === 'string' && isBytes) chunk = require('buffer').Buffer.from(chunk);
    controller.enqueue(chunkToWeb(chunk, isObjectMode));
    if (controller.desiredSize <= 0) readable.pause();
  });
  return new ReadableStream({
    type: isBytes ? 'bytes' : undefined,
    start(c) { controller = c; readable.pause(); },
    pull() { readable.resume(); },
    cancel(reason) {
      wasCanceled = true;
      require('internal/streams/destroy').destroyer(readable, reason);
    },
  }, strategy);
}

/** `Readable.fromWeb` */
function newStreamReadableFromReadableStream(readableStream, options = {}) {
  if (!isReadableStream(readableStream)) throw new ERR_INVALID_ARG_TYPE('readableStream', 'ReadableStream', readableStream);
  validateObject(options, 'options');
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  if (encoding !== undefined && !require('buffer').Buffer.isEncoding(encoding)) {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_VALUE)('options.encoding', encoding);
  }
  validateBoolean(objectMode, 'options.objectMode');
  const reader = readableStream.getReader();
  const source = sourceOf(reader, () => readable);
  const { Readable } = streams();
  const readable = new Readable({ objectMode, highWaterMark, encoding, signal, ...source });
  watchReader(reader, readable, source);
  return readable;
}

function sourceOf(reader, getStream) {
  const state = { isClosed: false };
  return {
    state,
    read() {
      PromisePrototypeThen(reader.read(), ({ value, done }) => {
        getStream().push(done ? null : value);
      }, (error) => require('internal/streams/destroy').destroyer(getStream(), error));
    },
    destroy(error, callback) {
      const done = () => callback(error);
      if (state.isClosed) return done();
      PromisePrototypeThen(reader.cancel(error), done, done);
    },
  };
}

function watchReader(reader, stream, { state }) {
  PromisePrototypeThen(reader.closed, () => { state.isClosed = true; }, (error) => {
    state.isClosed = true;
    require('internal/streams/destroy').destroyer(stream, error);
  });
}

/** `Duplex.toWeb` */
function newReadableWritablePairFromDuplex(duplex, options = {}) {
  if (typeof duplex?._writableState !== 'object' || typeof duplex._readableState !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('duplex', 'stream.Duplex', duplex);
  }
  const readableType = options?.readableType ?? options?.type;
  const readableOptions = readableType === undefined ? {} : { type: readableType };
  if (isDestroyed(duplex)) {
    const writable = new WritableStream();
    const readable = new ReadableStream(readableOptions);
    writable.close();
    readable.cancel();
    return { readable, writable };
  }
  const writable = isWritable(duplex) ? newWritableStreamFromStreamWritable(duplex, options) : new WritableStream();
  if (!isWritable(duplex)) writable.close();
  const readable = isReadable(duplex) ? newReadableStreamFromStreamReadable(duplex, readableOptions) :
    new ReadableStream(readableOptions);
  if (!isReadable(duplex)) readable.cancel();
  return { writable, readable };
}

/** `Duplex.fromWeb` */
function newStreamDuplexFromReadableWritablePair(pair = {}, options = {}) {
  validateObject(pair, 'pair');
  const { readable: readableStream, writable: writableStream } = pair;
  if (!isReadableStream(readableStream)) throw new ERR_INVALID_ARG_TYPE('pair.readable', 'ReadableStream', readableStream);
  if (!isWritableStream(writableStream)) throw new ERR_INVALID_ARG_TYPE('pair.writable', 'WritableStream', writableStream);
  validateObject(options, 'options');
  const { allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  const writer = writableStream.getWriter();
  const reader = readableStream.getReader();
  const sink = sinkOf(writer, () => duplex);
  const source = sourceOf(reader, () => duplex);
  const { Duplex } = streams();
  const duplex = new Duplex({
    allowHalfOpen, highWaterMark, objectMode, encoding, decodeStrings, signal,
    writev: sink.writev, write: sink.write, final: sink.final, read: source.read,
    destroy(error, callback) {
      const endings = [];
      if (!sink.state.isClosed) ArrayPrototypePush(endings, error != null ? writer.abort(error) : writer.close());
      if (!source.state.isClosed) ArrayPrototypePush(endings, reader.cancel(error));
      const done = () => callback(error);
      const quiet = ArrayPrototypeMap(endings, (ending) => PromisePrototypeThen(ending, nop, nop));
      PromisePrototypeThen(SafePromiseAll(quiet, (promise) => promise), done, done);
    },
  });
  watchWriter(writer, duplex, sink);
  watchReader(reader, duplex, source);
  return duplex;
}

module.exports = {
  newReadableStreamFromStreamReadable, newReadableWritablePairFromDuplex, newStreamDuplexFromReadableWritablePair,
  newStreamReadableFromReadableStream, newStreamWritableFromWritableStream, newWritableStreamFromStreamWritable,
};
