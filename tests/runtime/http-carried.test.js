// HTTP over sockets that come from elsewhere: upgrades over TLS whose client speaks first, one port for HTTP and HTTPS, a client that
// leaves before its answer, a 101 that is no upgrade.
'use strict';
const assert = require('assert');
const fs = require('fs');
const http = require('http');
const https = require('https');
const net = require('net');
const { once } = require('events');
const { certificate: cert, key } = require('../lib/certificate.cjs');

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

// What the client sends right behind its request waits for whoever takes the socket; the server closes once it is gone.
async function upgradeOverTls() {
  const server = https.createServer({ cert, key });
  server.on('upgrade', (request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    setTimeout(() => socket.on('data', (data) => socket.end(data)), 20);
  });
  const port = await listen(server);
  const request = https.request({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false, headers: { Connection: 'Upgrade', Upgrade: 'echo' } });
  request.end();
  const [, socket] = await once(request, 'upgrade');
  socket.write('first');
  assert.strictEqual(`${(await once(socket, 'data'))[0]}`, 'first');
  socket.end();
  server.close();
  await once(server, 'close');
}

// A proxy that looks at the first byte and hands the socket on; nothing is left open.
async function onePort() {
  const plain = http.createServer((request, response) => response.end('plain'));
  const secure = https.createServer({ cert, key }, (request, response) => response.end('secure'));
  const server = net.createServer((socket) => {
    socket.on('readable', function look() {
      socket.removeListener('readable', look);
      const first = socket.read(1);
      socket.unshift(first);
      (first[0] === 22 ? secure : plain).emit('connection', socket);
    });
  });
  const port = await listen(server);
  for (const [module, expected] of [[http, 'plain'], [https, 'secure']]) {
    const request = module.get({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false });
    const [response] = await once(request, 'response');
    assert.strictEqual((await response.toArray()).join(''), expected);
  }
  server.close();
  await once(server, 'close');
}

// Work on files takes many turns; the client's end comes between them.
async function clientLeaves() {
  const told = [];
  const server = http.createServer((request, response) => {
    request.on('aborted', () => told.push('aborted'));
    response.on('close', () => told.push('close'));
    client.destroy();
    let turns = 0;
    const again = () => {
      if (told.length < 2 && ++turns < 500) fs.stat(__filename, again);
      else response.end(() => {});
    };
    again();
  });
  const port = await listen(server);
  const client = http.get({ port, host: '127.0.0.1', agent: false });
  client.on('error', () => {});
  await once(server, 'request');
  while (told.length < 2) await new Promise(setImmediate);
  assert.deepStrictEqual(told, ['aborted', 'close']);
  server.close();
  await once(server, 'close');
}

async function noUpgrade() {
  const server = net.createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: close\r\n\r\n')));
  const port = await listen(server);
  const [response] = await once(http.get({ port, host: '127.0.0.1', agent: false }), 'response');
  assert.strictEqual(response.statusCode, 101);
  response.resume();
  server.close();
  await once(server, 'close');
}

(async () => {
  await upgradeOverTls();
  await onePort();
  await clientLeaves();
  await noUpgrade();
})();
