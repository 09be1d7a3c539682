// The entries of arrays, buffers, sets, maps, iterators, promises and module namespaces: each function gives the list of
// formatted entries.
'use strict';

const {
  ArrayPrototypePush, ArrayPrototypeSort, MapPrototypeEntries, MapPrototypeGetSize, MapIteratorPrototypeNext, MathMax, MathMin,
  ObjectGetOwnPropertyDescriptor, ObjectKeys, RegExpPrototypeExec, SetIteratorPrototypeNext, SetPrototypeGetSize,
  SetPrototypeValues, StringPrototypeLastIndexOf, StringPrototypeSlice, TypedArrayPrototypeGetLength, Uint8Array,
} = primordials;
const { getPromiseDetails, isNativeError, previewEntries } = binding('util');
const { formatBigInt, formatNumber } = require('internal/util/inspect/primitives');
const { formatProperty } = require('internal/util/inspect/property');
const { joinEntries } = require('internal/util/inspect/layout');

const ARRAY_INDEX_MAX = 2 ** 32 - 2;
const INDEX = /^(0|[1-9][0-9]*)$/;
const PENDING = 0;
const REJECTED = 2;

function formatValue(ctx, value, recurseTimes) {
  return require('internal/util/inspect/value').formatValue(ctx, value, recurseTimes);
}

function plural(count) {
  return count > 1 ? 's' : '';
}

function more(count) {
  return `... ${count} more item${plural(count)}`;
}

function limit(ctx, length) {
  return MathMin(MathMax(0, ctx.maxArrayLength), length);
}

function pushRest(output, left) {
  if (left > 0) ArrayPrototypePush(output, more(left));
  return output;
}

function arrayEntries(ctx, value, recurseTimes) {
  const shown = limit(ctx, value.length);
  const output = [];
  for (let i = 0; i < shown; i++) {
    const descriptor = ObjectGetOwnPropertyDescriptor(value, i);
    if (descriptor === undefined) return sparseEntries(ctx, value, recurseTimes, shown, output, i);
    ArrayPrototypePush(output, formatProperty(ctx, value, recurseTimes, i, 'element', descriptor));
  }
  return pushRest(output, value.length - shown);
}

// From the first hole on: a run of holes is one entry.
function sparseEntries(ctx, value, recurseTimes, shown, output, start) {
  const hole = (count) => ArrayPrototypePush(output, ctx.stylize(`<${count} empty item${plural(count)}>`, 'undefined'));
  const keys = ObjectKeys(value);
  let index = start;
  for (let i = start; i < keys.length && output.length < shown; i++) {
    const key = keys[i];
    if (RegExpPrototypeExec(INDEX, key) === null || +key > ARRAY_INDEX_MAX) break;
    if (`${index}` !== key) {
      hole(+key - index);
      index = +key;
      if (output.length === shown) break;
    }
    ArrayPrototypePush(output, formatProperty(ctx, value, recurseTimes, key, 'element'));
    index++;
  }
  const left = value.length - index;
  if (left > 0) {
    if (output.length === shown) ArrayPrototypePush(output, more(left));
    else hole(left);
  }
  return output;
}

function typedArrayEntries(ctx, value) {
  const length = TypedArrayPrototypeGetLength(value);
  const shown = limit(ctx, length);
  // The visible length decides, as in Node.
  const format = value.length > 0 && typeof value[0] === 'number' ? formatNumber : formatBigInt;
  const output = [];
  for (let i = 0; i < shown; i++) ArrayPrototypePush(output, format(ctx.stylize, value[i], ctx.numericSeparator));
  return pushRest(output, value.length - shown);
}

function arrayBufferEntries(ctx, value) {
  let bytes;
  try {
    bytes = new Uint8Array(value);
  } catch {
    return [ctx.stylize('(detached)', 'special')];
  }
  const { hexSlice } = binding('buffer');
  const { length } = bytes;
  const shown = limit(ctx, length);
  const hex = hexSlice(bytes, 0, shown);
  let text = '';
  for (let i = 0; i < hex.length; i += 2) text += `${i === 0 ? '' : ' '}${hex[i]}${hex[i + 1]}`;
  const left = length - ctx.maxArrayLength;
  if (left > 0) text += ` ... ${left} more byte${plural(left)}`;
  return [`${ctx.stylize('[Uint8Contents]', 'special')}: <${text}>`];
}

function setEntries(ctx, value, recurseTimes) {
  const length = SetPrototypeGetSize(value);
  const shown = limit(ctx, length);
  const iterator = SetPrototypeValues(value);
  const output = [];
  ctx.indentationLvl += 2;
  for (let i = 0; i < shown; i++) {
    const { value: item, done } = SetIteratorPrototypeNext(iterator);
    if (done) break;
    ArrayPrototypePush(output, formatValue(ctx, item, recurseTimes));
  }
  ctx.indentationLvl -= 2;
  return pushRest(output, length - shown);
}

function mapEntries(ctx, value, recurseTimes) {
  const length = MapPrototypeGetSize(value);
  const shown = limit(ctx, length);
  const iterator = MapPrototypeEntries(value);
  const output = [];
  ctx.indentationLvl += 2;
  for (let i = 0; i < shown; i++) {
    const { value: entry, done } = MapIteratorPrototypeNext(iterator);
    if (done) break;
    ArrayPrototypePush(output, `${formatValue(ctx, entry[0], recurseTimes)} => ${formatValue(ctx, entry[1], recurseTimes)}`);
  }
  ctx.indentationLvl -= 2;
  return pushRest(output, length - shown);
}

function previewed(ctx, recurseTimes, entries, step, format) {
  const length = entries.length / step;
  const shown = limit(ctx, length);
  const output = [];
  ctx.indentationLvl += 2;
  for (let i = 0; i < shown; i++) ArrayPrototypePush(output, format(i * step));
  ctx.indentationLvl -= 2;
  return output;
}

function iteratorEntries(ctx, value, recurseTimes) {
  const { 0: entries, 1: arePairs } = previewEntries(value, true);
  if (!arePairs) {
    const output = previewed(ctx, recurseTimes, entries, 1, (i) => formatValue(ctx, entries[i], recurseTimes));
    return pushRest(output, entries.length - output.length);
  }
  const output = previewed(ctx, recurseTimes, entries, 2, (i) => joinEntries(ctx,
    [formatValue(ctx, entries[i], recurseTimes), formatValue(ctx, entries[i + 1], recurseTimes)], '', ['[', ']'], true, recurseTimes));
  return pushRest(output, entries.length / 2 - output.length);
}

function weakEntries(ctx, value, recurseTimes) {
  if (!ctx.showHidden) return [ctx.stylize('<items unknown>', 'special')];
  const entries = previewEntries(value);
  const step = binding('util').isWeakMap(value) ? 2 : 1;
  const output = previewed(ctx, recurseTimes, entries, step, (i) => (step === 1 ? formatValue(ctx, entries[i], recurseTimes) :
    `${formatValue(ctx, entries[i], recurseTimes)} => ${formatValue(ctx, entries[i + 1], recurseTimes)}`));
  // Their order has no meaning; sorted they look the same each time.
  if (!ctx.sorted) ArrayPrototypeSort(output);
  return pushRest(output, entries.length / step - output.length);
}

function promiseEntries(ctx, value, recurseTimes) {
  const { 0: state, 1: result } = getPromiseDetails(value);
  if (state === PENDING) return [ctx.stylize('<pending>', 'special')];
  ctx.indentationLvl += 2;
  const text = formatValue(ctx, result, recurseTimes);
  ctx.indentationLvl -= 2;
  return [state === REJECTED ? `${ctx.stylize('<rejected>', 'special')} ${text}` : text];
}

// Empties `keys`, since each is shown here.
function namespaceEntries(ctx, value, recurseTimes, keys) {
  const output = [];
  for (let i = 0; i < keys.length; i++) {
    let text;
    try {
      text = formatProperty(ctx, value, recurseTimes, keys[i], 'object');
    } catch (error) {
      if (!isNativeError(error) || error.name !== 'ReferenceError') throw error;
      text = formatProperty(ctx, { [keys[i]]: '' }, recurseTimes, keys[i], 'object');
      text = StringPrototypeSlice(text, 0, StringPrototypeLastIndexOf(text, ' ') + 1) + ctx.stylize('<uninitialized>', 'special');
    }
    ArrayPrototypePush(output, text);
  }
  keys.length = 0;
  return output;
}

module.exports = {
  arrayEntries, typedArrayEntries, arrayBufferEntries, setEntries, mapEntries, iteratorEntries, weakEntries, promiseEntries,
  namespaceEntries,
};
