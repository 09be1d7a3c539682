// What POSIX and Windows paths have in common: folding `.` and `..`, the parts of a last name, formatting.
'use strict';

const {
  ArrayPrototypeJoin,
  ArrayPrototypePop,
  ArrayPrototypePush,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeSlice,
} = primordials;
const { validateObject } = require('internal/validators');

const DOT = 0x2e;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

function isPosixSeparator(code) {
  return code === SLASH;
}

function isWindowsSeparator(code) {
  return code === SLASH || code === BACKSLASH;
}

/**
 * The names of `path`, which has no root, with `.` left out and `..` taking the name before it; joined by `separator`.
 * A `..` without a name before it stays if `keepAbove`.
 */
function fold(path, keepAbove, separator, isSeparator) {
  const names = [];
  let above = 0;
  let start = 0;
  for (let i = 0; i <= path.length; i++) {
    if (i < path.length && !isSeparator(StringPrototypeCharCodeAt(path, i))) continue;
    const length = i - start;
    if (length === 2 && isDots(path, start, 2)) {
      if (names.length > above) {
        ArrayPrototypePop(names);
      } else if (keepAbove) {
        ArrayPrototypePush(names, '..');
        above++;
      }
    } else if (length > 0 && !(length === 1 && isDots(path, start, 1))) {
      ArrayPrototypePush(names, StringPrototypeSlice(path, start, i));
    }
    start = i + 1;
  }
  return ArrayPrototypeJoin(names, separator);
}

function isDots(path, start, count) {
  for (let i = 0; i < count; i++) {
    if (StringPrototypeCharCodeAt(path, start + i) !== DOT) return false;
  }
  return true;
}

/** Where the last name of `path` at or after `from` starts and ends; empty if there is none. */
function lastName(path, from, isSeparator) {
  let end = path.length;
  while (end > from && isSeparator(StringPrototypeCharCodeAt(path, end - 1))) end--;
  let start = end;
  while (start > from && !isSeparator(StringPrototypeCharCodeAt(path, start - 1))) start--;
  return { start, end };
}

/** Where the extension of the name `start..end` starts, at its dot; `end` if it has none. */
function extensionStart(path, start, end) {
  for (let i = end - 1; i > start; i--) {
    if (StringPrototypeCharCodeAt(path, i) !== DOT) continue;
    return i === start + 1 && i === end - 1 && StringPrototypeCharCodeAt(path, start) === DOT ? end : i;
  }
  return end;
}

/** The name `start..end` without `suffix`, unless nothing would be left. */
function withoutSuffix(path, start, end, suffix) {
  const name = StringPrototypeSlice(path, start, end);
  if (suffix === undefined || suffix.length === 0 || suffix.length > path.length) return name;
  const rest = name.length - suffix.length;
  if (rest > 0) return StringPrototypeSlice(name, rest) === suffix ? StringPrototypeSlice(name, 0, rest) : name;
  // As Node has it, separators after a name that is only the end of the suffix stay.
  return rest < 0 && StringPrototypeEndsWith(suffix, name) ? StringPrototypeSlice(path, start) : name;
}

/** `path.format`. */
function format(separator, pathObject) {
  validateObject(pathObject, 'pathObject');
  const directory = pathObject.dir || pathObject.root;
  const base = pathObject.base || `${pathObject.name || ''}${formatExtension(pathObject.ext)}`;
  if (!directory) return base;
  return directory === pathObject.root ? `${directory}${base}` : `${directory}${separator}${base}`;
}

function formatExtension(extension) {
  if (!extension) return '';
  return extension[0] === '.' ? extension : `.${extension}`;
}

module.exports = {
  COLON,
  extensionStart,
  fold,
  format,
  isPosixSeparator,
  isWindowsSeparator,
  lastName,
  withoutSuffix,
};
