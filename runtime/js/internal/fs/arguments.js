// Arguments of `fs` functions: checked as Node checks them, in the form that the native operations take.
'use strict';

const {
  ArrayPrototypePop,
  DateNow,
  DatePrototypeGetTime,
  NumberIsFinite,
  ObjectAssign,
  StringPrototypeIncludes,
  TypedArrayPrototypeIncludes,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { parseFileMode, validateFunction, validateInt32, validateAbortSignal, validateOneOf } = require('internal/validators');
const { toPathIfFileURL } = require('internal/url');
const { isDate, isUint8Array } = require('internal/util/types');
const { constants } = binding('fs');

const kDefaultMode = 0o666;

function getValidatedPath(given, name = 'path') {
  const path = toPathIfFileURL(given);
  if (typeof path === 'string') {
    if (StringPrototypeIncludes(path, '\0')) throw noNull(name, path);
    return path;
  }
  if (isUint8Array(path)) {
    if (TypedArrayPrototypeIncludes(path, 0)) throw noNull(name, path);
    return path;
  }
  throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], path);
}

function noNull(name, path) {
  return new ERR_INVALID_ARG_VALUE(name, path, 'must be a string, Uint8Array, or URL without null bytes');
}

function getValidatedFd(fd) {
  if (typeof fd !== 'number') throw new ERR_INVALID_ARG_TYPE('fd', 'number', fd);
  validateInt32(fd, 'fd', 0, 2147483647);
  return fd;
}

const FLAGS = {
  __proto__: null,
  'r': constants.O_RDONLY,
  'rs': constants.O_RDONLY | constants.O_SYNC,
  'sr': constants.O_RDONLY | constants.O_SYNC,
  'r+': constants.O_RDWR,
  'rs+': constants.O_RDWR | constants.O_SYNC,
  'sr+': constants.O_RDWR | constants.O_SYNC,
  'w': constants.O_TRUNC | constants.O_CREAT | constants.O_WRONLY,
  'wx': constants.O_TRUNC | constants.O_CREAT | constants.O_WRONLY | constants.O_EXCL,
  'xw': constants.O_TRUNC | constants.O_CREAT | constants.O_WRONLY | constants.O_EXCL,
  'w+': constants.O_TRUNC | constants.O_CREAT | constants.O_RDWR,
  'wx+': constants.O_TRUNC | constants.O_CREAT | constants.O_RDWR | constants.O_EXCL,
  'xw+': constants.O_TRUNC | constants.O_CREAT | constants.O_RDWR | constants.O_EXCL,
  'a': constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY,
  'ax': constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_EXCL,
  'xa': constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_EXCL,
  'as': constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_SYNC,
  'sa': constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_SYNC,
  'a+': constants.O_APPEND | constants.O_CREAT | constants.O_RDWR,
  'ax+': constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_EXCL,
  'xa+': constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_EXCL,
  'as+': constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_SYNC,
  'sa+': constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_SYNC,
};

function toFlags(flags, name = 'flags') {
  if (typeof flags === 'number') {
    validateInt32(flags, name);
    return flags;
  }
  if (flags === undefined || flags === null) return constants.O_RDONLY;
  const found = FLAGS[flags];
  if (found === undefined) throw new ERR_INVALID_ARG_VALUE(name, flags);
  return found;
}

function toMode(mode, fallback, name = 'mode') {
  return parseFileMode(mode, name, fallback);
}

// Seconds since the epoch.
function toSeconds(time, name = 'time') {
  if (typeof time === 'string' && +time == time) return +time; // eslint-disable-line eqeqeq
  if (NumberIsFinite(time)) return time < 0 ? DateNow() / 1000 : time;
  if (isDate(time)) return DatePrototypeGetTime(time) / 1000;
  throw new ERR_INVALID_ARG_TYPE(name, ['Date', 'Time in seconds'], time);
}

function getOptions(options, defaults = {}) {
  if (options === undefined || options === null || typeof options === 'function') return defaults;
  if (typeof options === 'string') options = { __proto__: null, encoding: options };
  else if (typeof options !== 'object') throw new ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], options);
  const merged = ObjectAssign({ __proto__: null }, defaults);
  // Inherited options count; an undefined one does not hide a default.
  for (const name in options) if (options[name] !== undefined) merged[name] = options[name];
  options = merged;
  const { encoding } = options;
  if (encoding !== undefined && encoding !== null && encoding !== 'buffer') assertEncoding(encoding);
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  return options;
}

function assertEncoding(encoding) {
  const { Buffer } = require('buffer');
  if (encoding && !Buffer.isEncoding(encoding)) {
    throw new ERR_INVALID_ARG_VALUE('encoding', encoding, 'is invalid encoding');
  }
}

// Names come as text where UTF-8 is wanted, else as bytes that are decoded here.
const wantsBytes = (encoding) => encoding !== undefined && encoding !== null && encoding !== 'utf8' && encoding !== 'utf-8';

function decodeName(name, encoding) {
  if (typeof name === 'string') return name;
  const { Buffer } = require('buffer');
  const buffer = Buffer.from(name.buffer, name.byteOffset, name.byteLength);
  return encoding === 'buffer' ? buffer : buffer.toString(encoding);
}

function takeCallback(args, name = 'cb') {
  const callback = args.length === 0 ? undefined : ArrayPrototypePop(args);
  validateFunction(callback, name);
  return callback;
}

function toLinkType(type) {
  validateOneOf(type, 'type', ['dir', 'file', 'junction', null, undefined]);
}

module.exports = {
  kDefaultMode, assertEncoding, decodeName, getOptions, getValidatedFd, getValidatedPath, takeCallback, toFlags, toLinkType,
  toMode, toSeconds, wantsBytes,
};
