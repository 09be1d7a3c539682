// `fs.watch`: changes to files and folders as the kernel tells them.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSome, PromiseReject, PromiseResolve, PromiseWithResolvers,
  RegExpPrototypeExec, SafeMap, StringPrototypeStartsWith, SymbolAsyncIterator,
} = primordials;

const native = binding('fs');
const EventEmitter = require('events');
const process = require('process');
const { AbortError, codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_FS_WATCH_QUEUE_OVERFLOW }, uvException } = require('internal/errors');
const { decodeName, getOptions, getValidatedPath } = require('internal/fs/arguments');
const { validateBoolean, validateFunction, validateInteger, validateObject, validateOneOf } = require('internal/validators');

const { status } = native;

// Events that wait for a reader of `promises.watch`.
const QUEUE_MAX = 2048;

const isRegExp = (value) => require('internal/util/types').isRegExp(value);

// Whether a name is to be left out, by the option `ignore`.
function ignorer(ignore) {
  if (ignore === undefined || ignore === null) return () => false;
  const rules = ArrayIsArray(ignore) ? ignore : [ignore];
  const tests = [];
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (typeof rule === 'function') ArrayPrototypePush(tests, (name) => rule(name));
    else if (typeof rule === 'string') {
      if (rule === '') throw new ERR_INVALID_ARG_VALUE('options.ignore', rule, 'must not be empty');
      const { matchesGlob } = require('internal/fs/glob');
      const { basename } = require('path');
      ArrayPrototypePush(tests, (name) => matchesGlob(name, rule) || matchesGlob(basename(name), rule));
    } else if (isRegExp(rule)) ArrayPrototypePush(tests, (name) => RegExpPrototypeExec(rule, name) !== null);
    else throw new ERR_INVALID_ARG_TYPE('options.ignore', ['string', 'RegExp', 'Function', 'Array'], ignore);
  }
  return (name) => ArrayPrototypeSome(tests, (test) => test(name));
}

// One watcher of one path, and of the folders below it if it is recursive.
class FSWatcher extends EventEmitter {
  #root = undefined;
  // Watcher numbers by path.
  #numbers = null;
  #keepsAlive = true;
  #encoding = 'utf8';
  #recursive = false;
  #ignores = undefined;

  start(filename, options) {
    if (this.#numbers !== null) return;
    this.#root = filename;
    this.#keepsAlive = options.persistent !== false;
    this.#encoding = options.encoding;
    this.#recursive = options.recursive === true;
    this.#ignores = ignorer(options.ignore);
    this.#numbers = new SafeMap();
    try {
      this.#add(filename, '');
    } catch (error) {
      this.#numbers = null;
      error.filename = filename;
      throw error;
    }
    if (this.#recursive) this.#addBelow(`${filename}`, '');
  }

  #add(path, prefix) {
    const number = native.watch(path, this.#keepsAlive, (isRename, name) => this.#changed(isRename, name, prefix));
    if (status[0] !== 0) throw uvException({ errno: status[0], syscall: 'watch', path });
    this.#numbers.set(prefix, number);
  }

  // Folders may come and go while they are being listed: what is gone needs no watcher.
  #addBelow(path, prefix) {
    const { join } = require('path');
    let entries;
    try {
      entries = require('fs').readdirSync(path, { withFileTypes: true });
    } catch {
      return;
    }
    for (let i = 0; i < entries.length; i++) {
      if (!entries[i].isDirectory()) continue;
      const inner = join(prefix, entries[i].name);
      if (this.#numbers.has(inner) || this.#ignores(inner)) continue;
      try {
        this.#add(join(path, entries[i].name), inner);
      } catch (error) {
        if (error.code !== 'ENOENT') this.emit('error', error);
        continue;
      }
      this.#addBelow(join(path, entries[i].name), inner);
    }
  }

  #changed(isRename, bytes, prefix) {
    if (bytes === undefined) {
      // What happens to an inner folder itself, the folder above tells.
      if (prefix !== '') return;
      bytes = require('buffer').Buffer.from(require('path').basename(`${this.#root}`));
    }
    let name = decodeName(bytes, 'utf8');
    if (this.#recursive) {
      const { join } = require('path');
      name = prefix === '' ? name : join(prefix, name);
      if (isRename && this.#ignores(name) === false) this.#follow(name);
    }
    if (this.#ignores(name)) return;
    if (this.#encoding !== 'utf8' && this.#encoding !== undefined && this.#encoding !== null) {
      const { Buffer } = require('buffer');
      const buffer = prefix === '' ? decodeName(bytes, 'buffer') : Buffer.from(name);
      name = this.#encoding === 'buffer' ? buffer : buffer.toString(this.#encoding);
    }
    this.emit('change', isRename ? 'rename' : 'change', name);
  }

  // A folder that has come is watched too, and told of with what is in it already; one that has gone no longer is.
  #follow(name) {
    const { join } = require('path');
    const fs = require('fs');
    const path = join(`${this.#root}`, name);
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined || !stats.isDirectory()) {
      for (const { 0: prefix, 1: number } of this.#numbers) {
        if (prefix !== '' && (prefix === name || StringPrototypeStartsWith(prefix, `${name}/`))) {
          native.closeWatch(number);
          this.#numbers.delete(prefix);
        }
      }
      return;
    }
    if (this.#numbers.has(name)) return;
    try {
      this.#add(path, name);
    } catch {
      return;
    }
    this.#addBelow(path, name);
    this.#tellOfContents(path, name);
  }

  #tellOfContents(path, prefix) {
    const { join } = require('path');
    process.nextTick(() => {
      if (this.#numbers === null) return;
      let names;
      try {
        names = require('fs').readdirSync(path, { recursive: true });
      } catch {
        return;
      }
      for (let i = 0; i < names.length && this.#numbers !== null; i++) {
        const name = join(prefix, names[i]);
        if (!this.#ignores(name)) this.emit('change', 'rename', name);
      }
    });
  }

  #each(act) {
    if (this.#numbers === null) return;
    for (const { 1: number } of this.#numbers) act(number);
  }

  close() {
    if (this.#numbers === null) return;
    this.#each((number) => native.closeWatch(number));
    this.#numbers = null;
    process.nextTick(() => this.emit('close'));
  }

  ref() {
    this.#keepsAlive = true;
    this.#each((number) => native.refWatch(number, true));
    return this;
  }

  unref() {
    this.#keepsAlive = false;
    this.#each((number) => native.refWatch(number, false));
    return this;
  }
}

function watchOptions(options) {
  options = { persistent: true, ...getOptions(options) };
  if (options.persistent !== undefined) validateBoolean(options.persistent, 'options.persistent');
  if (options.recursive !== undefined) validateBoolean(options.recursive, 'options.recursive');
  return options;
}

function watch(filename, options, listener) {
  if (typeof options === 'function') {
    listener = options;
    options = undefined;
  }
  const path = getValidatedPath(filename, 'filename');
  options = watchOptions(options);
  if (listener !== undefined) validateFunction(listener, 'listener');
  const watcher = new FSWatcher();
  watcher.start(path, options);
  if (listener !== undefined) watcher.on('change', listener);
  const { signal } = options;
  if (signal !== undefined) {
    if (signal.aborted) process.nextTick(() => watcher.close());
    else {
      const stop = require('internal/events/abort_listener').addAbortListener(signal, () => watcher.close());
      watcher.once('close', () => stop[primordials.SymbolDispose]());
    }
  }
  return watcher;
}

// `promises.watch`: the same events, one after another, to whoever asks for the next.
class Changes {
  #path;
  #options;
  #watcher = null;
  #events = [];
  #waiting = [];
  #failure = null;
  #done = false;
  #max;

  constructor(path, options) {
    this.#path = path;
    this.#options = options;
    this.#max = options.maxQueue ?? QUEUE_MAX;
  }

  #start() {
    if (this.#watcher !== null || this.#done) return;
    const { signal } = this.#options;
    if (signal?.aborted) return this.#fail(new AbortError(undefined, { cause: signal.reason }));
    this.#watcher = new FSWatcher();
    try {
      this.#watcher.start(this.#path, this.#options);
    } catch (error) {
      return this.#fail(error);
    }
    this.#watcher.on('change', (eventType, filename) => this.#push({ __proto__: null, eventType, filename }));
    this.#watcher.on('error', (error) => this.#fail(error));
    if (signal) {
      require('internal/events/abort_listener').addAbortListener(signal, () => {
        this.#fail(new AbortError(undefined, { cause: signal.reason }));
      });
    }
  }

  #push(event) {
    const reader = ArrayPrototypeShift(this.#waiting);
    if (reader !== undefined) return reader.resolve({ value: event, done: false });
    if (this.#events.length < this.#max) return ArrayPrototypePush(this.#events, event);
    if (this.#options.overflow === 'error') return this.#fail(new ERR_FS_WATCH_QUEUE_OVERFLOW(this.#max));
    process.emitWarning('fs.watch maxQueue exceeded');
  }

  #fail(error) {
    if (this.#done) return;
    this.#done = true;
    this.#watcher?.close();
    const reader = ArrayPrototypeShift(this.#waiting);
    if (reader === undefined) this.#failure = error;
    else reader.reject(error);
  }

  next() {
    this.#start();
    if (this.#events.length > 0) return PromiseResolve({ value: ArrayPrototypeShift(this.#events), done: false });
    if (this.#failure !== null) {
      const error = this.#failure;
      this.#failure = null;
      return PromiseReject(error);
    }
    if (this.#done) return PromiseResolve({ value: undefined, done: true });
    const reader = PromiseWithResolvers();
    ArrayPrototypePush(this.#waiting, reader);
    return reader.promise;
  }

  return(value) {
    this.#done = true;
    this.#watcher?.close();
    while (this.#waiting.length > 0) ArrayPrototypeShift(this.#waiting).resolve({ value: undefined, done: true });
    return PromiseResolve({ value, done: true });
  }

  throw(error) {
    this.return();
    return PromiseReject(error);
  }

  [SymbolAsyncIterator]() { return this; }
}

function watchPromise(filename, options = {}) {
  const path = getValidatedPath(filename, 'filename');
  validateObject(options, 'options');
  options = watchOptions(options);
  if (options.maxQueue !== undefined) validateInteger(options.maxQueue, 'options.maxQueue', 1);
  if (options.overflow !== undefined) validateOneOf(options.overflow, 'options.overflow', ['ignore', 'error']);
  ignorer(options.ignore);
  return new Changes(path, options);
}

module.exports = { FSWatcher, watch, watchPromise };
