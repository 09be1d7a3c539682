// node:test: tests made inside a test by the module's own function are its subtests; hooks after all tests run once they are done,
// whatever still holds the loop.
'use strict';
const assert = require('assert');
const { spawnSync } = require('child_process');

function run(code) {
  return spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', timeout: 30_000 });
}

const nested = run(`
  const { test } = require('node:test');
  test('outer', async () => {
    await new Promise(setImmediate);
    await test('inner', async () => { await new Promise((resolve) => setTimeout(resolve, 1)); });
    await test('second', () => {});
  });
  test('last', () => {});
`);
assert.strictEqual(nested.status, 0, nested.stdout);
assert.match(nested.stdout, /outer[^]*inner[^]*second[^]*last/);
assert.match(nested.stdout, /pass 4/);

const closed = run(`
  const { after, test } = require('node:test');
  const server = require('net').createServer().listen(0);
  after(() => { console.log('closing'); server.close(); });
  test('one', async () => { await new Promise(setImmediate); });
  test('two', () => {});
`);
assert.strictEqual(closed.signal, null);
assert.strictEqual(closed.status, 0, closed.stdout);
assert.match(closed.stdout, /two[^]*closing|closing[^]*pass 2/);

// The disposer of an abort listener needs no object around it.
const controller = new AbortController();
const { [Symbol.dispose]: stop } = require('events').addAbortListener(controller.signal, () => assert.fail('not listening any more'));
stop();
controller.abort();
