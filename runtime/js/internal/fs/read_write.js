// `read`, `write`, `readv`, `writev` on open files, with all the ways in which Node lets them be called.
'use strict';

const { ArrayBufferIsView, ArrayIsArray, BigInt, ObjectDefineProperty } = primordials;

const native = binding('fs');
const { Buffer } = require('buffer');
const process = require('process');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } } = require('internal/errors');
const { getValidatedFd, takeCallback } = require('internal/fs/arguments');
const { callBack, callSync } = require('internal/fs/operations');
const { kValidateObjectAllowNullable, validateBuffer, validateInt32, validateInteger, validateEncoding, validateObject } = require('internal/validators');

const count = (value) => value;

function plan(operation, syscall, fd, values) {
  return { operation: native[operation], syscall, values: [getValidatedFd(fd), ...values], path: undefined, dest: undefined, finish: count };
}

const POSITION_MAX = 2n ** 63n - 1n;
const BUFFER_BYTES_DEFAULT = 16384;

function toPosition(position, length) {
  if (position === undefined || position === null) return -1;
  if (typeof position === 'number') {
    validateInteger(position, 'position', -1);
  } else if (typeof position === 'bigint') {
    const last = POSITION_MAX - BigInt(length);
    if (position < -1n || position > last) throw new ERR_OUT_OF_RANGE('position', `>= -1 && <= ${last}`, position);
  } else {
    throw new ERR_INVALID_ARG_TYPE('position', ['integer', 'bigint'], position);
  }
  return position;
}

// `null` where nothing is to be read.
function planRead(fd, buffer, offset, length, position) {
  if (offset === undefined || offset === null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length |= 0;
  if (length === 0) return null;
  if (buffer.byteLength === 0) throw new ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  if (length < 0) throw new ERR_OUT_OF_RANGE('length', '>= 0', length);
  if (offset + length > buffer.byteLength) throw new ERR_OUT_OF_RANGE('length', `<= ${buffer.byteLength - offset}`, length);
  return plan('read', 'read', fd, [buffer, offset, length, toPosition(position, length)]);
}

function readSync(fd, buffer, offset, length, position) {
  getValidatedFd(fd);
  validateBuffer(buffer);
  if (arguments.length <= 3 || (offset !== null && typeof offset === 'object')) {
    if (offset !== undefined) validateObject(offset, 'options', kValidateObjectAllowNullable);
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset ?? {});
  }
  const made = planRead(fd, buffer, offset, length, position);
  return made === null ? 0 : callSync(made);
}

// read(fd, buffer, offset, length, position, callback), (fd, buffer, options, callback), (fd, optionsOrBuffer, callback), (fd, callback)
function read(fd, buffer, offset, length, position, callback) {
  getValidatedFd(fd);
  if (arguments.length <= 4) {
    let options;
    if (arguments.length === 4) {
      validateObject(offset, 'options', kValidateObjectAllowNullable);
      callback = length;
      options = offset;
    } else if (arguments.length === 3) {
      callback = offset;
      if (!ArrayBufferIsView(buffer)) {
        options = buffer;
        ({ buffer = Buffer.alloc(BUFFER_BYTES_DEFAULT) } = options ?? {});
      }
    } else {
      callback = buffer;
      buffer = Buffer.alloc(BUFFER_BYTES_DEFAULT);
    }
    if (options !== undefined) validateObject(options, 'options', kValidateObjectAllowNullable);
    ({ offset = 0, length = buffer?.byteLength - offset, position = null } = options ?? {});
  }
  validateBuffer(buffer);
  callback = takeCallback([callback]);
  const made = planRead(fd, buffer, offset, length, position);
  if (made === null) return process.nextTick(callback, null, 0, buffer);
  callBack(made, (error, bytesRead) => callback(error, bytesRead ?? 0, buffer));
}

// What `FileHandle.read` takes: as above without the descriptor.
function handleRead(buffer, offset, length, position) {
  if (!ArrayBufferIsView(buffer)) {
    if (buffer !== undefined) validateObject(buffer, 'options', kValidateObjectAllowNullable);
    ({ buffer = Buffer.alloc(BUFFER_BYTES_DEFAULT), offset = 0, length = buffer.byteLength - offset, position = null } = buffer ?? {});
    validateBuffer(buffer);
  } else if (offset !== null && typeof offset === 'object') {
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
  }
  if (offset === undefined || offset === null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length ??= buffer.byteLength - offset;
  return { buffer, offset, length, position };
}

function planWrite(fd, buffer, offset, length, position) {
  if (ArrayBufferIsView(buffer)) {
    if (typeof offset === 'object' && offset !== null) ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
    offset ??= 0;
    validateInteger(offset, 'offset', 0);
    length ??= buffer.byteLength - offset;
    if (offset > buffer.byteLength) throw new ERR_OUT_OF_RANGE('offset', `<= ${buffer.byteLength}`, offset);
    if (length > buffer.byteLength - offset) throw new ERR_OUT_OF_RANGE('length', `<= ${buffer.byteLength - offset}`, length);
    validateInt32(length, 'length', 0);
    return plan('write', 'write', fd, [buffer, offset, length, toPosition(typeof position === 'number' || typeof position === 'bigint' ? position : null, length)]);
  }
  if (typeof buffer !== 'string') throw new ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
  // write(fd, string, position, encoding)
  validateEncoding(buffer, length);
  const bytes = Buffer.from(buffer, typeof length === 'string' ? length : 'utf8');
  return plan('write', 'write', fd, [bytes, 0, bytes.byteLength, toPosition(typeof offset === 'number' ? offset : null, 0)]);
}

function writeSync(fd, buffer, offset, length, position) {
  getValidatedFd(fd);
  return callSync(planWrite(fd, buffer, offset, length, position));
}

function write(fd, buffer, offset, length, position, callback) {
  getValidatedFd(fd);
  callback = takeCallback([callback ?? position ?? length ?? offset]);
  if (typeof offset === 'function') offset = undefined;
  if (typeof length === 'function') length = undefined;
  if (typeof position === 'function') position = undefined;
  callBack(planWrite(fd, buffer, offset, length, position), (error, written) => callback(error, written ?? 0, buffer));
}

function toVectors(buffers) {
  if (!ArrayIsArray(buffers)) throw new ERR_INVALID_ARG_TYPE('buffers', 'ArrayBufferView[]', buffers);
  for (let i = 0; i < buffers.length; i++) {
    if (!ArrayBufferIsView(buffers[i])) throw new ERR_INVALID_ARG_TYPE('buffers', 'ArrayBufferView[]', buffers);
  }
  return buffers;
}

const planVectors = (name, fd, buffers, position) => plan(name, name === 'readv' ? 'read' : 'write', fd, [toVectors(buffers), typeof position === 'number' ? position : -1]);

function vectored(name) {
  return (fd, buffers, position, callback) => {
    getValidatedFd(fd);
    callback = takeCallback([callback ?? position]);
    callBack(planVectors(name, fd, buffers, position), (error, moved) => callback(error, moved ?? 0, buffers));
  };
}

const readv = vectored('readv');
const writev = vectored('writev');
const readvSync = (fd, buffers, position) => callSync(planVectors('readv', fd, buffers, position));
const writevSync = (fd, buffers, position) => callSync(planVectors('writev', fd, buffers, position));

// `util.promisify` gives objects with names rather than the first result.
const { customPromisifyArgs } = require('internal/util');
for (const [fn, names] of [[read, ['bytesRead', 'buffer']], [write, ['bytesWritten', 'buffer']],
  [readv, ['bytesRead', 'buffers']], [writev, ['bytesWritten', 'buffers']]]) {
  ObjectDefineProperty(fn, customPromisifyArgs, { __proto__: null, value: names, enumerable: false });
}

module.exports = { handleRead, planRead, planVectors, planWrite, read, readSync, readv, readvSync, write, writeSync, writev, writevSync };
