// `fs.cp`: trees copied. The synchronous and the asynchronous form are one walk, which asks for each step it needs.
'use strict';

const { Number, PromisePrototypeThen, StringPrototypeSplit } = primordials;

const process = require('process');
const {
  codes: {
    ERR_FS_CP_DIR_TO_NON_DIR, ERR_FS_CP_EEXIST, ERR_FS_CP_EINVAL, ERR_FS_CP_FIFO_PIPE, ERR_FS_CP_NON_DIR_TO_DIR,
    ERR_INVALID_RETURN_VALUE, ERR_FS_CP_SOCKET, ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY, ERR_FS_CP_UNKNOWN, ERR_FS_EISDIR, ERR_INCOMPATIBLE_OPTION_PAIR,
  },
} = require('internal/errors');
const { getValidatedPath, takeCallback } = require('internal/fs/arguments');
const { validateBoolean, validateFunction, validateInt32, validateObject } = require('internal/validators');

const EEXIST = 17;
const EISDIR = 21;
const ENOTDIR = 20;
const EINVAL = 22;
const OWNER_WRITES = 0o200;

function checkOptions(options) {
  if (options !== undefined) validateObject(options, 'options');
  const checked = {
    dereference: false, errorOnExist: false, force: true, mode: 0, preserveTimestamps: false, recursive: false,
    verbatimSymlinks: false, filter: undefined, ...options,
  };
  for (const name of ['dereference', 'errorOnExist', 'force', 'preserveTimestamps', 'recursive', 'verbatimSymlinks']) {
    validateBoolean(checked[name], `options.${name}`);
  }
  checked.mode ??= 0;
  validateInt32(checked.mode, 'mode', 0, 7);
  if (checked.dereference && checked.verbatimSymlinks) {
    throw new ERR_INCOMPATIBLE_OPTION_PAIR('dereference', 'verbatimSymlinks');
  }
  if (checked.filter !== undefined) validateFunction(checked.filter, 'options.filter');
  return checked;
}

const text = (path) => (typeof path === 'string' ? path : `${path}`);
const sameFile = (one, other) => other.ino && other.dev && one.ino === other.ino && one.dev === other.dev;

function isInside(inner, outer) {
  const { resolve, sep } = require('path');
  const one = StringPrototypeSplit(resolve(outer), sep);
  const other = StringPrototypeSplit(resolve(inner), sep);
  for (let i = 0; i < one.length; i++) if (one[i] !== '' && one[i] !== other[i]) return false;
  return true;
}

function refuse(Class, message, path, errno, code) {
  return new Class({ message, path, syscall: 'cp', errno, code });
}

// A step is [name of the operation, arguments]; what it gives comes back.
const exists = function* (path, follow) {
  return yield [follow ? 'stat' : 'lstat', [path, { bigint: true }], 'or nothing'];
};

function* walk(src, dest, options) {
  if (!(yield* passes(src, dest, options))) return;
  const from = yield [options.dereference ? 'stat' : 'lstat', [src, { bigint: true }]];
  const to = yield* exists(dest, options.dereference);
  checkKinds(from, to, src, dest, options);
  yield* checkParents(src, from, dest);
  const parent = require('path').dirname(dest);
  if ((yield* exists(parent, true)) === undefined) yield ['mkdir', [parent, { recursive: true }]];
  yield* copy(src, dest, from, to, options);
}

function* passes(src, dest, options) {
  if (options.filter === undefined) return true;
  return yield ['filter', [options.filter, src, dest]];
}

function checkKinds(from, to, src, dest, options) {
  if (to !== undefined) {
    if (sameFile(from, to)) throw refuse(ERR_FS_CP_EINVAL, 'src and dest cannot be the same', dest, EINVAL, 'EINVAL');
    if (from.isDirectory() && !to.isDirectory()) {
      throw refuse(ERR_FS_CP_DIR_TO_NON_DIR, `cannot overwrite non-directory ${dest} with directory ${src}`, dest, EISDIR, 'EISDIR');
    }
    if (!from.isDirectory() && to.isDirectory()) {
      throw refuse(ERR_FS_CP_NON_DIR_TO_DIR, `cannot overwrite directory ${dest} with non-directory ${src}`, dest, ENOTDIR, 'ENOTDIR');
    }
  }
  if (from.isDirectory() && isInside(dest, src)) {
    throw refuse(ERR_FS_CP_EINVAL, `cannot copy ${src} to a subdirectory of self ${dest}`, dest, EINVAL, 'EINVAL');
  }
}

// By other names (links) the destination may be inside the source too.
function* checkParents(src, from, dest) {
  if (!from.isDirectory()) return;
  const { dirname, parse, resolve } = require('path');
  const above = resolve(dirname(src));
  for (let parent = resolve(dirname(dest)); parent !== above && parent !== parse(parent).root; parent = dirname(parent)) {
    const stats = yield* exists(parent, true);
    if (stats !== undefined && sameFile(from, stats)) {
      throw refuse(ERR_FS_CP_EINVAL, `cannot copy ${src} to a subdirectory of self ${dest}`, dest, EINVAL, 'EINVAL');
    }
  }
}

function* copy(src, dest, from, to, options) {
  if (from.isDirectory()) return yield* copyFolder(src, dest, from, to, options);
  if (from.isFile() || from.isCharacterDevice() || from.isBlockDevice()) return yield* copyFile(src, dest, from, to, options);
  if (from.isSymbolicLink()) return yield* copyLink(src, dest, to, options);
  if (from.isSocket()) throw refuse(ERR_FS_CP_SOCKET, `cannot copy a socket file: ${dest}`, dest, EINVAL, 'EINVAL');
  if (from.isFIFO()) throw refuse(ERR_FS_CP_FIFO_PIPE, `cannot copy a FIFO pipe: ${dest}`, dest, EINVAL, 'EINVAL');
  throw refuse(ERR_FS_CP_UNKNOWN, `cannot copy an unknown file type: ${dest}`, dest, EINVAL, 'EINVAL');
}

function* copyFile(src, dest, from, to, options) {
  if (to !== undefined) {
    if (!options.force) {
      if (options.errorOnExist) throw refuse(ERR_FS_CP_EEXIST, `${dest} already exists`, dest, EEXIST, 'EEXIST');
      return;
    }
    yield ['unlink', [dest]];
  }
  yield ['copyFile', [src, dest, options.mode]];
  if (!options.preserveTimestamps) return;
  const mode = Number(from.mode);
  // A file that its owner cannot write would not let its times be set.
  if ((mode & OWNER_WRITES) === 0) yield ['chmod', [dest, mode | OWNER_WRITES]];
  const times = yield ['stat', [src]];
  yield ['utimes', [dest, times.atime, times.mtime]];
  if ((mode & OWNER_WRITES) === 0) yield ['chmod', [dest, mode & 0o7777]];
}

function* copyFolder(src, dest, from, to, options) {
  const { join } = require('path');
  if (!options.recursive) {
    throw refuse(ERR_FS_EISDIR, `Recursive option not enabled, cannot copy a directory: ${src}`, src, EISDIR, 'EISDIR');
  }
  if (to !== undefined && options.errorOnExist && !options.force) {
    throw refuse(ERR_FS_CP_EEXIST, `${dest} already exists`, dest, EEXIST, 'EEXIST');
  }
  if (to === undefined) yield ['mkdir', [dest, { recursive: true }]];
  const names = yield ['readdir', [src]];
  for (let i = 0; i < names.length; i++) {
    const inner = join(src, names[i]);
    const place = join(dest, names[i]);
    if (!(yield* passes(inner, place, options))) continue;
    const stats = yield [options.dereference ? 'stat' : 'lstat', [inner, { bigint: true }]];
    const found = yield* exists(place, options.dereference);
    checkKinds(stats, found, inner, place, options);
    yield* copy(inner, place, stats, found, options);
  }
  if (to === undefined) yield ['chmod', [dest, Number(from.mode) & 0o7777]];
}

function* copyLink(src, dest, to, options) {
  const { dirname, isAbsolute, resolve } = require('path');
  let target = yield ['readlink', [src]];
  if (!options.verbatimSymlinks && !isAbsolute(target)) target = resolve(dirname(src), target);
  if (to === undefined) return yield ['symlink', [target, dest]];
  const found = yield ['readlink', [dest], 'or nothing'];
  // What is no link is not replaced by one: the system says so.
  if (found === undefined) return yield ['symlink', [target, dest]];
  const old = isAbsolute(found) ? found : resolve(dirname(dest), found);
  const stats = yield* exists(src, true);
  if (stats?.isDirectory() && isInside(old, target)) {
    throw refuse(ERR_FS_CP_EINVAL, `cannot copy ${target} to a subdirectory of self ${old}`, dest, EINVAL, 'EINVAL');
  }
  if (stats?.isDirectory() && isInside(target, old)) {
    throw refuse(ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY, `cannot overwrite ${old} with ${target}`, dest, EINVAL, 'EINVAL');
  }
  yield ['unlink', [dest]];
  return yield ['symlink', [target, dest]];
}

const isGone = (error) => error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EINVAL';

function runSync(steps) {
  const fs = require('fs');
  let step = steps.next();
  while (!step.done) {
    const { 0: name, 1: args, 2: orNothing } = step.value;
    let answer;
    try {
      if (name === 'filter') {
        answer = args[0](args[1], args[2]);
        if (typeof answer?.then === 'function') throw new ERR_INVALID_RETURN_VALUE('boolean', 'filter', answer);
      } else answer = fs[`${name}Sync`](...args);
    } catch (error) {
      if (!orNothing || !isGone(error)) {
        step = steps.throw(error);
        continue;
      }
    }
    step = steps.next(answer);
  }
}

async function run(steps) {
  const { promises } = require('fs');
  let step = steps.next();
  while (!step.done) {
    const { 0: name, 1: args, 2: orNothing } = step.value;
    let answer;
    try {
      answer = name === 'filter' ? await args[0](args[1], args[2]) : await promises[name](...args);
    } catch (error) {
      if (!orNothing || !isGone(error)) {
        step = steps.throw(error);
        continue;
      }
    }
    step = steps.next(answer);
  }
}

function cpSync(src, dest, options) {
  options = checkOptions(options);
  runSync(walk(text(getValidatedPath(src, 'src')), text(getValidatedPath(dest, 'dest')), options));
}

async function cpPromise(src, dest, options) {
  options = checkOptions(options);
  return run(walk(text(getValidatedPath(src, 'src')), text(getValidatedPath(dest, 'dest')), options));
}

function cp(src, dest, options, callback) {
  callback = takeCallback([callback ?? options]);
  options = checkOptions(typeof options === 'function' ? undefined : options);
  const steps = walk(text(getValidatedPath(src, 'src')), text(getValidatedPath(dest, 'dest')), options);
  PromisePrototypeThen(run(steps), () => process.nextTick(callback, null), (error) => process.nextTick(callback, error));
}

module.exports = { cp, cpPromise, cpSync };
