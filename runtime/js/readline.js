// `node:readline`.
'use strict';

const {
  FunctionPrototypeBind, FunctionPrototypeCall, ObjectDefineProperty, ObjectSetPrototypeOf, Promise, PromiseReject,
  StringPrototypeSlice, SymbolDispose,
} = primordials;
const { AbortError } = require('internal/errors');
const { validateAbortSignal } = require('internal/validators');
const { inspect } = require('internal/util/inspect');
const { kEmptyObject, promisify } = require('internal/util');
const { clearLine, clearScreenDown, cursorTo, moveCursor } = require('internal/readline/callbacks');
const { emitKeypressEvents } = require('internal/readline/keypress');
const { Interface: Base } = require('internal/readline/interface');

function Interface(input, output, completer, terminal) {
  if (!(this instanceof Interface)) return new Interface(input, output, completer, terminal);
  if (input?.input && typeof input.completer === 'function') input.completer = withCallback(input.completer);
  else if (typeof completer === 'function') completer = withCallback(completer);
  FunctionPrototypeCall(Base, this, input, output, completer, terminal);
  if (this.terminal && require('process').env.TERM === 'dumb') this._ttyWrite = FunctionPrototypeBind(this._ttyWriteDumb, this);
}
ObjectSetPrototypeOf(Interface.prototype, Base.prototype);
ObjectSetPrototypeOf(Interface, Base);

// A completer with one parameter returns its answer.
function withCallback(completer) {
  return completer.length === 2 ? completer : (line, callback) => callback(null, completer(line));
}

Interface.prototype.question = function question(query, options, callback) {
  if (typeof options === 'function') callback = options;
  if (options === null || typeof options !== 'object') options = kEmptyObject;
  const { signal } = options;
  if (signal) {
    validateAbortSignal(signal, 'options.signal');
    if (signal.aborted) return;
    const onAbort = () => this._questionCancel();
    const disposable = require('internal/events/abort_listener').addAbortListener(signal, onAbort);
    const original = callback;
    callback = (answer) => {
      disposable[SymbolDispose]();
      return original?.(answer);
    };
  }
  if (typeof callback === 'function') this._question(query, callback);
};

Interface.prototype.question[promisify.custom] = function question(query, options) {
  if (options === null || typeof options !== 'object') options = kEmptyObject;
  const { signal } = options;
  const aborted = () => new AbortError(undefined, { cause: signal.reason });
  if (signal?.aborted) return PromiseReject(aborted());
  return new Promise((resolve, reject) => {
    let done = resolve;
    if (signal) {
      const disposable = require('internal/events/abort_listener').addAbortListener(signal, () => reject(aborted()));
      done = (answer) => {
        disposable[SymbolDispose]();
        resolve(answer);
      };
    }
    this.question(query, options, done);
  });
};

// Completers of this module take a callback.
ObjectDefineProperty(Interface.prototype, '_tabComplete', {
  __proto__: null, writable: true, configurable: true, enumerable: false,
  value: function _tabComplete(lastKeypressWasTab) {
    this.pause();
    this.completer(StringPrototypeSlice(this.line, 0, this.cursor), (error, value) => {
      this.resume();
      if (error) this._writeToOutput(`Tab completion error: ${inspect(error)}`);
      else this._tabCompleter(lastKeypressWasTab, value);
    });
  },
});

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

module.exports = {
  Interface, clearLine, clearScreenDown, createInterface, cursorTo, emitKeypressEvents, moveCursor,
  get promises() { return require('readline/promises'); },
};
