'use strict';

// AsyncResource: remembers the async context in which it was made and runs functions in it, under ids of its own.

const {
  ArrayPrototypeUnshift,
  FunctionPrototypeBind,
  NumberIsSafeInteger,
  ObjectDefineProperties,
  ReflectApply,
} = primordials;

const {
  codes: { ERR_ASYNC_TYPE, ERR_INVALID_ASYNC_ID },
} = require('internal/errors');
const { validateFunction, validateString } = require('internal/validators');
const { exchange, getFrame, setFrame } = require('internal/async_context');
const { enter, executionAsyncId, leave, newAsyncId } = require('internal/async_hooks/ids');

class AsyncResource {
  #asyncId = newAsyncId();
  #triggerAsyncId;
  #frame = getFrame();

  constructor(type, options = {}) {
    validateString(type, 'type');
    let triggerId = options;
    if (typeof options !== 'number') {
      triggerId = options?.triggerAsyncId ?? executionAsyncId();
    }
    if (!NumberIsSafeInteger(triggerId) || triggerId < -1) {
      throw new ERR_INVALID_ASYNC_ID('triggerAsyncId', triggerId);
    }
    if (type.length === 0) throw new ERR_ASYNC_TYPE(type);
    this.#triggerAsyncId = triggerId;
  }

  runInAsyncScope(fn, thisArg, ...args) {
    const frameBefore = exchange(this.#frame);
    const idsBefore = enter(this.#asyncId, this.#triggerAsyncId, this);
    try {
      return ReflectApply(fn, thisArg, args);
    } finally {
      leave(idsBefore);
      setFrame(frameBefore);
    }
  }

  // Kept for programs that announce the end of a resource; there are no hooks to tell.
  emitDestroy() {
    return this;
  }

  asyncId() {
    return this.#asyncId;
  }

  triggerAsyncId() {
    return this.#triggerAsyncId;
  }

  bind(fn, thisArg) {
    validateFunction(fn, 'fn');
    let bound;
    if (thisArg === undefined) {
      const resource = this;
      bound = function(...args) {
        ArrayPrototypeUnshift(args, fn, this);
        return ReflectApply(resource.runInAsyncScope, resource, args);
      };
    } else {
      bound = FunctionPrototypeBind(this.runInAsyncScope, this, fn, thisArg);
    }
    ObjectDefineProperties(bound, {
      length: { __proto__: null, configurable: true, enumerable: false, value: fn.length, writable: false },
    });
    return bound;
  }

  static bind(fn, type, thisArg) {
    type ||= fn.name;
    return (new AsyncResource(type || 'bound-anonymous-fn')).bind(fn, thisArg);
  }
}

module.exports = { AsyncResource };
