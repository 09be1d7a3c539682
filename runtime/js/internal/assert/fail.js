// How an assertion fails: the message that the user gave, in all its forms, or one that is made.
'use strict';

const { ErrorPrototypeToString } = primordials;
const { codes: { ERR_AMBIGUOUS_ARGUMENT, ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { format, isError } = require('internal/util/inspect');
const { AssertionError } = require('internal/assert/assertion_error');

function noMoreThanOne(message, what) {
  if (message.length > 1) {
    throw new ERR_AMBIGUOUS_ARGUMENT('message', `The error message ${what} has trailing arguments that would be ignored.`);
  }
}

// `message` is the list of arguments after the values: nothing, a format with its values, an Error, or a function.
function resolveMessage(message, actual, expected) {
  const first = message[0];
  if (message.length === 0) return undefined;
  if (typeof first === 'string') return message.length > 1 ? format(...message) : first;
  if (isError(first)) {
    noMoreThanOne(message, `was passed as error object "${ErrorPrototypeToString(first)}"`);
    throw first;
  }
  if (typeof first !== 'function') throw new ERR_INVALID_ARG_TYPE('message', ['string', 'function'], first);
  noMoreThanOne(message, `with function "${first.name || 'anonymous'}"`);
  try {
    const text = first(actual, expected);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

function fail(options) {
  const error = new AssertionError({ ...options, message: resolveMessage(options.message, options.actual, options.expected) });
  if (options.generatedMessage !== undefined) error.generatedMessage = options.generatedMessage;
  throw error;
}

// `assert(value, message)`, with the number of arguments that were given.
function checkTruthy(stackStartFn, args) {
  if (args[0]) return;
  let generatedMessage = true;
  let message;
  if (args.length === 0) {
    message = ['No value argument passed to `assert.ok()`'];
  } else if (args.length === 1 || args[1] === null || args[1] === undefined) {
    const expression = require('internal/assert/expression').callerExpression();
    message = expression === undefined ? [] : [`The expression evaluated to a falsy value:\n\n  ${expression}\n`];
  } else {
    generatedMessage = false;
    message = args.slice(1);
  }
  fail({ actual: args[0], expected: true, message, operator: '==', stackStartFn, generatedMessage });
}

module.exports = { fail, checkTruthy };
