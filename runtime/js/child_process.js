// `node:child_process`.
'use strict';

const { ChildProcess } = require('internal/child_process/process');
const { normalizeSpawn, signalNumber } = require('internal/child_process/options');
const { exec, execFile } = require('internal/child_process/exec');
const { spawnSync, execFileSync, execSync } = require('internal/child_process/sync');
const { ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeSlice, NumberIsInteger, ObjectAssign } = primordials;

function spawn(file, args, options) {
  const plan = normalizeSpawn(file, args, options);
  const { timeout, signal } = plan;
  if (timeout !== undefined && timeout !== null && !(NumberIsInteger(timeout) && timeout >= 0)) {
    throw new (require('internal/errors').codes.ERR_OUT_OF_RANGE)('timeout', 'an unsigned integer', timeout);
  }
  const killSignal = signalNumber(plan.killSignal, 'options.killSignal') ?? 15;
  const child = new ChildProcess();
  child.spawn(plan);
  if (timeout > 0) killAfter(child, timeout, killSignal);
  if (signal) abortWith(child, signal, killSignal);
  return child;
}

function killAfter(child, timeout, killSignal) {
  const timer = require('timers').setTimeout(() => {
    try {
      child.kill(killSignal);
    } catch (error) {
      child.emit('error', error);
    }
  }, timeout);
  child.once('exit', () => require('timers').clearTimeout(timer));
}

function abortWith(child, signal, killSignal) {
  const { AbortError } = require('internal/errors');
  const onAbort = () => {
    try {
      if (child.kill(killSignal)) child.emit('error', new AbortError(undefined, { cause: signal.reason }));
    } catch (error) {
      child.emit('error', error);
    }
  };
  if (signal.aborted) return require('process').nextTick(onAbort);
  signal.addEventListener('abort', onAbort, { once: true });
  child.once('exit', () => signal.removeEventListener('abort', onAbort));
}

// Another rondo that runs a module, with a channel between.
function fork(modulePath, args, options) {
  const { codes } = require('internal/errors');
  const process = require('process');
  modulePath = require('internal/url').toPathIfFileURL(modulePath);
  require('internal/validators').validateString(modulePath, 'modulePath');
  if (args === undefined || args === null) args = [];
  else if (typeof args !== 'object') throw new codes.ERR_INVALID_ARG_VALUE('args', args);
  else if (!ArrayIsArray(args)) {
    options = args;
    args = [];
  }
  if (options !== undefined && options !== null) require('internal/validators').validateObject(options, 'options');
  options = ObjectAssign({}, options, { shell: false });
  options.execPath ||= process.execPath;
  let execArgv = options.execArgv ?? process.execArgv;
  if (execArgv === process.execArgv && process._eval !== undefined) {
    const index = execArgv.lastIndexOf(process._eval);
    if (index > 0) {
      execArgv = ArrayPrototypeSlice(execArgv);
      execArgv.splice(index - 1, 2);
    }
  }
  if (typeof options.stdio === 'string') {
    if (!ArrayPrototypeIncludes(['pipe', 'inherit', 'ignore', 'overlapped'], options.stdio)) throw new codes.ERR_INVALID_ARG_VALUE('stdio', options.stdio);
    options.stdio = [options.stdio, options.stdio, options.stdio, 'ipc'];
  } else if (!ArrayIsArray(options.stdio)) {
    const kind = options.silent ? 'pipe' : 'inherit';
    options.stdio = [options.silent ? 'pipe' : 'inherit', kind, kind, 'ipc'];
  } else if (!options.stdio.includes('ipc')) {
    throw new codes.ERR_CHILD_PROCESS_IPC_REQUIRED('options.stdio');
  }
  return spawn(options.execPath, [...execArgv, modulePath, ...args], options);
}

module.exports = { _forkChild: (fd, mode) => require('internal/child_process/channel').setup(require('process'), fd, mode), ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync };
