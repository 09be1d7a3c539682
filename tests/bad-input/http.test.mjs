// A server that is sent nonsense, left hanging, or out of descriptors: it answers with Node's status and stays sound.
import assert from 'node:assert';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { program, start } from '../lib/rondo.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rondo-http-'));
const file = join(folder, 'server.js');
writeFileSync(file, `
  const http = require('http');
  const server = http.createServer({ headersTimeout: 500, requestTimeout: 800, connectionsCheckingInterval: 100, maxHeaderSize: 4096 },
    (request, response) => {
      let length = 0;
      request.on('data', (data) => { length += data.length; }).on('end', () => response.end(String(length)));
    });
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`);

let server;
let port;
before(async () => {
  server = start(program(), [file], { timeoutMs: 60_000 });
  port = Number((await server.until(/port (\d+)/))[1]);
});
after(() => server.stop());

/** Sends `text`; resolves with all that came back once the server closes (or `quietMs` after the last byte). */
function talk(text, { end = false, quietMs = 3000 } = {}) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => { if (end) socket.end(text); else socket.write(text); });
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (data) => { answer += data; }).on('close', () => resolve(answer)).on('error', (error) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(answer); else reject(error);
    });
  });
}

/** The text at `url`, asked for again while the connection is refused, for some seconds. */
async function answered(url) {
  for (let left = 50; ; left--) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const bad = {
  'no HTTP at all': 'hello there\r\n\r\n',
  'a binary start': '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n',
  'a header without a colon': 'GET / HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n',
  'a space before the colon': 'GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n',
  'a folded header': 'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n',
  'a bare line feed in the head': 'GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n',
  'a negative length': 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
  'two lengths': 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  'length and chunks': 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'an unknown last coding': 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n',
  'a broken chunk size': 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'a chunk without its end': 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabX\r\n0\r\n\r\n',
  'a request without a host': 'GET / HTTP/1.1\r\n\r\n',
  'two hosts': 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
  'a version of the future': 'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
};

for (const [name, text] of Object.entries(bad)) {
  test(name, async () => {
    const answer = await talk(text);
    assert.match(answer, /^HTTP\/1\.1 (400 Bad Request|505 )/);
    assert.match(answer, /Connection: close/i);
  });
}

test('a head that is too large', async () => {
  assert.match(await talk(`GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(8000)}\r\n\r\n`), /^HTTP\/1\.1 431 Request Header Fields Too Large/);
});

test('a head that never ends', async () => {
  assert.match(await talk('GET / HTTP/1.1\r\nHost: x\r\n'), /^HTTP\/1\.1 408 Request Timeout/);
});

test('a body that never ends', async () => {
  assert.match(await talk('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'), /^HTTP\/1\.1 408 Request Timeout/);
});

test('a client that leaves in the middle of its body', async () => {
  assert.strictEqual(await talk('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc', { end: true }), 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
});

test('a client that resets', async () => {
  await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
      socket.resetAndDestroy();
    });
    socket.on('close', resolve);
  });
});

test('after all that it still serves', async () => {
  const answer = await talk('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc');
  assert.match(answer, /^HTTP\/1\.1 200 OK[^]*\r\n\r\n3$/);
});

test('out of descriptors: it refuses, says nothing wrong, and accepts again', async () => {
  const few = join(folder, 'few.js');
  writeFileSync(few, `
    const http = require('http');
    const server = http.createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
  `);
  const running = start('/bin/sh', ['-c', `ulimit -n 48; exec "$0" "$1"`, program(), few]);
  try {
    const at = Number((await running.until(/port (\d+)/))[1]);
    const sockets = await Promise.all(Array.from({ length: 80 }, () => new Promise((resolve) => {
      const socket = connect(at, '127.0.0.1', () => resolve(socket));
      socket.on('error', () => resolve(socket));
    })));
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const socket of sockets) socket.destroy();
    // Until it has seen the others go, it may refuse this one too.
    assert.strictEqual(await answered(`http://127.0.0.1:${at}/`), 'ok');
    assert.strictEqual(running.child.exitCode, null);
    assert.strictEqual(running.output.stderr, '');
  } finally {
    await running.stop();
  }
});
