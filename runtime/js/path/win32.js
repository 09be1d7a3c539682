// node:path/win32: paths with drives, shares, `\` and `/`.
'use strict';

const {
  FunctionPrototypeBind,
  SafeSet,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeReplace,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeToLowerCase,
  StringPrototypeToUpperCase,
} = primordials;
const { validateString } = require('internal/validators');
const {
  COLON,
  extensionStart,
  fold,
  format,
  isWindowsSeparator: isSeparator,
  lastName,
  withoutSuffix,
} = require('internal/path/shared');

const sep = '\\';

/** Names of devices, which are the same in every folder. */
const DEVICES = new SafeSet([
  'CON', 'PRN', 'AUX', 'NUL',
  'COM1', 'COM2', 'COM3', 'COM4', 'COM5', 'COM6', 'COM7', 'COM8', 'COM9', 'COM\xb9', 'COM\xb2', 'COM\xb3',
  'LPT1', 'LPT2', 'LPT3', 'LPT4', 'LPT5', 'LPT6', 'LPT7', 'LPT8', 'LPT9', 'LPT\xb9', 'LPT\xb2', 'LPT\xb3',
]);

function isLetter(code) {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function separatorAt(path, place) {
  return place < path.length && isSeparator(StringPrototypeCharCodeAt(path, place));
}

/** The first place at or after `from` where `path` has (`wanted`) or has no separator. */
function skipTo(path, from, wanted) {
  while (from < path.length && isSeparator(StringPrototypeCharCodeAt(path, from)) !== wanted) from++;
  return from;
}

function startsWithDrive(path) {
  return path.length >= 2 && isLetter(StringPrototypeCharCodeAt(path, 0)) &&
    StringPrototypeCharCodeAt(path, 1) === COLON;
}

/**
 * The root of `path`: `device` is a drive (`C:`), a share (`\\server\share`) or empty; `end` is where the rest starts;
 * `absolute` says that the rest counts from the device's top. `bare` is a share with nothing after it.
 */
function rootOf(path) {
  const root = { __proto__: null, device: '', end: 0, absolute: false, bare: false };
  if (startsWithDrive(path)) {
    root.device = StringPrototypeSlice(path, 0, 2);
    root.absolute = separatorAt(path, 2);
    root.end = root.absolute ? 3 : 2;
  } else if (separatorAt(path, 0)) {
    root.absolute = true;
    root.end = 1;
    if (separatorAt(path, 1)) shareOf(path, root);
  }
  return root;
}

/** Completes `root` if `path`, which starts with two separators, names a share. */
function shareOf(path, root) {
  const serverEnd = skipTo(path, 2, true);
  if (serverEnd === 2 || serverEnd === path.length) return;
  const server = StringPrototypeSlice(path, 2, serverEnd);
  const shareStart = skipTo(path, serverEnd, false);
  if (shareStart === path.length) return;
  const shareEnd = skipTo(path, shareStart, true);
  if (server === '.' || server === '?') {
    // `\\.\` and `\\?\` are devices, and what follows is a path in them.
    root.device = `\\\\${server}`;
    root.end = 4;
    return;
  }
  root.device = `\\\\${server}\\${StringPrototypeSlice(path, shareStart, shareEnd)}`;
  root.end = shareEnd;
  root.bare = shareEnd === path.length;
}

function folderOf(device) {
  const { cwd, env } = require('process');
  if (device === '') return cwd();
  // Windows keeps a folder for each drive in variables of such names.
  const folder = env[`=${device}`] || cwd();
  const elsewhere = StringPrototypeToLowerCase(StringPrototypeSlice(folder, 0, 2)) !==
    StringPrototypeToLowerCase(device) && StringPrototypeCharCodeAt(folder, 2) === 0x5c;
  return elsewhere ? `${device}\\` : folder;
}

function resolve(...paths) {
  let device = '';
  let tail = '';
  let absolute = false;
  for (let i = paths.length - 1; i >= -1; i--) {
    let path;
    if (i >= 0) {
      path = paths[i];
      validateString(path, `paths[${i}]`);
      if (path.length === 0) continue;
    } else {
      path = folderOf(device);
    }
    const root = rootOf(path);
    if (root.device.length > 0) {
      if (device.length > 0) {
        if (StringPrototypeToLowerCase(root.device) !== StringPrototypeToLowerCase(device)) continue;
      } else {
        device = root.device;
      }
    }
    if (absolute) {
      if (device.length > 0) break;
    } else {
      tail = `${StringPrototypeSlice(path, root.end)}\\${tail}`;
      absolute = root.absolute;
      if (absolute && device.length > 0) break;
    }
  }
  tail = fold(tail, !absolute, sep, isSeparator);
  return absolute ? `${device}\\${tail}` : `${device}${tail}` || '.';
}

function normalize(path) {
  validateString(path, 'path');
  if (path.length === 0) return '.';
  if (path.length === 1) return separatorAt(path, 0) ? sep : path;
  if (isDevice(path)) {
    const end = StringPrototypeIndexOf(path, ':') + 1;
    return `.\\${StringPrototypeSlice(path, 0, end)}${normalTail(path, end, false)}`;
  }
  const { device, end, absolute, bare } = rootOf(path);
  if (bare) return `${device}\\`;

  const tail = normalTail(path, end, absolute);
  if (!absolute && device === '' && showsDrive(path, tail)) return `.\\${tail}`;
  return absolute ? `${device}\\${tail}` : `${device}${tail}`;
}

/** What `path` has after its root, normalized; not empty after a root that is not absolute. */
function normalTail(path, from, absolute) {
  let tail = fold(StringPrototypeSlice(path, from), !absolute, sep, isSeparator);
  if (tail.length === 0 && !absolute) tail = '.';
  return tail.length > 0 && separatorAt(path, path.length - 1) ? tail + sep : tail;
}

/** True if a relative path could be read as one on a drive once its `.` and `..` are gone. */
function showsDrive(path, tail) {
  if (startsWithDrive(tail)) return true;
  for (let i = StringPrototypeIndexOf(path, ':'); i !== -1; i = StringPrototypeIndexOf(path, ':', i + 1)) {
    if (i === path.length - 1 || separatorAt(path, i + 1)) return true;
  }
  return false;
}

/** True if `path` starts with a device's name and a colon. */
function isDevice(path) {
  const colon = StringPrototypeIndexOf(path, ':');
  return colon > 0 && DEVICES.has(StringPrototypeToUpperCase(StringPrototypeSlice(path, 0, colon)));
}

function isAbsolute(path) {
  validateString(path, 'path');
  return separatorAt(path, 0) || (startsWithDrive(path) && separatorAt(path, 2));
}

function join(...paths) {
  let joined;
  let first;
  for (let i = 0; i < paths.length; i++) {
    const path = paths[i];
    validateString(path, 'path');
    if (path.length === 0) continue;
    if (joined === undefined) joined = first = path;
    else joined += `\\${path}`;
  }
  if (joined === undefined) return '.';

  // Only a first path that is a share's may make the result a share's: of other leading separators one is left.
  let slashes = 0;
  let needsOne = true;
  if (separatorAt(first, 0)) {
    slashes = 1;
    if (first.length > 1 && separatorAt(first, 1)) {
      slashes = 2;
      if (first.length > 2) {
        if (separatorAt(first, 2)) slashes = 3;
        else needsOne = false;
      }
    }
  }
  if (needsOne) {
    slashes = skipTo(joined, slashes, false);
    if (slashes >= 2) joined = `\\${StringPrototypeSlice(joined, slashes)}`;
  }
  return keepDevices(joined) ?? normalize(joined);
}

/** A path in which a device is named is left as it is, but for its separators; undefined without one. */
function keepDevices(joined) {
  const names = StringPrototypeSplit(joined, sep);
  for (let i = 0; i < names.length; i++) {
    if (names[i] !== '' && isDevice(names[i])) return StringPrototypeReplace(joined, /\//g, sep);
  }
  return undefined;
}

function relative(from, to) {
  validateString(from, 'from');
  validateString(to, 'to');
  if (from === to) return '';
  const fromPath = resolve(from);
  const toPath = resolve(to);
  if (fromPath === toPath) return '';
  const fromLower = StringPrototypeToLowerCase(fromPath);
  const toLower = StringPrototypeToLowerCase(toPath);
  if (fromLower === toLower) return '';
  // A few letters change their length with their case; then places in one form say nothing of the other.
  if (fromLower.length !== fromPath.length || toLower.length !== toPath.length) {
    return relativeByNames(fromPath, toPath);
  }

  const fromBounds = trimmed(fromPath);
  const toBounds = trimmed(toPath);
  const fromLength = fromBounds.end - fromBounds.start;
  const toLength = toBounds.end - toBounds.start;
  const length = fromLength < toLength ? fromLength : toLength;
  let common = -1;
  let i = 0;
  for (; i < length; i++) {
    const code = StringPrototypeCharCodeAt(fromLower, fromBounds.start + i);
    if (code !== StringPrototypeCharCodeAt(toLower, toBounds.start + i)) break;
    if (code === 0x5c) common = i;
  }
  if (i !== length) {
    if (common === -1) return toPath;
  } else {
    if (toLength > length) {
      if (StringPrototypeCharCodeAt(toPath, toBounds.start + i) === 0x5c) {
        return StringPrototypeSlice(toPath, toBounds.start + i + 1);
      }
      if (i === 2) return StringPrototypeSlice(toPath, toBounds.start + i);
    }
    if (fromLength > length) {
      if (StringPrototypeCharCodeAt(fromPath, fromBounds.start + i) === 0x5c) common = i;
      else if (i === 2) common = 3;
    }
    if (common === -1) common = 0;
  }

  let above = '';
  for (let k = fromBounds.start + common + 1; k <= fromBounds.end; k++) {
    if (k === fromBounds.end || StringPrototypeCharCodeAt(fromPath, k) === 0x5c) {
      above += above.length === 0 ? '..' : '\\..';
    }
  }
  let start = toBounds.start + common;
  if (above.length > 0) return `${above}${StringPrototypeSlice(toPath, start, toBounds.end)}`;
  if (StringPrototypeCharCodeAt(toPath, start) === 0x5c) start++;
  return StringPrototypeSlice(toPath, start, toBounds.end);
}

/** Where `path` starts and ends without its outer separators. */
function trimmed(path) {
  let start = 0;
  while (start < path.length && StringPrototypeCharCodeAt(path, start) === 0x5c) start++;
  let end = path.length;
  while (end - 1 > start && StringPrototypeCharCodeAt(path, end - 1) === 0x5c) end--;
  return { start, end };
}

function relativeByNames(from, to) {
  const fromNames = StringPrototypeSplit(from, sep);
  const toNames = StringPrototypeSplit(to, sep);
  if (fromNames[fromNames.length - 1] === '') fromNames.length--;
  if (toNames[toNames.length - 1] === '') toNames.length--;
  let common = 0;
  while (common < fromNames.length && common < toNames.length &&
    StringPrototypeToLowerCase(fromNames[common]) === StringPrototypeToLowerCase(toNames[common])) common++;
  if (common === 0) return to;
  let result = '';
  for (let i = common; i < fromNames.length; i++) result += result === '' ? '..' : '\\..';
  for (let i = common; i < toNames.length; i++) result += result === '' ? toNames[i] : `\\${toNames[i]}`;
  return result;
}

function toNamespacedPath(path) {
  if (typeof path !== 'string' || path.length === 0) return path;
  const resolved = resolve(path);
  if (resolved.length <= 2) return path;
  if (StringPrototypeCharCodeAt(resolved, 0) === 0x5c) {
    if (StringPrototypeCharCodeAt(resolved, 1) === 0x5c) {
      const third = resolved[2];
      if (third !== '?' && third !== '.') return `\\\\?\\UNC\\${StringPrototypeSlice(resolved, 2)}`;
    }
  } else if (startsWithDrive(resolved) && StringPrototypeCharCodeAt(resolved, 2) === 0x5c) {
    return `\\\\?\\${resolved}`;
  }
  return resolved;
}

/** Where the part of `path` starts that has names, for those functions that keep its root as it is written. */
function rootLength(path) {
  if (startsWithDrive(path)) return separatorAt(path, 2) ? 3 : 2;
  if (!separatorAt(path, 0)) return 0;
  if (!separatorAt(path, 1)) return 1;
  const serverEnd = skipTo(path, 2, true);
  const shareStart = skipTo(path, serverEnd, false);
  if (serverEnd === 2 || shareStart === serverEnd || shareStart === path.length) return 1;
  const shareEnd = skipTo(path, shareStart, true);
  return shareEnd === path.length ? shareEnd : shareEnd + 1;
}

function dirname(path) {
  validateString(path, 'path');
  if (path.length === 0) return '.';
  const root = rootLength(path);
  const { start } = lastName(path, root, isSeparator);
  if (start > root) return StringPrototypeSlice(path, 0, start - 1);
  return root > 0 ? StringPrototypeSlice(path, 0, root) : '.';
}

function basename(path, suffix) {
  if (suffix !== undefined) validateString(suffix, 'suffix');
  validateString(path, 'path');
  if (suffix !== undefined && suffix.length > 0 && suffix === path) return '';
  const { start, end } = lastName(path, startsWithDrive(path) ? 2 : 0, isSeparator);
  return withoutSuffix(path, start, end, suffix);
}

function extname(path) {
  validateString(path, 'path');
  const { start, end } = lastName(path, startsWithDrive(path) ? 2 : 0, isSeparator);
  return StringPrototypeSlice(path, extensionStart(path, start, end), end);
}

function parse(path) {
  validateString(path, 'path');
  const rootEnd = rootLength(path);
  const root = StringPrototypeSlice(path, 0, rootEnd);
  const { start, end } = lastName(path, rootEnd, isSeparator);
  const extension = extensionStart(path, start, end);
  return {
    root,
    dir: start > rootEnd ? StringPrototypeSlice(path, 0, start - 1) : root,
    base: StringPrototypeSlice(path, start, end),
    ext: StringPrototypeSlice(path, extension, end),
    name: StringPrototypeSlice(path, start, extension),
  };
}

function matchesGlob(path, pattern) {
  return require('internal/path/glob').matchesGlob(path, pattern, true);
}

module.exports = {
  resolve,
  normalize,
  isAbsolute,
  join,
  relative,
  toNamespacedPath,
  dirname,
  basename,
  extname,
  format: FunctionPrototypeBind(format, null, sep),
  parse,
  matchesGlob,
  sep,
  delimiter: ';',
  win32: null,
  posix: null,
  // The name that toNamespacedPath had before Node 9.
  _makeLong: toNamespacedPath,
};
