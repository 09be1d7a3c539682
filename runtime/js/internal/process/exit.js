// The end of the process: `exit` handlers, then the exit code.
'use strict';

const native = binding('process');

function currentCode() {
  return process.exitCode === undefined || process.exitCode === null ? 0 : +process.exitCode;
}

function emitExit() {
  if (!process.exiting) {
    process.exiting = true;
    process.emit('exit', currentCode());
  }
  return currentCode();
}

function exit(code) {
  if (code !== undefined) process.exitCode = code;
  native.exit(emitExit());
}

const process = require('process');
module.exports = { emitExit, exit };
