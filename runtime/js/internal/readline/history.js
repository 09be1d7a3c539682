// Lines entered before, newest first, and where in them the user is.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeIndexOf, ArrayPrototypePop, ArrayPrototypeSplice, ArrayPrototypeUnshift, NumberIsNaN,
  StringPrototypeStartsWith, StringPrototypeTrim,
} = primordials;
const { validateArray, validateNumber } = require('internal/validators');

const HISTORY_SIZE = 30;

class History {
  constructor({ history = [], size = HISTORY_SIZE, removeHistoryDuplicates = false }) {
    validateArray(history, 'history');
    validateNumber(size, 'size', 0);
    if (NumberIsNaN(size)) size = HISTORY_SIZE;
    this.lines = ArrayIsArray(history) ? history : [];
    this.size = size;
    this.removesDuplicates = !!removeHistoryDuplicates;
    this.index = -1;
  }

  // True when the list changed.
  add(line) {
    this.index = -1;
    if (line.length === 0 || this.size === 0 || StringPrototypeTrim(line).length === 0) return false;
    if (this.lines[0] === line) return false;
    if (this.removesDuplicates) {
      const known = ArrayPrototypeIndexOf(this.lines, line);
      if (known !== -1) ArrayPrototypeSplice(this.lines, known, 1);
    }
    ArrayPrototypeUnshift(this.lines, line);
    if (this.lines.length > this.size) ArrayPrototypePop(this.lines);
    return true;
  }

  // The next older line that begins with `search` and is not `current`; undefined when the oldest was reached already.
  older(search, current) {
    if (this.index >= this.lines.length) return undefined;
    let index = this.index + 1;
    while (index < this.lines.length && (!StringPrototypeStartsWith(this.lines[index], search) || this.lines[index] === current)) index++;
    this.index = index;
    return index === this.lines.length ? search : this.lines[index];
  }

  newer(search, current) {
    if (this.index < 0) return undefined;
    let index = this.index - 1;
    while (index >= 0 && (!StringPrototypeStartsWith(this.lines[index], search) || this.lines[index] === current)) index--;
    this.index = index;
    return index === -1 ? search : this.lines[index];
  }
}

module.exports = { History };
