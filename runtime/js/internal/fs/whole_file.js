// Whole files: `readFile`, `writeFile`, `appendFile`, `truncate`, in their three forms.
'use strict';

const { ArrayBufferIsView: isArrayBufferView, ArrayIsArray, MathMin, Promise, PromisePrototypeThen } = primordials;

const process = require('process');

const native = binding('fs');
const { Buffer } = require('buffer');
const { AbortError, codes: { ERR_FS_FILE_TOO_LARGE, ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { getOptions, getValidatedPath, kDefaultMode, takeCallback, toFlags, toMode } = require('internal/fs/arguments');
const { callBack, callPromise, callSync, prepare } = require('internal/fs/operations');
const { validateBoolean, validateInteger } = require('internal/validators');

const isFd = (value) => value >>> 0 === value;

// What is read at once of a file that is too large for one trip to the pool.
const PIECE_BYTES = 512 * 1024;

const isText = (encoding) => encoding === 'utf8' || encoding === 'utf-8';

function planRead(path, options) {
  options = getOptions(options, { flag: 'r' });
  const fd = isFd(path);
  const file = fd ? path : getValidatedPath(path);
  const values = [file, toFlags(options.flag, 'options.flag'), isText(options.encoding)];
  const finish = (answer) => {
    if (typeof answer === 'number') throw new ERR_FS_FILE_TOO_LARGE(answer);
    return decode(answer, options.encoding);
  };
  return { operation: native.readFile, syscall: 'open', transfer: 'read', values, path: fd ? undefined : file, dest: undefined, finish, options };
}

function decode(answer, encoding) {
  if (typeof answer === 'string') return answer;
  const buffer = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
}

function readFileSync(path, options) {
  return callSync(planRead(path, options));
}

function readFile(path, options, callback) {
  callback = takeCallback(callback === undefined ? [options] : [callback]);
  const plan = planRead(path, options);
  const { signal } = plan.options;
  if (signal?.aborted) return process.nextTick(callback, new AbortError(undefined, { cause: signal.reason }));
  const { encoding } = plan.options;
  plan.finish = (answer) => answer;
  callBack(plan, (error, answer) => {
    if (error) return callback(error);
    if (signal?.aborted) return callback(new AbortError(undefined, { cause: signal.reason }));
    if (typeof answer === 'number') return callback(new ERR_FS_FILE_TOO_LARGE(answer));
    if (ArrayIsArray(answer)) return readPieces(answer[0], answer[1], signal, (failed, bytes) => {
      if (failed) callback(failed);
      else deliver(callback, bytes, encoding);
    });
    deliver(callback, answer, encoding);
  });
}

function deliver(callback, answer, encoding) {
  let result;
  try {
    result = decode(answer, encoding);
  } catch (error) {
    return callback(error);
  }
  callback(null, result);
}

// Reads a large file by pieces, so that it holds no thread of the pool for long, and closes it.
function readPieces(fd, size, signal, done) {
  const bytes = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  const finish = (error) => callBack(prepare.close(fd), (failed) => done(error ?? failed, filled === size ? bytes : bytes.subarray(0, filled)));
  const next = () => {
    if (signal?.aborted) return finish(new AbortError(undefined, { cause: signal.reason }));
    if (filled === size) return finish(null);
    const plan = {
      operation: native.read, syscall: 'read', values: [fd, bytes, filled, MathMin(PIECE_BYTES, size - filled), -1],
      path: undefined, dest: undefined, finish: (count) => count,
    };
    callBack(plan, (error, count) => {
      if (error) return finish(error);
      if (count === 0) return finish(null);
      filled += count;
      next();
    });
  };
  next();
}

const readFilePromise = (path, options) => new Promise((resolve, reject) => {
  readFile(path, options, (error, data) => { if (error) reject(error); else resolve(data); });
});

function planWrite(path, data, options, flag) {
  options = getOptions(options, { encoding: 'utf8', mode: kDefaultMode, flag, flush: false });
  const flush = options.flush ?? false;
  validateBoolean(flush, 'options.flush');
  if (typeof data === 'string') {
    if (!isText(options.encoding ?? 'utf8')) data = Buffer.from(data, options.encoding);
  } else if (!isArrayBufferView(data)) {
    throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
  const fd = isFd(path);
  const file = fd ? path : getValidatedPath(path);
  const values = [file, data, toFlags(options.flag || flag, 'options.flag'), toMode(options.mode, kDefaultMode, 'options.mode'), flush];
  return {
    operation: native.writeFile, syscall: 'open', transfer: 'write', values, path: fd ? undefined : file, dest: undefined,
    finish: () => undefined, options,
  };
}

function writeFileSync(path, data, options) {
  writeSync(planWrite(path, data, options, 'w'));
}

function appendFileSync(path, data, options) {
  writeSync(planWrite(path, data, options, 'a'));
}

// One native call, unless the file is to be flushed: users may see `fs.fsync` called.
function writeSync(plan) {
  const { 0: file, 1: data, 2: flags, 3: mode, 4: flush } = plan.values;
  if (!flush) return callSync(plan);
  const fs = require('fs');
  const fd = isFd(file) ? file : fs.openSync(file, flags, mode);
  try {
    plan.values = [fd, data, flags, mode, false];
    callSync(plan);
    fs.fsyncSync(fd);
  } finally {
    if (!isFd(file)) fs.closeSync(fd);
  }
}

function writeWith(flag) {
  return (path, data, options, callback) => {
    callback = takeCallback([callback ?? options]);
    const plan = planWrite(path, data, options, flag);
    const { signal } = plan.options;
    if (signal?.aborted) return process.nextTick(callback, new AbortError(undefined, { cause: signal.reason }));
    if (signal === undefined && !plan.values[4]) return callBack(plan, callback);
    PromisePrototypeThen(writePieces(plan, signal), () => process.nextTick(callback, null), (error) => process.nextTick(callback, error));
  };
}

const writePlan = (fd, bytes, done) => ({
  operation: native.write, syscall: 'write', values: [fd, bytes, done, MathMin(PIECE_BYTES, bytes.byteLength - done), -1],
  path: undefined, dest: undefined, finish: (count) => count,
});

// A write that can be aborted between its pieces, or ends with a flush.
async function writePieces(plan, signal) {
  const { 0: file, 1: data, 2: flags, 3: mode, 4: flush } = plan.values;
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const fd = isFd(file) ? file : await callPromise(prepare.open(file, flags, mode));
  try {
    for (let done = 0; done < bytes.byteLength;) {
      if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
      done += await callPromise(writePlan(fd, bytes, done));
    }
    if (flush) await new Promise((resolve, reject) => { require('fs').fsync(fd, (error) => (error ? reject(error) : resolve())); });
  } finally {
    if (!isFd(file)) await callPromise(prepare.close(fd));
  }
}

const writeFile = writeWith('w');
const appendFile = writeWith('a');

async function writeFilePromise(path, data, options) {
  return writeAll(path, data, options, 'w');
}

async function appendFilePromise(path, data, options) {
  return writeAll(path, data, options, 'a');
}

async function writeAll(path, data, options, flag) {
  const plan = planWrite(path, data, options, flag);
  const { signal } = plan.options;
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  return signal === undefined ? callPromise(plan) : writePieces(plan, signal);
}

function truncateSync(path, length = 0) {
  const fd = callSync(prepare.open(path, 'r+'));
  try {
    callSync(prepare.ftruncate(fd, length));
  } finally {
    callSync(prepare.close(fd));
  }
}

function truncate(path, length, callback) {
  if (typeof length === 'function') {
    callback = length;
    length = 0;
  }
  if (length === undefined) length = 0;
  validateInteger(length, 'len');
  callback = takeCallback([callback]);
  callBack(prepare.open(path, 'r+'), (error, fd) => {
    if (error) return callback(error);
    callBack(prepare.ftruncate(fd, length), (failed) => callBack(prepare.close(fd), (late) => callback(failed ?? late ?? null)));
  });
}


module.exports = {
  appendFile, appendFilePromise, appendFileSync, readFile, readFilePromise, readFileSync, truncate, truncateSync,
  writeFile, writeFilePromise, writeFileSync,
};
