'use strict';

// AbortController and AbortSignal (https://dom.spec.whatwg.org/#aborting-ongoing-activities). A signal made by `any` or
// `timeout` must live as long as somebody listens to it, and no longer: its sources know it weakly, and it is pinned
// while it has listeners.

const {
  ArrayPrototypePush,
  NumberIsInteger,
  ObjectDefineProperties,
  SafeFinalizationRegistry,
  SafeSet,
  SafeWeakRef,
  Symbol,
  SymbolFor,
  SymbolIterator,
  SymbolToStringTag,
} = primordials;

const {
  codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS },
} = require('internal/errors');
const { validateUint32 } = require('internal/validators');
const {
  Event,
  EventTarget,
  defineEventHandler,
  kNewListener,
  kRemoveListener,
  setTargetMaxListeners,
  trustEvent,
} = require('internal/event_target');
const { DOMException } = require('internal/domexception');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
// Symbols rather than private fields: a proxy over a signal is a signal to Node.
const kAborted = Symbol('kAborted');
const kReason = Symbol('kReason');
const kSources = Symbol('kSources');
const kDependents = Symbol('kDependents');
const kIsTimeout = Symbol('kIsTimeout');

const kMake = { __proto__: null };

// Signals that only a timer or a source can reach but that somebody listens to.
const pinned = new SafeSet();
const timersOfDead = new SafeFinalizationRegistry((timer) => clearTimer(timer));
const setsOfDead = new SafeFinalizationRegistry(({ set, ref }) => set.delete(ref));

let internals;

class AbortSignal extends EventTarget {
  [kAborted] = false;
  [kReason] = undefined;
  // Undefined unless the signal depends on others; then their weak references.
  [kSources] = undefined;
  // Weak references to the signals that depend on this one.
  [kDependents] = undefined;
  [kIsTimeout] = false;

  constructor(token) {
    if (token !== kMake) throw new ERR_ILLEGAL_CONSTRUCTOR();
    super();
    // A signal is shared by design: many listeners are no leak.
    setTargetMaxListeners(this, 0);
  }

  static {
    internals = {
      is: (value) => value !== null && typeof value === 'object' && kAborted in value,
      abort(signal, reason) {
        if (signal[kAborted]) return;
        signal.#settle(reason);
        const affected = [];
        const dependents = signal[kDependents];
        if (dependents !== undefined) {
          for (const ref of dependents) {
            const dependent = ref.deref();
            if (dependent === undefined || dependent[kAborted]) continue;
            dependent.#settle(signal[kReason]);
            ArrayPrototypePush(affected, dependent);
          }
          signal[kDependents] = undefined;
        }
        signal.#announce();
        for (let i = 0; i < affected.length; i++) affected[i].#announce();
      },
    };
  }

  static #check(that) {
    if (!internals.is(that)) throw new ERR_INVALID_THIS('AbortSignal');
  }

  get aborted() {
    AbortSignal.#check(this);
    return this[kAborted];
  }

  get reason() {
    AbortSignal.#check(this);
    return this[kReason];
  }

  throwIfAborted() {
    AbortSignal.#check(this);
    if (this[kAborted]) throw this[kReason];
  }

  [kInspect](depth, options) {
    AbortSignal.#check(this);
    return inspectAs(this, { aborted: this[kAborted] }, depth, options);
  }

  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    const signal = new AbortSignal(kMake);
    signal.#settle(reason);
    return signal;
  }

  static timeout(delay) {
    validateUint32(delay, 'delay', false);
    const signal = new AbortSignal(kMake);
    signal[kIsTimeout] = true;
    const ref = new SafeWeakRef(signal);
    const timer = require('timers').setTimeout(() => {
      const target = ref.deref();
      if (target === undefined) return;
      pinned.delete(target);
      internals.abort(target, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    }, delay);
    timer.unref();
    timersOfDead.register(signal, timer);
    return signal;
  }

  static any(signals) {
    const list = toSignals(signals);
    const signal = new AbortSignal(kMake);
    for (let i = 0; i < list.length; i++) {
      if (list[i][kAborted]) {
        signal.#settle(list[i][kReason]);
        return signal;
      }
    }
    signal[kSources] = new SafeSet();
    const ref = new SafeWeakRef(signal);
    for (let i = 0; i < list.length; i++) {
      const source = list[i];
      // A dependent signal stands for its own sources: the graph stays one level deep.
      if (source[kSources] === undefined) {
        signal.#follow(source, ref);
      } else {
        for (const sourceRef of source[kSources]) {
          const root = sourceRef.deref();
          if (root !== undefined) signal.#follow(root, ref);
        }
      }
    }
    return signal;
  }

  #follow(source, ref) {
    source[kDependents] ??= new SafeSet();
    source[kDependents].add(ref);
    setsOfDead.register(this, { set: source[kDependents], ref });
    for (const known of this[kSources]) {
      if (known.deref() === source) return;
    }
    this[kSources].add(new SafeWeakRef(source));
  }

  #settle(reason) {
    this[kAborted] = true;
    this[kReason] = reason;
  }

  #announce() {
    pinned.delete(this);
    const event = new Event('abort');
    trustEvent(event);
    this.dispatchEvent(event);
  }

  [kNewListener](count, type, listener, once, capture, passive, weak) {
    if (type !== 'abort' || this[kAborted] || weak) return;
    if (this[kIsTimeout] || (this[kSources] !== undefined && this[kSources].size > 0)) pinned.add(this);
  }

  [kRemoveListener](count, type) {
    if (type === 'abort' && count === 0) pinned.delete(this);
  }
}

class AbortController {
  #signal = undefined;

  static #check(that) {
    if (that === null || typeof that !== 'object' || !(#signal in that)) throw new ERR_INVALID_THIS('AbortController');
  }

  get signal() {
    AbortController.#check(this);
    return this.#signal ??= new AbortSignal(kMake);
  }

  abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    AbortController.#check(this);
    internals.abort(this.#signal ??= new AbortSignal(kMake), reason);
  }

  [kInspect](depth, options) {
    return inspectAs(this, { signal: this.signal }, depth, options);
  }
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(AbortSignal.prototype, {
  aborted: kEnumerable,
  reason: kEnumerable,
  throwIfAborted: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'AbortSignal' },
});
ObjectDefineProperties(AbortController.prototype, {
  signal: kEnumerable,
  abort: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'AbortController' },
});
defineEventHandler(AbortSignal.prototype, 'abort');

function toSignals(signals) {
  const iterate = signals !== null && typeof signals === 'object' ? signals[SymbolIterator] : undefined;
  if (typeof iterate !== 'function') {
    const error = new ERR_INVALID_ARG_TYPE('signals', 'iterable', signals);
    error.message = 'signals cannot be converted to sequence.';
    throw error;
  }
  const list = [];
  for (const signal of signals) {
    if (!internals.is(signal)) {
      const error = new ERR_INVALID_ARG_TYPE('signals', 'AbortSignal', signal);
      error.message = `signals[${list.length}] is not of type AbortSignal.`;
      throw error;
    }
    ArrayPrototypePush(list, signal);
  }
  return list;
}

function inspectAs(self, value, depth, options) {
  if (depth < 0) return options.stylize(`[${self.constructor.name}]`, 'special');
  const { inspect } = require('internal/util/inspect');
  const inner = NumberIsInteger(options.depth) ? options.depth - 1 : options.depth;
  return `${self.constructor.name} ${inspect(value, { __proto__: null, ...options, depth: inner })}`;
}

function clearTimer(timer) {
  require('timers').clearTimeout(timer);
}

module.exports = { AbortController, AbortSignal, isAbortSignal: internals.is };
