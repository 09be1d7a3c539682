// WebSocket echo with the npm package `ws`.
'use strict';
const { WebSocketServer } = require('ws');

const server = new WebSocketServer({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write('listening\n');
});
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on('error', () => {});
});
