'use strict';

// NodeEventTarget: an EventTarget that also answers to the everyday methods of EventEmitter, for objects such as
// MessagePort that have both faces. Listeners added by `on` get the value itself, those by addEventListener an event.

const { ArrayFrom, MapPrototypeKeys } = primordials;

const { codes: { ERR_INVALID_THIS } } = require('internal/errors');
const { validateNumber, validateString } = require('internal/validators');
const {
  EventTarget,
  clearListeners,
  isEventTarget,
  kCreateEvent,
  kHybridDispatch,
  kIsNodeStyleListener,
  listenersOf,
  maxListenersOf,
  setTargetMaxListeners,
  typesOf,
} = require('internal/event_target');

const kOn = { __proto__: null, [kIsNodeStyleListener]: true };
const kOnce = { __proto__: null, once: true, [kIsNodeStyleListener]: true };

class NodeEventTarget extends EventTarget {
  setMaxListeners(n) {
    check(this);
    validateNumber(n, 'setMaxListeners', 0);
    setTargetMaxListeners(this, n);
    return this;
  }

  getMaxListeners() {
    check(this);
    return maxListenersOf(this);
  }

  eventNames() {
    check(this);
    const types = typesOf(this);
    return types === null ? [] : ArrayFrom(MapPrototypeKeys(types));
  }

  listenerCount(type) {
    check(this);
    return listenersOf(this, `${type}`).length;
  }

  on(type, listener) {
    check(this);
    this.addEventListener(type, listener, kOn);
    return this;
  }

  addListener(type, listener) {
    return this.on(type, listener);
  }

  once(type, listener) {
    check(this);
    this.addEventListener(type, listener, kOnce);
    return this;
  }

  off(type, listener, options) {
    check(this);
    this.removeEventListener(type, listener, options);
    return this;
  }

  removeListener(type, listener, options) {
    return this.off(type, listener, options);
  }

  emit(type, value) {
    check(this);
    validateString(type, 'type');
    const had = this.listenerCount(type) > 0;
    this[kHybridDispatch](value, type);
    return had;
  }

  removeAllListeners(type) {
    check(this);
    if (type !== undefined) {
      clearListeners(this, `${type}`);
      return this;
    }
    const names = this.eventNames();
    for (let i = 0; i < names.length; i++) clearListeners(this, names[i]);
    return this;
  }

  // What `emit` hands to listeners of the other kind, unless the subclass knows better.
  [kCreateEvent](value, type) {
    const { CustomEvent } = require('internal/event_target');
    return new CustomEvent(type, { detail: value });
  }
}

const { ObjectDefineProperties } = primordials;
const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(NodeEventTarget.prototype, {
  setMaxListeners: kEnumerable,
  getMaxListeners: kEnumerable,
  eventNames: kEnumerable,
  listenerCount: kEnumerable,
  off: kEnumerable,
  removeListener: kEnumerable,
  on: kEnumerable,
  addListener: kEnumerable,
  once: kEnumerable,
  emit: kEnumerable,
  removeAllListeners: kEnumerable,
});

function check(that) {
  if (!isEventTarget(that)) throw new ERR_INVALID_THIS('NodeEventTarget');
}

module.exports = { NodeEventTarget };
