// Who may talk to the inspector, and what it says before anybody debugs.
import assert from 'node:assert';
import net from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { root, startInspected } from '../lib/rondo.mjs';
import { connect } from './client.mjs';

const ticking = join(root, 'tests', 'inspector', 'fixtures', 'ticking.js');

/** Sends raw bytes; resolves with all that comes back. */
const raw = (address, text) => new Promise((resolve, reject) => {
  const [host, port] = address.split(':');
  const socket = net.connect({ host, port }, () => socket.write(text));
  let answer = '';
  socket.setEncoding('latin1').on('data', (data) => { answer += data; }).on('end', () => resolve(answer)).on('error', reject);
});
const status = async (address, ...headers) =>
  Number(/^HTTP\/1\.\d (\d+)/.exec(await raw(address, `GET /json HTTP/1.1\r\n${headers.map((h) => `${h}\r\n`).join('')}\r\n`))?.[1]);
const upgrade = (path, ...headers) =>
  [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...headers, '', ''].join('\r\n');

test('lists, version and protocol', async (t) => {
  const rondo = await startInspected([ticking]);
  t.after(rondo.stop);
  const get = async (path) => (await fetch(`http://${rondo.address}${path}`)).json();
  const [target] = await get('/json');
  assert.deepStrictEqual(await get('/json/list'), [target]);
  assert.strictEqual(target.webSocketDebuggerUrl, rondo.url);
  assert.strictEqual(target.type, 'node');
  assert.match(target.url, /^file:\/\/.*ticking\.js$/);
  assert.match((await get('/json/version')).Browser, /^rondo\//);
  const { domains } = await get('/json/protocol');
  const commands = domains.find(({ domain }) => domain === 'EventLoop').commands.map(({ name }) => name);
  assert.ok(commands.includes('stepToNextCallback'));
  assert.ok(domains.some(({ domain }) => domain === 'HeapProfiler'));
});

test('only local names as Host, only programs as Origin', async (t) => {
  const rondo = await startInspected([ticking]);
  t.after(rondo.stop);
  const { address } = rondo;
  assert.strictEqual(await status(address, 'Host: localhost:1'), 200);
  assert.strictEqual(await status(address, 'Host: [::1]:1'), 200);
  assert.strictEqual(await status(address, 'Host:'), 200);
  assert.strictEqual(await status(address, 'Host: evil.example'), 400);
  assert.strictEqual(await status(address, 'Host: localhost', 'Host: evil.example'), 400);
  const path = new URL(rondo.url).pathname;
  assert.match(await raw(address, upgrade(path, 'Origin: https://evil.example')), /^HTTP\/1\.0 403 /);
  assert.match(await raw(address, upgrade(path, 'Origin: http://localhost:9222')), /^HTTP\/1\.0 403 /);
  assert.match(await raw(address, upgrade('/json')), /^HTTP\/1\.0 400 /);
});

test('bad messages are answered, huge ones close, unknown methods are not found', async (t) => {
  const rondo = await startInspected([ticking]);
  t.after(rondo.stop);
  const client = await connect(rondo.url);
  await assert.rejects(client.call('Foo.bar'), { code: -32601 });
  await assert.rejects(client.call('Debugger.bar'), { code: -32601 });
  await assert.rejects(client.call('Runtime.enable', {}, { sessionId: 'x' }), { code: -32001 });
  client.socket.send('{');
  client.socket.send('{"id":1.5,"method":"Runtime.enable"}');
  await client.call('Runtime.disable');
  assert.deepStrictEqual(client.events.map(({ error }) => error.code), [-32700, -32600]);
  client.socket.send('x'.repeat(129 << 20));
  assert.deepStrictEqual(await client.closed, { code: 1009, reason: 'the message is larger than 128 MiB' });
  const next = await connect(rondo.url);
  assert.strictEqual((await next.call('Runtime.evaluate', { expression: '1 + 1' })).result.value, 2);
});
