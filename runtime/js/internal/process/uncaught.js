// What becomes of an exception that nobody caught.
'use strict';

const { String } = primordials;
const native = binding('process');
const EXIT_UNCAUGHT = 1;

let capture = null;

function setCapture(callback) {
  capture = callback;
}

function stackOf(error) {
  const isError = typeof error === 'object' && error !== null && typeof error.stack === 'string';
  if (isError) {
    try {
      const { inspect } = require('util');
      return binding('util').isNativeError(error) ? inspect(error) : error.stack;
    } catch {
      return error.stack;
    }
  }
  let text;
  try {
    text = require('util').inspect(error);
  } catch {
    text = String(error);
  }
  return `Uncaught:\n${text}\n(Use \`rondo --trace-uncaught ...\` to show where the exception was thrown)`;
}

function print(error) {
  const excerpt = binding('scripts').sourceExcerpt(error);
  native.writeSync(2, `${excerpt}${stackOf(error)}\n\nRondo v${native.version}\n`);
}

// Called by the loop; true when a handler took it.
function uncaughtException(error, fromPromise = false) {
  const origin = fromPromise ? 'unhandledRejection' : 'uncaughtException';
  process.emit('uncaughtExceptionMonitor', error, origin);
  if (capture !== null) {
    capture(error);
    return true;
  }
  if (process.emit('uncaughtException', error, origin)) return true;
  print(error);
  process.exitCode ||= EXIT_UNCAUGHT;
  const code = require('internal/process/exit').emitExit();
  native.exit(code);
  return false;
}

function triggerUncaught(error, fromPromise) {
  uncaughtException(error, fromPromise);
}

function uncaughtFromMicrotask(error) {
  uncaughtException(error, false);
}

const process = require('process');
module.exports = { uncaughtException, triggerUncaught, uncaughtFromMicrotask, setCapture, hasCapture: () => capture !== null };
