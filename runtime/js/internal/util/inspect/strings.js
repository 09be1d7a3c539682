// Text as `inspect` shows it: quoted and escaped, without terminal sequences, and its width in columns.
'use strict';

const {
  NumberPrototypeToString, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeStringIterator, String, StringPrototypeCharCodeAt,
  StringPrototypeCodePointAt, StringPrototypeIncludes, StringPrototypeNormalize, StringPrototypePadStart, StringPrototypeSlice,
  StringPrototypeToUpperCase, SymbolPrototypeToString,
} = primordials;
const { isWide } = require('internal/util/inspect/wide');

const LONE = '[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]';
/* eslint-disable no-control-regex */
const ESCAPED = new RegExp(`[\\x00-\\x1f\\x27\\x5c\\x7f-\\x9f]|${LONE}`);
const ESCAPED_ALL = new RegExp(ESCAPED.source, 'g');
const ESCAPED_BUT_QUOTE = new RegExp(`[\\x00-\\x1f\\x5c\\x7f-\\x9f]|${LONE}`);
const ESCAPED_BUT_QUOTE_ALL = new RegExp(ESCAPED_BUT_QUOTE.source, 'g');
// ECMA-48 control sequences, and operating system commands with their text.
const TERMINAL = new RegExp('(?:\\u001B\\][\\s\\S]*?(?:\\u0007|\\u001B\\u005C|\\u009C))|' +
  '[\\u001B\\u009B][[\\]()#;?]*(?:\\d{1,4}(?:[;:]\\d{0,4})*)?[\\dA-PR-TZcf-nq-uy=><~]', 'g');
const SHORT = { __proto__: null, 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r', 39: "\\'", 92: '\\\\' };
const ZERO_WIDTH = /^[\p{Cc}\p{Cf}\p{Me}\p{Mn}\p{Emoji_Modifier}]$/u;
const EMOJI = /^\p{Emoji}$/u;
const SOFT_HYPHEN = 0xad;

function escapeChar(char) {
  const code = StringPrototypeCharCodeAt(char, 0);
  const short = SHORT[code];
  if (short !== undefined) return short;
  if (code > 0xff) return `\\u${NumberPrototypeToString(code, 16)}`;
  return `\\x${StringPrototypePadStart(StringPrototypeToUpperCase(NumberPrototypeToString(code, 16)), 2, '0')}`;
}

// In single quotes, or in those of the other two kinds that save an escape.
function quote(text) {
  let mark = "'";
  if (StringPrototypeIncludes(text, "'")) {
    if (!StringPrototypeIncludes(text, '"')) mark = '"';
    else if (!StringPrototypeIncludes(text, '`') && !StringPrototypeIncludes(text, '${')) mark = '`';
  }
  const single = mark === "'";
  if (RegExpPrototypeExec(single ? ESCAPED : ESCAPED_BUT_QUOTE, text) === null) return mark + text + mark;
  return mark + RegExpPrototypeSymbolReplace(single ? ESCAPED_ALL : ESCAPED_BUT_QUOTE_ALL, text, escapeChar) + mark;
}

function symbolName(symbol) {
  return RegExpPrototypeSymbolReplace(ESCAPED_ALL, SymbolPrototypeToString(symbol), escapeChar);
}

function stripVTControlCharacters(text) {
  require('internal/validators').validateString(text, 'str');
  // Most text has no sequences at all.
  if (!StringPrototypeIncludes(text, '\x1b') && !StringPrototypeIncludes(text, '\x9b')) return text;
  return RegExpPrototypeSymbolReplace(TERMINAL, text, '');
}

// Columns on a terminal; `removeControlChars` false counts terminal sequences as text.
function getStringWidth(text, removeControlChars = true) {
  let width = 0;
  if (removeControlChars) text = stripVTControlCharacters(text);
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code >= 127) return width + wideWidth(StringPrototypeNormalize(StringPrototypeSlice(text, i), 'NFC'));
    if (code >= 32) width++;
  }
  return width;
}

function wideWidth(text) {
  let width = 0;
  for (const char of new SafeStringIterator(text)) width += columns(char, StringPrototypeCodePointAt(char, 0));
  return width;
}

function columns(char, code) {
  if (code < 127) return code < 32 ? 0 : 1;
  if (code !== SOFT_HYPHEN && RegExpPrototypeExec(ZERO_WIDTH, char) !== null) return 0;
  if (isWide(code)) return 2;
  return RegExpPrototypeExec(EMOJI, char) === null ? 1 : 2;
}

module.exports = { quote, symbolName, stripVTControlCharacters, getStringWidth, toText: String };
