// Pauses: before the start, while idle, while busy, inside evaluations; clients that leave in the middle of one.
import assert from 'node:assert';
import { join } from 'node:path';
import test from 'node:test';
import { root, startInspected } from '../lib/rondo.mjs';
import { connect, place } from './client.mjs';

const fixture = (name) => join(root, 'tests', 'inspector', 'fixtures', name);

async function debugging(t, { flag, file = 'ticking.js' } = {}) {
  const rondo = await startInspected([fixture(file)], { flag });
  t.after(rondo.stop);
  if (!flag) await rondo.until(/ready/);
  const client = await connect(rondo.url);
  await client.call('Runtime.enable');
  await client.call('Debugger.enable');
  return { rondo, client };
}
const evaluate = async (client, expression) => (await client.call('Runtime.evaluate', { expression })).result.value;

test('brk waits for the debugger and stops at the first statement', async (t) => {
  const { client } = await debugging(t, { flag: '--inspect-brk' });
  await client.call('NodeRuntime.enable');
  await client.event('NodeRuntime.waitingForDebugger');
  await client.call('Debugger.setBreakpointByUrl', { lineNumber: 2, urlRegex: 'ticking\\.js$' });
  await client.call('Runtime.runIfWaitingForDebugger');
  const start = await client.event('Debugger.paused');
  assert.strictEqual(start.reason, 'Break on start');
  assert.strictEqual(place(start), ':1');
  await client.call('Debugger.resume');
  const hit = await client.event('Debugger.paused');
  assert.strictEqual(place(hit), 'tick:3');
  assert.strictEqual(hit.hitBreakpoints.length, 1);
});

test('wait runs on without a stop', async (t) => {
  const { client } = await debugging(t, { flag: '--inspect-wait' });
  assert.strictEqual(await evaluate(client, 'typeof busy'), 'undefined');
  await client.call('Runtime.runIfWaitingForDebugger');
  await client.call('EventLoop.enable');
  await client.event('EventLoop.callbacksRan');
  assert.strictEqual(client.events.some(({ method }) => method === 'Debugger.paused'), false);
});

test('contexts are the default one with id 1', async (t) => {
  const { client } = await debugging(t);
  const { context } = await client.event('Runtime.executionContextCreated');
  assert.strictEqual(context.id, 1);
  assert.strictEqual(context.auxData.isDefault, true);
});

test('a pause asked for while idle comes with the next callback; discovery answers in it', async (t) => {
  const { rondo, client } = await debugging(t);
  await client.call('Debugger.pause');
  assert.strictEqual(place(await client.event('Debugger.paused')), 'tick:3');
  const list = await (await fetch(`http://${rondo.address}/json/list`)).json();
  assert.strictEqual(list.length, 1);
  assert.strictEqual((await client.call('EventLoop.getStatus')).paused, true);
});

test('a busy loop is paused, and named by captureStack while it runs', async (t) => {
  const { client } = await debugging(t);
  const done = client.call('Runtime.evaluate', { expression: 'busy(60_000)' });
  const deadline = Date.now() + 5_000;
  let captured;
  do captured = await client.call('EventLoop.captureStack', { deadlineMs: 2_000 });
  while (captured.stack?.[0]?.functionName !== 'busy' && Date.now() < deadline);
  assert.strictEqual(captured.stack[0].functionName, 'busy');
  await client.call('Debugger.pause');
  const paused = await client.event('Debugger.paused');
  assert.strictEqual(paused.callFrames[0].functionName, 'busy');
  await client.call('Debugger.evaluateOnCallFrame',
    { callFrameId: paused.callFrames[0].callFrameId, expression: 'ms = 0; Date.now = () => Infinity' });
  await client.call('Debugger.resume');
  assert.strictEqual((await done).result.value, 'done');
});

test('a breakpoint inside an evaluation holds', async (t) => {
  const { client } = await debugging(t);
  const done = client.call('Runtime.evaluate', { expression: '(function inner() { debugger; return 7; })()' });
  assert.strictEqual((await client.event('Debugger.paused')).callFrames[0].functionName, 'inner');
  assert.strictEqual(await evaluate(client, '6 * 7'), 42);
  await client.call('Debugger.resume');
  assert.strictEqual((await done).result.value, 7);
});

test('the program goes on when its only client leaves a pause, and when it vanishes', async (t) => {
  const { rondo, client } = await debugging(t);
  await client.call('Debugger.pause');
  await client.event('Debugger.paused');
  await client.close();
  const second = await connect(rondo.url);
  const before = await evaluate(second, 'process.uptime()');
  await second.call('EventLoop.enable');
  await second.event('EventLoop.callbacksRan');
  assert.ok(await evaluate(second, 'process.uptime()') > before);
  assert.strictEqual((await second.call('EventLoop.getStatus')).paused, false);
});

test('with two clients the other one holds the pause', async (t) => {
  const { rondo, client } = await debugging(t);
  const other = await connect(rondo.url);
  await other.call('Debugger.enable');
  await client.call('Debugger.pause');
  await client.event('Debugger.paused');
  await other.event('Debugger.paused');
  await client.close();
  assert.strictEqual((await other.call('EventLoop.getStatus')).paused, true);
  await other.call('Debugger.resume');
  await other.event('Debugger.resumed');
});

test('terminateExecution ends an endless evaluation and nothing else', async (t) => {
  const { client } = await debugging(t);
  const endless = client.call('Runtime.evaluate', { expression: 'for (;;);' });
  endless.catch(() => {});
  const paused = await client.call('EventLoop.captureStack', { deadlineMs: 2_000 });
  assert.ok(paused.stack);
  await client.call('Runtime.terminateExecution');
  await assert.rejects(endless, /terminated/);
  assert.strictEqual(await evaluate(client, '1 + 1'), 2);
});

test('events carry the time', async (t) => {
  const { client } = await debugging(t);
  await evaluate(client, 'console.log(1)');
  const { timestamp } = await client.event('Runtime.consoleAPICalled');
  assert.ok(Math.abs(timestamp - Date.now()) < 60_000);
});

test('timers of the console tell what they took', async (t) => {
  const { client } = await debugging(t);
  await evaluate(client, 'console.time("label"); busy(30); console.timeLog("label", 7); busy(30); console.timeEnd("label")');
  const took = [];
  while (took.length < 2) {
    const { args } = await client.event('Runtime.consoleAPICalled');
    const ms = /^label: ([\d.]+) ms$/.exec(args[0].value)?.[1];
    if (ms) took.push(Number(ms));
  }
  // The two clocks need not tick together.
  assert.ok(took[0] > 25 && took[1] > took[0] + 25, String(took));
});

test('an evaluation waits for the callback that runs; a pause does not wait for it', async (t) => {
  const { client } = await debugging(t);
  const works = `setTimeout(function works() {
    inside = true;
    for (let i = 0; !enough; i++) (() => { enough ||= i > 1e9; })();
    inside = false;
  }, 1); 0`;
  await client.call('Runtime.evaluate', { expression: `globalThis.enough = false; globalThis.inside = false; ${works}` });
  let captured;
  do captured = await client.call('EventLoop.captureStack', { deadlineMs: 2_000 });
  while (!captured.stack?.some(({ functionName }) => functionName === 'works'));
  let answered = false;
  const evaluation = evaluate(client, 'debugger; inside').then((value) => { answered = true; return value; });
  await client.call('Debugger.setBreakpointsActive', { active: true });
  assert.strictEqual(answered, false);
  await client.call('Debugger.pause');
  const { callFrames } = await client.event('Debugger.paused');
  assert.ok(callFrames.some(({ functionName }) => functionName === 'works'), 'the running callback is paused');
  // It stands still now, so the evaluation is answered.
  assert.strictEqual(await evaluation, true);
  await evaluate(client, 'enough = true');
  await client.call('Debugger.resume');
  assert.strictEqual(await evaluate(client, 'inside'), false);
});

test('the time that a debugger holds a callback is no stall, of it or of its turn', async (t) => {
  const { client } = await debugging(t);
  await client.call('EventLoop.enable');
  // Two callbacks of one turn: the first is held.
  await client.call('Runtime.evaluate', { expression: 'setTimeout(function held() { debugger; }, 30); setTimeout(() => {}, 30);' });
  assert.match(place(await client.event('Debugger.paused')), /^held:/);
  const heldMs = 400;
  const end = Date.now() + heldMs;
  while (Date.now() < end) await client.call('EventLoop.getStatus');
  await client.call('Debugger.resume');
  // What a turn did is told at its end.
  const { turn } = await client.call('EventLoop.getState');
  while ((await client.event('EventLoop.callbacksRan')).callbacks.at(-1).turn < turn + 2);
  const stalls = client.events.filter(({ method }) => method === 'EventLoop.stallDetected').map(({ params }) => params.stall);
  assert.deepStrictEqual(stalls.filter(({ callback }) => callback.durationUs >= heldMs * 1000), []);
});
