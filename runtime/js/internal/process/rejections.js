// Unhandled promise rejections: V8 tells of each, the list is looked at once the microtasks are drained.
'use strict';

const { words, REJECTIONS_WAITING } = require('internal/loop_words');
const { getFrame, setFrame } = require('internal/async_frame');
const { getOption } = require('internal/options');
const { ArrayPrototypePush, ArrayPrototypeShift, SafeWeakMap, String } = primordials;

// V8's PromiseRejectEvent.
const REJECTED_WITHOUT_HANDLER = 0;
const HANDLER_ADDED_AFTERWARDS = 1;
const REJECTED_AFTER_SETTLING = 2;
const RESOLVED_AFTER_SETTLING = 3;

const tracked = new SafeWeakMap();
const waiting = [];
const lateHandled = [];
let nextId = 0;

function promiseRejected(event, promise, reason) {
  switch (event) {
    case REJECTED_WITHOUT_HANDLER:
      tracked.set(promise, { id: ++nextId, reason, told: false, frame: getFrame() });
      ArrayPrototypePush(waiting, promise);
      words[REJECTIONS_WAITING] = 1;
      break;
    case HANDLER_ADDED_AFTERWARDS: {
      const entry = tracked.get(promise);
      if (entry === undefined) break;
      tracked.delete(promise);
      if (entry.told) {
        ArrayPrototypePush(lateHandled, { promise, id: entry.id });
        words[REJECTIONS_WAITING] = 1;
      }
      break;
    }
    case REJECTED_AFTER_SETTLING:
      multipleResolves('reject', promise, reason);
      break;
    case RESOLVED_AFTER_SETTLING:
      multipleResolves('resolve', promise, reason);
      break;
  }
}

function multipleResolves(type, promise, reason) {
  if (process.listenerCount('multipleResolves') > 0) process.emit('multipleResolves', type, promise, reason);
}

function warnHandledLate(id) {
  const warning = new primordials.Error(`Promise rejection was handled asynchronously (rejection id: ${id})`);
  warning.name = 'PromiseRejectionHandledWarning';
  warning.id = id;
  process.emitWarning(warning);
}

// Returns whether handlers ran that may have queued more work.
function processRejections() {
  words[REJECTIONS_WAITING] = 0;
  let ran = false;
  while (lateHandled.length > 0) {
    const { promise, id } = ArrayPrototypeShift(lateHandled);
    if (!process.emit('rejectionHandled', promise) && mode() !== 'none') warnHandledLate(id);
    ran = true;
  }
  while (waiting.length > 0) {
    const promise = ArrayPrototypeShift(waiting);
    const entry = tracked.get(promise);
    if (entry === undefined) continue;
    entry.told = true;
    ran = true;
    const before = getFrame();
    setFrame(entry.frame);
    try {
      decide(promise, entry);
    } catch (error) {
      require('internal/process/uncaught').triggerUncaught(error, false);
    } finally {
      setFrame(before);
    }
  }
  return ran;
}

let chosen;
function mode() {
  return chosen ??= getOption('unhandled-rejections') ?? 'throw';
}

function decide(promise, { reason, id }) {
  switch (mode()) {
    case 'strict':
      uncaught(asError(reason));
      if (!process.emit('unhandledRejection', reason, promise)) warn(reason, id);
      break;
    case 'warn':
      process.emit('unhandledRejection', reason, promise);
      warn(reason, id);
      break;
    case 'none':
      process.emit('unhandledRejection', reason, promise);
      break;
    case 'warn-with-error-code':
      if (process.emit('unhandledRejection', reason, promise)) break;
      warn(reason, id);
      process.exitCode = 1;
      break;
    default:
      if (!process.emit('unhandledRejection', reason, promise)) uncaught(asError(reason));
  }
}

function uncaught(error) {
  require('internal/process/uncaught').triggerUncaught(error, true);
}

const ADVICE = 'This error originated either by throwing inside of an async function without a catch block, or by rejecting a ' +
  'promise which was not handled with .catch().';

function isError(reason) {
  return binding('util').isNativeError(reason) || reason instanceof primordials.Error;
}

function describe(reason) {
  try {
    return typeof reason === 'object' || typeof reason === 'function' || typeof reason === 'symbol' ?
      require('internal/util/inspect').inspect(reason) : String(reason);
  } catch {
    return '<Object>';
  }
}

// A reason that is no error is put into one that tells of it.
function asError(reason) {
  if (isError(reason)) return reason;
  const error = new primordials.Error(`${ADVICE} The promise rejected with the reason "${describe(reason)}".`);
  error.name = 'UnhandledPromiseRejection';
  primordials.ErrorCaptureStackTrace(error, processRejections);
  error.code = 'ERR_UNHANDLED_REJECTION';
  return error;
}

function warn(reason, id) {
  const warning = new primordials.Error('Unhandled promise rejection. ' + ADVICE + ' To terminate the node process on unhandled ' +
    'promise rejection, use the CLI flag `--unhandled-rejections=strict` (see ' +
    `https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). (rejection id: ${id})`);
  warning.name = 'UnhandledPromiseRejectionWarning';
  try {
    if (isError(reason)) {
      warning.stack = reason.stack;
      process.emitWarning(reason.stack, warning.name);
    } else {
      process.emitWarning(describe(reason), warning.name);
    }
  } catch {
    process.emitWarning('The reason could not be shown', warning.name);
  }
  process.emitWarning(warning);
}

const process = require('process');
module.exports = { promiseRejected, processRejections };
