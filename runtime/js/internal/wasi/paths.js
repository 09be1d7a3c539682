// The operations of WASI preview 1 on paths, each relative to an open folder.
'use strict';

const { BigIntAsUintN } = primordials;

const fs = require('fs');
const { ERRNO, FDFLAGS, FOLLOW, OFLAGS, RIGHTS } = require('internal/wasi/constants');
const { Entry, Failure, locate, putStats } = require('internal/wasi/files');

// Where a path of the program's leads: `at` and `length` are its bytes.
function target(system, fd, at, length, follows) {
  return locate(system.table.folder(fd), system.memory.text(at, length), follows);
}

const operations = {
  path_create_directory(fd, at, length) {
    fs.mkdirSync(target(this, fd, at, length, false));
  },

  path_filestat_get(fd, flags, at, length, result) {
    const path = target(this, fd, at, length, (flags & FOLLOW) !== 0);
    putStats(this.memory, result, fs.lstatSync(path, { bigint: true }));
  },

  path_filestat_set_times(fd, flags, at, length, atim, mtim, which) {
    const path = target(this, fd, at, length, (flags & FOLLOW) !== 0);
    const { 0: accessed, 1: modified } = require('internal/wasi/system').timesOf(fs.lstatSync(path), atim, mtim, which);
    fs.lutimesSync(path, accessed, modified);
  },

  path_link(oldFd, flags, oldAt, oldLength, newFd, newAt, newLength) {
    const from = target(this, oldFd, oldAt, oldLength, (flags & FOLLOW) !== 0);
    fs.linkSync(from, target(this, newFd, newAt, newLength, false));
  },

  path_open(fd, lookup, at, length, oflags, rights, inheriting, fdflags, result) {
    const folder = this.table.folder(fd);
    rights = BigIntAsUintN(64, rights);
    const { constants } = fs;
    const reads = (rights & RIGHTS.READS) !== 0n;
    const writes = (rights & RIGHTS.WRITES) !== 0n;
    let flags = writes ? (reads ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
    if ((oflags & OFLAGS.CREATE) !== 0) flags |= constants.O_CREAT;
    if ((oflags & OFLAGS.DIRECTORY) !== 0) flags |= constants.O_DIRECTORY;
    if ((oflags & OFLAGS.EXCLUSIVE) !== 0) flags |= constants.O_EXCL;
    if ((oflags & OFLAGS.TRUNCATE) !== 0) flags |= constants.O_TRUNC;
    if ((fdflags & FDFLAGS.DSYNC) !== 0) flags |= constants.O_DSYNC;
    if ((fdflags & (FDFLAGS.SYNC | FDFLAGS.RSYNC)) !== 0) flags |= constants.O_SYNC;
    if ((fdflags & FDFLAGS.NONBLOCK) !== 0) flags |= constants.O_NONBLOCK;
    const real = locate(folder, this.memory.text(at, length), (lookup & FOLLOW) !== 0);
    flags |= constants.O_NOFOLLOW;
    // Folders can't be written, whatever the program asks for.
    if (writes && fs.lstatSync(real, { throwIfNoEntry: false })?.isDirectory()) flags &= ~(constants.O_RDWR | constants.O_WRONLY);
    const opened = fs.openSync(real, flags, 0o666);
    const entry = new Entry({
      fd: opened, root: folder.root, real, rights: rights & folder.inheriting,
      inheriting: BigIntAsUintN(64, inheriting) & folder.inheriting, flags: fdflags,
    });
    this.memory.setU32(result, this.table.add(entry));
  },

  path_readlink(fd, at, length, buffer, size, result) {
    const bytes = fs.readlinkSync(target(this, fd, at, length, false), 'buffer');
    this.memory.setU32(result, this.memory.setBytes(buffer, bytes, size >>> 0));
  },

  path_remove_directory(fd, at, length) {
    fs.rmdirSync(target(this, fd, at, length, false));
  },

  path_rename(oldFd, oldAt, oldLength, newFd, newAt, newLength) {
    fs.renameSync(target(this, oldFd, oldAt, oldLength, false), target(this, newFd, newAt, newLength, false));
  },

  path_symlink(oldAt, oldLength, fd, newAt, newLength) {
    const to = this.memory.text(oldAt, oldLength);
    if (to[0] === '/') throw new Failure(ERRNO.ENOTCAPABLE);
    fs.symlinkSync(to, target(this, fd, newAt, newLength, false));
  },

  path_unlink_file(fd, at, length) {
    const path = target(this, fd, at, length, false);
    if (fs.lstatSync(path).isDirectory()) throw new Failure(ERRNO.EISDIR);
    fs.unlinkSync(path);
  },
};

function install(prototype) {
  const names = primordials.ObjectKeys(operations);
  for (let i = 0; i < names.length; i++) prototype[names[i]] = operations[names[i]];
}

module.exports = { install };
