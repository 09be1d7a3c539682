// How results are shown while tests run in this process: `spec` for people, `tap` (Test Anything Protocol 13) for tools.
'use strict';

const { ObjectKeys, StringPrototypeRepeat, StringPrototypeReplaceAll, StringPrototypeStartsWith, StringPrototypeSlice } = primordials;
const { inspect } = require('internal/util/inspect');
const { palette } = require('internal/util/colors');

const REPORTER_FLAG = '--test-reporter=';

// The user's own error inside of the one that says which hook or subtest it was.
function causeOf(error) {
  return error?.code === 'ERR_TEST_FAILURE' && error.cause !== undefined && typeof error.cause === 'object' ? error.cause : error;
}

function indent(text, spaces) {
  return StringPrototypeRepeat(' ', spaces) + StringPrototypeReplaceAll(text, '\n', `\n${StringPrototypeRepeat(' ', spaces)}`);
}

class SpecReporter {
  #write;
  #colors = palette(require('process').stdout);
  // Suites and tests with children whose heading was printed.
  #open = new primordials.SafeSet();

  constructor(write) {
    this.#write = write;
  }

  test(test) {
    this.#headings(test.parent);
    this.#write(this.#line(test, test.nesting));
    this.#open.delete(test);
    for (const message of test.diagnostics) this.#write(`${StringPrototypeRepeat('  ', test.nesting + 1)}ℹ ${message}\n`);
  }

  #headings(test) {
    if (test === null || test.parent === null || this.#open.has(test)) return;
    this.#headings(test.parent);
    this.#open.add(test);
    this.#write(`${StringPrototypeRepeat('  ', test.nesting)}▶ ${test.name}\n`);
  }

  #line(test, nesting) {
    const { gray, green, red, reset } = this.#colors;
    let mark = '✔';
    let color = green;
    if (test.skipped) [mark, color] = ['﹣', gray];
    else if (test.todo && !test.passed) [mark, color] = ['⚠', this.#colors.yellow];
    else if (!test.passed) [mark, color] = ['✖', red];
    const note = test.skipped ? ` # ${test.message || 'SKIP'}` : test.todo ? ` # ${test.message || 'TODO'}` : '';
    return `${StringPrototypeRepeat('  ', nesting)}${color}${mark} ${test.name}${gray} (${test.duration.toFixed(6).replace(/\.?0+$/, '')}ms)${reset}${note}\n`;
  }

  diagnostic(message) {
    this.#write(`ℹ ${message}\n`);
  }

  summary(counts, failures, duration, diagnostics) {
    for (const message of diagnostics) this.diagnostic(message);
    for (const key of ObjectKeys(counts)) this.diagnostic(`${key} ${counts[key]}`);
    this.diagnostic(`duration_ms ${duration.toFixed(4)}`);
    if (failures.length === 0) return;
    this.#write(`\n${this.#colors.red}✖ failing tests:${this.#colors.reset}\n`);
    for (const test of failures) {
      this.#write(`\n${test.location === undefined ? '' : `test at ${test.location}\n`}${this.#line(test, 0)}`);
      this.#write(`${indent(inspect(causeOf(test.error), { colors: this.#colors.hasColors, breakLength: Infinity }), 2)}\n`);
    }
  }
}

class TapReporter {
  #write;
  #numbers = new primordials.SafeMap();

  constructor(write) {
    this.#write = write;
    write('TAP version 13\n');
  }

  test(test) {
    const pad = StringPrototypeRepeat('    ', test.nesting);
    const number = (this.#numbers.get(test.parent) ?? 0) + 1;
    this.#numbers.set(test.parent, number);
    const inner = this.#numbers.get(test);
    if (inner !== undefined) this.#write(`${pad}    1..${inner}\n`);
    if (number === 1 && test.parent.parent !== null) this.#write(`${StringPrototypeSlice(pad, 4)}# Subtest: ${test.parent.name}\n`);
    const name = StringPrototypeReplaceAll(StringPrototypeReplaceAll(test.name, '\\', '\\\\'), '#', '\\#');
    const note = test.skipped ? ` # SKIP ${test.message}`.trimEnd() : test.todo ? ` # TODO ${test.message}`.trimEnd() : '';
    this.#write(`${pad}${test.passed ? 'ok' : 'not ok'} ${number} - ${name}${note}\n`);
    this.#write(`${pad}  ---\n${pad}  duration_ms: ${test.duration.toFixed(6)}\n`);
    this.#write(`${pad}  type: '${test.isSuite ? 'suite' : 'test'}'\n`);
    if (!test.passed) {
      const error = causeOf(test.error);
      this.#write(`${pad}  error: |-\n${indent(`${error?.message ?? error}`, pad.length + 4)}\n`);
      if (error?.stack) this.#write(`${pad}  stack: |-\n${indent(error.stack, pad.length + 4)}\n`);
    }
    this.#write(`${pad}  ...\n`);
    for (const message of test.diagnostics) this.#write(`${pad}# ${message}\n`);
  }

  diagnostic(message) {
    this.#write(`# ${message}\n`);
  }

  summary(counts, failures, duration, diagnostics) {
    let total = 0;
    for (const { 0: parent, 1: number } of this.#numbers) if (parent.parent === null) total = number;
    this.#write(`1..${total}\n`);
    for (const message of diagnostics) this.diagnostic(message);
    for (const key of ObjectKeys(counts)) this.diagnostic(`${key} ${counts[key]}`);
    this.diagnostic(`duration_ms ${duration.toFixed(4)}`);
  }
}

function chooseReporter() {
  const flags = require('process').execArgv;
  for (let i = 0; i < flags.length; i++) {
    if (!StringPrototypeStartsWith(flags[i], REPORTER_FLAG)) continue;
    if (StringPrototypeSlice(flags[i], REPORTER_FLAG.length) === 'tap') return TapReporter;
  }
  return SpecReporter;
}

module.exports = { chooseReporter };
