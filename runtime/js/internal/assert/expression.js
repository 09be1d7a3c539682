// The text of the call that an assertion failed in: `assert.ok(a === b)`, taken from the script's source.
'use strict';

const {
  RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeIndexOf, StringPrototypeCharCodeAt, NumberPrototypeToString,
  StringPrototypePadStart, StringPrototypeSlice,
} = primordials;
const { getCallerSource } = binding('util');

/** A longer expression is not shown. */
const EXPRESSION_MAX = 4096;
const OPEN = '([{';
const CLOSE = ')]}';
// What stands before a `/` that begins a regular expression.
const BEFORE_REGEXP = /(?:^|[=([{,;:!&|?+\-*%<>~^]|\b(?:return|typeof|instanceof|in|of|new|void|delete|case))\s*$/;
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g; // eslint-disable-line no-control-regex

// Undefined when the source is not known.
function callerExpression() {
  const found = getCallerSource();
  if (found === undefined) return undefined;
  const { 0: source, 1: line, 2: column } = found;
  const at = offsetOf(source, line, column);
  const open = StringPrototypeIndexOf(source, '(', at);
  if (open === -1) return undefined;
  // The call's position is that of the last name: `assert.` is before it.
  const before = RegExpPrototypeExec(/(?:[\p{ID_Continue}$]+\s*\??\.\s*)*$/u, StringPrototypeSlice(source, at - 200 < 0 ? 0 : at - 200, at))[0];
  const end = closingAfter(source, open);
  if (end === undefined || end - at > EXPRESSION_MAX) return undefined;
  // Of a call that goes over several lines the first one tells enough.
  const newline = StringPrototypeIndexOf(source, '\n', at);
  const text = StringPrototypeSlice(source, at - before.length, newline === -1 || newline > end ? end + 1 : newline);
  return RegExpPrototypeSymbolReplace(CONTROL, text, (char) => {
    if (char === '\b') return '\\b';
    if (char === '\f') return '\\f';
    return `\\u${StringPrototypePadStart(NumberPrototypeToString(StringPrototypeCharCodeAt(char, 0), 16), 4, '0')}`;
  });
}

function offsetOf(source, line, column) {
  let offset = 0;
  for (let i = 1; i < line; i++) offset = StringPrototypeIndexOf(source, '\n', offset) + 1;
  return offset + column - 1;
}

// The index of the bracket that closes the one at `open`.
function closingAfter(source, open) {
  let depth = 0;
  for (let i = open; i < source.length; i++) {
    const char = source[i];
    if (char === '"' || char === "'" || char === '`') i = endOfString(source, i);
    else if (char === '/') i = afterSlash(source, i);
    else if (OPEN.includes(char)) depth++;
    else if (CLOSE.includes(char) && --depth === 0) return i;
  }
  return undefined;
}

function endOfString(source, start) {
  const mark = source[start];
  for (let i = start + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === mark) return i;
    else if (mark === '`' && source[i] === '$' && source[i + 1] === '{') i = closingAfter(source, i + 1) ?? source.length;
  }
  return source.length;
}

// The last character of a comment or regular expression, or the slash itself when it divides.
function afterSlash(source, at) {
  if (source[at + 1] === '/') {
    const end = StringPrototypeIndexOf(source, '\n', at);
    return end === -1 ? source.length : end;
  }
  if (source[at + 1] === '*') return StringPrototypeIndexOf(source, '*/', at + 2) + 1 || source.length;
  if (RegExpPrototypeExec(BEFORE_REGEXP, StringPrototypeSlice(source, at - 40 < 0 ? 0 : at - 40, at)) === null) return at;
  let inClass = false;
  for (let i = at + 1; i < source.length && source[i] !== '\n'; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '[') inClass = true;
    else if (source[i] === ']') inClass = false;
    else if (source[i] === '/' && !inClass) return i;
  }
  return at;
}

module.exports = { callerExpression };
