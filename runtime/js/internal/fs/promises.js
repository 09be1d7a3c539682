// `fs.promises`: the operations as promises; `FileHandle`.
'use strict';

const { MathMin, PromisePrototypeThen, PromiseResolve, PromiseWithResolvers, SafePromisePrototypeFinally, Symbol, SymbolAsyncDispose } = primordials;

const native = binding('fs');
const { Buffer } = require('buffer');
const EventEmitter = require('events');
const { AbortError, codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { getOptions, toFlags } = require('internal/fs/arguments');
const { callPromise, prepare } = require('internal/fs/operations');
const { handleRead, planRead, planVectors, planWrite } = require('internal/fs/read_write');
const whole = require('internal/fs/whole_file');

const kRef = Symbol('kRef');
const kUnref = Symbol('kUnref');
const PIECE_BYTES = 512 * 1024;

class FileHandle extends EventEmitter {
  #fd;
  #closing;
  #uses = 1;
  #closed;

  constructor(fd) {
    super();
    this.#fd = fd;
  }

  get fd() { return this.#fd; }

  // A stream over the handle keeps it open until the stream closes it.
  [kRef]() { this.#uses++; }

  [kUnref]() {
    if (--this.#uses > 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    PromisePrototypeThen(callPromise(prepare.close(fd)), this.#closed?.resolve, this.#closed?.reject);
  }

  getAsyncId() { return -1; }

  readableWebStream(options = { __proto__: null }) {
    return require('internal/fs/web_stream').readableWebStream(this, options);
  }

  #open(syscall) {
    if (this.#fd !== -1) return this.#fd;
    const error = new Error('file closed');
    error.code = 'EBADF';
    error.syscall = syscall;
    throw error;
  }

  async appendFile(data, options) { return this.writeFile(data, options); }
  async chmod(mode) { return callPromise(prepare.fchmod(this.#open('fchmod'), mode)); }
  async chown(uid, gid) { return callPromise(prepare.fchown(this.#open('fchown'), uid, gid)); }
  async datasync() { return callPromise(prepare.fdatasync(this.#open('fdatasync'))); }
  async sync() { return callPromise(prepare.fsync(this.#open('fsync'))); }
  async stat(options) { return callPromise(prepare.fstat(this.#open('fstat'), options)); }
  async truncate(length) { return callPromise(prepare.ftruncate(this.#open('ftruncate'), length)); }
  async utimes(atime, mtime) { return callPromise(prepare.futimes(this.#open('futimes'), atime, mtime)); }

  async read(buffer, offset, length, position) {
    const fd = this.#open('read');
    ({ buffer, offset, length, position } = handleRead(buffer, offset, length, position));
    const plan = planRead(fd, buffer, offset, length, position);
    const bytesRead = plan === null ? 0 : await callPromise(plan);
    return { __proto__: null, bytesRead, buffer };
  }

  async readv(buffers, position) {
    const bytesRead = await callPromise(planVectors('readv', this.#open('read'), buffers, position));
    return { __proto__: null, bytesRead, buffers };
  }

  async write(buffer, offset, length, position) {
    const fd = this.#open('write');
    if (buffer?.byteLength === 0) return { __proto__: null, bytesWritten: 0, buffer };
    const bytesWritten = await callPromise(planWrite(fd, buffer, offset, length, position));
    return { __proto__: null, bytesWritten, buffer };
  }

  async writev(buffers, position) {
    const fd = this.#open('write');
    if (buffers.length === 0) return { __proto__: null, bytesWritten: 0, buffers };
    const bytesWritten = await callPromise(planVectors('writev', fd, buffers, position));
    return { __proto__: null, bytesWritten, buffers };
  }

  async readFile(options) {
    return whole.readFilePromise(this.#open('read'), options);
  }

  async writeFile(data, options) {
    return writeInto(this.#open('write'), data, options);
  }

  createReadStream(options) {
    const { ReadStream } = require('internal/fs/streams');
    return new ReadStream(undefined, { ...getOptions(options), fd: this });
  }

  createWriteStream(options) {
    const { WriteStream } = require('internal/fs/streams');
    return new WriteStream(undefined, { ...getOptions(options), fd: this });
  }

  readLines(options) {
    return require('readline').createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
  }

  // With a stream over it the handle closes when the stream does.
  close() {
    if (this.#fd === -1) return PromiseResolve();
    if (this.#closing) return this.#closing;
    if (--this.#uses === 0) {
      const fd = this.#fd;
      this.#fd = -1;
      this.#closing = callPromise(prepare.close(fd));
    } else {
      this.#closed = PromiseWithResolvers();
      this.#closing = this.#closed.promise;
    }
    this.#closing = SafePromisePrototypeFinally(this.#closing, () => { this.#closing = undefined; });
    this.emit('close');
    return this.#closing;
  }

  [SymbolAsyncDispose]() { return this.close(); }
}

async function open(path, flags, mode) {
  return new FileHandle(await callPromise(prepare.open(path, flags, mode)));
}

// What `writeFile` takes besides bytes: strings in any encoding, iterables and streams of either.
async function writeInto(fd, data, options) {
  options = getOptions(options, { encoding: 'utf8' });
  const { signal, encoding } = options;
  const check = () => { if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason }); };
  check();
  if (typeof data === 'string' || primordials.ArrayBufferIsView(data)) {
    check();
    return writeBytes(fd, typeof data === 'string' ? Buffer.from(data, encoding ?? 'utf8') : data, check);
  }
  for await (const part of data) {
    check();
    if (typeof part !== 'string' && !primordials.ArrayBufferIsView(part)) {
      throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], part);
    }
    await writeBytes(fd, typeof part === 'string' ? Buffer.from(part, encoding ?? 'utf8') : part, check);
    check();
  }
}

async function writeBytes(fd, bytes, check) {
  let done = 0;
  while (done < bytes.byteLength) {
    check();
    const plan = {
      operation: native.write, syscall: 'write', values: [fd, bytes, done, MathMin(PIECE_BYTES, bytes.byteLength - done), -1],
      path: undefined, dest: undefined, finish: (count) => count,
    };
    done += await callPromise(plan);
  }
}

async function writeFile(path, data, options, flag = 'w') {
  if (path instanceof FileHandle) return path.writeFile(data, options);
  const isIterable = typeof data === 'object' && data !== null && !primordials.ArrayBufferIsView(data) &&
    (data[primordials.SymbolAsyncIterator] ?? data[primordials.SymbolIterator]);
  if (!isIterable) return flag === 'a' ? whole.appendFilePromise(path, data, options) : whole.writeFilePromise(path, data, options);
  options = getOptions(options, { flag, mode: 0o666 });
  if (options.signal?.aborted) throw new AbortError(undefined, { cause: options.signal.reason });
  const fd = await callPromise(prepare.open(path, options.flag, options.mode));
  try {
    await writeInto(fd, data, options);
    if (options.flush) await callPromise(prepare.fsync(fd));
  } finally {
    await callPromise(prepare.close(fd));
  }
}

const appendFile = async (path, data, options) => (path instanceof FileHandle ? path.appendFile(data, options) : writeFile(path, data, options, 'a'));
const readFile = async (path, options) => (path instanceof FileHandle ? path.readFile(options) : whole.readFilePromise(path, options));

async function truncate(path, length = 0) {
  const fd = await callPromise(prepare.open(path, toFlags('r+')));
  try {
    await callPromise(prepare.ftruncate(fd, length));
  } finally {
    await callPromise(prepare.close(fd));
  }
}


module.exports = { FileHandle, appendFile, kRef, kUnref, open, readFile, truncate, writeFile };
