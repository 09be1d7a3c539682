// `new Worker()`: the parent's side.
'use strict';

const native = binding('worker');
const EventEmitter = require('events');
const { heard } = require('internal/diagnostics');
const { codes } = require('internal/errors');
const { MessageChannel, MessagePort, forget, numberOf, receiveMessageOnPort } = require('internal/message_port');
const {
  ArrayIsArray, ArrayPrototypeMap, Error, NumberIsFinite, ObjectAssign, ObjectDefineProperty, Promise, PromiseResolve,
  RegExpPrototypeExec, String, StringPrototypeStartsWith, Symbol, SymbolFor,
} = primordials;

// The option that has a worker run a module of the runtime instead of a program.
const kInternalModule = Symbol('internal module');

const SHARE_ENV = SymbolFor('nodejs.worker_threads.SHARE_ENV');
const CODE_ENDED = 0;
// Node's defaults, in megabytes.
const STACK_MB_DEFAULT = 4;

function isUrl(value) {
  return typeof value === 'object' && value !== null && typeof value.href === 'string' && typeof value.protocol === 'string';
}

// `{ filename, isUrl }` of what the first argument names.
function targetOf(filename, isEval) {
  if (isEval) {
    if (typeof filename !== 'string') throw new codes.ERR_INVALID_ARG_VALUE('options.eval', true, 'must be false when \'filename\' is not a string');
    return { filename, isUrl: false };
  }
  if (isUrl(filename)) {
    if (filename.protocol === 'data:') return { filename: filename.href, isUrl: true };
    return { filename: require('url').fileURLToPath(filename), isUrl: false };
  }
  if (typeof filename !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('filename', ['string', 'URL'], filename);
  const path = require('path');
  if (path.isAbsolute(filename) || RegExpPrototypeExec(/^\.\.?[\\/]/, filename) !== null) return { filename: path.resolve(filename), isUrl: false };
  throw new codes.ERR_WORKER_PATH(filename);
}

function environmentOf(env) {
  const process = require('process');
  if (env === undefined || env === null) return { ...process.env };
  if (env === SHARE_ENV) return null;
  if (typeof env !== 'object') {
    throw new codes.ERR_INVALID_ARG_TYPE('options.env', ['object', 'undefined', 'null', 'worker_threads.SHARE_ENV'], env);
  }
  const copy = {};
  for (const key of primordials.ObjectKeys(env)) copy[key] = String(env[key]);
  return copy;
}

function limitsOf(limits) {
  const read = (name, fallback) => (typeof limits?.[name] === 'number' && NumberIsFinite(limits[name]) ? limits[name] : fallback);
  const { heap_size_limit: whole } = require('v8').getHeapStatistics();
  return {
    maxYoungGenerationSizeMb: read('maxYoungGenerationSizeMb', 48),
    maxOldGenerationSizeMb: read('maxOldGenerationSizeMb', primordials.MathFloor(whole / 0x100000)),
    codeRangeSizeMb: read('codeRangeSizeMb', 0),
    stackSizeMb: read('stackSizeMb', STACK_MB_DEFAULT),
  };
}

class Worker extends EventEmitter {
  #control;
  #port;
  #hasEnded = false;
  #stdin = null;
  #stdout;
  #stderr;
  #ending;

  constructor(filename, options = { __proto__: null }) {
    super();
    options ??= { __proto__: null };
    if (options.argv !== undefined && !ArrayIsArray(options.argv)) throw new codes.ERR_INVALID_ARG_TYPE('options.argv', 'Array', options.argv);
    if (options.execArgv !== undefined && !ArrayIsArray(options.execArgv)) throw new codes.ERR_INVALID_ARG_TYPE('options.execArgv', 'Array', options.execArgv);
    const isEval = options.eval === true;
    const target = targetOf(filename, isEval);
    const env = environmentOf(options.env);
    const name = options.name === undefined || options.name === null ? 'WorkerThread' : options.name;
    require('internal/validators').validateString(name, 'options.name');
    const inside = require('internal/worker/inside');
    this.threadId = native.newThreadId();
    this.threadName = name;
    this.resourceLimits = limitsOf(options.resourceLimits);
    const { port1: control, port2: theirs } = new MessageChannel();
    const { port1: port, port2: parentPort } = new MessageChannel();
    this.#control = control;
    this.#port = port;
    const { Readable } = require('stream');
    const makeOutput = () => new Readable({ read() {} });
    this.#stdout = makeOutput();
    this.#stderr = makeOutput();
    if (options.stdin) this.#stdin = this.#makeInput();
    const process = require('process');
    if (!options.stdout) this.#passOn(this.#stdout, process.stdout);
    if (!options.stderr) this.#passOn(this.#stderr, process.stderr);
    const execArgv = options.execArgv === undefined ? undefined : ArrayPrototypeMap(options.execArgv, String);
    control.postMessage({
      ...target, isEval, env, name, internalModule: options[kInternalModule],
      argv: options.argv === undefined ? [] : ArrayPrototypeMap(options.argv, String),
      workerData: options.workerData, port: parentPort, threadId: this.threadId,
      resourceLimits: this.resourceLimits, hasInput: Boolean(options.stdin),
      environmentData: [...inside.environmentData],
    }, [parentPort, ...(options.transferList ?? [])]);
    control.on('message', (message) => this.#onControl(message));
    control.on('close', () => this.#onEnd());
    port.on('message', (message) => this.emit('message', message));
    port.on('messageerror', (error) => this.emit('messageerror', error));
    port.unref();
    const number = numberOf(theirs);
    const { maxOldGenerationSizeMb: given = 0, maxYoungGenerationSizeMb: young = 0 } = options.resourceLimits ?? {};
    try {
      native.start(this.threadId, number, [target.filename, ...(options.argv ?? [])].map(String), execArgv, given, young);
    } catch (error) {
      control.removeAllListeners();
      control.close();
      port.close();
      throw error;
    }
    forget([number]);
    heard('worker_threads')?.publish({ worker: this });
    process.nextTick(() => process.emit('worker', this));
  }

  #makeInput() {
    const { Writable } = require('stream');
    const control = this.#control;
    return new Writable({
      write(chunk, encoding, callback) {
        control.postMessage({ type: 'input', chunk });
        callback();
      },
      final(callback) {
        control.postMessage({ type: 'input', chunk: null });
        callback();
      },
    });
  }

  // Output nobody asked for goes to the process's own, at once.
  #passOn(stream, to) {
    stream.on('data', (chunk) => to.write(chunk));
  }

  #onControl(message) {
    switch (message.type) {
      case 'online':
        this.emit('online');
        break;
      case 'output': {
        const stream = message.fd === 1 ? this.#stdout : this.#stderr;
        stream.push(typeof message.chunk === 'string' ? message.chunk : require('buffer').Buffer.from(message.chunk), message.encoding);
        break;
      }
      case 'error':
        this.#drain();
        this.emit('error', errorOf(message));
        break;
    }
  }

  // Messages that came before the end are delivered before it.
  #drain() {
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      this.emit('message', received.message);
    }
  }

  #onEnd() {
    if (this.#hasEnded) return;
    this.#drain();
    this.#hasEnded = true;
    const { 0: code, 1: isFull, 2: failure } = native.finish(this.threadId) ?? [CODE_ENDED, false];
    this.threadId = -1;
    this.threadName = null;
    this.resourceLimits = {};
    this.#port.close();
    this.#stdout.push(null);
    this.#stderr.push(null);
    if (this.#stdin !== null && !this.#stdin.destroyed) this.#stdin.destroy();
    if (isFull) this.emit('error', new codes.ERR_WORKER_OUT_OF_MEMORY('JS heap out of memory'));
    if (failure !== undefined) this.emit('error', new codes.ERR_WORKER_INIT_FAILED(failure));
    this.emit('exit', code);
  }

  postMessage(...args) {
    if (!this.#hasEnded) this.#port.postMessage(...args);
  }

  terminate() {
    if (this.#hasEnded) return PromiseResolve();
    this.#ending ??= new Promise((resolve) => this.once('exit', resolve));
    this.ref();
    native.terminate(this.threadId);
    return this.#ending;
  }

  async [primordials.SymbolAsyncDispose]() {
    await this.terminate();
  }

  ref() {
    if (!this.#hasEnded) this.#control.ref();
  }

  unref() {
    if (!this.#hasEnded) this.#control.unref();
  }

  get stdin() { return this.#stdin; }
  get stdout() { return this.#stdout; }
  get stderr() { return this.#stderr; }
}

for (const name of ['getHeapSnapshot', 'getHeapStatistics', 'startCpuProfile', 'startHeapProfile', 'cpuUsage']) {
  ObjectDefineProperty(Worker.prototype, name, {
    __proto__: null, configurable: true, writable: true, enumerable: false,
    value() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`worker.${name}()`); },
  });
}

function errorOf({ error, own, text, stack }) {
  if (text !== undefined && error === undefined) {
    error = new Error(text);
    error.stack = stack;
  }
  if (error !== null && typeof error === 'object') {
    const { name, ...rest } = own;
    ObjectAssign(error, rest);
    if (name !== undefined && error.name !== name) ObjectDefineProperty(error, 'name', { __proto__: null, value: name, writable: true, configurable: true, enumerable: false });
  }
  return error;
}

module.exports = { kInternalModule, SHARE_ENV, Worker };
