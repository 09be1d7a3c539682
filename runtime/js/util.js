// `node:util`.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePop, ErrorCaptureStackTrace, FunctionPrototypeBind, NumberIsSafeInteger, ObjectDefineProperties,
  ObjectDefineProperty, ObjectGetOwnPropertyDescriptors, ObjectKeys, ObjectSetPrototypeOf, Promise, ReflectApply, ReflectOwnKeys,
  StringPrototypeToWellFormed,
} = primordials;
const native = binding('util');
const {
  codes: { ERR_FALSY_VALUE_REJECTION, ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE },
  errnoException, exceptionWithHostPort,
} = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateFunction, validateInteger, validateNumber, validateObject, validateString } = require('internal/validators');
const { format, formatWithOptions, inspect, stripVTControlCharacters } = require('internal/util/inspect');
const { convertProcessSignalToExitCode, defineLazyProperties, deprecate, errorWithoutFrames, promisify } = require('internal/util');
const { debuglog } = require('internal/util/debuglog');
const types = require('internal/util/types');

/** Frames that `getCallSites` may be asked for. */
const CALL_SITES_MAX = 200;
const CALL_SITES = 10;

function inherits(ctor, superCtor) {
  if (ctor === undefined || ctor === null) throw new ERR_INVALID_ARG_TYPE('ctor', 'Function', ctor);
  if (superCtor === undefined || superCtor === null) throw new ERR_INVALID_ARG_TYPE('superCtor', 'Function', superCtor);
  if (superCtor.prototype === undefined) throw new ERR_INVALID_ARG_TYPE('superCtor.prototype', 'Object', superCtor.prototype);
  ObjectDefineProperty(ctor, 'super_', { __proto__: null, value: superCtor, writable: true, configurable: true });
  ObjectSetPrototypeOf(ctor.prototype, superCtor.prototype);
}

function extend(target, source) {
  if (source === null || typeof source !== 'object') return target;
  const keys = ObjectKeys(source);
  for (let i = keys.length - 1; i >= 0; i--) target[keys[i]] = source[keys[i]];
  return target;
}

// A callback takes a falsy first argument for success, so a falsy reason is wrapped.
function callRejected(reason, callback) {
  if (!reason) {
    reason = new ERR_FALSY_VALUE_REJECTION(reason);
    ErrorCaptureStackTrace(reason, callRejected);
  }
  return callback(reason);
}

function callbackify(original) {
  validateFunction(original, 'original');
  function callbackified(...args) {
    const last = ArrayPrototypePop(args);
    validateFunction(last, 'last argument');
    const callback = FunctionPrototypeBind(last, this);
    const process = require('process');
    ReflectApply(original, this, args).then(
      (value) => process.nextTick(callback, null, value),
      (reason) => process.nextTick(callRejected, reason, callback));
  }
  const descriptors = ObjectGetOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name.value === 'string') descriptors.name.value += 'Callbackified';
  const keys = ReflectOwnKeys(descriptors);
  for (let i = 0; i < keys.length; i++) ObjectSetPrototypeOf(descriptors[keys[i]], null);
  return ObjectDefineProperties(callbackified, descriptors);
}

function checkErrno(err) {
  validateNumber(err, 'err');
  if (err >= 0 || !NumberIsSafeInteger(err)) throw new ERR_OUT_OF_RANGE('err', 'a negative integer', err);
}

function getSystemErrorMap() {
  return new primordials.Map(require('internal/uv_errors').errors);
}

function getSystemErrorName(err) {
  checkErrno(err);
  return require('internal/uv_errors').errname(err);
}

function getSystemErrorMessage(err) {
  checkErrno(err);
  return require('internal/uv_errors').errors.get(err)?.[1] ?? `Unknown system error ${err}`;
}

function _errnoException(...args) {
  const error = errorWithoutFrames(() => errnoException(...args));
  ErrorCaptureStackTrace(error, _errnoException);
  return error;
}

function _exceptionWithHostPort(...args) {
  const error = errorWithoutFrames(() => exceptionWithHostPort(...args));
  ErrorCaptureStackTrace(error, _exceptionWithHostPort);
  return error;
}

function getCallSites(frameCount = CALL_SITES, options = undefined) {
  if (options === undefined && typeof frameCount === 'object') {
    options = frameCount;
    frameCount = CALL_SITES;
    validateObject(options, 'options');
  } else if (options !== undefined) {
    validateObject(options, 'options');
  }
  if (options?.sourceMap !== undefined) validateBoolean(options.sourceMap, 'options.sourceMap');
  validateInteger(frameCount, 'frameCount', 1, CALL_SITES_MAX);
  return native.getCallSites(frameCount);
}

function markPromiseAsHandled(promise) {
  if (!types.isPromise(promise)) throw new ERR_INVALID_ARG_TYPE('promise', 'Promise', promise);
  native.markPromiseAsHandled(promise);
}

function setTraceSigInt(enable) {
  validateBoolean(enable, 'enable');
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('util.setTraceSigInt');
}

// Settles when `signal` is aborted, unless `resource` is gone by then.
async function aborted(signal, resource) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  if (typeof resource !== 'function' && !ArrayIsArray(resource)) validateObject(resource, 'resource');
  if (signal.aborted) return undefined;
  const { kWeakHandler, kResistStopPropagation } = require('internal/event_target');
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), {
      __proto__: null, once: true, [kWeakHandler]: resource, [kResistStopPropagation]: true,
    });
  });
}

module.exports = {
  _errnoException,
  _exceptionWithHostPort,
  _extend: deprecate(extend, 'The `util._extend` API is deprecated. Please use Object.assign() instead.', 'DEP0060'),
  callbackify,
  convertProcessSignalToExitCode,
  debug: debuglog,
  debuglog,
  deprecate,
  format,
  styleText: undefined,
  formatWithOptions,
  getCallSites,
  getSystemErrorMap,
  getSystemErrorName,
  getSystemErrorMessage,
  inherits,
  inspect,
  isArray: deprecate(ArrayIsArray, 'The `util.isArray` API is deprecated. Please use `Array.isArray()` instead.', 'DEP0044'),
  isDeepStrictEqual(val1, val2, options) {
    return require('internal/util/deep_equal').isDeepStrictEqual(val1, val2, options);
  },
  markPromiseAsHandled,
  promisify,
  stripVTControlCharacters,
  toUSVString(input) { return StringPrototypeToWellFormed(`${input}`); },
  get transferableAbortSignal() { return require('internal/abort_controller').transferableAbortSignal; },
  get transferableAbortController() { return require('internal/abort_controller').transferableAbortController; },
  aborted,
  types,
  parseEnv(content) {
    validateString(content, 'content');
    return require('internal/util/parse_env').parseEnv(content);
  },
};

defineLazyProperties(module.exports, 'internal/util/style_text', ['styleText']);
defineLazyProperties(module.exports, 'internal/util/parse_args', ['parseArgs']);
defineLazyProperties(module.exports, 'internal/encoding', ['TextDecoder', 'TextEncoder']);
defineLazyProperties(module.exports, 'internal/mime', ['MIMEType', 'MIMEParams']);
defineLazyProperties(module.exports, 'internal/util/diff', ['diff']);
defineLazyProperties(module.exports, 'internal/util/rate_limit', ['debounce', 'throttle']);
module.exports.setTraceSigInt = setTraceSigInt;
