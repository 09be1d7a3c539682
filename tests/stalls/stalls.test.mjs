// Stalls with known causes: each is found, with its line, its class and who waited; controls are not blamed.
import assert from 'node:assert';
import { readFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { program, run, start } from '../lib/rondo.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'programs');

function read(log) {
  return readFileSync(log, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

async function stallsOf(name, flags = []) {
  const log = join(mkdtempSync(join(tmpdir(), 'rondo-stalls-')), 'stalls.jsonl');
  const script = join(folder, `${name}.cjs`);
  const { code, stderr } = await run(program(), [`--stall-log=${log}`, ...flags, script]);
  assert.strictEqual(code, 0, stderr);
  const lines = readFileSync(script, 'utf8').split('\n');
  // A loaded machine may slow the loading of the program itself: that is its own stall, and not the one meant.
  return { stalls: read(log).filter((stall) => stall.callback.kind !== 'module'), line: (mark) => lines.findIndex((l) => l.includes(mark)) };
}

function assertShares(stall) {
  const sum = Object.values(stall.callback.shares).reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum - 1) < 1e-6, `shares sum to ${sum}`);
}

const expected = [
  ['js', 'timeout', 'js'], ['regex', 'timeout', 'builtin'], ['crypto', 'immediate', 'native'], ['wait', 'immediate', 'builtin'],
  ['microtask', 'timeout', 'microtask'], ['tick', 'immediate', 'nextTick'],
];
for (const [name, kind, cause] of expected) {
  test(`${name}: a ${cause} stall at its line`, async () => {
    const { stalls, line } = await stallsOf(name);
    assert.strictEqual(stalls.length, 1);
    const [stall] = stalls;
    assert.strictEqual(stall.callback.kind, kind);
    // A machine without a processor to spare may be to blame for most of it, and says so.
    assert.ok([cause, 'external'].includes(stall.cause.class), JSON.stringify([stall.cause, stall.callback.shares]));
    assert.ok(Math.abs(stall.line.lineNumber - line('GUILTY')) <= 1, JSON.stringify(stall.line));
    assert.deepStrictEqual([stall.version, stall.chain.at(-1).kind], [1, 'module']);
    assertShares(stall);
    if (name === 'js') assert.strictEqual(stall.victims.count, 2);
    if (name === 'crypto') assert.strictEqual(stall.cause.op, 'crypto.pbkdf2Sync');
  });
}

test('a turn of many short callbacks is one stall', async () => {
  const { stalls, line } = await stallsOf('turn');
  const turn = stalls.find((stall) => stall.cause.class === 'turn');
  assert.match(turn.cause.detail, /\d+ timeout callbacks/);
  assert.ok(Math.abs(turn.line.lineNumber - line('GUILTY')) <= 1);
});

test('an idle program is not blamed', async () => {
  const { stalls } = await stallsOf('idle');
  assert.deepStrictEqual(stalls.filter((stall) => stall.cause.class !== 'external'), []);
});

test('the second stall of a function names who scheduled it', async () => {
  const { stalls, line } = await stallsOf('twice');
  const [first, second] = stalls.filter(({ callback }) => callback.definition?.functionName === 'slow');
  // A machine without a processor to spare may have a part of its own in one of the two: then they have not one cause.
  // Or leave no moment to take a stack in, and then the line is that of the function.
  const isSame = first.cause.class === second.cause.class && first.line.lineNumber === second.line.lineNumber;
  assert.strictEqual(first.fingerprint === second.fingerprint, isSame, JSON.stringify(stalls));
  assert.strictEqual(second.callback.scheduledBy[0].lineNumber, line('SCHEDULER'));
});

test('a stopped process is the machine’s fault', async () => {
  const log = join(mkdtempSync(join(tmpdir(), 'rondo-stalls-')), 'stalls.jsonl');
  const code = 'setTimeout(() => { const end = Date.now() + 420; console.log("on"); while (Date.now() < end); }, 5)';
  const running = start(program(), [`--stall-log=${log}`, '-e', code]);
  await running.until(/on/);
  running.child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 400));
  running.child.kill('SIGCONT');
  assert.strictEqual((await running.end).code, 0);
  const [stall] = read(log).filter((one) => one.callback.kind === 'timeout');
  assert.strictEqual(stall.cause.class, 'external');
});
