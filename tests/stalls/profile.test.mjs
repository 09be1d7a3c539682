// Each workload of `workloads/` stalls in a known way; `rondo profile` must say how: line, kind, class, scheduler, request.
import assert from 'node:assert';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { program, run, start } from '../lib/rondo.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'workloads');
/** Shorter stalls may be of a loaded machine. */
const STALL_US_MIN = 60_000;

// The kinds that a stall of the workload may have been seen in, its classes, and what else is known of it.
const WORKLOADS = {
  'w01-json-parse': { kind: 'read', classes: ['builtin'], request: 'GET /parse', builtin: 'JSON.parse' },
  'w02-json-stringify': { kind: 'fs', classes: ['builtin'], request: 'GET /rows', builtin: 'JSON.stringify' },
  'w03-regex': { kind: 'read', classes: ['builtin'], builtin: 'RegExp.test' },
  'w04-fifo': { kind: 'read', classes: ['native'], request: 'GET /late', op: /^fs\./ },
  'w05-pbkdf2': { kind: 'read', classes: ['native'], request: 'GET /key', op: /pbkdf2Sync/, victims: 2 },
  'w06-gzip': { kind: 'interval', classes: ['native'], op: /^zlib.gzipSync$/ },
  'w07-microtasks': { kind: 'timeout', classes: ['microtask', 'gc'] },
  'w08-ticks': { kind: 'immediate', classes: ['nextTick', 'gc'] },
  'w09-compare': { kind: 'message', classes: ['js', 'builtin'] },
  'w09-sort': { kind: 'message', classes: ['builtin'], builtin: 'sort' },
  'w10-gc': { kind: 'timeout', classes: ['gc'], flags: ['--expose-gc'] },
  'w11-turn': { kind: 'timeout', classes: ['turn'] },
  'w13-fan-out': { kind: 'read', classes: ['microtask'], request: 'GET /all' },
  'w14-require': { kind: 'read', classes: ['load', 'native'], request: 'GET /first' },
  'w16-child': { kind: 'read', classes: ['native'], request: 'GET /child', op: /spawnSync/ },
  'w17-wait': { kind: 'immediate', classes: ['builtin'], builtin: 'Atomics.wait' },
  'w19-quadratic': { kind: 'read', classes: ['js', 'gc', 'builtin'], request: 'POST /upload' },
  'w20-compile': { kind: 'timeout', classes: ['builtin'], builtin: 'WebAssembly.Module' },
  'w21-garbage': { kind: 'timeout', classes: ['js', 'gc'], gcMin: 0.1 },
  'w18-package': { kind: 'fs', classes: ['js'], guilty: 'packages/inner/index.js' },
};

const lineOf = (file, mark) => readFileSync(file, 'utf8').split('\n').findIndex((line) => line.includes(mark));

async function profile(script, flags = []) {
  const out = mkdtempSync(join(tmpdir(), 'rondo-profile-'));
  const end = await run(program(), ['profile', '--out', out, ...flags, script], { timeoutMs: 60_000 });
  return { ...end, out, stalls: read(out) };
}

function read(out) {
  const lines = readFileSync(join(out, 'stalls.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line)).filter((stall) => stall.callback.kind !== 'module');
}

for (const [name, { kind, classes, request, op, builtin, victims, flags, guilty, gcMin }] of Object.entries(WORKLOADS)) {
  test(name, async () => {
    const script = join(folder, `${name}.cjs`);
    const { code, stalls, stderr } = await profile(script, flags);
    assert.strictEqual(code, 0, stderr);
    const wanted = join(folder, guilty ?? `${name}.cjs`);
    const line = lineOf(wanted, 'GUILTY');
    const found = stalls.filter((stall) => stall.callback.kind === kind && stall.line && basename(stall.line.url) === basename(wanted) && Math.abs(stall.line.lineNumber - line) <= (builtin || op ? 0 : 1));
    assert.notStrictEqual(found.length, 0, `no ${kind} stall at line ${line + 1}: ${JSON.stringify(stalls.map(({ callback, cause, line: at }) => [callback.kind, callback.durationUs, cause, at]))}`);
    const stall = found.reduce((a, b) => (a.callback.durationUs >= b.callback.durationUs ? a : b));
    // A machine without a processor to spare may be to blame for most of it, and says so.
    assert.ok([...classes, 'external'].includes(stall.cause.class), JSON.stringify([stall.cause, stall.callback.shares]));
    if (op && stall.cause.class === 'native') assert.match(stall.cause.op, op);
    if (builtin && stall.cause.class === 'builtin') assert.strictEqual(stall.cause.op, builtin);
    const { gc, runQueue } = stall.callback.shares ?? {};
    // How much of a collection its helper threads do, and not this one, depends on who else wants the processors.
    if (gcMin && runQueue < 0.2) assert.ok(gc >= gcMin * (1 - runQueue), JSON.stringify(stall.callback.shares));
    if (request) assert.strictEqual(stall.request, request);
    const scheduler = lineOf(script, 'SCHEDULER');
    if (scheduler >= 0) assert.strictEqual(stall.callback.scheduledBy?.[0].lineNumber, scheduler, JSON.stringify(stall.callback));
    assert.strictEqual(stall.version, 1);
    if (victims) assert.ok(stall.victims.count >= victims && stall.victims.waitMaxUs > 10_000, JSON.stringify(stall.victims));
    if (stall.callback.shares && stall.cause.class !== 'turn') {
      const sum = Object.values(stall.callback.shares).reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - 1) < 1e-6, `shares sum to ${sum}`);
    }
  });
}

test('w15-terminal: a terminal that is read slowly', async () => {
  const out = mkdtempSync(join(tmpdir(), 'rondo-profile-'));
  const script = join(folder, 'w15-terminal.cjs');
  // `script` gives the program a terminal, whose output it passes on only as fast as this reads.
  const command = [program(), 'profile', '--out', out, script, join(out, 'printing')].join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TERM: 'dumb' } });
  const ended = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  while (!existsSync(join(out, 'printing'))) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.stdout.resume();
  assert.strictEqual(await ended, 0);
  const [stall] = read(out).filter(({ callback }) => callback.kind === 'timeout');
  assert.deepStrictEqual([stall.cause.class, stall.cause.op, stall.cause.detail], ['native', 'write', 'standard output']);
  assert.strictEqual(stall.line.lineNumber, lineOf(script, 'GUILTY'));
  assert.ok(stall.callback.shares.blocked > 0.5, JSON.stringify(stall.callback.shares));
});

for (const file of readdirSync(folder).filter((name) => /^c\d/.test(name))) {
  test(`control ${file}: nobody is blamed`, async () => {
    const { code, stalls, stderr } = await profile(join(folder, file));
    assert.strictEqual(code, 0, stderr);
    const blamed = stalls.filter((stall) => stall.callback.durationUs >= STALL_US_MIN && stall.cause.class !== 'external');
    assert.deepStrictEqual(blamed.map(({ callback, cause, line }) => [callback, cause, line]), []);
  });
}

test('control: a stopped process is the machine’s fault, and leaves a budget without a verdict', async () => {
  const out = mkdtempSync(join(tmpdir(), 'rondo-profile-'));
  const budget = join(out, 'budget.json');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(budget, '{ "maxMs": { "default": 100, "module": 5000 } }');
  const code = 'setTimeout(() => { const end = Date.now() + 520; console.log("on"); while (Date.now() < end); }, 5)';
  const running = start(program(), ['profile', '--out', out, '--stall-budget', budget, '-e', code]);
  await running.until(/on/);
  running.child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 500));
  running.child.kill('SIGCONT');
  const end = await running.end;
  assert.deepStrictEqual(read(out).map((stall) => stall.cause.class), ['external']);
  assert.strictEqual(end.code, 4, end.stderr);
});

test('control: a throttled process is the machine’s fault', async () => {
  const out = mkdtempSync(join(tmpdir(), 'rondo-profile-'));
  const code = 'setTimeout(() => { const end = process.cpuUsage().user + 150_000; console.log("on"); while (process.cpuUsage().user < end) for (let i = 0; i < 1e5; i++); }, 5)';
  const running = start(program(), ['profile', '--out', out, '-e', code]);
  await running.until(/on/);
  // A quota of a fifth, as a container's: let run and stopped in turns.
  let ended = false;
  running.end.then(() => { ended = true; });
  while (!ended) {
    running.child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 80));
    running.child.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.strictEqual((await running.end).code, 0);
  const [stall] = read(out).filter(({ callback }) => callback.kind === 'timeout');
  assert.strictEqual(stall.cause.class, 'external', JSON.stringify([stall.cause, stall.callback.shares]));
});

test('control: a processor that others have is the machine’s fault', async () => {
  const out = mkdtempSync(join(tmpdir(), 'rondo-profile-'));
  const code = 'setTimeout(() => { const end = process.cpuUsage().user + 150_000; console.log("on"); while (process.cpuUsage().user < end) for (let i = 0; i < 1e5; i++); }, 5)';
  const others = Array.from({ length: 5 }, () => spawn('taskset', ['-c', '0', program(), '-e', 'for (;;);'], { stdio: 'ignore' }));
  try {
    const end = await run('taskset', ['-c', '0', program(), 'profile', '--out', out, '-e', code]);
    assert.strictEqual(end.code, 0, end.stderr);
  } finally {
    for (const other of others) other.kill('SIGKILL');
  }
  const [stall] = read(out).filter(({ callback }) => callback.kind === 'timeout');
  assert.strictEqual(stall.cause.class, 'external', JSON.stringify([stall.cause, stall.callback.shares]));
});

test('a budget that is exceeded, an allowed fingerprint, and the files', async () => {
  const script = join(folder, 'w17-wait.cjs');
  const { writeFileSync } = await import('node:fs');
  const budget = join(mkdtempSync(join(tmpdir(), 'rondo-budget-')), 'budget.json');
  writeFileSync(budget, '{ "maxMs": { "default": 100, "module": 5000 } }');
  const first = await profile(script, ['--stall-budget', budget]);
  assert.strictEqual(first.code, 3, first.stderr);
  const [{ fingerprint }] = first.stalls;
  writeFileSync(budget, JSON.stringify({ maxMs: { default: 100, module: 5000 }, allow: [{ fingerprint, until: '2999-12-31' }] }));
  assert.strictEqual((await profile(script, ['--stall-budget', budget])).code, 0);
  assert.deepStrictEqual(readdirSync(first.out).sort(), ['cpu.cpuprofile', 'report.html', 'stalls.jsonl', 'trace.chrome.json', 'trace.perfetto-trace']);
  const profiled = JSON.parse(readFileSync(join(first.out, 'cpu.cpuprofile'), 'utf8'));
  assert.strictEqual(profiled.samples.length, profiled.timeDeltas.length);
  assert.ok(profiled.nodes.some(({ callFrame }) => callFrame.functionName === 'wait'));
  assert.match(first.stderr, /STALL \w{8} .*\n .*w17-wait\.cjs:5:\d+ wait/);
});

test('a folder that can’t be written is told before the program starts', async () => {
  const { code, stdout, stderr } = await run(program(), ['profile', '--out', '/dev/null/x', '-e', 'console.log("ran")']);
  assert.deepStrictEqual([code, stdout], [9, '']);
  assert.match(stderr, /folder \/dev\/null\/x can't be written/);
});

test('Ctrl-C ends a program that never lets the loop go on, with a report of where it is', async () => {
  const out = mkdtempSync(join(tmpdir(), 'rondo-profile-'));
  const running = start(program(), ['profile', '--out', out, '-e', 'setTimeout(function stuck() { console.log("on"); for (;;); }, 5)']);
  await running.until(/on/);
  await new Promise((resolve) => setTimeout(resolve, 300));
  running.child.kill('SIGINT');
  assert.strictEqual((await running.end).code, 130);
  assert.strictEqual(read(out)[0].line.functionName, 'stuck');
});
