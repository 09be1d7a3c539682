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
