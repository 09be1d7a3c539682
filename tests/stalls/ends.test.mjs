// `rondo profile` of programs that end in other ways than well, and where not everything can be written.
import assert from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { program, run } from '../lib/rondo.mjs';

const FILES = ['cpu.cpuprofile', 'report.html', 'stalls.jsonl', 'trace.chrome.json', 'trace.perfetto-trace'];
const HOLD = 'const end = Date.now() + 120; while (Date.now() < end);';

const folder = () => mkdtempSync(join(tmpdir(), 'rondo-profile-'));
const profile = (out, ...rest) => run(program(), ['profile', '--out', out, ...rest], { timeoutMs: 60_000 });
const stalls = (out) => readFileSync(join(out, 'stalls.jsonl'), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));

for (const [name, ending, exitCode] of [
  ['an error that nobody catches', 'throw new Error("crashed")', 1],
  ['process.exit', 'process.exit(7)', 7],
  ['SIGTERM', 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60_000)', 143],
]) {
  test(`${name}: the report is written and the exit code is the program’s`, async () => {
    const out = folder();
    const { code, stderr } = await profile(out, '-e', `setTimeout(function held() { ${HOLD} ${ending} }, 5)`);
    assert.strictEqual(code, exitCode, stderr);
    assert.deepStrictEqual(readdirSync(out).sort(), FILES);
    const found = stalls(out).filter(({ callback }) => callback.kind === 'timeout');
    assert.deepStrictEqual(found.map(({ line }) => line.functionName), ['held']);
  });
}

test('a crash of the process itself keeps the stalls before it', async () => {
  const out = folder();
  const { signal } = await profile(out, '-e', `setTimeout(function held() { ${HOLD} setTimeout(() => process.abort(), 20); }, 5)`);
  assert.strictEqual(signal, 'SIGABRT');
  assert.ok(stalls(out).some(({ line }) => line.functionName === 'held'));
});

test('TypeScript: the line is that of the source', async () => {
  const out = folder();
  const script = join(out, 'typed.ts');
  writeFileSync(script, `interface Item {
  name: string;
}
type Milliseconds = number;

function spin(milliseconds: Milliseconds): void {
  const end: number = Date.now() + milliseconds;
  while (Date.now() < end);
}
setTimeout((): void => {
  const item: Item = { name: 'x' };
  spin(120);
  console.log(item.name);
}, 5);
`);
  const { code, stderr } = await profile(out, script);
  assert.strictEqual(code, 0, stderr);
  const [{ line }] = stalls(out).filter(({ callback }) => callback.kind === 'timeout');
  assert.deepStrictEqual([line.functionName, [6, 7].includes(line.lineNumber)], ['spin', true], JSON.stringify(line));
});

test('a disk that is full: what can be written is, and what can’t be is said', async () => {
  const out = folder();
  symlinkSync('/dev/full', join(out, 'report.html'));
  symlinkSync('/dev/full', join(out, 'stalls.jsonl'));
  const { code, stderr } = await profile(out, '-e', `setTimeout(() => { ${HOLD} }, 5)`);
  assert.strictEqual(code, 0, stderr);
  assert.match(stderr, /stalls\.jsonl lacks stalls: No space left/);
  assert.match(stderr, /report\.html is not written: No space left/);
  assert.doesNotMatch(stderr, /open it in a browser/);
  assert.ok(!existsSync(join(out, 'report.html')));
  assert.ok(JSON.parse(readFileSync(join(out, 'cpu.cpuprofile'), 'utf8')).samples.length > 0);
});

test('--cpu: the profile is of the whole run, also of what is short and often', async () => {
  const out = folder();
  const code = `let count = 0;
    const burn = () => { for (let i = 0, x = 1; i < 3e5; i++) x = (x * 31 + i) | 0; };
    setTimeout(function piece() { burn(); if (process.cpuUsage().user < 900_000) setTimeout(piece, 1); }, 1)`;
  const end = await profile(out, '--cpu', '-e', code);
  assert.strictEqual(end.code, 0, end.stderr);
  assert.match(end.stderr, /what ran during the whole run/);
  const { nodes, samples, timeDeltas, rondo } = JSON.parse(readFileSync(join(out, 'cpu.cpuprofile'), 'utf8'));
  assert.strictEqual(samples.length, timeDeltas.length);
  assert.match(rondo.source, /the whole run/);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const burn = nodes.filter(({ callFrame }) => callFrame.functionName === 'burn');
  assert.ok(burn.length > 0, 'burn is seen');
  const hits = samples.filter((id) => byId.get(id).callFrame.functionName === 'burn').length;
  const users = samples.filter((id) => byId.get(id).callFrame.url === burn[0].callFrame.url).length;
  assert.ok(hits * 2 > users, `${hits} of ${users} samples`);
});

test('--cpu: a child does not inherit it, and it is an option of rondo profile alone', async () => {
  const out = folder();
  const code = 'const { fork } = require("child_process"); if (process.argv[2] !== "child") { const script = require("path").join(process.env.OUT, "c.js"); require("fs").writeFileSync(script, "process.send(process.execArgv)"); fork(script, ["child"]).on("message", (m) => console.log(JSON.stringify(m))); }';
  const end = await run(program(), ['profile', '--out', out, '--cpu', '--no-warnings', '-e', code], { env: { OUT: out } });
  assert.deepStrictEqual([end.code, end.stdout], [0, '["--no-warnings"]\n'], end.stderr);
  const refused = await run(program(), ['--cpu', '-e', '0']);
  assert.strictEqual(refused.code, 9);
  assert.match(refused.stderr, /option of rondo profile/);
});
