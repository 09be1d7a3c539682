// Details of HTTP/1 that clients meet: the limit of requests, blank lines, agents with a total, connections of the caller's.
'use strict';
const assert = require('assert');
const http = require('http');
const net = require('net');
const { once } = require('events');

function talk(port, text) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.end(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (data) => { answer += data; }).on('close', () => resolve(answer));
  });
}

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

(async () => {
  const server = http.createServer((request, response) => {
    response.end(request.url);
  });
  server.maxRequestsPerSocket = 2;
  const port = await listen(server);

  // Blank lines between messages and at the end are no message, and none is answered after the last.
  const get = (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\n`;
  const answers = (await talk(port, get('/1') + get('/2'))).match(/HTTP\/1\.1 \d+|Connection: \w+/g);
  assert.deepStrictEqual(answers, ['HTTP/1.1 200', 'Connection: keep', 'HTTP/1.1 200', 'Connection: close']);

  // Sockets that wait unused do not keep requests to another server from theirs.
  const other = http.createServer((request, response) => response.end(request.url));
  const otherPort = await listen(other);
  const agent = new http.Agent({ keepAlive: true, maxTotalSockets: 1 });
  const fetched = [port, port, otherPort, port, otherPort].map((to, i) => new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port: to, path: `/${i}`, agent }, (response) => {
      response.setEncoding('utf8').on('data', resolve);
    }).on('error', reject);
  }));
  assert.deepStrictEqual(await Promise.all(fetched), ['/0', '/1', '/2', '/3', '/4']);
  agent.destroy();

  // The path of a request is no Unix socket to a connection that the caller makes.
  const [response] = await once(http.get({ port, path: '/own', createConnection: (options) => net.connect({ ...options, host: '127.0.0.1' }) }),
                                'response');
  assert.strictEqual((await once(response, 'data')).toString(), '/own');

  // An upgraded socket sees its end without being read from, and has no listeners of ours.
  server.once('upgrade', (request, socket) => {
    socket.write('HTTP/1.1 101 ok\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    socket.on('end', () => socket.end());
  });
  const asking = http.get({ host: '127.0.0.1', port, headers: { Connection: 'Upgrade', Upgrade: 'x' } });
  const [, socket] = await once(asking, 'upgrade');
  assert.strictEqual(socket.listenerCount('error'), 0);
  socket.end();
  await once(socket, 'close');
  for (const each of [server, other]) {
    each.close();
    each.closeAllConnections();
  }
})();
