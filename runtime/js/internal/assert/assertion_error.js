// `AssertionError`: its message says what was expected and shows the difference.
'use strict';

const {
  ArrayPrototypeJoin, ArrayPrototypeSlice, Error, ErrorCaptureStackTrace, ObjectAssign, ObjectDefineProperty, ObjectGetPrototypeOf,
  ObjectPrototypeHasOwnProperty, SafeSet, String, StringPrototypeRepeat, StringPrototypeSlice, StringPrototypeSplit,
} = primordials;
const { inspect, isError } = require('internal/util/inspect');
const { palette } = require('internal/util/colors');
const { diff: diffLists, printCharacters, printLines } = require('internal/assert/line_diff');
const { validateObject } = require('internal/validators');

const EXPECTED = {
  __proto__: null,
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};
const WITH_DIFF = new SafeSet(['deepStrictEqual', 'strictEqual', 'partialDeepStrictEqual']);
/** Two values no longer than this together are shown as `a !== b`. */
const SHORT_MAX = 12;
/** Characters of a value that is shown without a diff. */
const VALUE_MAX = 512;
const NOT_DEEP_EQUAL_MAX = 1024;
const LINES_MAX = 50;
const WIDTH = 80;
/** Lines of a text property that `inspect` shows of an assertion error. */
const PROPERTY_LINES_MAX = 10;

let colors = palette(undefined);

function show(value) {
  return inspect(value, {
    compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, showHidden: false, showProxy: false, sorted: true,
    getters: true,
  });
}

// Errors are compared without their stacks.
function withoutStack(error) {
  const copy = ObjectAssign({ __proto__: ObjectGetPrototypeOf(error) }, error);
  ObjectDefineProperty(copy, 'message', { __proto__: null, value: error.message });
  if (ObjectPrototypeHasOwnProperty(error, 'cause')) {
    const { cause } = error;
    ObjectDefineProperty(copy, 'cause', { __proto__: null, value: isError(cause) ? withoutStack(cause) : cause });
  }
  return copy;
}

function isReference(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function difference(actual, expected, operator, customMessage, isFull) {
  if (operator === 'strictEqual' && isReference(actual) && typeof actual === typeof expected && expected !== null) {
    operator = 'strictEqualObject';
  }
  const shownActual = show(actual);
  const shownExpected = show(expected);
  const linesActual = StringPrototypeSplit(shownActual, '\n');
  const linesExpected = StringPrototypeSplit(shownExpected, '\n');
  let header = `${colors.green}+ actual${colors.white} ${colors.red}- expected${colors.white}`;
  let text;
  let skipped = false;
  const isSimple = linesActual.length === 1 && linesExpected.length === 1 &&
    (typeof actual !== 'object' || actual === null || typeof expected !== 'object' || expected === null);
  if (isSimple) {
    ({ text, header = header } = simpleDifference(actual, shownActual, expected, shownExpected));
  } else if (shownActual === shownExpected) {
    operator = 'notIdentical';
    header = '';
    skipped = linesActual.length > LINES_MAX && !isFull;
    text = skipped ? `${ArrayPrototypeJoin(ArrayPrototypeSlice(linesActual, 0, LINES_MAX), '\n')}\n...}` : shownActual;
  } else {
    const edits = diffLists(linesActual, linesExpected, typeof actual === 'object' && actual !== null);
    ({ text, skipped } = printLines(edits, operator, colors));
    if (operator === 'partialDeepStrictEqual') {
      header = `${colors.gray}${colors.hasColors ? '' : '+ '}actual${colors.white} ${colors.red}- expected${colors.white}`;
    }
  }
  return `${customMessage || EXPECTED[operator]}\n${header}${skipped ? '\n... Skipped lines' : ''}\n${text}\n`;
}

function simpleDifference(actual, shownActual, expected, shownExpected) {
  const areStrings = typeof actual === 'string' && typeof expected === 'string';
  const quotes = (typeof actual === 'string' ? 2 : 0) + (typeof expected === 'string' ? 2 : 0);
  const length = shownActual.length + shownExpected.length;
  if (length - quotes <= SHORT_MAX && (actual !== 0 || expected !== 0)) return { text: `${shownActual} !== ${shownExpected}`, header: '' };
  if (areStrings && colors.hasColors) {
    return {
      text: printCharacters(diffLists(StringPrototypeSplit(shownActual, ''), StringPrototypeSplit(shownExpected, '')), colors),
      header: `${colors.green}actual${colors.white} ${colors.red}expected${colors.white}`,
    };
  }
  let text = `\n${colors.green}+${colors.white} ${shownActual}\n${colors.red}- ${colors.white}${shownExpected}`;
  const { stderr } = require('process');
  if (areStrings && length <= (stderr.isTTY ? stderr.columns : WIDTH)) {
    let at = 0;
    while (at < shownActual.length && shownActual[at] === shownExpected[at]) at++;
    if (at >= 3 && at < shownActual.length) text += `\n${StringPrototypeRepeat(' ', at + 2)}^`;
  }
  return { text };
}

function notEqualMessage(actual, operator, isFull) {
  const lines = StringPrototypeSplit(show(actual), '\n');
  const base = EXPECTED[operator === 'notStrictEqual' && isReference(actual) ? 'notStrictEqualObject' : operator];
  if (lines.length > LINES_MAX && !isFull) {
    lines[46] = `${colors.blue}...${colors.white}`;
    lines.length = 47;
  }
  if (lines.length === 1) return `${base}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}`;
  return `${base}\n\n${ArrayPrototypeJoin(lines, '\n')}\n`;
}

function cut(text, max) {
  return text.length > max ? `${StringPrototypeSlice(text, 0, max - 3)}...` : text;
}

function plainMessage(actual, expected, operator, isFull) {
  let left = show(actual);
  let right = show(expected);
  if (operator === 'notDeepEqual' && left === right) {
    left = `${EXPECTED[operator]}\n\n${left}`;
    return isFull ? left : cut(left, NOT_DEEP_EQUAL_MAX);
  }
  if (!isFull) {
    left = cut(left, VALUE_MAX);
    right = cut(right, VALUE_MAX);
  }
  if (operator === 'deepEqual') return `${EXPECTED[operator]}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  const unequal = EXPECTED[`${operator}Unequal`];
  if (unequal !== undefined) return `${unequal}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  return `${left} ${operator} ${right}`;
}

function makeMessage({ message, actual, expected, operator }, isFull) {
  const hasMessage = message !== null && message !== undefined;
  if (WITH_DIFF.has(operator)) return difference(actual, expected, operator, hasMessage ? message : undefined, isFull);
  if (hasMessage) return String(message);
  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') return notEqualMessage(actual, operator, isFull);
  return plainMessage(actual, expected, operator, isFull);
}

// A text property of which `inspect` need not show every line.
function shorten(text) {
  if (typeof text !== 'string') return text;
  const lines = StringPrototypeSplit(text, '\n', PROPERTY_LINES_MAX + 1);
  if (lines.length > PROPERTY_LINES_MAX) return `${ArrayPrototypeJoin(ArrayPrototypeSlice(lines, 0, PROPERTY_LINES_MAX), '\n')}\n...`;
  return text.length > VALUE_MAX ? `${StringPrototypeSlice(text, VALUE_MAX)}...` : text;
}

class AssertionError extends Error {
  constructor(options) {
    validateObject(options, 'options');
    const { message, operator, stackStartFn, details, stackStartFunction, diff = 'simple' } = options;
    let { actual, expected } = options;
    if (message === null || message === undefined) {
      colors = palette(require('process').stderr);
      if (isReference(actual) && isReference(expected) && actual instanceof Error && expected instanceof Error) {
        actual = withoutStack(actual);
        expected = withoutStack(expected);
      }
    }
    super(makeMessage({ message, actual, expected, operator }, diff === 'full'));
    this.generatedMessage = !message;
    ObjectDefineProperty(this, 'name', {
      __proto__: null, value: 'AssertionError [ERR_ASSERTION]', enumerable: false, writable: true, configurable: true,
    });
    this.code = 'ERR_ASSERTION';
    this.actual = details ? undefined : actual;
    this.expected = details ? undefined : expected;
    this.operator = details ? undefined : operator;
    for (let i = 0; i < details?.length; i++) {
      for (const key of ['message', 'actual', 'expected', 'operator']) this[`${key} ${i}`] = details[i][key];
      this[`stack trace ${i}`] = details[i].stack;
    }
    ErrorCaptureStackTrace(this, stackStartFn || stackStartFunction);
    this.stack; // eslint-disable-line no-unused-expressions -- the header is made when it is first read
    this.name = 'AssertionError';
    this.diff = diff;
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](recurseTimes, ctx) {
    const { actual, expected } = this;
    this.actual = shorten(actual);
    this.expected = shorten(expected);
    const result = inspect(this, { ...ctx, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return result;
  }
}

module.exports = { AssertionError };
