'use strict';

// `createHook`: the callbacks are checked, and refused, since nothing here reports every asynchronous operation.

const {
  codes: { ERR_ASYNC_CALLBACK, ERR_FEATURE_UNAVAILABLE_ON_PLATFORM },
} = require('internal/errors');
const { validateBoolean } = require('internal/validators');

const kCallbacks = ['init', 'before', 'after', 'destroy', 'promiseResolve'];

function createHook(callbacks) {
  for (let i = 0; i < kCallbacks.length; i++) {
    const callback = callbacks[kCallbacks[i]];
    if (callback !== undefined && typeof callback !== 'function') {
      throw new ERR_ASYNC_CALLBACK(`hook.${kCallbacks[i]}`);
    }
  }
  if (callbacks.trackPromises !== undefined) validateBoolean(callbacks.trackPromises, 'trackPromises');
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('async_hooks.createHook');
}

module.exports = { createHook };
