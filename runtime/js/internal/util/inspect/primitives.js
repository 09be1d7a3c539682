// Primitive values as `inspect` shows them.
'use strict';

const {
  MathTrunc, NumberIsFinite, ObjectIs, RegExpPrototypeSymbolSplit, String, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeRepeat, StringPrototypeSlice, SymbolPrototypeToString,
} = primordials;
const { quote } = require('internal/util/inspect/strings');

/** Shorter strings are never broken into lines. */
const LINE_LENGTH_MIN = 16;
const AFTER_NEWLINE = /(?<=\n)/;

function groupFromEnd(digits) {
  let text = '';
  let i = digits.length;
  const start = digits[0] === '-' ? 4 + 1 : 4;
  for (; i >= start; i -= 3) text = `_${StringPrototypeSlice(digits, i - 3, i)}${text}`;
  return StringPrototypeSlice(digits, 0, i) + text;
}

function groupFromStart(digits) {
  let text = '';
  let i = 0;
  for (; i < digits.length - 3; i += 3) text += `${StringPrototypeSlice(digits, i, i + 3)}_`;
  return text + StringPrototypeSlice(digits, i);
}

function formatNumber(stylize, number, numericSeparator) {
  if (ObjectIs(number, -0)) return stylize('-0', 'number');
  const text = `${number}`;
  if (!numericSeparator || !NumberIsFinite(number) || StringPrototypeIncludes(text, 'e')) return stylize(text, 'number');
  if (MathTrunc(number) === number) return stylize(groupFromEnd(text), 'number');
  const point = StringPrototypeIndexOf(text, '.');
  return stylize(`${groupFromEnd(StringPrototypeSlice(text, 0, point))}.${groupFromStart(StringPrototypeSlice(text, point + 1))}`, 'number');
}

function formatBigInt(stylize, bigint, numericSeparator) {
  const text = String(bigint);
  return stylize(`${numericSeparator ? groupFromEnd(text) : text}n`, 'bigint');
}

function formatString(stylize, text, ctx) {
  let trailer = '';
  if (text.length > ctx.maxStringLength) {
    const left = text.length - ctx.maxStringLength;
    text = StringPrototypeSlice(text, 0, ctx.maxStringLength);
    trailer = `... ${left} more character${left > 1 ? 's' : ''}`;
  }
  const isLong = ctx.compact !== true && text.length > LINE_LENGTH_MIN && text.length > ctx.breakLength - ctx.indentationLvl - 4;
  if (!isLong || !StringPrototypeIncludes(text, '\n')) return stylize(quote(text), 'string') + trailer;
  const lines = RegExpPrototypeSymbolSplit(AFTER_NEWLINE, text);
  const separator = ` +\n${StringPrototypeRepeat(' ', ctx.indentationLvl + 2)}`;
  let result = stylize(quote(lines[0]), 'string');
  for (let i = 1; i < lines.length; i++) result += separator + stylize(quote(lines[i]), 'string');
  return result + trailer;
}

function formatPrimitive(stylize, value, ctx) {
  switch (typeof value) {
    case 'string': return formatString(stylize, value, ctx);
    case 'number': return formatNumber(stylize, value, ctx.numericSeparator);
    case 'bigint': return formatBigInt(stylize, value, ctx.numericSeparator);
    case 'boolean': return stylize(`${value}`, 'boolean');
    case 'undefined': return stylize('undefined', 'undefined');
    default: return stylize(SymbolPrototypeToString(value), 'symbol');
  }
}

module.exports = { formatNumber, formatBigInt, formatPrimitive };
