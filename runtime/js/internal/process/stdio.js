// The standard streams. Output is written at once, as Node does for files, terminals and pipes on Linux.
'use strict';

const native = binding('process');
const STDIN = 0;

function open(fd) {
  if (binding('worker').port !== undefined) return require('internal/worker/stdio').open(fd);
  const kind = native.fdKind(fd);
  return fd === STDIN ? openInput(kind) : openOutput(fd, kind);
}

function openOutput(fd, kind) {
  const { Writable } = require('internal/streams/writable');
  if (kind === 'TTY') return new (require('tty').WriteStream)(fd);
  class OutputStream extends Writable {
    constructor() {
      super({ decodeStrings: false, emitClose: false, autoDestroy: true });
      this.fd = fd;
      this._type = kind === 'FILE' ? 'fs' : 'pipe';
      this._isStdio = true;
      this.readable = false;
    }

    _write(chunk, encoding, callback) {
      if (typeof chunk === 'string' && encoding !== 'utf8' && encoding !== 'utf-8') {
        chunk = require('buffer').Buffer.from(chunk, encoding);
      }
      const errno = native.writeSync(fd, chunk);
      callback(errno === 0 ? null : require('internal/errors').errnoException(errno, 'write'));
    }

    _destroy(error, callback) {
      callback(error);
    }

    destroySoon() {
      this.end();
    }
  }
  const stream = new OutputStream();
  if (kind === 'CLOSED') stream.isClosed = true;
  return stream;
}

function openInput(kind) {
  if (kind === 'TTY') return asStdin(new (require('tty').ReadStream)(STDIN, { manualStart: true }));
  if (kind === 'FILE') return new (require('fs').ReadStream)(null, { fd: STDIN, autoClose: false });
  if (kind === 'PIPE') {
    const { Socket } = require('net');
    const socket = new Socket({ fd: STDIN, readable: true, writable: false, manualStart: true });
    socket._type = 'pipe';
    return asStdin(socket);
  }
  const { Readable } = require('stream');
  const empty = new Readable({ read() {} });
  empty.push(null);
  return empty;
}

// Standard input reads only while somebody wants it to: a paused one lets the process end.
function asStdin(socket) {
  socket.fd = STDIN;
  socket.on('pause', () => require('process').nextTick(stopPaused, socket));
  return socket;
}

function stopPaused(socket) {
  if (!socket.readableFlowing) require('internal/net/socket').stopReading(socket);
}

module.exports = { open };
