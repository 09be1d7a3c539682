// Errors as `inspect` shows them: the stack with a first line that tells class, name and code, then own properties.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeIndexOf, ArrayPrototypeJoin, ArrayPrototypePop, ArrayPrototypePush,
  ArrayPrototypeSplice, Error, ErrorPrototypeToString, FunctionPrototypeSymbolHasInstance, ObjectPrototypeHasOwnProperty,
  ObjectPrototypeToString, RegExpPrototypeExec, StringPrototypeEndsWith, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeRepeat, StringPrototypeReplace, StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;
const { isNativeError } = binding('util');
const { getPrefix } = require('internal/util/inspect/names');
const { splitFrames } = require('internal/util/inspect/frames');

const CORE_FRAME = /^ {4}at (?:[^/\\(]+ \(|)node:(.+):\d+:\d+\)?$/;
const PACKAGES = 'node_modules';

function isError(value) {
  return isNativeError(value) || FunctionPrototypeSymbolHasInstance(Error, value);
}

// What a getter of the program gives, undefined when it throws.
function read(object, key) {
  try {
    return object[key];
  } catch {
    return undefined;
  }
}

function throwsOn(object, key) {
  try {
    void object[key];
    return false;
  } catch {
    return true;
  }
}

function stackText(ctx, error) {
  const stack = read(error, 'stack');
  if (!stack) return ErrorPrototypeToString(error);
  if (typeof stack === 'string') return stack;
  const { formatValue } = require('internal/util/inspect/value');
  ArrayPrototypePush(ctx.seen, error);
  ctx.indentationLvl += 4;
  const text = formatValue(ctx, stack);
  ctx.indentationLvl -= 4;
  ArrayPrototypePop(ctx.seen);
  return `${ErrorPrototypeToString(error)}\n    ${text}`;
}

// Takes keys out that the stack shows already and adds `cause` and `errors`.
function formatError(ctx, error, constructor, tag, keys) {
  let stack;
  try {
    stack = stackText(ctx, error);
  } catch {
    return ObjectPrototypeToString(error);
  }
  const message = read(error, 'message');
  const name = read(error, 'name');
  if (!ctx.showHidden && keys.length !== 0) {
    remove(keys, 'stack');
    for (const key of ['message', 'name']) {
      const value = key === 'message' ? message : name;
      if (!throwsOn(error, key) && (typeof value !== 'string' || StringPrototypeIncludes(stack, value))) remove(keys, key);
    }
  }
  if (ObjectPrototypeHasOwnProperty(error, 'cause')) addKey(keys, 'cause');
  if (ArrayIsArray(read(error, 'errors')) && ObjectPrototypeHasOwnProperty(error, 'errors')) addKey(keys, 'errors');

  stack = improveFirstLine(stack, constructor, name ?? 'Error', tag);
  stack = formatFrames(ctx, error, stack, message);
  if (ctx.indentationLvl === 0) return stack;
  return StringPrototypeReplaceAll(stack, '\n', `\n${StringPrototypeRepeat(' ', ctx.indentationLvl)}`);
}

function remove(keys, key) {
  const index = ArrayPrototypeIndexOf(keys, key);
  if (index !== -1) ArrayPrototypeSplice(keys, index, 1);
}

function addKey(keys, key) {
  if (!ArrayPrototypeIncludes(keys, key)) ArrayPrototypePush(keys, key);
}

// The class of an error is not always its `name`: both are told when the stack "looks normal".
function improveFirstLine(stack, constructor, name, tag) {
  const prefix = (fallback) => StringPrototypeSlice(getPrefix(constructor, tag, fallback), 0, -1);
  let { length } = name;
  if (typeof name !== 'string') stack = StringPrototypeReplace(stack, `${name}`, `${name} [${prefix('Error')}]`);
  const isRegular = typeof name === 'string' && StringPrototypeEndsWith(name, 'Error') && StringPrototypeStartsWith(stack, name) &&
    (stack.length === length || stack[length] === ':' || stack[length] === '\n');
  if (constructor !== null && !isRegular) return stack;
  let fallback = 'Error';
  if (constructor === null) {
    const start = RegExpPrototypeExec(/^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n {4}at)/, stack) ??
      RegExpPrototypeExec(/^([a-z_A-Z0-9-]*Error)$/, stack);
    fallback = start?.[1] ?? '';
    ({ length } = fallback);
    fallback ||= 'Error';
  }
  const shown = prefix(fallback);
  if (name === shown) return stack;
  if (!StringPrototypeIncludes(shown, name)) return `${shown} [${name}]${StringPrototypeSlice(stack, length)}`;
  return length === 0 ? `${shown}: ${stack}` : `${shown}${StringPrototypeSlice(stack, length)}`;
}

function formatFrames(ctx, error, stack, message) {
  let after = (message && StringPrototypeIndexOf(stack, message)) || -1;
  if (after !== -1) after += message.length;
  const start = StringPrototypeIndexOf(stack, '\n    at', after);
  if (start === -1) return `[${stack}]`;
  const cause = read(error, 'cause');
  const causeStack = cause !== null && cause !== undefined && isError(cause) ? stackText(ctx, cause) : undefined;
  const head = StringPrototypeSlice(stack, 0, start);
  const frames = splitFrames(ctx, StringPrototypeSlice(stack, start + 1), causeStack);
  if (!ctx.colors) return `${head}\n${ArrayPrototypeJoin(frames, '\n')}`;
  const folder = read({ get cwd() { return require('process').cwd(); } }, 'cwd');
  let text = head;
  for (let i = 0; i < frames.length; i++) text += `\n${colorFrame(ctx, frames[i], folder)}`;
  return text;
}

// Frames of the runtime and the working directory are dimmed, names of packages underlined.
function colorFrame(ctx, line, folder) {
  const core = RegExpPrototypeExec(CORE_FRAME, line);
  if (core !== null && ArrayPrototypeIncludes(require('internal/core_modules').ids, core[1])) return ctx.stylize(line, 'undefined');
  line = markPackages(ctx, line);
  if (folder === undefined) return line;
  const marked = markFolder(ctx, line, folder);
  return marked === line ? markFolder(ctx, line, require('internal/url').pathToFileURL(folder).href) : marked;
}

function markPackages(ctx, line) {
  let text = '';
  let done = 0;
  let from = 0;
  for (;;) {
    const found = StringPrototypeIndexOf(line, PACKAGES, from);
    if (found === -1) break;
    const separator = line[found - 1];
    const after = line[found + PACKAGES.length];
    if ((separator !== '/' && separator !== '\\') || (after !== '/' && after !== '\\')) {
      from = found + 1;
      continue;
    }
    const start = found + PACKAGES.length + 1;
    let end = StringPrototypeIndexOf(line, separator, start);
    if (end !== -1 && line[start] === '@') end = StringPrototypeIndexOf(line, separator, end + 1);
    if (end === -1) end = line.length;
    text += StringPrototypeSlice(line, done, start) + ctx.stylize(StringPrototypeSlice(line, start, end), 'module');
    done = end;
    from = end;
  }
  return text + StringPrototypeSlice(line, done);
}

function markFolder(ctx, line, folder) {
  let start = StringPrototypeIndexOf(line, folder);
  if (start === -1) return line;
  const end = start + folder.length + 1;
  if (StringPrototypeSlice(line, start - 7, start) === 'file://') start -= 7;
  const inParentheses = line[start - 1] === '(' && StringPrototypeEndsWith(line, ')');
  if (line[start - 1] === '(') start--;
  const text = StringPrototypeSlice(line, 0, start) + ctx.stylize(StringPrototypeSlice(line, start, end), 'undefined');
  if (!inParentheses) return text + StringPrototypeSlice(line, end);
  return text + StringPrototypeSlice(line, end, -1) + ctx.stylize(')', 'undefined');
}

module.exports = { isError, formatError };
