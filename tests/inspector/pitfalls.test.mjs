// What debuggers of other runtimes get wrong: each was somebody's bug.
import assert from 'node:assert';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { root, startInspected } from '../lib/rondo.mjs';
import { connect, place } from './client.mjs';

const fixture = (name) => join(root, 'tests', 'inspector', 'fixtures', name);
const temporary = (name, text) => {
  const file = join(mkdtempSync(join(tmpdir(), 'rondo-inspector-')), name);
  writeFileSync(file, text);
  return file;
};
const evaluate = async (client, expression) => (await client.call('Runtime.evaluate', { expression })).result.value;

async function debugging(t, file, flag = '--inspect') {
  const rondo = await startInspected([file], { flag });
  t.after(rondo.stop);
  const client = await connect(rondo.url);
  await client.call('Runtime.enable');
  await client.call('Debugger.enable');
  return { rondo, client };
}

async function atStart(t, file) {
  const { rondo, client } = await debugging(t, file, '--inspect-brk');
  await client.call('Runtime.runIfWaitingForDebugger');
  return { rondo, client, paused: await client.event('Debugger.paused') };
}

test('in a pause nothing of the program runs: no timer, no tick, no microtask, no I/O', async (t) => {
  const { rondo, client } = await debugging(t, fixture('ticking.js'));
  await rondo.until(/ready/);
  await client.call('Debugger.pause');
  await client.event('Debugger.paused');
  await evaluate(client, `globalThis.ran = [];
    setTimeout(() => ran.push('timer'), 0); process.nextTick(() => ran.push('tick')); setImmediate(() => ran.push('immediate'));
    queueMicrotask(() => ran.push('microtask')); process.getBuiltinModule('fs').stat('.', () => ran.push('file')); 0`);
  const begun = Date.now();
  while (Date.now() - begun < 100) assert.strictEqual(await evaluate(client, 'ran.length'), 0);
  await client.call('Debugger.resume');
  while (await evaluate(client, 'ran.length') < 5);
  assert.deepStrictEqual((await evaluate(client, 'ran.join()')).split(',').sort(), ['file', 'immediate', 'microtask', 'tick', 'timer']);
});

/** A WebSocket client by hand, which can vanish without a word. */
function connectRaw(url) {
  const { hostname, port, pathname } = new URL(url);
  const socket = connectTcp(Number(port), hostname);
  socket.on('error', () => {});
  const opened = new Promise((resolve) => { socket.once('data', resolve); });
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
    + 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
  const send = (method) => {
    const text = Buffer.from(JSON.stringify({ id: 1, method }));
    // A masked text frame; the mask is zero.
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
  };
  return { opened, send, vanish: () => socket.resetAndDestroy() };
}

test('clients vanish in the middle of everything, and the program goes on', async (t) => {
  const { rondo, client: watcher } = await debugging(t, fixture('ticking.js'));
  await watcher.call('Debugger.disable');
  await rondo.until(/ready/);
  for (const methods of [[], ['Debugger.enable'], ['Debugger.enable', 'Debugger.pause'], ['Runtime.enable', 'Debugger.enable', 'Debugger.pause', 'Debugger.stepOver']]) {
    for (let times = 0; times < 5; times++) {
      const raw = connectRaw(rondo.url);
      await raw.opened;
      for (const method of methods) raw.send(method);
      if (methods.includes('Debugger.pause')) while (!(await watcher.call('EventLoop.getStatus')).paused);
      raw.vanish();
    }
  }
  const before = await evaluate(watcher, 'count');
  while (await evaluate(watcher, 'count') <= before);
  assert.strictEqual((await watcher.call('EventLoop.getStatus')).paused, false);
});

test('what was armed for a callback without user code does not fire in the next', async (t) => {
  const { client } = await debugging(t, fixture('ticking.js'));
  await client.call('EventLoop.enable');
  // A native function as the callback: nothing of it can be stopped in.
  await evaluate(client, 'setTimeout(Math.abs, 1); 0');
  await client.call('EventLoop.stepToNextCallback', { filter: { includeInternal: true } });
  const first = await Promise.race([client.event('EventLoop.stepExpired'), client.event('Debugger.paused')]);
  if (first.reason === 'noUserFrame') {
    await client.event('EventLoop.callbacksRan');
    assert.strictEqual(client.events.some(({ method }) => method === 'Debugger.paused'), false);
  } else {
    assert.strictEqual(first.data.eventName, 'instrumentation:setTimeout.callback');
  }
});

test('output on the stepped line does not end a step, nor lead into the runtime', async (t) => {
  const file = temporary('output.js', 'function main() {\n  console.log(1);\n  setTimeout(later, 1);\n  console.log(2);\n}\nfunction later() {\n  console.log(3);\n}\nmain();\n');
  const { client } = await atStart(t, file);
  const places = [];
  // To `main()`, into it, over the output, over the timer, over the output, and off its end.
  const steps = ['stepOver', 'stepOver', 'stepOver', 'stepInto', 'stepInto', 'stepOver', 'stepOver', 'stepOver', 'stepOver', 'stepOver', 'stepOver'];
  for (const step of steps) {
    await client.call(`Debugger.${step}`);
    const paused = await client.event('Debugger.paused');
    const [{ location }] = paused.callFrames;
    assert.strictEqual(client.scripts.get(location.scriptId), pathToFileURL(file).href);
    places.push(place(paused));
    if (places.at(-1) === 'later:7') break;
  }
  assert.strictEqual(places.at(-1), 'later:7', String(places));
});

test('a pause can end what runs, and only that', async (t) => {
  const { rondo, client } = await debugging(t, fixture('ticking.js'));
  await rondo.until(/ready/);
  await evaluate(client, 'setTimeout(function endless() { globalThis.inside = true; for (;;); }, 1); 0');
  while (!(await client.call('EventLoop.captureStack', { deadlineMs: 2000 })).stack?.some(({ functionName }) => functionName === 'endless'));
  await client.call('Debugger.pause');
  assert.match(place(await client.event('Debugger.paused')), /^endless:/);
  await client.call('Debugger.resume', { terminateOnResume: true });
  assert.strictEqual(await evaluate(client, 'inside'), true);
  const before = await evaluate(client, 'count');
  while (await evaluate(client, 'count') <= before);
});

for (const queue of ['microtasks', 'reactions', 'ticks']) {
  test(`a pause reaches a program whose ${queue} starve its loop`, async (t) => {
    const { rondo, client } = await debugging(t, fixture('stalls.js'));
    await rondo.until(/ready/);
    await evaluate(client, `setTimeout(stalls.${queue}, 1); 0`);
    while (!((await client.call('EventLoop.getStatus')).running?.elapsedUs > 100_000));
    await client.call('Debugger.pause');
    const { callFrames: [{ functionName, location }] } = await client.event('Debugger.paused');
    assert.match(functionName, /^(starve|again)$/);
    assert.match(client.scripts.get(location.scriptId), /stalls\.js$/);
  });
}

test('scripts have file URLs, percent-encoded, of CommonJS and ES modules; a breakpoint by URL is bound before the first statement', async (t) => {
  for (const name of ['ein Prögramm #1.js', 'ein Prögramm #1.mjs']) {
    const file = temporary(name, 'function f() {\n  return 1;\n}\nf();\n');
    const { client } = await debugging(t, file, '--inspect-wait');
    const { href: url } = pathToFileURL(file);
    await client.call('Debugger.setBreakpointByUrl', { url, lineNumber: 1 });
    await client.call('Runtime.runIfWaitingForDebugger');
    const paused = await client.event('Debugger.paused');
    assert.strictEqual(place(paused), 'f:2');
    assert.strictEqual(client.scripts.get(paused.callFrames[0].location.scriptId), url);
  }
});

test('a script says where its source map is', async (t) => {
  const file = temporary('mapped.js', 'globalThis.x = 1;\n//# sourceMappingURL=mapped.js.map\n');
  const { client } = await atStart(t, file);
  const parsed = client.events.filter(({ method }) => method === 'Debugger.scriptParsed').map(({ params }) => params);
  assert.strictEqual(parsed.find(({ url }) => url === pathToFileURL(file).href).sourceMapURL, 'mapped.js.map');
});

test('the end waits for a client that wants to read on, and for no session of the program’s own', async (t) => {
  const file = temporary('ends.js', 'const { Session } = require("inspector"); new Session().connect(); globalThis.result = 42;\n');
  const { rondo, client } = await debugging(t, file, '--inspect-wait');
  await client.call('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
  await client.call('Runtime.runIfWaitingForDebugger');
  await client.event('NodeRuntime.waitingForDisconnect');
  assert.strictEqual(await evaluate(client, 'result'), 42);
  await client.close();
  assert.strictEqual((await rondo.end).code, 0);
});

test('what is not supported says so at once', async (t) => {
  const { client } = await debugging(t, fixture('ticking.js'));
  for (const method of ['DOMStorage.enable', 'NodeTracing.none', 'Network.none', 'Page.enable', 'no such thing']) {
    await assert.rejects(client.call(method), { code: -32601 });
  }
});
