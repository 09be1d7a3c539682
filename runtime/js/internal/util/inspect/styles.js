// Colours: the table of SGR codes, the style of each kind of value, and the functions that apply them.
'use strict';

const { ObjectDefineProperty } = primordials;
const { makeRegExpHighlighter } = require('internal/util/inspect/highlight');

const FOREGROUND = 39;
const BACKGROUND = 49;

const colors = {
  __proto__: null,
  reset: [0, 0],
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  blink: [5, 25],
  inverse: [7, 27],
  hidden: [8, 28],
  strikethrough: [9, 29],
  doubleunderline: [21, 24],
};

// The eight colours, then the two kinds of frame, then the bright ones: users see this order in `Object.keys`.
const NAMES = ['Black', 'Red', 'Green', 'Yellow', 'Blue', 'Magenta', 'Cyan', 'White'];
for (let i = 0; i < 8; i++) colors[NAMES[i].toLowerCase()] = [30 + i, FOREGROUND];
for (let i = 0; i < 8; i++) colors[`bg${NAMES[i]}`] = [40 + i, BACKGROUND];
colors.framed = [51, 54];
colors.overlined = [53, 55];
colors.gray = [90, FOREGROUND];
for (let i = 1; i < 8; i++) colors[`${NAMES[i].toLowerCase()}Bright`] = [90 + i, FOREGROUND];
colors.bgGray = [100, BACKGROUND];
for (let i = 1; i < 8; i++) colors[`bg${NAMES[i]}Bright`] = [100 + i, BACKGROUND];

const ALIASES = {
  __proto__: null,
  grey: 'gray', blackBright: 'gray', bgGrey: 'bgGray', bgBlackBright: 'bgGray', faint: 'dim', crossedout: 'strikethrough',
  strikeThrough: 'strikethrough', crossedOut: 'strikethrough', conceal: 'hidden', swapColors: 'inverse', swapcolors: 'inverse',
  doubleUnderline: 'doubleunderline',
};
for (const alias in ALIASES) { // eslint-disable-line guard-for-in -- no prototype
  const name = ALIASES[alias];
  ObjectDefineProperty(colors, alias, {
    __proto__: null, configurable: true, enumerable: false,
    get() { return this[name]; },
    set(value) { this[name] = value; },
  });
}

const styles = {
  __proto__: null,
  special: 'cyan',
  number: 'yellow',
  bigint: 'yellow',
  boolean: 'yellow',
  undefined: 'grey',
  null: 'bold',
  string: 'green',
  symbol: 'green',
  date: 'magenta',
  regexp: makeRegExpHighlighter(colors),
  module: 'underline',
};

function stylizeWithColor(text, kind) {
  const style = styles[kind];
  if (style === undefined) return text;
  const color = colors[style];
  if (color !== undefined) return `\x1b[${color[0]}m${text}\x1b[${color[1]}m`;
  return typeof style === 'function' ? style(text) : text;
}

function stylizeNoColor(text) {
  return text;
}

module.exports = { colors, styles, stylizeWithColor, stylizeNoColor };
