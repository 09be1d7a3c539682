// Deep equality, once for `assert` and `util`: loose (`==`), strict (same prototypes), strict but for prototypes, and
// partial (everything in the second value is in the first).
'use strict';

const {
  ArrayIsArray, BigIntPrototypeValueOf, BooleanPrototypeValueOf, DatePrototypeGetTime, NumberPrototypeValueOf, Object, ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertySymbols, ObjectGetPrototypeOf, ObjectIs, ObjectKeys, ObjectPrototypeHasOwnProperty,
  ObjectPrototypePropertyIsEnumerable, ObjectPrototypeToString, SafeSet, StringPrototypeValueOf, SymbolPrototypeValueOf,
  SymbolToStringTag, TypedArrayPrototypeGetSymbolToStringTag, Uint8Array,
} = primordials;
const { getOwnNonIndexProperties } = binding('util');
const { compare } = binding('buffer');
const types = require('internal/util/types');
const { isError } = require('internal/util/inspect/errors');

const LOOSE = 'loose';
const PARTIAL = 'partial';
const STRICT = 'strict';
const STRICT_BUT_PROTOTYPES = 'strictButPrototypes';
const ONLY_ENUMERABLE = 2;

class Comparer {
  // Objects on the way down, by which circles are noticed.
  #path = undefined;

  constructor(mode) {
    this.mode = mode;
    this.isLoose = mode === LOOSE;
    this.isPartial = mode === PARTIAL;
  }

  equal(a, b) {
    if (a === b) return a !== 0 || this.isLoose || ObjectIs(a, b);
    if (this.isLoose) {
      const isPrimitive = a === null || typeof a !== 'object';
      if (isPrimitive !== (b === null || typeof b !== 'object')) return false;
      // eslint-disable-next-line eqeqeq -- that is what loose means
      if (isPrimitive) return a == b || (a !== a && b !== b); // eslint-disable-line no-self-compare
    } else {
      if (typeof a === 'number') return a !== a && b !== b; // eslint-disable-line no-self-compare
      if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    }
    return this.objects(a, b);
  }

  objects(a, b) {
    if (this.mode === STRICT && !samePrototype(a, b)) return false;
    if (ArrayIsArray(a)) {
      if (!ArrayIsArray(b) || !this.#sizes(a.length, b.length) || differentTags(a, b)) return false;
      return this.#indexed(a, b, arrayContents);
    }
    if (types.isSet(a)) return types.isSet(b) && this.#sizes(a.size, b.size) && !differentTags(a, b) && this.#keyed(a, b, setContents);
    if (types.isMap(a)) return types.isMap(b) && this.#sizes(a.size, b.size) && !differentTags(a, b) && this.#keyed(a, b, mapContents);
    if (types.isArrayBufferView(a)) return this.#views(a, b);
    if (!this.#sameKind(a, b)) return false;
    return this.#keyed(a, b, undefined);
  }

  #sizes(a, b) {
    return a === b || (this.isPartial && a > b);
  }

  #views(a, b) {
    if (!types.isArrayBufferView(b) ||
        TypedArrayPrototypeGetSymbolToStringTag(a) !== TypedArrayPrototypeGetSymbolToStringTag(b)) return false;
    if (this.isPartial && a.byteLength !== b.byteLength) {
      if (!isSubsequence(bytesOf(a), bytesOf(b))) return false;
    } else if (a.byteLength !== b.byteLength) {
      return false;
    } else if (this.isLoose && (types.isFloat32Array(a) || types.isFloat64Array(a) || types.isFloat16Array(a))) {
      // Zeros of both signs are equal here, NaNs are not.
      for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    } else if (compare(bytesOf(a), bytesOf(b)) !== 0) {
      return false;
    }
    return this.#indexed(a, b, undefined);
  }

  // What objects without entries of their own hold inside.
  #sameKind(a, b) {
    if (types.isDate(a)) {
      if (!types.isDate(b) || differentTags(a, b)) return false;
      return ObjectIs(DatePrototypeGetTime(a), DatePrototypeGetTime(b));
    }
    if (types.isRegExp(a)) {
      return types.isRegExp(b) && !differentTags(a, b) && a.source === b.source && a.flags === b.flags && a.lastIndex === b.lastIndex;
    }
    if (types.isAnyArrayBuffer(a)) return types.isAnyArrayBuffer(b) && !differentTags(a, b) && this.#buffers(a, b);
    if (differentObjectTags(a, b) || isSpecial(b)) return false;
    if (isError(a)) return this.#errors(a, b);
    if (types.isBoxedPrimitive(a)) return sameBoxed(a, b);
    if (isUrl(a)) return isUrl(b) && a.href === b.href;
    if (types.isKeyObject(a)) return types.isKeyObject(b) && a.equals(b);
    if (types.isCryptoKey(a)) return types.isCryptoKey(b) && sameCryptoKeys(a, b);
    return !(types.isBoxedPrimitive(b) || isError(b) || types.isWeakMap(a) || types.isWeakSet(a) || types.isPromise(a));
  }

  #buffers(a, b) {
    if (this.isPartial && a.byteLength !== b.byteLength) return isSubsequence(new Uint8Array(a), new Uint8Array(b));
    return a.byteLength === b.byteLength && compare(new Uint8Array(a), new Uint8Array(b)) === 0;
  }

  #errors(a, b) {
    if (!isError(b)) return false;
    for (const key of ['message', 'name', 'cause', 'errors']) {
      // Enumerable ones are compared with the other properties.
      if (ObjectPrototypePropertyIsEnumerable(b, key)) continue;
      if (this.isPartial && (b[key] === undefined || (key === 'message' && b[key] === ''))) continue;
      if (!this.equal(a[key], b[key])) return false;
    }
    const hasCause = ObjectPrototypeHasOwnProperty(b, 'cause');
    return hasCause === ObjectPrototypeHasOwnProperty(a, 'cause') || (this.isPartial && !hasCause);
  }

  // Arrays and typed arrays: their named properties, then the contents.
  #indexed(a, b, contents) {
    const names = (value) => {
      const keys = getOwnNonIndexProperties(value, ONLY_ENUMERABLE);
      return this.isLoose ? keys.filter((key) => typeof key === 'string') : keys;
    };
    const keys = names(b);
    if (!this.isPartial && keys.length !== names(a).length) return false;
    return this.#inside(a, b, keys, contents);
  }

  #keyed(a, b, contents) {
    const keys = ObjectKeys(b);
    if (!this.isPartial && keys.length !== ObjectKeys(a).length) return false;
    if (!this.isLoose) {
      const before = keys.length;
      pushSymbols(keys, b);
      if (!this.isPartial && keys.length - before !== countSymbols(a)) return false;
    }
    return this.#inside(a, b, keys, contents);
  }

  #inside(a, b, keys, contents) {
    if (keys.length === 0 && contents === undefined) return true;
    const path = this.#path ??= new SafeSet();
    const known = path.size;
    path.add(a);
    path.add(b);
    const added = path.size - known;
    if (added !== 2) {
      // Both are being compared further up: equal so far. Only one: the shapes differ.
      if (added === 1) path.delete(this.#last(known));
      return added === 0;
    }
    const result = this.#properties(a, b, keys) && (contents === undefined || contents(this, a, b));
    path.delete(a);
    path.delete(b);
    return result;
  }

  // The member that was added last.
  #last(index) {
    let i = 0;
    for (const member of this.#path) if (i++ === index) return member;
    return undefined;
  }

  #properties(a, b, keys) {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const descriptor = ObjectGetOwnPropertyDescriptor(a, key);
      if (descriptor === undefined || !descriptor.enumerable) return false;
      if (!this.equal('value' in descriptor ? descriptor.value : a[key], b[key])) return false;
    }
    return true;
  }
}

// A class may hide its prototype behind a getter; the constructor tells unless it is the object's own property.
function samePrototype(a, b) {
  const { constructor } = a;
  if (constructor !== undefined && (constructor === Object || !ObjectPrototypeHasOwnProperty(a, 'constructor'))) {
    return constructor === b.constructor;
  }
  return ObjectGetPrototypeOf(a) === ObjectGetPrototypeOf(b);
}

function differentTags(a, b) {
  return a[SymbolToStringTag] !== b[SymbolToStringTag];
}

function differentObjectTags(a, b) {
  if (a[SymbolToStringTag] !== undefined && b[SymbolToStringTag] !== undefined) return differentTags(a, b);
  return ObjectPrototypeToString(a) !== ObjectPrototypeToString(b);
}

function isSpecial(value) {
  return ArrayIsArray(value) || types.isArrayBufferView(value) || types.isSet(value) || types.isMap(value) ||
    types.isDate(value) || types.isRegExp(value) || types.isAnyArrayBuffer(value);
}

function isUrl(value) {
  return typeof value.href === 'string' && typeof value.searchParams === 'object' && value instanceof require('internal/url').URL;
}

function sameCryptoKeys(a, b) {
  return require('crypto').KeyObject.from(a).equals(require('crypto').KeyObject.from(b)) && a.extractable === b.extractable &&
    new Comparer(STRICT).equal(a.algorithm, b.algorithm) && new Comparer(STRICT).equal(a.usages, b.usages);
}

function sameBoxed(a, b) {
  if (types.isNumberObject(a)) return types.isNumberObject(b) && ObjectIs(NumberPrototypeValueOf(a), NumberPrototypeValueOf(b));
  if (types.isStringObject(a)) return types.isStringObject(b) && StringPrototypeValueOf(a) === StringPrototypeValueOf(b);
  if (types.isBooleanObject(a)) return types.isBooleanObject(b) && BooleanPrototypeValueOf(a) === BooleanPrototypeValueOf(b);
  if (types.isBigIntObject(a)) return types.isBigIntObject(b) && BigIntPrototypeValueOf(a) === BigIntPrototypeValueOf(b);
  return types.isSymbolObject(b) && SymbolPrototypeValueOf(a) === SymbolPrototypeValueOf(b);
}

function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

// Whether `b`'s bytes are among `a`'s in that order.
function isSubsequence(a, b) {
  let at = 0;
  for (let i = 0; i < b.length; i++, at++) {
    while (at < a.length && a[at] !== b[i]) at++;
    if (at === a.length) return false;
  }
  return true;
}

function pushSymbols(keys, object) {
  const symbols = ObjectGetOwnPropertySymbols(object);
  for (let i = 0; i < symbols.length; i++) if (ObjectPrototypePropertyIsEnumerable(object, symbols[i])) keys.push(symbols[i]);
}

function countSymbols(object) {
  const symbols = [];
  pushSymbols(symbols, object);
  return symbols.length;
}

// --- contents ---

function arrayContents(comparer, a, b) {
  if (comparer.isPartial) return partialArray(comparer, a, b);
  for (let i = 0; i < b.length; i++) {
    if (b[i] === undefined && !ObjectPrototypeHasOwnProperty(b, i)) return sparseArray(comparer, a, b);
    if (a[i] === undefined && !ObjectPrototypeHasOwnProperty(a, i)) return false;
    if (!comparer.equal(a[i], b[i])) return false;
  }
  return true;
}

function sparseArray(comparer, a, b) {
  const keys = ObjectKeys(b);
  if (ObjectKeys(a).length !== keys.length) return false;
  for (let i = 0; i < keys.length; i++) {
    if (!ObjectPrototypeHasOwnProperty(a, keys[i]) || !comparer.equal(a[keys[i]], b[keys[i]])) return false;
  }
  return true;
}

// Indices come before names among an object's keys.
function indexKeys(array) {
  const keys = ObjectKeys(array);
  let count = keys.length;
  while (count > 0 && `${keys[count - 1] >>> 0}` !== keys[count - 1]) count--;
  keys.length = count;
  return keys;
}

// The elements of `b`, holes left out, appear in `a` in that order.
function partialArray(comparer, a, b) {
  const keysA = indexKeys(a);
  const keysB = indexKeys(b);
  let at = 0;
  for (let i = 0; i < keysB.length; i++, at++) {
    while (at < keysA.length && !comparer.equal(a[keysA[at]], b[keysB[i]])) at++;
    if (at === keysA.length) return false;
  }
  return true;
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

// Takes the first of `list` that `matches`; false when none does.
function take(list, matches) {
  for (let i = 0; i < list.length; i++) {
    if (!matches(list[i])) continue;
    list.splice(i, 1);
    return true;
  }
  return false;
}

function setContents(comparer, a, b) {
  const left = [];
  for (const value of b) {
    if (a.has(value)) continue;
    if (!isObject(value) && !(comparer.isLoose && hasLooseTwin(a, b, value))) return false;
    left.push(value);
  }
  if (left.length === 0) return true;
  for (const value of a) {
    if (left.length === 0) break;
    if (b.has(value)) continue;
    if (!isObject(value) && !comparer.isLoose) {
      if (comparer.isPartial) continue;
      return false;
    }
    if (!take(left, (other) => comparer.equal(value, other)) && !comparer.isPartial) return false;
  }
  return left.length === 0;
}

// A primitive that `==` makes equal to another kind of primitive.
function looseTwin(value) {
  if (value === undefined) return { value: null };
  if (value === null) return { value: undefined };
  if (typeof value === 'symbol') return undefined;
  const number = typeof value === 'bigint' ? value : +value;
  return number !== number ? undefined : {}; // eslint-disable-line no-self-compare
}

function hasLooseTwin(a, b, value) {
  const twin = looseTwin(value);
  if (twin === undefined) return false;
  if (!('value' in twin)) return true;
  return a.has(twin.value) && !b.has(twin.value);
}

function mapContents(comparer, a, b) {
  const left = [];
  for (const { 0: key, 1: value } of b) {
    if (isObject(key)) {
      left.push(key);
    } else if (!a.has(key) || !comparer.equal(a.get(key), value)) {
      if (!comparer.isLoose || !hasLooseEntry(comparer, a, b, key, value)) return false;
      left.push(key);
    }
  }
  if (left.length === 0) return true;
  for (const { 0: key, 1: value } of a) {
    if (left.length === 0) break;
    if (!isObject(key)) {
      if (b.has(key) && comparer.equal(value, b.get(key))) continue;
      if (!comparer.isLoose) {
        if (comparer.isPartial) continue;
        return false;
      }
    }
    if (!take(left, (other) => comparer.equal(key, other) && comparer.equal(value, b.get(other))) && !comparer.isPartial) return false;
  }
  return left.length === 0;
}

function hasLooseEntry(comparer, a, b, key, value) {
  const twin = looseTwin(key);
  if (twin === undefined) return false;
  if (!('value' in twin)) return true;
  return a.has(twin.value) && !b.has(twin.value) && comparer.equal(a.get(twin.value), value);
}

function isDeepEqual(a, b) {
  return new Comparer(LOOSE).equal(a, b);
}

function isDeepStrictEqual(a, b, skipPrototype) {
  return new Comparer(skipPrototype ? STRICT_BUT_PROTOTYPES : STRICT).equal(a, b);
}

function isPartialStrictEqual(a, b) {
  return new Comparer(PARTIAL).equal(a, b);
}

module.exports = { isDeepEqual, isDeepStrictEqual, isPartialStrictEqual };
