// The arguments of `spawn` and its relatives, checked and put into one shape.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeSlice, ArrayPrototypeIncludes, ObjectKeys, String, StringPrototypeIncludes,
} = primordials;

const codes = () => require('internal/errors').codes;

function nullCheck(value, name) {
  if (typeof value === 'string' && StringPrototypeIncludes(value, '\u0000')) {
    throw new (codes().ERR_INVALID_ARG_VALUE)(name, value, 'must be a string without null bytes');
  }
}

function toPath(value, name) {
  if (value === null || value === undefined) return undefined;
  const path = require('internal/url').toPathIfFileURL(value);
  require('internal/validators').validateString(path, name);
  nullCheck(path, name);
  return path;
}

function normalizeSpawn(file, args, options) {
  const validate = require('internal/validators');
  validate.validateString(file, 'file');
  nullCheck(file, 'file');
  if (file.length === 0) throw new (codes().ERR_INVALID_ARG_VALUE)('file', file, 'cannot be empty');
  if (ArrayIsArray(args)) {
    args = ArrayPrototypeSlice(args);
  } else if (args === undefined || args === null) {
    args = [];
  } else if (typeof args !== 'object') {
    throw new (codes().ERR_INVALID_ARG_TYPE)('args', 'object', args);
  } else {
    options = args;
    args = [];
  }
  for (let i = 0; i < args.length; i++) {
    args[i] = String(args[i]);
    nullCheck(args[i], `args[${i}]`);
  }
  if (options === undefined) options = {};
  else validate.validateObject(options, 'options');
  options = { __proto__: null, ...options };
  checkOptions(options, validate);
  const cwd = toPath(options.cwd, 'options.cwd');
  if (options.shell) {
    if (args.length > 0) warnShellArguments();
    const command = [file, ...args].join(' ');
    file = typeof options.shell === 'string' ? options.shell : '/bin/sh';
    args = [options.argv0 ?? file, '-c', command];
  } else {
    args.unshift(options.argv0 ?? file);
  }
  return { ...options, args, file, cwd, detached: Boolean(options.detached), env: environment(options.env) };
}

let warned = false;
function warnShellArguments() {
  if (warned) return;
  warned = true;
  require('process').emitWarning('Passing args to a child process with shell option true can lead to security vulnerabilities, as the ' +
    'arguments are not escaped, only concatenated.', 'DeprecationWarning', 'DEP0190');
}

function checkOptions(options, { validateBoolean, validateString, validateAbortSignal }) {
  const { codes: c } = require('internal/errors');
  for (const name of ['uid', 'gid']) {
    const value = options[name];
    if (value !== undefined && value !== null && value !== (value | 0)) throw new c.ERR_INVALID_ARG_TYPE(`options.${name}`, 'int32', value);
  }
  if (options.detached !== undefined && options.detached !== null) validateBoolean(options.detached, 'options.detached');
  const { shell, argv0 } = options;
  if (shell !== undefined && shell !== null && typeof shell !== 'boolean' && typeof shell !== 'string') {
    throw new c.ERR_INVALID_ARG_TYPE('options.shell', ['boolean', 'string'], shell);
  }
  if (typeof shell === 'string') nullCheck(shell, 'options.shell');
  if (argv0 !== undefined && argv0 !== null) {
    validateString(argv0, 'options.argv0');
    nullCheck(argv0, 'options.argv0');
  }
  for (const name of ['windowsHide', 'windowsVerbatimArguments']) {
    if (options[name] !== undefined && options[name] !== null) validateBoolean(options[name], `options.${name}`);
  }
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
}

function environment(given) {
  const env = given ?? require('process').env;
  const pairs = [];
  const names = [];
  for (const name in env) ArrayPrototypePush(names, name);
  for (let i = 0; i < names.length; i++) {
    const value = env[names[i]];
    if (value === undefined) continue;
    nullCheck(names[i], `options.env['${names[i]}']`);
    nullCheck(`${value}`, `options.env['${names[i]}']`);
    ArrayPrototypePush(pairs, `${names[i]}=${value}`);
  }
  return pairs;
}

// A signal's number by its name or number; undefined when nothing was given.
function signalNumber(signal, name) {
  if (signal === undefined || signal === null) return undefined;
  const { signals } = require('os').constants;
  if (typeof signal === 'number') {
    for (const key of ObjectKeys(signals)) if (signals[key] === signal) return signal;
  } else if (typeof signal === 'string') {
    const number = signals[signal.toUpperCase()];
    if (number !== undefined) return number;
  } else if (name !== undefined) {
    throw new (codes().ERR_INVALID_ARG_TYPE)(name, ['string', 'number'], signal);
  }
  throw new (codes().ERR_UNKNOWN_SIGNAL)(signal);
}

function signalName(number) {
  const { signals } = require('os').constants;
  for (const key of ObjectKeys(signals)) if (signals[key] === number) return key;
  return null;
}

// `stdio` as a list of 'pipe', 'ignore', 'inherit', 'ipc', numbers and streams.
function stdioList(stdio) {
  if (stdio === undefined || stdio === null) return ['pipe', 'pipe', 'pipe'];
  if (typeof stdio === 'string') {
    if (!ArrayPrototypeIncludes(['ignore', 'overlapped', 'pipe', 'inherit'], stdio)) throw new (codes().ERR_INVALID_ARG_VALUE)('stdio', stdio);
    return [stdio, stdio, stdio];
  }
  if (!ArrayIsArray(stdio)) throw new (codes().ERR_INVALID_ARG_VALUE)('stdio', stdio);
  const list = ArrayPrototypeSlice(stdio);
  while (list.length < 3) ArrayPrototypePush(list, undefined);
  return list;
}

// What a member of `stdio` asks for: { type: 'pipe' | 'ignore' | 'ipc' } or { type: 'fd', fd }
function stdioKind(item, index) {
  if (item === null || item === undefined) return { type: index < 3 ? 'pipe' : 'ignore' };
  if (item === 'pipe' || item === 'overlapped') return { type: 'pipe' };
  if (item === 'ignore' || item === 'ipc') return { type: item };
  if (item === 'inherit') return { type: 'fd', fd: index };
  if (typeof item === 'number') return { type: 'fd', fd: item };
  if (typeof item === 'object') {
    if (typeof item.fd === 'number' && item.fd >= 0) return { type: 'fd', fd: item.fd };
    if (typeof item._handle?.fd === 'number' && item._handle.fd >= 0) return { type: 'fd', fd: item._handle.fd };
    if (ArrayBuffer.isView(item) || typeof item.pipe === 'function') throw new (codes().ERR_INVALID_ARG_VALUE)('stdio', item);
  }
  throw new (codes().ERR_INVALID_ARG_VALUE)('stdio', item);
}

const { ArrayBuffer } = primordials;
module.exports = { normalizeSpawn, signalNumber, signalName, stdioList, stdioKind, nullCheck };
