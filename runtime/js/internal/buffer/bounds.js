// The checks of Buffer's number methods, and the errors they end in.
'use strict';

const { MathFloor } = primordials;
const {
  codes: { ERR_BUFFER_OUT_OF_BOUNDS, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE },
} = require('internal/errors');
const { validateNumber } = require('internal/validators');

/** Throws the error for a number of `width` bytes that `buffer` can't hold at `offset`. */
function outOfBounds(buffer, offset, width) {
  validateNumber(offset, 'offset');
  fail(offset, buffer.length - width, 'offset', 0);
}

/** Throws the error for a `byteLength` that is not 1 to 6. */
function checkByteLength(byteLength) {
  if (byteLength === undefined) throw new ERR_INVALID_ARG_TYPE('byteLength', 'number', byteLength);
  fail(byteLength, 6, 'byteLength', 1);
}

function fail(value, max, name, min) {
  if (MathFloor(value) !== value) {
    validateNumber(value, name);
    throw new ERR_OUT_OF_RANGE(name, 'an integer', value);
  }
  if (max < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  throw new ERR_OUT_OF_RANGE(name, `>= ${min} and <= ${max}`, value);
}

/** The offset of a method whose offset has no default. */
function required(offset) {
  if (offset === undefined) throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
  return offset;
}

/** Throws unless `min <= value <= max` and `buffer` has `width` bytes at `offset`. */
function checkInteger(value, min, max, buffer, offset, width) {
  if (value > max || value < min) throw new ERR_OUT_OF_RANGE('value', describeRange(min, max, width), value);
  if (typeof offset !== 'number' || buffer[offset] === undefined || buffer[offset + width - 1] === undefined) {
    outOfBounds(buffer, required(offset), width);
  }
}

function describeRange(min, max, width) {
  const suffix = typeof min === 'bigint' ? 'n' : '';
  if (width <= 4) return `>= ${min}${suffix} and <= ${max}${suffix}`;
  const bits = width * 8;
  if (min == 0) return `>= 0${suffix} and < 2${suffix} ** ${bits}${suffix}`;
  return `>= -(2${suffix} ** ${bits - 1}${suffix}) and < 2${suffix} ** ${bits - 1}${suffix}`;
}

module.exports = { checkByteLength, checkInteger, outOfBounds, required };
