// Checks of arguments, which throw Node's errors.
'use strict';

const { codes, hideStackFrames } = require('internal/errors');
const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeJoin, ArrayPrototypeMap, NumberIsFinite, NumberIsInteger, NumberIsNaN,
  NumberParseInt, RegExpPrototypeExec, String, StringPrototypeToUpperCase,
  StringPrototypeTrim,
} = primordials;

const MAX = Number.MAX_SAFE_INTEGER;
const MIN = Number.MIN_SAFE_INTEGER;

function isInt32(value) {
  return value === (value | 0);
}

function isUint32(value) {
  return value === (value >>> 0);
}

const validateInteger = hideStackFrames((value, name, min = MIN, max = MAX) => {
  if (typeof value !== 'number') throw new codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!NumberIsInteger(value)) throw new codes.ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max) throw new codes.ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
});

const validateInt32 = hideStackFrames((value, name, min = -2147483648, max = 2147483647) => {
  if (typeof value !== 'number') throw new codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!NumberIsInteger(value)) throw new codes.ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max) throw new codes.ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
});

const validateUint32 = hideStackFrames((value, name, positive = false) => {
  if (typeof value !== 'number') throw new codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!NumberIsInteger(value)) throw new codes.ERR_OUT_OF_RANGE(name, 'an integer', value);
  const min = positive ? 1 : 0;
  if (value < min || value > 4294967295) throw new codes.ERR_OUT_OF_RANGE(name, `>= ${min} && <= 4294967295`, value);
});

const OCTAL = /^[0-7]+$/;

function parseFileMode(value, name, fallback) {
  value ??= fallback;
  if (typeof value === 'string') {
    if (RegExpPrototypeExec(OCTAL, value) === null) {
      throw new codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a 32-bit unsigned integer or an octal string');
    }
    value = NumberParseInt(value, 8);
  }
  validateUint32(value, name);
  return value;
}

const validateString = hideStackFrames((value, name) => {
  if (typeof value !== 'string') throw new codes.ERR_INVALID_ARG_TYPE(name, 'string', value);
});

const validateNumber = hideStackFrames((value, name, min = undefined, max = undefined) => {
  if (typeof value !== 'number') throw new codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  const outside = (min !== undefined && value < min) || (max !== undefined && value > max);
  if (outside || ((min !== undefined || max !== undefined) && NumberIsNaN(value))) {
    const low = min === undefined ? '' : `>= ${min}`;
    const high = max === undefined ? '' : `<= ${max}`;
    throw new codes.ERR_OUT_OF_RANGE(name, low && high ? `${low} && ${high}` : low || high, value);
  }
});

const validateOneOf = hideStackFrames((value, name, oneOf) => {
  if (ArrayPrototypeIncludes(oneOf, value)) return;
  const allowed = ArrayPrototypeJoin(ArrayPrototypeMap(oneOf, (v) => (typeof v === 'string' ? `'${v}'` : String(v))), ', ');
  throw new codes.ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${allowed}`);
});

const validateBoolean = hideStackFrames((value, name) => {
  if (typeof value !== 'boolean') throw new codes.ERR_INVALID_ARG_TYPE(name, 'boolean', value);
});

const kValidateObjectNone = 0;
const kValidateObjectAllowNullable = 1;
const kValidateObjectAllowArray = 2;
const kValidateObjectAllowFunction = 4;
const kValidateObjectAllowObjects = 3;
const kValidateObjectAllowObjectsAndNull = 7;

const validateObject = hideStackFrames((value, name, options = kValidateObjectNone) => {
  if (typeof options !== 'number') {
    options = (options?.nullable ? kValidateObjectAllowNullable : 0) | (options?.allowArray ? kValidateObjectAllowArray : 0) |
      (options?.allowFunction ? kValidateObjectAllowFunction : 0);
  }
  const isAllowed =
    (value === null && (options & kValidateObjectAllowNullable) !== 0) ||
    (ArrayIsArray(value) ? (options & kValidateObjectAllowArray) !== 0 : typeof value === 'object' && value !== null) ||
    (typeof value === 'function' && (options & kValidateObjectAllowFunction) !== 0);
  if (!isAllowed) throw new codes.ERR_INVALID_ARG_TYPE(name, 'Object', value);
});

const validateDictionary = hideStackFrames((value, name) => {
  if (value !== null && value !== undefined && typeof value !== 'object' && typeof value !== 'function') {
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'a dictionary', value);
  }
});

const validateArray = hideStackFrames((value, name, minLength = 0) => {
  if (!ArrayIsArray(value)) throw new codes.ERR_INVALID_ARG_TYPE(name, 'Array', value);
  if (value.length < minLength) throw new codes.ERR_INVALID_ARG_VALUE(name, value, `must be longer than ${minLength}`);
});

function validateArrayOf(type) {
  return hideStackFrames((value, name) => {
    validateArray(value, name);
    for (let i = 0; i < value.length; i++) {
      if (typeof value[i] !== type) throw new codes.ERR_INVALID_ARG_TYPE(`${name}[${i}]`, type, value[i]);
    }
  });
}

const validateSignalName = hideStackFrames((signal, name = 'signal') => {
  validateString(signal, name);
  const { signals } = require('os').constants;
  if (signals[signal] === undefined) {
    if (signals[StringPrototypeToUpperCase(signal)] !== undefined) {
      throw new codes.ERR_UNKNOWN_SIGNAL(`${signal} (signals must use all capital letters)`);
    }
    throw new codes.ERR_UNKNOWN_SIGNAL(signal);
  }
});

const validateBuffer = hideStackFrames((buffer, name = 'buffer') => {
  if (!ArrayBuffer.isView(buffer)) throw new codes.ERR_INVALID_ARG_TYPE(name, ['Buffer', 'TypedArray', 'DataView'], buffer);
});

function validateEncoding(data, encoding) {
  const lower = `${encoding}`.toLowerCase();
  if (lower === 'hex' && data.length % 2 !== 0) {
    throw new codes.ERR_INVALID_ARG_VALUE('encoding', encoding, `is invalid for data of length ${data.length}`);
  }
}

const validatePort = hideStackFrames((port, name = 'Port', allowZero = true) => {
  const isNumeric = typeof port === 'number' || (typeof port === 'string' && StringPrototypeTrim(port).length > 0);
  if (!isNumeric || +port !== (+port >>> 0) || port > 0xffff || (+port === 0 && !allowZero)) {
    throw new codes.ERR_SOCKET_BAD_PORT(name, port, allowZero);
  }
  return port | 0;
});

const validateAbortSignal = hideStackFrames((signal, name) => {
  if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal))) {
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'AbortSignal', signal);
  }
});

const validateFunction = hideStackFrames((value, name) => {
  if (typeof value !== 'function') throw new codes.ERR_INVALID_ARG_TYPE(name, 'Function', value);
});

const validatePlainFunction = hideStackFrames((value, name) => {
  if (typeof value !== 'function' || binding('util').isAsyncFunction(value)) throw new codes.ERR_INVALID_ARG_TYPE(name, 'Function', value);
});

const validateUndefined = hideStackFrames((value, name) => {
  if (value !== undefined) throw new codes.ERR_INVALID_ARG_TYPE(name, 'undefined', value);
});

const validateFiniteNumber = hideStackFrames((value, name) => {
  if (value === undefined) return false;
  if (NumberIsFinite(value)) return true;
  if (NumberIsNaN(value)) return false;
  validateNumber(value, name);
  throw new codes.ERR_OUT_OF_RANGE(name, 'a finite number', value);
});

const checkRangesOrGetDefault = hideStackFrames((value, name, lower, upper, fallback) => {
  if (!validateFiniteNumber(value, name)) return fallback;
  if (value < lower || value > upper) throw new codes.ERR_OUT_OF_RANGE(name, `>= ${lower} and <= ${upper}`, value);
  return value;
});

function validateUnion(value, name, union) {
  if (!ArrayPrototypeIncludes(union, value)) throw new codes.ERR_INVALID_ARG_TYPE(name, `('${ArrayPrototypeJoin(union, '|')}')`, value);
}

const validateThisInternalField = hideStackFrames((object, field, className) => {
  if (object === null || typeof object !== 'object' || !(field in object)) throw new codes.ERR_INVALID_THIS(className);
});

module.exports = {
  isInt32, isUint32, parseFileMode, validateArray, validateStringArray: validateArrayOf('string'),
  validateBooleanArray: validateArrayOf('boolean'), validateAbortSignalArray: hideStackFrames((list, name) => {
    validateArray(list, name);
    for (let i = 0; i < list.length; i++) validateAbortSignal(list[i], `${name}[${i}]`);
  }),
  validateBoolean, validateBuffer, validateDictionary, validateEncoding, validateFunction, validateInt32, validateInteger,
  validateNumber, validateObject, kValidateObjectNone, kValidateObjectAllowNullable, kValidateObjectAllowArray,
  kValidateObjectAllowFunction, kValidateObjectAllowObjects, kValidateObjectAllowObjectsAndNull, validateOneOf,
  validatePlainFunction, validatePort, validateSignalName, validateString, validateUint32, validateUndefined, validateUnion,
  validateAbortSignal, validateFiniteNumber, checkRangesOrGetDefault, validateThisInternalField,
};
