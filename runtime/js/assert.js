// `node:assert`.
'use strict';

const {
  ArrayPrototypeIndexOf, ArrayPrototypeJoin, NumberIsNaN, ObjectAssign, ObjectDefineProperty, ObjectIs, ObjectKeys,
  RegExpPrototypeExec, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeSplit, Symbol,
} = primordials;
const { codes: { ERR_CONSTRUCT_CALL_REQUIRED, ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } } = require('internal/errors');
const { validateOneOf } = require('internal/validators');
const { inspect, isError } = require('internal/util/inspect');
const { isRegExp } = require('internal/util/types');
const { AssertionError } = require('internal/assert/assertion_error');
const { checkTruthy, fail: failWith } = require('internal/assert/fail');
const { isDeepEqual, isDeepStrictEqual, isPartialStrictEqual } = require('internal/util/deep_equal');
const { expectError, expectNoError, getRejection, getThrown } = require('internal/assert/exceptions');

const kOptions = Symbol('options');

function assert(...args) {
  checkTruthy(assert, args);
}

// A set of assertions with options of its own: `{ diff, strict, skipPrototype }`.
function Assert(options) {
  if (!new.target) throw new ERR_CONSTRUCT_CALL_REQUIRED('Assert');
  options = ObjectAssign({ __proto__: null, strict: true, skipPrototype: false }, options);
  if (options.diff !== undefined) validateOneOf(options.diff, 'options.diff', ['simple', 'full']);
  this.AssertionError = AssertionError;
  ObjectDefineProperty(this, kOptions, { __proto__: null, value: options });
  if (options.strict) makeStrict(this, this);
}

function makeStrict(target, source) {
  target.equal = source.strictEqual;
  target.deepEqual = source.deepStrictEqual;
  target.notEqual = source.notStrictEqual;
  target.notDeepEqual = source.notDeepStrictEqual;
}

function looselyEqual(actual, expected) {
  // eslint-disable-next-line eqeqeq -- the legacy comparison
  return actual == expected || (NumberIsNaN(actual) && NumberIsNaN(expected));
}

// An assertion that two values compare as `compare` says, or, when `wanted` is false, do not.
function comparison(name, operator, wanted, compare) {
  const assertion = {
    [name](actual, expected, ...message) {
      if (arguments.length < 2) throw new ERR_MISSING_ARGS('actual', 'expected');
      const options = this?.[kOptions];
      if (compare(actual, expected, options?.skipPrototype) === wanted) return;
      failWith({ actual, expected, message, operator, stackStartFn: assertion, diff: options?.diff });
    },
  }[name];
  return assertion;
}

function thrower(name, kind, expect) {
  const assertion = {
    [name](fn, ...args) {
      expect({ fn: assertion, kind, diff: this?.[kOptions]?.diff }, getThrown(fn), args);
    },
  }[name];
  return assertion;
}

function rejecter(name, expect) {
  const assertion = {
    async [name](promiseFn, ...args) {
      expect({ fn: assertion, kind: 'rejection', diff: this?.[kOptions]?.diff }, await getRejection(promiseFn), args);
    },
  }[name];
  return assertion;
}

const expectNone = (check, actual, args) => expectNoError(check, actual, args[0], args[1]);

function matcher(name, wanted) {
  const assertion = {
    [name](string, regexp, ...message) {
      if (!isRegExp(regexp)) throw new ERR_INVALID_ARG_TYPE('regexp', 'RegExp', regexp);
      const isText = typeof string === 'string';
      if (isText && (RegExpPrototypeExec(regexp, string) !== null) === wanted) return;
      const generatedMessage = message.length === 0;
      message[0] ||= isText ?
        `The input ${wanted ? 'did' : 'was expected to'} not match the regular expression ${inspect(regexp)}. Input:\n\n${inspect(string)}\n` :
        `The "string" argument must be of type string. Received type ${typeof string} (${inspect(string)})`;
      failWith({
        actual: string, expected: regexp, message, operator: name, stackStartFn: assertion, diff: this?.[kOptions]?.diff, generatedMessage,
      });
    },
  }[name];
  return assertion;
}

const methods = {
  ok: function ok(...args) {
    checkTruthy(ok, args);
  },

  fail: function fail(message) {
    if (isError(message)) throw message;
    const error = new AssertionError({
      operator: 'fail', stackStartFn: fail, message: message === undefined ? 'Failed' : message, diff: this?.[kOptions]?.diff,
    });
    if (message === undefined) error.generatedMessage = true;
    throw error;
  },

  equal: comparison('equal', '==', true, looselyEqual),
  notEqual: comparison('notEqual', '!=', false, looselyEqual),
  deepEqual: comparison('deepEqual', 'deepEqual', true, isDeepEqual),
  notDeepEqual: comparison('notDeepEqual', 'notDeepEqual', false, isDeepEqual),
  deepStrictEqual: comparison('deepStrictEqual', 'deepStrictEqual', true, isDeepStrictEqual),
  notDeepStrictEqual: comparison('notDeepStrictEqual', 'notDeepStrictEqual', false, isDeepStrictEqual),
  strictEqual: comparison('strictEqual', 'strictEqual', true, ObjectIs),
  notStrictEqual: comparison('notStrictEqual', 'notStrictEqual', false, ObjectIs),
  partialDeepStrictEqual: comparison('partialDeepStrictEqual', 'partialDeepStrictEqual', true, isPartialStrictEqual),
  match: matcher('match', true),
  doesNotMatch: matcher('doesNotMatch', false),
  throws: thrower('throws', 'exception', expectError),
  rejects: rejecter('rejects', expectError),
  doesNotThrow: thrower('doesNotThrow', 'exception', expectNone),
  doesNotReject: rejecter('doesNotReject', expectNone),

  ifError: function ifError(err) {
    if (err === null || err === undefined) return;
    let message;
    if (typeof err !== 'object' || typeof err.message !== 'string') message = inspect(err);
    else message = err.message.length === 0 && err.constructor ? err.constructor.name : err.message;
    const error = new AssertionError({
      actual: err, expected: null, operator: 'ifError', message: `ifError got unwanted exception: ${message}`, stackStartFn: ifError,
      diff: this?.[kOptions]?.diff,
    });
    appendStack(error, err.stack);
    throw error;
  },
};

// Where the original error came from follows the frames that are not shared with it.
function appendStack(error, original) {
  if (typeof original !== 'string') return;
  const start = StringPrototypeIndexOf(original, '\n    at');
  if (start === -1) return;
  const originalFrames = StringPrototypeSlice(original, start + 1);
  const frames = StringPrototypeSplit(error.stack, '\n');
  const others = StringPrototypeSplit(originalFrames, '\n');
  for (let i = 0; i < others.length; i++) {
    const shared = ArrayPrototypeIndexOf(frames, others[i]);
    if (shared === -1) continue;
    frames.length = shared;
    break;
  }
  error.stack = `${ArrayPrototypeJoin(frames, '\n')}\n${originalFrames}`;
}

assert.AssertionError = AssertionError;
for (const name of ObjectKeys(methods)) {
  Assert.prototype[name] = methods[name];
  assert[name] = methods[name];
}

function strict(...args) {
  checkTruthy(strict, args);
}
assert.strict = ObjectAssign(strict, assert);
makeStrict(strict, assert);
strict.Assert = Assert;
strict.strict = strict;
assert.Assert = Assert;

module.exports = assert;
