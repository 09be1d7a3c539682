// The built-ins as they were before user code ran: the object that core modules get as `primordials`.
// In a snapshot there are only those whose names stand in a core module: the others cost every process time and memory.
'use strict';

const { bind, call } = Function.prototype;
const uncurryThis = bind.bind(call);
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, freeze, setPrototypeOf } = Object;
const { ownKeys } = Reflect;

const captured = {};
const { isNamed } = require('internal/core_modules');

function put(name, value) {
  if (isNamed(name)) defineProperty(captured, name, { __proto__: null, value, enumerable: true, configurable: true, writable: true });
}

// `fooBar` as `FooBar`, a symbol as `SymbolIterator`.
function label(key) {
  if (typeof key === 'symbol') return `Symbol${key.description[7].toUpperCase()}${key.description.slice(8)}`;
  return `${key[0].toUpperCase()}${key.slice(1)}`;
}

function copyStatics(source, prefix) {
  for (const key of ownKeys(source)) {
    if (key === 'prototype' || key === 'length' || key === 'name' || key === 'arguments' || key === 'caller') continue;
    const descriptor = getOwnPropertyDescriptor(source, key);
    const name = `${prefix}${label(key)}`;
    if ('get' in descriptor) {
      put(`${prefix}Get${label(key)}`, uncurryThis(descriptor.get));
      continue;
    }
    const { value } = descriptor;
    put(name, typeof value === 'function' ? bind.call(value, source) : value);
  }
}

function copyPrototype(source, prefix) {
  for (const key of ownKeys(source)) {
    const descriptor = getOwnPropertyDescriptor(source, key);
    if (descriptor.get !== undefined) {
      put(`${prefix}Get${label(key)}`, uncurryThis(descriptor.get));
      if (descriptor.set !== undefined) put(`${prefix}Set${label(key)}`, uncurryThis(descriptor.set));
    } else if (typeof descriptor.value === 'function') {
      put(`${prefix}${label(key)}`, uncurryThis(descriptor.value));
    } else {
      put(`${prefix}${label(key)}`, descriptor.value);
    }
  }
}

for (const name of ['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'unescape', 'eval']) {
  put(name, globalThis[name]);
}
for (const name of ['Atomics', 'JSON', 'Math', 'Proxy', 'Reflect']) {
  put(name, globalThis[name]);
  copyStatics(globalThis[name], name);
}
for (const name of ['AggregateError', 'Array', 'ArrayBuffer', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'Boolean', 'DataView',
  'Date', 'Error', 'EvalError', 'FinalizationRegistry', 'Float32Array', 'Float64Array', 'Function', 'Int16Array', 'Int32Array',
  'Int8Array', 'Map', 'Number', 'Object', 'Promise', 'RangeError', 'ReferenceError', 'RegExp', 'Set', 'SharedArrayBuffer',
  'String', 'Symbol', 'SyntaxError', 'TypeError', 'URIError', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray',
  'WeakMap', 'WeakRef', 'WeakSet']) {
  const original = globalThis[name];
  put(name, original);
  copyStatics(original, name);
  copyPrototype(original.prototype, `${name}Prototype`);
}
put('PromisePrototypeThen', uncurryThis(Promise.prototype.then));
for (const [name, original] of [
  ['TypedArray', getPrototypeOf(Uint8Array)],
  ['ArrayIterator', { prototype: getPrototypeOf([][Symbol.iterator]()) }],
  ['StringIterator', { prototype: getPrototypeOf(''[Symbol.iterator]()) }],
  ['MapIterator', { prototype: getPrototypeOf(new Map().keys()) }],
  ['SetIterator', { prototype: getPrototypeOf(new Set().keys()) }],
]) {
  put(name, original);
  copyStatics(original, name);
  copyPrototype(original.prototype, `${name}Prototype`);
}
put('AsyncIteratorPrototype', getPrototypeOf(getPrototypeOf(async function* () {}).prototype));
put('IteratorPrototype', getPrototypeOf(captured.ArrayIteratorPrototype ?? getPrototypeOf([][Symbol.iterator]())));
put('uncurryThis', uncurryThis);
put('applyBind', bind.bind(Function.prototype.apply));
put('globalThis', globalThis);
put('SymbolDispose', Symbol.dispose ?? disposeSymbol());
put('SymbolAsyncDispose', Symbol.asyncDispose ?? asyncDisposeSymbol());

// While the snapshot is made, V8 has these two symbols, but `Symbol` has them only later: a proxy is asked for them.
function disposeSymbol() {
  let asked;
  {
    using probe = new Proxy({}, { get(target, key) { asked = key; return () => {}; } });
    void probe;
  }
  return asked;
}
function asyncDisposeSymbol() {
  let asked;
  (async () => {
    await using probe = new Proxy({}, { get(target, key) { asked ??= key; throw key; } });
    void probe;
  })();
  return asked;
}

// An iterable over `self` whose iterator has no patched `next`.
function safeIteratorClass(createIterator, next) {
  class SafeIterator {
    #iterator;
    constructor(iterable) {
      this.#iterator = createIterator(iterable);
    }
    next() {
      return next(this.#iterator);
    }
    [Symbol.iterator]() {
      return this;
    }
  }
  setPrototypeOf(SafeIterator.prototype, null);
  freeze(SafeIterator.prototype);
  freeze(SafeIterator);
  return SafeIterator;
}
put('SafeArrayIterator', safeIteratorClass(captured.ArrayPrototypeSymbolIterator, captured.ArrayIteratorPrototypeNext));
put('SafeStringIterator', safeIteratorClass(captured.StringPrototypeSymbolIterator, captured.StringIteratorPrototypeNext));

// A subclass that owns its methods, so that a patched prototype does not reach it.
function safeClass(original, iteratorPrototype) {
  const Safe = class extends original {
    constructor(source) { super(source); } // eslint-disable-line no-useless-constructor
  };
  for (const key of ownKeys(original.prototype)) {
    if (key === 'constructor') continue;
    const descriptor = getOwnPropertyDescriptor(original.prototype, key);
    if (typeof descriptor.value === 'function' && iteratorPrototype !== undefined &&
        (key === 'keys' || key === 'values' || key === 'entries' || key === Symbol.iterator)) {
      const make = uncurryThis(descriptor.value);
      const next = uncurryThis(iteratorPrototype.next);
      const SafeIterator = safeIteratorClass(make, next);
      descriptor.value = function iterate() { return new SafeIterator(this); };
    }
    defineProperty(Safe.prototype, key, { __proto__: null, ...descriptor });
  }
  setPrototypeOf(Safe.prototype, null);
  freeze(Safe.prototype);
  freeze(Safe);
  return Safe;
}
put('SafeMap', safeClass(Map, getPrototypeOf(new Map().keys())));
put('SafeSet', safeClass(Set, getPrototypeOf(new Set().keys())));
put('SafeWeakMap', safeClass(WeakMap));
put('SafeWeakSet', safeClass(WeakSet));
put('SafeWeakRef', safeClass(WeakRef));
put('SafeFinalizationRegistry', safeClass(FinalizationRegistry));

// Promise combinators over arrays that use the original `then` and `resolve`.
const { PromisePrototypeThen } = captured;
const resolve = captured.PromiseResolve;
function each(promises, mapper, visit) {
  for (let i = 0; i < promises.length; i++) visit(resolve(mapper === undefined ? promises[i] : mapper(promises[i], i)), i);
}
put('SafePromiseAll', (promises, mapper) => new Promise((fulfil, reject) => {
  const results = [];
  let left = promises.length;
  if (left === 0) return fulfil(results);
  each(promises, mapper, (promise, i) => PromisePrototypeThen(promise, (value) => {
    results[i] = value;
    if (--left === 0) fulfil(results);
  }, reject));
}));
put('SafePromiseAllReturnVoid', (promises, mapper) => new Promise((fulfil, reject) => {
  let left = promises.length;
  if (left === 0) return fulfil();
  each(promises, mapper, (promise) => PromisePrototypeThen(promise, () => { if (--left === 0) fulfil(); }, reject));
}));
put('SafePromiseAllReturnArrayLike', captured.SafePromiseAll);
put('SafePromiseAllSettled', (promises, mapper) => new Promise((fulfil) => {
  const results = [];
  let left = promises.length;
  if (left === 0) return fulfil(results);
  const done = (i, result) => {
    results[i] = result;
    if (--left === 0) fulfil(results);
  };
  each(promises, mapper, (promise, i) => PromisePrototypeThen(promise,
    (value) => done(i, { status: 'fulfilled', value }), (reason) => done(i, { status: 'rejected', reason })));
}));
put('SafePromiseAllSettledReturnVoid', (promises, mapper) => new Promise((fulfil) => {
  let left = promises.length;
  if (left === 0) return fulfil();
  const done = () => { if (--left === 0) fulfil(); };
  each(promises, mapper, (promise) => PromisePrototypeThen(promise, done, done));
}));
put('SafePromiseRace', (promises, mapper) => new Promise((fulfil, reject) => {
  each(promises, mapper, (promise) => PromisePrototypeThen(promise, fulfil, reject));
}));
put('SafePromiseAny', (promises, mapper) => new Promise((fulfil, reject) => {
  const errors = [];
  let left = promises.length;
  if (left === 0) return reject(new AggregateError(errors));
  each(promises, mapper, (promise, i) => PromisePrototypeThen(promise, fulfil, (error) => {
    errors[i] = error;
    if (--left === 0) reject(new AggregateError(errors));
  }));
}));
put('SafePromisePrototypeFinally', (promise, onFinally) => new Promise((fulfil, reject) => {
  PromisePrototypeThen(PromisePrototypeThen(resolve(promise),
    (value) => PromisePrototypeThen(resolve(onFinally()), () => value),
    (error) => PromisePrototypeThen(resolve(onFinally()), () => { throw error; })), fulfil, reject);
}));
put('hardenRegExp', (regexp) => regexp);

module.exports = freeze(captured);
