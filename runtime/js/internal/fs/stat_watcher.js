// `fs.watchFile`: a file looked at again and again, on the pool.
'use strict';

const { SafeMap } = primordials;

const native = binding('fs');
const EventEmitter = require('events');
const process = require('process');
const { getValidatedPath } = require('internal/fs/arguments');
const { toStats } = require('internal/fs/stats');
const { setTimeout, clearTimeout } = require('timers');
const { validateFunction, validateUint32 } = require('internal/validators');

const INTERVAL_MS = 5007;
const STAT_VALUES = 18;

// What a file that does not exist is said to be.
function nothing(big) {
  return toStats(big ? new primordials.BigInt64Array(STAT_VALUES) : new primordials.Float64Array(STAT_VALUES));
}

function sameFile(one, other) {
  return one.ctimeMs === other.ctimeMs && one.mtimeMs === other.mtimeMs && one.birthtimeMs === other.birthtimeMs &&
    one.size === other.size && one.mode === other.mode && one.uid === other.uid && one.gid === other.gid &&
    one.ino === other.ino && one.dev === other.dev;
}

class StatWatcher extends EventEmitter {
  #path;
  #big;
  #interval;
  #timer = null;
  #last = null;
  #failed = 0;
  #keepsAlive = 1;
  #stopped = false;

  constructor(big) {
    super();
    this.#big = big;
  }

  start(path, interval, persistent) {
    validateUint32(interval, 'interval');
    this.#path = path;
    this.#interval = interval;
    if (!persistent) this.#keepsAlive = 0;
    this.#look();
  }

  #look() {
    native.stat(this.#path, this.#big, (errno, values) => {
      if (this.#stopped) return;
      const known = this.#last;
      const stats = errno === 0 ? toStats(values) : nothing(this.#big);
      const first = known === null;
      const changed = first ? errno !== 0 : errno !== this.#failed || (errno === 0 && !sameFile(known, stats));
      this.#last = stats;
      this.#failed = errno;
      this.#arm();
      if (changed) this.emit('change', stats, first ? stats : known);
    });
  }

  #arm() {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#look(), this.#interval);
    if (this.#keepsAlive === 0) this.#timer.unref();
  }

  stop() {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    process.nextTick(() => this.emit('stop'));
  }

  ref() {
    if (this.#keepsAlive++ === 0) this.#timer?.ref();
    return this;
  }

  unref() {
    if (this.#keepsAlive > 0 && --this.#keepsAlive === 0) this.#timer?.unref();
    return this;
  }
}

const watchers = new SafeMap();

function watchFile(filename, options, listener) {
  const path = require('path').resolve(`${getValidatedPath(filename)}`);
  if (options === null || typeof options !== 'object') {
    listener = options;
    options = undefined;
  }
  const { interval = INTERVAL_MS, persistent = true, bigint = false } = options ?? {};
  validateFunction(listener, 'listener');
  let watcher = watchers.get(path);
  if (watcher === undefined) {
    watcher = new StatWatcher(bigint);
    watcher.start(path, interval, persistent);
    watchers.set(path, watcher);
  }
  watcher.on('change', listener);
  return watcher;
}

function unwatchFile(filename, listener) {
  const path = require('path').resolve(`${getValidatedPath(filename)}`);
  const watcher = watchers.get(path);
  if (watcher === undefined) return;
  if (typeof listener === 'function') watcher.removeListener('change', listener);
  else watcher.removeAllListeners('change');
  if (watcher.listenerCount('change') > 0) return;
  watcher.stop();
  watchers.delete(path);
}

module.exports = { StatWatcher, unwatchFile, watchFile };
