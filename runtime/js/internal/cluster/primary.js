// The primary of a cluster: starts workers, hears of them, and tells those that ask for any port the one to share.
'use strict';

const EventEmitter = require('events');
const { codes } = require('internal/errors');
const { Worker } = require('internal/cluster/worker');
const { ObjectKeys, ObjectValues, SafeMap } = primordials;

const cluster = new EventEmitter();
module.exports = cluster;

const SCHED_NONE = 1;
const SCHED_RR = 2;
cluster.isWorker = false;
cluster.isPrimary = true;
cluster.isMaster = true;
cluster.Worker = Worker;
cluster.workers = {};
cluster.settings = {};
cluster.SCHED_NONE = SCHED_NONE;
cluster.SCHED_RR = SCHED_RR;
cluster.schedulingPolicy = SCHED_NONE;

let lastId = 0;
// What `listen(0)` led to by address, or those who wait for the first to tell.
const ports = new SafeMap();

cluster.setupPrimary = function setupPrimary(options) {
  const process = require('process');
  const settings = {
    args: process.argv.slice(2), exec: process.argv[1], execArgv: process.execArgv, silent: false, ...cluster.settings, ...options,
  };
  cluster.settings = settings;
  process.nextTick(() => cluster.emit('setup', settings));
};
cluster.setupMaster = cluster.setupPrimary;

cluster.fork = function fork(env) {
  if (cluster.schedulingPolicy === SCHED_RR) {
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('cluster.SCHED_RR (connections are spread by the kernel)');
  }
  cluster.setupPrimary();
  const id = ++lastId;
  const { args, exec, execArgv, silent, stdio, uid, gid, cwd, serialization } = cluster.settings;
  const process = require('process');
  const child = require('child_process').fork(exec, args, {
    env: { ...process.env, ...env, NODE_UNIQUE_ID: `${id}` }, execArgv, silent, stdio, uid, gid, cwd, serialization,
  });
  const worker = new Worker({ id, process: child });
  worker.destroy = (signal = 'SIGTERM') => { child.kill(signal); };
  worker.disconnect = () => {
    worker.exitedAfterDisconnect = true;
    child.send({ cmd: 'NODE_CLUSTER', act: 'disconnect' });
    return worker;
  };
  worker.on('message', (message, handle) => cluster.emit('message', worker, message, handle));
  child.on('internalMessage', (message) => onInternal(worker, message));
  child.once('disconnect', () => {
    worker.exitedAfterDisconnect = Boolean(worker.exitedAfterDisconnect);
    worker.state = 'disconnected';
    leave(worker);
    worker.emit('disconnect');
    cluster.emit('disconnect', worker);
  });
  child.once('exit', (code, signal) => {
    worker.exitedAfterDisconnect = Boolean(worker.exitedAfterDisconnect);
    worker.state = 'dead';
    if (!child.connected) leave(worker);
    worker.emit('exit', code, signal);
    cluster.emit('exit', worker, code, signal);
  });
  cluster.workers[id] = worker;
  process.nextTick(() => cluster.emit('fork', worker));
  return worker;
};

function leave(worker) {
  delete cluster.workers[worker.id];
  if (ObjectKeys(cluster.workers).length === 0) ports.clear();
  // Those who waited for the port of a worker that is gone ask anew.
  for (const { 0: key, 1: entry } of ports) {
    if (entry.owner !== worker || entry.port !== 0) continue;
    ports.delete(key);
    for (const { worker: other, message } of entry.waiting) if (other.process.connected) onInternal(other, message);
  }
}

function onInternal(worker, message) {
  if (message.cmd !== 'NODE_CLUSTER') return;
  switch (message.act) {
    case 'online':
      worker.state = 'online';
      worker.emit('online');
      cluster.emit('online', worker);
      break;
    case 'query': return answer(worker, message);
    case 'listening': {
      const entry = message.key === undefined ? undefined : ports.get(message.key);
      if (entry !== undefined && entry.port === 0) {
        entry.port = message.port;
        for (const waiting of entry.waiting) reply(waiting.worker, waiting.message, entry.port);
        entry.waiting.length = 0;
      }
      worker.state = 'listening';
      const { addressType, address, port, fd } = message;
      worker.emit('listening', { addressType, address, port, fd });
      cluster.emit('listening', worker, { addressType, address, port, fd });
      break;
    }
    case 'exitedAfterDisconnect':
      worker.exitedAfterDisconnect = true;
      break;
  }
  return undefined;
}

// The first that asks for any port takes one; the others get the same.
function answer(worker, message) {
  const entry = ports.get(message.key);
  if (entry === undefined) {
    ports.set(message.key, { owner: worker, port: 0, waiting: [] });
    return reply(worker, message, 0);
  }
  if (entry.port !== 0) return reply(worker, message, entry.port);
  entry.waiting.push({ worker, message });
  return undefined;
}

function reply(worker, { seq }, port) {
  if (worker.process.connected) worker.process.send({ cmd: 'NODE_CLUSTER', act: 'port', seq, port });
}

cluster.disconnect = function disconnect(callback) {
  const workers = ObjectValues(cluster.workers);
  let left = workers.length;
  if (left === 0) {
    if (callback) require('process').nextTick(callback);
    return;
  }
  for (const worker of workers) {
    worker.once('disconnect', () => {
      if (--left === 0 && callback) callback();
    });
    worker.disconnect();
  }
};
