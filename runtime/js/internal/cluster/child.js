// A worker of a cluster: its servers listen with SO_REUSEPORT, and the primary hears of it.
'use strict';

const EventEmitter = require('events');
const { codes } = require('internal/errors');
const { Worker } = require('internal/cluster/worker');
const { SafeMap, SafeSet } = primordials;

const cluster = new EventEmitter();
module.exports = cluster;

const process = require('process');
cluster.isWorker = true;
cluster.isPrimary = false;
cluster.isMaster = false;
cluster.Worker = Worker;
cluster.SCHED_NONE = 1;
cluster.SCHED_RR = 2;
const worker = new Worker({ id: +process.env.NODE_UNIQUE_ID, process, state: 'online' });
delete process.env.NODE_UNIQUE_ID;
cluster.worker = worker;

const servers = new SafeSet();
const waiting = new SafeMap();
let lastQuery = 0;

function tell(message) {
  if (process.connected) process.send({ cmd: 'NODE_CLUSTER', ...message });
}

process.on('internalMessage', (message) => {
  if (message.cmd !== 'NODE_CLUSTER') return;
  if (message.act === 'disconnect') disconnect();
  if (message.act === 'port') {
    const listen = waiting.get(message.seq);
    waiting.delete(message.seq);
    listen?.(message.port);
  }
});
process.once('disconnect', () => {
  worker.emit('disconnect');
  // Without its primary a worker has no purpose, unless it was told to go by itself.
  if (!worker.exitedAfterDisconnect) process.exit(0);
});

function disconnect() {
  worker.exitedAfterDisconnect = true;
  let left = servers.size;
  const done = () => {
    if (left-- === 0 && process.connected) process.disconnect();
  };
  for (const server of servers) server.close(done);
  done();
  return worker;
}

worker.disconnect = () => {
  tell({ act: 'exitedAfterDisconnect' });
  return disconnect();
};
worker.destroy = (signal) => {
  worker.exitedAfterDisconnect = true;
  if (process.connected) {
    tell({ act: 'exitedAfterDisconnect' });
    process.once('disconnect', () => process.kill(process.pid, signal ?? 'SIGTERM'));
    process.disconnect();
  } else process.kill(process.pid, signal ?? 'SIGTERM');
};

/** Listens on a port that the workers share: `listen(port)` is called once it is known. */
function sharePort(server, host, port, listen) {
  const key = port === 0 ? `${host ?? ''}:0` : undefined;
  servers.add(server);
  server.once('close', () => servers.delete(server));
  server.once('listening', () => {
    const { address, family, port: bound } = server.address();
    tell({ act: 'listening', key, port: bound, address: host ? address : null, addressType: family === 'IPv6' ? 6 : 4, fd: undefined });
  });
  if (port !== 0 || !process.connected) return listen(port);
  const seq = ++lastQuery;
  server._listening = true;
  waiting.set(seq, (known) => {
    server._listening = false;
    listen(known);
  });
  tell({ act: 'query', seq, key });
  return undefined;
}

/** A path cannot be shared by the kernel. */
function refusePath() {
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('listening on a path in a cluster worker');
}

cluster._sharePort = sharePort;
cluster._refusePath = refusePath;
tell({ act: 'online' });
