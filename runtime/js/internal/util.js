// Small tools that core modules share, of which `util` shows some: promisify, deprecate, lazy properties.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, Error, ErrorCaptureStackTrace, ObjectDefineProperties, ObjectDefineProperty, ObjectFreeze,
  ObjectGetOwnPropertyDescriptor, ObjectGetOwnPropertyDescriptors, ObjectGetPrototypeOf, ObjectSetPrototypeOf, Promise,
  ReflectApply, ReflectConstruct, ReflectOwnKeys, RegExpPrototypeExec, SafeSet, StringPrototypeIncludes,
  StringPrototypeStartsWith, StringPrototypeToLowerCase, Symbol, SymbolFor,
} = primordials;
const native = binding('util');

const kCustomPromisify = SymbolFor('nodejs.util.promisify.custom');
const kCustomPromisifyArgs = Symbol('customPromisifyArgs');
const kEmptyObject = ObjectFreeze({ __proto__: null });
const kEnumerableProperty = ObjectFreeze({ __proto__: null, enumerable: true });
/** Frames looked at to find who called. */
const CALLER_FRAMES_MAX = 10;

function isError(value) {
  return require('internal/util/inspect').isError(value);
}

// Node's spelling of an encoding's name, undefined when there is no such encoding.
function normalizeEncoding(encoding) {
  switch (encoding === undefined || encoding === null || encoding === '' ? 'utf8' : StringPrototypeToLowerCase(`${encoding}`)) {
    case 'utf8': case 'utf-8': return 'utf8';
    case 'ucs2': case 'ucs-2': case 'utf16le': case 'utf-16le': return 'utf16le';
    case 'latin1': case 'binary': return 'latin1';
    case 'base64': return 'base64';
    case 'base64url': return 'base64url';
    case 'hex': return 'hex';
    case 'ascii': return 'ascii';
    default: return undefined;
  }
}

// --- promisify ---

function copyProperties(target, source) {
  const descriptors = ObjectGetOwnPropertyDescriptors(source);
  const keys = ReflectOwnKeys(descriptors);
  for (let i = 0; i < keys.length; i++) ObjectSetPrototypeOf(descriptors[keys[i]], null);
  return ObjectDefineProperties(target, descriptors);
}

function markPromisified(fn) {
  return ObjectDefineProperty(fn, kCustomPromisify, {
    __proto__: null, value: fn, enumerable: false, writable: false, configurable: true,
  });
}

function named(names, values) {
  const object = {};
  for (let i = 0; i < names.length; i++) object[names[i]] = values[i];
  return object;
}

function promisify(original) {
  const { validateFunction } = require('internal/validators');
  validateFunction(original, 'original');
  const custom = original[kCustomPromisify];
  if (custom) {
    validateFunction(custom, 'util.promisify.custom');
    return markPromisified(custom);
  }
  // With several results, such as those of `fs.read`, the promise gives an object with these names.
  const names = original[kCustomPromisifyArgs];

  function fn(...args) {
    return new Promise((resolve, reject) => {
      ArrayPrototypePush(args, (error, ...values) => {
        if (error) reject(error);
        else resolve(names !== undefined && values.length > 1 ? named(names, values) : values[0]);
      });
      if (native.isPromise(ReflectApply(original, this, args))) {
        require('process').emitWarning('Calling promisify on a function that returns a Promise is likely a mistake.',
          'DeprecationWarning', 'DEP0174');
      }
    });
  }
  ObjectSetPrototypeOf(fn, ObjectGetPrototypeOf(original));
  markPromisified(fn);
  return copyProperties(fn, original);
}
promisify.custom = kCustomPromisify;

// --- deprecation ---

const warnedCodes = new SafeSet();

function warnOnce(code, message, about) {
  let warned = false;
  return () => {
    if (warned) return;
    warned = true;
    const process = require('process');
    if (code === undefined) return process.emitWarning(message, 'DeprecationWarning', about);
    if (warnedCodes.has(code)) return;
    warnedCodes.add(code);
    process.emitWarning(message, 'DeprecationWarning', code, about);
  };
}

// `modifyPrototype: false` leaves the prototype chain of the wrapper alone.
function deprecate(fn, message, code, { modifyPrototype = true } = kEmptyObject) {
  if (code !== undefined) require('internal/validators').validateString(code, 'code');
  const warn = warnOnce(code, message, deprecated);

  function deprecated(...args) {
    if (!require('process').noDeprecation) warn();
    return new.target ? ReflectConstruct(fn, args, new.target) : ReflectApply(fn, this, args);
  }
  if (!modifyPrototype) return deprecated;
  ObjectSetPrototypeOf(deprecated, fn);
  if (fn.prototype) deprecated.prototype = fn.prototype;
  ObjectDefineProperty(deprecated, 'length', { __proto__: null, ...ObjectGetOwnPropertyDescriptor(fn, 'length') });
  return deprecated;
}

function deprecateInstantiation(target, code, ...args) {
  warnOnce(code, `Instantiating ${target.name} without the 'new' keyword has been deprecated.`, target)();
  return ReflectConstruct(target, args);
}

const experimentalWarnings = new SafeSet();
function emitExperimentalWarning(feature, prefix, code, constructor) {
  if (experimentalWarnings.has(feature)) return;
  experimentalWarnings.add(feature);
  const message = `${prefix ? `${prefix} ` : ''}${feature} is an experimental feature and might change at any time`;
  require('process').emitWarning(message, 'ExperimentalWarning', code, constructor);
}

// --- where the caller's code lives ---

function isUnderNodeModules(path) {
  return RegExpPrototypeExec(/[\\/]node_modules[\\/]/, path) !== null;
}

// Whether the nearest frame outside of the runtime belongs to a package.
function isInsideNodeModules(framesMax = CALLER_FRAMES_MAX) {
  const sites = native.getCallSites(framesMax);
  for (let i = 0; i < sites.length; i++) {
    const name = sites[i].scriptName;
    if (name === '' || StringPrototypeStartsWith(name, 'node:')) continue;
    return StringPrototypeIncludes(name, 'node_modules') && isUnderNodeModules(name);
  }
  return false;
}

// --- properties ---

// A getter that loads `id` on first use and then becomes a plain property.
function defineLazyProperties(target, id, keys, enumerable = true) {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const define = (value) => ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable, configurable: true });
    ObjectDefineProperty(target, key, {
      __proto__: null, enumerable, configurable: true,
      get() {
        const value = require(id)[key];
        define(value);
        return value;
      },
      set: define,
    });
  }
}

function setOwnProperty(object, key, value) {
  return ObjectDefineProperty(object, key, { __proto__: null, configurable: true, enumerable: true, value, writable: true });
}

function assignFunctionName(name, fn) {
  const text = typeof name === 'symbol' ? `[${name.description}]` : name;
  return ObjectDefineProperty(fn, 'name', { __proto__: null, configurable: true, value: text });
}

function once(callback) {
  let called = false;
  return function(...args) {
    if (called) return;
    called = true;
    return ReflectApply(callback, this, args);
  };
}

function getLazy(initialize) {
  let value;
  let done = false;
  return () => {
    if (!done) {
      value = initialize();
      done = true;
    }
    return value;
  };
}

function lazyDOMExceptionClass() {
  return require('internal/domexception').DOMException;
}

function spliceOne(list, index) {
  for (; index + 1 < list.length; index++) list[index] = list[index + 1];
  list.pop();
}

function convertToValidSignal(signal) {
  const { signals } = require('os').constants;
  const { codes } = require('internal/errors');
  if (typeof signal === 'number') {
    for (const name of ReflectOwnKeys(signals)) if (signals[name] === signal) return signal;
  }
  if (typeof signal === 'string') {
    const number = signals[signal.toUpperCase()];
    if (number) return number;
  }
  throw new codes.ERR_UNKNOWN_SIGNAL(signal);
}

// The exit code of a shell for a process that a signal ended.
function convertProcessSignalToExitCode(signal) {
  const { signals } = require('os').constants;
  require('internal/validators').validateOneOf(signal, 'signal', ReflectOwnKeys(signals));
  return 128 + signals[signal];
}

// `decorateErrorStack`-like: an error without frames, cheap to make.
function errorWithoutFrames(make) {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

module.exports = {
  customInspectSymbol: SymbolFor('nodejs.util.inspect.custom'), customPromisifyArgs: kCustomPromisifyArgs, kEmptyObject,
  kEnumerableProperty, isError, normalizeEncoding, promisify, deprecate, deprecateInstantiation, emitExperimentalWarning,
  isUnderNodeModules, isInsideNodeModules, defineLazyProperties, setOwnProperty, assignFunctionName, copyProperties, once, getLazy,
  lazyDOMExceptionClass, lazyDOMException: (message, name) => new (lazyDOMExceptionClass())(message, name), spliceOne,
  convertToValidSignal, convertProcessSignalToExitCode, errorWithoutFrames, isArray: ArrayIsArray, captureStack: ErrorCaptureStackTrace,
};
