// The histograms of `perf_hooks`: of values that a program records, and of how late the event loop is.
'use strict';

const {
  BigInt, FinalizationRegistry, FinalizationRegistryPrototypeRegister, MathMax, Number, NumberIsNaN, NumberMAX_SAFE_INTEGER,
  Map, ObjectFromEntries, Symbol, SymbolDispose, SymbolFor,
} = primordials;
const { codes } = require('internal/errors');
const { validateInteger, validateNumber, validateObject } = require('internal/validators');
const native = binding('histogram');

const kMake = Symbol('kMake');
const kInspect = SymbolFor('nodejs.util.inspect.custom');
const free = new FinalizationRegistry(native.close);
/** What an empty histogram says its smallest value is. */
const EMPTY_MIN = 9223372036854776000;

let numberOf;

class Histogram {
  #number;

  static {
    numberOf = (histogram) => histogram.#number;
  }

  constructor(token, number) {
    if (token !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this.#number = number;
    FinalizationRegistryPrototypeRegister(free, this, number);
  }

  #summary(at) { return native.summary(this.#number)[at]; }

  get count() { return this.#summary(0); }
  get countBigInt() { return BigInt(this.#summary(0)); }
  get min() { return this.#summary(0) === 0 ? EMPTY_MIN : this.#summary(1); }
  get minBigInt() { return this.#summary(0) === 0 ? 9223372036854775807n : BigInt(this.#summary(1)); }
  get max() { return this.#summary(2); }
  get maxBigInt() { return BigInt(this.#summary(2)); }
  get mean() { return this.#summary(0) === 0 ? NaN : this.#summary(3); }
  get exceeds() { return this.#summary(5); }
  get exceedsBigInt() { return BigInt(this.#summary(5)); }
  get stddev() { return this.#summary(0) === 0 ? NaN : this.#summary(4); }

  percentile(percentile) {
    validateNumber(percentile, 'percentile');
    if (NumberIsNaN(percentile) || percentile <= 0 || percentile > 100) {
      throw new codes.ERR_OUT_OF_RANGE('percentile', '> 0 && <= 100', percentile);
    }
    return native.percentile(this.#number, percentile);
  }

  percentileBigInt(percentile) { return BigInt(this.percentile(percentile)); }

  get percentiles() {
    const list = native.percentiles(this.#number);
    const map = new Map();
    for (let i = 0; i < list.length; i += 2) map.set(list[i], list[i + 1]);
    return map;
  }

  get percentilesBigInt() {
    const list = native.percentiles(this.#number);
    const map = new Map();
    for (let i = 0; i < list.length; i += 2) map.set(list[i], BigInt(list[i + 1]));
    return map;
  }

  reset() { native.reset(this.#number); }

  toJSON() {
    const { count, min, max, mean, exceeds, stddev, percentiles } = this;
    return { count, min, max, mean, exceeds, stddev, percentiles: ObjectFromEntries(percentiles) };
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const { min, max, mean, exceeds, stddev, count, percentiles } = this;
    return `Histogram ${inspect({ min, max, mean, exceeds, stddev, count, percentiles }, {
      ...options, depth: options.depth === null ? null : options.depth - 1,
    })}`;
  }
}

class RecordableHistogram extends Histogram {
  #last = undefined;

  record(value) {
    if (typeof value === 'bigint') value = Number(value);
    validateInteger(value, 'val', 1);
    native.record(numberOf(this), value);
  }

  recordDelta() {
    const now = require('process').hrtime.bigint();
    if (this.#last !== undefined) native.record(numberOf(this), MathMax(Number(now - this.#last), 1));
    this.#last = now;
  }

  add(other) {
    if (!(other instanceof RecordableHistogram)) throw new codes.ERR_INVALID_ARG_TYPE('other', 'RecordableHistogram', other);
    native.add(numberOf(this), numberOf(other));
  }
}

function bigOrNumber(value, name) {
  if (typeof value === 'bigint') return Number(value);
  validateInteger(value, name, 1);
  return value;
}

function createHistogram(options = {}) {
  validateObject(options, 'options');
  const { lowest = 1, highest = NumberMAX_SAFE_INTEGER, figures = 3 } = options;
  const low = bigOrNumber(lowest, 'options.lowest');
  if (typeof highest !== 'bigint') validateInteger(highest, 'options.highest', 2 * low);
  const high = Number(highest);
  if (high < 2 * low) throw new codes.ERR_INVALID_ARG_VALUE('options.highest', highest);
  validateInteger(figures, 'options.figures', 1, 5);
  return new RecordableHistogram(kMake, native.create(low, high, figures));
}

// How late a timer of `resolution` milliseconds comes, in nanoseconds.
class IntervalHistogram extends Histogram {
  #resolution;
  #timer = undefined;
  #last = 0n;

  constructor(token, number, resolution) {
    super(token, number);
    this.#resolution = resolution;
  }

  enable() {
    if (this.#timer !== undefined) return false;
    const { hrtime } = require('process');
    this.#last = hrtime.bigint();
    this.#timer = require('timers').setInterval(() => {
      const now = hrtime.bigint();
      native.record(numberOf(this), Number(now - this.#last));
      this.#last = now;
    }, this.#resolution);
    this.#timer.unref();
    return true;
  }

  disable() {
    if (this.#timer === undefined) return false;
    require('timers').clearInterval(this.#timer);
    this.#timer = undefined;
    return true;
  }

  [SymbolDispose]() { this.disable(); }
}

function monitorEventLoopDelay(options = {}) {
  validateObject(options, 'options');
  const { resolution = 10 } = options;
  validateInteger(resolution, 'options.resolution', 1);
  return new IntervalHistogram(kMake, native.create(1, 3.6e12, 3), resolution);
}

module.exports = { Histogram, RecordableHistogram, createHistogram, monitorEventLoopDelay };
