// What is known of a file: `Stats`, `BigIntStats`, `StatFs`, and an entry of a folder, `Dirent`.
'use strict';

const {
  BigInt64Array,
  Date,
  MathRound,
  Number,
  ObjectDefineProperty,
} = primordials;

const { constants } = binding('fs');
const { S_IFMT, S_IFDIR, S_IFREG, S_IFBLK, S_IFCHR, S_IFLNK, S_IFIFO, S_IFSOCK } = constants;

class StatsBase {
  isDirectory() { return this._is(S_IFDIR); }
  isFile() { return this._is(S_IFREG); }
  isBlockDevice() { return this._is(S_IFBLK); }
  isCharacterDevice() { return this._is(S_IFCHR); }
  isSymbolicLink() { return this._is(S_IFLNK); }
  isFIFO() { return this._is(S_IFIFO); }
  isSocket() { return this._is(S_IFSOCK); }
}

function fill(stats, values) {
  stats.dev = values[0];
  stats.mode = values[1];
  stats.nlink = values[2];
  stats.uid = values[3];
  stats.gid = values[4];
  stats.rdev = values[5];
  stats.blksize = values[6];
  stats.ino = values[7];
  stats.size = values[8];
  stats.blocks = values[9];
}

class Stats extends StatsBase {
  constructor(values) {
    super();
    fill(this, values);
    this.atimeMs = values[10] * 1000 + values[11] / 1e6;
    this.mtimeMs = values[12] * 1000 + values[13] / 1e6;
    this.ctimeMs = values[14] * 1000 + values[15] / 1e6;
    this.birthtimeMs = values[16] * 1000 + values[17] / 1e6;
  }

  _is(type) { return (this.mode & S_IFMT) === type; }
}

class BigIntStats extends StatsBase {
  constructor(values) {
    super();
    fill(this, values);
    const names = ['atime', 'mtime', 'ctime', 'birthtime'];
    for (let i = 0; i < names.length; i++) {
      const ns = values[10 + 2 * i] * 1_000_000_000n + values[11 + 2 * i];
      this[`${names[i]}Ms`] = ns / 1_000_000n;
      this[`${names[i]}Ns`] = ns;
    }
  }

  _is(type) { return (Number(this.mode) & S_IFMT) === type; }
}

// Dates are made when they are asked for: most stats are asked for a size or a type.
for (const Class of [Stats, BigIntStats]) {
  ObjectDefineProperty(Class.prototype, '_is', { __proto__: null, enumerable: false });
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

const toStats = (values) => (values.constructor === BigInt64Array ? new BigIntStats(values) : new Stats(values));

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
