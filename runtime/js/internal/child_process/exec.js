// `exec` and `execFile`: run a program and gather what it prints.
'use strict';

const { signalNumber } = require('internal/child_process/options');
const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeJoin, ArrayPrototypeSlice, Error, NumberIsInteger, ObjectDefineProperty, PromiseWithResolvers, StringPrototypeSlice,
} = primordials;

const MAX_BUFFER = 1024 * 1024;

function normalizeExecFile(file, args, options, callback) {
  const { codes } = require('internal/errors');
  if (ArrayIsArray(args)) args = ArrayPrototypeSlice(args);
  else if (args !== null && typeof args === 'object') {
    callback = options;
    options = args;
    args = null;
  } else if (typeof args === 'function') {
    callback = args;
    options = null;
    args = null;
  }
  args ??= [];
  if (typeof options === 'function') {
    callback = options;
    options = null;
  } else if (options !== undefined && options !== null) require('internal/validators').validateObject(options, 'options');
  options ??= {};
  if (callback !== undefined && callback !== null) require('internal/validators').validateFunction(callback, 'callback');
  if (options.argv0 !== undefined && options.argv0 !== null) require('internal/validators').validateString(options.argv0, 'options.argv0');
  return { file, args, options, callback, codes };
}

function execFile(file, args, options, callback) {
  const given = normalizeExecFile(file, args, options, callback);
  ({ file, args, callback } = given);
  const { codes } = given;
  options = { encoding: 'utf8', timeout: 0, maxBuffer: MAX_BUFFER, killSignal: 'SIGTERM', cwd: null, env: null, shell: false, ...given.options };
  const { timeout, maxBuffer } = options;
  if (timeout !== null && timeout !== undefined && !(NumberIsInteger(timeout) && timeout >= 0)) throw new codes.ERR_OUT_OF_RANGE('timeout', 'an unsigned integer', timeout);
  if (maxBuffer !== null && maxBuffer !== undefined && !(typeof maxBuffer === 'number' && maxBuffer >= 0)) throw new codes.ERR_OUT_OF_RANGE('options.maxBuffer', 'a positive number', maxBuffer);
  options.killSignal = signalNumber(options.killSignal, 'options.killSignal');
  const { spawn } = require('child_process');
  const child = spawn(file, args, {
    cwd: options.cwd, env: options.env, gid: options.gid, shell: options.shell, signal: options.signal, uid: options.uid, argv0: options.argv0,
    windowsHide: options.windowsHide, windowsVerbatimArguments: options.windowsVerbatimArguments,
  });
  new Gathering(child, file, args, options, callback);
  return child;
}

class Gathering {
  constructor(child, file, args, options, callback) {
    this.child = child;
    this.command = ArrayPrototypeJoin([file, ...args], ' ');
    this.options = options;
    this.callback = callback;
    this.done = false;
    this.killed = false;
    this.failure = null;
    const { Buffer } = require('buffer');
    this.encoding = options.encoding && Buffer.isEncoding(options.encoding) ? options.encoding : null;
    this.parts = { stdout: this.#gather('stdout'), stderr: this.#gather('stderr') };
    if (options.timeout > 0) this.timer = require('timers').setTimeout(() => { this.#kill(); this.timer = undefined; }, options.timeout);
    child.on('close', (code, signal) => this.#finish(code, signal));
    child.on('error', (error) => this.#fail(error));
  }

  #gather(name) {
    const stream = this.child[name];
    const parts = [];
    if (!stream) return parts;
    if (this.encoding !== null) stream.setEncoding(this.encoding);
    let length = 0;
    const limit = this.options.maxBuffer ?? 1 / 0;
    stream.on('data', (chunk) => {
      const room = limit - length;
      length += typeof chunk === 'string' ? require('buffer').Buffer.byteLength(chunk, stream.readableEncoding) : chunk.length;
      if (length > limit) {
        ArrayPrototypePush(parts, typeof chunk === 'string' ? StringPrototypeSlice(chunk, 0, room) : chunk.subarray(0, room));
        this.failure = new (require('internal/errors').codes.ERR_CHILD_PROCESS_STDIO_MAXBUFFER)(name);
        this.#kill();
      } else {
        ArrayPrototypePush(parts, chunk);
      }
    });
    return parts;
  }

  #kill() {
    if (this.child.stdout) this.child.stdout.destroy();
    if (this.child.stderr) this.child.stderr.destroy();
    this.killed = true;
    try {
      this.child.kill(this.options.killSignal);
    } catch (error) {
      this.failure ??= error;
      this.#finish(null, null);
    }
  }

  #fail(error) {
    this.failure = error;
    if (this.child.stdout) this.child.stdout.destroy();
    if (this.child.stderr) this.child.stderr.destroy();
    this.#finish(null, null);
  }

  #text(name) {
    const parts = this.parts[name];
    if (this.encoding !== null || typeof parts[0] === 'string') return ArrayPrototypeJoin(parts, '');
    return require('buffer').Buffer.concat(parts);
  }

  #finish(code, signal) {
    if (this.done) return;
    this.done = true;
    if (this.timer !== undefined) require('timers').clearTimeout(this.timer);
    const { callback } = this;
    if (!callback) return;
    const stdout = this.#text('stdout');
    const stderr = this.#text('stderr');
    if (this.failure === null && code === 0 && signal === null) return callback(null, stdout, stderr);
    let error = this.failure;
    if (error === null) {
      error = new Error(`Command failed: ${this.command}\n${stderr}`);
      error.code = code < 0 ? require('internal/uv_errors').errname(code) : code;
      error.killed = this.child.killed || this.killed;
      error.signal = signal;
    }
    error.cmd = this.command;
    callback(error, stdout, stderr);
  }
}

function exec(command, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  require('internal/validators').validateString(command, 'command');
  const given = { ...options, shell: typeof options?.shell === 'string' ? options.shell : true };
  return execFile(command, given, callback);
}

// util.promisify(exec) gives { stdout, stderr }, and the child beside.
function promisified(run) {
  return function (...args) {
    const { promise, resolve, reject } = PromiseWithResolvers();
    promise.child = run(...args, (error, stdout, stderr) => {
      if (error === null) return resolve({ stdout, stderr });
      error.stdout = stdout;
      error.stderr = stderr;
      reject(error);
    });
    return promise;
  };
}
const kPromisify = Symbol.for('nodejs.util.promisify.custom');
for (const run of [exec, execFile]) ObjectDefineProperty(run, kPromisify, { __proto__: null, enumerable: false, value: promisified(run) });

module.exports = { exec, execFile };
