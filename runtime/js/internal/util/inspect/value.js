// One value of any kind: custom inspection, proxies, circles, then the form of its kind.
'use strict';

exports.formatValue = formatValue;

const {
  ArrayIsArray, ArrayPrototypeFilter, ArrayPrototypeIncludes, ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeSlice,
  ArrayPrototypeSort, ArrayPrototypeSplice, DatePrototypeGetTime, DatePrototypeToISOString, DatePrototypeToString,
  FunctionPrototypeCall, FunctionPrototypeSymbolHasInstance, MapPrototypeGetSize, NumberIsNaN, Object,
  ObjectGetOwnPropertyDescriptor, ObjectGetOwnPropertyNames, ObjectGetOwnPropertySymbols, ObjectKeys, ObjectPrototypeHasOwnProperty,
  ObjectPrototypePropertyIsEnumerable, ObjectSetPrototypeOf, RegExp, RegExpPrototypeToString, SafeMap, SetPrototypeGetSize,
  StringPrototypeRepeat, StringPrototypeReplaceAll, StringPrototypeSlice, SymbolFor, SymbolIterator,
  SymbolToStringTag, TypedArrayPrototypeGetLength, TypedArrayPrototypeGetSymbolToStringTag,
} = primordials;
const { getExternalAddress, getOwnNonIndexProperties, getProxyDetails, previewEntries } = binding('util');
const types = require('internal/util/types');
const { formatNumber, formatPrimitive } = require('internal/util/inspect/primitives');
const { getConstructorName, getPrefix, objectPrefix } = require('internal/util/inspect/names');
const { formatBoxed, formatFunction } = require('internal/util/inspect/functions');
const { formatError, isError } = require('internal/util/inspect/errors');
const { formatProperty } = require('internal/util/inspect/property');
const { joinEntries } = require('internal/util/inspect/layout');
const collections = require('internal/util/inspect/collections');

const customInspect = SymbolFor('nodejs.util.inspect.custom');
/** Characters at one level of indentation after which nothing deeper is shown. */
const OUTPUT_MAX = 2 ** 27;
const ALL_PROPERTIES = 0;
const ONLY_ENUMERABLE = 2;
const OPTIONS = ['stylize', 'showHidden', 'depth', 'colors', 'customInspect', 'showProxy', 'maxArrayLength', 'maxStringLength',
  'breakLength', 'compact', 'sorted', 'getters', 'numericSeparator'];

// `inTypedArray` is given for what belongs to a typed array or buffer view, whose memory is not shown twice.
function formatValue(ctx, value, recurseTimes, inTypedArray) {
  if (value === null) return ctx.stylize('null', 'null');
  // `document.all`-like objects say they are undefined.
  if (typeof value !== 'object' && typeof value !== 'function' && (typeof value !== 'undefined' || value === undefined)) {
    return formatPrimitive(ctx.stylize, value, ctx);
  }
  const context = value;
  let proxies = 0;
  if (types.isProxy(value)) {
    if (ctx.showProxy) return formatProxy(ctx, getProxyDetails(value), recurseTimes);
    do {
      value = getProxyDetails(value, false);
      proxies++;
    } while (value !== null && types.isProxy(value));
    if (value === null) return wrapInProxies(ctx, ctx.stylize('<Revoked Proxy>', 'special'), proxies - 1);
  }
  if (ctx.customInspect) {
    const custom = value[customInspect];
    if (typeof custom === 'function' && isCustom(custom, value)) {
      const result = callCustom(ctx, custom, context, recurseTimes, proxies !== 0);
      if (result !== context) {
        if (typeof result !== 'string') return formatValue(ctx, result, recurseTimes);
        return StringPrototypeReplaceAll(result, '\n', `\n${StringPrototypeRepeat(' ', ctx.indentationLvl)}`);
      }
    }
  }
  if (ArrayPrototypeIncludes(ctx.seen, value)) return formatCircle(ctx, value);
  return wrapInProxies(ctx, formatObject(ctx, value, recurseTimes, inTypedArray), proxies);
}

function wrapInProxies(ctx, text, count) {
  for (let i = 0; i < count; i++) text = `${ctx.stylize('Proxy(', 'special')}${text}${ctx.stylize(')', 'special')}`;
  return text;
}

// `util` itself has `inspect` under that symbol, and a class's prototype must not inspect itself as an instance.
function isCustom(custom, value) {
  if (custom === require('internal/util/inspect').inspect) return false;
  return ObjectGetOwnPropertyDescriptor(value, 'constructor')?.value?.prototype !== value;
}

function callCustom(ctx, custom, context, recurseTimes, isBehindProxy) {
  const depth = ctx.depth === null ? null : ctx.depth - recurseTimes;
  const isForeign = isBehindProxy || !FunctionPrototypeSymbolHasInstance(Object, context);
  return FunctionPrototypeCall(custom, context, depth, userOptions(ctx, isForeign), require('internal/util/inspect').inspect);
}

// What a custom function gets. One from another context gets nothing by which it could reach into this one.
function userOptions(ctx, isForeign) {
  const options = {};
  for (let i = 0; i < OPTIONS.length; i++) options[OPTIONS[i]] = ctx[OPTIONS[i]];
  const result = { ...options, ...ctx.userOptions };
  if (!isForeign) return result;
  ObjectSetPrototypeOf(result, null);
  const keys = ObjectKeys(result);
  for (let i = 0; i < keys.length; i++) {
    const value = result[keys[i]];
    if ((typeof value === 'object' || typeof value === 'function') && value !== null) delete result[keys[i]];
  }
  result.stylize = ObjectSetPrototypeOf((value, kind) => {
    try {
      return `${ctx.stylize(value, kind)}`;
    } catch {
      return value;
    }
  }, null);
  return result;
}

function formatProxy(ctx, details, recurseTimes) {
  if (details[0] === null) return ctx.stylize('<Revoked Proxy>', 'special');
  if (recurseTimes > ctx.depth && ctx.depth !== null) return ctx.stylize('Proxy [Array]', 'special');
  recurseTimes++;
  ctx.indentationLvl += 2;
  const output = [formatValue(ctx, details[0], recurseTimes), formatValue(ctx, details[1], recurseTimes)];
  ctx.indentationLvl -= 2;
  return joinEntries(ctx, output, '', ['Proxy [', ']'], true, recurseTimes);
}

function formatCircle(ctx, value) {
  ctx.circular ??= new SafeMap();
  let index = ctx.circular.get(value);
  if (index === undefined) {
    index = ctx.circular.size + 1;
    ctx.circular.set(value, index);
  }
  return ctx.stylize(`[Circular *${index}]`, 'special');
}

function getKeys(value, showHidden) {
  const symbols = ObjectGetOwnPropertySymbols(value);
  let keys;
  if (showHidden) {
    keys = ObjectGetOwnPropertyNames(value);
  } else {
    try {
      keys = ObjectKeys(value);
    } catch (error) {
      // A module that has not run yet.
      if (!types.isModuleNamespaceObject(value)) throw error;
      keys = ObjectGetOwnPropertyNames(value);
    }
  }
  for (let i = 0; i < symbols.length; i++) {
    if (showHidden || ObjectPrototypePropertyIsEnumerable(value, symbols[i])) ArrayPrototypePush(keys, symbols[i]);
  }
  return keys;
}

function getTag(ctx, value) {
  let tag;
  try {
    tag = value[SymbolToStringTag];
  } catch {
    return '';
  }
  if (typeof tag !== 'string' || tag === '') return '';
  // It is among the properties then.
  const isShown = ctx.showHidden ? ObjectPrototypeHasOwnProperty(value, SymbolToStringTag) :
    ObjectPrototypePropertyIsEnumerable(value, SymbolToStringTag);
  return isShown ? '' : tag;
}

// How a kind of object is shown: `text` alone when there is nothing in it, else `base`, braces, entries and properties.
class Form {
  text = undefined;
  base = '';
  open = '{';
  close = '}';
  keys = undefined;
  entries = undefined;
  source = undefined;
  extras = undefined;
  isList = false;
  inTypedArray = undefined;
}

function formatObject(ctx, value, recurseTimes, inTypedArray) {
  const isTooDeep = recurseTimes > ctx.depth && ctx.depth !== null;
  let protoProps = ctx.showHidden && !isTooDeep ? [] : undefined;
  const constructor = getConstructorName(value, ctx, recurseTimes, protoProps);
  if (protoProps?.length === 0) protoProps = undefined;
  const tag = getTag(ctx, value);
  const form = new Form();
  form.inTypedArray = inTypedArray;
  const isBare = (keys) => keys.length === 0 && protoProps === undefined;
  if (!((SymbolIterator in value || constructor === null) && describeIterable(ctx, value, constructor, tag, form, isBare))) {
    describePlain(ctx, value, constructor, tag, form, isBare, isTooDeep);
  }
  if (form.text !== undefined) return form.text;
  if (isTooDeep) {
    const name = StringPrototypeSlice(objectPrefix(value, constructor, tag), 0, -1);
    return ctx.stylize(constructor !== null ? `[${name}]` : name, 'special');
  }
  return formatContents(ctx, value, recurseTimes + 1, form, protoProps, () => objectPrefix(value, constructor, tag));
}

// True when `value` is one of the iterable built-ins.
function describeIterable(ctx, value, constructor, tag, form, isBare) {
  if (ArrayIsArray(value)) {
    const prefix = constructor !== 'Array' || tag !== '' ? getPrefix(constructor, tag, 'Array', `(${value.length})`) : '';
    form.keys = getOwnNonIndexProperties(value, ctx.showHidden ? ALL_PROPERTIES : ONLY_ENUMERABLE);
    if (value.length === 0 && isBare(form.keys)) form.text = `${prefix}[]`;
    [form.open, form.close, form.isList, form.entries] = [`${prefix}[`, ']', true, collections.arrayEntries];
  } else if (types.isSet(value) || types.isMap(value)) {
    const isSet = types.isSet(value);
    const size = isSet ? SetPrototypeGetSize(value) : MapPrototypeGetSize(value);
    const prefix = getPrefix(constructor, tag, isSet ? 'Set' : 'Map', `(${size})`);
    form.keys = getKeys(value, ctx.showHidden);
    if (size === 0 && isBare(form.keys)) form.text = `${prefix}{}`;
    form.open = `${prefix}{`;
    form.entries = isSet ? collections.setEntries : collections.mapEntries;
  } else if (types.isTypedArray(value)) {
    describeTypedArray(ctx, value, constructor, tag, form);
  } else if (types.isMapIterator(value) || types.isSetIterator(value)) {
    const name = `${types.isMapIterator(value) ? 'Map' : 'Set'} Iterator`;
    let label = tag === name ? tag : `${tag === '' ? '' : `${tag}] [`}${name}`;
    if (previewEntries(value, true)[1]) label = `${StringPrototypeSlice(label, 0, -' Iterator'.length)} Entries`;
    form.keys = getKeys(value, ctx.showHidden);
    form.open = `[${label}] {`;
    form.entries = collections.iteratorEntries;
  } else {
    return false;
  }
  return true;
}

function describeTypedArray(ctx, value, constructor, tag, form) {
  let fallback = '';
  form.keys = getOwnNonIndexProperties(value, ctx.showHidden ? ALL_PROPERTIES : ONLY_ENUMERABLE);
  if (constructor === null) {
    fallback = TypedArrayPrototypeGetSymbolToStringTag(value);
    form.source = new (primordials[fallback] ?? globalThis[fallback])(value);
  }
  const size = TypedArrayPrototypeGetLength(value);
  const prefix = getPrefix(constructor, tag, fallback, `(${size})`);
  if (size === 0 && form.keys.length === 0 && !ctx.showHidden) form.text = `${prefix}[]`;
  [form.open, form.close, form.isList, form.entries] = [`${prefix}[`, ']', true, collections.typedArrayEntries];
  if (ctx.showHidden) {
    form.extras = ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer'];
    form.inTypedArray = true;
  }
}

function describePlain(ctx, value, constructor, tag, form, isBare, isTooDeep) {
  const keys = form.keys = getKeys(value, ctx.showHidden);
  if (typeof value === 'function') {
    form.base = formatFunction(ctx, value, constructor, tag);
    if (isBare(keys)) form.text = ctx.stylize(form.base, 'special');
  } else if (constructor === 'Object') {
    if (types.isArgumentsObject(value)) {
      form.open = '[Arguments] {';
    } else if (tag !== '') form.open = `${getPrefix(constructor, tag, 'Object')}{`;
    if (isBare(keys)) form.text = `${form.open}}`;
  } else if (types.isRegExp(value)) {
    const prefix = getPrefix(constructor, tag, 'RegExp');
    const text = RegExpPrototypeToString(constructor !== null ? value : new RegExp(value));
    form.base = ctx.stylize(prefix !== 'RegExp ' ? `${prefix}${text}` : text, 'regexp');
    if (isBare(keys) || isTooDeep) form.text = form.base;
  } else if (types.isDate(value)) {
    const prefix = getPrefix(constructor, tag, 'Date');
    const text = NumberIsNaN(DatePrototypeGetTime(value)) ? DatePrototypeToString(value) : DatePrototypeToISOString(value);
    form.base = prefix !== 'Date ' ? `${prefix}${text}` : text;
    if (isBare(keys)) form.text = ctx.stylize(form.base, 'date');
  } else if (isError(value)) {
    form.base = formatError(ctx, value, constructor, tag, keys);
    if (isBare(keys)) form.text = form.base;
  } else if (types.isBoxedPrimitive(value)) {
    form.base = formatBoxed(ctx, value, keys, constructor, tag);
    if (isBare(keys)) form.text = form.base;
  } else if (!describeContainer(ctx, value, constructor, tag, form, isBare)) {
    describeOther(ctx, value, constructor, tag, form, isBare, isTooDeep);
  }
}

// Objects with hidden contents but no iterator; true when `value` is one.
function describeContainer(ctx, value, constructor, tag, form, isBare) {
  const open = (fallback) => `${getPrefix(constructor, tag, fallback)}{`;
  if (types.isAnyArrayBuffer(value)) {
    form.open = open(types.isArrayBuffer(value) ? 'ArrayBuffer' : 'SharedArrayBuffer');
    form.extras = ['byteLength'];
    if (form.inTypedArray === undefined) form.entries = collections.arrayBufferEntries;
    else if (isBare(form.keys)) form.text = `${form.open} [byteLength]: ${formatNumber(ctx.stylize, value.byteLength, false)} }`;
  } else if (types.isDataView(value)) {
    form.open = open('DataView');
    form.extras = ['byteLength', 'byteOffset', 'buffer'];
  } else if (types.isPromise(value)) {
    form.open = open('Promise');
    form.entries = collections.promiseEntries;
  } else if (types.isWeakSet(value) || types.isWeakMap(value)) {
    form.open = open(types.isWeakSet(value) ? 'WeakSet' : 'WeakMap');
    form.entries = collections.weakEntries;
  } else if (types.isModuleNamespaceObject(value)) {
    form.open = open('Module');
    form.entries = collections.namespaceEntries;
  } else {
    return false;
  }
  return true;
}

function describeOther(ctx, value, constructor, tag, form, isBare, isTooDeep) {
  if (constructor === 'URL' && !isTooDeep && typeof value.href === 'string' && value instanceof require('internal/url').URL) {
    form.base = value.href;
    if (isBare(form.keys)) form.text = form.base;
    return;
  }
  if (types.isExternal(value) && isBare(form.keys)) {
    form.text = ctx.stylize(`[External: ${getExternalAddress(value)}]`, 'special');
    return;
  }
  form.open = `${objectPrefix(value, constructor, tag)}{`;
  if (isBare(form.keys)) form.text = `${form.open}}`;
}

function formatContents(ctx, value, recurseTimes, form, protoProps, prefix) {
  ArrayPrototypePush(ctx.seen, value);
  ctx.currentDepth = recurseTimes;
  const { indentationLvl } = ctx;
  const { keys } = form;
  const kind = form.isList ? 'extra' : 'object';
  let output;
  try {
    output = form.entries === undefined ? [] : form.entries(ctx, form.source ?? value, recurseTimes, keys);
    if (form.extras !== undefined) pushExtras(ctx, value, recurseTimes, form, output);
    for (let i = 0; i < keys.length; i++) ArrayPrototypePush(output, formatProperty(ctx, value, recurseTimes, keys[i], kind));
    if (protoProps !== undefined) for (let i = 0; i < protoProps.length; i++) ArrayPrototypePush(output, protoProps[i]);
  } catch (error) {
    if (!require('internal/errors').isStackOverflowError(error)) throw error;
    ArrayPrototypePop(ctx.seen);
    ctx.indentationLvl = indentationLvl;
    return ctx.stylize(`[${StringPrototypeSlice(prefix(), 0, -1)}: Inspection interrupted prematurely. ` +
      'Maximum call stack size exceeded.]', 'special');
  }
  markReference(ctx, value, form);
  ArrayPrototypePop(ctx.seen);
  if (ctx.sorted) sortOutput(ctx, output, form);
  const text = joinEntries(ctx, output, form.base, [form.open, form.close], form.isList, recurseTimes, value);
  const spent = (ctx.budget[ctx.indentationLvl] ?? 0) + text.length;
  ctx.budget[ctx.indentationLvl] = spent;
  if (spent > OUTPUT_MAX) ctx.depth = -1;
  return text;
}

function pushExtras(ctx, value, recurseTimes, form, output) {
  for (let i = 0; i < form.extras.length; i++) {
    const key = form.extras[i];
    let found;
    try {
      found = value[key];
    } catch {
      // A view whose memory is gone. Node goes two columns deeper for each such property, and so do we.
      ctx.indentationLvl += 2;
      found = value.buffer[key];
    }
    ctx.indentationLvl += 2;
    const text = formatValue(ctx, found, recurseTimes, form.inTypedArray);
    ctx.indentationLvl -= 2;
    ArrayPrototypePush(output, `${ctx.stylize(`[${key}]`, 'string')}: ${text}`);
  }
}

function markReference(ctx, value, form) {
  const index = ctx.circular?.get(value);
  if (index === undefined) return;
  const reference = ctx.stylize(`<ref *${index}>`, 'special');
  if (ctx.compact === true) form.open = `${reference} ${form.open}`;
  else form.base = form.base === '' ? reference : `${reference} ${form.base}`;
}

// Of arrays only the named properties are sorted.
function sortOutput(ctx, output, form) {
  const comparator = ctx.sorted === true ? undefined : ctx.sorted;
  if (!form.isList) {
    ArrayPrototypeSort(output, comparator);
  } else if (form.keys.length > 1) {
    const start = output.length - form.keys.length;
    const sorted = ArrayPrototypeSort(ArrayPrototypeSlice(output, start), comparator);
    ArrayPrototypeSplice(output, start, form.keys.length, ...sorted);
  }
}
