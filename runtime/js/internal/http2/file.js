// Files as bodies: `respondWithFD` and `respondWithFile`.
'use strict';

const { FunctionPrototypeCall, MathMin, ObjectAssign } = primordials;

const fs = require('fs');
const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { codes } = require('internal/http2/errors');
const { validateHeaders } = require('internal/http2/stream');
const { isBodyless, prepare, sendHeaders, validateOptions } = require('internal/http2/server_stream');
const { kUpdateTimer } = require('internal/http2/symbols');

/** What is read of a file at once. */
const READ_BYTES = 64 * 1024;

function checkOptions(options) {
  validateOptions(options);
  options = { ...options };
  if (options.offset !== undefined && typeof options.offset !== 'number') {
    throw new ERR_INVALID_ARG_VALUE('options.offset', options.offset);
  }
  if (options.length !== undefined && typeof options.length !== 'number') {
    throw new ERR_INVALID_ARG_VALUE('options.length', options.length);
  }
  if (options.statCheck !== undefined && typeof options.statCheck !== 'function') {
    throw new ERR_INVALID_ARG_VALUE('options.statCheck', options.statCheck);
  }
  return options;
}

function checkHeaders(stream, given) {
  validateHeaders(given);
  const { headers, status } = prepare(given === undefined ? {} : ObjectAssign({ __proto__: null }, given), { sendDate: true });
  if (isBodyless(stream, status)) throw new codes.ERR_HTTP2_PAYLOAD_FORBIDDEN(status);
  return headers;
}

function respondWithFD(stream, fd, given, options) {
  options = checkOptions(options);
  const descriptor = fd !== null && typeof fd === 'object' && typeof fd.fd === 'number' ? fd.fd : fd;
  if (typeof descriptor !== 'number') throw new ERR_INVALID_ARG_TYPE('fd', ['number', 'FileHandle'], fd);
  stream[kUpdateTimer]();
  const headers = checkHeaders(stream, given);
  const file = { fd: descriptor, isOurs: false };
  if (options.statCheck === undefined) {
    send(stream, file, headers, options.offset ?? 0, options.length ?? -1, options);
    return;
  }
  fs.fstat(descriptor, (error, stat) => {
    if (error) stream.destroy(error);
    else if (isOver(stream)) stream.destroy(new codes.ERR_HTTP2_INVALID_STREAM());
    else {
      const part = { offset: options.offset ?? 0, length: options.length ?? -1 };
      if (isAllowed(stream, stat, headers, part, options)) send(stream, file, headers, part.offset, part.length, options);
    }
  });
}

function respondWithFile(stream, path, given, options) {
  options = checkOptions(options);
  stream[kUpdateTimer]();
  const headers = checkHeaders(stream, given);
  const fail = (error) => {
    if (options.onError !== undefined) options.onError(error);
    else stream.destroy(error);
  };
  fs.open(path, 'r', (error, fd) => {
    if (error) {
      fail(error);
      return;
    }
    const file = { fd, isOurs: true };
    if (isOver(stream)) {
      close(file);
      return;
    }
    fs.fstat(fd, (statError, stat) => {
      if (statError) {
        close(file);
        fail(statError);
      } else if (isOver(stream)) {
        close(file);
      } else {
        sendFile(stream, file, headers, stat, options, fail);
      }
    });
  });
}

function sendFile(stream, file, headers, stat, options, fail) {
  if (!stat.isFile() && (stat.isDirectory() || options.offset !== undefined || options.length !== undefined)) {
    close(file);
    fail(stat.isDirectory() ? new codes.ERR_HTTP2_SEND_FILE() : new codes.ERR_HTTP2_SEND_FILE_NOSEEK());
    return;
  }
  const part = { offset: options.offset ?? 0, length: options.length ?? -1 };
  if (!isAllowed(stream, stat, headers, part, options)) {
    close(file);
    return;
  }
  if (stat.isFile()) {
    const rest = stat.size - +part.offset;
    part.length = part.length < 0 ? rest : MathMin(rest, +part.length);
    headers['content-length'] = part.length;
  }
  send(stream, file, headers, stat.isFile() ? part.offset : -1, part.length, options);
}

/** The user may look at the file, change headers, and answer otherwise. */
function isAllowed(stream, stat, headers, part, options) {
  if (options.statCheck === undefined) return true;
  return FunctionPrototypeCall(options.statCheck, stream, stat, headers, part) !== false && !stream.headersSent && !isOver(stream);
}

function isOver(stream) {
  return stream.destroyed || stream.closed;
}

function close(file) {
  if (!file.isOurs) return;
  file.isOurs = false;
  fs.close(file.fd, () => {});
}

function send(stream, file, headers, offset, length, options) {
  try {
    sendHeaders(stream, headers, false, options.waitForTrailers);
  } catch (error) {
    close(file);
    stream.destroy(error);
    return;
  }
  stream.once('close', () => close(file));
  let at = offset;
  let left = length < 0 ? Infinity : length;
  const next = () => {
    if (isOver(stream)) return;
    if (left === 0) {
      stream.end();
      return;
    }
    const bytes = Buffer.allocUnsafeSlow(MathMin(READ_BYTES, left));
    fs.read(file.fd, bytes, 0, bytes.length, at < 0 ? null : at, (error, read) => {
      if (isOver(stream)) return;
      if (error) {
        stream.close(2);
      } else if (read === 0) {
        stream.end();
      } else {
        if (at >= 0) at += read;
        left -= read;
        stream.write(bytes.subarray(0, read), next);
      }
    });
  };
  next();
}

module.exports = { respondWithFD, respondWithFile };
