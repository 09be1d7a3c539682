// Two workers serve one port that the kernel chose, and leave when they are told to.
'use strict';

const assert = require('assert');
const cluster = require('cluster');
const http = require('http');

if (cluster.isWorker) {
  http.createServer((request, response) => response.end(String(process.pid))).listen(0, '127.0.0.1');
  process.send({ id: cluster.worker.id, unique: process.env.NODE_UNIQUE_ID });
} else {
  const ports = [];
  const messages = [];
  const exits = [];
  for (let i = 0; i < 2; i++) cluster.fork();
  cluster.on('message', (worker, message) => messages.push(message.id));
  cluster.on('exit', (worker, code) => exits.push([code, worker.exitedAfterDisconnect]));
  cluster.on('listening', (worker, address) => {
    ports.push(address.port);
    if (ports.length === 2) ask(address.port).then(() => cluster.disconnect());
  });
  process.on('exit', () => {
    assert.strictEqual(ports[0], ports[1]);
    assert.deepStrictEqual(messages.sort(), [1, 2]);
    assert.deepStrictEqual(exits, [[0, true], [0, true]]);
  });
}

async function ask(port) {
  const pids = Object.values(cluster.workers).map((worker) => String(worker.process.pid));
  for (let i = 0; i < 10; i++) {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    assert.ok(pids.includes(await response.text()));
  }
}
