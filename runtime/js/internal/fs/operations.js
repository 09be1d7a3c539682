// Operations that are one native call, in their three forms: `xSync(...)`, `x(..., callback)` and `promises.x(...)`.
//
// An operation is written once, as what it passes to the native side (`prepare`) and what it makes of the answer
// (`finish`); the forms differ only in how they call and how an error comes back.
'use strict';

const {
  ArrayPrototypePop,
  ArrayPrototypePush,
  FunctionPrototypeApply,
  ObjectDefineProperty,
  Promise,
  PromisePrototypeThen,
  ReflectApply,
  StringPrototypeCharCodeAt,
} = primordials;

const native = binding('fs');
const { codes: { ERR_INVALID_ARG_VALUE }, uvException } = require('internal/errors');
const {
  decodeName, getOptions, getValidatedFd, getValidatedPath, kDefaultMode, takeCallback, toFlags, toLinkType, toMode, toSeconds,
  wantsBytes,
} = require('internal/fs/arguments');
const { Dirent, StatFs, toStats } = require('internal/fs/stats');
const { validateFunction, validateInteger, validateInt32 } = require('internal/validators');

const { status } = native;
const LETTER_X = 0x58;
const same = (value) => value;
const nothing = () => undefined;

// The system calls of operations that are several, by the number above the errno.
const STAGES = ['open', 'fstat', undefined, 'fsync', 'close'];

function failure(errno, plan) {
  const stage = -errno >> 16;
  const syscall = stage === 0 ? plan.syscall : STAGES[stage] ?? plan.transfer;
  return uvException({ errno: -(-errno & 0xffff), syscall, path: stage !== 0 && plan.transfer !== undefined ? undefined : plan.path, dest: plan.dest }, failure);
}

// A plan: { operation, syscall, values, path, dest, finish }.
function callSync(plan) {
  const answer = ReflectApply(plan.operation, native, plan.values);
  if (status[0] !== 0) throw failure(status[0], plan);
  return plan.finish(answer);
}

function callBack(plan, callback) {
  ArrayPrototypePush(plan.values, (errno, answer) => {
    if (errno !== 0) return callback(failure(errno, plan));
    const result = plan.finish(answer);
    if (result === undefined) callback(null);
    else callback(null, result);
  });
  ReflectApply(plan.operation, native, plan.values);
}

function callPromise(plan) {
  const answered = new Promise((resolve, reject) => {
    ArrayPrototypePush(plan.values, (errno, answer) => {
      if (errno !== 0) reject(errno);
      else resolve(answer);
    });
    ReflectApply(plan.operation, native, plan.values);
  });
  // The error is made in a reaction, so that its stack tells which async function waits.
  return PromisePrototypeThen(answered, plan.finish, (errno) => { throw failure(errno, plan); });
}

function onPath(operation, path, values, finish = nothing, syscall = operation) {
  return { operation: native[operation], syscall, values: [path, ...values], path, dest: undefined, finish };
}

function onFd(operation, fd, values, finish = nothing, syscall = operation) {
  return { operation: native[operation], syscall, values: [getValidatedFd(fd), ...values], path: undefined, dest: undefined, finish };
}

function onTwo(operation, path, dest, values = [], syscall = operation) {
  return { operation: native[operation], syscall, values: [path, dest, ...values], path, dest, finish: nothing };
}

const named = (encoding) => (name) => decodeName(name, encoding);

const prepare = {
  __proto__: null,
  access(path, mode) {
    if (mode !== undefined) validateInt32(mode, 'mode', 0, 7);
    return onPath('access', getValidatedPath(path), [mode ?? 0]);
  },
  open(path, flags, mode) {
    return onPath('open', getValidatedPath(path), [toFlags(flags ?? 'r'), toMode(mode, kDefaultMode)], same);
  },
  close: (fd) => onFd('close', fd, []),
  fsync: (fd) => onFd('fsync', fd, []),
  fdatasync: (fd) => onFd('fdatasync', fd, []),
  ftruncate(fd, length = 0) {
    validateInteger(length, 'len');
    return onFd('ftruncate', fd, [length < 0 ? 0 : length]);
  },
  stat: (path, options) => onPath('stat', getValidatedPath(path), [options?.bigint === true], toStats),
  lstat: (path, options) => onPath('lstat', getValidatedPath(path), [options?.bigint === true], toStats),
  fstat: (fd, options) => onFd('fstat', fd, [options?.bigint === true], toStats),
  statfs: (path, options) => onPath('statfs', getValidatedPath(path), [options?.bigint === true], (values) => new StatFs(values)),
  rename: (from, to) => onTwo('rename', getValidatedPath(from, 'oldPath'), getValidatedPath(to, 'newPath')),
  link: (from, to) => onTwo('link', getValidatedPath(from, 'existingPath'), getValidatedPath(to, 'newPath')),
  symlink(target, path, type) {
    toLinkType(type);
    return onTwo('symlink', getValidatedPath(target, 'target'), getValidatedPath(path));
  },
  unlink: (path) => onPath('unlink', getValidatedPath(path), []),
  readlink(path, options) {
    const { encoding } = getOptions(options);
    return onPath('readlink', getValidatedPath(path, 'oldPath'), [wantsBytes(encoding)], named(encoding));
  },
  realpath(path, options) {
    const { encoding } = getOptions(options);
    return onPath('realpath', getValidatedPath(path), [wantsBytes(encoding)], named(encoding));
  },
  copyFile(from, to, mode) {
    if (mode !== undefined) validateInt32(mode, 'mode', 0, 7);
    return onTwo('copyFile', getValidatedPath(from, 'src'), getValidatedPath(to, 'dest'), [mode ?? 0], 'copyfile');
  },
  mkdir(path, options) {
    let mode = 0o777;
    let recursive = false;
    if (typeof options === 'number' || typeof options === 'string') mode = toMode(options);
    else if (options) {
      if (options.recursive !== undefined) {
        require('internal/validators').validateBoolean(options.recursive, 'options.recursive');
        recursive = options.recursive;
      }
      if (options.mode !== undefined) mode = toMode(options.mode, undefined, 'options.mode');
    }
    return onPath('mkdir', getValidatedPath(path), [mode, recursive, false], recursive ? (first) => first : nothing);
  },
  mkdtemp(prefix, options) {
    const { encoding } = getOptions(options);
    prefix = getValidatedPath(prefix, 'prefix');
    warnOfTrailingX(prefix);
    const plan = onPath('mkdtemp', prefix, [wantsBytes(encoding)], named(encoding));
    plan.path = `${prefix}XXXXXX`;
    return plan;
  },
  rmdir(path, options) {
    if (options?.recursive !== undefined) throw new ERR_INVALID_ARG_VALUE('options.recursive', options.recursive, 'is no longer supported');
    return onPath('rmdir', getValidatedPath(path), []);
  },
  readdir(path, options) {
    const { encoding, withFileTypes } = getOptions(options);
    path = getValidatedPath(path);
    return onPath('readdir', path, [wantsBytes(encoding), withFileTypes === true], (answer) => entries(answer, path, encoding, withFileTypes), 'scandir');
  },
  chmod: (path, mode) => onPath('chmod', getValidatedPath(path), [toMode(mode)]),
  fchmod: (fd, mode) => onFd('fchmod', fd, [toMode(mode)]),
  chown: (path, uid, gid) => onPath('chown', getValidatedPath(path), owner(uid, gid)),
  lchown: (path, uid, gid) => onPath('lchown', getValidatedPath(path), owner(uid, gid)),
  fchown: (fd, uid, gid) => onFd('fchown', fd, owner(uid, gid)),
  utimes: (path, atime, mtime) => onPath('utimes', getValidatedPath(path), [toSeconds(atime), toSeconds(mtime)], nothing, 'utime'),
  lutimes: (path, atime, mtime) => onPath('lutimes', getValidatedPath(path), [toSeconds(atime), toSeconds(mtime)], nothing, 'lutime'),
  futimes: (fd, atime, mtime) => onFd('futimes', fd, [toSeconds(atime, 'atime'), toSeconds(mtime, 'mtime')], nothing, 'futime'),
};

let warnedOfX = false;

function warnOfTrailingX(prefix) {
  const last = typeof prefix === 'string' ? StringPrototypeCharCodeAt(prefix, prefix.length - 1) : prefix[prefix.length - 1];
  if (last !== LETTER_X || warnedOfX) return;
  warnedOfX = true;
  require('process').emitWarning('mkdtemp() templates ending with X are not portable. For details see: https://nodejs.org/api/fs.html');
}

function owner(uid, gid) {
  validateInteger(uid, 'uid', -1, 4294967295);
  validateInteger(gid, 'gid', -1, 4294967295);
  return [uid, gid];
}

function entries(answer, path, encoding, withFileTypes) {
  const names = withFileTypes ? answer[0] : answer;
  for (let i = 0; i < names.length; i++) {
    const name = decodeName(names[i], encoding);
    names[i] = withFileTypes ? new Dirent(name, path, answer[1][i]) : name;
  }
  return names;
}

// These look at their other arguments before the callback.
const ARGUMENTS_FIRST = { __proto__: null, fchmod: true, fchown: true, ftruncate: true, futimes: true };

// Defines `target.x` and `target.xSync` for every operation, and `promises.x`.
function defineOperations(target, promises) {
  for (const name of primordials.ObjectKeys(prepare)) {
    const plan = prepare[name];
    define(target, `${name}Sync`, (...args) => callSync(FunctionPrototypeApply(plan, undefined, args)));
    define(target, name, ARGUMENTS_FIRST[name] ? (...args) => {
      const callback = typeof args[args.length - 1] === 'function' ? ArrayPrototypePop(args) : undefined;
      const made = FunctionPrototypeApply(plan, undefined, args);
      validateFunction(callback, 'cb');
      callBack(made, callback);
    } : (...args) => {
      const callback = takeCallback(args);
      callBack(FunctionPrototypeApply(plan, undefined, args), callback);
    });
    define(promises, name, async (...args) => callPromise(FunctionPrototypeApply(plan, undefined, args)));
  }
}

function define(target, name, value) {
  ObjectDefineProperty(value, 'name', { __proto__: null, value: name, configurable: true });
  target[name] = value;
}

module.exports = { callBack, callPromise, callSync, defineOperations, failure, onFd, onPath, prepare };
