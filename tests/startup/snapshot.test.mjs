// A process that starts from the snapshot is the same as one that reads its core modules from their texts, which some flags
// for V8 bring about, and as one with a debugger, which takes their bytecode; and what belongs to the process is that of the process, not of the machine that built Rondo.
import assert from 'node:assert';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { program, run } from '../lib/rondo.mjs';

// With these flags no realm comes out of the snapshot: the first takes texts, the second bytecode.
const WITHOUT_SNAPSHOT = ['--no-use-osr', '--inspect=0'];

const folder = mkdtempSync(join(tmpdir(), 'rondo-startup-'));

function write(name, text) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const describe = write('describe.cjs', `
const { isMainThread, Worker, parentPort } = require('worker_threads');
const names = (object) => Reflect.ownKeys(object).map(String);
function shape(object) {
  return names(object).map((name) => {
    const { get, set, value, ...rest } = Object.getOwnPropertyDescriptor(object, Object.getOwnPropertySymbols(object).find((s) => String(s) === name) ?? name);
    return [name, typeof get, typeof set, typeof value, rest];
  }).sort();
}
const seen = {
  globals: shape(globalThis),
  process: shape(process),
  versions: process.versions,
  builtins: ['Symbol', 'Promise', 'Map', 'Error', 'RegExp', 'Math', 'Atomics', 'Uint8Array', 'DataView', 'WebAssembly'].map((name) => shape(globalThis[name])),
  timeout: names(Object.getPrototypeOf(setTimeout(() => {}))),
  immediate: names(Object.getPrototypeOf(setImmediate(() => {}))),
  shared: new SharedArrayBuffer(4).byteLength,
  source: [setTimeout, process.nextTick, require('path').join, queueMicrotask].map(String),
  stack: (() => { try { require('path').join(1); } catch (error) { return error.stack.split('\\n').filter((line) => line.includes('node:')); } })(),
  vm: require('vm').runInNewContext('Object.getOwnPropertyNames(globalThis).sort()'),
  modules: require('module').builtinModules,
};
if (!isMainThread) parentPort.postMessage(seen);
else if (process.argv[2] === 'worker') new Worker(__filename).on('message', (data) => console.log(JSON.stringify(data)));
else console.log(JSON.stringify(seen));
`);

async function seen(...args) {
  const { code, stdout, stderr } = await run(program(), args);
  assert.strictEqual(code, 0, stderr);
  return JSON.parse(stdout);
}

test('the realm is the same with and without the snapshot', async () => {
  const snapshot = await seen(describe);
  for (const flag of [...WITHOUT_SNAPSHOT, '--no-opt', '--stack-size=900', '--max-old-space-size=300']) {
    assert.deepStrictEqual(snapshot, await seen(flag, describe), flag);
  }
});

test('the same in a worker', async () => {
  const snapshot = await seen(describe, 'worker');
  for (const flag of [...WITHOUT_SNAPSHOT, '--no-opt']) assert.deepStrictEqual(snapshot, await seen(flag, describe, 'worker'), flag);
});

test('a flag for V8 has its effect', async () => {
  assert.deepStrictEqual(await seen('--expose-gc', '-p', 'gc(); JSON.stringify(typeof gc)'), 'function');
  for (const flags of [[], ['--no-use-osr']]) {
    assert.deepStrictEqual(await seen('--stack-trace-limit=3', ...flags, '-p', 'Error.stackTraceLimit'), 3);
    assert.deepStrictEqual(await seen('--max-old-space-size=50', '--max-semi-space-size=1', ...flags, '-p', 'v8.getHeapStatistics().heap_size_limit < 64 * 2 ** 20'), true);
  }
  assert.deepStrictEqual(await seen('--jitless', '-p', 'JSON.stringify([1, 2].map((one) => one + 1))'), [2, 3]);
  assert.deepStrictEqual(await seen('-p', 'JSON.stringify(typeof gc)'), 'undefined');
});

test('what belongs to the process is read when it starts', async () => {
  const code = `JSON.stringify({ argv: process.argv.slice(1), execArgv: process.execArgv, execPath: process.execPath,
    own: process.pid, cwd: process.cwd(), variable: process.env.RONDO_STARTUP, zone: new Date(0).getHours(),
    eval: process._eval.length > 0, uptime: process.uptime() < 60, time: Math.abs(Date.now() - performance.timeOrigin) < 60_000 })`;
  const { stdout, stderr } = await run(program(), ['--no-warnings', '-p', code, 'one', 'two'], {
    env: { ...process.env, RONDO_STARTUP: 'here', TZ: 'Asia/Tokyo' },
  });
  const { own, ...rest } = JSON.parse(stdout || `{"stderr":${JSON.stringify(stderr)}}`);
  assert.ok(own > 0);
  assert.deepStrictEqual(rest, {
    argv: ['one', 'two'], execArgv: ['--no-warnings', '-p', code], execPath: program(), cwd: process.cwd(), variable: 'here', zone: 9,
    eval: true, uptime: true, time: true,
  });
});

test('a worker that is inspected in a process that was not', async () => {
  const file = write('later.cjs', `
    const { Worker } = require('worker_threads');
    const inspector = require('inspector');
    new Worker('console.log("before")', { eval: true }).on('exit', () => {
      inspector.open(0);
      new Worker('console.log("after")', { eval: true }).on('exit', () => process.exit());
    });
  `);
  const { code, stdout, stderr } = await run(program(), [file]);
  assert.deepStrictEqual([code, stdout], [0, 'before\nafter\n'], stderr);
});

test('signals, ticks, rejections, immediates and timers reach a loop that comes out of the snapshot', async () => {
  const file = write('loop.cjs', `
    process.on('SIGUSR2', () => { console.log('signal'); clearInterval(kept); });
    process.on('unhandledRejection', (reason) => console.log('rejection', reason));
    process.on('exit', () => console.log('exit'));
    const kept = setInterval(() => {}, 1000);
    process.nextTick(() => console.log('tick'));
    queueMicrotask(() => console.log('microtask'));
    Promise.reject(1);
    setImmediate(() => setTimeout(() => process.kill(process.pid, 'SIGUSR2'), 1));
  `);
  const { code, stdout } = await run(program(), [file]);
  assert.deepStrictEqual([code, stdout], [0, 'tick\nmicrotask\nrejection 1\nsignal\nexit\n']);
});
