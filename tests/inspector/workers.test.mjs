// Workers as targets: nested sessions (`NodeWorker`, as js-debug wants them) and flat ones (`Target`, as DevTools does).
import assert from 'node:assert';
import { join } from 'node:path';
import test from 'node:test';
import { root, startInspected } from '../lib/rondo.mjs';
import { connect, place } from './client.mjs';

const file = join(root, 'tests', 'inspector', 'fixtures', 'workers.js');
const WORK_LINE = 14;

/** A session in a worker through the client's own; `send` and `receives` differ by style. */
function inWorker({ socket }, receives, send) {
  let lastId = 0;
  const calls = new Map();
  const events = [];
  const waiting = [];
  socket.addEventListener('message', ({ data }) => {
    const message = receives(JSON.parse(data));
    if (!message) return;
    const call = calls.get(message.id);
    if (call) return message.error ? call.reject(new Error(message.error.message)) : call.resolve(message.result);
    const index = waiting.findIndex(({ method }) => method === message.method);
    if (index >= 0) waiting.splice(index, 1)[0].resolve(message.params);
    else events.push(message);
  });
  return {
    call: (method, params = {}) => new Promise((resolve, reject) => {
      calls.set(++lastId, { resolve, reject });
      send({ id: lastId, method, params });
    }),
    event: (method) => new Promise((resolve) => {
      const index = events.findIndex((event) => event.method === method);
      if (index >= 0) resolve(events.splice(index, 1)[0].params);
      else waiting.push({ method, resolve });
    }),
  };
}

const styles = {
  async NodeWorker(client) {
    await client.call('NodeWorker.enable', { waitForDebuggerOnStart: true });
    return async () => {
      const { sessionId, workerInfo, waitingForDebugger } = await client.event('NodeWorker.attachedToWorker');
      const receives = ({ method, params }) => method === 'NodeWorker.receivedMessageFromWorker' && params.sessionId === sessionId && JSON.parse(params.message);
      const send = (message) => client.call('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(message) });
      return { info: workerInfo, waitingForDebugger, session: inWorker(client, receives, send) };
    };
  },
  async Target(client) {
    await client.call('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
    return async () => {
      const { sessionId, targetInfo, waitingForDebugger } = await client.event('Target.attachedToTarget');
      const receives = (message) => message.sessionId === sessionId && message;
      const send = (message) => client.socket.send(JSON.stringify({ ...message, sessionId }));
      return { info: targetInfo, waitingForDebugger, session: inWorker(client, receives, send) };
    };
  },
};

const ends = { NodeWorker: 'NodeWorker.detachedFromWorker', Target: 'Target.detachedFromTarget' };

for (const [style, follow] of Object.entries(styles)) {
  test(`${style}: a worker waits, says what it prints, stops at a breakpoint while the program goes on, and ends in a pause`, async (t) => {
    const rondo = await startInspected([file], { flag: '--inspect-wait' });
    t.after(rondo.stop);
    const client = await connect(rondo.url);
    await client.call('Runtime.enable');
    const attached = await follow(client);
    await client.call('Runtime.runIfWaitingForDebugger');
    const { info, waitingForDebugger, session } = await attached();
    assert.strictEqual(waitingForDebugger, true);
    assert.strictEqual(info.type, 'worker');
    assert.match(info.url, /^file:.*fixtures\/workers\.js$/);

    await session.call('Runtime.enable');
    assert.strictEqual((await session.event('Runtime.executionContextCreated')).context.auxData.isDefault, true);
    await session.call('Debugger.enable');
    await session.call('EventLoop.enable');
    await session.call('Debugger.setBreakpointByUrl', { lineNumber: WORK_LINE - 1, urlRegex: 'workers\\.js$' });
    await session.call('Runtime.runIfWaitingForDebugger');
    assert.strictEqual((await session.event('Runtime.consoleAPICalled')).args[0].value, 'in the worker');
    assert.strictEqual(place(await session.event('Debugger.paused')), `work:${WORK_LINE}`);

    // The program is not paused; the worker is, and evaluates.
    assert.strictEqual((await client.call('Runtime.evaluate', { expression: 'typeof worker' })).result.value, 'object');
    assert.strictEqual((await session.call('Runtime.evaluate', { expression: '6 * 7' })).result.value, 42);
    await session.call('Debugger.resume');
    assert.strictEqual(place(await session.event('Debugger.paused')), `work:${WORK_LINE}`);
    // Its own loop is told.
    while (!(await session.event('EventLoop.callbacksRan')).callbacks.some(({ kind }) => kind === 'timeout'));

    await client.call('Runtime.evaluate', { expression: 'worker.terminate(); 0' });
    await client.event(ends[style]);
    await rondo.until(/the worker has ended/);
  });
}

test('a client that vanishes lets a waiting worker’s session go, and unknown sessions are errors', async (t) => {
  const rondo = await startInspected([file]);
  t.after(rondo.stop);
  await rondo.until(/ready/);
  const client = await connect(rondo.url);
  await client.call('NodeWorker.enable', { waitForDebuggerOnStart: false });
  const { sessionId } = await client.event('NodeWorker.attachedToWorker');
  await assert.rejects(client.call('NodeWorker.sendMessageToWorker', { sessionId: 'none', message: '{}' }), { code: -32001 });
  await assert.rejects(client.call('Runtime.evaluate', { expression: '1' }, { sessionId: 'none' }), { code: -32001 });
  const send = (id, method) => client.call('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method }) });
  await send(1, 'Debugger.enable');
  await send(2, 'Debugger.pause');
  for (;;) {
    const { message } = await client.event('NodeWorker.receivedMessageFromWorker');
    if (JSON.parse(message).method === 'Debugger.paused') break;
  }
  await client.close();
  const second = await connect(rondo.url);
  const count = async () => (await second.call('Runtime.evaluate', { expression: 'received' })).result.value ?? 0;
  const before = await count();
  while (await count() <= before);
});
