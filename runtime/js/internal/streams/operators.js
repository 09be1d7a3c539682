'use strict';

// The iterator helpers of readables. Those in `streaming` give an async iterable, which becomes a stream again; those in
// `consuming` give a promise. `map` runs several calls at a time and keeps the order.

const {
  ArrayPrototypePush,
  ArrayPrototypeShift,
  MathFloor,
  Number,
  NumberIsNaN,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  Symbol,
} = primordials;

const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS, ERR_OUT_OF_RANGE },
} = require('internal/errors');
const { validateAbortSignal, validateInteger, validateObject } = require('internal/validators');
const { finished } = require('internal/streams/end_of_stream');

const kSkip = Symbol('kEmpty');
const kEnd = Symbol('kEof');

function checkFunction(fn) {
  if (typeof fn !== 'function') throw new ERR_INVALID_ARG_TYPE('fn', ['Function', 'AsyncFunction'], fn);
}

function checkOptions(options) {
  if (options !== undefined && options !== null) validateObject(options, 'options');
  if (options?.signal !== undefined && options?.signal !== null) validateAbortSignal(options.signal, 'options.signal');
}

function aborted(options) {
  return new AbortError(undefined, { cause: options?.signal?.reason });
}

function map(fn, options) {
  checkFunction(fn);
  checkOptions(options);
  let concurrency = 1;
  if (options?.concurrency !== undefined && options?.concurrency !== null) {
    concurrency = MathFloor(options.concurrency);
  }
  let mark = concurrency - 1;
  if (options?.highWaterMark !== undefined && options?.highWaterMark !== null) {
    mark = MathFloor(options.highWaterMark);
  }
  validateInteger(concurrency, 'options.concurrency', 1);
  validateInteger(mark, 'options.highWaterMark', 0);
  return mapChunks(this, fn, options, concurrency, mark + concurrency);
}

// `pump` starts calls and queues their promises; the generator takes them in order.
async function* mapChunks(stream, fn, options, concurrency, queueMax) {
  const { AbortSignal } = require('internal/abort_controller');
  const signals = options?.signal ? [options.signal] : [];
  const signal = AbortSignal.any(signals);
  const queue = [];
  const callOptions = { signal };
  let wakeReader = null;
  let wakePump = null;
  let done = false;
  let running = 0;

  function onFailed() {
    done = true;
    onSettled();
  }
  function onSettled() {
    running--;
    resumePump();
  }
  function resumePump() {
    if (wakePump !== null && !done && running < concurrency && queue.length < queueMax) {
      const wake = wakePump;
      wakePump = null;
      wake();
    }
  }
  async function pump() {
    try {
      for await (let chunk of stream) {
        if (done) return;
        if (signal.aborted) throw aborted(callOptions);
        try {
          chunk = fn(chunk, callOptions);
          if (chunk === kSkip) continue;
          chunk = PromiseResolve(chunk);
        } catch (error) {
          chunk = PromiseReject(error);
        }
        running++;
        PromisePrototypeThen(chunk, onSettled, onFailed);
        ArrayPrototypePush(queue, chunk);
        if (wakeReader !== null) {
          wakeReader();
          wakeReader = null;
        }
        if (!done && (queue.length >= queueMax || running >= concurrency)) {
          await new Promise((resolve) => { wakePump = resolve; });
        }
      }
      ArrayPrototypePush(queue, kEnd);
    } catch (error) {
      const failed = PromiseReject(error);
      PromisePrototypeThen(failed, onSettled, onFailed);
      ArrayPrototypePush(queue, failed);
    } finally {
      done = true;
      if (wakeReader !== null) {
        wakeReader();
        wakeReader = null;
      }
    }
  }

  pump();
  try {
    while (true) {
      while (queue.length > 0) {
        const chunk = await queue[0];
        if (chunk === kEnd) return;
        if (signal.aborted) throw aborted(callOptions);
        if (chunk !== kSkip) yield chunk;
        ArrayPrototypeShift(queue);
        resumePump();
      }
      await new Promise((resolve) => { wakeReader = resolve; });
    }
  } finally {
    done = true;
    if (wakePump !== null) {
      wakePump();
      wakePump = null;
    }
  }
}

function filter(fn, options) {
  checkFunction(fn);
  async function keepOrSkip(value, callOptions) {
    return await fn(value, callOptions) ? value : kSkip;
  }
  return map.call(this, keepOrSkip, options);
}

function flatMap(fn, options) {
  const values = map.call(this, fn, options);
  return flatten(values);
}

async function* flatten(values) {
  for await (const value of values) yield* value;
}

async function forEach(fn, options) {
  checkFunction(fn);
  async function run(value, callOptions) {
    await fn(value, callOptions);
    return kSkip;
  }
  // eslint-disable-next-line no-unused-vars
  for await (const unused of map.call(this, run, options));
}

async function some(fn, options = undefined) {
  // eslint-disable-next-line no-unused-vars
  for await (const unused of filter.call(this, fn, options)) return true;
  return false;
}

async function every(fn, options = undefined) {
  checkFunction(fn);
  return !(await some.call(this, async (...args) => !(await fn(...args)), options));
}

async function find(fn, options) {
  for await (const result of filter.call(this, fn, options)) return result;
  return undefined;
}

async function toArray(options) {
  checkOptions(options);
  const result = [];
  for await (const value of this) {
    if (options?.signal?.aborted) throw aborted(options);
    ArrayPrototypePush(result, value);
  }
  return result;
}

async function reduce(reducer, initial, options) {
  if (typeof reducer !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('reducer', ['Function', 'AsyncFunction'], reducer);
  }
  checkOptions(options);
  let hasValue = arguments.length > 1;
  if (options?.signal?.aborted) {
    const error = aborted(options);
    this.once('error', () => {}); // The error is the promise's; nobody need hear it again.
    await finished(this.destroy(error));
    throw error;
  }
  const { AbortController } = require('internal/abort_controller');
  const controller = new AbortController();
  const { signal } = controller;
  if (options?.signal) {
    const { kResistStopPropagation, kWeakHandler } = require('internal/event_target');
    options.signal.addEventListener('abort', () => controller.abort(), {
      __proto__: null, once: true, [kWeakHandler]: this, [kResistStopPropagation]: true,
    });
  }
  let any = false;
  try {
    for await (const value of this) {
      any = true;
      if (options?.signal?.aborted) throw aborted(options);
      if (hasValue) {
        initial = await reducer(initial, value, { signal });
      } else {
        initial = value;
        hasValue = true;
      }
    }
    if (!any && !hasValue) {
      const error = new ERR_MISSING_ARGS('reduce');
      error.message = 'Reduce of an empty stream requires an initial value';
      throw error;
    }
  } finally {
    controller.abort();
  }
  return initial;
}

function toCount(number) {
  number = Number(number);
  if (NumberIsNaN(number)) return 0;
  if (number < 0) throw new ERR_OUT_OF_RANGE('number', '>= 0', number);
  return number;
}

function drop(number, options = undefined) {
  checkOptions(options);
  return dropChunks(this, toCount(number), options);
}

async function* dropChunks(stream, number, options) {
  if (options?.signal?.aborted) throw aborted(options);
  for await (const value of stream) {
    if (options?.signal?.aborted) throw aborted(options);
    if (number-- <= 0) yield value;
  }
}

function take(number, options = undefined) {
  checkOptions(options);
  return takeChunks(this, toCount(number), options);
}

async function* takeChunks(stream, number, options) {
  if (options?.signal?.aborted) throw aborted(options);
  for await (const value of stream) {
    if (options?.signal?.aborted) throw aborted(options);
    if (number-- > 0) yield value;
    // No pull for a chunk that nobody will get.
    if (number <= 0) return;
  }
}

function compose(stream, options) {
  checkOptions(options);
  const { compose: composeStreams } = require('internal/streams/compose');
  const { isNodeStream, isWritable } = require('internal/streams/utils');
  if (isNodeStream(stream) && !isWritable(stream)) {
    const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
    throw new ERR_INVALID_ARG_VALUE('stream', stream, 'must be writable');
  }
  const composed = composeStreams(this, stream);
  if (options?.signal) {
    require('internal/streams/add_abort_signal').tieToSignal(options.signal, composed);
  }
  return composed;
}

module.exports = {
  compose,
  consuming: { every, forEach, reduce, toArray, some, find },
  streaming: { drop, filter, flatMap, map, take },
};
