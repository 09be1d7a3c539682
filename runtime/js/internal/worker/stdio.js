// Standard streams of a worker: bytes go to the parent as messages and come from it.
'use strict';

const { Readable, Writable } = require('stream');

let input;

class WorkerOutput extends Writable {
  constructor(fd) {
    super({ decodeStrings: false });
    this.fd = fd;
    this._isStdio = true;
  }

  _write(chunk, encoding, callback) {
    require('internal/worker/inside').post({ type: 'output', fd: this.fd, chunk, encoding });
    callback();
  }
}

class WorkerInput extends Readable {
  _read() {}
}

function open(fd) {
  if (fd !== 0) return new WorkerOutput(fd);
  input = new WorkerInput();
  if (!require('internal/worker/inside').startOptions().hasInput) input.push(null);
  return input;
}

// What the parent wrote to `worker.stdin`.
function onInput(message) {
  if (message.type !== 'input') return;
  const stream = require('process').stdin;
  stream.push(message.chunk === null ? null : require('buffer').Buffer.from(message.chunk));
}

module.exports = { onInput, open };
