'use strict';

// `pipeline`: joins streams, iterables and functions into one chain that ends or fails as a whole. Each joint counts as
// one or two parts; the callback comes when no part is left.

const {
  ArrayIsArray,
  ArrayPrototypePop,
  ArrayPrototypePush,
  ArrayPrototypeShift,
  FunctionPrototypeCall,
  Promise,
  PromisePrototypeThen,
  SymbolAsyncIterator,
  SymbolDispose,
} = primordials;

const {
  AbortError,
  aggregateTwoErrors,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_RETURN_VALUE,
    ERR_MISSING_ARGS,
    ERR_STREAM_DESTROYED,
    ERR_STREAM_PREMATURE_CLOSE,
  },
} = require('internal/errors');
const { validateAbortSignal, validateFunction } = require('internal/validators');
const process = require('process');
const { eos } = require('internal/streams/end_of_stream');
const { destroyer } = require('internal/streams/destroy');
const {
  isIterable,
  isNodeStream,
  isReadable,
  isReadableFinished,
  isReadableNodeStream,
  isReadableStream,
  isTransformStream,
  isWebStream,
} = require('internal/streams/utils');

function pipeline(...streams) {
  validateFunction(streams[streams.length - 1], 'streams[stream.length - 1]');
  const callback = ArrayPrototypePop(streams);
  return runPipeline(streams, callback);
}

function runPipeline(streams, callback, options) {
  if (streams.length === 1 && ArrayIsArray(streams[0])) streams = streams[0];
  if (streams.length < 2) throw new ERR_MISSING_ARGS('streams');
  return new Pipeline(streams, callback, options).build();
}

class Pipeline {
  #streams;
  #callback;
  #called = false;
  #ends;
  #outerSignal;
  #signalListener;
  #controller;
  #destroys = [];
  // Undone when all went well: they would keep the last stream, which goes on, from failing loudly.
  #lastCleanups = [];
  #parts = 0;
  #error;
  #value;
  #finish = (error) => this.#settle(error, --this.#parts === 0);
  #fail = (error) => this.#settle(error, false);
  #onOuterAbort = () => this.#settle(new AbortError(undefined, { cause: this.#outerSignal?.reason }));

  constructor(streams, callback, options) {
    this.#streams = streams;
    this.#callback = callback;
    this.#ends = options?.end;
    this.#outerSignal = options?.signal;
    validateAbortSignal(this.#outerSignal, 'options.signal');
    const { AbortController } = require('internal/abort_controller');
    this.#controller = new AbortController();
    if (this.#outerSignal) {
      const { addAbortListener } = require('internal/events/abort_listener');
      this.#signalListener = addAbortListener(this.#outerSignal, this.#onOuterAbort);
    }
  }

  // Gives back the last stream.
  build() {
    const streams = this.#streams;
    let current;
    for (let i = 0; i < streams.length; i++) {
      const stream = streams[i];
      const isLast = i === streams.length - 1;
      const end = !isLast || this.#ends !== false;
      if (isNodeStream(stream)) this.#guard(stream, i, isLast, end);

      if (i === 0) current = this.#source(stream);
      else if (typeof stream === 'function') current = this.#call(stream, current, i, isLast, end);
      else if (isNodeStream(stream)) current = this.#intoNode(current, stream, isLast, end);
      else if (isWebStream(stream)) current = this.#intoWeb(current, stream, end);
      else current = require('internal/streams/duplex').Duplex.from(stream);
    }
    if (this.#controller.signal.aborted || this.#outerSignal?.aborted) process.nextTick(this.#onOuterAbort);
    return current;
  }

  #settle(error, isFinal) {
    if (error && (!this.#error || this.#error.code === 'ERR_STREAM_PREMATURE_CLOSE')) this.#error = error;
    if (!this.#error && !isFinal) return;
    while (this.#destroys.length > 0) ArrayPrototypeShift(this.#destroys)(this.#error);
    this.#signalListener?.[SymbolDispose]();
    this.#controller.abort();
    if (!isFinal) return;
    if (!this.#error) {
      for (let i = 0; i < this.#lastCleanups.length; i++) this.#lastCleanups[i]();
    }
    if (this.#called) return;
    this.#called = true;
    process.nextTick(this.#callback, this.#error, this.#value);
  }

  #guard(stream, i, isLast, end) {
    if (end) {
      const { destroy, cleanup } = watchLife(stream, !isLast, i > 0);
      ArrayPrototypePush(this.#destroys, destroy);
      if (isReadable(stream) && isLast) ArrayPrototypePush(this.#lastCleanups, cleanup);
    }
    // Errors that come after the stream's part is over must not go unheard while others are at work.
    const onError = (error) => {
      if (error && error.name !== 'AbortError' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') this.#fail(error);
    };
    stream.on('error', onError);
    if (isReadable(stream) && isLast) {
      ArrayPrototypePush(this.#lastCleanups, () => stream.removeListener('error', onError));
    }
  }

  #source(stream) {
    if (typeof stream === 'function') {
      const result = stream({ signal: this.#controller.signal });
      if (!isIterable(result)) {
        throw new ERR_INVALID_RETURN_VALUE('Iterable, AsyncIterable or Stream', 'source', result);
      }
      return result;
    }
    if (isIterable(stream) || isReadableNodeStream(stream) || isTransformStream(stream)) return stream;
    return require('internal/streams/duplex').Duplex.from(stream);
  }

  #call(fn, current, i, isLast, end) {
    const input = isTransformStream(current) ? toAsyncIterable(current?.readable) : toAsyncIterable(current);
    const result = fn(input, { signal: this.#controller.signal });
    if (!isLast) {
      if (!isIterable(result, true)) {
        throw new ERR_INVALID_RETURN_VALUE('AsyncIterable', `transform[${i - 1}]`, result);
      }
      return result;
    }

    // A function at the end: what it gives comes out of a stream of its own.
    const { PassThrough } = require('internal/streams/passthrough');
    const output = new PassThrough({ objectMode: true });
    const then = result?.then;
    if (typeof then === 'function') {
      this.#parts++;
      FunctionPrototypeCall(then, result, (value) => {
        this.#value = value;
        if (value !== undefined && value !== null) output.write(value);
        if (end) output.end();
        process.nextTick(this.#finish);
      }, (error) => {
        output.destroy(error);
        process.nextTick(this.#finish, error);
      });
    } else if (isIterable(result, true)) {
      this.#parts++;
      pumpToNode(result, output, this.#finish, end);
    } else if (isReadableStream(result) || isTransformStream(result)) {
      this.#parts++;
      pumpToNode(result.readable || result, output, this.#finish, end);
    } else {
      throw new ERR_INVALID_RETURN_VALUE('AsyncIterable or Promise', 'destination', result);
    }
    const { destroy, cleanup } = watchLife(output, false, true);
    ArrayPrototypePush(this.#destroys, destroy);
    if (isLast) ArrayPrototypePush(this.#lastCleanups, cleanup);
    return output;
  }

  #intoNode(current, stream, isLast, end) {
    if (isReadableNodeStream(current)) {
      this.#parts += 2;
      const cleanup = this.#pipe(current, stream, end);
      if (isReadable(stream) && isLast) ArrayPrototypePush(this.#lastCleanups, cleanup);
    } else if (isTransformStream(current) || isReadableStream(current)) {
      this.#parts++;
      pumpToNode(current.readable || current, stream, this.#finish, end);
    } else if (isIterable(current)) {
      this.#parts++;
      pumpToNode(current, stream, this.#finish, end);
    } else {
      throw wrongInput(current);
    }
    return stream;
  }

  #intoWeb(current, stream, end) {
    if (isReadableNodeStream(current)) {
      this.#parts++;
      pumpToWeb(toAsyncIterable(current), stream, this.#finish, end);
    } else if (isReadableStream(current) || isIterable(current)) {
      this.#parts++;
      pumpToWeb(current, stream, this.#finish, end);
    } else if (isTransformStream(current)) {
      this.#parts++;
      pumpToWeb(current.readable, stream, this.#finish, end);
    } else {
      throw wrongInput(current);
    }
    return stream;
  }

  #pipe(source, destination, end) {
    const finish = this.#finish;
    let ended = false;
    destination.on('close', () => {
      if (!ended) this.#fail(new ERR_STREAM_PREMATURE_CLOSE());
    });
    source.pipe(destination, { end: false });

    if (end) {
      const endDestination = () => {
        ended = true;
        destination.end();
      };
      if (isReadableFinished(source)) process.nextTick(endDestination);
      else source.once('end', endDestination);
    } else {
      finish();
    }

    eos(source, { readable: true, writable: false }, (error) => {
      const state = source._readableState;
      if (error && error.code === 'ERR_STREAM_PREMATURE_CLOSE' &&
          state && state.ended && !state.errored && !state.errorEmitted) {
        // Some streams close before their 'end' is out.
        source.once('end', finish).once('error', finish);
      } else {
        finish(error);
      }
    });
    return eos(destination, { readable: false, writable: true }, finish);
  }
}

function wrongInput(value) {
  return new ERR_INVALID_ARG_TYPE(
    'val', ['Readable', 'Iterable', 'AsyncIterable', 'ReadableStream', 'TransformStream'], value);
}

function watchLife(stream, reading, writing) {
  let over = false;
  stream.on('close', () => { over = true; });
  const cleanup = eos(stream, { readable: reading, writable: writing }, (error) => { over = !error; });
  return {
    destroy(error) {
      if (over) return;
      over = true;
      destroyer(stream, error || new ERR_STREAM_DESTROYED('pipe'));
    },
    cleanup,
  };
}

function toAsyncIterable(value) {
  if (isIterable(value)) return value;
  // Streams of the oldest kind.
  if (isReadableNodeStream(value)) return iterateReadable(value);
  throw wrongInput(value);
}

async function* iterateReadable(value) {
  const { Readable } = require('internal/streams/readable');
  yield* Readable.prototype[SymbolAsyncIterator].call(value);
}

async function pumpToNode(iterable, writable, finish, end) {
  let failure;
  let wake = null;

  const resume = (error) => {
    if (error) failure = error;
    if (wake !== null) {
      const waiter = wake;
      wake = null;
      waiter();
    }
  };
  const wait = () => new Promise((resolve, reject) => {
    if (failure) {
      reject(failure);
    } else {
      wake = () => {
        if (failure) reject(failure);
        else resolve();
      };
    }
  });

  writable.on('drain', resume);
  const cleanup = eos(writable, { readable: false }, resume);
  try {
    if (writable.writableNeedDrain) await wait();
    for await (const chunk of iterable) {
      if (!writable.write(chunk)) await wait();
    }
    if (end) {
      writable.end();
      await wait();
    }
    finish();
  } catch (error) {
    finish(failure !== error ? aggregateTwoErrors(failure, error) : error);
  } finally {
    cleanup();
    writable.off('drain', resume);
  }
}

async function pumpToWeb(readable, writable, finish, end) {
  if (isTransformStream(writable)) writable = writable.writable;
  const writer = writable.getWriter();
  try {
    for await (const chunk of readable) {
      await writer.ready;
      PromisePrototypeThen(writer.write(chunk), undefined, nop);
    }
    await writer.ready;
    if (end) await writer.close();
    finish();
  } catch (error) {
    try {
      await writer.abort(error);
      finish(error);
    } catch (second) {
      finish(second);
    }
  }
}

function nop() {}

module.exports = { pipeline, runPipeline };
