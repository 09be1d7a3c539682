// What a function threw, or a promise was rejected with, against what the test expects of it.
'use strict';

const {
  ArrayPrototypePush, Error, FunctionPrototypeCall, ObjectKeys, ObjectPrototypeIsPrototypeOf, RegExpPrototypeExec, String,
} = primordials;
const {
  codes: { ERR_AMBIGUOUS_ARGUMENT, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_VALUE },
} = require('internal/errors');
const { validateFunction } = require('internal/validators');
const { inspect, isError } = require('internal/util/inspect');
const { isPromise, isRegExp } = require('internal/util/types');
const { AssertionError } = require('internal/assert/assertion_error');
const { fail } = require('internal/assert/fail');
const { isDeepStrictEqual } = require('internal/util/deep_equal');

const NOTHING = { thrown: 'nothing' };
const KINDS = ['Object', 'Error', 'Function', 'RegExp'];

function getThrown(fn) {
  validateFunction(fn, 'fn');
  try {
    fn();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

function isThenable(value) {
  return isPromise(value) ||
    (value !== null && typeof value === 'object' && typeof value.then === 'function' && typeof value.catch === 'function');
}

async function getRejection(promiseFn) {
  let promise = promiseFn;
  if (typeof promiseFn === 'function') {
    promise = promiseFn();
    if (!isThenable(promise)) throw new ERR_INVALID_RETURN_VALUE('instance of Promise', 'promiseFn', promise);
  } else if (!isThenable(promiseFn)) {
    throw new ERR_INVALID_ARG_TYPE('promiseFn', ['Function', 'Promise'], promiseFn);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

// `check` is the assertion: `{ fn, kind, diff }` with kind 'exception' or 'rejection'.
function expectError(check, actual, args) {
  let { 0: error, 1: message } = args;
  if (typeof error === 'string') {
    if (args.length > 1) throw new ERR_INVALID_ARG_TYPE('error', KINDS, error);
    checkAmbiguous(actual, error);
    message = error;
    error = undefined;
  } else if (error !== null && error !== undefined && typeof error !== 'object' && typeof error !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('error', KINDS, error);
  }
  if (actual === NOTHING) {
    const details = `${error?.name ? ` (${error.name})` : ''}${message ? `: ${message}` : '.'}`;
    fail({
      actual: undefined, expected: error, operator: check.fn.name, message: [`Missing expected ${check.kind}${details}`],
      stackStartFn: check.fn, diff: check.diff,
    });
  }
  if (error) matchError(check, actual, error, message);
}

function checkAmbiguous(actual, message) {
  const isObject = typeof actual === 'object' && actual !== null;
  if ((isObject ? actual.message : actual) !== message) return;
  throw new ERR_AMBIGUOUS_ARGUMENT('error/message',
    isObject ? `The error message "${message}" is identical to the message.` : `The error "${actual}" is identical to the message.`);
}

function matchError(check, actual, expected, message) {
  let made;
  if (isRegExp(expected)) {
    const text = String(actual);
    if (RegExpPrototypeExec(expected, text) !== null) return;
    made = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
  } else if (typeof expected !== 'function') {
    return matchProperties(check, actual, expected, message);
  } else if (expected.prototype !== undefined && actual instanceof expected) {
    return;
  } else if (ObjectPrototypeIsPrototypeOf(Error, expected)) {
    made = wrongClass(actual, expected);
  } else {
    const result = FunctionPrototypeCall(expected, {}, actual);
    if (result === true) return;
    made = `The ${expected.name ? `"${expected.name}" ` : ''}validation function is expected to return "true". Received ${inspect(result)}`;
    if (isError(actual)) made += `\n\nCaught error:\n\n${actual}`;
  }
  // The user's message may be an error to throw instead.
  if (isError(message)) throw message;
  const error = new AssertionError({
    actual, expected, message: message || made, operator: check.fn.name, stackStartFn: check.fn, diff: check.diff,
  });
  error.generatedMessage = !message;
  throw error;
}

function wrongClass(actual, expected) {
  const start = `The error is expected to be an instance of "${expected.name}". Received `;
  if (!isError(actual)) return `${start}"${inspect(actual, { depth: -1 })}"`;
  const name = actual.constructor?.name || actual.name;
  const what = expected.name === name ? 'an error with identical name but a different prototype.' : `"${name}"`;
  return `${start}${what}${actual.message ? `\n\nError message:\n\n${actual.message}` : ''}`;
}

function matchesRegExp(value, pattern) {
  return typeof value === 'string' && isRegExp(pattern) && RegExpPrototypeExec(pattern, value) !== null;
}

function matchProperties(check, actual, expected, message) {
  const operator = check.fn.name;
  if (typeof actual !== 'object' || actual === null) {
    const error = new AssertionError({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: check.fn, diff: check.diff });
    error.operator = operator;
    throw error;
  }
  const keys = ObjectKeys(expected);
  if (expected instanceof Error) ArrayPrototypePush(keys, 'name', 'message');
  else if (keys.length === 0) throw new ERR_INVALID_ARG_VALUE('error', expected, 'may not be an empty object');
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (matchesRegExp(actual[key], expected[key])) continue;
    if (key in actual && isDeepStrictEqual(actual[key], expected[key])) continue;
    if (message) fail({ actual, expected, message: [message], operator, stackStartFn: check.fn, diff: check.diff });
    const error = new AssertionError({
      actual: new Comparison(actual, keys), expected: new Comparison(expected, keys, actual), operator: 'deepStrictEqual',
      stackStartFn: check.fn, diff: check.diff,
    });
    error.actual = actual;
    error.expected = expected;
    error.operator = operator;
    throw error;
  }
}

// The properties in question only; a pattern that matched is shown as the text it matched.
class Comparison {
  constructor(object, keys, actual) {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key in object) this[key] = actual !== undefined && matchesRegExp(actual[key], object[key]) ? actual[key] : object[key];
    }
  }
}

function expectNoError(check, actual, error, message) {
  if (actual === NOTHING) return;
  if (typeof error === 'string') [error, message] = [undefined, error];
  if (error && !isMatch(actual, error)) throw actual;
  fail({
    actual, expected: error, operator: check.fn.name, stackStartFn: check.fn, diff: check.diff,
    message: [`Got unwanted ${check.kind}${message ? `: ${message}` : '.'}\nActual message: "${actual?.message}"`],
  });
}

function isMatch(actual, expected) {
  if (isRegExp(expected)) return RegExpPrototypeExec(expected, String(actual)) !== null;
  if (typeof expected !== 'function') throw new ERR_INVALID_ARG_TYPE('expected', ['Function', 'RegExp'], expected);
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  return !ObjectPrototypeIsPrototypeOf(Error, expected) && FunctionPrototypeCall(expected, {}, actual) === true;
}

module.exports = { getThrown, getRejection, expectError, expectNoError };
