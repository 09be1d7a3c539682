// `util.inspect`: any value as text. The work is in `internal/util/inspect/*`; here are its options.
'use strict';

const { ObjectAssign, ObjectDefineProperty, ObjectKeys, ObjectPrototypeHasOwnProperty, ObjectSeal, SymbolFor } = primordials;

const defaultOptions = ObjectSeal({
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
});
module.exports = { inspect, defaultOptions, customInspectSymbol: SymbolFor('nodejs.util.inspect.custom') };

const { colors, styles, stylizeNoColor, stylizeWithColor } = require('internal/util/inspect/styles');
const { formatValue } = require('internal/util/inspect/value');
const { isError } = require('internal/util/inspect/errors');
const { getStringWidth, stripVTControlCharacters } = require('internal/util/inspect/strings');
const { format, formatAll, formatWithOptions } = require('internal/util/inspect/format');
ObjectAssign(module.exports, { format, formatAll, formatWithOptions, getStringWidth, isError, stripVTControlCharacters });

// `inspect(value, options)`, or as in old programs `inspect(value, showHidden, depth, colors)`.
function inspect(value, opts) {
  const ctx = {
    budget: {}, indentationLvl: 0, seen: [], currentDepth: 0, circular: undefined, userOptions: undefined, stylize: stylizeNoColor,
    ...defaultOptions,
  };
  if (arguments.length > 2) {
    if (arguments[2] !== undefined) ctx.depth = arguments[2];
    if (arguments[3] !== undefined) ctx.colors = arguments[3];
  }
  if (typeof opts === 'boolean') ctx.showHidden = opts;
  else if (opts) readOptions(ctx, opts);
  if (ctx.colors) ctx.stylize = stylizeWithColor;
  ctx.maxArrayLength ??= Infinity;
  ctx.maxStringLength ??= Infinity;
  return formatValue(ctx, value, 0);
}

// Options that are not ours go to custom inspect functions.
function readOptions(ctx, opts) {
  const keys = ObjectKeys(opts);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key === 'stylize' || ObjectPrototypeHasOwnProperty(defaultOptions, key)) ctx[key] = opts[key];
    else ctx.userOptions ??= opts;
  }
}

inspect.custom = module.exports.customInspectSymbol;
ObjectDefineProperty(inspect, 'defaultOptions', {
  __proto__: null,
  get: () => defaultOptions,
  set(options) {
    require('internal/validators').validateObject(options, 'options');
    ObjectAssign(defaultOptions, options);
  },
});
inspect.colors = colors;
inspect.styles = styles;
