// Every `*.test.js` in this folder is a program with a package from npm that Rondo runs; it fails by an exit code.
import assert from 'node:assert';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { program, run } from '../lib/rondo.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
for (const file of readdirSync(folder).filter((name) => name.endsWith('.test.js'))) {
  test(file, async () => {
    const { code, signal, stdout, stderr } = await run(program(), [join(folder, file)], { timeoutMs: 60_000 });
    assert.strictEqual(code, 0, `exit ${code ?? signal}\n${stdout}${stderr}`);
  });
}
