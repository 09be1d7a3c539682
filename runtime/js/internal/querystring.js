// Percent-encoding of text, with a table of the characters that stay.
'use strict';

const { Array, StringPrototypeCharCodeAt, StringPrototypeSlice } = primordials;
const { codes: { ERR_INVALID_URI } } = require('internal/errors');

const ASCII_END = 0x80;

/** `%00` ... `%FF`. */
const escapes = new Array(256);
for (let i = 0; i < 256; i++) {
  const digits = '0123456789ABCDEF';
  escapes[i] = `%${digits[i >> 4]}${digits[i & 15]}`;
}

/** `text` as UTF-8, each byte as `%XX` unless `unescaped` has a 1 for it. A lone surrogate is an ERR_INVALID_URI. */
function encodeString(text, unescaped) {
  let result = '';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    let code = StringPrototypeCharCodeAt(text, i);
    if (code < ASCII_END) {
      if (unescaped[code] === 1) continue;
      if (start < i) result += StringPrototypeSlice(text, start, i);
      start = i + 1;
      result += escapes[code];
      continue;
    }
    if (start < i) result += StringPrototypeSlice(text, start, i);
    if (code < 0x800) {
      result += escapes[0xc0 | code >> 6] + escapes[0x80 | code & 0x3f];
    } else if (code < 0xd800 || code >= 0xe000) {
      result += escapes[0xe0 | code >> 12] + escapes[0x80 | code >> 6 & 0x3f] + escapes[0x80 | code & 0x3f];
    } else {
      // A surrogate, which takes the unit after it, whatever that is.
      i++;
      if (i >= text.length) throw new ERR_INVALID_URI();
      code = 0x10000 + ((code & 0x3ff) << 10 | StringPrototypeCharCodeAt(text, i) & 0x3ff);
      result += escapes[0xf0 | code >> 18] + escapes[0x80 | code >> 12 & 0x3f] +
        escapes[0x80 | code >> 6 & 0x3f] + escapes[0x80 | code & 0x3f];
    }
    start = i + 1;
  }
  if (start === 0) return text;
  return start < text.length ? result + StringPrototypeSlice(text, start) : result;
}

module.exports = { encodeString };
