// `ReadStream` and `WriteStream`: files as streams.
'use strict';

const { FunctionPrototypeBind, MathMin, ObjectDefineProperty, ObjectSetPrototypeOf, PromisePrototypeThen, ReflectApply, Symbol } = primordials;

const { Buffer } = require('buffer');
const process = require('process');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_METHOD_NOT_IMPLEMENTED, ERR_OUT_OF_RANGE, ERR_STREAM_DESTROYED } } = require('internal/errors');
const { getOptions, getValidatedFd, getValidatedPath } = require('internal/fs/arguments');
const { errorOrDestroy } = require('internal/streams/destroy');
const { deprecate } = require('internal/util');
const { validateBoolean, validateFunction, validateInteger } = require('internal/validators');
const { Readable, Writable, finished } = require('stream');

const kFs = Symbol('kFs');
const kHandle = Symbol('kHandle');
const kBusy = Symbol('kBusy');
const kIdle = Symbol('kIdle');

const HIGH_WATER_MARK_READ = 64 * 1024;
// How often a write that takes no byte is tried again.
const EMPTY_WRITES_MAX = 5;

// Options count where they are inherited too.
function copied(options) {
  const copy = { __proto__: null };
  for (const name in options) copy[name] = options[name];
  return copy;
}

// Sets `fd` or `path`, and the functions through which the file is used.
function takeFile(stream, path, options, flags) {
  if (options.fd === undefined || options.fd === null) {
    stream.fd = null;
    stream[kFs] = options.fs || require('fs');
    validateFunction(stream[kFs].open, 'options.fs.open');
    stream.path = getValidatedPath(path);
    stream.flags = options.flags === undefined ? flags : options.flags;
    stream.mode = options.mode === undefined ? 0o666 : options.mode;
  } else {
    stream.fd = getValidatedFd(takeDescriptor(stream, options));
  }
}

function takeDescriptor(stream, options) {
  const { fd } = options;
  if (typeof fd === 'number') {
    stream[kFs] = options.fs || require('fs');
    return fd;
  }
  const { FileHandle, kRef } = require('internal/fs/promises');
  if (!(fd instanceof FileHandle)) throw new ERR_INVALID_ARG_TYPE('options.fd', ['number', 'FileHandle'], fd);
  if (options.fs) throw new ERR_METHOD_NOT_IMPLEMENTED('FileHandle with fs');
  stream[kHandle] = fd;
  stream[kFs] = new HandleOperations(fd);
  fd[kRef]();
  fd.on('close', FunctionPrototypeBind(stream.close, stream));
  return fd.fd;
}

// A `FileHandle` is used by its own methods, which the user may have replaced.
class HandleOperations {
  #handle;

  constructor(handle) { this.#handle = handle; }

  open() { throw new ERR_METHOD_NOT_IMPLEMENTED('open()'); }
  close(fd, callback) {
    this.#handle[require('internal/fs/promises').kUnref]();
    settle(this.#handle.close(), () => callback(), callback);
  }
  fsync(fd, callback) { settle(this.#handle.sync(), () => callback(), callback); }
  read(fd, buffer, offset, length, position, callback) {
    settle(this.#handle.read(buffer, offset, length, position), (r) => callback(null, r.bytesRead, r.buffer), (error) => callback(error, 0, buffer));
  }
  write(fd, buffer, offset, length, position, callback) {
    settle(this.#handle.write(buffer, offset, length, position), (r) => callback(null, r.bytesWritten, r.buffer), (error) => callback(error, 0, buffer));
  }
  writev(fd, buffers, position, callback) {
    settle(this.#handle.writev(buffers, position), (r) => callback(null, r.bytesWritten, r.buffers), (error) => callback(error, 0, buffers));
  }
}

function settle(promise, done, failed) {
  PromisePrototypeThen(promise, done, failed);
}

function takeStart(stream, options) {
  stream.start = options.start;
  stream.pos = undefined;
  if (stream.start !== undefined) {
    validateInteger(stream.start, 'start', 0);
    stream.pos = stream.start;
  }
}

function takeEnd(stream, options) {
  stream.end = options.end ?? Infinity;
  if (stream.end === Infinity) return;
  validateInteger(stream.end, 'end', 0);
  if (stream.start !== undefined && stream.start > stream.end) {
    throw new ERR_OUT_OF_RANGE('start', `<= "end" (here: ${stream.end})`, stream.start);
  }
}

// `open` is deprecated, yet libraries still replace it: one of theirs is called, and tells by 'open' or 'error'.
const openRead = deprecate(() => {}, 'ReadStream.prototype.open() is deprecated', 'DEP0135');
const openWrite = deprecate(() => {}, 'WriteStream.prototype.open() is deprecated', 'DEP0135');

function construct(stream, callback) {
  if (typeof stream.fd === 'number') return callback();
  if (stream.open !== openRead && stream.open !== openWrite) return openByReplacement(stream, callback);
  stream[kFs].open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) return callback(error);
    stream.fd = fd;
    callback();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

function openByReplacement(stream, callback) {
  const { emit } = stream;
  stream.emit = function(...args) {
    if (args[0] === 'open') {
      this.emit = emit;
      callback();
      return ReflectApply(emit, this, args);
    }
    if (args[0] === 'error') {
      this.emit = emit;
      return callback(args[1]);
    }
    return ReflectApply(emit, this, args);
  };
  stream.open();
}

function close(stream, error, callback) {
  if (!stream.fd) return callback(error);
  if (!stream.flush) return closeNow(stream, error, callback);
  stream[kFs].fsync(stream.fd, (failed) => closeNow(stream, error || failed, callback));
}

function closeNow(stream, error, callback) {
  stream[kFs].close(stream.fd, (failed) => callback(failed || error));
  stream.fd = null;
}

// A file is closed after what is under way on it, never under it.
function destroyFile(stream, error, callback) {
  if (stream[kBusy]) stream.once(kIdle, (failed) => close(stream, error ?? failed, callback));
  else close(stream, error, callback);
}

function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = copied(getOptions(options));
  if (options.highWaterMark === undefined) options.highWaterMark = HIGH_WATER_MARK_READ;
  takeFile(this, path, options, 'r');
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  validateFunction(this[kFs].read, 'options.fs.read');
  if (options.autoDestroy) validateFunction(this[kFs].close, 'options.fs.close');
  takeStart(this, options);
  takeEnd(this, options);
  this.bytesRead = 0;
  this[kBusy] = false;
  ReflectApply(Readable, this, [options]);
  if (options.encoding) this.setEncoding(options.encoding);
}

ObjectSetPrototypeOf(ReadStream.prototype, Readable.prototype);
ObjectSetPrototypeOf(ReadStream, Readable);

ReadStream.prototype.open = openRead;

ReadStream.prototype._construct = function _construct(callback) {
  construct(this, callback);
};

ReadStream.prototype._read = function _read(n) {
  n = this.pos !== undefined ? MathMin(this.end - this.pos + 1, n) : MathMin(this.end - this.bytesRead + 1, n);
  if (n <= 0) {
    this.push(null);
    return;
  }
  const buffer = Buffer.allocUnsafeSlow(n);
  this[kBusy] = true;
  this[kFs].read(this.fd, buffer, 0, n, this.pos, (error, bytesRead, filled) => {
    this[kBusy] = false;
    if (this.destroyed) {
      this.emit(kIdle, error);
      return;
    }
    if (error) {
      errorOrDestroy(this, error);
    } else if (bytesRead > 0) {
      if (this.pos !== undefined) this.pos += bytesRead;
      this.bytesRead += bytesRead;
      this.push(bytesRead === filled.length ? filled : fitted(filled, bytesRead));
    } else {
      this.push(null);
    }
  });
};

// A small rest does not keep the whole buffer alive.
function fitted(buffer, length) {
  const copy = Buffer.allocUnsafeSlow(length);
  buffer.copy(copy, 0, 0, length);
  return copy;
}

ReadStream.prototype._destroy = function _destroy(error, callback) {
  destroyFile(this, error, callback);
};

ReadStream.prototype.close = function closeStream(callback) {
  if (typeof callback === 'function') finished(this, callback);
  this.destroy();
};

function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = copied(getOptions(options));
  options.decodeStrings = true;
  takeFile(this, path, options, 'w');
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  takeWriters(this, options);
  takeStart(this, options);
  this.bytesWritten = 0;
  this[kBusy] = false;
  ReflectApply(Writable, this, [options]);
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}

// One of `write` and `writev` is enough; what the file does not have the stream does not use.
function takeWriters(stream, options) {
  const fs = stream[kFs];
  if (!fs.write && !fs.writev) throw new ERR_INVALID_ARG_TYPE('options.fs.write', 'function', fs.write);
  if (fs.write) validateFunction(fs.write, 'options.fs.write');
  if (fs.writev) validateFunction(fs.writev, 'options.fs.writev');
  if (options.autoDestroy) validateFunction(fs.close, 'options.fs.close');
  stream.flush = options.flush ?? false;
  validateBoolean(stream.flush, 'options.flush');
  if (stream.flush) validateFunction(fs.fsync, 'options.fs.fsync');
  if (!fs.write) stream._write = null;
  if (!fs.writev) stream._writev = null;
}

ObjectSetPrototypeOf(WriteStream.prototype, Writable.prototype);
ObjectSetPrototypeOf(WriteStream, Writable);

WriteStream.prototype.open = openWrite;

WriteStream.prototype._construct = ReadStream.prototype._construct;

WriteStream.prototype._write = function _write(data, encoding, callback) {
  this[kBusy] = true;
  writeAll(this, data, 0, (error) => settleWrite(this, error, callback));
  if (this.pos !== undefined) this.pos += data.length;
};

WriteStream.prototype._writev = function _writev(chunks, callback) {
  const buffers = [];
  let size = 0;
  for (let i = 0; i < chunks.length; i++) {
    buffers[i] = chunks[i].chunk;
    size += buffers[i].length;
  }
  this[kBusy] = true;
  writeVectors(this, buffers, size, 0, this.pos, (error) => settleWrite(this, error, callback));
  if (this.pos !== undefined) this.pos += size;
};

function settleWrite(stream, error, callback) {
  stream[kBusy] = false;
  callback(error);
  if (stream.destroyed) stream.emit(kIdle, error);
}

function writeAll(stream, data, retries, callback, pos = stream.pos) {
  stream[kFs].write(stream.fd, data, 0, data.length, pos, (error, written) => {
    // A file that takes nothing for now is tried again.
    if (error?.code === 'EAGAIN') {
      error = null;
      written = 0;
    }
    if (stream.destroyed || error) return callback(error || new ERR_STREAM_DESTROYED('write'));
    stream.bytesWritten += written;
    retries = written ? 0 : retries + 1;
    if (retries > EMPTY_WRITES_MAX) return callback(new Error('write failed'));
    if (written < data.length) return writeAll(stream, data.subarray(written), retries, callback, pos === undefined ? pos : pos + written);
    callback();
  });
}

function writeVectors(stream, buffers, size, retries, pos, callback) {
  stream[kFs].writev(stream.fd, buffers, pos, (error, written) => {
    if (error?.code === 'EAGAIN') {
      error = null;
      written = 0;
    }
    if (stream.destroyed || error) return callback(error || new ERR_STREAM_DESTROYED('writev'));
    stream.bytesWritten += written;
    retries = written ? 0 : retries + 1;
    if (retries > EMPTY_WRITES_MAX) return callback(new Error('writev failed'));
    if (written >= size) return callback();
    const rest = [Buffer.concat(buffers).subarray(written)];
    writeVectors(stream, rest, size - written, retries, pos === undefined ? pos : pos + written, callback);
  });
}

WriteStream.prototype._destroy = function _destroy(error, callback) {
  destroyFile(this, error, callback);
};

WriteStream.prototype.close = function closeStream(callback) {
  if (callback) {
    if (this.closed) return process.nextTick(callback);
    this.on('close', callback);
  }
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
};

// There is no shutdown for files: they end.
WriteStream.prototype.destroySoon = WriteStream.prototype.end;

function stateOf(stream, Class) {
  const state = stream._readableState ?? stream._writableState;
  if (state === undefined) throw new ERR_INVALID_THIS(Class.name);
  return state;
}

for (const Class of [ReadStream, WriteStream]) {
  ObjectDefineProperty(Class.prototype, 'autoClose', {
    __proto__: null,
    configurable: true,
    get() { return stateOf(this, Class).autoDestroy; },
    set(value) { stateOf(this, Class).autoDestroy = value; },
  });
  ObjectDefineProperty(Class.prototype, 'pending', { __proto__: null, configurable: true, get() { return this.fd === null; } });
}

module.exports = { ReadStream, WriteStream };
