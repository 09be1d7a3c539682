// The operations of WASI preview 1 that are not about paths: arguments, clocks, open files, random numbers, waiting, the end.
// Each returns an error code; pointers and numbers come as the ABI has them.
'use strict';

const {
  ArrayPrototypePush, Atomics, BigInt, BigIntAsUintN, Int32Array, Number, ObjectGetOwnPropertyNames, SafeSet, SharedArrayBuffer,
} = primordials;

const fs = require('fs');
const { Buffer } = require('buffer');
const { CLOCK, ERRNO, FDFLAGS, FILETYPE, RIGHTS, TIMES, WHENCE } = require('internal/wasi/constants');
const { Entry, Failure, Table, kindOf, putStats } = require('internal/wasi/files');
const { Memory } = require('internal/wasi/memory');

const DIRENT_SIZE = 24;
const EVENT_SIZE = 32;
const SUBSCRIPTION_SIZE = 48;
const CLOCK_ABSOLUTE = 1;
const NS_PER_MS = 1e6;

class System {
  #memory;
  #args;
  #env;
  #exit;
  #table = new Table();

  constructor({ args, env, stdio, preopens, exit }) {
    this.#args = args;
    this.#env = env;
    this.#exit = exit;
    for (let i = 0; i < stdio.length; i++) {
      this.#table.add(new Entry({ fd: stdio[i], rights: RIGHTS.ALL, inheriting: RIGHTS.ALL }));
    }
    for (let i = 0; i < preopens.length; i++) {
      const real = fs.realpathSync(preopens[i].path);
      const fd = fs.openSync(real, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
      this.#table.add(new Entry({ fd, root: real, real, name: preopens[i].name, rights: RIGHTS.ALL, inheriting: RIGHTS.ALL }));
    }
  }

  set memory(memory) { this.#memory = new Memory(memory); }
  get memory() { return this.#memory; }
  get table() { return this.#table; }

  args_get(pointers, bytes) { this.#memory.setStrings(this.#args, pointers, bytes); }
  args_sizes_get(count, size) { this.#sizes(this.#args, count, size); }
  environ_get(pointers, bytes) { this.#memory.setStrings(this.#env, pointers, bytes); }
  environ_sizes_get(count, size) { this.#sizes(this.#env, count, size); }

  #sizes(list, count, size) {
    let bytes = 0;
    for (let i = 0; i < list.length; i++) bytes += Buffer.byteLength(list[i]) + 1;
    this.#memory.setU32(count, list.length);
    this.#memory.setU32(size, bytes);
  }

  clock_res_get(clock, result) {
    timeOf(clock);
    this.#memory.setU64(result, 1n);
  }

  clock_time_get(clock, precision, result) {
    this.#memory.setU64(result, timeOf(clock));
  }

  fd_advise(fd) { this.#table.get(fd); }
  fd_close(fd) { this.#table.close(fd); }
  fd_datasync(fd) { fs.fdatasyncSync(this.#table.get(fd).fd); }
  fd_sync(fd) { fs.fsyncSync(this.#table.get(fd).fd); }
  fd_renumber(from, to) { this.#table.renumber(from, to); }

  fd_allocate(fd, offset, length) {
    const entry = this.#table.get(fd);
    const end = Number(offset + length);
    if (fs.fstatSync(entry.fd).size < end) fs.ftruncateSync(entry.fd, end);
  }

  fd_fdstat_get(fd, result) {
    const entry = this.#table.get(fd);
    this.#memory.setU64(result, 0n);
    this.#memory.setU8(result, entry.kind);
    this.#memory.setU16(result + 2, entry.flags);
    this.#memory.setU64(result + 8, entry.rights);
    this.#memory.setU64(result + 16, entry.inheriting);
  }

  fd_fdstat_set_flags(fd, flags) {
    this.#table.get(fd).flags = flags;
  }

  fd_fdstat_set_rights(fd, rights, inheriting) {
    const entry = this.#table.get(fd);
    // They can only become fewer.
    if ((BigIntAsUintN(64, rights) & ~entry.rights) !== 0n || (BigIntAsUintN(64, inheriting) & ~entry.inheriting) !== 0n) {
      throw new Failure(ERRNO.ENOTCAPABLE);
    }
    entry.rights = BigIntAsUintN(64, rights);
    entry.inheriting = BigIntAsUintN(64, inheriting);
  }

  fd_filestat_get(fd, result) {
    putStats(this.#memory, result, fs.fstatSync(this.#table.get(fd).fd, { bigint: true }));
  }

  fd_filestat_set_size(fd, size) { fs.ftruncateSync(this.#table.get(fd).fd, Number(size)); }

  fd_filestat_set_times(fd, atim, mtim, flags) {
    const entry = this.#table.get(fd);
    const { 0: accessed, 1: modified } = timesOf(fs.fstatSync(entry.fd), atim, mtim, flags);
    fs.futimesSync(entry.fd, accessed, modified);
  }

  fd_pread(fd, vector, count, offset, result) {
    this.#memory.setU32(result, read(this.#table.get(fd), this.#memory.vector(vector, count), Number(offset)));
  }

  fd_read(fd, vector, count, result) {
    const entry = this.#table.get(fd);
    const length = read(entry, this.#memory.vector(vector, count), entry.position);
    if (entry.position !== null) entry.position += length;
    this.#memory.setU32(result, length);
  }

  fd_pwrite(fd, vector, count, offset, result) {
    this.#memory.setU32(result, write(this.#table.get(fd), this.#memory.vector(vector, count), Number(offset)));
  }

  fd_write(fd, vector, count, result) {
    const entry = this.#table.get(fd);
    if (entry.position !== null && (entry.flags & FDFLAGS.APPEND) !== 0) entry.position = fs.fstatSync(entry.fd).size;
    const length = write(entry, this.#memory.vector(vector, count), entry.position);
    if (entry.position !== null) entry.position += length;
    this.#memory.setU32(result, length);
  }

  fd_prestat_get(fd, result) {
    const { name } = this.#table.get(fd);
    if (name === undefined) throw new Failure(ERRNO.EBADF);
    this.#memory.setU32(result, 0);
    this.#memory.setU32(result + 4, Buffer.byteLength(name));
  }

  fd_prestat_dir_name(fd, result, length) {
    const { name } = this.#table.get(fd);
    if (name === undefined) throw new Failure(ERRNO.EBADF);
    const bytes = Buffer.from(name);
    if (bytes.length > length >>> 0) throw new Failure(ERRNO.ENAMETOOLONG);
    this.#memory.setBytes(result, bytes);
  }

  fd_readdir(fd, target, size, cookie, result) {
    const entry = this.#table.folder(fd);
    size >>>= 0;
    if (cookie === 0n || entry.listing === undefined) entry.listing = list(entry);
    let used = 0;
    for (let i = Number(cookie); i < entry.listing.length && used < size; i++) {
      const { name, kind, ino } = entry.listing[i];
      const head = Buffer.alloc(DIRENT_SIZE);
      head.writeBigUInt64LE(BigInt(i + 1), 0);
      head.writeBigUInt64LE(ino, 8);
      head.writeUInt32LE(name.length, 16);
      head[20] = kind;
      // The last one may be cut off; the program comes again with a larger buffer.
      used += this.#memory.setBytes(target + used, head, size - used);
      used += this.#memory.setBytes(target + used, name, size - used);
    }
    this.#memory.setU32(result, used);
  }

  fd_seek(fd, offset, whence, result) {
    const entry = this.#table.get(fd);
    if (entry.position === null) throw new Failure(ERRNO.ESPIPE);
    let position = Number(offset);
    if (whence === WHENCE.CURRENT) position += entry.position;
    else if (whence === WHENCE.END) position += fs.fstatSync(entry.fd).size;
    else if (whence !== WHENCE.SET) throw new Failure(ERRNO.EINVAL);
    if (position < 0) throw new Failure(ERRNO.EINVAL);
    entry.position = position;
    this.#memory.setU64(result, BigInt(position));
  }

  fd_tell(fd, result) {
    const { position } = this.#table.get(fd);
    if (position === null) throw new Failure(ERRNO.ESPIPE);
    this.#memory.setU64(result, BigInt(position));
  }

  // Waits for the first of several clocks; files are always ready.
  poll_oneoff(subscriptions, events, count, result) {
    if (count === 0) throw new Failure(ERRNO.EINVAL);
    const memory = this.#memory;
    const ready = [];
    let first;
    for (let i = 0; i < count; i++) {
      const at = subscriptions + i * SUBSCRIPTION_SIZE;
      const kind = memory.u8(at + 8);
      if (kind !== 0) {
        ArrayPrototypePush(ready, { at, kind });
        continue;
      }
      const now = timeOf(memory.u32(at + 16));
      const timeout = memory.u64(at + 24);
      const wait = (memory.u16(at + 40) & CLOCK_ABSOLUTE) !== 0 ? timeout - now : timeout;
      if (first === undefined || wait < first.wait) first = { at, kind, wait };
    }
    if (ready.length === 0) {
      if (first.wait > 0n) sleep(Number(first.wait) / NS_PER_MS);
      ArrayPrototypePush(ready, first);
    }
    for (let i = 0; i < ready.length; i++) {
      const event = events + i * EVENT_SIZE;
      for (let j = 0; j < EVENT_SIZE; j += 8) memory.setU64(event + j, 0n);
      memory.setU64(event, memory.u64(ready[i].at));
      memory.setU8(event + 10, ready[i].kind);
      if (ready[i].kind !== 0) memory.setU64(event + 16, 1n);
    }
    memory.setU32(result, ready.length);
  }

  proc_exit(code) { this.#exit(code >>> 0); }
  proc_raise() { throw new Failure(ERRNO.ENOSYS); }
  sched_yield() {}

  random_get(target, length) {
    const bytes = Buffer.allocUnsafeSlow(length >>> 0);
    require('crypto').randomFillSync(bytes);
    this.#memory.setBytes(target, bytes);
  }

  sock_accept() { throw new Failure(ERRNO.ENOTSUP); }
  sock_recv() { throw new Failure(ERRNO.ENOTSUP); }
  sock_send() { throw new Failure(ERRNO.ENOTSUP); }
  sock_shutdown() { throw new Failure(ERRNO.ENOTSUP); }
}

function timeOf(clock) {
  const process = require('process');
  switch (clock) {
    case CLOCK.REALTIME: {
      const { performance } = require('perf_hooks');
      return BigInt(primordials.MathRound((performance.timeOrigin + performance.now()) * NS_PER_MS));
    }
    case CLOCK.MONOTONIC:
      return process.hrtime.bigint();
    case CLOCK.PROCESS:
    case CLOCK.THREAD: {
      const { user, system } = process.cpuUsage();
      return BigInt(user + system) * 1000n;
    }
    default:
      throw new Failure(ERRNO.EINVAL);
  }
}

function sleep(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

// Seconds, for what `flags` say; what they leave out stays.
function timesOf(stats, atim, mtim, flags) {
  const now = Number(timeOf(CLOCK.REALTIME)) / 1e9;
  const pick = (isGiven, isNow, given, old) => ((flags & isNow) !== 0 ? now : (flags & isGiven) !== 0 ? Number(given) / 1e9 : old / 1000);
  return [pick(TIMES.ATIME, TIMES.ATIME_NOW, atim, stats.atimeMs), pick(TIMES.MTIME, TIMES.MTIME_NOW, mtim, stats.mtimeMs)];
}

// Reads until the vector is full or nothing more comes at once. The kernel does not fill memory that threads share.
function read(entry, vector, position) {
  if (entry.kind === FILETYPE.DIRECTORY) throw new Failure(ERRNO.EISDIR);
  let total = 0;
  for (let i = 0; i < vector.length; i++) {
    if (vector[i].length === 0) continue;
    const bytes = Buffer.allocUnsafeSlow(vector[i].length);
    const length = fs.readSync(entry.fd, bytes, 0, bytes.length, position === null ? null : position + total);
    bytes.copy(vector[i], 0, 0, length);
    total += length;
    if (length < bytes.length) break;
  }
  return total;
}

function write(entry, vector, position) {
  let total = 0;
  for (let i = 0; i < vector.length; i++) {
    const bytes = Buffer.from(vector[i]);
    for (let sent = 0; sent < bytes.length;) {
      const length = fs.writeSync(entry.fd, bytes, sent, bytes.length - sent, position === null ? null : position + total);
      sent += length;
      total += length;
    }
  }
  return total;
}

function list(entry) {
  const names = fs.readdirSync(entry.real, { withFileTypes: true });
  const listing = [describe('.', FILETYPE.DIRECTORY), describe('..', FILETYPE.DIRECTORY)];
  for (let i = 0; i < names.length; i++) ArrayPrototypePush(listing, describe(names[i].name, kindOf(names[i])));
  return listing;
}

function describe(name, kind) {
  return { name: Buffer.from(name), kind, ino: 0n };
}

require('internal/wasi/paths').install(System.prototype);

// Makes error codes of what operations throw.
const operations = [];
const kept = new SafeSet(['constructor', 'memory', 'table']);
const names = ObjectGetOwnPropertyNames(System.prototype);
for (let i = 0; i < names.length; i++) {
  const name = names[i];
  if (kept.has(name)) continue;
  const operation = System.prototype[name];
  ArrayPrototypePush(operations, name);
  System.prototype[name] = name === 'proc_exit' ? operation : guarded(operation);
}
System.operations = operations;

function guarded(operation) {
  return function(...args) {
    if (this.memory === undefined) throw new (require('internal/errors').codes.ERR_WASI_NOT_STARTED)();
    try {
      primordials.ReflectApply(operation, this, args);
      return ERRNO.SUCCESS;
    } catch (error) {
      if (error instanceof Failure) return error.wasi;
      const errno = ERRNO[error?.code];
      if (errno !== undefined) return errno;
      if (error instanceof primordials.RangeError) return ERRNO.EFAULT;
      throw error;
    }
  };
}

module.exports = { System, timesOf };
