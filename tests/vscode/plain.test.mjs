// The extension's own checks: its types, and the tests of what needs no editor.
import assert from 'node:assert';
import { join } from 'node:path';
import test from 'node:test';
import { needsInstalled } from '../lib/needs.mjs';
import { root, run } from '../lib/rondo.mjs';

const cwd = join(root, 'vscode-extension');
const needs = needsInstalled('the packages of the extension', join(cwd, 'node_modules'));

for (const [script, what] of [['check', 'the extension has no type errors'], ['test', 'the parts of the extension that need no editor']]) {
  test(what, needs, async () => {
    const { code, stdout, stderr } = await run('npm', ['run', script], { cwd, timeoutMs: 120_000 });
    assert.strictEqual(code, 0, stdout + stderr);
  });
}
