// What the file descriptors of a WASI program stand for, and where its paths lead.
'use strict';

const { Error, SafeMap, StringPrototypeIncludes, StringPrototypeStartsWith } = primordials;

const fs = require('fs');
const path = require('path');
const { ERRNO, FILETYPE } = require('internal/wasi/constants');

const LINKS_MAX = 40;

// Ends an operation with an error code of WASI.
class Failure extends Error {
  constructor(errno) {
    super('WASI');
    this.wasi = errno;
  }
}

function kindOf(stats) {
  if (stats.isFile()) return FILETYPE.REGULAR;
  if (stats.isDirectory()) return FILETYPE.DIRECTORY;
  if (stats.isSymbolicLink()) return FILETYPE.LINK;
  if (stats.isCharacterDevice()) return FILETYPE.CHARACTER;
  if (stats.isBlockDevice()) return FILETYPE.BLOCK;
  if (stats.isSocket()) return FILETYPE.SOCKET;
  return FILETYPE.UNKNOWN;
}

// An open file or folder. Where it can be sought, `position` is where the next read or write begins.
class Entry {
  constructor({ fd, root, real, name, rights, inheriting, flags = 0 }) {
    this.fd = fd;
    // The folder that paths may not leave, this folder's own path, and its name as it was given before the start.
    this.root = root;
    this.real = real;
    this.name = name;
    this.rights = rights;
    this.inheriting = inheriting;
    this.flags = flags;
    this.kind = kindOf(fs.fstatSync(fd));
    this.position = this.kind === FILETYPE.REGULAR ? 0 : null;
    this.listing = undefined;
  }
}

class Table {
  #entries = new SafeMap();

  // The lowest number that is free, as the system gives them.
  add(entry) {
    let number = 0;
    while (this.#entries.has(number)) number++;
    this.#entries.set(number, entry);
    return number;
  }

  get(number) {
    const entry = this.#entries.get(number);
    if (entry === undefined) throw new Failure(ERRNO.EBADF);
    return entry;
  }

  folder(number) {
    const entry = this.get(number);
    if (entry.kind !== FILETYPE.DIRECTORY) throw new Failure(ERRNO.ENOTDIR);
    return entry;
  }

  close(number) {
    const entry = this.get(number);
    this.#entries.delete(number);
    fs.closeSync(entry.fd);
  }

  renumber(from, to) {
    const entry = this.get(from);
    this.get(to);
    if (from === to) return;
    this.close(to);
    this.#entries.delete(from);
    this.#entries.set(to, entry);
  }
}

function isInside(root, target) {
  return target === root || StringPrototypeStartsWith(target, root === '/' ? root : `${root}/`);
}

// The real path of `relative` in a folder: links on the way are followed, the last one only if `follows`, and none may lead
// out of what the program was given.
function locate(entry, relative, follows) {
  if (relative === '') throw new Failure(ERRNO.ENOENT);
  if (StringPrototypeIncludes(relative, '\0')) throw new Failure(ERRNO.EINVAL);
  if (relative[0] === '/') throw new Failure(ERRNO.ENOTCAPABLE);
  let target = path.join(entry.real, relative);
  // A slash at the end asks for a folder, and so for what a link stands for.
  const wantsFolder = relative[relative.length - 1] === '/';
  if (target.length > 1 && target[target.length - 1] === '/') target = target.slice(0, -1);
  for (let links = 0; ; links++) {
    if (!isInside(entry.root, target)) throw new Failure(ERRNO.ENOTCAPABLE);
    if (target === entry.root) return target;
    target = path.join(fs.realpathSync(path.dirname(target)), path.basename(target));
    if (!isInside(entry.root, target)) throw new Failure(ERRNO.ENOTCAPABLE);
    if (!follows && !wantsFolder) return target;
    const stats = fs.lstatSync(target, { throwIfNoEntry: false });
    if (stats === undefined || !stats.isSymbolicLink()) return target;
    if (links === LINKS_MAX) throw new Failure(ERRNO.ELOOP);
    target = path.resolve(path.dirname(target), fs.readlinkSync(target));
  }
}

// Writes what `fs.stat` says with bigints.
function putStats(memory, at, stats) {
  memory.setU64(at, stats.dev);
  memory.setU64(at + 8, stats.ino);
  memory.setU64(at + 16, 0n);
  memory.setU8(at + 16, kindOf(stats));
  memory.setU64(at + 24, stats.nlink);
  memory.setU64(at + 32, stats.size);
  memory.setU64(at + 40, stats.atimeNs);
  memory.setU64(at + 48, stats.mtimeNs);
  memory.setU64(at + 56, stats.ctimeNs);
}

module.exports = { Entry, Failure, Table, kindOf, locate, putStats };
