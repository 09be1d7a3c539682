// `Interface`: lines from a stream; on a terminal, a line that is edited. Display and editing are in their own files and
// become methods here, under the names by which programs have always reached them (`_ttyWrite`, `_refreshLine`, ...).
'use strict';

const {
  DateNow, FunctionPrototypeCall, MathMax, NumberIsFinite, ObjectDefineProperties, ObjectDefineProperty, ObjectGetOwnPropertyDescriptors,
  ObjectSetPrototypeOf, RegExpPrototypeSymbolSplit, StringPrototypeCodePointAt, StringPrototypeEndsWith,
  StringPrototypeSlice, Symbol, SymbolAsyncIterator, SymbolDispose,
} = primordials;
const { codes: { ERR_INVALID_ARG_VALUE, ERR_USE_AFTER_CLOSE } } = require('internal/errors');
const { validateAbortSignal, validateUint32 } = require('internal/validators');
const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');
const { ESCAPE_CODE_TIMEOUT_MS, emitKeypressEvents } = require('internal/readline/keypress');
const { History } = require('internal/readline/history');

/** A `\n` so soon after a `\r` belongs to it. */
const CRLF_DELAY_MIN_MS = 100;
/** Lines kept for an async iterator before the input is paused. */
const ITERATOR_LINES_MAX = 1024;
const TAB_SIZE = 8;
const LINE_ENDING = /\r\n|\n|\r|\u2028|\u2029/;
const kIterator = Symbol('iterator');

function Interface(input, output, completer, terminal) {
  FunctionPrototypeCall(EventEmitter, this);
  const options = input?.input ? input : { input, output, completer, terminal };
  checkOptions(options);
  this.input = options.input;
  this.output = options.output;
  this.completer = options.completer;
  this.crlfDelay = options.crlfDelay ? MathMax(CRLF_DELAY_MIN_MS, options.crlfDelay) : CRLF_DELAY_MIN_MS;
  this.escapeCodeTimeout = options.escapeCodeTimeout ?? ESCAPE_CODE_TIMEOUT_MS;
  this.tabSize = options.tabSize ?? TAB_SIZE;
  this.isCompletionEnabled = true;
  this.line = '';
  this.cursor = 0;
  this.prevRows = 0;
  this.paused = false;
  this.closed = false;
  this.terminal = !!(options.terminal ?? options.output?.isTTY);
  for (const { 0: name, 1: value } of [['_sawReturnAt', 0], ['_sawKeyPress', false], ['_previousKey', null], ['_undoStack', []],
    ['_redoStack', []], ['_killRing', []], ['_killRingCursor', 0], ['_yanking', false], ['_substringSearch', null],
    ['_lineBuffer', ''], ['_questionCallback', null], ['_questionReject', undefined], ['_prompt', '> '], ['_oldPrompt', '> '],
    ['_decoder', new StringDecoder('utf8')], ['_historyList', new History({
      history: options.history, size: options.historySize, removeHistoryDuplicates: options.removeHistoryDuplicates })],
    [kIterator, undefined]]) {
    ObjectDefineProperty(this, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
  }
  if (options.prompt !== undefined) this.setPrompt(options.prompt);
  attach(this);
  if (options.signal) closeOnAbort(this, options.signal);
  this.input.resume();
}
ObjectSetPrototypeOf(Interface.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Interface, EventEmitter);

function checkOptions(options) {
  const { completer, escapeCodeTimeout, signal, tabSize } = options;
  if (completer !== undefined && typeof completer !== 'function') throw new ERR_INVALID_ARG_VALUE('completer', completer);
  if (tabSize !== undefined) validateUint32(tabSize, 'tabSize', true);
  if (escapeCodeTimeout !== undefined && !NumberIsFinite(escapeCodeTimeout)) {
    throw new ERR_INVALID_ARG_VALUE('input.escapeCodeTimeout', ESCAPE_CODE_TIMEOUT_MS);
  }
  if (signal) validateAbortSignal(signal, 'options.signal');
}

function attach(self) {
  const { input, output, terminal } = self;
  const listeners = [[input, 'error', (error) => self.emit('error', error)]];
  const finish = (rest) => {
    if (typeof rest === 'string' && rest.length > 0) self.emit('line', rest);
    self.close();
  };
  if (terminal) {
    listeners.push([input, 'keypress', (text, key) => onKeypress(self, text, key)]);
    listeners.push([input, 'end', () => finish(self.line)]);
    if (output !== null && output !== undefined) listeners.push([output, 'resize', () => self._refreshLine()]);
    emitKeypressEvents(input, self);
  } else {
    listeners.push([input, 'data', (data) => self._normalWrite(data)]);
    listeners.push([input, 'end', () => finish(self._lineBuffer)]);
  }
  for (let i = 0; i < listeners.length; i++) listeners[i][0].on(listeners[i][1], listeners[i][2]);
  if (terminal) self._setRawMode(true);
  self.once('close', () => {
    for (let i = 0; i < listeners.length; i++) listeners[i][0].removeListener(listeners[i][1], listeners[i][2]);
  });
}

function onKeypress(self, text, key) {
  self._ttyWrite(text, key);
  if (!key?.sequence) return;
  // Half of a surrogate pair was shown wrongly.
  const code = StringPrototypeCodePointAt(key.sequence, 0);
  if (code >= 0xd800 && code <= 0xdfff) self._refreshLine();
}

function closeOnAbort(self, signal) {
  const close = () => { if (!self.closed) self.close(); };
  if (signal.aborted) return require('process').nextTick(close);
  const disposable = require('internal/events/abort_listener').addAbortListener(signal, close);
  self.once('close', () => disposable[SymbolDispose]());
}

const methods = {
  get columns() { return this.output?.columns || Infinity; },
  get history() { return this._historyList.lines; },
  set history(lines) { this._historyList.lines = lines; },
  get historyIndex() { return this._historyList.index; },
  set historyIndex(index) { this._historyList.index = index; },
  get historySize() { return this._historyList.size; },

  setPrompt(prompt) { this._prompt = prompt; },
  getPrompt() { return this._prompt; },

  _setRawMode(mode) {
    const was = this.input.isRaw;
    if (typeof this.input.setRawMode === 'function') this.input.setRawMode(mode);
    return was;
  },

  prompt(preserveCursor) {
    if (this.paused) this.resume();
    if (!this.terminal || require('process').env.TERM === 'dumb') return this._writeToOutput(this._prompt);
    if (!preserveCursor) this.cursor = 0;
    this._refreshLine();
  },

  _question(query, callback) {
    if (this.closed) throw new ERR_USE_AFTER_CLOSE('readline');
    if (this._questionCallback) return this.prompt();
    this._oldPrompt = this._prompt;
    this.setPrompt(query);
    this._questionCallback = callback;
    this.prompt();
  },

  _questionCancel() {
    if (!this._questionCallback) return;
    this._questionCallback = null;
    this.setPrompt(this._oldPrompt);
    this.clearLine();
  },

  _onLine(line) {
    if (!this._questionCallback) return this.emit('line', line);
    const callback = this._questionCallback;
    this._questionCallback = null;
    this.setPrompt(this._oldPrompt);
    callback(line);
  },

  close() {
    if (this.closed) return;
    this.pause();
    if (this.terminal) this._setRawMode(false);
    this.closed = true;
    this.emit('close');
  },

  pause() {
    if (this.closed) throw new ERR_USE_AFTER_CLOSE('readline');
    if (this.paused) return;
    this.input.pause();
    this.paused = true;
    this.emit('pause');
    return this;
  },

  resume() {
    if (this.closed) throw new ERR_USE_AFTER_CLOSE('readline');
    if (!this.paused) return;
    this.input.resume();
    this.paused = false;
    this.emit('resume');
    return this;
  },

  write(data, key) {
    if (this.closed) throw new ERR_USE_AFTER_CLOSE('readline');
    if (this.paused) this.resume();
    if (this.terminal) this._ttyWrite(data, key);
    else this._normalWrite(data);
  },

  // Input that is no terminal: it is cut into lines, the last of which may go on.
  _normalWrite(data) {
    if (data === undefined) return;
    let text = this._decoder.write(data);
    if (this._sawReturnAt && DateNow() - this._sawReturnAt <= this.crlfDelay) {
      if (StringPrototypeCodePointAt(text, 0) === 10) text = StringPrototypeSlice(text, 1);
      this._sawReturnAt = 0;
    }
    if (!text) return;
    const lines = RegExpPrototypeSymbolSplit(LINE_ENDING, text);
    if (lines.length === 1) {
      this._lineBuffer += text;
      return;
    }
    this._sawReturnAt = StringPrototypeEndsWith(text, '\r') ? DateNow() : 0;
    lines[0] = this._lineBuffer + lines[0];
    this._lineBuffer = lines[lines.length - 1];
    for (let i = 0; i < lines.length - 1; i++) this._onLine(lines[i]);
  },

  [SymbolAsyncIterator]() {
    const { kFirstEventParam } = require('internal/events/async_iterator');
    this[kIterator] ??= EventEmitter.on(this, 'line', { close: ['close'], highWaterMark: ITERATOR_LINES_MAX, [kFirstEventParam]: true });
    return this[kIterator];
  },

  [SymbolDispose]() {
    this.close();
  },
};

function addMethods(source) {
  const descriptors = ObjectGetOwnPropertyDescriptors(source);
  for (const key of primordials.ReflectOwnKeys(descriptors)) descriptors[key].enumerable = false;
  ObjectDefineProperties(Interface.prototype, descriptors);
}
addMethods(methods);
addMethods(require('internal/readline/display'));
addMethods(require('internal/readline/editing'));
addMethods(require('internal/readline/keymap'));

module.exports = { Interface };
