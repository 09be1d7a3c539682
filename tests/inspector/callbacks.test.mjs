// Steps from one callback to the next, breakpoints on callbacks, stops between them.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { root, startInspected } from '../lib/rondo.mjs';
import { connect, place } from './client.mjs';

async function started(t, file, flag = '--inspect') {
  const rondo = await startInspected([join(root, 'tests', 'inspector', 'fixtures', file)], { flag });
  t.after(rondo.stop);
  if (flag === '--inspect') await rondo.until(/ready/);
  const client = await connect(rondo.url);
  await client.call('Runtime.enable');
  await client.call('Debugger.enable');
  await client.call('EventLoop.enable');
  if (flag === '--inspect-brk') {
    await client.call('Runtime.runIfWaitingForDebugger');
    await client.event('Debugger.paused');
  }
  return { rondo, client };
}

test('the next callback, source by source', async (t) => {
  const { client } = await started(t, 'sources.js', '--inspect-brk');
  const seen = [];
  while (seen.at(-1) !== 'onData') {
    await client.call('EventLoop.stepToNextCallback');
    const paused = await client.event('Debugger.paused');
    assert.strictEqual(paused.reason, 'EventListener');
    assert.match(paused.data.eventName, /^instrumentation:.+\.callback$/);
    assert.match(paused.data.loop.text, / callback #\d+/);
    const [{ functionName, location }] = paused.callFrames;
    assert.match(client.scripts.get(location.scriptId), /sources\.js$/, 'internal scripts never stop a step');
    seen.push(functionName);
  }
  const expected = ['onTimeout', 'onTick', 'onMicrotask', 'onImmediate', 'onRead', 'onConnection', 'onData'];
  assert.deepStrictEqual(expected.filter((name) => seen.includes(name)), expected, String(seen));
  await client.call('EventLoop.stepToNextCallback');
  await client.call('Debugger.disable');
});

test('stepping over the end of a callback stops in the next', async (t) => {
  const { client } = await started(t, 'ticking.js');
  await client.call('EventLoop.stepToNextCallback', { filter: { kinds: ['timeout'] } });
  const first = await client.event('Debugger.paused');
  assert.strictEqual(first.data.eventName, 'instrumentation:setTimeout.callback');
  assert.strictEqual(place(first), 'tick:3');
  const places = [];
  for (let step = 0; step < 4; step++) {
    await client.call('Debugger.stepOver');
    places.push(place(await client.event('Debugger.paused')));
  }
  assert.deepStrictEqual(places, ['tick:4', 'tick:5', 'tick:3', 'tick:4']);
});

test('unless the client has turned that off', async (t) => {
  const { client } = await started(t, 'ticking.js');
  await client.call('EventLoop.enable', { stepsCrossCallbacks: false });
  await client.call('EventLoop.stepToNextCallback');
  await client.event('Debugger.paused');
  await client.call('Debugger.stepOut');
  await client.event('EventLoop.callbacksRan');
  await client.event('EventLoop.callbacksRan');
  assert.strictEqual(client.events.some(({ method }) => method === 'Debugger.paused'), false);
  assert.strictEqual((await client.call('EventLoop.getStatus')).paused, false);
});

test('stepping out of a callback stops at the first statement of the next, also of the same function', async (t) => {
  const { client } = await started(t, 'ticking.js');
  await client.call('Runtime.evaluate', { expression: `setInterval(function again() {
    let n = 0; n++;
    queueMicrotask(function after() { n++; });
  }, 1); 0` });
  const seen = [];
  await client.call('EventLoop.stepToNextCallback', { filter: { kinds: ['interval'] } });
  while (seen.length < 12) {
    const paused = await client.event('Debugger.paused');
    const frames = paused.callFrames.filter(({ location }) => !client.scripts.get(location.scriptId).startsWith('node:'));
    seen.push(frames.length === 1 ? `${frames[0].functionName}:${frames[0].location.lineNumber}` : 'deeper');
    await client.call('Debugger.stepOut');
  }
  assert.ok(seen.filter((at) => at === 'again:1').length >= 4, String(seen));
  assert.deepStrictEqual([...new Set(seen)].sort(), ['after:2', 'again:1', 'tick:2'].filter((at) => seen.includes(at)), String(seen));
});

test('a pause inside a stop between callbacks leaves the loop stopped', async (t) => {
  const { client } = await started(t, 'ticking.js');
  await client.call('EventLoop.pauseBetweenCallbacks', { at: 'boundary' });
  await client.event('EventLoop.pausedBetween');
  const inner = client.call('Runtime.evaluate', { expression: '(function inner() { debugger; return 5; })()' });
  assert.match(place(await client.event('Debugger.paused')), /^inner:/);
  await client.call('Debugger.resume');
  assert.strictEqual((await inner).result.value, 5);
  assert.strictEqual((await client.call('EventLoop.getStatus')).paused, true);
  const count = async () => (await client.call('Runtime.evaluate', { expression: 'count' })).result.value;
  assert.strictEqual(await count(), await count());
  await client.call('EventLoop.resume');
  await client.event('EventLoop.resumedBetween');
});

test('queues come in the order in which they would run, the ticks of the paused callback first', async (t) => {
  const { client } = await started(t, 'ticking.js');
  const paused = async (start) => {
    await client.call('Runtime.evaluate', { expression: `${start}; 0` });
    await client.event('Debugger.paused');
    const { queues } = await client.call('EventLoop.getQueues');
    await client.call('Debugger.resume');
    return queues;
  };
  const works = '(() => { process.nextTick(function one() {}); process.nextTick(function two() {}); setImmediate(() => {}); debugger; })';
  const inTimer = await paused(`setTimeout(${works}, 1)`);
  assert.deepStrictEqual(inTimer.map(({ phase }) => phase), ['timers', 'timers', 'poll', 'check']);
  assert.deepStrictEqual(inTimer[0].callbacks.map(({ kind, definition }) => [kind, definition.functionName]), [['nextTick', 'one'], ['nextTick', 'two']]);
  assert.deepStrictEqual([inTimer[0].total, inTimer.at(-1).total], [2, 1]);
  const inImmediate = await paused('setImmediate(() => { debugger; })');
  assert.deepStrictEqual(inImmediate.map(({ phase }) => phase), ['check', 'timers', 'poll']);
  const inPoll = await paused('process.getBuiltinModule("fs").stat(".", () => { debugger; })');
  assert.deepStrictEqual(inPoll.map(({ phase }) => phase), ['poll', 'check', 'timers']);
});

test('the flight recorder keeps as many callbacks as it says', async (t) => {
  const { client } = await started(t, 'ticking.js');
  const { history } = await client.call('EventLoop.enable', { history: 1 });
  const run = `new Promise((done) => { let n = 0; const one = () => { if (++n < ${history} * 2) setImmediate(one); else done(n); }; one(); })`;
  await client.call('Runtime.evaluate', { expression: run, awaitPromise: true });
  const { callbacks } = await client.call('EventLoop.getHistory', { limit: history * 2 });
  // One that still runs while others do is not there yet.
  assert.ok(callbacks.length <= history && callbacks.length > history - 10, String(callbacks.length));
  assert.ok(callbacks.every(({ seq }, i) => i === 0 || seq < callbacks[i - 1].seq));
});

test('a stop between callbacks has no frame, and evaluates', async (t) => {
  const { client } = await started(t, 'ticking.js');
  await client.call('EventLoop.pauseBetweenCallbacks', { at: 'boundary' });
  const { position, next } = await client.event('EventLoop.pausedBetween');
  assert.strictEqual(position, 'boundary');
  assert.match(next.id, /^\d+$/);
  assert.strictEqual((await client.call('Runtime.evaluate', { expression: 'typeof busy' })).result.value, 'function');
  assert.strictEqual((await client.call('EventLoop.getStatus')).paused, true);
  await client.call('EventLoop.resume');
  assert.ok((await client.event('EventLoop.resumedBetween')).pausedUs > 0);
  for (const at of ['phase', 'turn']) {
    await client.call('EventLoop.pauseBetweenCallbacks', { at });
    assert.strictEqual((await client.event('EventLoop.pausedBetween')).position, at);
    await client.call('EventLoop.resume');
  }
});

test('callback breakpoints: condition, log, limit, instrumentation', async (t) => {
  const { client } = await started(t, 'ticking.js');
  const filter = { kinds: ['timeout'] };
  await assert.rejects(client.call('EventLoop.setCallbackBreakpoint', { filter, condition: ')' }), { code: -32602 });
  await client.call('EventLoop.setCallbackBreakpoint', { filter, condition: 'loop.seq % 2 === 0', limit: 1 });
  const paused = await client.event('Debugger.paused');
  assert.strictEqual(paused.data.loop.callback.seq % 2, 0);
  const { breakpointId } = await client.call('EventLoop.setCallbackBreakpoint', { filter, action: 'log' });
  await client.call('Debugger.resume');
  const hit = await client.event('EventLoop.callbackBreakpointHit');
  assert.strictEqual(hit.breakpointId, breakpointId);
  await client.call('EventLoop.removeCallbackBreakpoint', { breakpointId });
  await assert.rejects(client.call('EventLoop.removeCallbackBreakpoint', { breakpointId }));
  await client.call('EventBreakpoints.setInstrumentationBreakpoint', { eventName: 'setTimeout.callback' });
  assert.strictEqual((await client.event('Debugger.paused')).data.eventName, 'instrumentation:setTimeout.callback');
});

test('a callback breakpoint by line needs no EventLoop.enable', async (t) => {
  const { client } = await started(t, 'ticking.js');
  await client.call('EventLoop.disable');
  await client.call('EventLoop.setCallbackBreakpoint', { filter: { createdAt: { urlRegex: 'ticking\\.js$', lineNumber: 3 } } });
  assert.strictEqual(place(await client.event('Debugger.paused')), 'tick:3');
});

/** The 1-based line of a fixture that is marked `GUILTY name`. */
function guiltyLine(name) {
  const lines = readFileSync(join(root, 'tests', 'inspector', 'fixtures', 'stalls.js'), 'utf8').split('\n');
  return 1 + lines.findIndex((line) => line.endsWith(`GUILTY ${name}`));
}

for (const name of ['loop', 'regex', 'microtasks', 'reactions', 'ticks', 'native', 'nativeAtTheEnd', 'nativeInExpression', 'internal']) {
  test(`a stall breakpoint pauses in the guilty line: ${name}`, async (t) => {
    const { client } = await started(t, 'stalls.js');
    await client.call('EventLoop.setStallBreakpoint', { thresholdUs: 50_000 });
    await client.call('Runtime.evaluate', { expression: `setTimeout(stalls.${name}, 1); 0` });
    const paused = await client.event('Debugger.paused');
    const [{ location }] = paused.callFrames;
    assert.match(client.scripts.get(location.scriptId), /stalls\.js$/, 'never in a script of the runtime');
    // In a starved queue it may be any statement of the function that starves it.
    assert.ok(Math.abs(location.lineNumber + 1 - guiltyLine(name)) <= (/ticks|reactions/.test(name) ? 1 : 0), place(paused));
    assert.deepStrictEqual([paused.reason, paused.data.eventName], ['EventListener', 'instrumentation:stall']);
    assert.match(paused.data.loop.text, /timers · setTimeout callback #\d+.* · has held the loop for \d+ ms/);
    assert.strictEqual(paused.data.op, name.startsWith('native') ? 'crypto.pbkdf2Sync' : undefined);
    // It does not pause twice in one callback, however long it goes on.
    await client.call('Debugger.resume');
    await client.call('EventLoop.setStallBreakpoint', { thresholdUs: null });
    if (name === 'regex') await client.call('Runtime.terminateExecution');
    assert.strictEqual((await client.call('EventLoop.getStatus')).paused, false);
  });
}

test('a step that nothing can reach says so', async (t) => {
  const { client } = await started(t, 'sources.js', '--inspect-brk');
  await client.call('EventLoop.stepToNextCallback', { filter: { resource: 'no such thing' } });
  assert.match((await client.event('EventLoop.stepExpired')).reason, /^(drained|exited)$/);
});
