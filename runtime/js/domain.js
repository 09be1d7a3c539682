'use strict';

// node:domain (deprecated in Node, and still in use): what is made and scheduled while a domain is entered belongs to it,
// and its errors come to the domain as 'error' events. Loading this module turns on the hooks of `async_hooks`.

const {
  ArrayPrototypeIndexOf, ArrayPrototypeLastIndexOf, ArrayPrototypePush, ArrayPrototypeSlice, ArrayPrototypeSplice,
  FunctionPrototypeCall, ObjectDefineProperty, ObjectIsFrozen, ObjectSetPrototypeOf, Promise, ReflectApply, SafeMap, SafeWeakRef,
} = primordials;

const EventEmitter = require('events');
const {
  codes: {
    ERR_DOMAIN_CALLBACK_NOT_AVAILABLE, ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE, ERR_UNHANDLED_ERROR,
  },
} = require('internal/errors');
const { createHook } = require('async_hooks');
const uncaught = require('internal/process/uncaught');
const process = require('process');

if (uncaught.hasCapture()) throw new ERR_DOMAIN_CALLBACK_NOT_AVAILABLE();

// Domains that are entered, the active one last.
let stack = [];
let active = null;

// Says where the other of two things that exclude each other was loaded, as Node does.
const loadedAt = new primordials.Error('require(`domain`) at this point').stack;
function refuse() {
  const error = new ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE();
  error.stack += `\n${'-'.repeat(40)}\n${loadedAt}`;
  throw error;
}
process.setUncaughtExceptionCaptureCallback = refuse;

function showActive(holder, name) {
  ObjectDefineProperty(holder, name, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: () => active,
    set(value) { active = value; },
  });
}
showActive(process, 'domain');
showActive(exports, 'active');

// Which domain a resource was made in. The resource itself keeps the domain, and programs look at it there.
const domainOf = new SafeMap();

const hook = createHook({
  init(id, type, triggerId, resource) {
    if (active === null || active === undefined) return;
    domainOf.set(id, new SafeWeakRef(active));
    // A promise of another realm is left as it is.
    if (type === 'PROMISE' && !(resource instanceof Promise)) return;
    ObjectDefineProperty(resource, 'domain', {
      __proto__: null, configurable: true, enumerable: false, value: active, writable: true,
    });
  },
  before(id) {
    domainOf.get(id)?.deref()?.enter();
  },
  after(id) {
    domainOf.get(id)?.deref()?.exit();
  },
  destroy(id) {
    domainOf.delete(id);
  },
});

function become(list) {
  stack = list;
  active = list.length === 0 ? undefined : list[list.length - 1];
  changed();
}

// While a domain is entered, errors that nobody caught are its business first.
function changed() {
  uncaught.setDomainCapture(stack.length === 0 ? null : (error) => (active ?? stack[stack.length - 1])._errorHandler(error));
}

function Domain() {
  if (!(this instanceof Domain)) return new Domain();
  FunctionPrototypeCall(EventEmitter, this);
  this.members = [];
  hook.enable();
  return this;
}
ObjectSetPrototypeOf(Domain.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Domain, EventEmitter);
const { prototype } = Domain;

prototype.enter = function enter() {
  active = this;
  ArrayPrototypePush(stack, this);
  changed();
};

prototype.exit = function exit() {
  const at = ArrayPrototypeLastIndexOf(stack, this);
  if (at === -1) return;
  ArrayPrototypeSplice(stack, at, stack.length - at);
  become(stack);
};

// An error that was thrown while this domain was active, and not caught. Returns whether somebody took it.
prototype._errorHandler = function(error) {
  if ((typeof error === 'object' && error !== null) || typeof error === 'function') {
    if (!ObjectIsFrozen(error)) {
      ObjectDefineProperty(error, 'domain', {
        __proto__: null, configurable: true, enumerable: false, value: this, writable: true,
      });
      error.domainThrown = true;
    }
  }
  // The handler runs outside its domain.
  const at = ArrayPrototypeLastIndexOf(stack, this);
  become(at === -1 ? stack : ArrayPrototypeSlice(stack, 0, at));
  try {
    return stack.length === 0 ? emitAlone(this, error) : emitInside(this, error);
  } finally {
    stack = [];
    active = null;
    changed();
  }
};

// What the handler of the outermost domain throws ends the process.
function emitAlone(domain, error) {
  return domain.listenerCount('error') > 0 && domain.emit('error', error);
}

// What the handler of an inner domain throws is the business of the next one.
function emitInside(domain, error) {
  const outer = active;
  try {
    return domain.emit('error', error);
  } catch (second) {
    return outer._errorHandler(second);
  }
}

prototype.add = function add(emitter) {
  if (emitter.domain === this) return;
  if (emitter.domain) emitter.domain.remove(emitter);
  // A domain in a domain in itself would hand an error around forever.
  if (this.domain && emitter instanceof Domain) {
    for (let outer = this.domain; outer; outer = outer.domain) if (emitter === outer) return;
  }
  ObjectDefineProperty(emitter, 'domain', {
    __proto__: null, configurable: true, enumerable: false, value: this, writable: true,
  });
  ArrayPrototypePush(this.members, emitter);
};

prototype.remove = function remove(emitter) {
  emitter.domain = null;
  const at = ArrayPrototypeIndexOf(this.members, emitter);
  if (at !== -1) ArrayPrototypeSplice(this.members, at, 1);
};

prototype.run = function run(callback, ...args) {
  this.enter();
  const result = ReflectApply(callback, this, args);
  this.exit();
  return result;
};

// Like `bind`, but an error in the first argument goes to the domain.
prototype.intercept = function intercept(callback) {
  const domain = this;
  return function(error, ...args) {
    if (error && error instanceof primordials.Error) {
      error.domainBound = callback;
      error.domainThrown = false;
      ObjectDefineProperty(error, 'domain', {
        __proto__: null, configurable: true, enumerable: false, value: domain, writable: true,
      });
      domain.emit('error', error);
      return undefined;
    }
    return within(domain, this, callback, args);
  };
};

prototype.bind = function bind(callback) {
  const domain = this;
  function runBound(...args) {
    return within(domain, this, callback, args);
  }
  ObjectDefineProperty(runBound, 'domain', {
    __proto__: null, configurable: true, enumerable: false, value: this, writable: true,
  });
  return runBound;
};

function within(domain, self, callback, args) {
  domain.enter();
  const result = ReflectApply(callback, self, args);
  domain.exit();
  return result;
}

// Emitters: each belongs to the domain in which it was made, runs its listeners there, and has its errors go there.

const { init } = EventEmitter;
EventEmitter.usingDomains = true;
EventEmitter.init = function(options) {
  ObjectDefineProperty(this, 'domain', {
    __proto__: null, configurable: true, enumerable: false, value: null, writable: true,
  });
  if (active && !(this instanceof Domain)) this.domain = active;
  return FunctionPrototypeCall(init, this, options);
};

const { emit } = EventEmitter.prototype;
EventEmitter.prototype.emit = function(...args) {
  const { domain } = this;
  const isError = args[0] === 'error';
  if (domain === null || domain === undefined || this === process) {
    return ReflectApply(emit, this, args);
  }
  if (isError && this.listenerCount('error') === 0) return emitInDomain(this, domain, args);
  domain.enter();
  const heard = ReflectApply(emit, this, args);
  domain.exit();
  return heard;
};

// An 'error' event without a listener. The handler runs outside its domain.
function emitInDomain(emitter, domain, args) {
  const error = args.length > 1 && args[1] ? args[1] : new ERR_UNHANDLED_ERROR(args[1]);
  if (typeof error === 'object') {
    error.domainEmitter = emitter;
    ObjectDefineProperty(error, 'domain', {
      __proto__: null, configurable: true, enumerable: false, value: domain, writable: true,
    });
    error.domainThrown = false;
  }
  const before = stack;
  const activeBefore = active;
  let at = ArrayPrototypeLastIndexOf(stack, domain);
  while (at > 0 && stack[at - 1] === domain) at--;
  if (at !== -1) become(ArrayPrototypeSlice(stack, 0, at));
  active ??= null;
  domain.emit('error', error);
  stack = before;
  active = activeBefore;
  changed();
  return false;
}

exports.Domain = Domain;
exports.create = exports.createDomain = function createDomain() {
  return new Domain();
};
ObjectDefineProperty(exports, '_stack', { __proto__: null, configurable: true, enumerable: true, get: () => stack });
