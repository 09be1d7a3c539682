// Operations made of others: `exists`, `rm`, recursive `readdir`, `realpath` with its `native` form, `lchmod`.
'use strict';

const { ArrayPrototypeConcat, ArrayPrototypePush, ArrayPrototypeShift, ObjectDefineProperty, Promise, PromisePrototypeThen, StringPrototypeSplit, SymbolAsyncDispose, SymbolDispose } = primordials;

const native = binding('fs');
const process = require('process');
const { codes: { ERR_FS_EISDIR } } = require('internal/errors');
const { getOptions, getValidatedPath, takeCallback } = require('internal/fs/arguments');
const { callBack, callPromise, callSync, prepare } = require('internal/fs/operations');
const { promisify: { custom: kCustomPromisify } } = require('internal/util');
const { validateBoolean, validateInt32, validateObject, validateUint32 } = require('internal/validators');

// As many links as Linux follows.
const LINKS_MAX = 40;

let warnedOfExists = false;

function existsSync(path) {
  try {
    path = getValidatedPath(path);
  } catch (error) {
    if (error?.code === 'ERR_INVALID_ARG_TYPE' && !warnedOfExists) {
      warnedOfExists = true;
      process.emitWarning('Passing invalid argument types to fs.existsSync is deprecated', 'DeprecationWarning', 'DEP0187');
    }
    return false;
  }
  try {
    callSync(prepare.access(path, 0));
    return true;
  } catch {
    return false;
  }
}

function exists(path, callback) {
  callback = takeCallback([callback]);
  let plan;
  try {
    plan = prepare.access(path, 0);
  } catch {
    callback(false);
    return;
  }
  callBack(plan, (error) => callback(error === null));
}

ObjectDefineProperty(exists, kCustomPromisify, {
  __proto__: null, value: { exists: (path) => new Promise((resolve) => { exists(path, resolve); }) }.exists,
});

async function attempt(fn) {
  return fn();
}

// A promise's outcome to a callback, outside of the promise's own error handling.
function settle(promise, callback) {
  PromisePrototypeThen(promise, (value) => process.nextTick(callback, null, value), (error) => process.nextTick(callback, error));
}

function planRemove(path, options) {
  path = getValidatedPath(path);
  const { recursive = false, force = false, retryDelay = 100, maxRetries = 0 } = options ?? {};
  if (options !== undefined) validateObject(options, 'options');
  validateBoolean(recursive, 'options.recursive');
  validateBoolean(force, 'options.force');
  validateInt32(retryDelay, 'options.retryDelay', 0);
  validateUint32(maxRetries, 'options.maxRetries');
  const plan = {
    operation: native.removeTree, syscall: 'rm', values: [path, maxRetries, retryDelay, force], path, dest: undefined, finish: () => undefined,
  };
  return { plan, recursive, force, path };
}

function refuseFolder(path) {
  throw new ERR_FS_EISDIR({ code: 'EISDIR', message: 'is a directory', path, syscall: 'rm', errno: 21 });
}

function rmSync(path, options) {
  const { plan, recursive, force } = planRemove(path, options);
  if (!recursive) {
    try {
      const stats = callSync(prepare.lstat(plan.path));
      if (stats.isDirectory()) refuseFolder(plan.path);
    } catch (error) {
      if (force && error.code === 'ENOENT') return;
      throw error;
    }
  }
  callSync(plan);
}

async function rmPromise(path, options) {
  const { plan, recursive, force } = planRemove(path, options);
  if (!recursive) {
    try {
      const stats = await callPromise(prepare.lstat(plan.path));
      if (stats.isDirectory()) refuseFolder(plan.path);
    } catch (error) {
      if (force && error.code === 'ENOENT') return;
      throw error;
    }
  }
  await callPromise(plan);
}

function rm(path, options, callback) {
  callback = takeCallback([callback ?? options]);
  if (typeof options === 'function') options = undefined;
  planRemove(path, options);
  settle(rmPromise(path, options), callback);
}

// Folders are listed breadth first; names are relative to the first.
function readdirRecursive(path, options, list) {
  const { join, relative } = require('path');
  const { withFileTypes } = options;
  const all = [];
  const waiting = [path];
  while (waiting.length > 0) {
    const folder = ArrayPrototypeShift(waiting);
    const found = list(folder);
    for (let i = 0; i < found.length; i++) {
      const entry = found[i];
      ArrayPrototypePush(all, withFileTypes ? entry : relative(path, join(folder, entry.name)));
      if (entry.isDirectory()) ArrayPrototypePush(waiting, join(folder, entry.name));
    }
  }
  return all;
}

function withRecursion(target, promises) {
  const { readdirSync: plainSync, readdir: plain } = target;
  const plainPromise = promises.readdir;
  const typed = (options) => ({ ...options, withFileTypes: true, recursive: false });
  const wanted = (options) => options !== null && typeof options === 'object' && checked(options.recursive);
  const checked = (recursive) => {
    if (recursive !== undefined && recursive !== null) validateBoolean(recursive, 'options.recursive');
    return recursive;
  };
  target.readdirSync = function readdirSync(path, options) {
    if (!wanted(options)) return plainSync(path, options);
    return readdirRecursive(`${getValidatedPath(path)}`, getOptions(options), (folder) => plainSync(folder, typed(options)));
  };
  promises.readdir = async function readdir(path, options) {
    if (!wanted(options)) return plainPromise(path, options);
    const { join, relative } = require('path');
    const all = [];
    const root = `${getValidatedPath(path)}`;
    const waiting = [root];
    while (waiting.length > 0) {
      const folder = ArrayPrototypeShift(waiting);
      const found = await plainPromise(folder, typed(options));
      for (let i = 0; i < found.length; i++) {
        ArrayPrototypePush(all, options.withFileTypes ? found[i] : relative(root, join(folder, found[i].name)));
        if (found[i].isDirectory()) ArrayPrototypePush(waiting, join(folder, found[i].name));
      }
    }
    return all;
  };
  target.readdir = function readdir(path, options, callback) {
    callback = takeCallback([callback ?? options]);
    getValidatedPath(path);
    if (typeof options === 'function' || !wanted(options)) return plain(path, typeof options === 'function' ? undefined : options, callback);
    settle(promises.readdir(path, options), callback);
  };
}

// A temporary folder that goes away with `using`, or when `remove` is called; a later `chdir` does not mislead it.
function mkdtempDisposableSync(prefix, options) {
  const path = callSync(prepare.mkdtemp(prefix, options));
  const full = require('path').resolve(`${path}`);
  const remove = () => rmSync(full, { recursive: true, force: true });
  return { __proto__: null, path, remove, [SymbolDispose]: remove };
}

async function mkdtempDisposable(prefix, options) {
  const path = await callPromise(prepare.mkdtemp(prefix, options));
  const full = require('path').resolve(`${path}`);
  const remove = () => rmPromise(full, { recursive: true, force: true });
  return { __proto__: null, path, remove, [SymbolAsyncDispose]: remove };
}

// The system resolves a path; where it does not, the part that it stumbled over is looked for, since Node tells that one.
function withNative(target, promises) {
  const { realpath: plain, realpathSync: plainSync } = target;
  target.realpathSync = function realpathSync(path, options) {
    try {
      return plainSync(path, options);
    } catch (error) {
      if (error.syscall !== 'realpath') throw error;
      return named(options, searchReal(getValidatedPath(path), error));
    }
  };
  target.realpath = function realpath(path, options, callback) {
    callback = takeCallback([callback ?? options]);
    if (typeof options === 'function') options = undefined;
    plain(path, options, (error, found) => {
      if (error?.syscall !== 'realpath') return callback(error, found);
      let result;
      try {
        result = named(options, searchReal(getValidatedPath(path), error));
      } catch (cause) {
        return callback(cause);
      }
      callback(null, result);
    });
  };
  for (const { 0: name, 1: native } of [['realpath', plain], ['realpathSync', plainSync]]) {
    ObjectDefineProperty(target[name], 'native', { __proto__: null, value: native, enumerable: true, configurable: true, writable: true });
  }
}

const named = (options, path) => {
  const { encoding } = getOptions(options);
  const { Buffer } = require('buffer');
  return encoding === 'buffer' ? Buffer.from(path) : encoding && encoding !== 'utf8' ? Buffer.from(path).toString(encoding) : path;
};

// Walks from the root. A link into `/proc` may name what has no path, such as a pipe: then its text is the answer.
function searchReal(path, error) {
  const { dirname, join, resolve, sep } = require('path');
  let rest = StringPrototypeSplit(resolve(`${path}`), sep);
  let at = sep;
  for (let links = 0; rest.length > 0;) {
    const name = ArrayPrototypeShift(rest);
    if (name === '') continue;
    const next = join(at, name);
    if (!callSync(prepare.lstat(next)).isSymbolicLink()) {
      at = next;
      continue;
    }
    const stats = callSync(prepare.stat(next));
    if (++links > LINKS_MAX) throw error;
    const target = resolve(dirname(next), callSync(prepare.readlink(next)));
    if (stats.isFIFO() || stats.isSocket()) {
      if (!existsSync(target)) return join(target, ...rest);
    }
    rest = ArrayPrototypeConcat(StringPrototypeSplit(target, sep), rest);
    at = sep;
  }
  throw error;
}

module.exports = {
  exists, existsSync, mkdtempDisposable, mkdtempDisposableSync, rm, rmPromise, rmSync, withNative, withRecursion,
};
