// node:punycode (deprecated): labels of domain names with other than ASCII letters, by RFC 3492.
'use strict';

const {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypeSplice,
  MathFloor,
  RangeError,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  StringFromCharCode,
  StringFromCodePoint,
  StringPrototypeCharCodeAt,
  StringPrototypeCodePointAt,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeToLowerCase,
} = primordials;

// The parameters of RFC 3492, section 5.
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const DELIMITER = '-';
const INTEGER_MAX = 0x7fffffff;
const SURROGATES_START = 0x10000;

const OVERFLOW = 'Overflow: input needs wider integers to process';
const NOT_BASIC = 'Illegal input >= 0x80 (not a basic code point)';
const INVALID = 'Invalid input';

/** The code points of `string`; lone surrogates are ones too. */
function ucs2decode(string) {
  const points = [];
  for (let i = 0; i < string.length; i++) {
    const point = StringPrototypeCodePointAt(string, i);
    if (point >= SURROGATES_START) i++;
    ArrayPrototypePush(points, point);
  }
  return points;
}

function ucs2encode(codePoints) {
  let string = '';
  for (let i = 0; i < codePoints.length; i++) string += StringFromCodePoint(codePoints[i]);
  return string;
}

/** The value of a digit's code, `BASE` if it is none. */
function digitValue(code) {
  if (code >= 0x30 && code < 0x3a) return 26 + code - 0x30;
  code |= 0x20;
  return code >= 0x61 && code < 0x7b ? code - 0x61 : BASE;
}

function digitText(value) {
  return StringFromCharCode(value < 26 ? value + 0x61 : value - 26 + 0x30);
}

/** Section 6.1: the bias for the next delta. */
function adapt(delta, points, first) {
  delta = first ? MathFloor(delta / DAMP) : delta >> 1;
  delta += MathFloor(delta / points);
  let k = 0;
  for (; delta > (BASE - T_MIN) * T_MAX >> 1; k += BASE) delta = MathFloor(delta / (BASE - T_MIN));
  return MathFloor(k + (BASE - T_MIN + 1) * delta / (delta + SKEW));
}

function threshold(k, bias) {
  if (k <= bias) return T_MIN;
  return k >= bias + T_MAX ? T_MAX : k - bias;
}

/** Section 6.2. */
function decode(input) {
  const output = [];
  const basic = StringPrototypeLastIndexOf(input, DELIMITER);
  for (let i = 0; i < basic; i++) {
    const code = StringPrototypeCharCodeAt(input, i);
    if (code >= INITIAL_N) throw new RangeError(NOT_BASIC);
    ArrayPrototypePush(output, code);
  }

  let n = INITIAL_N;
  let i = 0;
  let bias = INITIAL_BIAS;
  for (let at = basic > 0 ? basic + 1 : 0; at < input.length;) {
    const before = i;
    for (let weight = 1, k = BASE; ; k += BASE) {
      if (at >= input.length) throw new RangeError(INVALID);
      const digit = digitValue(StringPrototypeCharCodeAt(input, at++));
      if (digit >= BASE) throw new RangeError(INVALID);
      if (digit > MathFloor((INTEGER_MAX - i) / weight)) throw new RangeError(OVERFLOW);
      i += digit * weight;
      const t = threshold(k, bias);
      if (digit < t) break;
      if (weight > MathFloor(INTEGER_MAX / (BASE - t))) throw new RangeError(OVERFLOW);
      weight *= BASE - t;
    }
    const length = output.length + 1;
    bias = adapt(i - before, length, before === 0);
    if (MathFloor(i / length) > INTEGER_MAX - n) throw new RangeError(OVERFLOW);
    n += MathFloor(i / length);
    i %= length;
    ArrayPrototypeSplice(output, i++, 0, n);
  }
  return ucs2encode(output);
}

/** Section 6.3. */
function encode(input) {
  const points = ucs2decode(input);
  let output = '';
  for (let i = 0; i < points.length; i++) {
    if (points[i] < INITIAL_N) output += StringFromCharCode(points[i]);
  }
  const basic = output.length;
  let handled = basic;
  if (basic > 0) output += DELIMITER;

  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  while (handled < points.length) {
    let next = INTEGER_MAX;
    for (let i = 0; i < points.length; i++) {
      if (points[i] >= n && points[i] < next) next = points[i];
    }
    if (next - n > MathFloor((INTEGER_MAX - delta) / (handled + 1))) throw new RangeError(OVERFLOW);
    delta += (next - n) * (handled + 1);
    n = next;
    for (let i = 0; i < points.length; i++) {
      if (points[i] < n && ++delta > INTEGER_MAX) throw new RangeError(OVERFLOW);
      if (points[i] !== n) continue;
      output += deltaText(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output;
}

/** `delta` as a generalized variable-length integer. */
function deltaText(delta, bias) {
  let text = '';
  for (let k = BASE; ; k += BASE) {
    const t = threshold(k, bias);
    if (delta < t) return text + digitText(delta);
    text += digitText(t + (delta - t) % (BASE - t));
    delta = MathFloor((delta - t) / (BASE - t));
  }
}

/** Converts each label of a domain name, or of the part of an address after its `@`. */
function mapLabels(domain, convert) {
  const parts = StringPrototypeSplit(domain, '@');
  let result = '';
  if (parts.length > 1) {
    result = `${parts[0]}@`;
    domain = parts[1];
  }
  const labels = StringPrototypeSplit(RegExpPrototypeSymbolReplace(/[\u3002\uff0e\uff61]/g, domain, '.'), '.');
  for (let i = 0; i < labels.length; i++) labels[i] = convert(labels[i]);
  return result + ArrayPrototypeJoin(labels, '.');
}

function toUnicode(input) {
  return mapLabels(input, (label) => (RegExpPrototypeExec(/^xn--/, label) === null ? label :
    decode(StringPrototypeToLowerCase(StringPrototypeSlice(label, 4)))));
}

function toASCII(input) {
  return mapLabels(input, (label) => (RegExpPrototypeExec(/[^\0-\x7f]/, label) === null ? label :
    `xn--${encode(label)}`));
}

const { isInsideNodeModules } = require('internal/util');
if (!isInsideNodeModules?.(100, true)) {
  require('process').emitWarning(
    'The `punycode` module is deprecated. Please use a userland alternative instead.',
    'DeprecationWarning', 'DEP0040');
}

module.exports = {
  version: '2.1.0',
  ucs2: { decode: ucs2decode, encode: ucs2encode },
  decode,
  encode,
  toASCII,
  toUnicode,
};
