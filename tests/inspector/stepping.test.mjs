// Steps from callback to callback over a real socket: where each lands, by the marks in the programs.
import assert from 'node:assert';
import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import connect from 'chrome-remote-interface';
import { startInspected } from '../lib/rondo.mjs';

const folder = dirname(fileURLToPath(import.meta.url));

/** A client that has the program stopped at its first statement. */
async function attach(script, { depth = 32 } = {}) {
  const running = await startInspected([script], { flag: '--inspect-brk' });
  const client = await connect({ target: running.url, local: true });
  const pauses = [];
  const waiting = [];
  client.on('Debugger.paused', (pause) => (waiting.shift() ?? ((p) => pauses.push(p)))(pause));
  const expired = new Promise((resolve) => client.on('EventLoop.stepExpired', resolve));
  const paused = () => pauses.length > 0 ? Promise.resolve(pauses.shift()) : new Promise((resolve) => waiting.push(resolve));
  await client.send('Runtime.enable');
  await client.send('Debugger.enable');
  await client.send('Debugger.setAsyncCallStackDepth', { maxDepth: depth });
  await client.send('EventLoop.enable');
  await client.send('Runtime.runIfWaitingForDebugger');
  const first = await paused();
  const lines = readFileSync(script, 'utf8').split('\n');
  /** The text of the line on which a pause stands. */
  const at = (pause) => lines[pause.callFrames[0].location.lineNumber]?.trim();
  const go = async (method, params) => { await client.send(method, params); return paused(); };
  return { running, client, first, at, go, paused, expired, close: async () => { await client.close(); await running.stop(); } };
}

function program(text) {
  const path = join(mkdtempSync(join(tmpdir(), 'rondo-step-')), 'program.cjs');
  writeFileSync(path, text);
  return path;
}

test('a step lands on the first user statement of every kind of callback', async () => {
  const { at, go, close } = await attach(join(folder, 'steps.cjs'));
  assert.match(at(await go('Debugger.resume')), /debugger;/);
  const seen = new Set();
  const wanted = ['nextTick', 'microtask', 'reaction', 'await', 'timeout', 'immediate', 'fs', 'signal', 'accept', 'read'];
  for (let steps = 0; steps < 30 && seen.size < wanted.length; steps++) {
    const pause = await go('EventLoop.stepToNextCallback', {});
    assert.strictEqual(pause.reason, 'EventListener');
    assert.doesNotMatch(pause.callFrames[0].url, /^node:/);
    const name = /\/\/ (\w+)$/.exec(at(pause))?.[1];
    if (name) seen.add(name);
  }
  assert.deepStrictEqual([...seen].sort(), [...wanted].sort());
  await close();
});

test('two timers of one deadline, with a tick and a reaction between', async () => {
  const { at, go, close } = await attach(program(`globalThis.n = 0;
debugger;
setTimeout(() => {
  globalThis.a = 1; // first
  process.nextTick(() => {
    globalThis.t = 1; // tick
  });
  Promise.resolve().then(() => {
    globalThis.r = 1; // reaction
  });
}, 2);
setTimeout(() => {
  globalThis.b = 1; // second
}, 2);
`));
  await go('Debugger.resume');
  for (const name of ['first', 'tick', 'reaction', 'second']) {
    assert.match(at(await go('EventLoop.stepToNextCallback', {})), new RegExp(`// ${name}$`));
  }
  await close();
});

for (const depth of [0, 32]) {
  test(`step into setTimeout lands in its callback at async depth ${depth}`, async () => {
    const { at, go, close } = await attach(program(`globalThis.n = 0;
debugger;
setTimeout(() => {
  globalThis.a = 1; // callback
}, 1);
`), { depth });
    await go('Debugger.resume');
    await go('Debugger.stepOver');
    const pause = await go('Debugger.stepInto', { breakOnAsyncCall: true });
    assert.match(at(pause), /setTimeout|callback$/);
    if (depth > 0) assert.strictEqual(pause.asyncStackTrace?.description, 'setTimeout');
    await close();
  });
}

test('the third firing of an interval by count', async () => {
  const { client, at, go, close } = await attach(program(`globalThis.n = 0;
debugger;
const timer = setInterval(() => {
  globalThis.n++; // interval
  if (globalThis.n === 5) clearInterval(timer);
}, 1);
`));
  await go('Debugger.resume');
  const pause = await go('EventLoop.stepToNextCallback', { filter: { kinds: ['interval'] }, count: 3 });
  assert.match(at(pause), /interval$/);
  assert.strictEqual(pause.data.eventName, 'instrumentation:setInterval.callback');
  assert.strictEqual((await client.Runtime.evaluate({ expression: 'n' })).result.value, 2);
  await close();
});

test('a step past the last callback ends with a reason', async () => {
  const { client, go, expired, close } = await attach(program('globalThis.n = 0;\ndebugger;\n'));
  await go('Debugger.resume');
  await client.send('EventLoop.stepToNextCallback', {});
  assert.match((await expired).reason, /drained|exited/);
  await close();
});

test('a step into a connection reaches its callback through the look-up of the name', async () => {
  const { client, at, go, close } = await attach(program(`const net = require('net');
const server = net.createServer((socket) => socket.end()).listen(0, () => {
  const { port } = server.address();
  debugger;
  net.connect(port, () => {
    globalThis.a = 1; // connected
  });
});
setInterval(() => {
  globalThis.b = 1;
}, 1);
`));
  await go('Debugger.resume');
  assert.match(at(await go('Debugger.stepOver')), /net\.connect/);
  assert.match(at(await go('Debugger.stepInto', { breakOnAsyncCall: true })), /connected$/);
  await client.send('Debugger.disable');
  await close();
});

// What is behind each callback: the function that asked for it, by the async stack that V8 shows.
const ASYNC = `const fs = require('fs'), net = require('net'), dns = require('dns');
debugger;
function a() { fs.stat('.', function onStat() { debugger; }); }
function b() { setTimeout(function onTimeout() { debugger; }, 1); }
function c() { setImmediate(function onImmediate() { debugger; }); }
function d() { process.nextTick(function onTick() { debugger; }); }
function e() { queueMicrotask(function onMicrotask() { debugger; }); }
function f() { Promise.resolve().then(function onReaction() { debugger; }); }
function g() { dns.lookup('127.0.0.1', function onLookup() { debugger; }); }
function h() {
  const server = net.createServer(function onConnection(socket) { debugger; socket.end('x'); server.close(); });
  server.listen(0, () => i(server.address().port));
}
function i(port) { const socket = net.connect(port, function onConnect() { debugger; }); socket.on('data', function onData() { debugger; }); }
a(); b(); c(); d(); e(); f(); g(); h();
`;
test('async stacks of timers, ticks, microtasks, promises, files, names and sockets', async () => {
  const { client, paused, go, close } = await attach(program(ASYNC));
  await go('Debugger.resume');
  const expected = {
    onStat: 'a', onTimeout: 'b', onImmediate: 'c', onTick: 'd', onMicrotask: 'e', onReaction: 'f', onLookup: 'g', onConnection: 'h',
    onConnect: 'i', onData: 'i',
  };
  const seen = {};
  await client.send('Debugger.resume');
  while (Object.keys(seen).length < Object.keys(expected).length) {
    const pause = await paused();
    const frames = [];
    for (let stack = pause.asyncStackTrace; stack; stack = stack.parent) frames.push(...stack.callFrames.map(({ functionName }) => functionName));
    const { functionName } = pause.callFrames[0];
    seen[functionName] = frames.find((name) => name === expected[functionName]);
    await client.send('Debugger.resume');
  }
  assert.deepStrictEqual(seen, expected);
  await close();
});
