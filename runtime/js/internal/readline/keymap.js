// Which key does what.
'use strict';

const { DateNow, RegExpPrototypeSymbolSplit, StringPrototypeCodePointAt, StringPrototypeSlice } = primordials;
const { AbortError } = require('internal/errors');
const { charLengthAt, charLengthLeft } = require('internal/readline/keys');
const { clearScreenDown, cursorTo } = require('internal/readline/callbacks');

const UNDO = 0x1f;
const REDO = 0x1e;
const LINE_ENDING = /\r\n|\n|\r|\u2028|\u2029/;
const NO_KEY = { __proto__: null };

const WITH_CTRL_SHIFT = { __proto__: null, backspace: '_deleteLineLeft', delete: '_deleteLineRight' };
const WITH_CTRL = {
  __proto__: null,
  c: interrupt, d: endOrDelete, z: suspend, l: clearScreen,
  a: (self) => self._moveCursor(-Infinity), e: (self) => self._moveCursor(Infinity), b: moveLeft, f: moveRight,
  h: '_deleteLeft', u: '_deleteLineLeft', k: '_deleteLineRight', n: '_historyNext', p: '_historyPrev', y: '_yank',
  w: '_deleteWordLeft', backspace: '_deleteWordLeft', delete: '_deleteWordRight', left: '_wordLeft', right: '_wordRight',
};
const WITH_META = {
  __proto__: null,
  b: '_wordLeft', f: '_wordRight', d: '_deleteWordRight', delete: '_deleteWordRight', backspace: '_deleteWordLeft', y: '_yankPop',
};
const PLAIN = {
  __proto__: null,
  return: (self) => {
    self._sawReturnAt = DateNow();
    self._line();
  },
  enter: (self) => {
    if (self._sawReturnAt === 0 || DateNow() - self._sawReturnAt > self.crlfDelay) self._line();
    self._sawReturnAt = 0;
  },
  backspace: '_deleteLeft', delete: '_deleteRight', left: moveLeft, right: moveRight,
  home: (self) => self._moveCursor(-Infinity), end: (self) => self._moveCursor(Infinity),
  up: '_moveUpOrHistoryPrev', down: '_moveDownOrHistoryNext',
};

function perform(self, action) {
  if (typeof action === 'string') self[action]();
  else if (action !== undefined) action(self);
}

function moveLeft(self) {
  self._moveCursor(-charLengthLeft(self.line, self.cursor));
}

function moveRight(self) {
  self._moveCursor(charLengthAt(self.line, self.cursor));
}

function interrupt(self) {
  if (self.listenerCount('SIGINT') > 0) return self.emit('SIGINT');
  self.close();
  self._questionReject?.(new AbortError('Aborted with Ctrl+C'));
}

function endOrDelete(self) {
  if (self.cursor === 0 && self.line.length === 0) {
    self.close();
    self._questionReject?.(new AbortError('Aborted with Ctrl+D'));
  } else {
    self._deleteRight();
  }
}

function suspend(self) {
  if (self.listenerCount('SIGTSTP') > 0) return self.emit('SIGTSTP');
  const process = require('process');
  process.once('SIGCONT', () => {
    // The terminal may have been used by others meanwhile.
    if (!self.paused) {
      self.pause();
      self.emit('SIGCONT');
    }
    self._setRawMode(true);
    self._refreshLine();
  });
  self._setRawMode(false);
  process.kill(process.pid, 'SIGTSTP');
}

function clearScreen(self) {
  cursorTo(self.output, 0, 0);
  clearScreenDown(self.output);
  self._refreshLine();
}

// Up and down look for lines that begin as the current one did when the search began.
function updateSearch(self, key) {
  if ((key.name === 'up' || key.name === 'down') && !key.ctrl && !key.meta && !key.shift) {
    self._substringSearch ??= StringPrototypeSlice(self.line, 0, self.cursor);
  } else if (self._substringSearch !== null) {
    self._substringSearch = null;
    if (self.history.length === self.historyIndex) self.historyIndex = -1;
  }
}

function typed(self, text) {
  const lines = RegExpPrototypeSymbolSplit(LINE_ENDING, text);
  for (let i = 0; i < lines.length; i++) {
    if (i > 0) self._line();
    if (lines[i] !== '' || i < lines.length - 1 || lines.length === 1) self._insertString(lines[i]);
  }
}

module.exports = {
  _ttyWrite(text, key) {
    const previous = this._previousKey;
    key ||= NO_KEY;
    this._previousKey = key;
    if (!key.meta || key.name !== 'y') this._yanking = false;
    updateSearch(this, key);
    if (typeof key.sequence === 'string') {
      const code = StringPrototypeCodePointAt(key.sequence, 0);
      if (code === UNDO) return this._undo();
      if (code === REDO) return this._redo();
    }
    if (key.name === 'escape') return;
    if (key.ctrl) return perform(this, (key.shift ? WITH_CTRL_SHIFT : WITH_CTRL)[key.name]);
    if (key.meta) return perform(this, WITH_META[key.name]);
    if (this._sawReturnAt && key.name !== 'enter') this._sawReturnAt = 0;
    if (key.name === 'tab' && typeof this.completer === 'function' && this.isCompletionEnabled) {
      return void this._tabComplete(previous?.name === 'tab');
    }
    const action = PLAIN[key.name];
    if (action !== undefined) perform(this, action);
    else if (typeof text === 'string' && text) typed(this, text);
  },

  // On a terminal that cannot move its cursor.
  _ttyWriteDumb(text, key) {
    key ||= NO_KEY;
    if (key.name === 'escape') return;
    if (this._sawReturnAt && key.name !== 'enter') this._sawReturnAt = 0;
    if (key.ctrl) {
      if (key.name === 'c') interrupt(this);
      else if (key.name === 'd') this.close();
      return;
    }
    if (key.name === 'return' || key.name === 'enter') return PLAIN[key.name](this);
    if (typeof text !== 'string' || !text) return;
    this.line += text;
    this.cursor += text.length;
    this._writeToOutput(text);
  },
};
