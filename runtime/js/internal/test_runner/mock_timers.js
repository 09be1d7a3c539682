// Timers and dates whose time passes only when the test says so.
'use strict';

const {
  ArrayPrototypePush, ArrayPrototypeSplice, Date, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ReflectApply, ReflectConstruct,
  SymbolDispose, SymbolToPrimitive,
} = primordials;
const { codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE } } = require('internal/errors');
const { validateNumber, validateObject, validateStringArray } = require('internal/validators');
const { kEmptyObject } = require('internal/util');

const APIS = ['setTimeout', 'setInterval', 'setImmediate', 'Date'];
const CLEAR = { __proto__: null, setTimeout: 'clearTimeout', setInterval: 'clearInterval', setImmediate: 'clearImmediate' };

class MockTimer {
  #owner;

  constructor(owner, id, dueAt, order, run, period) {
    this.#owner = owner;
    this.id = id;
    this.dueAt = dueAt;
    this.order = order;
    this.run = run;
    this.period = period;
  }

  ref() { return this; }
  unref() { return this; }
  hasRef() { return true; }
  refresh() { return this; }
  close() { this.#owner.clear(this); return this; }
  [SymbolToPrimitive]() { return this.id; }
  [SymbolDispose]() { this.#owner.clear(this); }
}

class MockTimers {
  #now = 0;
  #nextId = 1;
  #queue = [];
  #saved = [];
  #isEnabled = false;

  enable(options = kEmptyObject) {
    if (this.#isEnabled) throw new ERR_INVALID_STATE('MockTimers is already enabled!');
    validateObject(options, 'options');
    const { apis = APIS, now = 0 } = options;
    validateStringArray(apis, 'options.apis');
    for (let i = 0; i < apis.length; i++) {
      if (!APIS.includes(apis[i])) throw new ERR_INVALID_ARG_VALUE('options.apis', apis[i], `option ${apis[i]} is not supported`);
    }
    this.#now = now instanceof Date ? now.getTime() : now;
    validateNumber(this.#now, 'options.now', 0);
    this.#isEnabled = true;
    for (let i = 0; i < apis.length; i++) this.#replace(apis[i]);
  }

  #replace(api) {
    if (api === 'Date') return this.#swap(globalThis, 'Date', this.#makeDate());
    const period = (ms) => (api === 'setInterval' ? ms : undefined);
    const start = (callback, delay, ...args) => {
      if (api === 'setImmediate') [delay, args] = [0, delay === undefined ? args : [delay, ...args]];
      const ms = api === 'setImmediate' ? -1 : Number(delay) >= 1 ? Number(delay) : 1;
      return this.#add(ms, () => ReflectApply(callback, undefined, args), period(ms));
    };
    for (const target of [globalThis, require('timers')]) {
      this.#swap(target, api, start);
      this.#swap(target, CLEAR[api], (timer) => this.clear(timer));
    }
  }

  #swap(target, name, value) {
    const descriptor = ObjectGetOwnPropertyDescriptor(target, name);
    ArrayPrototypePush(this.#saved, [target, name, descriptor]);
    ObjectDefineProperty(target, name, { __proto__: null, value, configurable: true, writable: true, enumerable: descriptor?.enumerable ?? false });
  }

  #makeDate() {
    const timers = this;
    function MockDate(...args) {
      if (new.target === undefined) return new Date(timers.#now).toString();
      return ReflectConstruct(Date, args.length === 0 ? [timers.#now] : args, new.target === MockDate ? Date : new.target);
    }
    MockDate.prototype = Date.prototype;
    MockDate.now = () => timers.#now;
    MockDate.parse = Date.parse;
    MockDate.UTC = Date.UTC;
    ObjectDefineProperty(MockDate, 'name', { __proto__: null, value: 'Date' });
    return MockDate;
  }

  #add(ms, run, period) {
    const id = this.#nextId++;
    const timer = new MockTimer(this, id, this.#now + ms, id, run, period);
    ArrayPrototypePush(this.#queue, timer);
    return timer;
  }

  clear(timer) {
    const index = this.#queue.findIndex((each) => each === timer || each.id === timer);
    if (index !== -1) ArrayPrototypeSplice(this.#queue, index, 1);
  }

  #check() {
    if (!this.#isEnabled) throw new ERR_INVALID_STATE('You should enable MockTimers first by calling the .enable function');
  }

  #next() {
    let best;
    for (const timer of this.#queue) {
      if (best === undefined || timer.dueAt < best.dueAt || (timer.dueAt === best.dueAt && timer.order < best.order)) best = timer;
    }
    return best;
  }

  tick(time = 1) {
    this.#check();
    if (time < 0) throw new ERR_INVALID_ARG_VALUE('time', 'positive integer', time);
    this.#advanceTo(this.#now + time);
  }

  #advanceTo(end) {
    for (let timer = this.#next(); timer !== undefined && timer.dueAt <= end; timer = this.#next()) {
      this.clear(timer);
      if (timer.dueAt > this.#now) this.#now = timer.dueAt;
      if (timer.period !== undefined) {
        timer.dueAt = this.#now + timer.period;
        timer.order = this.#nextId++;
        ArrayPrototypePush(this.#queue, timer);
      }
      timer.run();
    }
    if (end > this.#now) this.#now = end;
  }

  // To the last timer that waits now.
  runAll() {
    this.#check();
    let end = this.#now;
    for (const timer of this.#queue) if (timer.dueAt > end) end = timer.dueAt;
    this.#advanceTo(end);
  }

  setTime(time = 0) {
    this.#check();
    validateNumber(time, 'time');
    this.#now = time;
    this.#advanceTo(time);
  }

  reset() {
    for (let i = this.#saved.length - 1; i >= 0; i--) {
      const { 0: target, 1: name, 2: descriptor } = this.#saved[i];
      if (descriptor === undefined) delete target[name];
      else ObjectDefineProperty(target, name, { __proto__: null, ...descriptor });
    }
    this.#saved = [];
    this.#queue = [];
    this.#now = 0;
    this.#isEnabled = false;
  }

  [SymbolDispose]() {
    this.reset();
  }
}

module.exports = { MockTimers };
