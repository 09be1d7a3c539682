'use strict';

// node:events: EventEmitter with everything that hangs on it as a static.

const {
  Boolean,
  ObjectDefineProperties,
  ObjectDefineProperty,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateBoolean, validateNumber } = require('internal/validators');
const {
  EventEmitter,
  getDefaultMaxListeners,
  kCapture,
  kErrorMonitor,
  kRejection,
  setDefaultMaxListeners,
} = require('internal/events/emitter');
const { once } = require('internal/events/once');
const { on } = require('internal/events/async_iterator');

module.exports = EventEmitter;

EventEmitter.addAbortListener = addAbortListener;
EventEmitter.once = once;
EventEmitter.on = on;
EventEmitter.getEventListeners = getEventListeners;
EventEmitter.getMaxListeners = getMaxListeners;
EventEmitter.listenerCount = listenerCount;
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.usingDomains = false;

let asyncResourceClass;
ObjectDefineProperties(EventEmitter, {
  captureRejectionSymbol: { __proto__: null, value: kRejection, enumerable: true },
  captureRejections: {
    __proto__: null,
    enumerable: true,
    get() { return EventEmitter.prototype[kCapture]; },
    set(value) {
      validateBoolean(value, 'EventEmitter.captureRejections');
      EventEmitter.prototype[kCapture] = Boolean(value);
    },
  },
  EventEmitterAsyncResource: {
    __proto__: null,
    enumerable: true,
    get() {
      asyncResourceClass ??= require('internal/events/async_resource').EventEmitterAsyncResource;
      return asyncResourceClass;
    },
    set: undefined,
    configurable: true,
  },
  errorMonitor: { __proto__: null, value: kErrorMonitor, enumerable: true },
  defaultMaxListeners: {
    __proto__: null,
    enumerable: true,
    get: getDefaultMaxListeners,
    set: setDefaultMaxListeners,
  },
});
EventEmitter.setMaxListeners = setMaxListeners;
ObjectDefineProperty(EventEmitter, 'init', { __proto__: null, value: EventEmitter.init, enumerable: true, writable: true });

function addAbortListener(signal, listener) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  return require('internal/events/abort_listener').addAbortListener(signal, listener);
}

function getEventListeners(emitterOrTarget, type) {
  if (typeof emitterOrTarget.listeners === 'function') return emitterOrTarget.listeners(type);
  const { isEventTarget, listenersOf } = require('internal/event_target');
  if (isEventTarget(emitterOrTarget)) return listenersOf(emitterOrTarget, type);
  throw new ERR_INVALID_ARG_TYPE('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

function getMaxListeners(emitterOrTarget) {
  if (typeof emitterOrTarget?.getMaxListeners === 'function') return emitterOrTarget.getMaxListeners();
  const { isEventTarget, maxListenersOf } = require('internal/event_target');
  if (isEventTarget(emitterOrTarget)) return maxListenersOf(emitterOrTarget);
  throw new ERR_INVALID_ARG_TYPE('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

function listenerCount(emitterOrTarget, type) {
  if (typeof emitterOrTarget.listenerCount === 'function') return emitterOrTarget.listenerCount(type);
  const { isEventTarget, listenersOf } = require('internal/event_target');
  if (isEventTarget(emitterOrTarget)) return listenersOf(emitterOrTarget, type).length;
  return EventEmitter.prototype.listenerCount.call(emitterOrTarget, type);
}

function setMaxListeners(n = getDefaultMaxListeners(), ...targets) {
  validateNumber(n, 'setMaxListeners', 0);
  if (targets.length === 0) {
    setDefaultMaxListeners(n);
    require('internal/event_target').setDefaultTargetMaxListeners(n);
    return;
  }
  const { isEventTarget, setTargetMaxListeners } = require('internal/event_target');
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i];
    if (isEventTarget(target)) setTargetMaxListeners(target, n);
    else if (typeof target.setMaxListeners === 'function') target.setMaxListeners(n);
    else throw new ERR_INVALID_ARG_TYPE('eventTargets', ['EventEmitter', 'EventTarget'], target);
  }
}
