// `rondo check`: formats, exit codes, what is left out.
import assert from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { program, run } from '../lib/rondo.mjs';

const source = "const fs = require('fs');\nexports.b = () => fs.readFileSync('b');\n";

function folder(t) {
  const root = mkdtempSync(join(tmpdir(), 'rondo-check-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const name of ['src', 'node_modules/x', 'out']) mkdirSync(join(root, name), { recursive: true });
  for (const name of ['src/a.js', 'node_modules/x/b.js', 'out/c.js']) writeFileSync(join(root, name), source);
  writeFileSync(join(root, '.gitignore'), 'out\n');
  writeFileSync(join(root, 'src/clean.ts'), 'export const a: number = 1;\n');
  return root;
}
const check = (cwd, ...args) => run(program('rondo-lsp'), ['check', ...args], { cwd });

test('text shows the line; other people\'s code and ignored files are left out', async (t) => {
  const { code, stdout } = await check(folder(t), '.');
  assert.strictEqual(code, 1);
  assert.match(stdout, /src\/a\.js:2:19: warning: .*\(loop\/sync-io\)\n.*exports\.b.*\n.*\^{15}\n/);
  assert.match(stdout, /1 warning in 2 files\n$/);
});

test('json and sarif are what they say', async (t) => {
  const root = folder(t);
  const { findings: [finding] } = JSON.parse((await check(root, '--format=json', 'src')).stdout);
  assert.deepStrictEqual([finding.rule, finding.range.startLine, finding.range.startColumn], ['loop/sync-io', 2, 19]);
  const sarif = JSON.parse((await check(root, '--format', 'sarif', 'src')).stdout);
  const [{ results: [result], tool }] = sarif.runs;
  assert.strictEqual(sarif.version, '2.1.0');
  assert.strictEqual(tool.driver.rules[result.ruleIndex].id, result.ruleId);
  assert.strictEqual(result.locations[0].physicalLocation.artifactLocation.uri, 'src/a.js');
});

test('exit codes: clean, usage, unreadable', async (t) => {
  const root = folder(t);
  assert.strictEqual((await check(root, 'src/clean.ts')).code, 0);
  for (const args of [[], ['--format', 'xml', '.'], ['--odd'], ['missing.js']]) {
    const { code, stderr } = await check(root, ...args);
    assert.strictEqual(code, 2, args.join(' '));
    assert.notStrictEqual(stderr, '');
  }
  const { code, stdout } = await check(root, '--explain', 'loop/busy-wait');
  assert.strictEqual(code, 0);
  assert.match(stdout, /## Why/);
});

test('deep nesting is analysed or refused, and ends nothing', async (t) => {
  const root = folder(t);
  writeFileSync(join(root, 'src/deep.js'), `${'['.repeat(100_000)}\n`);
  writeFileSync(join(root, 'src/long.js'), `exports.sum = a${'+a'.repeat(100_000)};\n`);
  const { code, stdout } = await check(root, 'src');
  assert.strictEqual(code, 1);
  assert.match(stdout, /src\/deep\.js:1:\d+: error: not analysed: brackets are nested/);
  assert.match(stdout, /1 syntax error, 1 warning in 4 files/);
});

test('rondo check is the same program', async (t) => {
  const { code, stdout } = await run(program(), ['check', 'src'], { cwd: folder(t) });
  assert.strictEqual(code, 1);
  assert.match(stdout, /loop\/sync-io/);
});
