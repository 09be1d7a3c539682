// `read`, `write`, `readv`, `writev` on open files, with all the ways in which Node lets them be called.
'use strict';

const { ArrayBufferIsView, ArrayIsArray, ObjectDefineProperty } = primordials;

const native = binding('fs');
const { Buffer } = require('buffer');
const process = require('process');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } } = require('internal/errors');
const { getValidatedFd, takeCallback } = require('internal/fs/arguments');
const { callBack, callSync } = require('internal/fs/operations');
const { validateBuffer, validateInteger, validateEncoding, validateObject } = require('internal/validators');

const count = (value) => value;

function plan(operation, syscall, fd, values) {
  return { operation: native[operation], syscall, values: [getValidatedFd(fd), ...values], path: undefined, dest: undefined, finish: count };
}

function toPosition(position, name = 'position') {
  if (position === undefined || position === null) return -1;
  if (typeof position === 'bigint') {
    if (position < -1n || position > 2n ** 63n - 1n) throw new ERR_OUT_OF_RANGE(name, `>= -1 && <= ${2n ** 63n - 1n}`, position);
    return position;
  }
  if (typeof position !== 'number') throw new ERR_INVALID_ARG_TYPE(name, ['integer', 'bigint'], position);
  validateInteger(position, name, -1);
  return position;
}

function planRead(fd, buffer, offset, length, position) {
  if (typeof offset === 'object' && offset !== null) ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
  validateBuffer(buffer);
  if (offset === undefined || offset === null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length ??= buffer.byteLength - offset;
  validateInteger(length, 'length');
  position = toPosition(position);
  if (length === 0) return null;
  if (buffer.byteLength === 0) {
    throw new ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  }
  if (offset < 0) throw new ERR_OUT_OF_RANGE('offset', '>= 0', offset);
  if (offset >= buffer.byteLength) throw new ERR_OUT_OF_RANGE('offset', `>= 0 && <= ${buffer.byteLength}`, offset);
  if (length < 0) throw new ERR_OUT_OF_RANGE('length', '>= 0', length);
  if (offset + length > buffer.byteLength) throw new ERR_OUT_OF_RANGE('length', `<= ${buffer.byteLength - offset}`, length);
  return plan('read', 'read', fd, [buffer, offset, length, position]);
}

function readSync(fd, buffer, offset, length, position) {
  getValidatedFd(fd);
  const made = planRead(fd, buffer, offset, length, position);
  return made === null ? 0 : callSync(made);
}

function read(fd, buffer, offset, length, position, callback) {
  getValidatedFd(fd);
  if (typeof buffer === 'function') {
    callback = buffer;
    buffer = Buffer.alloc(16384);
    offset = undefined;
  } else if (!ArrayBufferIsView(buffer) && typeof offset === 'function') {
    callback = offset;
    const options = buffer ?? {};
    validateObject(options, 'options');
    ({ buffer = Buffer.alloc(16384), offset = 0, length = buffer.byteLength - offset, position = null } = options);
  } else if (typeof offset === 'function') {
    callback = offset;
    offset = undefined;
  } else if (typeof length === 'function') {
    callback = length;
    length = undefined;
    if (typeof offset !== 'object' || offset === null) offset = undefined;
  } else if (typeof position === 'function') {
    callback = position;
    position = null;
  }
  callback = takeCallback([callback]);
  const made = planRead(fd, buffer, offset, length, position);
  if (made === null) return process.nextTick(callback, null, 0, buffer);
  callBack(made, (error, bytesRead) => callback(error, bytesRead ?? 0, buffer));
}

function planWrite(fd, buffer, offset, length, position) {
  if (ArrayBufferIsView(buffer)) {
    if (typeof offset === 'object' && offset !== null) ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
    offset ??= 0;
    validateInteger(offset, 'offset', 0);
    length ??= buffer.byteLength - offset;
    validateInteger(length, 'length', 0);
    if (offset > buffer.byteLength) throw new ERR_OUT_OF_RANGE('offset', `<= ${buffer.byteLength}`, offset);
    if (length > buffer.byteLength - offset) throw new ERR_OUT_OF_RANGE('length', `<= ${buffer.byteLength - offset}`, length);
    return plan('write', 'write', fd, [buffer, offset, length, toPosition(typeof position === 'number' || typeof position === 'bigint' ? position : null)]);
  }
  if (typeof buffer !== 'string') throw new ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
  // write(fd, string, position, encoding)
  validateEncoding(buffer, length);
  const bytes = Buffer.from(buffer, typeof length === 'string' ? length : 'utf8');
  return plan('write', 'write', fd, [bytes, 0, bytes.byteLength, toPosition(typeof offset === 'number' ? offset : null)]);
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

module.exports = { planRead, planVectors, planWrite, read, readSync, readv, readvSync, write, writeSync, writev, writevSync };
