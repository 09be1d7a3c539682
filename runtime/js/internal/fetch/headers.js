// Headers, by the Fetch standard: names and values, in the order of their names when walked.
'use strict';

const {
  ArrayPrototypePush, ArrayPrototypeSort, IteratorPrototype, ObjectCreate, ObjectDefineProperties, ReflectApply, ReflectOwnKeys,
  RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeMap, StringPrototypeToLowerCase, SymbolFor, SymbolIterator,
  SymbolToStringTag, TypeError,
} = primordials;
const { codes } = require('internal/errors');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FORBIDDEN_IN_VALUE = /[\0\r\n]|[^\0-\xff]/;
const AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g;

let listOf;
let setImmutable;
let isHeaders;

class Headers {
  // Lower-case name to `[name as given, value, ...]`; only `set-cookie` has more than one value.
  #map = new SafeMap();
  #isImmutable = false;

  static {
    isHeaders = (value) => value !== null && typeof value === 'object' && #map in value;
    listOf = (headers) => headers.#list();
    setImmutable = (headers) => {
      headers.#isImmutable = true;
      return headers;
    };
  }

  constructor(init = undefined) {
    if (init === undefined) return;
    if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
      throw new TypeError("Failed to construct 'Headers': The provided value is not of type '(record<ByteString, ByteString> or " +
        "sequence<sequence<ByteString>>)'.");
    }
    if (isHeaders(init)) {
      for (const { 0: key, 1: entry } of init.#map) this.#map.set(key, [...entry]);
    } else if (typeof init[SymbolIterator] === 'function') {
      for (const pair of init) {
        const items = typeof pair === 'object' && pair !== null ? [...pair] : [];
        if (items.length !== 2) throw new TypeError('Headers constructor: expected name/value pair to be length 2.');
        this.append(items[0], items[1]);
      }
    } else {
      const keys = ReflectOwnKeys(init);
      for (let i = 0; i < keys.length; i++) {
        if (primordials.ReflectGetOwnPropertyDescriptor(init, keys[i])?.enumerable) this.append(keys[i], init[keys[i]]);
      }
    }
  }

  #check() {
    if (this.#isImmutable) throw new TypeError('immutable');
  }

  append(name, value) {
    checkThis(this);
    if (arguments.length < 2) throw missing('append', 2, arguments.length);
    name = checkName(name, 'append');
    value = checkValue(value, 'append');
    this.#check();
    const key = StringPrototypeToLowerCase(name);
    const entry = this.#map.get(key);
    if (entry === undefined) this.#map.set(key, [name, value]);
    else if (key === 'set-cookie') ArrayPrototypePush(entry, value);
    else entry[1] = `${entry[1]}${key === 'cookie' ? '; ' : ', '}${value}`;
  }

  delete(name) {
    checkThis(this);
    if (arguments.length < 1) throw missing('delete', 1, 0);
    name = checkName(name, 'delete');
    this.#check();
    this.#map.delete(StringPrototypeToLowerCase(name));
  }

  get(name) {
    checkThis(this);
    if (arguments.length < 1) throw missing('get', 1, 0);
    const entry = this.#map.get(StringPrototypeToLowerCase(checkName(name, 'get')));
    if (entry === undefined) return null;
    let value = entry[1];
    for (let i = 2; i < entry.length; i++) value += `, ${entry[i]}`;
    return value;
  }

  has(name) {
    checkThis(this);
    if (arguments.length < 1) throw missing('has', 1, 0);
    return this.#map.has(StringPrototypeToLowerCase(checkName(name, 'has')));
  }

  set(name, value) {
    checkThis(this);
    if (arguments.length < 2) throw missing('set', 2, arguments.length);
    name = checkName(name, 'set');
    value = checkValue(value, 'set');
    this.#check();
    this.#map.set(StringPrototypeToLowerCase(name), [name, value]);
  }

  getSetCookie() {
    checkThis(this);
    const entry = this.#map.get('set-cookie');
    return entry === undefined ? [] : primordials.ArrayPrototypeSlice(entry, 1);
  }

  // Pairs sorted by name; each cookie is a pair of its own.
  #list() {
    const list = [];
    for (const { 0: key, 1: entry } of this.#map) {
      for (let i = 1; i < entry.length; i++) ArrayPrototypePush(list, [key, entry[i]]);
    }
    return ArrayPrototypeSort(list, (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  }

  entries() {
    checkThis(this);
    return makeIterator(() => this.#list(), (pair) => pair);
  }

  keys() {
    checkThis(this);
    return makeIterator(() => this.#list(), (pair) => pair[0]);
  }

  values() {
    checkThis(this);
    return makeIterator(() => this.#list(), (pair) => pair[1]);
  }

  forEach(callback, thisArg = undefined) {
    checkThis(this);
    if (typeof callback !== 'function') {
      throw new TypeError("Failed to execute 'forEach' on 'Headers': parameter 1 is not of type 'Function'.");
    }
    for (let i = 0, list = this.#list(); i < list.length; i++, list = this.#list()) {
      ReflectApply(callback, thisArg, [list[i][1], list[i][0], this]);
    }
  }

  [kInspect](depth, options) {
    const { inspect } = require('internal/util/inspect');
    const shown = {};
    for (const { 0: name, 1: value } of this.#list()) {
      shown[name] = shown[name] === undefined ? value : [].concat(shown[name], value);
    }
    return `Headers ${inspect(shown, { ...options, depth: options.depth ?? depth })}`;
  }
}

function checkThis(value) {
  if (!isHeaders(value)) throw new codes.ERR_INVALID_THIS('Headers');
}

function missing(method, wanted, got) {
  return new TypeError(`Headers.${method}: ${wanted} argument${wanted > 1 ? 's' : ''} required, but${got ? ' only' : ''} ${got} found.`);
}

function checkName(name, method) {
  name = `${name}`;
  if (RegExpPrototypeExec(TOKEN, name) === null) throw new TypeError(`Headers.${method}: ${name} is an invalid header name.`);
  return name;
}

function checkValue(value, method) {
  value = RegExpPrototypeSymbolReplace(AROUND, `${value}`, '');
  if (RegExpPrototypeExec(FORBIDDEN_IN_VALUE, value) !== null) {
    throw new TypeError(`Headers.${method}: ${value} is an invalid header value.`);
  }
  return value;
}

// Walks a list that may change on the way.
function makeIterator(getList, pick) {
  const iterator = ObjectCreate(HeadersIterator);
  let index = 0;
  iterators.set(iterator, () => {
    const list = getList();
    return index < list.length ? { value: pick(list[index++]), done: false } : { value: undefined, done: true };
  });
  return iterator;
}

const iterators = new primordials.SafeWeakMap();
const HeadersIterator = ObjectCreate(IteratorPrototype, {
  next: {
    __proto__: null, configurable: true, enumerable: true, writable: true,
    value: function next() {
      const step = iterators.get(this);
      if (step === undefined) throw new codes.ERR_INVALID_THIS('Headers Iterator');
      return step();
    },
  },
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'Headers Iterator' },
});

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(Headers.prototype, {
  append: enumerable, delete: enumerable, get: enumerable, has: enumerable, set: enumerable, getSetCookie: enumerable,
  keys: enumerable, values: enumerable, forEach: enumerable, entries: enumerable,
  [SymbolIterator]: { __proto__: null, configurable: true, writable: true, value: Headers.prototype.entries },
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'Headers' },
});

module.exports = { Headers, isHeaders, listOf, setImmutable };
