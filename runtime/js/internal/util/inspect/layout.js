// Where the lines break: entries on one line, each on its own, or arrays of short entries in columns.
'use strict';

const {
  ArrayPrototypePush, MathFloor, MathMax, MathMin, MathRound, MathSqrt, StringPrototypeIncludes,
  StringPrototypePadEnd, StringPrototypePadStart, StringPrototypeRepeat,
} = primordials;
const { getStringWidth, stripVTControlCharacters } = require('internal/util/inspect/strings');

/** Arrays with more entries may be set in columns. */
const GROUP_ENTRIES_MIN = 6;
const COLUMNS_MAX = 15;
/** A character is about so much taller than wide; columns aim at a square. */
const CHARACTER_HEIGHT = 2.5;
/** The comma and space after an entry. */
const SEPARATOR = 2;
/** Kept free on a line that joins all entries. */
const LINE_RESERVE = 10;

// Concatenation only links the parts; `Array.prototype.join` would copy everything at each level of nesting.
function join(output, separator) {
  let text = output.length === 0 ? '' : output[0];
  for (let i = 1; i < output.length; i++) text += separator + output[i];
  return text;
}

function hasNewline(text) {
  return StringPrototypeIncludes(text, '\n');
}

function fitsOneLine(ctx, output, start, base) {
  if (base !== '' && hasNewline(base)) return false;
  if (ctx.breakLength === Infinity) {
    for (let i = 0; i < output.length; i++) if (hasNewline(output[i])) return false;
    return true;
  }
  let length = output.length + start;
  if (length + output.length > ctx.breakLength) return false;
  for (let i = 0; i < output.length; i++) {
    length += ctx.colors ? stripVTControlCharacters(output[i]).length : output[i].length;
    if (length > ctx.breakLength) return false;
  }
  return true;
}

// How many columns the entries fill, 1 for no columns.
function countColumns(ctx, entries, totalWidth, widest, shown) {
  const cell = widest + SEPARATOR;
  const fits = cell * 3 + ctx.indentationLvl < ctx.breakLength && (totalWidth / cell > 5 || widest <= 6);
  if (!fits) return 1;
  const bias = MathSqrt(cell - totalWidth / entries);
  const biased = MathMax(cell - 3 - bias, 1);
  return MathMin(
    MathRound(MathSqrt(CHARACTER_HEIGHT * biased * shown) / biased),
    MathFloor((ctx.breakLength - ctx.indentationLvl) / cell),
    ctx.compact * 4,
    COLUMNS_MAX,
  );
}

function isNumeric(value, length) {
  for (let i = 0; i < length; i++) if (typeof value[i] !== 'number' && typeof value[i] !== 'bigint') return false;
  return true;
}

// Entries that were numbers are set flush right. The last entry, "... more items", stays on a line of its own.
function group(ctx, output, value) {
  const hasRest = ctx.maxArrayLength < output.length;
  const shown = hasRest ? output.length - 1 : output.length;
  const widths = [];
  let total = 0;
  let widest = 0;
  for (let i = 0; i < shown; i++) {
    const width = getStringWidth(output[i], ctx.colors);
    ArrayPrototypePush(widths, width);
    total += width + SEPARATOR;
    if (width > widest) widest = width;
  }
  const columns = countColumns(ctx, output.length, total, widest, shown);
  if (columns <= 1) return output;

  const columnWidths = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let i = column; i < shown; i += columns) if (widths[i] > width) width = widths[i];
    ArrayPrototypePush(columnWidths, width + SEPARATOR);
  }
  const toRight = value === undefined || isNumeric(value, output.length);
  const pad = toRight ? StringPrototypePadStart : StringPrototypePadEnd;
  const lines = [];
  for (let start = 0; start < shown; start += columns) {
    const last = MathMin(start + columns, shown) - 1;
    let line = '';
    for (let i = start; i < last; i++) {
      line += pad(`${output[i]}, `, columnWidths[i - start] + output[i].length - widths[i], ' ');
    }
    line += toRight ?
      StringPrototypePadStart(output[last], columnWidths[last - start] + output[last].length - widths[last] - SEPARATOR, ' ') :
      output[last];
    ArrayPrototypePush(lines, line);
  }
  if (hasRest) ArrayPrototypePush(lines, output[shown]);
  return lines;
}

// `braces` are what opens and closes, `base` stands before them, `isList` says whether columns are allowed.
function joinEntries(ctx, output, base, braces, isList, recurseTimes, value) {
  if (ctx.compact === true) return joinCompact(ctx, output, base, braces);
  const head = base ? `${base} ${braces[0]}` : braces[0];
  if (typeof ctx.compact === 'number' && ctx.compact >= 1) {
    const entries = output.length;
    if (isList && entries > GROUP_ENTRIES_MIN) output = group(ctx, output, value);
    if (ctx.currentDepth - recurseTimes < ctx.compact && entries === output.length) {
      const start = output.length + ctx.indentationLvl + braces[0].length + base.length + LINE_RESERVE;
      if (fitsOneLine(ctx, output, start, base)) {
        const joined = join(output, ', ');
        if (!hasNewline(joined)) return `${head} ${joined} ${braces[1]}`;
      }
    }
  }
  const indentation = `\n${StringPrototypeRepeat(' ', ctx.indentationLvl)}`;
  return `${head}${indentation}  ${join(output, `,${indentation}  `)}${indentation}${braces[1]}`;
}

function joinCompact(ctx, output, base, braces) {
  const after = base ? ` ${base}` : '';
  if (fitsOneLine(ctx, output, 0, base)) return `${braces[0]}${after} ${join(output, ', ')} ${braces[1]}`;
  const indentation = StringPrototypeRepeat(' ', ctx.indentationLvl);
  const gap = base === '' && braces[0].length === 1 ? ' ' : `${after}\n${indentation}  `;
  return `${braces[0]}${gap}${join(output, `,\n${indentation}  `)} ${braces[1]}`;
}

module.exports = { joinEntries };
