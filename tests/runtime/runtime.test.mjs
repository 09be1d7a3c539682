// Every `*.test.js` in this folder is a program that Rondo runs; it fails by an exit code.
import assert from 'node:assert';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { program, run } from '../lib/rondo.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
for (const file of readdirSync(folder).filter((name) => /\.test\.[cm]?[jt]s$/.test(name) && name !== 'runtime.test.mjs')) {
  test(file, async () => {
    const { code, signal, stdout, stderr } = await run(program(), [join(folder, file)], { timeoutMs: 60_000 });
    assert.strictEqual(code, 0, `exit ${code ?? signal}\n${stdout}${stderr}`);
  });
}
