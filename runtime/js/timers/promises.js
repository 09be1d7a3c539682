// `node:timers/promises`: timers as promises, and an interval as an async iterator.
'use strict';

const { Promise, PromiseReject, SafePromisePrototypeFinally, Symbol } = primordials;
const { AbortError, codes } = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateNumber, validateObject } = require('internal/validators');
const timers = require('timers');

// The options' check as a rejection.
function checked(options) {
  validateObject(options, 'options');
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  if (options.ref !== undefined) validateBoolean(options.ref, 'options.ref');
  return options;
}

function abortOf(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

// A promise of `start(resolve)`, which an abort ends with `stop(what start gave)`.
function waitFor(start, stop, { signal, ref = true }) {
  if (signal?.aborted) return PromiseReject(abortOf(signal));
  let onAbort;
  const promise = new Promise((resolve, reject) => {
    const timer = start(resolve);
    if (!ref) timer.unref?.();
    if (signal === undefined) return;
    onAbort = () => {
      stop(timer);
      reject(abortOf(signal));
    };
    const { kResistStopPropagation } = require('internal/event_target');
    signal.addEventListener('abort', onAbort, { __proto__: null, [kResistStopPropagation]: true });
  });
  return onAbort === undefined ? promise :
    SafePromisePrototypeFinally(promise, () => signal.removeEventListener('abort', onAbort));
}

function setTimeout(after, value, options = {}) {
  try {
    if (after !== undefined) validateNumber(after, 'delay');
    checked(options);
  } catch (error) {
    return PromiseReject(error);
  }
  return waitFor((resolve) => timers.setTimeout(resolve, after, value), timers.clearTimeout, options);
}

function setImmediate(value, options = {}) {
  try {
    checked(options);
  } catch (error) {
    return PromiseReject(error);
  }
  return waitFor((resolve) => timers.setImmediate(resolve, value), timers.clearImmediate, options);
}

async function* setInterval(after, value, options = {}) {
  if (after !== undefined) validateNumber(after, 'delay');
  const { signal, ref = true } = checked(options);
  if (signal?.aborted) throw abortOf(signal);
  // Ticks that nobody has taken yet.
  let waiting = 0;
  let wake;
  const interval = timers.setInterval(() => {
    waiting++;
    wake?.();
    wake = undefined;
  }, after);
  if (!ref) interval.unref();
  const onAbort = () => {
    timers.clearInterval(interval);
    wake?.();
    wake = undefined;
  };
  if (signal !== undefined) {
    const { kResistStopPropagation } = require('internal/event_target');
    signal.addEventListener('abort', onAbort, { __proto__: null, once: true, [kResistStopPropagation]: true });
  }
  try {
    while (!signal?.aborted) {
      if (waiting === 0) await new Promise((resolve) => { wake = resolve; });
      for (; waiting > 0; waiting--) yield value;
    }
    throw abortOf(signal);
  } finally {
    timers.clearInterval(interval);
    signal?.removeEventListener('abort', onAbort);
  }
}

const kMake = Symbol('kMake');

class Scheduler {
  #isScheduler = true;

  constructor(token) {
    if (token !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
  }

  yield() {
    if (!(#isScheduler in this)) throw new codes.ERR_INVALID_THIS('Scheduler');
    return setImmediate();
  }

  wait(delay, options = undefined) {
    if (!(#isScheduler in this)) throw new codes.ERR_INVALID_THIS('Scheduler');
    return setTimeout(delay, undefined, options);
  }
}

module.exports = { setTimeout, setImmediate, setInterval, scheduler: new Scheduler(kMake) };
