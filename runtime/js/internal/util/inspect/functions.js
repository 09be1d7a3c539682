// Functions, classes and boxed primitives as `inspect` shows them.
'use strict';

const {
  ArrayPrototypeSplice, BigIntPrototypeValueOf, BooleanPrototypeValueOf, FunctionPrototypeToString, NumberPrototypeValueOf,
  ObjectGetPrototypeOf, ObjectPrototypeHasOwnProperty, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeEndsWith,
  StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeStartsWith, StringPrototypeToLowerCase,
  StringPrototypeValueOf, SymbolPrototypeValueOf,
} = primordials;
const types = require('internal/util/types');
const { formatPrimitive } = require('internal/util/inspect/primitives');
const { stylizeNoColor } = require('internal/util/inspect/styles');

const CLASS_HEAD = /^(\s+[^(]*?)\s*{/;
const COMMENTS = /(\/\/[^\n]*\n)|(\/\*[\s\S]*?\*\/)/g;

function isClassText(text) {
  if (!StringPrototypeStartsWith(text, 'class') || !StringPrototypeEndsWith(text, '}')) return false;
  const rest = StringPrototypeSlice(text, 5, -1);
  const brace = StringPrototypeIndexOf(rest, '{');
  if (brace === -1) return false;
  return !StringPrototypeIncludes(StringPrototypeSlice(rest, 0, brace), '(') ||
    RegExpPrototypeExec(CLASS_HEAD, RegExpPrototypeSymbolReplace(COMMENTS, rest, '')) !== null;
}

function formatClass(value, constructor, tag) {
  const name = (ObjectPrototypeHasOwnProperty(value, 'name') && value.name) || '(anonymous)';
  let text = `class ${name}`;
  if (constructor !== 'Function' && constructor !== null) text += ` [${constructor}]`;
  if (tag !== '' && constructor !== tag) text += ` [${tag}]`;
  if (constructor === null) return `[${text} extends [null prototype]]`;
  const parent = ObjectGetPrototypeOf(value).name;
  return parent ? `[${text} extends ${parent}]` : `[${text}]`;
}

function formatFunction(ctx, value, constructor, tag) {
  if (isClassText(FunctionPrototypeToString(value))) return formatClass(value, constructor, tag);
  let kind = 'Function';
  if (types.isGeneratorFunction(value)) kind = `Generator${kind}`;
  if (types.isAsyncFunction(value)) kind = `Async${kind}`;
  let text = `[${kind}`;
  if (constructor === null) text += ' (null prototype)';
  const { name } = value;
  if (name === '') text += ' (anonymous)';
  else text += `: ${typeof name === 'string' ? name : require('internal/util/inspect/value').formatValue(ctx, name)}`;
  text += ']';
  if (constructor !== kind && constructor !== null) text += ` ${constructor}`;
  if (tag !== '' && constructor !== tag) text += ` [${tag}]`;
  return text;
}

function unbox(value) {
  if (types.isNumberObject(value)) return ['Number', NumberPrototypeValueOf(value)];
  if (types.isStringObject(value)) return ['String', StringPrototypeValueOf(value)];
  if (types.isBooleanObject(value)) return ['Boolean', BooleanPrototypeValueOf(value)];
  if (types.isBigIntObject(value)) return ['BigInt', BigIntPrototypeValueOf(value)];
  return ['Symbol', SymbolPrototypeValueOf(value)];
}

// Takes a boxed string's characters out of `keys`.
function formatBoxed(ctx, value, keys, constructor, tag) {
  const { 0: type, 1: primitive } = unbox(value);
  if (type === 'String') ArrayPrototypeSplice(keys, 0, primitive.length);
  let text = `[${type}`;
  if (type !== constructor) text += constructor === null ? ' (null prototype)' : ` (${constructor})`;
  text += `: ${formatPrimitive(stylizeNoColor, primitive, ctx)}]`;
  if (tag !== '' && tag !== constructor) text += ` [${tag}]`;
  if (keys.length !== 0 || ctx.stylize === stylizeNoColor) return text;
  return ctx.stylize(text, StringPrototypeToLowerCase(type));
}

module.exports = { formatFunction, formatBoxed };
