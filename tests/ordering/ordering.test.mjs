// Each case of `cases.js` logs the same lines here as under Node.
import assert from 'node:assert';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { node, program, run } from '../lib/rondo.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const { cases } = createRequire(import.meta.url)('./cases.js');

for (const name of Object.keys(cases)) {
  test(name, async () => {
    const script = join(folder, 'run-case.js');
    const env = { NODE_NO_WARNINGS: '1' };
    const [theirs, ours] = await Promise.all([run(node, [script, name], { env }), run(program(), [script, name], { env })]);
    assert.deepStrictEqual({ code: ours.code, stderr: ours.stderr, lines: ours.stdout.split('\n') },
      { code: theirs.code, stderr: theirs.stderr, lines: theirs.stdout.split('\n') });
  });
}
