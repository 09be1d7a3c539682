// `node:repl`: read, evaluate, print, line by line.
'use strict';

const { Interface } = require('readline');
const vm = require('vm');
const {
  ArrayPrototypeFilter, ArrayPrototypePush, ArrayPrototypeShift, FunctionPrototypeCall, ObjectAssign, ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor, ObjectGetOwnPropertyNames, PromisePrototypeThen, ReflectApply, RegExpPrototypeExec,
  StringPrototypeStartsWith, SyntaxError, Symbol,
} = primordials;

const REPL_MODE_SLOPPY = Symbol('repl-sloppy');
const REPL_MODE_STRICT = Symbol('repl-strict');
const CONTINUES = '| ';

// What an evaluator calls back with for text that more lines may complete.
class Recoverable extends SyntaxError {
  constructor(error) {
    super();
    this.err = error;
  }
}

function writer(value) {
  return require('util').inspect(value, writer.options);
}
writer.options = { ...require('util').inspect.defaultOptions, showProxy: true };

// The options under the name that older programs set them by.
ObjectDefineProperty(require('util').inspect, 'replDefaults', {
  __proto__: null, configurable: true, enumerable: false, get: () => writer.options,
  set(options) { ObjectAssign(writer.options, options); },
});

function showsColors(stream) {
  return Boolean(stream?.isTTY) && (typeof stream.getColorDepth !== 'function' || stream.getColorDepth() > 2);
}

let count = 0;

class REPLServer extends Interface {
  #prompt;
  #interrupted = false;
  // While a promise is awaited lines wait here.
  #waiting = null;
  #queue = [];

  constructor(prompt, stream, evaluate, useGlobal, ignoreUndefined, replMode) {
    const options = typeof prompt === 'object' && prompt !== null ? { ...prompt } : { prompt, eval: evaluate, useGlobal, ignoreUndefined, replMode, input: stream, output: stream };
    const process = require('process');
    const input = options.input ?? process.stdin;
    const output = options.output ?? process.stdout;
    super({
      input, output, terminal: options.terminal, historySize: options.historySize, prompt: options.prompt ?? '> ',
      completer: options.completer ?? ((line, callback) => this.complete(line, callback)),
    });
    this.useColors = options.useColors ?? showsColors(output);
    this.useGlobal = options.useGlobal === true;
    this.ignoreUndefined = options.ignoreUndefined === true;
    this.replMode = options.replMode ?? REPL_MODE_SLOPPY;
    this.breakEvalOnSigint = options.breakEvalOnSigint === true;
    this.writer = options.writer ?? writer;
    if (this.useColors && this.writer === writer) writer.options.colors = true;
    this.commands = { __proto__: null };
    this.lines = [];
    this.buffered = '';
    this.last = undefined;
    this.lastError = undefined;
    this.underscoreAssigned = false;
    this.underscoreErrAssigned = false;
    this.editorMode = false;
    this.isStandalone = false;
    ObjectDefineProperty(this, '_domain', { __proto__: null, value: this.#makeDomain(), writable: true, enumerable: false });
    this.eval = options.eval ?? ((code, context, file, callback) => this.#evaluate(code, context, file, callback));
    require('internal/repl/commands').install(this);
    this.#prompt = this.getPrompt();
    this.resetContext();
    this.on('line', (line) => this.#line(line));
    this.on('SIGINT', () => this.#interrupt());
    this.on('close', () => this.#closed());
    this.displayPrompt();
  }

  // What callbacks of evaluated code throw later is shown like what it throws itself.
  #makeDomain() {
    const made = require('domain').create();
    made.on('error', (error) => {
      this.clearBufferedCommand();
      this._handleError(error);
    });
    return made;
  }

  createContext() {
    const context = this.useGlobal ? globalThis : vm.createContext();
    if (!this.useGlobal) {
      const names = ObjectGetOwnPropertyNames(globalThis);
      for (let i = 0; i < names.length; i++) {
        if (names[i] in context) continue;
        ObjectDefineProperty(context, names[i], { __proto__: null, ...ObjectGetOwnPropertyDescriptor(globalThis, names[i]) });
      }
      context.global = context;
    }
    const { Module, makeRequire } = require('internal/module/cjs');
    const module = new Module('<repl>');
    module.paths = Module._nodeModulePaths(require('process').cwd());
    hide(context, 'module', module);
    hide(context, 'require', makeRequire(module));
    require('internal/process/evaluate').addCoreModules(context);
    this.#showLast(context, '_', 'last', 'underscoreAssigned');
    this.#showLast(context, '_error', 'lastError', 'underscoreErrAssigned');
    return context;
  }

  // The last result or error, until the program uses the name for something else.
  #showLast(context, name, key, flag) {
    ObjectDefineProperty(context, name, {
      __proto__: null,
      configurable: true,
      get: () => this[key],
      set: (value) => {
        this[key] = value;
        if (this[flag]) return;
        this[flag] = true;
        this.output.write(`Expression assignment to ${name} now disabled.\n`);
      },
    });
  }

  resetContext() {
    this.underscoreAssigned = this.underscoreErrAssigned = false;
    this.lines = [];
    this.context = this.createContext();
    this.emit('reset', this.context);
  }

  defineCommand(keyword, command) {
    if (typeof command === 'function') command = { action: command };
    require('internal/validators').validateFunction(command.action, 'cmd.action');
    this.commands[keyword] = command;
  }

  setPrompt(prompt) {
    // The constructor below calls it before there are private fields.
    if (#prompt in this) this.#prompt = prompt;
    super.setPrompt(prompt);
  }

  displayPrompt(preserveCursor) {
    super.setPrompt(this.editorMode ? '' : this.buffered === '' ? this.#prompt : CONTINUES);
    this.prompt(preserveCursor);
  }

  clearBufferedCommand() {
    this.buffered = '';
  }

  complete(line, callback) {
    callback(null, require('internal/repl/complete').complete(this, line));
  }

  // In the editor Ctrl+D ends the text and Ctrl+C throws it away.
  _ttyWrite(text, key) {
    if (!this.editorMode || !key?.ctrl || (key.name !== 'd' && key.name !== 'c')) {
      FunctionPrototypeCall(Interface.prototype._ttyWrite, this, text, key);
      return;
    }
    const code = this.buffered + this.line;
    this.editorMode = false;
    this.clearBufferedCommand();
    this.clearLine();
    if (key.name === 'd') this.#run(`${code}\n`);
    else this.displayPrompt();
  }

  #line(line) {
    if (this.#waiting !== null) {
      ArrayPrototypePush(this.#queue, line);
      return;
    }
    this.#interrupted = false;
    if (this.editorMode) {
      this.buffered += `${line}\n`;
      this.displayPrompt();
      return;
    }
    const command = this.buffered === '' || line === '.break' ? RegExpPrototypeExec(/^\s*\.([a-z]+)\s*(.*)$/, line) : null;
    if (command !== null && this.commands[command[1]] !== undefined) {
      ReflectApply(this.commands[command[1]].action, this, [command[2]]);
      return;
    }
    if (command !== null) {
      this.output.write('Invalid REPL keyword\n');
      this.displayPrompt();
      return;
    }
    ArrayPrototypePush(this.lines, line);
    const code = `${this.buffered}${line}\n`;
    this.#run(code);
  }

  #run(code) {
    this._domain.run(() => this.eval(code, this.context, `REPL${++count}`, (...outcome) => this.#finish(outcome, code)));
  }

  // Runs several lines at once, as `.load` does.
  _runText(text) {
    ArrayPrototypePush(this.lines, text);
    this.#run(`${text}\n`);
  }

  #evaluate(code, context, file, callback) {
    if (code === '\n') {
      callback(null);
      return;
    }
    const { compile } = require('internal/repl/evaluate');
    let compiled;
    try {
      compiled = compile(code, file, this.replMode === REPL_MODE_STRICT);
    } catch (error) {
      const isUnfinished = require('internal/repl/evaluate').isUnfinished(error, code, file);
      callback(isUnfinished ? new Recoverable(error) : error);
      return;
    }
    let value;
    try {
      const options = { displayErrors: false, breakOnSigint: this.breakEvalOnSigint };
      value = this.useGlobal ? compiled.script.runInThisContext(options) : compiled.script.runInContext(context, options);
    } catch (error) {
      callback(error);
      return;
    }
    if (!compiled.waits) {
      callback(null, value);
      return;
    }
    const waiting = this.#waiting = { callback };
    PromisePrototypeThen(value, (result) => this.#settled(waiting, null, result), (error) => this.#settled(waiting, error));
  }

  #settled(waiting, error, result) {
    if (this.#waiting !== waiting) return;
    this.#waiting = null;
    waiting.callback(error, result);
    while (this.#queue.length > 0 && this.#waiting === null) this.#line(ArrayPrototypeShift(this.#queue));
    if (this.closed && this.#waiting === null) this.emit('exit');
  }

  // A result that was not given, as for an empty line, is not shown.
  #finish({ 0: error, 1: value, length }, code) {
    if (error instanceof Recoverable) {
      // At the end of the input nothing can complete it any more.
      this.buffered = code;
      this.displayPrompt();
      return;
    }
    this.clearBufferedCommand();
    if (error) {
      this._handleError(error);
      return;
    }
    if (length > 1) {
      if (!this.underscoreAssigned) this.last = value;
      if (value !== undefined || !this.ignoreUndefined) this.output.write(`${this.writer(value)}\n`);
    }
    if (!this.closed) this.displayPrompt();
  }

  // Shows what was thrown.
  _handleError(error) {
    if (!this.underscoreErrAssigned) this.lastError = error;
    const process = require('process');
    // The program's own handlers come first where the prompt is all of the program.
    if (this.isStandalone && process.listenerCount('uncaughtException') > 0) {
      process.nextTick(() => {
        process.emit('uncaughtException', error);
        if (!this.closed) this.displayPrompt();
      });
      return;
    }
    this.output.write(require('internal/repl/errors').describe(this, error));
    if (!this.closed) this.displayPrompt();
  }

  #interrupt() {
    if (this.#waiting !== null) {
      const { codes: { ERR_SCRIPT_EXECUTION_INTERRUPTED } } = require('internal/errors');
      this.#settled(this.#waiting, new ERR_SCRIPT_EXECUTION_INTERRUPTED());
      return;
    }
    const hadText = this.line.length > 0 || this.buffered !== '';
    this.clearBufferedCommand();
    if (!hadText && this.#interrupted) {
      this.close();
      return;
    }
    if (hadText) {
      this.output.write('\n');
    } else {
      this.output.write('\n(To exit, press Ctrl+C again or Ctrl+D or type .exit)\n');
      this.#interrupted = true;
    }
    this.line = '';
    this.cursor = 0;
    this.displayPrompt();
  }

  #closed() {
    // Text that the end of the input left open is an error now, or what the editor was given.
    if (this.buffered !== '' && this.#waiting === null) {
      const { buffered } = this;
      const wasEditor = this.editorMode;
      this.editorMode = false;
      this.clearBufferedCommand();
      if (wasEditor) this.#run(buffered);
    }
    if (this.#waiting === null) this.emit('exit');
  }

  setupHistory(options, callback) {
    const file = typeof options === 'string' ? options : options?.filePath;
    require('internal/repl/history').setup(this, file, callback ?? options?.onHistoryFileLoaded ?? (() => {}));
  }
}

function hide(context, name, value) {
  ObjectDefineProperty(context, name, { __proto__: null, value, writable: true, configurable: true, enumerable: false });
}

function start(...options) {
  return new REPLServer(...options);
}

const isPublic = (name) => !StringPrototypeStartsWith(name, '_') && !StringPrototypeStartsWith(name, 'node:');

module.exports = {
  start, writer, REPLServer, Recoverable, REPL_MODE_SLOPPY, REPL_MODE_STRICT,
  isValidSyntax: (code) => require('internal/repl/evaluate').isValid(code),
  get builtinModules() { return ArrayPrototypeFilter(require('internal/module/builtin').names, isPublic); },
  get _builtinLibs() { return ArrayPrototypeFilter(require('internal/module/builtin').names, isPublic); },
};
