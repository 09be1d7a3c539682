// Tests, suites and their hooks: a tree in which each test runs its children one after another, or several at once.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeShift, Error, Promise, PromiseResolve, ReflectApply,
  SafePromisePrototypeFinally, Symbol,
} = primordials;
const { AbortController } = require('internal/abort_controller');
const { AbortError, codes: { ERR_TEST_FAILURE } } = require('internal/errors');
const { validateAbortSignal, validateFunction, validateNumber, validateObject, validateOneOf, validateUint32 } = require('internal/validators');
const { kEmptyObject } = require('internal/util');
const { clearTimeout, setTimeout } = require('timers');

const TIMEOUT_MAX = 2 ** 31 - 1;
const kNotDone = Symbol('notDone');
const HOOKS = ['before', 'after', 'beforeEach', 'afterEach'];

function now() {
  const { 0: seconds, 1: nanos } = binding('process').hrtime();
  return seconds * 1000 + nanos / 1e6;
}

// Runs `fn` with a context, or with a callback when it asks for one; `arity` is how many parameters come before that.
function runUserFunction(fn, self, args) {
  if (fn.length <= args.length) return PromiseResolve(ReflectApply(fn, self, args));
  return new Promise((resolve, reject) => {
    let called = false;
    const result = ReflectApply(fn, self, [...args, (error) => {
      if (called) return reject(new ERR_TEST_FAILURE('callback invoked multiple times', 'multipleCallbackInvocations'));
      called = true;
      if (error) reject(error);
      else resolve();
    }]);
    if (binding('util').isPromise(result)) {
      reject(new ERR_TEST_FAILURE('passed a callback but also returned a Promise', 'callbackAndPromisePresent'));
    }
  });
}

class Test {
  children = [];
  hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
  error = null;
  passed = false;
  finished = false;
  skipped = false;
  todo = false;
  message = '';
  diagnostics = [];
  duration = 0;
  cancelled = false;
  #waiting = [];
  #active = 0;
  #beforeDone = undefined;
  #settle;
  #started = false;

  constructor(parent, harness, { name, fn, options = kEmptyObject, isSuite = false, location }) {
    validateObject(options, 'options');
    const { concurrency, only, plan, signal, skip, timeout, todo } = options;
    this.name = typeof name === 'string' && name !== '' ? name : fn?.name || '<anonymous>';
    this.fn = typeof fn === 'function' ? fn : () => {};
    this.parent = parent;
    this.harness = harness;
    this.isSuite = isSuite;
    this.location = location;
    this.nesting = parent === null ? -1 : parent.nesting + 1;
    this.only = !!only;
    if (timeout !== undefined && timeout !== null && timeout !== Infinity) validateNumber(timeout, 'options.timeout', 0, TIMEOUT_MAX);
    this.timeout = timeout ?? (parent === null ? Infinity : parent.timeout);
    if (signal) validateAbortSignal(signal, 'options.signal');
    this.outerSignal = signal;
    this.controller = new AbortController();
    this.concurrency = concurrencyOf(concurrency, parent);
    if (plan !== undefined) this.plan(plan);
    if (skip) this.skip(skip);
    if (todo) this.setTodo(todo);
    if (parent?.skipped) this.skip(parent.message);
    this.done = new Promise((resolve) => { this.#settle = resolve; });
  }

  get fullName() {
    return this.parent === null || this.parent.parent === null ? this.name : `${this.parent.fullName} > ${this.name}`;
  }

  skip(message) {
    this.skipped = true;
    this.message = typeof message === 'string' ? message : '';
  }

  setTodo(message) {
    this.todo = true;
    this.message = typeof message === 'string' ? message : '';
  }

  plan(count) {
    validateUint32(count, 'count');
    this.planned = count;
    this.counted = 0;
  }

  addHook(kind, fn, options = kEmptyObject) {
    validateOneOf(kind, 'hook', HOOKS);
    validateFunction(fn, 'fn');
    ArrayPrototypePush(this.hooks[kind], { fn, timeout: options?.timeout ?? Infinity });
  }

  // A child, which runs when it is its turn.
  add(child) {
    if (this.finished) {
      child.fail(new ERR_TEST_FAILURE('test could not be started because its parent finished', 'parentAlreadyFinished'));
      child.end();
      return child.done;
    }
    ArrayPrototypePush(this.children, child);
    ArrayPrototypePush(this.#waiting, child);
    if (!this.isSuite || this.#started) this.runWaiting();
    return child.done;
  }

  runWaiting() {
    while (this.#waiting.length > 0 && this.#active < this.concurrency) {
      const child = ArrayPrototypeShift(this.#waiting);
      this.#active++;
      SafePromisePrototypeFinally(child.run(), () => {
        this.#active--;
        this.runWaiting();
      });
    }
  }

  async childrenDone() {
    // Running children may add more.
    for (let i = 0; i < this.children.length; i++) await this.children[i].done;
  }

  async run() {
    const { parent } = this;
    this.startTime = now();
    this.harness.enter(this);
    try {
      await parent.runBefore();
      if (!this.skipped && this.harness.isSelected(this)) await this.#runBody();
      else this.skipped = true;
    } catch (error) {
      this.fail(error);
    }
    this.end();
  }

  async #runBody() {
    if (this.outerSignal?.aborted) throw new AbortError(undefined, { cause: this.outerSignal.reason });
    if (this.isSuite) return this.#runSuite();
    try {
      await this.#hooksAround('beforeEach');
      await this.#withLimits(this.timeout, () => this.harness.storage.run(this, runUserFunction, this.fn, this.context, [this.context]));
      await this.childrenDone();
      await this.#checkPlan();
    } catch (error) {
      this.fail(error);
    }
    await this.#lateHooks();
    this.#blameChildren();
  }

  async #runSuite() {
    // The body ran when the suite was made and may have been asynchronous.
    await this.bodyDone;
    this.#started = true;
    try {
      await this.runBefore();
    } catch (error) {
      for (const child of this.#waiting) {
        child.fail(error);
        child.end();
      }
      this.#waiting = [];
      throw error;
    } finally {
      this.runWaiting();
      await this.childrenDone();
      await this.#after();
    }
    this.#blameChildren();
  }

  #blameChildren() {
    let failed = 0;
    for (let i = 0; i < this.children.length; i++) if (!this.children[i].passed && !this.children[i].todo) failed++;
    if (failed > 0 && this.error === null) {
      this.fail(new ERR_TEST_FAILURE(`${failed} subtest${failed > 1 ? 's' : ''} failed`, 'subtestsFailed'));
    }
  }

  // Hooks of the ancestors first for `beforeEach`, last for `afterEach`.
  async #hooksAround(kind) {
    const chain = [];
    for (let at = this.parent; at !== null; at = at.parent) ArrayPrototypePush(chain, at);
    if (kind === 'beforeEach') chain.reverse();
    for (const test of chain) await test.runHooks(kind, this.context);
  }

  async #lateHooks() {
    try {
      await this.#hooksAround('afterEach');
    } catch (error) {
      this.fail(error);
    }
    await this.#after();
  }

  async #after() {
    try {
      await this.runHooks('after', this.context);
    } catch (error) {
      this.fail(error);
    }
    this.context.mock?.restoreAll?.();
  }

  runBefore() {
    return this.#beforeDone ??= this.runHooks('before', this.context);
  }

  async runHooks(kind, context) {
    const hooks = this.hooks[kind];
    for (let i = 0; i < hooks.length; i++) {
      try {
        await this.#withLimits(hooks[i].timeout, () => runUserFunction(hooks[i].fn, context, [context]));
      } catch (error) {
        throw new ERR_TEST_FAILURE(`failed running ${kind} hook`, 'hookFailed', error);
      }
    }
  }

  // The function's promise, unless time is up, the signal aborts, or the event loop has nothing left to do.
  async #withLimits(timeout, start) {
    let timer;
    const limits = [];
    if (timeout !== Infinity) {
      ArrayPrototypePush(limits, new Promise((_, reject) => {
        timer = setTimeout(() => {
          this.cancelled = true;
          reject(new ERR_TEST_FAILURE(`test timed out after ${timeout}ms`, 'testTimeoutFailure'));
        }, timeout);
        timer.unref();
      }));
    }
    if (this.outerSignal) {
      ArrayPrototypePush(limits, new Promise((_, reject) => {
        this.outerSignal.addEventListener('abort', () => {
          this.cancelled = true;
          reject(new AbortError(undefined, { cause: this.outerSignal.reason }));
        }, { once: true });
      }));
    }
    ArrayPrototypePush(limits, new Promise((_, reject) => { this.abandon = reject; }));
    try {
      await Promise.race([start(), ...limits]);
    } finally {
      clearTimeout(timer);
      this.abandon = undefined;
    }
  }

  #checkPlan() {
    if (this.planned !== undefined && this.planned !== this.counted) {
      throw new ERR_TEST_FAILURE(`plan expected ${this.planned} assertions but received ${this.counted}`, 'testCodeFailure');
    }
  }

  fail(error) {
    if (this.error !== null) return;
    this.error = error === undefined || error === null ? new Error(`${error}`) : error;
  }

  end() {
    if (this.finished) return;
    this.finished = true;
    this.passed = this.error === null;
    this.duration = this.startTime === undefined ? 0 : now() - this.startTime;
    this.harness.leave(this);
    this.controller.abort();
    this.#settle(kNotDone);
  }
}

function concurrencyOf(value, parent) {
  if (value === undefined || value === null) return 1;
  if (value === true) return parent === null ? Infinity : require('os').availableParallelism() - 1 || 1;
  if (value === false) return 1;
  validateUint32(value, 'options.concurrency', true);
  return value;
}

// `test(name, options, fn)` with any of them left out.
function parseArguments(name, options, fn) {
  if (typeof name === 'function') fn = name;
  else if (name !== null && typeof name === 'object' && !ArrayIsArray(name)) [options, fn] = [name, options];
  else if (typeof options === 'function') [options, fn] = [undefined, options];
  return { name, options: options ?? kEmptyObject, fn };
}

module.exports = { Test, parseArguments, now };
