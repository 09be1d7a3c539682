// The text of an `.env` file as an object: `NAME=value` lines, quotes, comments, `export`.
'use strict';

const { RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeTrim } = primordials;

const QUOTES = '"\'`';

function parseEnv(content) {
  const text = RegExpPrototypeSymbolReplace(/\r\n?/g, content, '\n');
  const result = { __proto__: null };
  let at = 0;
  while (at < text.length) {
    let end = lineEnd(text, at);
    const line = StringPrototypeTrim(StringPrototypeSlice(text, at, end));
    const equals = StringPrototypeIndexOf(text, '=', at);
    if (line === '' || line[0] === '#' || equals === -1 || equals > end) {
      at = end + 1;
      continue;
    }
    let name = StringPrototypeTrim(StringPrototypeSlice(text, at, equals));
    if (RegExpPrototypeExec(/^export\s/, name) !== null) name = StringPrototypeTrim(StringPrototypeSlice(name, 7));
    let value;
    ({ value, end } = readValue(text, equals + 1, end));
    if (name !== '') result[name] = value;
    at = end + 1;
  }
  return result;
}

function lineEnd(text, at) {
  const end = StringPrototypeIndexOf(text, '\n', at);
  return end === -1 ? text.length : end;
}

function readValue(text, start, end) {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  const quote = text[at];
  if (at < end && QUOTES.includes(quote)) {
    const close = StringPrototypeIndexOf(text, quote, at + 1);
    if (close !== -1) {
      const inner = StringPrototypeSlice(text, at + 1, close);
      return { value: quote === '"' ? RegExpPrototypeSymbolReplace(/\\n/g, inner, '\n') : inner, end: lineEnd(text, close) };
    }
  }
  let value = StringPrototypeSlice(text, at, end);
  const comment = StringPrototypeIndexOf(value, '#');
  if (comment !== -1) value = StringPrototypeSlice(value, 0, comment);
  return { value: StringPrototypeTrim(value), end };
}

module.exports = { parseEnv };
