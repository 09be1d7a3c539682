// `node:readline/promises`.
'use strict';

const { Promise, SymbolDispose } = primordials;
const { AbortError } = require('internal/errors');
const { validateAbortSignal } = require('internal/validators');
const { kEmptyObject } = require('internal/util');
const { Readline } = require('internal/readline/promises');
const { Interface: Base } = require('internal/readline/interface');

class Interface extends Base {
  question(query, options = kEmptyObject) {
    return new Promise((resolve, reject) => {
      const signal = options?.signal;
      let done = resolve;
      if (signal) {
        validateAbortSignal(signal, 'options.signal');
        const aborted = () => new AbortError(undefined, { cause: signal.reason });
        if (signal.aborted) return reject(aborted());
        const onAbort = () => {
          this._questionCancel();
          reject(aborted());
        };
        const disposable = require('internal/events/abort_listener').addAbortListener(signal, onAbort);
        done = (answer) => {
          disposable[SymbolDispose]();
          resolve(answer);
        };
      }
      this._questionReject = reject;
      this._question(query, done);
    });
  }
}

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

module.exports = { Interface, Readline, createInterface };
