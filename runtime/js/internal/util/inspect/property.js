// One property: its name, and its value or what kind of accessor it is.
'use strict';

const {
  FunctionPrototypeCall, ObjectGetOwnPropertyDescriptor, RegExpPrototypeExec, StringPrototypeRepeat,
} = primordials;
const { getStringWidth, quote, symbolName } = require('internal/util/inspect/strings');
const { formatPrimitive } = require('internal/util/inspect/primitives');

const PLAIN_KEY = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

// `kind` is 'object', 'element' (no name is shown) or 'extra' (a named property of an array).
function formatProperty(ctx, value, recurseTimes, key, kind, descriptor, original = value) {
  descriptor ??= ObjectGetOwnPropertyDescriptor(value, key);
  let gap = ' ';
  let text;
  if (descriptor.value !== undefined) {
    const { formatValue } = require('internal/util/inspect/value');
    const step = ctx.compact !== true || kind !== 'object' ? 2 : 3;
    ctx.indentationLvl += step;
    text = formatValue(ctx, descriptor.value, recurseTimes);
    if (step === 3 && ctx.breakLength < getStringWidth(text, ctx.colors)) gap = `\n${StringPrototypeRepeat(' ', ctx.indentationLvl)}`;
    ctx.indentationLvl -= step;
  } else if (descriptor.get !== undefined) {
    text = formatGetter(ctx, recurseTimes, descriptor, original);
  } else {
    text = descriptor.set !== undefined ? ctx.stylize('[Setter]', 'special') : ctx.stylize('undefined', 'undefined');
  }
  if (kind === 'element') return text;
  const name = formatKey(ctx, key);
  return `${descriptor.enumerable === false ? `[${name}]` : name}:${gap}${text}`;
}

function formatKey(ctx, key) {
  if (typeof key === 'symbol') return ctx.stylize(symbolName(key), 'symbol');
  if (key === '__proto__') return "['__proto__']";
  if (RegExpPrototypeExec(PLAIN_KEY, key) !== null) return ctx.stylize(key, 'name');
  return ctx.stylize(quote(key), 'string');
}

function formatGetter(ctx, recurseTimes, descriptor, original) {
  const { stylize } = ctx;
  const hasSetter = descriptor.set !== undefined;
  const label = hasSetter ? 'Getter/Setter' : 'Getter';
  if (!ctx.getters || (ctx.getters !== true && ctx.getters !== (hasSetter ? 'set' : 'get'))) return stylize(`[${label}]`, 'special');
  const { formatValue } = require('internal/util/inspect/value');
  const enclose = (text) => `${stylize(`[${label}:`, 'special')} ${text}${stylize(']', 'special')}`;
  let text;
  ctx.indentationLvl += 2;
  try {
    const result = FunctionPrototypeCall(descriptor.get, original);
    if (result === null) text = enclose(stylize('null', 'null'));
    else if (typeof result !== 'object' && typeof result !== 'function') text = enclose(formatPrimitive(stylize, result, ctx));
    else text = `${stylize(`[${label}]`, 'special')} ${formatValue(ctx, result, recurseTimes)}`;
  } catch (error) {
    text = enclose(`<Inspection threw (${formatValue(ctx, error, recurseTimes)})>`);
  }
  ctx.indentationLvl -= 2;
  return text;
}

module.exports = { formatProperty };
