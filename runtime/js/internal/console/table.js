// `console.table`: rows and columns of what is in an object, drawn with box characters.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypePush, MathMax, ObjectKeys, ObjectPrototypeHasOwnProperty,
  StringPrototypeRepeat,
} = primordials;
const { previewEntries } = binding('util');
const types = require('internal/util/types');

const ITERATION = '(iteration index)';
const INDEX = '(index)';

// `{ head, columns }` of what `data` shows, with `show` making a cell's text.
function tabulate(data, properties, show) {
  if (types.isMap(data)) return fromPairs([...primordials.MapPrototypeEntries(data)], show);
  if (types.isMapIterator(data)) {
    const { 0: entries, 1: arePairs } = previewEntries(data, true);
    if (!arePairs) return fromList(entries, show);
    const pairs = [];
    for (let i = 0; i < entries.length; i += 2) ArrayPrototypePush(pairs, [entries[i], entries[i + 1]]);
    return fromPairs(pairs, show);
  }
  if (types.isSetIterator(data)) return fromList(previewEntries(data), show);
  if (types.isSet(data)) return fromList([...primordials.SetPrototypeValues(data)], show);
  return fromObject(data, properties, show);
}

function indexes(list, show) {
  return ArrayPrototypeMap(list, (_, i) => show(i));
}

function fromPairs(pairs, show) {
  return {
    head: [ITERATION, 'Key', 'Values'],
    columns: [indexes(pairs, show), ArrayPrototypeMap(pairs, (pair) => show(pair[0])), ArrayPrototypeMap(pairs, (pair) => show(pair[1]))],
  };
}

function fromList(list, show) {
  return { head: [ITERATION, 'Values'], columns: [indexes(list, show), ArrayPrototypeMap(list, (value) => show(value))] };
}

function fromObject(data, properties, show) {
  const rows = ObjectKeys(data);
  const fields = { __proto__: null };
  const values = [];
  let hasPrimitives = false;
  for (let i = 0; i < rows.length; i++) {
    const item = data[rows[i]];
    const isPrimitive = item === null || (typeof item !== 'function' && typeof item !== 'object');
    if (properties === undefined && isPrimitive) {
      hasPrimitives = true;
      values[i] = show(item);
      continue;
    }
    const keys = properties ?? ObjectKeys(item);
    for (let k = 0; k < keys.length; k++) {
      fields[keys[k]] ??= [];
      fields[keys[k]][i] = isPrimitive || !ObjectPrototypeHasOwnProperty(item, keys[k]) ? '' : show(item[keys[k]]);
    }
  }
  const head = [INDEX, ...ObjectKeys(fields)];
  const columns = [rows, ...ArrayPrototypeMap(ObjectKeys(fields), (key) => fields[key])];
  if (hasPrimitives) {
    ArrayPrototypePush(head, 'Values');
    ArrayPrototypePush(columns, values);
  }
  return { head, columns };
}

function draw({ head, columns }) {
  const { getStringWidth } = require('internal/util/inspect');
  let height = 0;
  for (let c = 0; c < columns.length; c++) height = MathMax(height, columns[c].length);
  const widths = ArrayPrototypeMap(head, (title, c) => {
    let width = getStringWidth(title);
    for (let r = 0; r < height; r++) width = MathMax(width, getStringWidth(columns[c][r] ?? ''));
    return width + 2;
  });
  const rule = (left, middle, right) => left + ArrayPrototypeJoin(ArrayPrototypeMap(widths, (w) => StringPrototypeRepeat('─', w)), middle) + right;
  const row = (cells) => `│${ArrayPrototypeJoin(ArrayPrototypeMap(cells, (cell, c) => ` ${cell}${
    StringPrototypeRepeat(' ', widths[c] - getStringWidth(cell) - 1)}`), '│')}│`;
  const lines = [rule('┌', '┬', '┐'), row(head), rule('├', '┼', '┤')];
  for (let r = 0; r < height; r++) ArrayPrototypePush(lines, row(ArrayPrototypeMap(columns, (column) => column[r] ?? '')));
  ArrayPrototypePush(lines, rule('└', '┴', '┘'));
  return ArrayPrototypeJoin(lines, '\n');
}

// The options with which a cell is inspected: an object with many keys is only named.
function cellOptions(value, options) {
  const isDeep = value !== null && typeof value === 'object' && !ArrayIsArray(value) && !types.isTypedArray(value) &&
    ObjectKeys(value).length > 2;
  return { depth: isDeep ? -1 : 0, maxArrayLength: 3, breakLength: Infinity, ...options };
}

module.exports = { tabulate, draw, cellOptions };
