// How the edited line is shown: where its characters stand on the terminal, and drawing it anew.
'use strict';

const {
  ArrayPrototypeFilter, ArrayPrototypeMap, MathCeil, MathFloor, MathMax, SafeStringIterator, StringPrototypeIncludes,
  StringPrototypeRepeat, StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;
const { validateString } = require('internal/validators');
const { getStringWidth, inspect, stripVTControlCharacters } = require('internal/util/inspect');
const { clearScreenDown, cursorTo, moveCursor } = require('internal/readline/callbacks');

/** Before each further line of an entry with several. */
const CONTINUATION = '| ';
/** Between columns of completions. */
const COLUMN_GAP = 2;

module.exports = {
  _writeToOutput(text) {
    validateString(text, 'stringToWrite');
    if (this.output !== null && this.output !== undefined) this.output.write(text);
  },

  _refreshLine() {
    const end = this._getDisplayPos(this._prompt + this.line);
    const cursor = this.getCursorPos();
    if (this.prevRows > 0) moveCursor(this.output, 0, -this.prevRows);
    cursorTo(this.output, 0);
    clearScreenDown(this.output);
    this._writeToOutput(this._prompt + StringPrototypeReplaceAll(this.line, '\n', `\n${CONTINUATION}`));
    // The terminal goes to the next row only with the next character.
    if (end.cols === 0) this._writeToOutput(' ');
    cursorTo(this.output, cursor.cols);
    if (end.rows > cursor.rows) moveCursor(this.output, 0, cursor.rows - end.rows);
    this.prevRows = cursor.rows;
  },

  // Row and column, from the start of the prompt, of the place after `text`.
  _getDisplayPos(text) {
    const { columns } = this;
    const isMultiline = StringPrototypeIncludes(this.line, '\n');
    let offset = 0;
    let rows = 0;
    for (const char of new SafeStringIterator(stripVTControlCharacters(text))) {
      if (char === '\n') {
        rows += MathCeil(offset / columns) || 1;
        offset = isMultiline ? CONTINUATION.length : 0;
      } else if (char === '\t') {
        offset += this.tabSize - offset % this.tabSize;
      } else {
        const width = getStringWidth(char, false);
        // A wide character does not fit the last column.
        if (width === 2 && (offset + 1) % columns === 0) offset++;
        offset += width;
      }
    }
    const cols = offset % columns;
    return { cols, rows: rows + (offset - cols) / columns };
  },

  getCursorPos() {
    return this._getDisplayPos(this._prompt + StringPrototypeSlice(this.line, 0, this.cursor));
  },

  _moveCursor(dx) {
    if (dx === 0) return;
    const before = this.getCursorPos();
    this.cursor = MathMax(0, dx === Infinity || this.cursor + dx > this.line.length ? this.line.length : this.cursor + dx);
    const after = this.getCursorPos();
    if (before.rows === after.rows) moveCursor(this.output, after.cols - before.cols, 0);
    else this._refreshLine();
  },

  clearLine() {
    this._moveCursor(Infinity);
    this._writeToOutput('\r\n');
    this.line = '';
    this.cursor = 0;
    this.prevRows = 0;
  },

  // --- completion ---

  // A completer either takes a callback or gives a promise; `readline` makes callbacks of those that return their answer.
  async _tabComplete(lastKeypressWasTab) {
    this.pause();
    let answer;
    try {
      answer = await this.completer(StringPrototypeSlice(this.line, 0, this.cursor));
    } catch (error) {
      this._writeToOutput(`Tab completion error: ${inspect(error)}`);
      return;
    } finally {
      this.resume();
    }
    this._tabCompleter(lastKeypressWasTab, answer);
  },

  _tabCompleter(lastKeypressWasTab, { 0: completions, 1: completeOn }) {
    if (!completions || completions.length === 0) return;
    const prefix = commonPrefix(ArrayPrototypeFilter(completions, (text) => text !== ''));
    if (StringPrototypeStartsWith(prefix, completeOn) && prefix.length > completeOn.length) {
      return this._insertString(StringPrototypeSlice(prefix, completeOn.length));
    }
    if (!StringPrototypeStartsWith(completeOn, prefix)) {
      const start = this.cursor - completeOn.length;
      this.line = StringPrototypeSlice(this.line, 0, start) + prefix + StringPrototypeSlice(this.line, this.cursor);
      this.cursor = start + prefix.length;
      return this._refreshLine();
    }
    if (!lastKeypressWasTab) return;
    this._beforeEdit();
    this._writeToOutput(inColumns(completions, this.columns));
    this._refreshLine();
  },
};

function commonPrefix(texts) {
  if (texts.length === 0) return '';
  let prefix = texts[0];
  for (let i = 1; i < texts.length; i++) {
    let length = 0;
    while (length < prefix.length && prefix[length] === texts[i][length]) length++;
    prefix = StringPrototypeSlice(prefix, 0, length);
  }
  return prefix;
}

// An empty completion separates groups.
function inColumns(completions, columns) {
  const widths = ArrayPrototypeMap(completions, (text) => getStringWidth(text));
  let width = 0;
  for (let i = 0; i < widths.length; i++) width = MathMax(width, widths[i]);
  width += COLUMN_GAP;
  const perRow = columns === Infinity ? 1 : MathFloor(columns / width) || 1;
  let output = '\r\n';
  let inRow = 0;
  let gap = 0;
  for (let i = 0; i < completions.length; i++) {
    if (completions[i] === '' || inRow === perRow) {
      output += '\r\n';
      inRow = 0;
      gap = 0;
    } else {
      output += StringPrototypeRepeat(' ', gap);
    }
    if (completions[i] === '') {
      output += '\r\n';
      continue;
    }
    output += completions[i];
    gap = width - widths[i];
    inRow++;
  }
  return inRow === 0 ? output : `${output}\r\n\r\n`;
}
