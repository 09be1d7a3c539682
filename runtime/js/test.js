// `node:test`: tests in the process that declares them.
'use strict';

const { ObjectAssign, ObjectDefineProperty } = primordials;
const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');
const { getHarness } = require('internal/test_runner/harness');
const { makeSuite, makeTest } = require('internal/test_runner/context');
const { parseArguments } = require('internal/test_runner/test');

function declare(make, name, options, fn, extra) {
  const harness = getHarness();
  const parsed = parseArguments(name, options, fn);
  if (extra !== undefined) parsed.options = { ...parsed.options, ...extra };
  const parent = harness.parent();
  const result = make(parent, harness, parsed);
  return parent.add(result).then(() => undefined);
}

function variants(name, make) {
  const run = { [name](label, options, fn) { return declare(make, label, options, fn); } }[name];
  for (const key of ['skip', 'todo', 'only']) {
    run[key] = { [key](label, options, fn) { return declare(make, label, options, fn, { [key]: true }); } }[key];
  }
  return run;
}

const test = variants('test', makeTest);
const suite = variants('suite', makeSuite);

function hook(kind) {
  return { [kind](fn, options) { getHarness().parent().addHook(kind, fn, options); } }[kind];
}

function run() {
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('run() of node:test');
}

module.exports = ObjectAssign(test, {
  after: hook('after'), afterEach: hook('afterEach'), before: hook('before'), beforeEach: hook('beforeEach'),
  describe: suite, it: test, run, suite, test,
});
ObjectDefineProperty(test, 'mock', {
  __proto__: null, configurable: true, enumerable: true,
  get() {
    const { MockTracker } = require('internal/test_runner/mock');
    const value = new MockTracker();
    ObjectDefineProperty(test, 'mock', { __proto__: null, configurable: true, enumerable: true, writable: true, value });
    return value;
  },
});
ObjectDefineProperty(test, 'assert', {
  __proto__: null, configurable: true, enumerable: true,
  get: () => ({ register() { throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('assert.register of node:test'); } }),
});
