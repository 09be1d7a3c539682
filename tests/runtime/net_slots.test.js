// A server outlives thousands of connections in the same slots, and each connection gets its own events.
'use strict';
const assert = require('assert');
const net = require('net');

const CONNECTIONS = 2500;
let served = 0;
const server = net.createServer((socket) => {
  served++;
  socket.resume().end();
});

function connect(left) {
  if (left === 0) {
    server.close();
    return;
  }
  const client = net.connect(server.address().port, '127.0.0.1');
  client.resume();
  client.on('connect', () => client.end());
  client.on('close', () => connect(left - 1));
}

server.listen(0, '127.0.0.1', () => connect(CONNECTIONS));
server.on('close', () => assert.strictEqual(served, CONNECTIONS));
