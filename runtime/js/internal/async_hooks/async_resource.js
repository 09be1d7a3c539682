'use strict';

// AsyncResource: remembers the async context in which it was made and runs functions in it, under ids of its own.

const {
  ArrayPrototypeUnshift,
  FunctionPrototypeBind,
  NumberIsSafeInteger,
  ObjectDefineProperties,
  ReflectApply,
  SafeFinalizationRegistry,
} = primordials;

const {
  codes: { ERR_ASYNC_TYPE, ERR_INVALID_ASYNC_ID },
} = require('internal/errors');
const { validateFunction, validateString } = require('internal/validators');
const { exchange, getFrame, setFrame } = require('internal/async_context');
const { begin, currentId, destroy, enter, has, kAsyncId, kTriggerId, leave, state } = require('internal/async_hooks/ids');

// Tells of resources that were collected, and whose makers do not tell of their ends themselves.
let registry;
function endWhenCollected(self, id, ending) {
  registry ??= new SafeFinalizationRegistry((held) => { if (!held.ending.told) destroy(held.id); });
  registry.register(self, { __proto__: null, id, ending });
}

class AsyncResource {
  #frame = getFrame();
  // Whether the end was told; the collector's way must not keep the resource itself.
  #ending;

  constructor(type, options = {}) {
    validateString(type, 'type');
    let triggerId = options;
    if (typeof options !== 'number') {
      triggerId = options?.triggerAsyncId ?? currentId();
    }
    if (!NumberIsSafeInteger(triggerId) || triggerId < -1) {
      throw new ERR_INVALID_ASYNC_ID('triggerAsyncId', triggerId);
    }
    if (type.length === 0 && has('init')) throw new ERR_ASYNC_TYPE(type);
    ObjectDefineProperties(this, {
      [kAsyncId]: { __proto__: null, value: 0, writable: true, configurable: true, enumerable: false },
      [kTriggerId]: { __proto__: null, value: 0, writable: true, configurable: true, enumerable: false },
    });
    const id = begin(this, type, triggerId);
    if (options.requireManualDestroy !== true && has('destroy')) {
      this.#ending = { __proto__: null, told: false };
      endWhenCollected(this, id, this.#ending);
    }
  }

  runInAsyncScope(fn, thisArg, ...args) {
    const frameBefore = exchange(this.#frame);
    enter(this);
    try {
      return ReflectApply(fn, thisArg, args);
    } finally {
      leave();
      setFrame(frameBefore);
    }
  }

  emitDestroy() {
    if (this.#ending !== undefined) this.#ending.told = true;
    destroy(this[kAsyncId]);
    return this;
  }

  asyncId() {
    return this[kAsyncId];
  }

  triggerAsyncId() {
    return this[kTriggerId];
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
