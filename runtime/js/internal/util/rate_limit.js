// `util.debounce` and `util.throttle`: a function that is called less often than it is asked for. Each call gives a promise.
'use strict';

const {
  ArrayPrototypePush, ArrayPrototypeShift, ObjectDefineProperties, ObjectDefineProperty, PromisePrototypeThen, PromiseReject,
  PromiseResolve, PromiseWithResolvers, ReflectApply,
} = primordials;
const { AbortError, codes: { ERR_THROTTLED } } = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateFunction, validateInteger, validateObject, validateOneOf } = require('internal/validators');
const { kEmptyObject } = require('internal/util');
const { clearTimeout, setTimeout } = require('timers');
const { markPromiseAsHandled } = binding('util');

const TIMEOUT_MAX = 2 ** 31 - 1;

function now() {
  const { 0: seconds, 1: nanos } = binding('process').hrtime();
  return seconds * 1000 + nanos / 1e6;
}

function abortError(reason) {
  return reason === undefined ? new AbortError() : new AbortError(undefined, { __proto__: null, cause: reason });
}

// What both have: calls that wait, one timer, a signal, and the function through which users reach it.
class Limiter {
  waiting = [];
  #timer;
  #isRefed = true;
  #aborted;

  constructor(fn, signal) {
    this.fn = fn;
    this.signal = signal;
    if (signal?.aborted) throw abortError(signal.reason);
    const limiter = this;
    this.face = function limited(...args) { return limiter.call(args); };
    ObjectDefineProperty(this.face, 'length', { __proto__: null, configurable: true, value: fn.length });
    ObjectDefineProperty(this.face, 'name', { __proto__: null, configurable: true, value: fn.name });
    if (signal !== undefined) require('internal/events/abort_listener').addAbortListener(signal, () => this.abort());
  }

  expose(methods, getters) {
    const descriptors = { __proto__: null };
    for (const name of methods) descriptors[name] = { __proto__: null, configurable: true, enumerable: true, writable: true, value: this[name].bind(this) };
    for (const name of getters) descriptors[name] = { __proto__: null, enumerable: false, get: () => this[name] };
    ObjectDefineProperties(this.face, descriptors);
    return this.face;
  }

  get pending() { return this.waiting.length === 0 ? null : this.waiting[this.waiting.length - 1].promise; }
  get pendingCount() { return this.waiting.length; }
  get isTiming() { return this.#timer !== undefined; }

  startTimer(ms, run) {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      run();
    }, ms);
    if (!this.#isRefed) this.#timer.unref();
  }

  restartTimer() {
    this.#timer.refresh();
  }

  stopTimer() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  ref() {
    this.#isRefed = true;
    this.#timer?.ref();
    return this.face;
  }

  unref() {
    this.#isRefed = false;
    this.#timer?.unref();
    return this.face;
  }

  rejectAll(error) {
    const calls = this.waiting;
    this.waiting = [];
    for (let i = 0; i < calls.length; i++) calls[i].reject(error);
  }

  abort() {
    this.#aborted ??= abortError(this.signal.reason);
    this.stop(this.#aborted);
    return this.#aborted;
  }

  // The error of an aborted limiter, undefined while it works.
  checkAborted() {
    if (this.signal?.aborted) this.abort();
    return this.#aborted;
  }

  cancel(reason) {
    this.stop(abortError(reason));
  }
}

class Debouncer extends Limiter {
  #args;

  constructor(fn, wait, { leading, rejectOnCancel, signal }) {
    super(fn, signal);
    this.wait = wait;
    this.leading = leading;
    this.rejectOnCancel = rejectOnCancel;
  }

  call(args) {
    const aborted = this.checkAborted();
    if (aborted !== undefined) return PromiseReject(aborted);
    const isFirst = !this.isTiming;
    if (isFirst) {
      this.startTimer(this.wait, () => this.#runWaiting());
    } else {
      if (this.waiting.length !== 0) {
        markPromiseAsHandled(this.pending);
        if (this.rejectOnCancel) this.rejectAll(new AbortError('The debounced call was superseded'));
      }
      this.restartTimer();
    }
    const call = PromiseWithResolvers();
    if (isFirst && this.leading) {
      this.#run(args, [call]);
    } else {
      ArrayPrototypePush(this.waiting, call);
      this.#args = args;
    }
    return call.promise;
  }

  #runWaiting() {
    const calls = this.waiting;
    const args = this.#args;
    this.waiting = [];
    this.#args = undefined;
    if (calls.length !== 0) this.#run(args, calls);
  }

  #run(args, calls) {
    let settle;
    try {
      const aborted = this.checkAborted();
      if (aborted !== undefined) throw aborted;
      const result = ReflectApply(this.fn, this.face, args);
      settle = (call) => call.resolve(result);
    } catch (error) {
      settle = (call) => call.reject(error);
    }
    for (let i = 0; i < calls.length; i++) settle(calls[i]);
  }

  flush() {
    if (this.waiting.length === 0) return;
    this.stopTimer();
    this.#runWaiting();
  }

  stop(error) {
    if (!this.isTiming) return;
    this.stopTimer();
    this.#args = undefined;
    this.rejectAll(error);
  }
}

class Throttler extends Limiter {
  activeCount = 0;
  // When calls began: of the present window, or with `strict` those of the last interval.
  #starts = [];
  #windowStart = -Infinity;

  constructor(fn, limit, interval, { concurrency, maxPending, overflow, signal, strict }) {
    super(fn, signal);
    this.limit = limit;
    this.interval = interval;
    this.concurrency = concurrency;
    this.maxPending = maxPending;
    this.drops = overflow === 'drop';
    this.strict = strict;
  }

  #hasCapacity(time) {
    if (this.strict) {
      while (this.#starts.length > 0 && time - this.#starts[0] >= this.interval) ArrayPrototypeShift(this.#starts);
    } else if (time - this.#windowStart >= this.interval) {
      this.#windowStart = time;
      this.#starts = [];
    }
    return this.#starts.length < this.limit;
  }

  hasImmediateCapacity() {
    if (this.signal?.aborted || this.waiting.length !== 0 || this.activeCount >= this.concurrency) return false;
    const time = now();
    if (!this.strict) return time - this.#windowStart >= this.interval || this.#starts.length < this.limit;
    return this.#starts.filter((start) => time - start < this.interval).length < this.limit;
  }

  call(args) {
    const aborted = this.checkAborted();
    if (aborted !== undefined) return PromiseReject(aborted);
    const time = now();
    const canRun = this.waiting.length === 0 && this.activeCount < this.concurrency && this.#hasCapacity(time);
    if (!canRun && (this.drops || this.waiting.length >= this.maxPending)) {
      const dropped = PromiseReject(new ERR_THROTTLED());
      markPromiseAsHandled(dropped);
      return dropped;
    }
    const call = PromiseWithResolvers();
    call.args = args;
    if (canRun) {
      this.#run(call, time);
    } else {
      ArrayPrototypePush(this.waiting, call);
      this.#schedule();
    }
    return call.promise;
  }

  #run(call, time) {
    ArrayPrototypePush(this.#starts, time);
    this.activeCount++;
    let result;
    try {
      result = PromiseResolve(ReflectApply(this.fn, this.face, call.args));
    } catch (error) {
      result = PromiseReject(error);
    }
    call.resolve(result);
    const settled = () => {
      this.activeCount--;
      this.#drain();
    };
    PromisePrototypeThen(result, settled, settled);
  }

  #drain() {
    if (this.checkAborted() !== undefined) return;
    while (this.waiting.length !== 0 && this.activeCount < this.concurrency && this.#hasCapacity(now())) {
      this.#run(ArrayPrototypeShift(this.waiting), now());
    }
    this.#schedule();
  }

  #schedule() {
    if (this.isTiming || this.waiting.length === 0 || this.activeCount >= this.concurrency) return;
    const time = now();
    if (this.#hasCapacity(time)) return this.#drain();
    const since = this.strict ? this.#starts[0] : this.#windowStart;
    this.startTimer(Math.ceil(since + this.interval - time), () => this.#drain());
  }

  stop(error) {
    this.stopTimer();
    this.#starts = [];
    this.#windowStart = -Infinity;
    this.rejectAll(error);
  }
}

function debounce(fn, wait, options = kEmptyObject) {
  validateFunction(fn, 'fn');
  validateInteger(wait, 'wait', 0, TIMEOUT_MAX);
  validateObject(options, 'options');
  const { leading = false, rejectOnCancel = false, signal } = options;
  validateBoolean(leading, 'options.leading');
  validateBoolean(rejectOnCancel, 'options.rejectOnCancel');
  validateAbortSignal(signal, 'options.signal');
  return new Debouncer(fn, wait, { leading, rejectOnCancel, signal }).expose(['cancel', 'flush', 'ref', 'unref'], ['pending', 'pendingCount']);
}

function throttle(fn, limit, interval, options = kEmptyObject) {
  validateFunction(fn, 'fn');
  validateInteger(limit, 'limit', 1);
  validateInteger(interval, 'interval', 0, TIMEOUT_MAX);
  validateObject(options, 'options');
  const { concurrency = Infinity, maxPending = Infinity, overflow = 'queue', signal, strict = false } = options;
  if (concurrency !== Infinity) validateInteger(concurrency, 'options.concurrency', 1);
  if (maxPending !== Infinity) validateInteger(maxPending, 'options.maxPending', 0);
  validateOneOf(overflow, 'options.overflow', ['queue', 'drop']);
  validateAbortSignal(signal, 'options.signal');
  validateBoolean(strict, 'options.strict');
  return new Throttler(fn, limit, interval, { concurrency, maxPending, overflow, signal, strict })
    .expose(['cancel', 'hasImmediateCapacity', 'ref', 'unref'], ['pending', 'pendingCount', 'activeCount']);
}

module.exports = { debounce, throttle };
