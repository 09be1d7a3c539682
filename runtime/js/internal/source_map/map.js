// One source map (https://tc39.es/ecma426/): from a position of the generated text to one of the original.
'use strict';

const {
  ArrayPrototypePush, ArrayPrototypeSlice, SafeMap, StringPrototypeCharCodeAt, StringPrototypeCodePointAt,
} = primordials;

const { validateObject } = require('internal/validators');

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new SafeMap();
for (let i = 0; i < DIGITS.length; i++) values.set(StringPrototypeCodePointAt(DIGITS, i), i);
const COMMA = 44;
const SEMICOLON = 59;
const CONTINUES = 32;
const DIGIT_BITS = 5;

class SourceMap {
  #payload;
  #lineLengths;
  // In the order of the generated text: { line, column, source, sourceLine, sourceColumn, name }.
  #entries = [];

  constructor(payload, { lineLengths } = { __proto__: null }) {
    validateObject(payload, 'payload');
    this.#payload = payload;
    this.#lineLengths = lineLengths === undefined ? undefined : ArrayPrototypeSlice(lineLengths);
    if (payload.sections) {
      for (let i = 0; i < payload.sections.length; i++) {
        const { offset: { line, column }, map } = payload.sections[i];
        this.#read(map, line, column);
      }
    } else {
      this.#read(payload, 0, 0);
    }
  }

  get payload() { return this.#payload; }
  get lineLengths() { return this.#lineLengths === undefined ? undefined : ArrayPrototypeSlice(this.#lineLengths); }

  /** The entry at or before a position of the generated text, both counted from 0; an empty object when there is none. */
  findEntry(line, column) {
    const entries = this.#entries;
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle];
      if (entry.line < line || (entry.line === line && entry.column <= column)) low = middle + 1;
      else high = middle;
    }
    const entry = low === 0 ? undefined : entries[low - 1];
    if (entry === undefined) return {};
    return {
      generatedLine: entry.line,
      generatedColumn: entry.column,
      originalSource: entry.source,
      originalLine: entry.sourceLine,
      originalColumn: entry.sourceColumn,
      name: entry.name,
    };
  }

  /** The same with positions counted from 1, exact within the entry. */
  findOrigin(lineNumber, columnNumber) {
    const entry = this.findEntry(lineNumber - 1, columnNumber - 1);
    if (entry.originalSource === undefined || entry.originalLine === undefined) return {};
    return {
      name: entry.name,
      fileName: entry.originalSource,
      lineNumber: lineNumber + entry.originalLine - entry.generatedLine,
      columnNumber: columnNumber + entry.originalColumn - entry.generatedColumn,
    };
  }

  // Each segment is up to five numbers, each the difference to the one before of its kind.
  #read({ mappings, sources, names = [], sourceRoot = '' }, line, firstColumn) {
    let column = firstColumn;
    const last = [0, 0, 0, 0];
    for (let at = 0; at < mappings.length;) {
      const code = StringPrototypeCharCodeAt(mappings, at);
      if (code === COMMA || code === SEMICOLON) {
        at++;
        if (code === SEMICOLON) {
          line++;
          column = 0;
        }
        continue;
      }
      const fields = [];
      while (at < mappings.length && StringPrototypeCharCodeAt(mappings, at) !== COMMA &&
             StringPrototypeCharCodeAt(mappings, at) !== SEMICOLON) {
        at = readNumber(mappings, at, fields);
      }
      column += fields[0];
      if (fields.length < 4) {
        ArrayPrototypePush(this.#entries, { line, column });
        continue;
      }
      for (let i = 1; i < fields.length; i++) last[i - 1] += fields[i];
      ArrayPrototypePush(this.#entries, {
        line,
        column,
        source: withRoot(sourceRoot, sources[last[0]]),
        sourceLine: last[1],
        sourceColumn: last[2],
        name: fields.length > 4 ? names[last[3]] : undefined,
      });
    }
  }
}

// Reads one number at `at` into `fields`; returns where the next begins.
function readNumber(mappings, at, fields) {
  let value = 0;
  let shift = 0;
  let digit;
  do {
    digit = values.get(StringPrototypeCharCodeAt(mappings, at++));
    if (digit === undefined) throw new SyntaxError('A source map has mappings that are none');
    value += (digit & (CONTINUES - 1)) << shift;
    shift += DIGIT_BITS;
  } while ((digit & CONTINUES) !== 0);
  ArrayPrototypePush(fields, (value & 1) === 1 ? -(value >>> 1) : value >>> 1);
  return at;
}

function withRoot(root, source) {
  if (!root || source === null || source === undefined) return source;
  return root[root.length - 1] === '/' ? root + source : `${root}/${source}`;
}

module.exports = { SourceMap };
