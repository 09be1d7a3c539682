// What an object calls itself: the name of its constructor, the prefix before its braces, and the properties that user
// classes gave to its prototypes (shown with `showHidden`).
'use strict';

const {
  AggregateError, Array, ArrayBuffer, ArrayPrototypePop, ArrayPrototypePush, Boolean, DataView, Date, Error, Function,
  FunctionPrototypeSymbolHasInstance, Map, Number, Object, ObjectGetOwnPropertyDescriptor, ObjectGetOwnPropertyNames,
  ObjectGetPrototypeOf, ObjectPrototypeHasOwnProperty, Promise, RangeError, ReflectOwnKeys, RegExp, RegExpPrototypeExec, SafeMap,
  SafeSet, Set, String, StringPrototypeLastIndexOf, StringPrototypeSlice, TypeError, TypedArray, WeakMap, WeakSet,
} = primordials;
const { getConstructorName: nameInV8 } = binding('util');

/** Prototypes whose properties are looked at. */
const PROTOTYPE_LAYERS_MAX = 3;

// V8's own: this file is loaded before the runtime's globals are used, and those are not counted.
const builtInNames = new SafeSet();
{
  const names = ObjectGetOwnPropertyNames(globalThis);
  for (let i = 0; i < names.length; i++) {
    const { get } = ObjectGetOwnPropertyDescriptor(globalThis, names[i]);
    if (get === undefined && RegExpPrototypeExec(/^[A-Z][a-zA-Z0-9]+$/, names[i]) !== null) builtInNames.add(names[i]);
  }
}
// Node does not count this one: it comes to the global object after Node's list is made.
builtInNames.delete('SharedArrayBuffer');

// These keep their name when a program removes or changes their `constructor` property.
const wellKnown = new SafeMap();
for (const constructor of [Array, ArrayBuffer, Function, Map, Set, Object, TypedArray, RegExp, Date, DataView, Error, AggregateError,
  RangeError, TypeError, Boolean, Number, String, Promise, WeakMap, WeakSet]) wellKnown.set(constructor.prototype, constructor);

function isInstance(object, constructor) {
  try {
    return object instanceof constructor;
  } catch {
    return false;
  }
}

function namedConstructor(prototype, value) {
  const known = wellKnown.get(prototype);
  if (known !== undefined && FunctionPrototypeSymbolHasInstance(known, value)) return known.name;
  const descriptor = ObjectGetOwnPropertyDescriptor(prototype, 'constructor');
  if (descriptor === undefined || typeof descriptor.value !== 'function' || descriptor.value.name === '' ||
      !isInstance(value, descriptor.value)) return undefined;
  return String(descriptor.value.name);
}

// The constructor's name, `null` for an object without a prototype; adds prototype properties to `protoProps` if given.
function getConstructorName(value, ctx, recurseTimes, protoProps) {
  let first;
  for (let object = value; object !== null; object = ObjectGetPrototypeOf(object)) {
    if (object !== value && first === undefined) first = object;
    const name = namedConstructor(object, value);
    if (name === undefined) continue;
    if (protoProps !== undefined && (first !== object || !builtInNames.has(name))) {
      addPrototypeProperties(ctx, value, first ?? value, recurseTimes, protoProps);
    }
    return name;
  }
  if (first === undefined) return null;
  const name = nameInV8(value);
  if (recurseTimes > ctx.depth && ctx.depth !== null) return `${name} <Complex prototype>`;
  const inherited = getConstructorName(first, ctx, recurseTimes + 1, protoProps);
  if (inherited !== null) return `${name} <${inherited}>`;
  const { inspect } = require('internal/util/inspect');
  return `${name} <${inspect(first, { ...ctx, customInspect: false, depth: -1 })}>`;
}

function isBuiltInPrototype(object) {
  const descriptor = ObjectGetOwnPropertyDescriptor(object, 'constructor');
  return descriptor !== undefined && typeof descriptor.value === 'function' && builtInNames.has(descriptor.value.name);
}

function addPrototypeProperties(ctx, main, object, recurseTimes, output) {
  const { formatProperty } = require('internal/util/inspect/property');
  const seen = new SafeSet();
  for (let layer = 0; layer < PROTOTYPE_LAYERS_MAX; layer++) {
    if (layer > 0 || main === object) {
      object = ObjectGetPrototypeOf(object);
      if (object === null || isBuiltInPrototype(object)) return;
    }
    const keys = ReflectOwnKeys(object);
    ArrayPrototypePush(ctx.seen, main);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key === 'constructor' || ObjectPrototypeHasOwnProperty(main, key) || seen.has(key)) continue;
      const descriptor = ObjectGetOwnPropertyDescriptor(object, key);
      if (typeof descriptor.value === 'function') continue;
      const text = formatProperty(ctx, object, recurseTimes, key, 'object', descriptor, main);
      ArrayPrototypePush(output, ctx.colors ? `\x1b[2m${text}\x1b[22m` : text);
    }
    ArrayPrototypePop(ctx.seen);
    for (let i = 0; i < keys.length; i++) seen.add(keys[i]);
  }
}

// `Foo(2) [bar] `: constructor, size and tag; `fallback` names what has no prototype.
function getPrefix(constructor, tag, fallback, size = '') {
  if (constructor === null) {
    const base = `[${fallback}${size}: null prototype] `;
    return tag !== '' && fallback !== tag ? `${base}[${tag}] ` : base;
  }
  if (tag === '') return `${constructor}${size} `;
  const dot = StringPrototypeLastIndexOf(tag, '.');
  if (constructor === (dot >= 1 ? StringPrototypeSlice(tag, dot + 1) : tag)) return `${tag}${size} `;
  return `${constructor}${size} [${tag}] `;
}

function objectPrefix(value, constructor, tag) {
  let fallback = '';
  if (constructor === null) {
    fallback = nameInV8(value);
    if (fallback === tag) fallback = 'Object';
  }
  return getPrefix(constructor, tag, fallback);
}

module.exports = { builtInNames, getConstructorName, getPrefix, objectPrefix };
