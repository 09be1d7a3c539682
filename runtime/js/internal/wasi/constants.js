// The numbers of WASI preview 1: error codes by the names of the system's, kinds of files, flags, rights.
'use strict';

const NAMES = [
  'SUCCESS', 'E2BIG', 'EACCES', 'EADDRINUSE', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAGAIN', 'EALREADY', 'EBADF', 'EBADMSG', 'EBUSY',
  'ECANCELED', 'ECHILD', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EDEADLK', 'EDESTADDRREQ', 'EDOM', 'EDQUOT', 'EEXIST',
  'EFAULT', 'EFBIG', 'EHOSTUNREACH', 'EIDRM', 'EILSEQ', 'EINPROGRESS', 'EINTR', 'EINVAL', 'EIO', 'EISCONN', 'EISDIR', 'ELOOP',
  'EMFILE', 'EMLINK', 'EMSGSIZE', 'EMULTIHOP', 'ENAMETOOLONG', 'ENETDOWN', 'ENETRESET', 'ENETUNREACH', 'ENFILE', 'ENOBUFS',
  'ENODEV', 'ENOENT', 'ENOEXEC', 'ENOLCK', 'ENOLINK', 'ENOMEM', 'ENOMSG', 'ENOPROTOOPT', 'ENOSPC', 'ENOSYS', 'ENOTCONN', 'ENOTDIR',
  'ENOTEMPTY', 'ENOTRECOVERABLE', 'ENOTSOCK', 'ENOTSUP', 'ENOTTY', 'ENXIO', 'EOVERFLOW', 'EOWNERDEAD', 'EPERM', 'EPIPE', 'EPROTO',
  'EPROTONOSUPPORT', 'EPROTOTYPE', 'ERANGE', 'EROFS', 'ESPIPE', 'ESRCH', 'ESTALE', 'ETIMEDOUT', 'ETXTBSY', 'EXDEV', 'ENOTCAPABLE',
];
const ERRNO = { __proto__: null };
for (let i = 0; i < NAMES.length; i++) ERRNO[NAMES[i]] = i;

const FILETYPE = { __proto__: null, UNKNOWN: 0, BLOCK: 1, CHARACTER: 2, DIRECTORY: 3, REGULAR: 4, SOCKET: 6, LINK: 7 };
const OFLAGS = { __proto__: null, CREATE: 1, DIRECTORY: 2, EXCLUSIVE: 4, TRUNCATE: 8 };
const FDFLAGS = { __proto__: null, APPEND: 1, DSYNC: 2, NONBLOCK: 4, RSYNC: 8, SYNC: 16 };
const TIMES = { __proto__: null, ATIME: 1, ATIME_NOW: 2, MTIME: 4, MTIME_NOW: 8 };
const WHENCE = { __proto__: null, SET: 0, CURRENT: 1, END: 2 };
const CLOCK = { __proto__: null, REALTIME: 0, MONOTONIC: 1, PROCESS: 2, THREAD: 3 };
const FOLLOW = 1;

const bit = (n) => 1n << primordials.BigInt(n);
const RIGHTS = { __proto__: null, ALL: bit(30) - 1n, READS: bit(1) | bit(14), WRITES: bit(0) | bit(6) | bit(8) | bit(22) };

module.exports = { CLOCK, ERRNO, FDFLAGS, FILETYPE, FOLLOW, OFLAGS, RIGHTS, TIMES, WHENCE };
