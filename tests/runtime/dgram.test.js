// Datagrams: to and fro, connected or not, before and after the bind, options, errors, and who keeps the loop alive.
'use strict';
const assert = require('assert');
const dgram = require('dgram');
const { once } = require('events');
const { AsyncLocalStorage } = require('async_hooks');

const text = (list) => list.map((part) => String(part));

async function echo(type, host) {
  const server = dgram.createSocket(type, (message, from) => server.send([message, '!'], from.port, from.address));
  server.bind(0, host);
  await once(server, 'listening');
  const { address, family, port } = server.address();
  assert.deepStrictEqual([address, family], [host, type === 'udp6' ? 'IPv6' : 'IPv4']);
  const client = dgram.createSocket(type);
  const [error, sent] = await new Promise((resolve) => { client.send('xhix', 1, 2, port, host, (...result) => resolve(result)); });
  assert.deepStrictEqual([error, sent], [null, 2]);
  const [answer, from] = await once(client, 'message');
  assert.deepStrictEqual([String(answer), from], ['hi!', { address: host, family, port, size: 3 }]);

  await new Promise((resolve) => { client.connect(port, host, resolve); });
  assert.deepStrictEqual(client.remoteAddress(), { address: host, family, port });
  assert.throws(() => client.send('x', 0, 1, port, host), { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
  client.send(new Uint16Array([0x4141]));
  assert.strictEqual(String((await once(client, 'message'))[0]), 'AA!');
  client.disconnect();
  assert.throws(() => client.remoteAddress(), { code: 'ERR_SOCKET_DGRAM_NOT_CONNECTED' });
  client.close();
  await new Promise((resolve) => { server.close(resolve); });
  assert.throws(() => server.address(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
}

async function many() {
  // More than one turn hands over, and one that is too large.
  const COUNT = 150;
  const server = dgram.createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  server.setRecvBufferSize(1 << 20);
  const { port } = server.address();
  const got = [];
  const all = new Promise((resolve) => { server.on('message', (message) => { if (got.push(message) === COUNT) resolve(); }); });
  const client = dgram.createSocket('udp4');
  for (let i = 0; i < COUNT; i++) client.send(`${i}`, port, '127.0.0.1');
  await all;
  assert.deepStrictEqual(text(got), Array.from({ length: COUNT }, (_, i) => `${i}`));
  const [error] = await new Promise((resolve) => { client.send(Buffer.alloc(70_000), port, '127.0.0.1', (...result) => resolve(result)); });
  assert.strictEqual(error.code, 'EMSGSIZE');
  assert.strictEqual(error.syscall, 'send');
  client.close();
  server.close();
}

async function faults() {
  assert.throws(() => dgram.createSocket('udp5'), { code: 'ERR_SOCKET_BAD_TYPE' });
  const one = dgram.createSocket('udp4');
  assert.throws(() => one.setTTL(1), { code: 'EBADF', syscall: 'setTTL' });
  one.bind(0, '127.0.0.1');
  assert.throws(() => one.bind(), { code: 'ERR_SOCKET_ALREADY_BOUND' });
  await once(one, 'listening');
  assert.strictEqual(one.setTTL(7), 7);
  assert.throws(() => one.setTTL(1000), { code: 'EINVAL', syscall: 'setTTL' });
  assert.throws(() => one.send('x', 0, '127.0.0.1'), { code: 'ERR_SOCKET_BAD_PORT' });
  const two = dgram.createSocket('udp4');
  two.bind(one.address().port, '127.0.0.1');
  const [error] = await once(two, 'error');
  assert.strictEqual(error.code, 'EADDRINUSE');
  assert.strictEqual(error.syscall, 'bind');
  two.close();
  const controller = new AbortController();
  const third = dgram.createSocket({ type: 'udp4', signal: controller.signal });
  controller.abort();
  await once(third, 'close');
  const store = new AsyncLocalStorage();
  const seen = await store.run('of the maker', () => new Promise((resolve) => {
    const fourth = dgram.createSocket('udp4', () => {
      resolve(store.getStore());
      fourth.close();
    });
    fourth.bind(0, '127.0.0.1', () => one.send('x', fourth.address().port, '127.0.0.1'));
  }));
  assert.strictEqual(seen, 'of the maker');
  one.close();
}

async function main() {
  await echo('udp4', '127.0.0.1');
  if (Object.values(require('os').networkInterfaces()).flat().some(({ address }) => address === '::1')) await echo('udp6', '::1');
  await many();
  await faults();
  // Does not keep the program.
  dgram.createSocket('udp4').bind(0, '127.0.0.1').unref();
}

let done = false;
main().then(() => { done = true; });
process.on('exit', () => assert.ok(done, 'the loop ended before the program'));
