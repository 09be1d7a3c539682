'use strict';

// EventTarget of the DOM standard (https://dom.spec.whatwg.org/#interface-eventtarget) without a tree, with what the
// runtime needs beyond it: weak listeners, listeners that a stopped event still reaches, Node-style listeners that get
// a value instead of an event, and a warning when listeners pile up.

const {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  Boolean,
  Error,
  FunctionPrototypeCall,
  NumberIsInteger,
  ObjectDefineProperties,
  ObjectDefineProperty,
  SafeMap,
  SafeWeakMap,
  SafeWeakRef,
  Symbol,
  SymbolFor,
  SymbolToStringTag,
} = primordials;

const {
  codes: {
    ERR_EVENT_RECURSION,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_THIS,
    ERR_MISSING_ARGS,
  },
} = require('internal/errors');
const { validateAbortSignal } = require('internal/validators');
const { CustomEvent, Event, internals } = require('internal/event_target/event');

const kInspect = SymbolFor('nodejs.util.inspect.custom');

// Options of `addEventListener` for the runtime's own listeners.
const kResistStopPropagation = Symbol('kResistStopPropagation');
const kWeakHandler = Symbol('kWeak');
const kIsNodeStyleListener = Symbol('kIsNodeStyleListener');
// Methods a subclass may have.
const kCreateEvent = Symbol('kCreateEvent');
const kNewListener = Symbol('kNewListener');
const kRemoveListener = Symbol('kRemoveListener');
// Methods of every target, for subclasses.
const kHybridDispatch = SymbolFor('nodejs.internal.kHybridDispatch');

const weakKeepers = new SafeWeakMap();

let defaultMaxListeners;
let processModule;
let targetInternals;

class Listener {
  constructor(callback, capture, once, passive, isNodeStyle, resists, weak) {
    this.callback = weak ? new SafeWeakRef(callback) : callback;
    this.capture = capture;
    this.once = once;
    this.passive = passive;
    this.isNodeStyle = isNodeStyle;
    this.resists = resists;
    this.weak = weak;
    this.removed = false;
  }

  current() {
    return this.weak ? this.callback.deref() : this.callback;
  }

  is(callback, capture) {
    return this.capture === capture && this.current() === callback;
  }
}

class EventTarget {
  // Type to its listeners; an array is replaced, not changed, once a dispatch may be walking it.
  #types = null;
  #max = undefined;
  #warned = false;

  static {
    targetInternals = {
      is: (value) => typeof value === 'object' && value !== null && #types in value,
      typesOf: (target) => target.#types,
      maxOf: (target) => target.#max,
      setMax(target, n) {
        target.#max = n;
        target.#warned = false;
      },
      clear(target, type) {
        const listeners = target.#types?.get(type);
        if (listeners === undefined) return;
        for (let i = 0; i < listeners.length; i++) listeners[i].removed = true;
        target.#types.delete(type);
      },
    };
  }

  static #check(that) {
    if (!isEventTarget(that)) throw new ERR_INVALID_THIS('EventTarget');
  }

  addEventListener(type, listener, options = undefined) {
    EventTarget.#check(this);
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('type', 'listener');

    let capture = false;
    let once = false;
    let passive = false;
    let signal;
    let resists = false;
    let weakOwner;
    let isNodeStyle = false;
    if (typeof options === 'boolean') {
      capture = options;
    } else if (options !== undefined && options !== null) {
      if (typeof options !== 'object' && typeof options !== 'function') {
        throw new ERR_INVALID_ARG_TYPE('options', 'object', options);
      }
      capture = !!options.capture;
      once = !!options.once;
      passive = !!options.passive;
      signal = options.signal;
      resists = options[kResistStopPropagation] === true;
      weakOwner = options[kWeakHandler];
      isNodeStyle = options[kIsNodeStyleListener] === true;
    }
    if (signal !== undefined) validateAbortSignal(signal, 'options.signal');

    if (!isListener(listener)) {
      warnOfNoEffect(this, type, listener);
      return;
    }
    type = `${type}`;
    if (signal?.aborted) return;

    this.#types ??= new SafeMap();
    const present = this.#types.get(type);
    if (present !== undefined) {
      for (let i = 0; i < present.length; i++) {
        if (present[i].is(listener, capture)) return;
      }
    }
    if (signal !== undefined) {
      signal.addEventListener('abort', () => this.removeEventListener(type, listener, capture), {
        __proto__: null, once: true, [kWeakHandler]: this, [kResistStopPropagation]: true,
      });
    }
    if (weakOwner) keepWhile(weakOwner, listener);
    const record = new Listener(listener, capture, once, passive, isNodeStyle, resists, Boolean(weakOwner));
    const next = present === undefined ? [record] : withMore(present, record);
    this.#types.set(type, next);
    this.#checkLimit(type, next.length);
    this[kNewListener]?.(next.length, type, listener, once, capture, passive, Boolean(weakOwner));
  }

  removeEventListener(type, listener, options = undefined) {
    EventTarget.#check(this);
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('type', 'listener');
    if (!isListener(listener)) return;
    type = `${type}`;
    const capture = options !== null && typeof options === 'object' ? !!options.capture : !!options;
    const present = this.#types?.get(type);
    if (present === undefined) return;
    for (let i = 0; i < present.length; i++) {
      if (present[i].is(listener, capture)) {
        this.#remove(type, present[i]);
        return;
      }
    }
  }

  dispatchEvent(event) {
    EventTarget.#check(this);
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('event');
    if (!internals.isEvent(event)) throw new ERR_INVALID_ARG_TYPE('event', 'Event', event);
    if (internals.isDispatching(event)) throw new ERR_EVENT_RECURSION(event.type);
    this[kHybridDispatch](event, event.type, event);
    return event.defaultPrevented !== true;
  }

  // Calls the listeners; the event is made by `kCreateEvent` when the first one wants it and none was given.
  [kHybridDispatch](value, type, event) {
    const made = event !== undefined;
    const eventFor = () => {
      if (event === undefined) {
        event = this[kCreateEvent](value, type);
        internals.begin(event, this);
      }
      return event;
    };
    if (made) internals.begin(event, this);

    const listeners = this.#types?.get(type);
    if (listeners !== undefined && !(made && internals.isPropagationStopped(event))) {
      for (let i = 0; i < listeners.length; i++) {
        const listener = listeners[i];
        if (listener.removed) continue;
        if (event !== undefined && !listener.resists && internals.isStopped(event)) continue;
        if (listener.once) this.#remove(type, listener);
        this.#call(listener, listener.isNodeStyle ? value : eventFor(), listener.isNodeStyle);
      }
    }
    if (event !== undefined) internals.finish(event);
    return true;
  }

  #call(listener, argument, isNodeStyle) {
    const callback = listener.current();
    if (callback === undefined) return;
    if (!isNodeStyle && listener.passive) internals.setPassive(argument, true);
    try {
      let result;
      if (typeof callback === 'function') {
        result = FunctionPrototypeCall(callback, this, argument);
      } else {
        result = callback.handleEvent(argument);
      }
      if (result !== undefined && result !== null) watchRejection(result);
    } catch (error) {
      throwLater(error);
    } finally {
      if (!isNodeStyle && listener.passive) internals.setPassive(argument, false);
    }
  }

  #remove(type, record) {
    const present = this.#types.get(type);
    record.removed = true;
    if (present.length === 1) {
      this.#types.delete(type);
    } else {
      const rest = [];
      for (let i = 0; i < present.length; i++) {
        if (present[i] !== record) ArrayPrototypePush(rest, present[i]);
      }
      this.#types.set(type, rest);
    }
    this[kRemoveListener]?.(present.length - 1, type, record.current(), record.capture);
  }

  #checkLimit(type, count) {
    const limit = maxListenersOf(this);
    if (limit <= 0 || count <= limit || this.#warned) return;
    this.#warned = true;
    const shown = require('internal/util/inspect').inspect(this, { depth: -1 });
    const warning = new Error(
      `Possible EventTarget memory leak detected. ${count} ${type} listeners added to ${shown}. ` +
      `MaxListeners is ${limit}. Use events.setMaxListeners() to increase limit`);
    warning.name = 'MaxListenersExceededWarning';
    warning.target = this;
    warning.type = type;
    warning.count = count;
    emitWarning(warning);
  }

  [kInspect](depth, options) {
    const name = this.constructor.name;
    if (depth < 0) return name;
    const { inspect } = require('internal/util/inspect');
    const inner = NumberIsInteger(options.depth) ? options.depth - 1 : options.depth;
    return `${name} ${inspect({}, { __proto__: null, ...options, depth: inner })}`;
  }
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(EventTarget.prototype, {
  addEventListener: kEnumerable,
  removeEventListener: kEnumerable,
  dispatchEvent: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, value: 'EventTarget', configurable: true },
});

// Gives a class an `on<name>` property, which holds at most one listener and keeps that listener's place in the order.
function defineEventHandler(prototype, name, eventName = name) {
  const property = `on${name}`;
  const handlers = new SafeWeakMap();
  ObjectDefineProperty(prototype, property, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: nameOf('get', property, function() {
      return handlers.get(this)?.handler ?? null;
    }),
    set: nameOf('set', property, function(value) {
      let slot = handlers.get(this);
      const usable = typeof value === 'function' || (typeof value === 'object' && value !== null);
      if (slot === undefined) {
        if (!usable) return;
        slot = { handler: value, listener: undefined };
        slot.listener = function(event) {
          if (typeof slot.handler !== 'function') return undefined;
          return FunctionPrototypeCall(slot.handler, this, event);
        };
        handlers.set(this, slot);
        this.addEventListener(eventName, slot.listener);
        return;
      }
      if (usable) {
        slot.handler = value;
      } else {
        this.removeEventListener(eventName, slot.listener);
        handlers.delete(this);
      }
    }),
  });
}

function nameOf(kind, property, accessor) {
  ObjectDefineProperty(accessor, 'name', { __proto__: null, value: `${kind} ${property}`, configurable: true });
  return accessor;
}

function isEventTarget(value) {
  return targetInternals.is(value);
}

function listenersOf(target, type) {
  const listeners = targetInternals.typesOf(target)?.get(type);
  const callbacks = [];
  if (listeners === undefined) return callbacks;
  for (let i = 0; i < listeners.length; i++) {
    const callback = listeners[i].current();
    if (callback !== undefined) ArrayPrototypePush(callbacks, callback);
  }
  return callbacks;
}

function maxListenersOf(target) {
  const own = targetInternals.maxOf(target);
  if (own !== undefined) return own;
  return defaultMaxListeners ?? require('events').defaultMaxListeners;
}

function setTargetMaxListeners(target, n) {
  targetInternals.setMax(target, n);
}

function setDefaultTargetMaxListeners(n) {
  defaultMaxListeners = n;
}

function isListener(listener) {
  if (typeof listener === 'function' || (typeof listener === 'object' && listener !== null)) return true;
  if (listener === null || listener === undefined) return false;
  throw new ERR_INVALID_ARG_TYPE('listener', 'EventListener', listener);
}

function withMore(list, record) {
  const copy = ArrayPrototypeSlice(list);
  ArrayPrototypePush(copy, record);
  return copy;
}

function keepWhile(owner, listener) {
  const kept = weakKeepers.get(owner);
  if (kept === undefined) weakKeepers.set(owner, [listener]);
  else ArrayPrototypePush(kept, listener);
}

function watchRejection(promise) {
  try {
    const then = promise.then;
    if (typeof then === 'function') FunctionPrototypeCall(then, promise, undefined, throwLater);
  } catch (error) {
    throwLater(error);
  }
}

// A listener's error must not keep the next listener from running: it becomes an uncaught exception of its own.
function throwLater(error) {
  processModule ??= require('process');
  processModule.nextTick(() => { throw error; });
}

function warnOfNoEffect(target, type, listener) {
  const warning = new Error(`addEventListener called with ${listener} which has no effect.`);
  warning.name = 'AddEventListenerArgumentTypeWarning';
  warning.target = target;
  warning.type = type;
  emitWarning(warning);
}

function emitWarning(warning) {
  processModule ??= require('process');
  processModule.emitWarning(warning);
}

module.exports = {
  CustomEvent,
  Event,
  EventTarget,
  clearListeners: targetInternals.clear,
  defineEventHandler,
  isEvent: internals.isEvent,
  isEventTarget,
  kCreateEvent,
  kHybridDispatch,
  kIsNodeStyleListener,
  kNewListener,
  kRemoveListener,
  kResistStopPropagation,
  kWeakHandler,
  listenersOf,
  maxListenersOf,
  setDefaultTargetMaxListeners,
  setTargetMaxListeners,
  trustEvent: internals.trust,
  typesOf: targetInternals.typesOf,
};
