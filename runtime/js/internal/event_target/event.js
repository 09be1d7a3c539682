'use strict';

// Event and CustomEvent of the DOM standard (https://dom.spec.whatwg.org/#events), for targets without a tree. What the
// dispatcher may do with an event stands in `internals`, out of the reach of user code.

const {
  NumberIsInteger,
  ObjectDefineProperties,
  SymbolFor,
  SymbolToStringTag,
} = primordials;

const { codes: { ERR_INVALID_THIS, ERR_MISSING_ARGS } } = require('internal/errors');
const { kValidateObjectAllowObjectsAndNull, validateObject } = require('internal/validators');

const kInspect = SymbolFor('nodejs.util.inspect.custom');

const kCancelable = 1 << 0;
const kBubbles = 1 << 1;
const kComposed = 1 << 2;
const kTrusted = 1 << 3;
const kCanceled = 1 << 4;
const kStopPropagation = 1 << 5;
const kStopImmediately = 1 << 6;
const kDispatching = 1 << 7;
const kPassive = 1 << 8;

let internals;
let now;

class Event {
  #type;
  #flags = 0;
  #target = null;
  #timeStamp;

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    if (options !== undefined) {
      validateObject(options, 'options', kValidateObjectAllowObjectsAndNull);
      if (options?.bubbles) this.#flags |= kBubbles;
      if (options?.cancelable) this.#flags |= kCancelable;
      if (options?.composed) this.#flags |= kComposed;
    }
    this.#type = `${type}`;
    now ??= clock();
    this.#timeStamp = now();
  }

  static {
    internals = {
      isEvent: (value) => typeof value === 'object' && value !== null && #type in value,
      isDispatching: (event) => (event.#flags & kDispatching) !== 0,
      isStopped: (event) => (event.#flags & kStopImmediately) !== 0,
      isPropagationStopped: (event) => (event.#flags & kStopPropagation) !== 0,
      isCanceled: (event) => (event.#flags & kCanceled) !== 0,
      trust(event) { event.#flags |= kTrusted; },
      setPassive(event, on) {
        if (on) event.#flags |= kPassive;
        else event.#flags &= ~kPassive;
      },
      setTarget(event, target) { event.#target = target; },
      begin(event, target) {
        event.#flags |= kDispatching;
        event.#target = target;
      },
      finish(event) {
        event.#flags &= ~(kDispatching | kStopPropagation | kStopImmediately);
      },
    };
  }

  static #flagsOf(that) {
    if (!internals.isEvent(that)) throw new ERR_INVALID_THIS('Event');
    return that.#flags;
  }

  initEvent(type, bubbles = false, cancelable = false) {
    const flags = Event.#flagsOf(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    if (flags & kDispatching) return;
    this.#type = `${type}`;
    this.#flags = (bubbles ? kBubbles : 0) | (cancelable ? kCancelable : 0) | (flags & kComposed);
  }

  [kInspect](depth, options) {
    Event.#flagsOf(this);
    const name = this.constructor.name;
    if (depth < 0) return name;
    const { inspect } = require('internal/util/inspect');
    const nested = {
      __proto__: null,
      ...options,
      depth: NumberIsInteger(options.depth) ? options.depth - 1 : options.depth,
    };
    return `${name} ${inspect({
      type: this.#type,
      defaultPrevented: this.defaultPrevented,
      cancelable: this.cancelable,
      timeStamp: this.#timeStamp,
    }, nested)}`;
  }

  stopImmediatePropagation() {
    Event.#flagsOf(this);
    this.#flags |= kStopImmediately | kStopPropagation;
  }

  stopPropagation() {
    Event.#flagsOf(this);
    this.#flags |= kStopPropagation;
  }

  preventDefault() {
    const flags = Event.#flagsOf(this);
    if ((flags & kCancelable) !== 0 && (flags & kPassive) === 0) this.#flags |= kCanceled;
  }

  composedPath() {
    return Event.#flagsOf(this) & kDispatching ? [this.#target] : [];
  }

  get target() {
    Event.#flagsOf(this);
    return this.#target;
  }

  get currentTarget() {
    return Event.#flagsOf(this) & kDispatching ? this.#target : null;
  }

  get srcElement() {
    Event.#flagsOf(this);
    return this.#target;
  }

  get type() {
    Event.#flagsOf(this);
    return this.#type;
  }

  get cancelable() {
    return (Event.#flagsOf(this) & kCancelable) !== 0;
  }

  get bubbles() {
    return (Event.#flagsOf(this) & kBubbles) !== 0;
  }

  get composed() {
    return (Event.#flagsOf(this) & kComposed) !== 0;
  }

  get isTrusted() {
    return (Event.#flagsOf(this) & kTrusted) !== 0;
  }

  get defaultPrevented() {
    const flags = Event.#flagsOf(this);
    return (flags & kCancelable) !== 0 && (flags & kCanceled) !== 0;
  }

  get returnValue() {
    return !this.defaultPrevented;
  }

  set returnValue(value) {
    Event.#flagsOf(this);
    if (!value) this.preventDefault();
  }

  get timeStamp() {
    Event.#flagsOf(this);
    return this.#timeStamp;
  }

  get eventPhase() {
    return Event.#flagsOf(this) & kDispatching ? Event.AT_TARGET : Event.NONE;
  }

  get cancelBubble() {
    return (Event.#flagsOf(this) & kStopPropagation) !== 0;
  }

  set cancelBubble(value) {
    Event.#flagsOf(this);
    if (value) this.#flags |= kStopPropagation;
  }
}

class CustomEvent extends Event {
  #detail = null;

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    super(type, options);
    this.#detail = options?.detail ?? null;
  }

  get detail() {
    if (!(#detail in this)) throw new ERR_INVALID_THIS('CustomEvent');
    return this.#detail;
  }
}

function clock() {
  const { performance } = require('perf_hooks');
  return () => performance.now();
}

const kEnumerable = { __proto__: null, enumerable: true };
const kConstants = { __proto__: null };
const kPhases = ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'];
for (let i = 0; i < kPhases.length; i++) {
  kConstants[kPhases[i]] = { __proto__: null, value: i, enumerable: true, writable: false, configurable: false };
}
ObjectDefineProperties(Event, kConstants);
ObjectDefineProperties(Event.prototype, {
  ...kConstants,
  [SymbolToStringTag]: { __proto__: null, value: 'Event', configurable: true },
  initEvent: kEnumerable,
  stopImmediatePropagation: kEnumerable,
  preventDefault: kEnumerable,
  target: kEnumerable,
  currentTarget: kEnumerable,
  srcElement: kEnumerable,
  type: kEnumerable,
  cancelable: kEnumerable,
  defaultPrevented: kEnumerable,
  timeStamp: kEnumerable,
  composedPath: kEnumerable,
  returnValue: kEnumerable,
  bubbles: kEnumerable,
  composed: kEnumerable,
  eventPhase: kEnumerable,
  cancelBubble: kEnumerable,
  stopPropagation: kEnumerable,
  isTrusted: kEnumerable,
});
ObjectDefineProperties(CustomEvent.prototype, {
  [SymbolToStringTag]: { __proto__: null, value: 'CustomEvent', configurable: true },
  detail: kEnumerable,
});

module.exports = { CustomEvent, Event, internals };
