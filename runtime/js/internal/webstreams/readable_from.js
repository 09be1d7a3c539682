'use strict';

// `ReadableStream.from` (https://streams.spec.whatwg.org/#abstract-opdef-readablestreamfromiterable).

const {
  FunctionPrototypeCall,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  SymbolAsyncIterator,
  SymbolIterator,
  TypeError,
} = primordials;

const {
  codes: { ERR_ARG_NOT_ITERABLE, ERR_INVALID_STATE },
} = require('internal/errors');

function iteratorOf(iterable) {
  if (iterable === null || iterable === undefined) throw new ERR_ARG_NOT_ITERABLE(iterable);
  let isAsync = true;
  let method = iterable[SymbolAsyncIterator];
  if (method === null || method === undefined) {
    isAsync = false;
    method = iterable[SymbolIterator];
  }
  if (typeof method !== 'function') throw new ERR_ARG_NOT_ITERABLE(iterable);
  const iterator = FunctionPrototypeCall(method, iterable);
  if (!isObject(iterator)) throw new ERR_INVALID_STATE.TypeError('The iterator method must return an object');
  return { iterator, next: iterator.next, isAsync };
}

function isObject(value) {
  return value !== null && (typeof value === 'object' || typeof value === 'function');
}

// What a synchronous iterator gives is awaited as `for await` does.
function settle(result, isAsync) {
  if (isAsync) return PromiseResolve(result);
  if (!isObject(result)) throw new TypeError(`Iterator result ${result} is not an object`);
  const { done, value } = result;
  return PromisePrototypeThen(PromiseResolve(value), (settled) => ({ done, value: settled }));
}

function streamFrom(iterable) {
  const { iterator, next, isAsync } = iteratorOf(iterable);

  function pull(controller) {
    let result;
    try {
      result = settle(FunctionPrototypeCall(next, iterator), isAsync);
    } catch (error) {
      return PromiseReject(error);
    }
    return PromisePrototypeThen(result, (step) => {
      if (!isObject(step)) {
        throw new ERR_INVALID_STATE.TypeError('The promise returned by the iterator.next() method must fulfill with an object');
      }
      if (step.done) controller.close();
      else controller.enqueue(step.value);
    });
  }

  function cancel(reason) {
    let method;
    try {
      method = iterator.return;
    } catch (error) {
      return PromiseReject(error);
    }
    if (method === undefined || method === null) return PromiseResolve();
    let result;
    try {
      result = settle(FunctionPrototypeCall(method, iterator, reason), isAsync);
    } catch (error) {
      return PromiseReject(error);
    }
    return PromisePrototypeThen(result, (step) => {
      if (!isObject(step)) {
        throw new ERR_INVALID_STATE.TypeError('The promise returned by the iterator.return() method must fulfill with an object');
      }
    });
  }

  const { createReadableStream } = require('internal/webstreams/readable');
  return createReadableStream({ start: undefined, pull, cancel }, 0);
}

module.exports = { streamFrom };
