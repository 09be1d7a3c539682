// How the inspector is started, by flags and by a signal, and what is told of it where.
import assert from 'node:assert';
import { join } from 'node:path';
import test from 'node:test';
import { program, root, start, startInspected } from '../lib/rondo.mjs';
import { connect } from './client.mjs';

const ticking = join(root, 'tests', 'inspector', 'fixtures', 'ticking.js');
const LISTENING = /Debugger listening on (ws:\/\/([^/]+)\/\S+)/;

function starting(t, args) {
  const rondo = start(program(), args);
  t.after(rondo.stop);
  return rondo;
}

test('--inspect-port gives the port of a bare --inspect', async (t) => {
  const [, url] = await starting(t, ['--inspect-port=0', '--inspect', ticking]).until(LISTENING);
  assert.notStrictEqual(new URL(url).port, '0');
  assert.notStrictEqual(new URL(url).port, '9229');
  await (await connect(url)).close();
});

test('process.debugPort is the port that was found', async (t) => {
  const { rondo, client } = await (async () => {
    const rondo = await startInspected([ticking]);
    t.after(rondo.stop);
    return { rondo, client: await connect(rondo.url) };
  })();
  const { result } = await client.call('Runtime.evaluate', { expression: 'process.debugPort' });
  assert.strictEqual(String(result.value), rondo.address.split(':')[1]);
});

test('--inspect-publish-uid=stderr keeps the address out of /json', async (t) => {
  const [, , address] = await starting(t, ['--inspect=127.0.0.1:0', '--inspect-publish-uid=stderr', ticking]).until(LISTENING);
  const [target] = await (await fetch(`http://${address}/json/list`)).json();
  assert.deepStrictEqual([target.id, target.webSocketDebuggerUrl, target.devtoolsFrontendUrl], [undefined, undefined, undefined]);
  assert.strictEqual(target.type, 'node');
});

test('--inspect-publish-uid=http keeps it off stderr', async (t) => {
  const rondo = starting(t, ['--inspect=127.0.0.1:0', '--inspect-publish-uid=http', '-e',
    'console.log(require("inspector").url()); setInterval(() => {}, 1000)']);
  const [url, address] = await rondo.until(/ws:\/\/([^/]+)\/\S+/);
  assert.doesNotMatch(rondo.output.stderr, /Debugger listening/);
  const [target] = await (await fetch(`http://${address}/json/list`)).json();
  assert.strictEqual(target.webSocketDebuggerUrl, url.trim());
});

for (const [name, code] of [['idle', 'setInterval(() => {}, 1000); console.log("ready")'], ['busy', 'console.log("ready"); for (;;);']]) {
  test(`SIGUSR1 starts it in a program that is ${name}`, async (t) => {
    const rondo = starting(t, ['--inspect-port=0', '-e', code]);
    await rondo.until(/ready/);
    rondo.child.kill('SIGUSR1');
    const [, url] = await rondo.until(LISTENING);
    const client = await connect(url);
    await client.call('Debugger.enable');
    await client.call('Debugger.pause');
    if (name === 'busy') assert.strictEqual((await client.event('Debugger.paused')).reason, 'other');
  });
}

test('--disable-sigusr1 leaves the signal to the system', async (t) => {
  const rondo = starting(t, ['--disable-sigusr1', '-e', 'setInterval(() => {}, 1000); console.log("ready")']);
  await rondo.until(/ready/);
  rondo.child.kill('SIGUSR1');
  assert.strictEqual((await rondo.end).signal, 'SIGUSR1');
});

test('several clients have breakpoints of their own; a pause is everybody’s', async (t) => {
  const rondo = await startInspected([ticking]);
  t.after(rondo.stop);
  const clients = [await connect(rondo.url), await connect(rondo.url)];
  for (const client of clients) await client.call('Debugger.enable');
  const lines = [2, 3];
  const ids = [];
  for (const [index, client] of clients.entries()) {
    const { breakpointId } = await client.call('Debugger.setBreakpointByUrl', { urlRegex: 'ticking\\.js$', lineNumber: lines[index] });
    ids.push(breakpointId);
  }
  for (const index of [0, 1]) {
    const [own, other] = [await clients[index].event('Debugger.paused'), await clients[1 - index].event('Debugger.paused')];
    assert.deepStrictEqual(own.hitBreakpoints, [ids[index]]);
    assert.deepStrictEqual(other.hitBreakpoints, [], 'it is not the other one’s');
    assert.strictEqual(own.callFrames[0].location.lineNumber, lines[index]);
    // Whoever did not set it may resume.
    await clients[1 - index].call('Debugger.resume');
  }
  // One goes in the middle of its own pause: the other still has its own.
  await clients[0].event('Debugger.paused');
  await clients[0].close();
  await clients[1].event('Debugger.paused');
  await clients[1].call('Debugger.resume');
  assert.deepStrictEqual((await clients[1].event('Debugger.paused')).hitBreakpoints, [ids[1]]);
});
