// The shortest edit between two lists (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986), and how an
// assertion shows it.
'use strict';

const { ArrayPrototypePush, Int32Array, StringPrototypeEndsWith, StringPrototypeTrimEnd } = primordials;

/** What `diff` gives per item: `[op, text]`, where -1 is only in the second list. */
const ONLY_EXPECTED = -1;
const BOTH = 0;
const ONLY_ACTUAL = 1;
/** More unchanged lines in a row are cut. */
const CONTEXT_LINES = 5;
const SIZE_MAX = 2 ** 31 - 1;

function same(a, b, ignoreComma) {
  return a === b || (ignoreComma && (`${a},` === b || a === `${b},`));
}

// The edits from the end of the lists to their beginning; `ignoreComma` takes lines for equal but for a comma at the end.
function diff(actual, expected, ignoreComma = false) {
  const max = actual.length + expected.length;
  if (max > SIZE_MAX) throw new (require('internal/errors').codes.ERR_OUT_OF_RANGE)('myersDiff input size', '< 2^31', max);
  const furthest = new Int32Array(2 * max + 3);
  const centre = max + 1;
  const trace = [];
  for (let edits = 0; edits <= max; edits++) {
    // Only the diagonals that this many edits can reach.
    ArrayPrototypePush(trace, furthest.slice(centre - edits - 1, centre + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = diagonal === -edits || (diagonal !== edits && furthest[centre + diagonal - 1] < furthest[centre + diagonal + 1]);
      let x = down ? furthest[centre + diagonal + 1] : furthest[centre + diagonal - 1] + 1;
      while (x < actual.length && x - diagonal < expected.length && same(actual[x], expected[x - diagonal], ignoreComma)) x++;
      furthest[centre + diagonal] = x;
      if (x >= actual.length && x - diagonal >= expected.length) return backtrack(trace, actual, expected, ignoreComma);
    }
  }
  return [];
}

function backtrack(trace, actual, expected, ignoreComma) {
  const result = [];
  let x = actual.length;
  let y = expected.length;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const at = (diagonal) => trace[edits][diagonal + edits + 1];
    const diagonal = x - y;
    const down = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
    const previous = down ? diagonal + 1 : diagonal - 1;
    const fromX = at(previous);
    const fromY = fromX - previous;
    for (; x > fromX && y > fromY; x--, y--) {
      const useExpected = ignoreComma && !StringPrototypeEndsWith(actual[x - 1], ',');
      ArrayPrototypePush(result, [BOTH, useExpected ? expected[y - 1] : actual[x - 1]]);
    }
    if (edits === 0) break;
    if (x > fromX) ArrayPrototypePush(result, [ONLY_ACTUAL, actual[--x]]);
    else ArrayPrototypePush(result, [ONLY_EXPECTED, expected[--y]]);
  }
  return result;
}

// Characters of two short strings, each coloured by where it occurs.
function printCharacters(edits, colors) {
  let text = '\n';
  for (let i = edits.length - 1; i >= 0; i--) {
    const { 0: op, 1: value } = edits[i];
    text += `${op === ONLY_ACTUAL ? colors.green : op === ONLY_EXPECTED ? colors.red : colors.white}${value}${colors.white}`;
  }
  return text;
}

// `{ text, skipped }`: lines with `+` and `-`; long unchanged stretches become `...`.
function printLines(edits, operator, colors) {
  const plus = operator === 'partialDeepStrictEqual' ? `${colors.gray}${colors.hasColors ? ' ' : '+'}` : `${colors.green}+${colors.white}`;
  const unchanged = (value) => `${colors.white}  ${value}\n`;
  let text = '';
  let skipped = false;
  let run = 0;
  for (let i = edits.length - 1; i >= 0; i--) {
    const { 0: op, 1: value } = edits[i];
    if (op === BOTH) {
      if (run++ < CONTEXT_LINES) text += unchanged(value);
      continue;
    }
    if (run > CONTEXT_LINES + 2) {
      text += `${colors.blue}...${colors.white}\n`;
      skipped = true;
    }
    if (run === CONTEXT_LINES + 2) text += unchanged(edits[i + 2][1]);
    if (run > CONTEXT_LINES) text += unchanged(edits[i + 1][1]);
    run = 0;
    text += op === ONLY_ACTUAL ? `${plus} ${value}${operator === 'partialDeepStrictEqual' ? colors.white : ''}\n` : `${colors.red}-${colors.white} ${value}\n`;
  }
  return { text: `\n${StringPrototypeTrimEnd(text)}`, skipped };
}

module.exports = { diff, printCharacters, printLines };
