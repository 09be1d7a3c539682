// The editing commands of a line: insert, delete, words, kill ring, undo, history.
'use strict';

const {
  ArrayFrom, ArrayPrototypeJoin, ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeReverse, ArrayPrototypeShift,
  ArrayPrototypeUnshift, RegExpPrototypeExec, StringPrototypeSlice, StringPrototypeSplit,
} = primordials;
const { charLengthAt, charLengthLeft } = require('internal/readline/keys');

const KILL_RING_MAX = 32;
const UNDO_MAX = 2048;
const WORD_BEFORE = /^\s*(?:[^\w\s]+|\w+)?/;
const WORD_AFTER = /^(?:\s+|[^\w\s]+|\w+)\s*/;
const DELETED_WORD_AFTER = /^(?:\s+|\W+|\w+)\s*/;

function before(self) {
  return StringPrototypeSlice(self.line, 0, self.cursor);
}

function after(self) {
  return StringPrototypeSlice(self.line, self.cursor);
}

function wordBefore(self) {
  const reversed = ArrayPrototypeJoin(ArrayPrototypeReverse(ArrayFrom(before(self))), '');
  return RegExpPrototypeExec(WORD_BEFORE, reversed)[0].length;
}

module.exports = {
  _beforeEdit() {
    const { length } = this._undoStack;
    ArrayPrototypePush(this._undoStack, { text: this.line, cursor: this.cursor });
    if (length >= UNDO_MAX) ArrayPrototypeShift(this._undoStack);
  },

  _insertString(text) {
    this._beforeEdit();
    const rest = after(this);
    if (rest !== '') {
      this.line = before(this) + text + rest;
      this.cursor += text.length;
      if (this.isCompletionEnabled) this._refreshLine();
      else this._writeToOutput(text);
      return;
    }
    const from = this.isCompletionEnabled ? this.getCursorPos() : undefined;
    this.line += text;
    this.cursor += text.length;
    if (from !== undefined && from.rows < this.getCursorPos().rows) this._refreshLine();
    else this._writeToOutput(text);
  },

  _deleteLeft() {
    if (this.cursor === 0 || this.line.length === 0) return;
    this._beforeEdit();
    const size = charLengthLeft(this.line, this.cursor);
    this.line = StringPrototypeSlice(this.line, 0, this.cursor - size) + after(this);
    this.cursor -= size;
    this._refreshLine();
  },

  _deleteRight() {
    if (this.cursor >= this.line.length) return;
    this._beforeEdit();
    this.line = before(this) + StringPrototypeSlice(this.line, this.cursor + charLengthAt(this.line, this.cursor));
    this._refreshLine();
  },

  _wordLeft() {
    if (this.cursor > 0) this._moveCursor(-wordBefore(this));
  },

  _wordRight() {
    if (this.cursor < this.line.length) this._moveCursor(RegExpPrototypeExec(WORD_AFTER, after(this))[0].length);
  },

  _deleteWordLeft() {
    if (this.cursor === 0) return;
    this._beforeEdit();
    const kept = StringPrototypeSlice(this.line, 0, this.cursor - wordBefore(this));
    this.line = kept + after(this);
    this.cursor = kept.length;
    this._refreshLine();
  },

  _deleteWordRight() {
    if (this.cursor >= this.line.length) return;
    this._beforeEdit();
    const rest = after(this);
    this.line = before(this) + StringPrototypeSlice(rest, RegExpPrototypeExec(DELETED_WORD_AFTER, rest)[0].length);
    this._refreshLine();
  },

  _deleteLineLeft() {
    this._beforeEdit();
    this._pushToKillRing(before(this));
    this.line = after(this);
    this.cursor = 0;
    this._refreshLine();
  },

  _deleteLineRight() {
    this._beforeEdit();
    this._pushToKillRing(after(this));
    this.line = before(this);
    this._refreshLine();
  },

  _pushToKillRing(text) {
    if (!text || text === this._killRing[0]) return;
    ArrayPrototypeUnshift(this._killRing, text);
    this._killRingCursor = 0;
    if (this._killRing.length > KILL_RING_MAX) ArrayPrototypePop(this._killRing);
  },

  _yank() {
    if (this._killRing.length === 0) return;
    this._yanking = true;
    this._insertString(this._killRing[this._killRingCursor]);
  },

  // Puts the entry before in place of what was yanked last.
  _yankPop() {
    if (!this._yanking || this._killRing.length < 2) return;
    const last = this._killRing[this._killRingCursor];
    this._killRingCursor = (this._killRingCursor + 1) % this._killRing.length;
    const head = StringPrototypeSlice(this.line, 0, this.cursor - last.length) + this._killRing[this._killRingCursor];
    this.line = head + after(this);
    this.cursor = head.length;
    this._refreshLine();
  },

  _undo() {
    swap(this, this._undoStack, this._redoStack);
  },

  _redo() {
    swap(this, this._redoStack, this._undoStack);
  },

  _addHistory() {
    const { line } = this;
    if (this._historyList.add(line)) this.emit('history', this.history);
    return this.history.length > 0 && line === this.history[0] ? this.history[0] : line;
  },

  _line() {
    const line = this._addHistory();
    this._undoStack = [];
    this._redoStack = [];
    this.clearLine();
    this._onLine(line);
  },

  _historyNext() {
    show(this, this._historyList.newer(this._substringSearch ?? '', this.line));
  },

  _historyPrev() {
    show(this, this._historyList.older(this._substringSearch ?? '', this.line));
  },

  // In an entry with several lines, up and down first move among them.
  _moveUpOrHistoryPrev() {
    if (!moveLine(this, -1)) this._historyPrev();
  },

  _moveDownOrHistoryNext() {
    if (!moveLine(this, 1)) this._historyNext();
  },
};

function swap(self, from, to) {
  if (from.length === 0) return;
  ArrayPrototypePush(to, { text: self.line, cursor: self.cursor });
  const entry = ArrayPrototypePop(from);
  self.line = entry.text;
  self.cursor = entry.cursor;
  self._refreshLine();
}

function show(self, line) {
  if (line === undefined) return;
  self._beforeEdit();
  self.line = line;
  self.cursor = line.length;
  self._refreshLine();
}

function moveLine(self, direction) {
  const lines = StringPrototypeSplit(self.line, '\n');
  const above = StringPrototypeSplit(before(self), '\n');
  const row = above.length - 1;
  const target = lines[row + direction];
  if (target === undefined) return false;
  const column = above[row].length;
  const landed = column < target.length ? column : target.length;
  self._moveCursor(direction === 1 ? lines[row].length - column + 1 + landed : -column - 1 - (target.length - landed));
  return true;
}
