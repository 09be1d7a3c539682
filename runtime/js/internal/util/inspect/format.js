// `util.format`: printf-like placeholders, and what is left over appended.
'use strict';

const {
  BigInt, JSONStringify, Number, NumberParseFloat, NumberParseInt, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf,
  ObjectPrototypeHasOwnProperty, String, StringPrototypeCharCodeAt, StringPrototypeSlice, StringPrototypeSplit, SymbolToPrimitive,
} = primordials;
const { getProxyDetails, isProxy } = binding('util');
const { formatBigInt, formatNumber } = require('internal/util/inspect/primitives');
const { builtInNames } = require('internal/util/inspect/names');
const { stylizeNoColor } = require('internal/util/inspect/styles');

const PERCENT = 37;

function core() {
  return require('internal/util/inspect');
}

function format(...args) {
  return formatAll(undefined, args);
}

function formatWithOptions(inspectOptions, ...args) {
  const { kValidateObjectAllowArray, validateObject } = require('internal/validators');
  validateObject(inspectOptions, 'inspectOptions', kValidateObjectAllowArray);
  return formatAll(inspectOptions, args);
}

function formatAll(options, args) {
  const first = args[0];
  let used = 0;
  let text = '';
  if (typeof first === 'string') {
    if (args.length === 1) return first;
    const filled = fill(options, first, args);
    if (filled !== undefined) ({ text, used } = filled);
  }
  let gap = used === 0 ? '' : ' ';
  for (; used < args.length; used++) {
    const value = args[used];
    text += gap + (typeof value === 'string' ? value : core().inspect(value, options));
    gap = ' ';
  }
  return text;
}

// The template with its placeholders filled and the number of arguments used, undefined when it has none.
function fill(options, template, args) {
  let text = '';
  let last = 0;
  let argument = 0;
  for (let i = 0; i < template.length - 1; i++) {
    if (StringPrototypeCharCodeAt(template, i) !== PERCENT) continue;
    const kind = template[++i];
    if (kind === '%') {
      text += StringPrototypeSlice(template, last, i);
      last = i + 1;
      continue;
    }
    const write = writers[kind];
    if (write === undefined || argument + 1 === args.length) continue;
    text += StringPrototypeSlice(template, last, i - 1) + write(args[++argument], options);
    last = i + 1;
  }
  if (last === 0) return undefined;
  return { text: text + StringPrototypeSlice(template, last), used: argument + 1 };
}

const writers = {
  __proto__: null,
  s: writeString,
  d: (value, options) => writeNumber(value, options, Number),
  i: (value, options) => writeNumber(value, options, NumberParseInt),
  f: (value, options) => (typeof value === 'symbol' ? 'NaN' : number(NumberParseFloat(value), options)),
  j: writeJson,
  o: (value, options) => core().inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 }),
  O: (value, options) => core().inspect(value, options),
  c: () => '',
};

function separates(options) {
  return options?.numericSeparator ?? core().defaultOptions.numericSeparator;
}

function number(value, options) {
  return formatNumber(stylizeNoColor, value, separates(options));
}

function writeNumber(value, options, convert) {
  if (typeof value === 'bigint') return formatBigInt(stylizeNoColor, value, separates(options));
  return typeof value === 'symbol' ? 'NaN' : number(convert(value), options);
}

function writeString(value, options) {
  if (typeof value === 'number') return number(value, options);
  if (typeof value === 'bigint') return formatBigInt(stylizeNoColor, BigInt(value), separates(options));
  if (typeof value !== 'object' || value === null || !hasBuiltInToString(value)) return String(value);
  return core().inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
}

// Whether nothing of the program's own says how the object becomes text.
function hasBuiltInToString(value) {
  while (isProxy(value)) {
    value = getProxyDetails(value, false);
    if (value === null) return true;
  }
  const hasToString = typeof value.toString === 'function';
  const hasToPrimitive = typeof value[SymbolToPrimitive] === 'function';
  if (!hasToString && !hasToPrimitive) return true;
  const owns = (object) => (hasToString && ObjectPrototypeHasOwnProperty(object, 'toString')) ||
    (hasToPrimitive && ObjectPrototypeHasOwnProperty(object, SymbolToPrimitive));
  if (owns(value)) return false;
  let owner = value;
  do owner = ObjectGetPrototypeOf(owner); while (!owns(owner));
  const constructor = ObjectGetOwnPropertyDescriptor(owner, 'constructor')?.value;
  return typeof constructor === 'function' && builtInNames.has(constructor.name);
}

function firstLine(error) {
  return StringPrototypeSplit(error.message, '\n', 1)[0];
}

let circularMessage;
function writeJson(value) {
  try {
    return JSONStringify(value);
  } catch (error) {
    if (circularMessage === undefined) {
      const circle = {};
      circle.self = circle;
      try {
        JSONStringify(circle);
      } catch (expected) {
        circularMessage = firstLine(expected);
      }
    }
    if (error.name === 'TypeError' && firstLine(error) === circularMessage) return '[Circular]';
    throw error;
  }
}

module.exports = { format, formatWithOptions, formatAll };
