// Programs with packages from npm that Rondo runs; each fails by an exit code. Every `*.test.js` in this folder is one,
// and `programs.js` has a table of shorter ones.
import assert from 'node:assert';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { program, run } from '../lib/rondo.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const { programs } = createRequire(import.meta.url)('./programs.js');

function check(name, args) {
  test(name, async () => {
    const { code, signal, stdout, stderr } = await run(program(), args, { timeoutMs: 60_000 });
    assert.strictEqual(code, 0, `exit ${code ?? signal}\n${stdout}${stderr}`);
  });
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.test.js'))) check(file, [join(folder, file)]);
for (const name of Object.keys(programs)) check(name, [join(folder, 'run-program.js'), name]);
