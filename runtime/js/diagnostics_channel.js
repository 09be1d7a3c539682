'use strict';

// node:diagnostics_channel: named channels on which libraries publish what they do. A channel nobody subscribes to costs
// one property read: it changes its class with the first subscriber and back with the last.

const {
  ArrayPrototypeAt,
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  ObjectDefineProperty,
  ObjectGetPrototypeOf,
  ObjectSetPrototypeOf,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  ReflectApply,
  SafeFinalizationRegistry,
  SafeMap,
  SafeWeakRef,
  SymbolHasInstance,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE },
} = require('internal/errors');
const { validateFunction } = require('internal/validators');
const { exchange, frameWith, getFrame, setFrame } = require('internal/async_context');

// Channels by name; held weakly while nobody subscribes.
const channels = new SafeMap();
const dead = new SafeFinalizationRegistry((name) => {
  if (channels.get(name)?.ref.deref() === undefined) channels.delete(name);
});

function reportLater(error) {
  require('process').nextTick(() => {
    require('internal/process/uncaught').triggerUncaught(error, false);
  });
}

class ActiveChannel {
  subscribe(subscription) {
    validateFunction(subscription, 'subscription');
    // Copies, so that a subscriber may come or go during a publication.
    this._subscribers = ArrayPrototypeSlice(this._subscribers);
    ArrayPrototypePush(this._subscribers, subscription);
    pin(this);
  }

  unsubscribe(subscription) {
    const index = ArrayPrototypeIndexOf(this._subscribers, subscription);
    if (index === -1) return false;
    const before = ArrayPrototypeSlice(this._subscribers, 0, index);
    const after = ArrayPrototypeSlice(this._subscribers, index + 1);
    for (let i = 0; i < after.length; i++) ArrayPrototypePush(before, after[i]);
    this._subscribers = before;
    maybeDeactivate(this);
    return true;
  }

  bindStore(store, transform) {
    if (transform !== undefined) validateFunction(transform, 'transform');
    this._stores.set(store, transform);
    pin(this);
  }

  unbindStore(store) {
    if (!this._stores.delete(store)) return false;
    maybeDeactivate(this);
    return true;
  }

  get hasSubscribers() {
    return true;
  }

  publish(data) {
    const subscribers = this._subscribers;
    for (let i = 0; i < subscribers.length; i++) {
      try {
        const subscriber = subscribers[i];
        subscriber(data, this.name);
      } catch (error) {
        reportLater(error);
      }
    }
  }

  runStores(data, fn, thisArg, ...args) {
    let frame = getFrame();
    for (const entry of this._stores.entries()) {
      const { 0: store, 1: transform } = entry;
      let value = data;
      if (transform) {
        try {
          value = transform(data);
        } catch (error) {
          reportLater(error);
          continue;
        }
      }
      frame = frameWith(frame, store, value);
    }
    const before = exchange(frame);
    try {
      this.publish(data);
      return ReflectApply(fn, thisArg, args);
    } finally {
      setFrame(before);
    }
  }
}

class Channel {
  constructor(name) {
    this._subscribers = undefined;
    this._stores = undefined;
    this.name = name;
    const ref = new SafeWeakRef(this);
    channels.set(name, { ref, pinned: undefined });
    dead.register(this, name);
  }

  static [SymbolHasInstance](value) {
    const prototype = ObjectGetPrototypeOf(value);
    return prototype === Channel.prototype || prototype === ActiveChannel.prototype;
  }

  subscribe(subscription) {
    activate(this);
    this.subscribe(subscription);
  }

  unsubscribe() {
    return false;
  }

  bindStore(store, transform) {
    activate(this);
    this.bindStore(store, transform);
  }

  unbindStore() {
    return false;
  }

  get hasSubscribers() {
    return false;
  }

  publish() {}

  runStores(data, fn, thisArg, ...args) {
    return ReflectApply(fn, thisArg, args);
  }
}

function activate(self) {
  ObjectSetPrototypeOf(self, ActiveChannel.prototype);
  self._subscribers = [];
  self._stores = new SafeMap();
}

function maybeDeactivate(self) {
  const entry = channels.get(self.name);
  if (self._subscribers.length > 0 || self._stores.size > 0) return;
  if (entry !== undefined) entry.pinned = undefined;
  ObjectSetPrototypeOf(self, Channel.prototype);
  self._subscribers = undefined;
  self._stores = undefined;
}

function pin(self) {
  const entry = channels.get(self.name);
  if (entry !== undefined) entry.pinned = self;
}

function channel(name) {
  const known = channels.get(name)?.ref.deref();
  if (known !== undefined) return known;
  if (typeof name !== 'string' && typeof name !== 'symbol') {
    throw new ERR_INVALID_ARG_TYPE('channel', ['string', 'symbol'], name);
  }
  return new Channel(name);
}

function subscribe(name, subscription) {
  channel(name).subscribe(subscription);
}

function unsubscribe(name, subscription) {
  return channel(name).unsubscribe(subscription);
}

function hasSubscribers(name) {
  const known = channels.get(name)?.ref.deref();
  return known === undefined ? false : known.hasSubscribers;
}

const kTraceEvents = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

class TracingChannel {
  constructor(nameOrChannels) {
    for (let i = 0; i < kTraceEvents.length; i++) {
      const event = kTraceEvents[i];
      ObjectDefineProperty(this, event, {
        __proto__: null, value: tracingPart(nameOrChannels, event), enumerable: false,
      });
    }
  }

  get hasSubscribers() {
    for (let i = 0; i < kTraceEvents.length; i++) {
      if (this[kTraceEvents[i]]?.hasSubscribers) return true;
    }
    return false;
  }

  subscribe(handlers) {
    for (let i = 0; i < kTraceEvents.length; i++) {
      const event = kTraceEvents[i];
      if (handlers[event]) this[event]?.subscribe(handlers[event]);
    }
  }

  unsubscribe(handlers) {
    let all = true;
    for (let i = 0; i < kTraceEvents.length; i++) {
      const event = kTraceEvents[i];
      if (handlers[event] && !this[event]?.unsubscribe(handlers[event])) all = false;
    }
    return all;
  }

  traceSync(fn, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    const { start, end, error } = this;
    return start.runStores(context, () => {
      try {
        const result = ReflectApply(fn, thisArg, args);
        context.result = result;
        return result;
      } catch (failure) {
        context.error = failure;
        error.publish(context);
        throw failure;
      } finally {
        end.publish(context);
      }
    });
  }

  tracePromise(fn, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    const { start, end, asyncStart, asyncEnd, error } = this;

    function onFailed(failure) {
      context.error = failure;
      error.publish(context);
      asyncStart.publish(context);
      // Between the two runs what the program does with the result.
      asyncEnd.publish(context);
      return PromiseReject(failure);
    }
    function onDone(result) {
      context.result = result;
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return result;
    }

    return start.runStores(context, () => {
      try {
        let promise = ReflectApply(fn, thisArg, args);
        // A thenable of another make becomes a promise.
        if (!(promise instanceof Promise)) promise = PromiseResolve(promise);
        return PromisePrototypeThen(promise, onDone, onFailed);
      } catch (failure) {
        context.error = failure;
        error.publish(context);
        throw failure;
      } finally {
        end.publish(context);
      }
    });
  }

  traceCallback(fn, position = -1, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    const { start, end, asyncStart, asyncEnd, error } = this;
    const callback = ArrayPrototypeAt(args, position);
    validateFunction(callback, 'callback');

    function traced(failure, result) {
      if (failure) {
        context.error = failure;
        error.publish(context);
      } else {
        context.result = result;
      }
      asyncStart.runStores(context, () => {
        try {
          return ReflectApply(callback, this, arguments);
        } finally {
          asyncEnd.publish(context);
        }
      });
    }
    ArrayPrototypeSplice(args, position, 1, traced);

    return start.runStores(context, () => {
      try {
        return ReflectApply(fn, thisArg, args);
      } catch (failure) {
        context.error = failure;
        error.publish(context);
        throw failure;
      } finally {
        end.publish(context);
      }
    });
  }
}

function tracingPart(nameOrChannels, event) {
  if (typeof nameOrChannels === 'string') return channel(`tracing:${nameOrChannels}:${event}`);
  if (typeof nameOrChannels === 'object' && nameOrChannels !== null) {
    const part = nameOrChannels[event];
    if (!(part instanceof Channel)) throw new ERR_INVALID_ARG_TYPE(`nameOrChannels.${event}`, ['Channel'], part);
    return part;
  }
  throw new ERR_INVALID_ARG_TYPE(
    'nameOrChannels', ['string', 'object', 'TracingChannel'], nameOrChannels);
}

function tracingChannel(nameOrChannels) {
  return new TracingChannel(nameOrChannels);
}

module.exports = {
  channel,
  hasSubscribers,
  subscribe,
  tracingChannel,
  unsubscribe,
  Channel,
};

// From now on somebody may listen.
require('internal/diagnostics').state.loaded = true;
