// node:querystring: `a=1&b=2` to objects and back, in the form that is older than URLSearchParams.
'use strict';

const {
  ArrayIsArray,
  ArrayPrototypePush,
  Int8Array,
  MathAbs,
  NumberIsFinite,
  ObjectKeys,
  String,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  decodeURIComponent,
} = primordials;
const { encodeString } = require('internal/querystring');
const { Buffer } = require('buffer');

/** Pairs that `parse` reads unless told otherwise: more would let a request cost a server dear. */
const PAIRS_MAX = 1000;

const PLUS = 0x2b;
const PERCENT = 0x25;
const SPACE = 0x20;
const ESCAPED_SPACE = '%20';

/** The characters that stay as they are: letters, digits and `! ' ( ) * - . _ ~`. */
const unescaped = new Int8Array(128);
const UNESCAPED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\'()*-._~';
for (let i = 0; i < UNESCAPED.length; i++) unescaped[StringPrototypeCharCodeAt(UNESCAPED, i)] = 1;

/** The value of a hexadecimal digit, -1 for any other character. */
function hexValue(code) {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  code |= 0x20;
  return code >= 0x61 && code <= 0x66 ? code - 0x61 + 10 : -1;
}

/** The bytes of `string` with its `%XX` resolved; what is no such escape stays. */
function unescapeBuffer(string, decodeSpaces) {
  const bytes = Buffer.allocUnsafe(string.length);
  let length = 0;
  for (let i = 0; i < string.length; i++) {
    let code = StringPrototypeCharCodeAt(string, i);
    if (code === PLUS && decodeSpaces) {
      code = SPACE;
    } else if (code === PERCENT && i + 2 < string.length) {
      const high = hexValue(StringPrototypeCharCodeAt(string, i + 1));
      const low = hexValue(StringPrototypeCharCodeAt(string, i + 2));
      if (high !== -1 && low !== -1) {
        code = high * 16 + low;
        i += 2;
      }
    }
    bytes[length++] = code;
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

/** What `parse` decodes with. Users may replace it on the exports. */
function unescape(string, decodeSpaces) {
  try {
    return decodeURIComponent(string);
  } catch {
    return QueryString.unescapeBuffer(string, decodeSpaces).toString();
  }
}

/** What `stringify` encodes with. Users may replace it on the exports. */
function escape(value) {
  if (typeof value !== 'string') value = typeof value === 'object' ? String(value) : `${value}`;
  return encodeString(value, unescaped);
}

function primitiveText(value) {
  switch (typeof value) {
    case 'string': return value;
    case 'number': return NumberIsFinite(value) ? `${value}` : '';
    case 'bigint': return `${value}`;
    case 'boolean': return value ? 'true' : 'false';
    default: return '';
  }
}

function encodedText(value, encode) {
  switch (typeof value) {
    case 'string': return value.length > 0 ? encode(value) : '';
    case 'number':
      if (!NumberIsFinite(value)) return '';
      // Only numbers written with an exponent have a `+` to encode.
      return MathAbs(value) < 1e21 ? `${value}` : encode(`${value}`);
    case 'bigint': return `${value}`;
    case 'boolean': return value ? 'true' : 'false';
    default: return '';
  }
}

function stringify(object, separator, equals, options) {
  separator ||= '&';
  equals ||= '=';
  let encode = QueryString.escape;
  if (options && typeof options.encodeURIComponent === 'function') encode = options.encodeURIComponent;
  const convert = encode === escape ? encodedText : (value, encode) => encode(primitiveText(value));

  if (object === null || typeof object !== 'object') return '';
  const keys = ObjectKeys(object);
  let text = '';
  for (let i = 0; i < keys.length; i++) {
    const value = object[keys[i]];
    const start = `${convert(keys[i], encode)}${equals}`;
    if (ArrayIsArray(value)) {
      for (let j = 0; j < value.length; j++) {
        if (text !== '') text += separator;
        text += start + convert(value[j], encode);
      }
    } else {
      if (text !== '') text += separator;
      text += start + convert(value, encode);
    }
  }
  return text;
}

/** True if `text`, which has the first character of `part` at `place`, has all of it there. */
function goesOn(text, part, place) {
  if (part.length === 1) return true;
  if (place + part.length > text.length) return false;
  for (let i = 1; i < part.length; i++) {
    if (StringPrototypeCharCodeAt(text, place + i) !== StringPrototypeCharCodeAt(part, i)) return false;
  }
  return true;
}

function decode(text, decoder, decodeSpaces) {
  if (text === '') return text;
  try {
    return decoder(text);
  } catch {
    return QueryString.unescape(text, decodeSpaces);
  }
}

/** A key or value: `+` is a space, and the decoder sees only what has something to decode. */
function piece(text, from, to, decoder, custom) {
  let result = '';
  let start = from;
  let encoded = custom;
  for (let i = from; i < to; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code === PLUS) {
      result += StringPrototypeSlice(text, start, i) + (custom ? ESCAPED_SPACE : ' ');
      start = i + 1;
    } else if (code === PERCENT && !encoded && i + 2 < to) {
      encoded = hexValue(StringPrototypeCharCodeAt(text, i + 1)) !== -1 &&
        hexValue(StringPrototypeCharCodeAt(text, i + 2)) !== -1;
    }
  }
  if (start < to) result += StringPrototypeSlice(text, start, to);
  return encoded ? decode(result, decoder, !custom) : result;
}

function parse(text, separator, equals, options) {
  const object = { __proto__: null };
  if (typeof text !== 'string' || text.length === 0) return object;
  separator = !separator ? '&' : `${separator}`;
  equals = !equals ? '=' : `${equals}`;

  let pairs = PAIRS_MAX;
  if (options && typeof options.maxKeys === 'number') pairs = options.maxKeys > 0 ? options.maxKeys : -1;
  let decoder = QueryString.unescape;
  if (options && typeof options.decodeURIComponent === 'function') decoder = options.decodeURIComponent;
  const custom = decoder !== unescape;

  // NaN, for an empty one, is no character's code: it is found nowhere.
  const separatorCode = StringPrototypeCharCodeAt(separator, 0);
  const equalsCode = StringPrototypeCharCodeAt(equals, 0);
  let start = 0;
  let equalsAt = equals === '' ? 0 : -1;
  for (let i = 0; i <= text.length;) {
    const code = i < text.length ? StringPrototypeCharCodeAt(text, i) : separatorCode;
    if (i === text.length || (code === separatorCode && goesOn(text, separator, i))) {
      if (i > start) {
        const keyEnd = equalsAt === -1 ? i : equalsAt;
        const key = piece(text, start, keyEnd, decoder, custom);
        const value = equalsAt === -1 ? '' : piece(text, keyEnd + equals.length, i, decoder, custom);
        add(object, key, value);
      }
      if (--pairs === 0) return object;
      i += separator.length || 1;
      start = i;
      equalsAt = equals === '' ? start : -1;
    } else if (equalsAt === -1 && code === equalsCode && goesOn(text, equals, i)) {
      equalsAt = i;
      i += equals.length;
    } else {
      i++;
    }
  }
  return object;
}

function add(object, key, value) {
  const before = object[key];
  if (before === undefined) object[key] = value;
  else if (ArrayIsArray(before)) ArrayPrototypePush(before, value);
  else object[key] = [before, value];
}

const QueryString = module.exports = {
  unescapeBuffer,
  unescape,
  escape,
  stringify,
  encode: stringify,
  parse,
  decode: parse,
};
