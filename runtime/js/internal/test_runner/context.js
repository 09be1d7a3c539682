// What a test function gets: `t`.
'use strict';

const { ObjectDefineProperty, ObjectKeys, ReflectApply } = primordials;
const assert = require('assert');
const { Test, parseArguments } = require('internal/test_runner/test');
const { clearTimeout, setTimeout } = require('timers');
const { validateFunction, validateNumber } = require('internal/validators');

const WAIT_INTERVAL_MS = 50;
const WAIT_TIMEOUT_MS = 1000;

class SuiteContext {
  #suite;

  constructor(suite) {
    this.#suite = suite;
  }

  get name() { return this.#suite.name; }
  get fullName() { return this.#suite.fullName; }
  get filePath() { return this.#suite.harness.file; }
  get signal() { return this.#suite.controller.signal; }
  get passed() { return this.#suite.passed; }
  get attempt() { return 0; }
  diagnostic(message) { this.#suite.diagnostics.push(message); }
}

class TestContext {
  #test;
  #assert;
  #mock;

  constructor(test) {
    this.#test = test;
  }

  get name() { return this.#test.name; }
  get fullName() { return this.#test.fullName; }
  get filePath() { return this.#test.harness.file; }
  get signal() { return this.#test.controller.signal; }
  get error() { return this.#test.error; }
  get passed() { return this.#test.passed; }
  get attempt() { return 0; }

  // Assertions that count for the plan.
  get assert() {
    if (this.#assert !== undefined) return this.#assert;
    const test = this.#test;
    const counted = {};
    for (const key of ObjectKeys(assert)) {
      if (typeof assert[key] !== 'function' || key === 'AssertionError' || key === 'Assert' || key === 'strict') continue;
      counted[key] = (...args) => {
        if (test.planned !== undefined) test.counted++;
        return ReflectApply(assert[key], this, args);
      };
    }
    return this.#assert = counted;
  }

  get mock() {
    return this.#mock ??= new (require('internal/test_runner/mock').MockTracker)();
  }

  diagnostic(message) { this.#test.diagnostics.push(message); }
  plan(count) { this.#test.plan(count); }
  runOnly(value) { this.#test.runsOnly = !!value; }
  skip(message) { this.#test.skip(message); }
  todo(message) { this.#test.setTodo(message); }
  before(fn, options) { this.#test.addHook('before', fn, options); }
  after(fn, options) { this.#test.addHook('after', fn, options); }
  beforeEach(fn, options) { this.#test.addHook('beforeEach', fn, options); }
  afterEach(fn, options) { this.#test.addHook('afterEach', fn, options); }

  async test(name, options, fn) {
    const test = this.#test;
    if (test.planned !== undefined) test.counted++;
    const child = makeTest(test, test.harness, parseArguments(name, options, fn));
    await test.add(child);
  }

  // Calls `condition` until it does not throw.
  waitFor(condition, { interval = WAIT_INTERVAL_MS, timeout = WAIT_TIMEOUT_MS } = {}) {
    validateFunction(condition, 'condition');
    validateNumber(interval, 'options.interval', 0);
    validateNumber(timeout, 'options.timeout', 0);
    return new primordials.Promise((resolve, reject) => {
      let last;
      let poll;
      const limit = setTimeout(() => {
        clearTimeout(poll);
        const error = new primordials.Error('waitFor() timed out');
        error.cause = last;
        reject(error);
      }, timeout);
      const attempt = async () => {
        try {
          const value = await condition();
          clearTimeout(limit);
          resolve(value);
        } catch (error) {
          last = error;
          poll = setTimeout(attempt, interval);
        }
      };
      attempt();
    });
  }
}

function makeTest(parent, harness, parsed) {
  const test = new Test(parent, harness, { ...parsed, location: harness.locate() });
  ObjectDefineProperty(test, 'context', { __proto__: null, value: new TestContext(test) });
  return test;
}

// A suite's body runs at once: it only declares what is in it.
function makeSuite(parent, harness, parsed) {
  const suite = new Test(parent, harness, { ...parsed, isSuite: true, location: harness.locate() });
  ObjectDefineProperty(suite, 'context', { __proto__: null, value: new SuiteContext(suite) });
  const outer = harness.current;
  harness.current = suite;
  try {
    if (!suite.skipped) suite.bodyDone = ReflectApply(suite.fn, suite.context, [suite.context]);
  } catch (error) {
    suite.fail(error);
  } finally {
    harness.current = outer;
  }
  suite.bodyDone?.then?.(undefined, (error) => suite.fail(error));
  return suite;
}

module.exports = { makeTest, makeSuite, SuiteContext, TestContext };
