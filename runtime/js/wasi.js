// node:wasi: WebAssembly programs that ask for the system interface "preview 1"
// (https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md). As in Node it is no sandbox for code that one
// does not trust.
'use strict';

const {
  ArrayPrototypeMap, ArrayPrototypePush, FunctionPrototypeBind, ObjectEntries, ObjectKeys, String, Symbol,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_WASI_ALREADY_STARTED },
} = require('internal/errors');
const {
  validateArray, validateBoolean, validateFunction, validateInt32, validateObject, validateString, validateUndefined,
} = require('internal/validators');
const { System } = require('internal/wasi/system');

const NAMESPACES = { __proto__: null, unstable: 'wasi_unstable', preview1: 'wasi_snapshot_preview1' };
const kExit = Symbol('exit');

class WASI {
  #system;
  #started = false;
  #namespace;
  #exitCode = 0;

  constructor(options = { __proto__: null }) {
    validateObject(options, 'options');
    validateString(options.version, 'options.version');
    this.#namespace = NAMESPACES[options.version];
    if (this.#namespace === undefined) {
      throw new ERR_INVALID_ARG_VALUE('options.version', options.version, 'unsupported WASI version');
    }
    if (options.args !== undefined) validateArray(options.args, 'options.args');
    if (options.env !== undefined) validateObject(options.env, 'options.env');
    if (options.preopens !== undefined) validateObject(options.preopens, 'options.preopens');
    const { stdin = 0, stdout = 1, stderr = 2, returnOnExit = true } = options;
    validateInt32(stdin, 'options.stdin', 0);
    validateInt32(stdout, 'options.stdout', 0);
    validateInt32(stderr, 'options.stderr', 0);
    validateBoolean(returnOnExit, 'options.returnOnExit');

    const env = [];
    const names = ObjectKeys(options.env ?? {});
    for (let i = 0; i < names.length; i++) {
      const value = options.env[names[i]];
      if (value !== undefined) ArrayPrototypePush(env, `${names[i]}=${value}`);
    }
    this.#system = new System({
      args: ArrayPrototypeMap(options.args ?? [], String), env, stdio: [stdin, stdout, stderr],
      preopens: ArrayPrototypeMap(ObjectEntries(options.preopens ?? {}), ({ 0: name, 1: path }) => ({ name, path: String(path) })),
      exit: (code) => {
        if (!returnOnExit) require('process').reallyExit(code);
        this.#exitCode = code;
        throw kExit; // eslint-disable-line no-throw-literal -- it must pass through the program, and be known again
      },
    });
    this.wasiImport = {};
    const operations = System.operations;
    for (let i = 0; i < operations.length; i++) {
      this.wasiImport[operations[i]] = FunctionPrototypeBind(this.#system[operations[i]], this.#system);
    }
  }

  getImportObject() {
    return { [this.#namespace]: this.wasiImport };
  }

  // Gives the system calls the memory of the program.
  finalizeBindings(instance, { memory = instance?.exports?.memory } = {}) {
    if (this.#started) throw new ERR_WASI_ALREADY_STARTED();
    validateObject(instance, 'instance');
    validateObject(instance.exports, 'instance.exports');
    if (!(memory instanceof WebAssembly.Memory)) {
      throw new ERR_INVALID_ARG_TYPE('instance.exports.memory', 'WebAssembly.Memory', memory);
    }
    this.#started = true;
    this.#system.memory = memory;
  }

  // Runs a command; the result is its exit code.
  start(instance) {
    this.finalizeBindings(instance);
    const { _start: start, _initialize: initialize } = instance.exports;
    validateFunction(start, 'instance.exports._start');
    validateUndefined(initialize, 'instance.exports._initialize');
    try {
      start();
    } catch (error) {
      if (error !== kExit) throw error;
    }
    return this.#exitCode;
  }

  // Makes a library ready.
  initialize(instance) {
    this.finalizeBindings(instance);
    const { _start: start, _initialize: initialize } = instance.exports;
    validateUndefined(start, 'instance.exports._start');
    if (initialize === undefined) return;
    validateFunction(initialize, 'instance.exports._initialize');
    initialize();
  }
}

module.exports = { WASI };

require('internal/util').emitExperimentalWarning('WASI');
