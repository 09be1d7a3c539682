// The tests of one process: the root of the tree, what is selected, the counts, and the end of it all.
'use strict';

const { ObjectDefineProperty, SafeSet, StringPrototypeIncludes } = primordials;
const { AsyncLocalStorage } = require('internal/async_hooks/async_local_storage');
const { codes: { ERR_TEST_FAILURE } } = require('internal/errors');
const { Test, now } = require('internal/test_runner/test');
const { getCallSites } = binding('util');

const LOCATE_FRAMES = 12;

class Harness {
  counts = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
  failures = [];
  current;
  // The test whose function runs, through all that it waits for.
  storage = new AsyncLocalStorage();
  #running = new SafeSet();
  #reporter;
  #isOver = false;

  constructor(Reporter) {
    const process = require('process');
    this.file = process.argv[1];
    this.startTime = now();
    this.root = new Test(null, this, { name: '<root>' });
    this.root.runsOnly = process.execArgv.includes('--test-only');
    ObjectDefineProperty(this.root, 'context', { __proto__: null, value: { __proto__: null } });
    this.current = this.root;
    this.#reporter = new Reporter((text) => process.stdout.write(text));
    process.on('beforeExit', () => this.#finish());
    process.on('exit', () => this.#report());
    process.on('uncaughtException', (error) => this.#blame(error));
    process.on('unhandledRejection', (error) => this.#blame(error));
  }

  // Where a test that is made now belongs: to the suite whose body runs, or to the test that makes it.
  parent() {
    if (this.current !== this.root) return this.current;
    const running = this.storage.getStore();
    return running === undefined || running.finished ? this.root : running;
  }

  // Whether `test` runs while only some are wanted.
  isSelected(test) {
    if (!this.root.runsOnly && !test.parent.runsOnly) return true;
    for (let at = test; at.parent !== null; at = at.parent) if (at.only) return true;
    return hasOnly(test) || (!this.root.runsOnly && !test.parent.runsOnly);
  }

  enter(test) {
    this.#running.add(test);
  }

  leave(test) {
    this.#running.delete(test);
    this.#count(test);
    this.#reporter.test(test);
    // What a hook after all tests closes may be all that still holds the loop.
    if (test.parent === this.root && this.root.hooks.after.length > 0 && this.#areAllDone()) {
      require('timers').setImmediate(() => { if (this.#areAllDone()) this.#afterAll(); });
    }
  }

  #areAllDone() {
    const { children } = this.root;
    for (let i = 0; i < children.length; i++) if (!children[i].finished) return false;
    return this.#running.size === 0;
  }

  // Where the user made the test, as `file:line:column`.
  locate() {
    const sites = getCallSites(LOCATE_FRAMES);
    for (let i = 0; i < sites.length; i++) {
      const { scriptName, lineNumber, columnNumber } = sites[i];
      if (scriptName !== '' && !scriptName.startsWith('node:')) return `${scriptName.replace('file://', '')}:${lineNumber}:${columnNumber}`;
    }
    return undefined;
  }

  #count(test) {
    const { counts } = this;
    if (test.isSuite) counts.suites++;
    else counts.tests++;
    if (!test.passed && !test.todo) {
      if (!(test.error?.failureType === 'subtestsFailed')) this.failures.push(test);
      require('process').exitCode = 1;
    }
    if (test.isSuite) return;
    if (test.skipped) counts.skipped++;
    else if (test.todo) counts.todo++;
    else if (test.cancelled) counts.cancelled++;
    else if (test.passed) counts.pass++;
    else counts.fail++;
  }

  // An error that nobody caught belongs to the test that runs.
  #blame(error) {
    let last;
    for (const test of this.#running) if (!test.isSuite) last = test;
    if (last === undefined) {
      require('process').exitCode = 1;
      this.#reporter.diagnostic(`Error: ${error?.message ?? error} was thrown after the tests ended`);
      return;
    }
    last.fail(error);
    last.abandon?.(error);
  }

  // Nothing is left to do in the loop: what has not ended never will.
  async #finish() {
    if (this.#isOver) return;
    const open = [...this.#running];
    for (let i = open.length - 1; i >= 0; i--) {
      const test = open[i];
      if (test.abandon === undefined) continue;
      test.cancelled = true;
      test.abandon(new ERR_TEST_FAILURE('Promise resolution is still pending but the event loop has already resolved', 'cancelledByParent'));
    }
    if (open.length > 0) return;
    await this.#afterAll();
  }

  async #afterAll() {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      await this.root.runHooks('after', this.root.context);
    } catch (error) {
      require('process').exitCode = 1;
      this.#reporter.diagnostic(`${error?.message ?? error}`);
    }
  }

  #report() {
    for (const test of this.#running) {
      if (StringPrototypeIncludes(test.name, '<root>')) continue;
      test.cancelled = true;
      test.fail(new ERR_TEST_FAILURE('Promise resolution is still pending but the event loop has already resolved', 'cancelledByParent'));
      test.end();
    }
    this.#reporter.summary(this.counts, this.failures, now() - this.startTime, this.root.diagnostics);
  }
}

function hasOnly(test) {
  for (let i = 0; i < test.children.length; i++) if (test.children[i].only || hasOnly(test.children[i])) return true;
  return false;
}

let harness;
function getHarness() {
  if (harness === undefined) {
    const { chooseReporter } = require('internal/test_runner/reporters');
    harness = new Harness(chooseReporter());
  }
  return harness;
}

module.exports = { getHarness };
