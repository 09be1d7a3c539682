// Stand-ins for functions, methods and properties that remember how they were called.
'use strict';

const {
  ArrayPrototypePush, Error, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf, Proxy, ReflectApply, ReflectConstruct,
  SafeMap, String,
} = primordials;
const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateFunction, validateInteger, validateObject } = require('internal/validators');
const { kEmptyObject } = require('internal/util');

class MockFunctionContext {
  #calls = [];
  #once = new SafeMap();
  #implementation;
  #original;
  #restore;
  #timesLeft;

  constructor(implementation, original, restore, times) {
    this.#implementation = implementation;
    this.#original = original;
    this.#restore = restore;
    this.#timesLeft = times;
  }

  get calls() { return [...this.#calls]; }
  callCount() { return this.#calls.length; }
  resetCalls() { this.#calls = []; }

  mockImplementation(implementation) {
    validateFunction(implementation, 'implementation');
    this.#implementation = implementation;
  }

  mockImplementationOnce(implementation, onCall = undefined) {
    validateFunction(implementation, 'implementation');
    const call = onCall ?? this.#calls.length;
    validateInteger(call, 'onCall', this.#calls.length);
    this.#once.set(call, implementation);
  }

  restore() {
    this.#restore?.();
    this.#implementation = this.#original;
    this.#once = new SafeMap();
  }

  // What the next call runs.
  next() {
    const index = this.#calls.length;
    const once = this.#once.get(index);
    if (once !== undefined) {
      this.#once.delete(index);
      return once;
    }
    if (this.#timesLeft === undefined) return this.#implementation;
    return this.#timesLeft-- > 0 ? this.#implementation : this.#original;
  }

  record(call) {
    ArrayPrototypePush(this.#calls, call);
  }
}

function makeMock(original, implementation, restore, times) {
  const context = new MockFunctionContext(implementation, original, restore, times);
  const run = (call, invoke) => {
    try {
      call.result = invoke();
      return call.result;
    } catch (error) {
      call.error = error;
      throw error;
    } finally {
      context.record(call);
    }
  };
  const mock = new Proxy(original, {
    __proto__: null,
    apply(target, self, args) {
      const implementation = context.next();
      const call = { arguments: args, error: undefined, result: undefined, stack: new Error(), target: undefined, this: self };
      return run(call, () => ReflectApply(implementation, self, args));
    },
    construct(target, args, newTarget) {
      const implementation = context.next();
      const call = { arguments: args, error: undefined, result: undefined, stack: new Error(), target, this: undefined };
      return run(call, () => {
        const result = ReflectConstruct(implementation, args, newTarget === mock ? implementation : newTarget);
        call.this = result;
        return result;
      });
    },
    get(target, name, receiver) {
      return name === 'mock' ? context : primordials.ReflectGet(target, name, receiver);
    },
  });
  return { mock, context };
}

function findDescriptor(object, name) {
  for (let at = object; at !== null; at = ObjectGetPrototypeOf(at)) {
    const descriptor = ObjectGetOwnPropertyDescriptor(at, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

class MockTracker {
  #mocks = [];
  #timers;

  get timers() {
    return this.#timers ??= new (require('internal/test_runner/mock_timers').MockTimers)();
  }

  fn(original = function() {}, implementation = original, options = kEmptyObject) {
    if (original !== null && typeof original === 'object') [original, implementation, options] = [function() {}, undefined, original];
    else if (implementation !== null && typeof implementation === 'object') [implementation, options] = [original, implementation];
    implementation ??= original;
    validateFunction(original, 'original');
    validateFunction(implementation, 'implementation');
    const { mock, context } = makeMock(original, implementation, undefined, options.times);
    ArrayPrototypePush(this.#mocks, context);
    return mock;
  }

  method(object, name, implementation, options = kEmptyObject) {
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [undefined, implementation];
    if (typeof object !== 'function') validateObject(object, 'object');
    const { getter = false, setter = false, times } = options;
    if (getter && setter) throw new ERR_INVALID_ARG_VALUE('options.setter', setter, "cannot be used with 'options.getter'");
    const descriptor = findDescriptor(object, name);
    const key = getter ? 'get' : setter ? 'set' : 'value';
    const original = descriptor?.[key];
    if (typeof original !== 'function') throw new ERR_INVALID_ARG_VALUE('methodName', original, 'must be a method');
    const own = ObjectGetOwnPropertyDescriptor(object, name);
    const restore = () => {
      if (own === undefined) delete object[name];
      else ObjectDefineProperty(object, name, { __proto__: null, ...own });
    };
    const { mock, context } = makeMock(original, implementation ?? original, restore, times);
    const changed = { __proto__: null, configurable: descriptor.configurable, enumerable: descriptor.enumerable };
    if (key === 'value') {
      changed.value = mock;
      changed.writable = descriptor.writable;
    } else {
      changed.get = descriptor.get;
      changed.set = descriptor.set;
      changed[key] = mock;
    }
    ObjectDefineProperty(object, name, changed);
    ArrayPrototypePush(this.#mocks, context);
    return mock;
  }

  getter(object, name, implementation, options) {
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [undefined, implementation];
    return this.method(object, name, implementation, { ...options, getter: true });
  }

  setter(object, name, implementation, options) {
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [undefined, implementation];
    return this.method(object, name, implementation, { ...options, setter: true });
  }

  property(object, name, value) {
    const own = ObjectGetOwnPropertyDescriptor(object, name);
    if (own === undefined) throw new ERR_INVALID_ARG_VALUE('propertyName', name, `is not a property of the object (${String(name)})`);
    let current = arguments.length > 2 ? value : own.value;
    let accesses = [];
    const note = (type, value) => ArrayPrototypePush(accesses, { type, value, stack: new Error() });
    ObjectDefineProperty(object, name, {
      __proto__: null, configurable: own.configurable, enumerable: own.enumerable,
      get() { note('get', current); return current; },
      set(next) { note('set', next); current = next; },
    });
    const context = {
      get accesses() { return [...accesses]; },
      accessCount: () => accesses.length,
      resetAccesses: () => { accesses = []; },
      mockImplementation: (next) => { current = next; },
      restore: () => ObjectDefineProperty(object, name, { __proto__: null, ...own }),
    };
    ArrayPrototypePush(this.#mocks, context);
    return new Proxy(object, { __proto__: null, get: (target, key) => (key === 'mock' ? context : target[key]) });
  }

  module() {
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('mock.module');
  }

  reset() {
    this.restoreAll();
    this.#mocks = [];
  }

  restoreAll() {
    for (let i = this.#mocks.length - 1; i >= 0; i--) this.#mocks[i].restore();
    this.#timers?.reset();
  }
}

module.exports = { MockTracker, MockFunctionContext };
