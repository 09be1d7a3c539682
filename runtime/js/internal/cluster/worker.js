// `cluster.Worker`: a process of the cluster, as the primary and as the process itself see it.
'use strict';

const EventEmitter = require('events');

class Worker extends EventEmitter {
  exitedAfterDisconnect = undefined;
  state = 'none';
  id;
  process;

  constructor({ id = 0, process, state = 'none' } = {}) {
    super();
    this.id = id;
    this.process = process;
    this.state = state;
    if (process === undefined) return;
    process.on('error', (code, signal) => this.emit('error', code, signal));
    process.on('message', (message, handle) => this.emit('message', message, handle));
  }

  send(...args) {
    return this.process.send(...args);
  }

  isConnected() {
    return this.process.connected;
  }

  isDead() {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  kill(...args) {
    return this.destroy(...args);
  }
}

module.exports = { Worker };
