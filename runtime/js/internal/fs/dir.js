// `Dir`: a folder read entry by entry, and the ways to open one.
'use strict';

const {
  ArrayPrototypePush, ArrayPrototypeShift, ObjectDefineProperties, PromisePrototypeThen, PromiseReject, SymbolAsyncDispose,
  SymbolAsyncIterator, SymbolDispose,
} = primordials;

const native = binding('fs');
const process = require('process');
const { codes: { ERR_DIR_CLOSED, ERR_DIR_CONCURRENT_OPERATION, ERR_INVALID_THIS, ERR_MISSING_ARGS } } = require('internal/errors');
const { decodeName, getOptions, getValidatedPath, takeCallback, wantsBytes } = require('internal/fs/arguments');
const { callBack, callPromise, callSync } = require('internal/fs/operations');
const { Dirent } = require('internal/fs/stats');
const { validateBoolean, validateFunction, validateUint32 } = require('internal/validators');

const ENTRIES_AT_ONCE = 32;

function planOpen(path) {
  return {
    operation: native.opendir, syscall: 'opendir', values: [path], path, dest: undefined,
    finish: (number) => { native.adoptFolder(number, path); return number; },
  };
}

function openOptions(options) {
  options = getOptions(options, { encoding: 'utf8' });
  if (options.bufferSize !== undefined) validateUint32(options.bufferSize, 'options.bufferSize', true);
  if (options.recursive !== undefined) validateBoolean(options.recursive, 'options.recursive');
  return options;
}

class Dir {
  #number;
  #path;
  #options;
  #closed = false;
  // Operations under way or waiting, which come one after another.
  #queue = null;
  #entries = [];
  // Of a recursive reading: folders still to come.
  #folders = [];
  #ended = false;

  constructor(number, path, options) {
    if (number === undefined) throw new ERR_MISSING_ARGS('handle');
    this.#number = number;
    this.#path = path;
    this.#options = getOptions(options, { encoding: 'utf8' });
  }

  get path() {
    if (!(#path in this)) throw new ERR_INVALID_THIS('Dir');
    return this.#path;
  }

  #plan(folder) {
    const { encoding, bufferSize = ENTRIES_AT_ONCE } = this.#options;
    return {
      operation: native.readFolder, syscall: 'scandir', values: [folder.number, wantsBytes(encoding), bufferSize],
      path: folder.path, dest: undefined, finish: (list) => this.#take(list, folder),
    };
  }

  // Keeps what was read; says whether there was anything.
  #take(list, folder) {
    const { encoding, recursive } = this.#options;
    for (let i = 0; i < list.length; i += 2) {
      const entry = new Dirent(decodeName(list[i], encoding), folder.path, list[i + 1]);
      ArrayPrototypePush(this.#entries, entry);
      if (recursive && entry.isDirectory()) ArrayPrototypePush(this.#folders, require('path').join(`${folder.path}`, `${entry.name}`));
    }
    return list.length > 0;
  }

  #current = null;

  #folder() {
    return this.#current ?? { number: this.#number, path: this.#path };
  }

  #nextSync() {
    while (this.#entries.length === 0 && !this.#ended) {
      const folder = this.#folder();
      if (callSync(this.#plan(folder))) continue;
      this.#leave(folder, callSync);
      if (this.#folders.length === 0) this.#ended = true;
      else {
        const path = ArrayPrototypeShift(this.#folders);
        this.#current = { number: callSync(planOpen(path)), path };
      }
    }
    return this.#entries.length === 0 ? null : ArrayPrototypeShift(this.#entries);
  }

  async #next() {
    while (this.#entries.length === 0 && !this.#ended) {
      const folder = this.#folder();
      if (await callPromise(this.#plan(folder))) continue;
      await this.#leave(folder, callPromise);
      if (this.#folders.length === 0) this.#ended = true;
      else {
        const path = ArrayPrototypeShift(this.#folders);
        this.#current = { number: await callPromise(planOpen(path)), path };
      }
    }
    return this.#entries.length === 0 ? null : ArrayPrototypeShift(this.#entries);
  }

  // A folder below the first is closed as soon as it has been read.
  #leave(folder, call) {
    if (this.#current !== folder) return undefined;
    this.#current = null;
    return call(this.#planClose(folder.number, folder.path));
  }

  #planClose(number, path) {
    return { operation: native.closeFolder, syscall: 'closedir', values: [number], path, dest: undefined, finish: () => undefined };
  }

  #enqueue(work) {
    const before = this.#queue;
    const own = (async () => {
      if (before !== null) {
        try { await before; } catch { /* its caller has the error */ }
      }
      return work();
    })();
    this.#queue = own;
    const clear = () => { if (this.#queue === own) this.#queue = null; };
    PromisePrototypeThen(own, clear, clear);
    return own;
  }

  read(callback) {
    if (callback !== undefined) validateFunction(callback, 'callback');
    if (this.#closed) return this.#refuse(callback);
    const result = this.#enqueue(() => this.#next());
    return answer(result, callback);
  }

  readSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    if (this.#queue !== null) throw new ERR_DIR_CONCURRENT_OPERATION();
    return this.#nextSync();
  }

  #refuse(callback) {
    if (callback === undefined) return PromiseReject(new ERR_DIR_CLOSED());
    process.nextTick(callback, new ERR_DIR_CLOSED());
    return undefined;
  }

  close(callback) {
    if (callback !== undefined) validateFunction(callback, 'callback');
    if (this.#closed) return this.#refuse(callback);
    this.#closed = true;
    const result = this.#enqueue(async () => {
      const inner = this.#current;
      if (inner !== null) await this.#leave(inner, callPromise);
      await callPromise(this.#planClose(this.#number, this.#path));
    });
    return answer(result, callback);
  }

  closeSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    if (this.#queue !== null) throw new ERR_DIR_CONCURRENT_OPERATION();
    this.#closed = true;
    if (this.#current !== null) this.#leave(this.#current, callSync);
    callSync(this.#planClose(this.#number, this.#path));
  }

  async* entries() {
    try {
      for (let entry; (entry = await this.read()) !== null;) yield entry;
    } finally {
      if (!this.#closed) await this.close();
    }
  }

  [SymbolDispose]() {
    if (!this.#closed) this.closeSync();
  }

  async [SymbolAsyncDispose]() {
    if (!this.#closed) await this.close();
  }
}

ObjectDefineProperties(Dir.prototype, {
  [SymbolAsyncIterator]: { __proto__: null, value: Dir.prototype.entries, writable: true, configurable: true, enumerable: false },
});

// A promise, or its outcome to a callback outside of the promise's own error handling.
function answer(promise, callback) {
  if (callback === undefined) return promise;
  PromisePrototypeThen(promise,
    (value) => process.nextTick(callback, null, value), (error) => process.nextTick(callback, error));
  return undefined;
}

function opendirSync(path, options) {
  path = getValidatedPath(path);
  options = openOptions(options);
  return new Dir(callSync(planOpen(path)), path, options);
}

function opendir(path, options, callback) {
  callback = takeCallback([typeof options === 'function' ? options : callback], 'callback');
  path = getValidatedPath(path);
  options = openOptions(typeof options === 'function' ? undefined : options);
  callBack(planOpen(path), (error, number) => {
    if (error) callback(error);
    else callback(null, new Dir(number, path, options));
  });
}

async function opendirPromise(path, options) {
  path = getValidatedPath(path);
  options = openOptions(options);
  return new Dir(await callPromise(planOpen(path)), path, options);
}

module.exports = { Dir, opendir, opendirPromise, opendirSync };
