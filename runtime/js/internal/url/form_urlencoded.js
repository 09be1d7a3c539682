// `application/x-www-form-urlencoded`, by the WHATWG URL standard: a flat list of names and values from text and back.
'use strict';

const {
  Array, ArrayPrototypePush, Int8Array, NumberParseInt, RegExpPrototypeExec, RegExpPrototypeSymbolReplace,
  StringPrototypeCharCodeAt, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeToWellFormed, decodeURIComponent,
} = primordials;
const { encodeString } = require('internal/querystring');

const PLUS = /\+/g;
const AMPERSAND = 38;
const EQUALS = 61;
const PLUS_CODE = 43;
const PERCENT = 37;
const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;

// What stays as it is when written: letters, digits and `*-._`.
const unescaped = new Int8Array(128);
for (const characters of ['*-._', '0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz']) {
  for (let i = 0; i < characters.length; i++) unescaped[StringPrototypeCharCodeAt(characters, i)] = 1;
}
// A space is kept by the encoder and becomes a plus afterwards.
unescaped[32] = 1;

/** The list `[name, value, ...]` that a query (without its `?`) holds. */
function parseForm(query) {
  const list = [];
  let start = 0;
  let equals = -1;
  let isEscaped = false;
  for (let i = 0; i <= query.length; i++) {
    const code = i === query.length ? AMPERSAND : StringPrototypeCharCodeAt(query, i);
    if (code === AMPERSAND) {
      if (i > start) {
        if (equals === -1) ArrayPrototypePush(list, piece(query, start, i, isEscaped), '');
        else ArrayPrototypePush(list, piece(query, start, equals, isEscaped), piece(query, equals + 1, i, isEscaped));
      }
      start = i + 1;
      equals = -1;
      isEscaped = false;
    } else if (code === EQUALS) {
      if (equals === -1) equals = i;
    } else if (code === PERCENT || code === PLUS_CODE) isEscaped = true;
  }
  return list;
}

function piece(query, start, end, isEscaped) {
  const text = StringPrototypeSlice(query, start, end);
  return isEscaped ? decode(text) : text;
}

function decode(text) {
  if (StringPrototypeIndexOf(text, '+') !== -1) text = RegExpPrototypeSymbolReplace(PLUS, text, ' ');
  if (StringPrototypeIndexOf(text, '%') === -1) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return decodeLossy(text);
  }
}

// Bytes that are no UTF-8 become U+FFFD, and a `%` without two digits stays.
function decodeLossy(text) {
  const { Buffer } = require('buffer');
  const bytes = Buffer.from(text, 'utf8');
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i];
    if (byte === PERCENT && i + 2 < bytes.length) {
      const digits = bytes.latin1Slice(i + 1, i + 3);
      if (RegExpPrototypeExec(HEX_PAIR, digits) !== null) {
        byte = NumberParseInt(digits, 16);
        i += 2;
      }
    }
    bytes[length++] = byte;
  }
  return bytes.utf8Slice(0, length);
}

const SPACE = / /g;

function encode(text) {
  const encoded = encodeString(text, unescaped);
  return StringPrototypeIndexOf(encoded, ' ') === -1 ? encoded : RegExpPrototypeSymbolReplace(SPACE, encoded, '+');
}

/** The query (without a `?`) of a list of well-formed strings. */
function serializeForm(list) {
  let result = '';
  for (let i = 0; i < list.length; i += 2) {
    if (i > 0) result += '&';
    result += `${encode(list[i])}=${encode(list[i + 1])}`;
  }
  return result;
}

/** `value` as a string of Unicode scalar values. */
function toUSVString(value) {
  return StringPrototypeToWellFormed(`${value}`);
}

/** The list sorted by names as UTF-16 code units; equal names keep their order. */
function sortForm(list) {
  const pairs = new Array(list.length / 2);
  for (let i = 0; i < pairs.length; i++) pairs[i] = [list[2 * i], list[2 * i + 1]];
  primordials.ArrayPrototypeSort(pairs, (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  for (let i = 0; i < pairs.length; i++) {
    list[2 * i] = pairs[i][0];
    list[2 * i + 1] = pairs[i][1];
  }
}

module.exports = { parseForm, serializeForm, sortForm, toUSVString };
