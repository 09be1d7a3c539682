// Stalls of worker threads: seen, sampled, told by name, also of one that is ended in the middle of it.
import assert from 'node:assert';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '../inspector/client.mjs';
import { program, run, startInspected } from '../lib/rondo.mjs';

const script = join(dirname(fileURLToPath(import.meta.url)), 'programs', 'worker.cjs');
const guilty = readFileSync(script, 'utf8').split('\n').findIndex((line) => line.includes('GUILTY'));
const temporary = () => mkdtempSync(join(tmpdir(), 'rondo-worker-stalls-'));
const read = (file) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
/** On a loaded machine other callbacks may be slow as well. */
const meant = (stalls) => stalls.find(({ callback }) => callback.definition?.functionName === 'compute' && callback.kind === 'timeout');

function check(stall) {
  assert.match(stall.worker, /^worker \d+$/);
  assert.ok(Math.abs(stall.line.lineNumber - guilty) <= 1, JSON.stringify(stall.line));
  assert.ok(stall.samples.length > 0);
  assert.strictEqual(stall.chain.at(-1).kind, 'module');
  const sum = Object.values(stall.callback.shares).reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum - 1) < 1e-6, `shares sum to ${sum}`);
}

for (const [name, args] of [['runs to its end', []], ['is ended in the middle', ['ended']]]) {
  test(`--stall-log has the stall of a worker that ${name}`, async () => {
    const log = join(temporary(), 'stalls.jsonl');
    const { code, stdout } = await run(program(), [`--stall-log=${log}`, script, ...args]);
    assert.deepStrictEqual([code, stdout], [0, 'the worker has ended\n']);
    check(meant(read(log)));
  });
}

test('rondo profile names the worker, and its budget lets it compute', async () => {
  const folder = temporary();
  const budget = join(folder, 'budget.json');
  // What the loaded machine of a test run does to the main thread is no matter here.
  writeFileSync(budget, '{ "maxMs": { "default": 20000, "timeout": 100 } }');
  const { code, stderr } = await run(program(), ['profile', '--out', folder, '--stall-budget', budget, script]);
  check(meant(read(join(folder, 'stalls.jsonl'))));
  assert.match(stderr, /in timeout of worker \d+/);
  assert.match(stderr, /stall budget: kept/);
  assert.strictEqual(code, 0);
  assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /"worker":"worker \d+"/);
});

test('a client in the worker is told, and its stall breakpoint stops there', async (t) => {
  const rondo = await startInspected([script, 'often'], { flag: '--inspect-wait' });
  t.after(rondo.stop);
  const client = await connect(rondo.url);
  await client.call('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  await client.call('Runtime.runIfWaitingForDebugger');
  const { sessionId } = await client.event('Target.attachedToTarget');
  const call = (method, params) => client.call(method, params, { sessionId });
  await call('Debugger.enable');
  await call('EventLoop.enable');
  await call('Runtime.runIfWaitingForDebugger');
  let told;
  do told = (await client.event('EventLoop.stallDetected')).stall;
  while (told.callback.definition?.functionName !== 'compute' || told.callback.kind !== 'timeout');
  check(told);
  await call('EventLoop.setStallBreakpoint', { thresholdUs: 100_000 });
  const paused = await client.event('Debugger.paused');
  assert.deepStrictEqual([paused.callFrames[0].functionName, paused.data.eventName], ['compute', 'instrumentation:stall']);
  assert.strictEqual((await call('EventLoop.getStatus')).paused, true);
});
