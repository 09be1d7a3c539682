// What is known of a file: `Stats`, `BigIntStats`, `StatFs`, and an entry of a folder, `Dirent`.
'use strict';

const {
  BigInt64Array,
  Date,
  MathRound,
  Number,
  ObjectDefineProperty,
  ObjectKeys,
  ObjectSetPrototypeOf,
  ReflectApply,
} = primordials;

const { constants } = binding('fs');

const NS_IN_MS = 1_000_000n;
const NS_IN_S = 1_000_000_000n;
const { S_IFMT, S_IFDIR, S_IFREG, S_IFBLK, S_IFCHR, S_IFLNK, S_IFIFO, S_IFSOCK } = constants;

// Functions rather than classes: `fs.Stats` may be called without `new`.
function StatsBase(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks) {
  this.dev = dev;
  this.mode = mode;
  this.nlink = nlink;
  this.uid = uid;
  this.gid = gid;
  this.rdev = rdev;
  this.blksize = blksize;
  this.ino = ino;
  this.size = size;
  this.blocks = blocks;
}

const TESTS = {
  isDirectory: S_IFDIR, isFile: S_IFREG, isBlockDevice: S_IFBLK, isCharacterDevice: S_IFCHR, isSymbolicLink: S_IFLNK, isFIFO: S_IFIFO,
  isSocket: S_IFSOCK,
};
for (const name of ObjectKeys(TESTS)) {
  const type = TESTS[name];
  StatsBase.prototype[name] = { [name]() { return (Number(this.mode) & S_IFMT) === type; } }[name];
}

function Stats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs) {
  ReflectApply(StatsBase, this, [dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks]);
  this.atimeMs = atimeMs;
  this.mtimeMs = mtimeMs;
  this.ctimeMs = ctimeMs;
  this.birthtimeMs = birthtimeMs;
}

function BigIntStats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeNs, mtimeNs, ctimeNs, birthtimeNs) {
  ReflectApply(StatsBase, this, [dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks]);
  this.atimeMs = atimeNs / NS_IN_MS;
  this.mtimeMs = mtimeNs / NS_IN_MS;
  this.ctimeMs = ctimeNs / NS_IN_MS;
  this.birthtimeMs = birthtimeNs / NS_IN_MS;
  this.atimeNs = atimeNs;
  this.mtimeNs = mtimeNs;
  this.ctimeNs = ctimeNs;
  this.birthtimeNs = birthtimeNs;
}

for (const Class of [Stats, BigIntStats]) {
  ObjectSetPrototypeOf(Class.prototype, StatsBase.prototype);
  ObjectSetPrototypeOf(Class, StatsBase);
}

// Dates are made when they are asked for: most stats are asked for a size or a type.
for (const Class of [Stats, BigIntStats]) {
  for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) {
    ObjectDefineProperty(Class.prototype, name, {
      __proto__: null,
      enumerable: true,
      configurable: true,
      get() {
        const value = new Date(MathRound(Number(this[`${name}Ms`])));
        ObjectDefineProperty(this, name, { __proto__: null, value, enumerable: true, writable: true, configurable: true });
        return value;
      },
      set(value) {
        ObjectDefineProperty(this, name, { __proto__: null, value, enumerable: true, writable: true, configurable: true });
      },
    });
  }
}

const ms = (v, at) => v[at] * 1000 + v[at + 1] / 1e6;
const ns = (v, at) => v[at] * NS_IN_S + v[at + 1];

const toStats = (v) => (v.constructor === BigInt64Array ?
  new BigIntStats(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], ns(v, 10), ns(v, 12), ns(v, 14), ns(v, 16)) :
  new Stats(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], ms(v, 10), ms(v, 12), ms(v, 14), ms(v, 16)));

class StatFs {
  constructor(values) {
    this.type = values[0];
    this.bsize = values[1];
    this.frsize = values[2];
    this.blocks = values[3];
    this.bfree = values[4];
    this.bavail = values[5];
    this.files = values[6];
    this.ffree = values[7];
  }
}

const { UV_DIRENT_FILE, UV_DIRENT_DIR, UV_DIRENT_LINK, UV_DIRENT_FIFO, UV_DIRENT_SOCKET, UV_DIRENT_CHAR, UV_DIRENT_BLOCK } = constants;

class Dirent {
  #type;

  constructor(name, parentPath, type) {
    this.name = name;
    this.parentPath = parentPath;
    this.#type = type;
  }

  isDirectory() { return this.#type === UV_DIRENT_DIR; }
  isFile() { return this.#type === UV_DIRENT_FILE; }
  isBlockDevice() { return this.#type === UV_DIRENT_BLOCK; }
  isCharacterDevice() { return this.#type === UV_DIRENT_CHAR; }
  isSymbolicLink() { return this.#type === UV_DIRENT_LINK; }
  isFIFO() { return this.#type === UV_DIRENT_FIFO; }
  isSocket() { return this.#type === UV_DIRENT_SOCKET; }
}


module.exports = { BigIntStats, Dirent, StatFs, Stats, toStats };
