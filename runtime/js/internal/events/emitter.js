'use strict';

// EventEmitter itself: the table of listeners, adding and removing them, and `emit`, the most travelled function of the
// runtime. Listeners of one event are a bare function while there is one and an array from two on; an array is copied
// before it is walked, because a listener may change it.

const {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeUnshift,
  Boolean,
  Error,
  ErrorCaptureStackTrace,
  FunctionPrototypeBind,
  FunctionPrototypeCall,
  ObjectCreate,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectGetPrototypeOf,
  ReflectApply,
  ReflectOwnKeys,
  String,
  Symbol,
  SymbolFor,
} = primordials;

const { ERR_UNHANDLED_ERROR } = require('internal/errors').codes;
const { validateBoolean, validateFunction, validateNumber } = require('internal/validators');

const kCapture = Symbol('kCapture');
const kErrorMonitor = Symbol('events.errorMonitor');
const kPreset = Symbol('kPreset');
const kRejection = SymbolFor('nodejs.rejection');

let defaultMaxListeners = 10;
let processModule;

// The table has no inherited names, yet unlike a null-prototype literal it starts as a fast object.
function ListenerTable() {}
ListenerTable.prototype = ObjectCreate(null);

// Streams start with a table that holds places for their usual events; an empty place is undefined.
function PresetTable() {}
PresetTable.prototype = ObjectCreate(null);
PresetTable.prototype[kPreset] = true;

function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;

ObjectDefineProperties(EventEmitter.prototype, {
  [kCapture]: { __proto__: null, value: false, writable: true, enumerable: false },
});

EventEmitter.init = function(options) {
  if (this._events === undefined || this._events === ObjectGetPrototypeOf(this)._events) {
    this._events = new ListenerTable();
    this._eventsCount = 0;
  }
  this._maxListeners ||= undefined;
  if (options?.captureRejections) {
    validateBoolean(options.captureRejections, 'options.captureRejections');
    this[kCapture] = Boolean(options.captureRejections);
  } else {
    // Read from the prototype, where the static `captureRejections` writes.
    this[kCapture] = EventEmitter.prototype[kCapture];
  }
};

EventEmitter.prototype.emit = function emit(type, a, b, c) {
  const events = this._events;
  if (type === 'error') {
    if (events?.[kErrorMonitor] !== undefined) {
      ReflectApply(this.emit, this, withFirst(kErrorMonitor, arguments));
    }
    if (events?.error === undefined) throwUnhandled(this, a);
  } else if (events === undefined) {
    return false;
  }

  const handler = events[type];
  if (handler === undefined) return false;

  if (typeof handler === 'function') {
    let result;
    switch (arguments.length) {
      case 0:
      case 1: result = FunctionPrototypeCall(handler, this); break;
      case 2: result = FunctionPrototypeCall(handler, this, a); break;
      case 3: result = FunctionPrototypeCall(handler, this, a, b); break;
      case 4: result = FunctionPrototypeCall(handler, this, a, b, c); break;
      default: result = ReflectApply(handler, this, ArrayPrototypeSlice(arguments, 1));
    }
    if (result !== undefined && result !== null && this[kCapture] === true) {
      watchRejection(this, result, type, ArrayPrototypeSlice(arguments, 1));
    }
    return true;
  }

  const listeners = copyOf(handler);
  const rest = arguments.length > 4 ? ArrayPrototypeSlice(arguments, 1) : undefined;
  const count = arguments.length;
  for (let i = 0; i < listeners.length; i++) {
    let result;
    if (rest !== undefined) result = ReflectApply(listeners[i], this, rest);
    else if (count < 2) result = FunctionPrototypeCall(listeners[i], this);
    else if (count === 2) result = FunctionPrototypeCall(listeners[i], this, a);
    else if (count === 3) result = FunctionPrototypeCall(listeners[i], this, a, b);
    else result = FunctionPrototypeCall(listeners[i], this, a, b, c);
    if (result !== undefined && result !== null && this[kCapture] === true) {
      watchRejection(this, result, type, ArrayPrototypeSlice(arguments, 1));
    }
  }
  return true;
};
ObjectDefineProperties(EventEmitter.prototype.emit, { length: { __proto__: null, value: 1 } });

const { emit } = EventEmitter.prototype;

// `emitter.emit(type, a)` where `handler` is what the table has for `type`: events that come with each chunk need not be
// looked up by name. An `emit` of the program's own is called all the same.
function emitTo(emitter, type, handler, a) {
  if (typeof handler !== 'function' || emitter.emit !== emit) return emitter.emit(type, a);
  const result = FunctionPrototypeCall(handler, emitter, a);
  if (result !== undefined && result !== null && emitter[kCapture] === true) watchRejection(emitter, result, type, [a]);
  return true;
}

EventEmitter.prototype.addListener = function addListener(type, listener) {
  return insert(this, type, listener, false);
};
EventEmitter.prototype.on = EventEmitter.prototype.addListener;

EventEmitter.prototype.prependListener = function prependListener(type, listener) {
  return insert(this, type, listener, true);
};

EventEmitter.prototype.once = function once(type, listener) {
  validateFunction(listener, 'listener');
  this.on(type, onceListener(this, type, listener));
  return this;
};

EventEmitter.prototype.prependOnceListener = function prependOnceListener(type, listener) {
  validateFunction(listener, 'listener');
  this.prependListener(type, onceListener(this, type, listener));
  return this;
};

EventEmitter.prototype.removeListener = function removeListener(type, listener) {
  validateFunction(listener, 'listener');
  const events = this._events;
  const list = events?.[type];
  if (list === undefined) return this;

  if (list === listener || list.listener === listener) {
    forgetType(this, events, type);
    if (events.removeListener !== undefined) this.emit('removeListener', type, list.listener || listener);
    return this;
  }
  if (typeof list === 'function') return this;

  let at = list.length - 1;
  while (at >= 0 && list[at] !== listener && list[at].listener !== listener) at--;
  if (at < 0) return this;
  const original = list[at].listener;
  closeGap(list, at);
  if (list.length === 1) events[type] = list[0];
  if (events.removeListener !== undefined) this.emit('removeListener', type, original || listener);
  return this;
};
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

EventEmitter.prototype.removeAllListeners = function removeAllListeners(type) {
  const events = this._events;
  if (events === undefined) return this;

  if (events.removeListener === undefined) {
    if (arguments.length === 0) {
      this._events = new ListenerTable();
      this._eventsCount = 0;
    } else if (events[type] !== undefined) {
      forgetType(this, events, type);
    }
    return this;
  }

  // Somebody listens for removals: each has to be announced, those of 'removeListener' itself last.
  if (arguments.length === 0) {
    const types = namesIn(events);
    for (let i = 0; i < types.length; i++) {
      if (types[i] !== 'removeListener') this.removeAllListeners(types[i]);
    }
    this.removeAllListeners('removeListener');
    this._events = new ListenerTable();
    this._eventsCount = 0;
    return this;
  }
  const list = events[type];
  if (typeof list === 'function') {
    this.removeListener(type, list);
  } else if (list !== undefined) {
    for (let i = list.length - 1; i >= 0; i--) this.removeListener(type, list[i]);
  }
  return this;
};

EventEmitter.prototype.setMaxListeners = function setMaxListeners(n) {
  validateNumber(n, 'setMaxListeners', 0);
  this._maxListeners = n;
  return this;
};

EventEmitter.prototype.getMaxListeners = function getMaxListeners() {
  return limitOf(this);
};

EventEmitter.prototype.listeners = function listeners(type) {
  const list = rawListenersOf(this, type);
  for (let i = 0; i < list.length; i++) list[i] = list[i].listener || list[i];
  return list;
};

EventEmitter.prototype.rawListeners = function rawListeners(type) {
  return rawListenersOf(this, type);
};

EventEmitter.prototype.listenerCount = function listenerCount(type, listener) {
  const list = this._events?.[type];
  if (list === undefined) return 0;
  if (listener === undefined || listener === null) return typeof list === 'function' ? 1 : list.length;
  if (typeof list === 'function') return list === listener || list.listener === listener ? 1 : 0;
  let count = 0;
  for (let i = 0; i < list.length; i++) {
    if (list[i] === listener || list[i].listener === listener) count++;
  }
  return count;
};

EventEmitter.prototype.eventNames = function eventNames() {
  return this._eventsCount > 0 ? namesIn(this._events) : [];
};

function insert(emitter, type, listener, first) {
  validateFunction(listener, 'listener');
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = new ListenerTable();
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    // Announced before it is added, so that a listener for 'newListener' does not announce itself.
    emitter.emit('newListener', type, listener.listener ?? listener);
    events = emitter._events;
  }

  const present = events[type];
  if (present === undefined) {
    events[type] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  let list = present;
  if (typeof present === 'function') {
    list = events[type] = first ? [listener, present] : [present, listener];
  } else if (first) {
    ArrayPrototypeUnshift(present, listener);
  } else {
    present[present.length] = listener;
  }
  const limit = limitOf(emitter);
  if (limit > 0 && list.length > limit && !list.warned) {
    list.warned = true;
    warnOfLeak(emitter, type, list.length, limit);
  }
  return emitter;
}

function onceListener(emitter, type, listener) {
  const state = { fired: false, wrapper: undefined, emitter, type, listener };
  const wrapper = FunctionPrototypeBind(runOnce, state);
  wrapper.listener = listener;
  state.wrapper = wrapper;
  return wrapper;
}

function runOnce() {
  if (this.fired) return undefined;
  this.emitter.removeListener(this.type, this.wrapper);
  this.fired = true;
  if (arguments.length === 0) return FunctionPrototypeCall(this.listener, this.emitter);
  return ReflectApply(this.listener, this.emitter, arguments);
}

function forgetType(emitter, events, type) {
  emitter._eventsCount--;
  if (events[kPreset] === true && isPresetName(type)) events[type] = undefined;
  else if (emitter._eventsCount === 0 && events[kPreset] !== true) emitter._events = new ListenerTable();
  else delete events[type];
}

function isPresetName(type) {
  switch (type) {
    case 'close': case 'error': case 'prefinish': case 'finish': case 'drain':
    case 'data': case 'end': case 'readable':
      return true;
    default:
      return false;
  }
}

function namesIn(events) {
  const names = ReflectOwnKeys(events);
  if (events[kPreset] !== true) return names;
  const used = [];
  for (let i = 0; i < names.length; i++) {
    if (events[names[i]] !== undefined) ArrayPrototypePush(used, names[i]);
  }
  return used;
}

function limitOf(emitter) {
  return emitter._maxListeners === undefined ? defaultMaxListeners : emitter._maxListeners;
}

function rawListenersOf(emitter, type) {
  const list = emitter._events?.[type];
  if (list === undefined) return [];
  return typeof list === 'function' ? [list] : copyOf(list);
}

function copyOf(list) {
  switch (list.length) {
    case 2: return [list[0], list[1]];
    case 3: return [list[0], list[1], list[2]];
    default: return ArrayPrototypeSlice(list);
  }
}

function closeGap(list, at) {
  for (; at + 1 < list.length; at++) list[at] = list[at + 1];
  list.length--;
}

function withFirst(first, args) {
  const all = ArrayPrototypeSlice(args);
  all[0] = first;
  return all;
}

function throwUnhandled(emitter, error) {
  if (error instanceof Error) {
    rememberEmitSite(emitter, error);
    throw error; // Unhandled 'error' event
  }
  let text;
  try {
    text = require('internal/util/inspect').inspect(error);
  } catch {
    text = error;
  }
  const wrapped = new ERR_UNHANDLED_ERROR(text);
  wrapped.context = error;
  throw wrapped; // Unhandled 'error' event
}

// What the fatal-error printer adds below the error's own stack: where the event was emitted.
function rememberEmitSite(emitter, error) {
  try {
    const { kEmitSite, stackWithEmitSite } = require('internal/events/emit_site');
    const site = {};
    ErrorCaptureStackTrace(site, EventEmitter.prototype.emit);
    ObjectDefineProperty(error, kEmitSite, {
      __proto__: null,
      value: () => stackWithEmitSite(emitter, error, site),
      configurable: true,
    });
  } catch {
    // A frozen error keeps its own stack.
  }
}

function watchRejection(emitter, promise, type, args) {
  try {
    const then = promise.then;
    if (typeof then === 'function') {
      FunctionPrototypeCall(then, promise, undefined, (error) => {
        // In a tick of its own: what the handler throws must not end up as another rejection.
        processModule ??= require('process');
        processModule.nextTick(deliverRejection, emitter, error, type, args);
      });
    }
  } catch (error) {
    emitter.emit('error', error);
  }
}

function deliverRejection(emitter, error, type, args) {
  const handler = emitter[kRejection];
  if (typeof handler === 'function') {
    ArrayPrototypeUnshift(args, error, type);
    ReflectApply(handler, emitter, args);
    return;
  }
  // An async 'error' listener that rejects would otherwise be called for ever.
  const before = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit('error', error);
  } finally {
    emitter[kCapture] = before;
  }
}

function warnOfLeak(emitter, type, count, limit) {
  const shown = require('internal/util/inspect').inspect(emitter, { depth: -1 });
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${count} ${String(type)} listeners added to ${shown}. ` +
    `MaxListeners is ${limit}. Use emitter.setMaxListeners() to increase limit`);
  warning.name = 'MaxListenersExceededWarning';
  warning.emitter = emitter;
  warning.type = type;
  warning.count = count;
  processModule ??= require('process');
  processModule.emitWarning(warning);
}

function getDefaultMaxListeners() {
  return defaultMaxListeners;
}

function setDefaultMaxListeners(n) {
  validateNumber(n, 'defaultMaxListeners', 0);
  defaultMaxListeners = n;
}

module.exports = {
  EventEmitter,
  PresetTable,
  emitTo,
  getDefaultMaxListeners,
  kCapture,
  kErrorMonitor,
  kRejection,
  setDefaultMaxListeners,
};
