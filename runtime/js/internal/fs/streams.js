// `ReadStream` and `WriteStream`: files as streams.
'use strict';

const { FunctionPrototypeBind, MathMin, ObjectDefineProperty, ReflectApply, Symbol } = primordials;

const { Buffer } = require('buffer');
const process = require('process');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE }, aggregateTwoErrors } = require('internal/errors');
const { getOptions, getValidatedFd, getValidatedPath } = require('internal/fs/arguments');
const { validateBoolean, validateFunction, validateInteger, validateObject } = require('internal/validators');
const { Readable, Writable, finished } = require('stream');

const kFs = Symbol('kFs');
const kHandle = Symbol('kHandle');
const kBusy = Symbol('kBusy');
const kIdle = Symbol('kIdle');

const HIGH_WATER_MARK_READ = 64 * 1024;

function takeFile(stream, path, options, wanted) {
  if (options.fd === undefined || options.fd === null) {
    stream.fd = null;
    stream[kFs] = withMethods(options.fs, wanted);
    stream.path = getValidatedPath(path);
    return;
  }
  if (typeof options.fd === 'number') {
    stream.fd = getValidatedFd(options.fd);
    stream[kFs] = withMethods(options.fs, wanted);
    return;
  }
  takeHandle(stream, options, wanted);
}

// A `FileHandle` is used through the functions that its own methods are made of.
function takeHandle(stream, options) {
  const handle = options.fd;
  if (typeof handle !== 'object' || typeof handle.close !== 'function' || typeof handle.fd !== 'number') {
    throw new ERR_INVALID_ARG_TYPE('fd', ['number', 'FileHandle'], handle);
  }
  if (options.fs) throw new (require('internal/errors').codes.ERR_METHOD_NOT_IMPLEMENTED)('FileHandle with fs');
  stream[kHandle] = handle;
  stream.fd = handle.fd;
  stream[kFs] = {
    ...require('fs'),
    close: (fd, callback) => { handle.close().then(() => callback(), callback); },
  };
  handle[require('internal/fs/promises').kRef]?.();
  handle.on('close', FunctionPrototypeBind(stream.close, stream));
}

function withMethods(given, wanted) {
  if (!given) return require('fs');
  validateObject(given, 'options.fs', 0);
  for (const name of wanted) validateFunction(given[name], `options.fs.${name}`);
  return given;
}

function takeRange(stream, options) {
  stream.start = options.start;
  stream.pos = undefined;
  if (stream.start !== undefined) {
    validateInteger(stream.start, 'start', 0);
    stream.pos = stream.start;
  }
}

function checkStreamOptions(options) {
  options = { ...getOptions(options) };
  if (options.highWaterMark === undefined) delete options.highWaterMark;
  if (options.autoDestroy !== undefined) validateBoolean(options.autoDestroy, 'options.autoDestroy');
  return options;
}

function open(stream, callback) {
  if (stream.fd !== null) return callback();
  stream[kFs].open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) return callback(error);
    stream.fd = fd;
    callback();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

function close(stream, error, callback) {
  const { fd } = stream;
  if (fd === null || fd === undefined) return callback(error);
  stream.fd = null;
  stream[kFs].close(fd, (failed) => callback(error && failed ? aggregateTwoErrors(error, failed) : error ?? failed));
}

// A file is closed after what is under way on it, never under it.
function destroyFile(stream, error, callback) {
  if (stream[kBusy]) stream.once(kIdle, (failed) => close(stream, error ?? failed, callback));
  else close(stream, error, callback);
}

function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = checkStreamOptions(options);
  options.highWaterMark ??= HIGH_WATER_MARK_READ;
  if (options.autoDestroy === undefined) options.autoDestroy = true;
  if (options.autoClose === false) options.autoDestroy = false;
  this.flags = options.flags ?? options.flag ?? 'r';
  this.mode = options.mode ?? 0o666;
  takeFile(this, path, options, ['open', 'read', 'close']);
  takeRange(this, options);
  this.end = options.end;
  this.bytesRead = 0;
  this[kBusy] = false;
  if (this.end === undefined) this.end = Infinity;
  else if (this.end !== Infinity) {
    validateInteger(this.end, 'end', 0);
    if (this.start !== undefined && this.start > this.end) throw new ERR_OUT_OF_RANGE('start', `<= "end" (here: ${this.end})`, this.start);
  }
  ReflectApply(Readable, this, [options]);
  if (options.encoding) this.setEncoding(options.encoding);
}

primordials.ObjectSetPrototypeOf(ReadStream.prototype, Readable.prototype);
primordials.ObjectSetPrototypeOf(ReadStream, Readable);

ReadStream.prototype._construct = function _construct(callback) {
  open(this, callback);
};

ReadStream.prototype._read = function _read(n) {
  n = this.pos !== undefined ? MathMin(this.end - this.pos + 1, n) : MathMin(this.end - this.bytesRead + 1, n);
  if (n <= 0) {
    this.push(null);
    return;
  }
  const buffer = Buffer.allocUnsafeSlow(n);
  this[kBusy] = true;
  this[kFs].read(this.fd, buffer, 0, n, this.pos ?? null, (error, bytesRead) => {
    this[kBusy] = false;
    if (this.destroyed) {
      this.emit(kIdle, error);
      return;
    }
    if (error) {
      this.destroy(error);
    } else if (bytesRead > 0) {
      if (this.pos !== undefined) this.pos += bytesRead;
      this.bytesRead += bytesRead;
      this.push(bytesRead === buffer.length ? buffer : fitted(buffer, bytesRead));
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
  if (callback) finished(this, callback);
  this.destroy();
};

function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = checkStreamOptions(options);
  options.decodeStrings = true;
  this.flags = options.flags ?? options.flag ?? (options.start !== undefined && options.start > 0 ? 'r+' : 'w');
  this.mode = options.mode ?? 0o666;
  this.flush = options.flush ?? false;
  validateBoolean(this.flush, 'options.flush');
  takeFile(this, path, options, ['open', 'close']);
  if (options.autoClose === false) options.autoDestroy = false;
  const fs = this[kFs];
  if (options.fs) {
    if (!fs.write && !fs.writev) throw new ERR_INVALID_ARG_TYPE('options.fs.write', 'function', fs.write);
    if (fs.write) validateFunction(fs.write, 'options.fs.write');
    if (fs.writev) validateFunction(fs.writev, 'options.fs.writev');
  }
  if (!fs.writev) this._writev = null;
  if (!fs.write) this._write = null;
  takeRange(this, options);
  this.bytesWritten = 0;
  this[kBusy] = false;
  ReflectApply(Writable, this, [options]);
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}

primordials.ObjectSetPrototypeOf(WriteStream.prototype, Writable.prototype);
primordials.ObjectSetPrototypeOf(WriteStream, Writable);

WriteStream.prototype._construct = ReadStream.prototype._construct;

WriteStream.prototype._write = function _write(data, encoding, callback) {
  writeAll(this, data, callback);
};

WriteStream.prototype._writev = function _writev(chunks, callback) {
  const buffers = [];
  for (let i = 0; i < chunks.length; i++) buffers[i] = chunks[i].chunk;
  if (this[kFs] === require('fs') || this[kFs].writev) writeVectors(this, buffers, callback);
  else writeAll(this, Buffer.concat(buffers), callback);
};

function settle(stream, error, callback) {
  stream[kBusy] = false;
  if (stream.destroyed) {
    callback(error);
    stream.emit(kIdle, error);
    return;
  }
  callback(error);
}

function writeAll(stream, data, callback) {
  stream[kBusy] = true;
  stream[kFs].write(stream.fd, data, 0, data.length, stream.pos ?? null, (error, written) => {
    if (error?.code === 'EAGAIN') {
      error = null;
      written = 0;
    }
    if (error || stream.destroyed) return settle(stream, error, callback);
    stream.bytesWritten += written;
    if (stream.pos !== undefined) stream.pos += written;
    if (written < data.length) return writeAll(stream, data.subarray(written), callback);
    settle(stream, null, callback);
  });
}

function writeVectors(stream, buffers, callback) {
  let wanted = 0;
  for (let i = 0; i < buffers.length; i++) wanted += buffers[i].length;
  stream[kBusy] = true;
  stream[kFs].writev(stream.fd, buffers, stream.pos ?? null, (error, written) => {
    if (error || stream.destroyed) return settle(stream, error, callback);
    stream.bytesWritten += written;
    if (stream.pos !== undefined) stream.pos += written;
    if (written < wanted) return writeAll(stream, Buffer.concat(buffers).subarray(written), callback);
    settle(stream, null, callback);
  });
}

WriteStream.prototype._destroy = function _destroy(error, callback) {
  if (!this.flush || error) return destroyFile(this, error, callback);
  this[kFs].fsync(this.fd, (failed) => destroyFile(this, failed, callback));
};

WriteStream.prototype.close = function closeStream(callback) {
  if (callback) {
    if (this.closed) return process.nextTick(callback);
    this.on('close', callback);
  }
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
};

WriteStream.prototype.destroySoon = WriteStream.prototype.end;

for (const Class of [ReadStream, WriteStream]) {
  ObjectDefineProperty(Class.prototype, 'autoClose', {
    __proto__: null,
    configurable: true,
    get() { return (this._readableState ?? this._writableState)?.autoDestroy; },
    set(value) { (this._readableState ?? this._writableState).autoDestroy = value; },
  });
  ObjectDefineProperty(Class.prototype, 'pending', { __proto__: null, configurable: true, get() { return this.fd === null; } });
}

module.exports = { ReadStream, WriteStream };
