// `node:repl`: read, evaluate, print, line by line.
'use strict';

const { Interface } = require('readline');
const vm = require('vm');
const { ArrayPrototypeFilter, ObjectDefineProperty, ObjectGetOwnPropertyNames, ObjectGetPrototypeOf, PromisePrototypeThen, RegExpPrototypeExec, StringPrototypeStartsWith, SyntaxError, Symbol } = primordials;

const REPL_MODE_SLOPPY = Symbol('repl-sloppy');
const REPL_MODE_STRICT = Symbol('repl-strict');
// Errors of text that more lines may complete.
const UNFINISHED = /^(Unexpected end of input|Unterminated template|missing \) after argument list|Unterminated regular expression: missing \/|Invalid regular expression: missing \/)/;

class Recoverable extends SyntaxError {
  constructor(error) {
    super();
    this.err = error;
  }
}

class REPLServer extends Interface {
  constructor(prompt, stream, evaluate, useGlobal, ignoreUndefined, replMode) {
    const options = typeof prompt === 'object' && prompt !== null ? { ...prompt } : { prompt, eval: evaluate, useGlobal, ignoreUndefined, replMode, input: stream, output: stream };
    const process = require('process');
    super({
      input: options.input ?? process.stdin, output: options.output ?? process.stdout, terminal: options.terminal, historySize: options.historySize,
      completer: options.completer ?? ((line, callback) => callback(null, this.#complete(line))), prompt: options.prompt ?? '> ',
    });
    this.useGlobal = options.useGlobal === true;
    this.ignoreUndefined = options.ignoreUndefined === true;
    this.replMode = options.replMode ?? REPL_MODE_SLOPPY;
    this.writer = options.writer ?? exports.writer;
    this.commands = { __proto__: null };
    this.buffered = '';
    this.last = undefined;
    this.editorMode = false;
    this.eval = options.eval ?? ((code, context, file, callback) => this.#evaluate(code, context, file, callback));
    require('internal/repl/commands').install(this);
    this.#initial = options.prompt ?? '> ';
    this.resetContext();
    this.on('line', (line) => this.#line(line));
    this.on('SIGINT', () => this.#interrupt());
    this.on('close', () => { if (!this.#waiting) this.emit('exit'); });
    this.displayPrompt();
  }

  #initial;
  #interrupted = false;
  // While a promise is awaited lines wait here.
  #waiting = false;
  #queue = [];

  createContext() {
    const context = this.useGlobal ? globalThis : vm.createContext();
    if (!this.useGlobal) {
      for (const name of ObjectGetOwnPropertyNames(globalThis)) {
        if (name in context) continue;
        const descriptor = primordials.ObjectGetOwnPropertyDescriptor(globalThis, name);
        ObjectDefineProperty(context, name, { __proto__: null, ...descriptor });
      }
      context.global = context;
    }
    const { Module, makeRequire } = require('internal/module/cjs');
    const module = new Module('<repl>');
    module.paths = Module._nodeModulePaths(require('process').cwd());
    for (const [name, value] of [['module', module], ['require', makeRequire(module)]]) {
      ObjectDefineProperty(context, name, { __proto__: null, value, writable: true, configurable: true, enumerable: false });
    }
    require('internal/process/evaluate').addCoreModules(context);
    ObjectDefineProperty(context, '_', { __proto__: null, configurable: true, get: () => this.last, set: (value) => { this.last = value; } });
    ObjectDefineProperty(context, '_error', { __proto__: null, configurable: true, get: () => this.lastError, set: (value) => { this.lastError = value; } });
    return context;
  }

  resetContext() {
    this.context = this.createContext();
    this.emit('reset', this.context);
  }

  defineCommand(keyword, command) {
    if (typeof command === 'function') command = { action: command };
    require('internal/validators').validateFunction(command.action, 'cmd.action');
    this.commands[keyword] = command;
  }

  displayPrompt(preserveCursor) {
    this.setPrompt(this.buffered === '' ? this.#initial : '| ');
    this.prompt(preserveCursor);
  }

  clearBufferedCommand() {
    this.buffered = '';
  }

  #line(line) {
    if (this.#waiting) {
      primordials.ArrayPrototypePush(this.#queue, line);
      return;
    }
    this.#interrupted = false;
    const command = this.buffered === '' || line === '.break' ? RegExpPrototypeExec(/^\s*\.([a-z]+)\s*(.*)$/, line) : null;
    if (command !== null && this.commands[command[1]] !== undefined && !this.editorMode) {
      primordials.ReflectApply(this.commands[command[1]].action, this, [command[2]]);
      return;
    }
    if (command !== null && !this.editorMode) {
      this.output.write('Invalid REPL keyword\n');
      this.displayPrompt();
      return;
    }
    const code = `${this.buffered}${line}\n`;
    if (code === '\n') return this.displayPrompt();
    this.eval(code, this.context, `REPL${++count}`, (error, value) => this.#finish(error, value, code));
  }

  #evaluate(code, context, file, callback) {
    let text = this.replMode === REPL_MODE_STRICT ? `'use strict'; ${code}` : code;
    const isObject = RegExpPrototypeExec(/^\s*\{[^]*\}\s*$/, code) !== null && RegExpPrototypeExec(/;\s*$/, code) === null;
    let script;
    let waits = false;
    try {
      try {
        script = isObject ? new vm.Script(`(${code.trim()}\n)`, { filename: file, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }) : undefined;
      } catch {
        script = undefined;
      }
      script ??= new vm.Script(text, { filename: file, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
    } catch (error) {
      const wrapped = require('internal/repl/await').wrapAwait(code);
      try {
        if (wrapped === undefined) throw error;
        text = wrapped;
        script = new vm.Script(text, { filename: file, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
        waits = true;
      } catch {
        callback(RegExpPrototypeExec(UNFINISHED, error?.message ?? '') !== null ? new Recoverable(error) : error);
        return;
      }
    }
    let value;
    try {
      value = this.useGlobal ? script.runInThisContext() : script.runInContext(context);
    } catch (error) {
      return callback(error);
    }
    if (!waits) return callback(null, value);
    this.#waiting = true;
    PromisePrototypeThen(value, (result) => this.#settled(callback, null, result), (error) => this.#settled(callback, error));
  }

  #settled(callback, error, result) {
    this.#waiting = false;
    callback(error, result);
    while (this.#queue.length > 0 && !this.#waiting) this.#line(primordials.ArrayPrototypeShift(this.#queue));
    if (this.closed && !this.#waiting) this.emit('exit');
  }

  #finish(error, value, code) {
    if (error instanceof Recoverable) {
      this.buffered = code;
      this.displayPrompt();
      return;
    }
    this.buffered = '';
    if (error) {
      this.lastError = error;
      const isError = binding('util').isNativeError(error);
      this.output.write(`Uncaught ${isError ? error.name === 'SyntaxError' ? `${error.name}: ${error.message}` : this.writer(error) : this.writer(error)}\n`);
    } else {
      this.last = value;
      if (value !== undefined || !this.ignoreUndefined) this.output.write(`${this.writer(value)}\n`);
    }
    if (!this.closed) this.displayPrompt();
  }

  #interrupt() {
    const hadText = this.line.length > 0 || this.buffered !== '';
    this.clearBufferedCommand();
    if (!hadText && this.#interrupted) {
      this.close();
      return;
    }
    if (!hadText) {
      this.output.write('\n(To exit, press Ctrl+C again or Ctrl+D or type .exit)\n');
      this.#interrupted = true;
    } else {
      this.output.write('\n');
    }
    this.line = '';
    this.cursor = 0;
    this.displayPrompt();
  }

  // Members of the object before the last dot, else globals and commands.
  #complete(line) {
    const found = RegExpPrototypeExec(/([\w$.]*)$/, line)[1];
    if (line[0] === '.') return [ArrayPrototypeFilter(primordials.ObjectKeys(this.commands).map((name) => `.${name}`), (name) => StringPrototypeStartsWith(name, line)), line];
    const dot = found.lastIndexOf('.');
    let names = [];
    try {
      const target = dot === -1 ? this.context : this.#valueOf(found.slice(0, dot));
      const prefix = dot === -1 ? '' : found.slice(0, dot + 1);
      for (let object = Object(target); object !== null; object = ObjectGetPrototypeOf(object)) {
        names = [...names, ...ObjectGetOwnPropertyNames(object).map((name) => prefix + name)];
      }
    } catch {
      return [[], found];
    }
    return [[...new Set(names)].filter((name) => StringPrototypeStartsWith(name, found) && RegExpPrototypeExec(/^[\w$.]+$/, name) !== null).sort(), found];
  }

  // Only names and dots: reading them is all that completion may do.
  #valueOf(path) {
    let value = this.context;
    for (const name of path.split('.')) value = value[name];
    return value;
  }

  setupHistory(options, callback) {
    const file = typeof options === 'string' ? options : options?.filePath;
    require('internal/repl/history').setup(this, file, callback ?? options?.onHistoryFileLoaded ?? (() => {}));
  }
}

let count = 0;
const { Object, Set } = primordials;

function start(...options) {
  return new REPLServer(...options);
}

const exports_ = {
  start, REPLServer, Recoverable, REPL_MODE_SLOPPY, REPL_MODE_STRICT,
  writer: (value) => require('util').inspect(value, { showProxy: true }),
  get builtinModules() { return require('internal/module/builtin').names.filter((name) => !name.startsWith('_') && !name.startsWith('node:')); },
};
for (const key of primordials.ReflectOwnKeys(exports_)) ObjectDefineProperty(exports, key, primordials.ObjectGetOwnPropertyDescriptor(exports_, key));
