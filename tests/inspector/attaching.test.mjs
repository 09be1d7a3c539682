// Clients that come late: by SIGUSR1 or inspector.open, to scripts and workers that are there already, or to a port that
// is somebody else's; and those that stop reading.
import assert from 'node:assert';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { program, root, start, startInspected } from '../lib/rondo.mjs';
import { connect, place } from './client.mjs';

const fixture = (name) => join(root, 'tests', 'inspector', 'fixtures', name);
const LISTENING = /Debugger listening on (ws:\/\/([^/]+)\/\S+)/;

function starting(t, args) {
  const rondo = start(program(), args);
  t.after(rondo.stop);
  return rondo;
}

async function bySignal(t, file, ready) {
  const rondo = starting(t, ['--inspect-port=0', file]);
  await rondo.until(ready);
  rondo.child.kill('SIGUSR1');
  const [, url] = await rondo.until(LISTENING);
  return connect(url);
}

test('a debugger that comes by SIGUSR1 sees the scripts that run, and its breakpoints hold in them', async (t) => {
  const client = await bySignal(t, fixture('ticking.js'), /ready/);
  await client.call('Debugger.enable');
  const { locations } = await client.call('Debugger.setBreakpointByUrl', { lineNumber: 2, urlRegex: 'ticking\\.js$' });
  assert.strictEqual(locations.length, 1);
  const paused = await client.event('Debugger.paused');
  assert.strictEqual(place(paused), 'tick:3');
  assert.match(client.scripts.get(paused.callFrames[0].location.scriptId), /^file:.*ticking\.js$/);
});

test('a debugger that comes by SIGUSR1 pauses and steps in the program and never in the runtime', async (t) => {
  const client = await bySignal(t, fixture('ticking.js'), /ready/);
  await client.call('Debugger.enable');
  await client.call('EventLoop.enable');
  const paused = async () => {
    const pause = await client.event('Debugger.paused');
    assert.match(client.scripts.get(pause.callFrames[0].location.scriptId) ?? 'of the runtime', /ticking\.js$/);
    return place(pause);
  };
  await client.call('Debugger.pause');
  assert.strictEqual(await paused(), 'tick:3');
  for (const expected of ['tick:4', 'tick:5', 'tick:3', 'tick:4']) {
    await client.call('Debugger.stepOver');
    assert.strictEqual(await paused(), expected);
  }
  await client.call('EventLoop.stepToNextCallback', { filter: { kinds: ['timeout'] } });
  assert.strictEqual(await paused(), 'tick:3');
  await client.call('Debugger.stepOut');
  assert.strictEqual(await paused(), 'tick:3');
  await client.call('EventLoop.setCallbackBreakpoint', { filter: { kinds: ['timeout'] } });
  await client.call('Debugger.resume');
  assert.strictEqual(await paused(), 'tick:3');
});

test('a debugger that comes by SIGUSR1 steps from callback to callback across timer, socket, tick and file', async (t) => {
  const client = await bySignal(t, join(root, 'tests', 'vscode', 'fixtures', 'visits.js'), /visit 1/);
  await client.call('Debugger.enable');
  await client.call('EventLoop.enable');
  const seen = new Set();
  for (let count = 0; count < 24; count++) {
    await client.call('EventLoop.stepToNextCallback');
    const pause = await client.event('Debugger.paused');
    assert.match(client.scripts.get(pause.callFrames[0].location.scriptId) ?? 'of the runtime', /visits\.js$/, place(pause));
    assert.strictEqual(pause.reason, 'EventListener');
    seen.add(pause.callFrames[0].functionName);
  }
  assert.deepStrictEqual(['onData', 'onRead', 'readLog', 'tick'].filter((name) => !seen.has(name)), []);
});

test('a debugger that comes by SIGUSR1 attaches to a worker that runs, and breaks in it', async (t) => {
  const client = await bySignal(t, fixture('workers.js'), /in the worker/);
  await client.call('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
  const { sessionId, targetInfo } = await client.event('Target.attachedToTarget');
  assert.match(targetInfo.url, /workers\.js$/);
  await client.call('Debugger.enable', {}, { sessionId });
  await client.call('Debugger.setBreakpointByUrl', { lineNumber: 13, urlRegex: 'workers\\.js$' }, { sessionId });
  assert.strictEqual(place(await client.event('Debugger.paused')), 'work:14');
  // Its loop is told as well, by the server that started after it.
  await client.call('EventLoop.enable', {}, { sessionId });
  await client.call('Debugger.disable', {}, { sessionId });
  await client.event('EventLoop.callbacksRan');
});

test('what was printed before anybody could come is not kept', async (t) => {
  const rondo = starting(t, ['-e', `console.log('early'); setTimeout(() => {
    require('inspector').open(0); console.log('late'); setInterval(() => {}, 1000); }, 1)`]);
  const [, url] = await rondo.until(LISTENING);
  await rondo.until(/late/);
  const client = await connect(url);
  await client.call('Runtime.enable');
  assert.strictEqual((await client.event('Runtime.consoleAPICalled')).args[0].value, 'late');
});

for (const flag of ['--inspect', '--inspect-brk', '--inspect-wait']) {
  test(`${flag} on a port in use says so and runs the program, as Node does`, async (t) => {
    const first = await startInspected([fixture('ticking.js')]);
    t.after(first.stop);
    const second = starting(t, [`${flag}=${first.address}`, '-p', '6 * 7']);
    const { code, stdout, stderr } = await second.end;
    assert.deepStrictEqual([code, stdout], [0, '42\n']);
    assert.strictEqual(stderr, `Starting inspector on ${first.address} failed: address already in use\n`);
  });
}

test('a worker answers, and is debugged, while the main thread is in a native operation', async (t) => {
  const rondo = await startInspected([fixture('stuck-main.js')], { flag: '--inspect-wait', timeoutMs: 60_000 });
  t.after(rondo.stop);
  const client = await connect(rondo.url);
  await client.call('NodeWorker.enable', { waitForDebuggerOnStart: false });
  await client.call('Runtime.runIfWaitingForDebugger');
  const { sessionId } = await client.event('NodeWorker.attachedToWorker');
  await rondo.until(/ready/);
  await client.call('Runtime.evaluate', { expression: 'setTimeout(stick, 1); 0' });
  const operation = async () => (await client.call('EventLoop.getStatus')).running?.nativeOp;
  while (await operation() !== 'crypto.pbkdf2Sync') ;
  let lastId = 0;
  const ask = async (method, params) => {
    lastId += 1;
    await client.call('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id: lastId, method, params }) });
    for (;;) {
      const message = JSON.parse((await client.event('NodeWorker.receivedMessageFromWorker')).message);
      if (message.id === lastId || message.method === method) return message;
    }
  };
  assert.strictEqual((await ask('Runtime.evaluate', { expression: '6 * 7' })).result.result.value, 42);
  assert.ok(Array.isArray((await ask('EventLoop.captureStack', { deadlineMs: 5000 })).result.stack));
  const { result: status } = await ask('EventLoop.getStatus');
  assert.strictEqual(status.paused, false);
  assert.strictEqual(await operation(), 'crypto.pbkdf2Sync', 'it is stuck all the while');
});

test('a client that stops reading is closed, and what waited for it is let go', async (t) => {
  const rondo = await startInspected([fixture('ticking.js')]);
  t.after(rondo.stop);
  const client = await connect(rondo.url);
  const { hostname, port, pathname } = new URL(rondo.url);
  const slow = connectTcp(Number(port), hostname);
  slow.on('error', () => {});
  const closed = new Promise((resolve) => { slow.on('close', resolve); });
  slow.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n`
    + 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
  await new Promise((resolve) => { slow.once('data', resolve); });
  const text = Buffer.from('{"id":1,"method":"Runtime.enable"}');
  slow.pause().write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
  await client.call('Runtime.evaluate', { expression: '0' });
  // More than 256 MiB, in messages that V8 does not keep.
  await client.call('Runtime.evaluate', { expression: 'const text = "x".repeat(8 << 20); for (let i = 0; i < 40; i++) { console.log(text + i); console.clear(); } 0' });
  // Its buffers in the kernel are all that it can still read.
  slow.resume();
  await closed;
  assert.ok(slow.bytesRead < 200 << 20, `${slow.bytesRead} bytes came`);
  assert.strictEqual((await client.call('Runtime.evaluate', { expression: '1 + 1' })).result.value, 2);
});

test('a recording ends with its client', async (t) => {
  const rondo = await startInspected([fixture('ticking.js')]);
  t.after(rondo.stop);
  const first = await connect(rondo.url);
  await first.call('EventLoop.startRecording', { format: 'chrome' });
  const second = await connect(rondo.url);
  await assert.rejects(second.call('EventLoop.startRecording', { format: 'chrome' }), { code: -32000 });
  await first.close();
  for (;;) {
    const started = await second.call('EventLoop.startRecording', { format: 'chrome' }).then(() => true, () => false);
    if (started) break;
  }
  const { stream } = await second.call('EventLoop.stopRecording');
  const { data } = await second.call('IO.read', { handle: stream });
  assert.match(data, /^\{"displayTimeUnit"/);
});
