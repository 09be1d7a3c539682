// `ChildProcess`: a child that runs beside the loop.
'use strict';

const native = binding('child');
const EventEmitter = require('events');
const { heard, traced } = require('internal/diagnostics');
const { signalNumber, signalName, stdioList, stdioKind } = require('internal/child_process/options');
const { ArrayPrototypePush, FunctionPrototypeCall, ObjectSetPrototypeOf, Symbol, SymbolDispose } = primordials;

// On a stream that is another child's input or output: nobody here reads it.
const kGivenAway = Symbol('given away');

function ChildProcess() {
  FunctionPrototypeCall(EventEmitter, this);
  this._closesNeeded = 1;
  this._closesGot = 0;
  this.connected = false;
  this.signalCode = null;
  this.exitCode = null;
  this.killed = false;
  this.spawnfile = null;
  this.pid = undefined;
  heard('child_process')?.publish({ process: this });
}
ObjectSetPrototypeOf(ChildProcess.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(ChildProcess, EventEmitter);

const { prototype } = ChildProcess;

prototype.spawn = function spawn(options) {
  const tracing = traced('child_process.spawn');
  if (tracing === undefined) return launch(this, options);
  tracing.start.publish({ process: this, options });
  let failure;
  try {
    const result = launch(this, options);
    if (result < 0) failure = require('internal/errors').errnoException(result, 'spawn');
    return result;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    if (failure === undefined) tracing.end.publish({ process: this });
    else tracing.error.publish({ process: this, error: failure });
  }
};

function launch(child, options) {
  const { codes, errnoException } = require('internal/errors');
  const validate = require('internal/validators');
  validate.validateObject(options, 'options');
  if (options.serialization !== undefined) validate.validateOneOf(options.serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  validate.validateString(options.file, 'options.file');
  if (options.args !== undefined) validate.validateArray(options.args, 'options.args');
  if (options.envPairs !== undefined) validate.validateArray(options.envPairs, 'options.envPairs');
  const plan = planStdio(options, codes);
  child.spawnfile = options.file;
  child.spawnargs = options.args ?? [];
  const pairs = primordials.ArrayIsArray(options.env) ? options.env : options.envPairs;
  const env = pairs === undefined ? undefined : [...pairs];
  if (plan.ipc !== undefined) {
    ArrayPrototypePush(env, `NODE_CHANNEL_FD=${plan.ipc.index}`, `NODE_CHANNEL_SERIALIZATION_MODE=${options.serialization ?? 'json'}`);
  }
  const result = native.spawn({
    file: options.file, args: child.spawnargs, env, cwd: options.cwd, fds: plan.fds, detached: options.detached === true,
    uid: options.uid ?? undefined, gid: options.gid ?? undefined,
  }, (code, signal) => onExit(child, code, signal));
  for (const end of plan.theirs) native.closeFd(end);
  if (result < 0) {
    const failure = errnoException(result, 'spawn');
    if (![-2, -13, -11, -24, -23, -7].includes(result)) {
      for (const pipe of plan.pipes) native.closeFd(pipe.fd);
      throw failure;
    }
    require('process').nextTick(() => onExit(child, result, 0));
  } else {
    child.pid = result;
    child._handle = new Handle(child);
    require('process').nextTick(() => child.emit('spawn'));
  }
  makeStreams(child, plan);
  if (plan.ipc !== undefined) require('internal/child_process/channel').setup(child, plan.ipc.fd, options.serialization);
  return result;
}

// What code that looks below finds: Node's handle by its operations.
class Handle {
  #child;
  constructor(child) { this.#child = child; }
  get pid() { return this.#child.pid; }
  ref() { native.setRefed(this.#child.pid, true); }
  unref() { native.setRefed(this.#child.pid, false); }
  hasRef() { return this.#child._handle !== null; }
  kill(signal) { return binding('process').kill(this.#child.pid, signal); }
  close() {}
}

function planStdio(options, codes) {
  const plan = { fds: [], pipes: [], theirs: [], ipc: undefined, count: 0 };
  const list = stdioList(options.stdio);
  plan.count = list.length;
  for (let index = 0; index < list.length; index++) {
    const kind = stdioKind(list[index], index);
    if (kind.type === 'ignore') {
      ArrayPrototypePush(plan.fds, -1);
      continue;
    }
    if (kind.type === 'fd') {
      // The child reads a stream that it is given; we don't take its bytes away.
      list[index]?._handle?.readStop?.();
      if (typeof list[index] === 'object' && list[index] !== null) list[index][kGivenAway] = true;
      ArrayPrototypePush(plan.fds, kind.fd);
      continue;
    }
    if (kind.type === 'ipc' && plan.ipc !== undefined) throw new codes.ERR_IPC_ONE_PIPE();
    const ends = native.pair();
    if (typeof ends === 'number') throw require('internal/errors').errnoException(ends, 'spawn');
    ArrayPrototypePush(plan.fds, ends[1]);
    ArrayPrototypePush(plan.theirs, ends[1]);
    if (kind.type === 'ipc') plan.ipc = { index, fd: ends[0] };
    else ArrayPrototypePush(plan.pipes, { index, fd: ends[0] });
  }
  return plan;
}

function makeStreams(child, plan) {
  const { Socket } = require('net');
  child.stdio = new primordials.Array(plan.count).fill(null);
  for (const { index, fd } of plan.pipes) {
    const stream = index === 0 ? new Socket({ fd, readable: false, writable: true }) :
      new Socket({ fd, readable: true, writable: index > 2, manualStart: index < 3 });
    child.stdio[index] = stream;
    child._closesNeeded++;
    stream.once('close', () => maybeClose(child));
  }
  child.stdin = child.stdio[0];
  child.stdout = child.stdio[1];
  child.stderr = child.stdio[2];
}

function onExit(child, code, signal) {
  if (signal !== 0) child.signalCode = signalName(signal);
  else child.exitCode = code;
  if (child.stdin) child.stdin.destroy();
  child._handle = null;
  if (code < 0) {
    const failure = require('internal/errors').errnoException(code, child.spawnfile ? `spawn ${child.spawnfile}` : 'spawn');
    if (child.spawnfile) failure.path = child.spawnfile;
    failure.spawnargs = child.spawnargs.slice(1);
    child.emit('error', failure);
  } else {
    child.emit('exit', child.exitCode, child.signalCode);
  }
  // What nobody reads must not keep 'close' away.
  require('process').nextTick(() => {
    for (const stream of child.stdio ?? []) {
      const isIdle = stream?.readable && !stream.readableListening && stream.readableFlowing === null;
      if (isIdle && stream !== child.stdin && !stream[kGivenAway]) stream.resume();
    }
  });
  maybeClose(child);
}

function maybeClose(child) {
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) child.emit('close', child.exitCode, child.signalCode);
}

prototype.kill = function kill(signal) {
  const number = signal === 0 ? 0 : signalNumber(signal === undefined ? 'SIGTERM' : signal);
  if (this._handle) {
    const errno = this._handle.kill(number);
    if (errno === 0) {
      if (number !== 0) this.killed = true;
      return true;
    }
    if (errno === -3) return false;
    if (errno === -22 || errno === -38) throw require('internal/errors').errnoException(errno, 'kill');
    this.emit('error', require('internal/errors').errnoException(errno, 'kill'));
  }
  return false;
};

prototype[SymbolDispose] = function dispose() {
  if (!this.killed) this.kill();
};

prototype.ref = function ref() {
  if (this._handle) this._handle.ref();
};

prototype.unref = function unref() {
  if (this._handle) this._handle.unref();
};

module.exports = { ChildProcess };
