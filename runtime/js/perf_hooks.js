// `node:perf_hooks`: the high-resolution clock, marks and measures.
'use strict';

const native = binding('process');
const { ArrayPrototypeFilter, ArrayPrototypePush, ArrayPrototypeSort, ObjectDefineProperty, SymbolToStringTag } = primordials;
const { codes } = require('internal/errors');

const [originMs, timeOrigin] = native.timeOrigin();

function now() {
  const { 0: seconds, 1: nanos } = native.hrtime();
  return seconds * 1e3 + nanos / 1e6 - originMs;
}

class PerformanceEntry {
  constructor(name, entryType, startTime, duration, detail) {
    this.name = name;
    this.entryType = entryType;
    this.startTime = startTime;
    this.duration = duration;
    if (detail !== undefined) this.detail = detail;
  }

  toJSON() {
    const { name, entryType, startTime, duration, detail } = this;
    return { name, entryType, startTime, duration, detail };
  }
}

class PerformanceMark extends PerformanceEntry {
  constructor(name, options = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('name');
    const start = options?.startTime ?? now();
    if (start < 0) throw new codes.ERR_PERFORMANCE_INVALID_TIMESTAMP(start);
    super(`${name}`, 'mark', start, 0, options?.detail ?? null);
  }
}

class PerformanceMeasure extends PerformanceEntry {}

let entries = [];
const observers = [];

// Resources beyond this many are not kept until some are cleared.
let resourcesMax = 250;

function add(entry) {
  ArrayPrototypePush(entries, entry);
  notify(entry);
}

function notify(entry) {
  for (let i = 0; i < observers.length; i++) observers[i].take(entry);
}

function timeOf(mark) {
  if (mark === undefined) return undefined;
  if (typeof mark === 'number') return mark;
  for (let i = entries.length - 1; i >= 0; i--) {
    if (entries[i].entryType === 'mark' && entries[i].name === `${mark}`) return entries[i].startTime;
  }
  const { DOMException } = require('internal/domexception');
  throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
}

const { EventTarget } = require('internal/event_target');

class Performance extends EventTarget {
  now() { return now(); }
  get timeOrigin() { return timeOrigin; }
  get [SymbolToStringTag]() { return 'Performance'; }

  mark(name, options) {
    const mark = new PerformanceMark(name, options);
    add(mark);
    return mark;
  }

  measure(name, startOrOptions, endMark) {
    require('internal/validators').validateString(name, 'name');
    let start;
    let end;
    let detail = null;
    if (typeof startOrOptions === 'object' && startOrOptions !== null) {
      const { start: from, end: to, duration } = startOrOptions;
      detail = startOrOptions.detail ?? null;
      end = to !== undefined ? timeOf(to) : from !== undefined && duration !== undefined ? timeOf(from) + duration : now();
      start = from !== undefined ? timeOf(from) : duration !== undefined ? end - duration : 0;
    } else {
      start = timeOf(startOrOptions) ?? 0;
      end = timeOf(endMark) ?? now();
    }
    const measure = new PerformanceMeasure(name, 'measure', start, end - start, detail);
    add(measure);
    return measure;
  }

  getEntries() {
    return ArrayPrototypeSort(ArrayPrototypeFilter(entries, () => true), (a, b) => a.startTime - b.startTime);
  }

  getEntriesByName(name, type) {
    return ArrayPrototypeFilter(this.getEntries(), (e) => e.name === name && (type === undefined || e.entryType === type));
  }

  getEntriesByType(type) {
    return ArrayPrototypeFilter(this.getEntries(), (e) => e.entryType === type);
  }

  clearMarks(name) {
    entries = ArrayPrototypeFilter(entries, (e) => e.entryType !== 'mark' || (name !== undefined && e.name !== name));
  }

  clearMeasures(name) {
    entries = ArrayPrototypeFilter(entries, (e) => e.entryType !== 'measure' || (name !== undefined && e.name !== name));
  }

  clearResourceTimings(name) {
    entries = ArrayPrototypeFilter(entries, (e) => e.entryType !== 'resource' || (name !== undefined && e.name !== name));
  }

  setResourceTimingBufferSize(size) {
    resourcesMax = size >>> 0;
  }

  // For implementations of fetch.
  markResourceTiming(timing, url, initiator, global, cacheMode, bodyInfo, status, deliveryType = '') {
    const { PerformanceResourceTiming, make } = require('internal/perf/resource_timing');
    const entry = make({ timing, url, initiator, cacheMode, bodyInfo, status, deliveryType });
    const kept = ArrayPrototypeFilter(entries, (e) => e instanceof PerformanceResourceTiming);
    if (kept.length < resourcesMax) {
      add(entry);
    } else {
      const { Event } = require('internal/event_target');
      this.dispatchEvent(new Event('resourcetimingbufferfull'));
      notify(entry);
    }
    return entry;
  }

  timerify(fn, options = undefined) {
    return timerify(fn, options);
  }

  toJSON() {
    return { timeOrigin, eventLoopUtilization: this.eventLoopUtilization() };
  }

  eventLoopUtilization(first = undefined, second = undefined) {
    return eventLoopUtilization(first, second);
  }
}

// The share of time in which the loop did not wait for events: of all time, since `first`, or from `second` to `first`.
function eventLoopUtilization(first, second) {
  if (first !== undefined && second !== undefined) return utilization(first.idle - second.idle, first.active - second.active);
  const idle = binding('loop').idleMs();
  // Before it has ever waited there is no loop to speak of.
  if (idle === 0) return { idle: 0, active: 0, utilization: 0 };
  const active = now() - idle;
  return first === undefined ? utilization(idle, active) : utilization(idle - first.idle, active - first.active);
}

function utilization(idle, active) {
  return { idle, active, utilization: idle + active === 0 ? 0 : active / (idle + active) };
}

// A function that tells how long each call took, to observers and into a histogram.
function timerify(fn, options = {}) {
  const { validateFunction, validateObject } = require('internal/validators');
  validateFunction(fn, 'fn');
  validateObject(options, 'options');
  const { histogram } = options;
  if (histogram !== undefined && typeof histogram?.record !== 'function') {
    throw new codes.ERR_INVALID_ARG_TYPE('options.histogram', 'RecordableHistogram', histogram);
  }
  const finish = (start, args) => {
    const duration = now() - start;
    histogram?.record(primordials.MathMax(primordials.MathCeil(duration * 1e6), 1));
    const entry = new PerformanceEntry(fn.name, 'function', start, duration, args);
    for (let i = 0; i < args.length; i++) entry[i] = args[i];
    for (let i = 0; i < observers.length; i++) observers[i].take(entry);
  };
  function timerified(...args) {
    const isConstructor = new.target !== undefined;
    const start = now();
    const result = isConstructor ? primordials.ReflectConstruct(fn, args, fn) : primordials.ReflectApply(fn, this, args);
    if (!isConstructor && typeof result?.finally === 'function') return result.finally(() => finish(start, args));
    finish(start, args);
    return result;
  }
  ObjectDefineProperty(timerified, 'length', { __proto__: null, value: fn.length, configurable: true });
  ObjectDefineProperty(timerified, 'name', { __proto__: null, value: `timerified ${fn.name}`, configurable: true });
  return timerified;
}

class PerformanceObserverEntryList {
  #entries;
  constructor(list) { this.#entries = list; }
  getEntries() { return this.#entries; }
  getEntriesByType(type) { return ArrayPrototypeFilter(this.#entries, (e) => e.entryType === type); }
  getEntriesByName(name, type) {
    return ArrayPrototypeFilter(this.#entries, (e) => e.name === name && (type === undefined || e.entryType === type));
  }
}

class PerformanceObserver {
  #callback;
  #types = [];
  #waiting = [];
  #scheduled = false;

  constructor(callback) {
    require('internal/validators').validateFunction(callback, 'callback');
    this.#callback = callback;
  }

  static get supportedEntryTypes() { return ['function', 'mark', 'measure', 'resource']; }

  observe({ entryTypes, type } = {}) {
    if (entryTypes === undefined && type === undefined) throw new codes.ERR_MISSING_ARGS('options.entryTypes', 'options.type');
    this.#types = entryTypes ?? [...this.#types, type];
    if (!observers.includes(this)) ArrayPrototypePush(observers, this);
  }

  take(entry) {
    if (!this.#types.includes(entry.entryType)) return;
    ArrayPrototypePush(this.#waiting, entry);
    if (this.#scheduled) return;
    this.#scheduled = true;
    require('timers').setImmediate(() => {
      this.#scheduled = false;
      if (this.#waiting.length > 0) this.#callback(new PerformanceObserverEntryList(this.takeRecords()), this);
    });
  }

  takeRecords() {
    const list = this.#waiting;
    this.#waiting = [];
    return list;
  }

  disconnect() {
    const place = observers.indexOf(this);
    if (place !== -1) observers.splice(place, 1);
  }
}

module.exports = {
  performance: new Performance(), Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver,
  PerformanceObserverEntryList, constants: {},
  timerify,
  eventLoopUtilization,
  get PerformanceResourceTiming() { return require('internal/perf/resource_timing').PerformanceResourceTiming; },
  monitorEventLoopDelay(options) { return require('internal/histogram').monitorEventLoopDelay(options); },
  createHistogram(options) { return require('internal/histogram').createHistogram(options); },
};
