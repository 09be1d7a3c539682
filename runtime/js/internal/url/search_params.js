// `URLSearchParams`: the names and values of a query, tied to their URL if they have one.
'use strict';

const {
  ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeSlice, ArrayPrototypeSplice, IteratorPrototype, ObjectCreate,
  ObjectDefineProperties, ObjectDefineProperty, ReflectApply, ReflectGetOwnPropertyDescriptor, ReflectOwnKeys,
  StringPrototypeSlice, SymbolFor, SymbolIterator, SymbolToStringTag,
} = primordials;
const { codes } = require('internal/errors');
const { validateFunction } = require('internal/validators');
const { parseForm, serializeForm, sortForm, toUSVString } = require('internal/url/form_urlencoded');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
const LINE_WIDTH = 72;

// Filled by the class, for the use of `URL` only.
const ofURL = { __proto__: null };

class URLSearchParams {
  #list = [];
  #url = null;

  static {
    ofURL.attach = (params, url, query) => {
      params.#url = url;
      params.#list = parseForm(query);
    };
    ofURL.replace = (params, query) => { params.#list = parseForm(query); };
    ofURL.has = (value) => typeof value === 'object' && value !== null && #list in value;
  }

  constructor(init = undefined) {
    if (init === undefined || init === null) return;
    if (typeof init !== 'object' && typeof init !== 'function') {
      init = toUSVString(init);
      this.#list = parseForm(init[0] === '?' ? StringPrototypeSlice(init, 1) : init);
      return;
    }
    const method = init[SymbolIterator];
    if (method === undefined || method === null) this.#list = fromRecord(init);
    else if (#list in init && method === URLSearchParams.prototype[SymbolIterator]) this.#list = ArrayPrototypeSlice(init.#list);
    else this.#list = fromPairs(init, method);
  }

  get size() {
    check(this);
    return this.#list.length / 2;
  }

  append(name, value) {
    check(this);
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('name', 'value');
    ArrayPrototypePush(this.#list, toUSVString(name), toUSVString(value));
    this.#changed();
  }

  delete(name, value = undefined) {
    check(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
    name = toUSVString(name);
    if (value !== undefined) value = toUSVString(value);
    const list = this.#list;
    let kept = 0;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) continue;
      list[kept++] = list[i];
      list[kept++] = list[i + 1];
    }
    list.length = kept;
    this.#changed();
  }

  get(name) {
    check(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
    name = toUSVString(name);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) return list[i + 1];
    return null;
  }

  getAll(name) {
    check(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
    name = toUSVString(name);
    const list = this.#list;
    const values = [];
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) ArrayPrototypePush(values, list[i + 1]);
    return values;
  }

  has(name, value = undefined) {
    check(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
    name = toUSVString(name);
    if (value !== undefined) value = toUSVString(value);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) return true;
    }
    return false;
  }

  set(name, value) {
    check(this);
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('name', 'value');
    name = toUSVString(name);
    value = toUSVString(value);
    const list = this.#list;
    let isFound = false;
    for (let i = 0; i < list.length;) {
      if (list[i] !== name) i += 2;
      else if (isFound) ArrayPrototypeSplice(list, i, 2);
      else {
        list[i + 1] = value;
        isFound = true;
        i += 2;
      }
    }
    if (!isFound) ArrayPrototypePush(list, name, value);
    this.#changed();
  }

  sort() {
    check(this);
    sortForm(this.#list);
    this.#changed();
  }

  entries() {
    check(this);
    return makeIterator(this, () => this.#list, 'entries');
  }

  forEach(callback, thisArg = undefined) {
    check(this);
    validateFunction(callback, 'callback');
    for (let i = 0; i < this.#list.length; i += 2) ReflectApply(callback, thisArg, [this.#list[i + 1], this.#list[i], this]);
  }

  keys() {
    check(this);
    return makeIterator(this, () => this.#list, 'keys');
  }

  values() {
    check(this);
    return makeIterator(this, () => this.#list, 'values');
  }

  toString() {
    check(this);
    return serializeForm(this.#list);
  }

  [kInspect](depth, options, inspect) {
    check(this);
    if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special');
    const inner = { ...options };
    if (options.depth !== null) inner.depth = depth - 1;
    inspect ??= require('internal/util/inspect').inspect;
    const shown = [];
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      ArrayPrototypePush(shown, `${inspect(list[i], inner)} => ${inspect(list[i + 1], inner)}`);
    }
    return frame('URLSearchParams', shown, inner.breakLength ?? LINE_WIDTH);
  }

  #changed() {
    if (this.#url !== null) ofURL.queryChanged(this.#url, this);
  }
}

function check(value) {
  if (!ofURL.has(value)) throw new codes.ERR_INVALID_THIS('URLSearchParams');
}

function fromPairs(init, method) {
  if (typeof method !== 'function') throw new codes.ERR_ARG_NOT_ITERABLE('Query pairs');
  const list = [];
  const iterator = ReflectApply(method, init, []);
  for (const pair of { __proto__: null, [SymbolIterator]: () => iterator }) {
    if ((typeof pair !== 'object' && typeof pair !== 'function') || pair === null || typeof pair[SymbolIterator] !== 'function') {
      throw new codes.ERR_INVALID_TUPLE('Each query pair', '[name, value]');
    }
    const items = [];
    for (const item of pair) {
      if (items.length === 2) throw new codes.ERR_INVALID_TUPLE('Each query pair', '[name, value]');
      ArrayPrototypePush(items, toUSVString(item));
    }
    if (items.length !== 2) throw new codes.ERR_INVALID_TUPLE('Each query pair', '[name, value]');
    ArrayPrototypePush(list, items[0], items[1]);
  }
  return list;
}

// Keys that become equal when made well-formed: the later value stands in the place of the earlier.
function fromRecord(init) {
  const list = [];
  const places = { __proto__: null };
  const keys = ReflectOwnKeys(init);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (typeof key === 'symbol') {
      if (ReflectGetOwnPropertyDescriptor(init, key)?.enumerable) toUSVString(key);
      continue;
    }
    if (!ReflectGetOwnPropertyDescriptor(init, key)?.enumerable) continue;
    const name = toUSVString(key);
    const value = toUSVString(init[key]);
    if (places[name] !== undefined) list[places[name]] = value;
    else places[name] = ArrayPrototypePush(list, name, value) - 1;
  }
  return list;
}

function frame(name, shown, width) {
  if (shown.length === 0) return name === 'URLSearchParams' ? `${name} {}` : `${name} {  }`;
  let length = shown.length;
  for (let i = 0; i < shown.length; i++) length += shown[i].length + 2;
  if (length <= width) return `${name} { ${ArrayPrototypeJoin(shown, ', ')} }`;
  return `${name} {\n  ${ArrayPrototypeJoin(shown, ',\n  ')} }`;
}

const kState = Symbol('kState');

function makeIterator(params, getList, kind) {
  const iterator = ObjectCreate(IteratorObject);
  ObjectDefineProperty(iterator, kState, { __proto__: null, value: { getList, kind, index: 0 }, enumerable: false });
  return iterator;
}

const IteratorObject = ObjectCreate(IteratorPrototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'URLSearchParams Iterator' },
});

class IteratorMethods {
  next() {
    const state = stateOf(this);
    const list = state.getList();
    const at = state.index;
    if (at >= list.length) return { value: undefined, done: true };
    state.index += 2;
    const value = state.kind === 'keys' ? list[at] : state.kind === 'values' ? list[at + 1] : [list[at], list[at + 1]];
    return { value, done: false };
  }

  [kInspect](depth, options, inspect) {
    const state = stateOf(this);
    if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special');
    inspect ??= require('internal/util/inspect').inspect;
    const inner = { ...options };
    if (options.depth !== null) inner.depth = depth - 1;
    const list = state.getList();
    const shown = [];
    for (let i = state.index; i < list.length; i += 2) {
      if (state.kind === 'keys') ArrayPrototypePush(shown, inspect(list[i], inner));
      else if (state.kind === 'values') ArrayPrototypePush(shown, inspect(list[i + 1], inner));
      else ArrayPrototypePush(shown, inspect([list[i], list[i + 1]], inner));
    }
    return frame('URLSearchParams Iterator', shown, inner.breakLength ?? LINE_WIDTH);
  }
}
ObjectDefineProperty(IteratorObject, 'next', {
  __proto__: null, value: IteratorMethods.prototype.next, writable: true, enumerable: true, configurable: true,
});
ObjectDefineProperty(IteratorObject, kInspect, {
  __proto__: null, value: IteratorMethods.prototype[kInspect], writable: true, enumerable: false, configurable: true,
});

function stateOf(iterator) {
  if (typeof iterator !== 'object' || iterator === null || iterator[kState] === undefined) {
    throw new codes.ERR_INVALID_THIS('URLSearchParamsIterator');
  }
  return iterator[kState];
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(URLSearchParams.prototype, {
  append: enumerable, delete: enumerable, get: enumerable, getAll: enumerable, has: enumerable, set: enumerable,
  size: enumerable, sort: enumerable, entries: enumerable, forEach: enumerable, keys: enumerable, values: enumerable,
  toString: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'URLSearchParams' },
  [SymbolIterator]: { __proto__: null, configurable: true, writable: true, value: URLSearchParams.prototype.entries },
});

module.exports = { URLSearchParams, ofURL };
