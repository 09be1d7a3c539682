// node:path: the paths of this platform; `path.posix` and `path.win32` are always both there.
'use strict';

const posix = require('path/posix');
const win32 = require('path/win32');

posix.posix = win32.posix = posix;
posix.win32 = win32.win32 = win32;

module.exports = require('process').platform === 'win32' ? win32 : posix;
