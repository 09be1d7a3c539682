// ws, unchanged from npm, on both ends: text, binary, fragments over the frame sizes, ping, a close code.
'use strict';
const assert = require('assert');
const { WebSocket, WebSocketServer } = require('ws');

const SIZES = [0, 1, 125, 126, 65_535, 65_536, 300_000];

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => {
  const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/`);
  let next = 0;
  let ponged = false;
  client.on('open', () => {
    client.ping('are you there');
    client.send('text é');
    for (const size of SIZES) client.send(Buffer.alloc(size, 7));
  });
  client.on('pong', (data) => { ponged = String(data) === 'are you there'; });
  client.on('message', (data, isBinary) => {
    if (!isBinary) return assert.strictEqual(String(data), 'text é');
    assert.ok(data.equals(Buffer.alloc(SIZES[next], 7)));
    if (++next === SIZES.length) client.close(4001, 'enough');
  });
  client.on('close', () => {
    assert.ok(ponged);
    server.close();
  });
});
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on('close', (code, reason) => assert.deepStrictEqual([code, String(reason)], [4001, 'enough']));
});
