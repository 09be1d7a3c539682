// What becomes of an exception that nobody caught.
'use strict';

const native = binding('process');
const { getOption } = require('internal/options');
const { state: asyncIds } = require('internal/async_hooks/ids');
const { isLoaded } = require('internal/core_modules');
const { String } = primordials;

const EXIT_UNCAUGHT = 1;
const EXIT_HANDLER_FAILED = 7;

let capture = null;

function setCapture(callback) {
  capture = callback;
}

// What the domains that are entered make of an error; null while none of them listens.
let domainCapture = null;

function setDomainCapture(callback) {
  domainCapture = callback;
}

function isError(error) {
  return binding('util').isNativeError(error) || error instanceof primordials.Error;
}

function inspected(error) {
  try {
    return require('internal/util/inspect').inspect(error, { colors: native.fdKind(2) === 'TTY' && process.env.NO_COLOR === undefined });
  } catch {
    return typeof error?.stack === 'string' ? error.stack : String(error);
  }
}

function printError(error, excerpt) {
  let stack;
  try {
    stack = error.stack;
  } catch {
    stack = undefined;
  }
  const text = typeof stack === 'string' ? inspected(error) : `${error.name}: ${error.message}`;
  native.writeSync(2, `${excerpt}${text}\n`);
}

// A value that is no error has no stack: what is left is where it was thrown.
function printOther(value, excerpt) {
  const place = excerpt === '' ? '' : `\n${excerpt.slice(0, -1)}`;
  const isObject = typeof value === 'object' && value !== null;
  let text = excerpt === '' ? 'Uncaught:\n' : place;
  text += `${typeof value === 'string' ? value : inspected(value)}\n`;
  if (!isObject && !getOption('trace-uncaught')) text += '(Use `rondo --trace-uncaught ...` to show where the exception was thrown)\n';
  native.writeSync(2, text);
}

function print(error) {
  let excerpt = require('internal/process/decorate').isDecorated(error) ? '' : binding('scripts').sourceExcerpt(error);
  if (require('internal/source_map').getSupport().enabled) excerpt = require('internal/source_map/stack').mapExcerpt(excerpt);
  if (isError(error)) printError(error, excerpt);
  else printOther(error, excerpt);
  native.writeSync(2, `\nRondo v${native.version}\n`);
}

// Prints the error and ends the process with `code`; exit handlers have their say.
function die(error, code) {
  if (binding('worker').port === undefined) print(error);
  else require('internal/worker/inside').reportError(error);
  if (isLoaded('internal/process/report')) require('internal/process/report').uncaught(error);
  if (getOption('abort-on-uncaught-exception')) native.abort();
  try {
    if (!process._exiting) {
      process._exiting = true;
      process.exitCode = code;
      process.emit('exit', code);
    }
  } catch {
    // What an exit handler throws now has no one left to hear it.
  }
  require('internal/process/exit').takeCoverage();
  native.exit(process.exitCode ?? code);
}

// Called by the loop; true when a handler took it.
function uncaughtException(error, fromPromise = false) {
  const taken = tellHandlers(error, fromPromise);
  if (asyncIds.on) require('internal/async_hooks/ids').unwind();
  return taken;
}

function tellHandlers(error, fromPromise) {
  const origin = fromPromise ? 'unhandledRejection' : 'uncaughtException';
  try {
    if (capture !== null) {
      capture(error);
      return true;
    }
    if (domainCapture !== null && domainCapture(error)) return true;
    if (getOption('abort-on-uncaught-exception')) {
      print(error);
      native.abort();
    }
    process.emit('uncaughtExceptionMonitor', error, origin);
    if (process.emit('uncaughtException', error, origin)) return true;
  } catch (second) {
    die(second, EXIT_HANDLER_FAILED);
    return false;
  }
  binding('loop').exceptionThrown(error);
  die(error, EXIT_UNCAUGHT);
  return false;
}

function triggerUncaught(error, fromPromise) {
  uncaughtException(error, fromPromise);
}

function uncaughtFromMicrotask(error) {
  uncaughtException(error, false);
}

const process = require('process');
module.exports = { uncaughtException, triggerUncaught, uncaughtFromMicrotask, setCapture, setDomainCapture, hasCapture: () => capture !== null };
