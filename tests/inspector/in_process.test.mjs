// node:inspector in the program itself.
import assert from 'node:assert';
import { join } from 'node:path';
import test from 'node:test';
import { program, root, run } from '../lib/rondo.mjs';

test('a program debugs itself', async () => {
  const { code, stdout } = await run(program(), [join(root, 'tests', 'inspector', 'fixtures', 'in-process.js')]);
  assert.strictEqual(code, 0);
  assert.deepStrictEqual(JSON.parse(stdout), {
    early: 'ERR_INSPECTOR_NOT_CONNECTED', twice: 'ERR_INSPECTOR_ALREADY_CONNECTED', heard: 'hello',
    unknown: 'ERR_INSPECTOR_COMMAND', profiled: true, value: 42, closed: true, open: true,
    again: 'ERR_INSPECTOR_ALREADY_ACTIVATED', notActive: 'ERR_INSPECTOR_NOT_ACTIVE',
  });
});

test('a program watches its own loop; what would stop its thread says so', async () => {
  const { code, stdout, stderr } = await run(program(), [join(root, 'tests', 'inspector', 'fixtures', 'in-process-loop.js')]);
  assert.strictEqual(code, 0, stderr);
  const { errors, ...seen } = JSON.parse(stdout);
  assert.deepStrictEqual(seen, { ran: true, state: 'poll', line: true, hit: true });
  assert.strictEqual(Object.keys(errors).length, 4);
  for (const message of Object.values(errors)) assert.match(message, /would stop the thread that this session runs on.*connectToMainThread/);
});

test('a worker debugs the main thread', async () => {
  const { code, stdout, stderr } = await run(program(), [join(root, 'tests', 'inspector', 'fixtures', 'debugging-worker.js')]);
  assert.deepStrictEqual([code, stderr], [0, '']);
  const [error, seen] = stdout.trim().split('\n');
  assert.strictEqual(error, 'ERR_INSPECTOR_NOT_WORKER');
  assert.deepStrictEqual(JSON.parse(seen), ['tick', 'instrumentation:setInterval.callback', true]);
});
