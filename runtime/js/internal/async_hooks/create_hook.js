'use strict';

// `createHook`: a set of functions that are told of every asynchronous resource: that it is made, that its callback
// begins and has ended, that it is gone.

const { ArrayPrototypeIndexOf, ArrayPrototypePush, ArrayPrototypeSlice, ArrayPrototypeSplice } = primordials;

const { codes: { ERR_ASYNC_CALLBACK, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateBoolean } = require('internal/validators');
const ids = require('internal/async_hooks/ids');

const EVENTS = ['init', 'before', 'after', 'destroy', 'promiseResolve'];

class AsyncHook {
  constructor(callbacks) {
    for (let i = 0; i < EVENTS.length; i++) {
      const callback = callbacks[EVENTS[i]];
      if (callback !== undefined && typeof callback !== 'function') throw new ERR_ASYNC_CALLBACK(`hook.${EVENTS[i]}`);
    }
    const { trackPromises } = callbacks;
    if (trackPromises !== undefined) {
      validateBoolean(trackPromises, 'trackPromises');
      if (!trackPromises && callbacks.promiseResolve !== undefined) {
        throw new ERR_INVALID_ARG_VALUE('trackPromises', trackPromises, 'must not be false when promiseResolve is enabled');
      }
    }
    for (let i = 0; i < EVENTS.length; i++) this[EVENTS[i]] = callbacks[EVENTS[i]];
    this.tracksPromises = trackPromises !== false;
  }

  enable() {
    const list = ArrayPrototypeSlice(ids.hooks());
    if (ArrayPrototypeIndexOf(list, this) !== -1) return this;
    ArrayPrototypePush(list, this);
    ids.turnOn();
    changed(list);
    return this;
  }

  disable() {
    const list = ArrayPrototypeSlice(ids.hooks());
    const at = ArrayPrototypeIndexOf(list, this);
    if (at === -1) return this;
    ArrayPrototypeSplice(list, at, 1);
    changed(list);
    return this;
  }
}

function changed(list) {
  ids.setHooks(list);
  let tracksPromises = false;
  for (let i = 0; i < list.length; i++) if (list[i].tracksPromises) tracksPromises = true;
  require('internal/async_hooks/promises').track(tracksPromises);
}

function createHook(callbacks) {
  return new AsyncHook(callbacks);
}

module.exports = { createHook };
