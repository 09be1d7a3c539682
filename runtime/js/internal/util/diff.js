// `util.diff`: the edits that make one list or text of another.
'use strict';

const { ArrayIsArray, ArrayPrototypeReverse } = primordials;
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateStringArray } = require('internal/validators');
const { diff: edits } = require('internal/assert/line_diff');

function check(value, name) {
  if (ArrayIsArray(value)) return validateStringArray(value, name);
  if (typeof value !== 'string') throw new ERR_INVALID_ARG_TYPE(name, ['string', 'string[]'], value);
}

// `[op, value]`: -1 only in `expected`, 0 in both, 1 only in `actual`.
function diff(actual, expected) {
  if (actual === expected) return [];
  check(actual, 'actual');
  check(expected, 'expected');
  return ArrayPrototypeReverse(edits(actual, expected));
}

module.exports = { diff };
