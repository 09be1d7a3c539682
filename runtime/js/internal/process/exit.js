// The end of the process: `exit` handlers, then the exit code.
'use strict';

const native = binding('process');
const { isLoaded } = require('internal/core_modules');
const EXIT_UNSETTLED = 13;

function currentCode() {
  return process.exitCode === undefined || process.exitCode === null ? 0 : +process.exitCode;
}

// What `NODE_V8_COVERAGE` asks for.
function takeCoverage() {
  if (isLoaded('internal/process/coverage')) require('internal/process/coverage').take();
}

function emitExit() {
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', currentCode());
    takeCoverage();
  }
  return currentCode();
}

// The loop has nothing left. A program that still waits at its top level never will go on.
function emitNaturalExit() {
  const stalled = isLoaded('internal/module/esm') && esm().isStalled();
  if (stalled && process.exitCode === undefined) process.exitCode = EXIT_UNSETTLED;
  const code = emitExit();
  if (stalled && code === EXIT_UNSETTLED) {
    const place = esm().stalledAwait();
    if (place !== undefined) native.writeSync(2, `Warning: Detected unsettled top-level await at ${place}\n\n`);
  }
  return code;
}

const esm = () => require('internal/module/esm');

function exit(code) {
  if (arguments.length > 0 && code !== undefined) process.exitCode = code;
  if (!process._exiting) {
    if (require('internal/options').getOption('trace-exit')) {
      const trace = new primordials.Error();
      trace.name = 'WARNING';
      trace.message = `Exited the environment with code ${currentCode()}`;
      native.writeSync(2, `(rondo:${native.pid}) ${trace.stack.replace(/^Error/, `${trace.name}: ${trace.message}`)}\n`);
    }
    process._exiting = true;
    process.emit('exit', currentCode());
    takeCoverage();
  }
  process.reallyExit(currentCode());
}

const process = require('process');
module.exports = { emitExit, takeCoverage, emitNaturalExit, exit };
