// Unhandled promise rejections: V8 tells of each, the list is looked at once the microtasks are drained.
'use strict';

const { words, REJECTIONS_WAITING } = require('internal/loop_words');
const { SafeWeakMap, String, ArrayPrototypePush } = primordials;

// V8's PromiseRejectEvent.
const REJECTED_WITHOUT_HANDLER = 0;
const HANDLER_ADDED_AFTERWARDS = 1;
const REJECTED_AFTER_SETTLING = 2;
const RESOLVED_AFTER_SETTLING = 3;

const tracked = new SafeWeakMap();
let waiting = [];
let lateHandled = [];
let nextId = 0;

function promiseRejected(event, promise, reason) {
  switch (event) {
    case REJECTED_WITHOUT_HANDLER:
      tracked.set(promise, { id: ++nextId, reason, told: false });
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
      process.emit('multipleResolves', 'reject', promise, reason);
      break;
    case RESOLVED_AFTER_SETTLING:
      process.emit('multipleResolves', 'resolve', promise, reason);
      break;
  }
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
    const { promise, id } = lateHandled.shift();
    if (!process.emit('rejectionHandled', promise)) warnHandledLate(id);
    ran = true;
  }
  while (waiting.length > 0) {
    const promise = waiting.shift();
    const entry = tracked.get(promise);
    if (entry === undefined) continue;
    entry.told = true;
    ran = true;
    if (process.emit('unhandledRejection', entry.reason, promise)) continue;
    unhandled(entry.reason);
  }
  return ran;
}

function unhandled(reason) {
  const uncaught = require('internal/process/uncaught');
  const isError = binding('util').isNativeError(reason) || reason instanceof primordials.Error;
  if (isError) return uncaught.triggerUncaught(reason, true);
  const { inspect } = require('util');
  const error = new primordials.Error('This error originated either by throwing inside of an async function without a ' +
    'catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason ' +
    `"${typeof reason === 'object' && reason !== null ? inspect(reason) : String(reason)}".`);
  error.code = 'ERR_UNHANDLED_REJECTION';
  error.name = 'UnhandledPromiseRejection';
  primordials.ObjectDefineProperty(error, 'stack', {
    __proto__: null, writable: true, configurable: true, enumerable: false,
    value: `[${error.name}: ${error.message}] {\n  code: 'ERR_UNHANDLED_REJECTION'\n}`,
  });
  uncaught.triggerUncaught(error, true);
}

const process = require('process');
module.exports = { promiseRejected, processRejections };
