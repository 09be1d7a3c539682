'use strict';

// `Readable.from`: a stream of what an iterable gives, synchronous or not, one step ahead at most.

const {
  PromisePrototypeThen,
  SymbolAsyncIterator,
  SymbolIterator,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES },
} = require('internal/errors');
const process = require('process');
const { Buffer } = require('buffer');

// `Class` is Readable, or a duplex that gets its other side from the options.
function from(Class, iterable, options) {
  if (typeof iterable === 'string' || iterable instanceof Buffer) {
    return new Class({
      objectMode: true,
      ...options,
      read() {
        this.push(iterable);
        this.push(null);
      },
    });
  }

  let iterator;
  let isAsync;
  if (iterable && iterable[SymbolAsyncIterator]) {
    isAsync = true;
    iterator = iterable[SymbolAsyncIterator]();
  } else if (iterable && iterable[SymbolIterator]) {
    isAsync = false;
    iterator = iterable[SymbolIterator]();
  } else {
    throw new ERR_INVALID_ARG_TYPE('iterable', ['Iterable'], iterable);
  }

  const stream = new Class({ objectMode: true, highWaterMark: 1, ...options });
  const destroyBefore = stream._destroy;
  // One run of `pull` at a time.
  let pulling = false;

  stream._read = function() {
    if (pulling) return;
    pulling = true;
    pull();
  };
  stream._destroy = function(error, callback) {
    PromisePrototypeThen(
      close(error),
      () => {
        if (destroyBefore) destroyBefore.call(this, error, () => process.nextTick(callback, error));
        else process.nextTick(callback, error);
      },
      (failure) => process.nextTick(callback, failure || error));
  };

  async function pull() {
    try {
      while (true) {
        const { value, done } = isAsync ? await iterator.next() : iterator.next();
        if (done) {
          stream.push(null);
          return;
        }
        const chunk = typeof value?.then === 'function' ? await value : value;
        if (chunk === null) {
          pulling = false;
          throw new ERR_STREAM_NULL_VALUES();
        }
        if (!stream.push(chunk)) {
          pulling = false;
          return;
        }
      }
    } catch (error) {
      stream.destroy(error);
    }
  }

  async function close(error) {
    if (error !== undefined && error !== null && typeof iterator.throw === 'function') {
      const { value, done } = await iterator.throw(error);
      await value;
      if (done) return;
    }
    if (typeof iterator.return === 'function') {
      const { value } = await iterator.return();
      await value;
    }
  }

  return stream;
}

module.exports = { from };
