// Domains: what is made and scheduled inside one has its errors there; handlers run outside of it.
'use strict';
const assert = require('assert');
const domain = require('domain');
const fs = require('fs');
const EventEmitter = require('events');

const kept = [];
function expecting(name, run) {
  return new Promise((resolve) => {
    const made = domain.create();
    made.on('error', (error) => {
      assert.strictEqual(error.domain, made);
      assert.notStrictEqual(process.domain, made);
      kept.push(`${name}: ${error.message}`);
      resolve(made);
    });
    made.run(() => run(made));
  });
}
const fail = (message) => () => { throw new Error(message); };

(async () => {
  await expecting('timeout', () => setTimeout(fail('a'), 1));
  await expecting('tick', () => process.nextTick(fail('b')));
  await expecting('file', () => fs.stat(__filename, fail('c')));
  await expecting('exists', () => fs.exists(__filename, fail('d')));
  await expecting('emitter', () => {
    const emitter = new EventEmitter();
    setImmediate(() => emitter.emit('error', new Error('e')));
  });
  await expecting('added', (made) => {
    const emitter = new EventEmitter();
    made.remove(emitter);
    made.add(emitter);
    process.nextTick(() => emitter.emit('error', new Error('f')));
  });
  await expecting('bound', (made) => {
    made.exit();
    setImmediate(made.bind(fail('g')));
  });
  await expecting('intercepted', (made) => made.intercept(() => assert.fail('not called'))(new Error('h')));
  // What the handler of an inner domain throws is the outer one's.
  await expecting('outer', () => {
    const inner = domain.create();
    inner.on('error', (error) => { throw new Error(`${error.message} again`); });
    inner.run(() => process.nextTick(fail('i')));
  });
  assert.deepStrictEqual(kept, ['timeout: a', 'tick: b', 'file: c', 'exists: d', 'emitter: e', 'added: f', 'bound: g', 'intercepted: h',
    'outer: i again']);

  const results = [];
  const made = domain.create();
  assert.strictEqual(made.run((x) => x + 1, 2), 3);
  assert.strictEqual(made.intercept((value) => value * 2)(null, 4), 8);
  made.run(() => Promise.resolve().then(() => results.push(process.domain === made)));
  await new Promise(setImmediate);
  assert.deepStrictEqual(results, [true]);
  assert.throws(() => process.setUncaughtExceptionCaptureCallback(() => {}), { code: 'ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE' });
})();
