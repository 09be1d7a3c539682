// node:path/posix: paths with `/`.
'use strict';

const {
  FunctionPrototypeBind,
  StringPrototypeCharCodeAt,
  StringPrototypeRepeat,
  StringPrototypeSlice,
} = primordials;
const { validateString } = require('internal/validators');
const {
  extensionStart,
  fold,
  format,
  isPosixSeparator: isSeparator,
  lastName,
  withoutSuffix,
} = require('internal/path/shared');

const sep = '/';

function startsAtRoot(path) {
  return path.length > 0 && isSeparator(StringPrototypeCharCodeAt(path, 0));
}

function endsWithSeparator(path) {
  return path.length > 0 && isSeparator(StringPrototypeCharCodeAt(path, path.length - 1));
}

function currentFolder() {
  return require('process').cwd();
}

function resolve(...paths) {
  let resolved = '';
  for (let i = paths.length - 1; i >= 0 && !startsAtRoot(resolved); i--) {
    const path = paths[i];
    validateString(path, `paths[${i}]`);
    if (path.length > 0) resolved = resolved === '' ? path : `${path}/${resolved}`;
  }
  if (!startsAtRoot(resolved)) {
    const folder = currentFolder();
    resolved = resolved === '' ? folder : `${folder}/${resolved}`;
  }
  const absolute = startsAtRoot(resolved);
  const names = fold(resolved, !absolute, sep, isSeparator);
  if (absolute) return `/${names}`;
  return names.length > 0 ? names : '.';
}

function normalize(path) {
  validateString(path, 'path');
  if (path.length === 0) return '.';
  const absolute = startsAtRoot(path);
  const end = endsWithSeparator(path) ? sep : '';
  const names = fold(path, !absolute, sep, isSeparator);
  if (names.length === 0) return absolute ? '/' : `.${end}`;
  return `${absolute ? '/' : ''}${names}${end}`;
}

function isAbsolute(path) {
  validateString(path, 'path');
  return startsAtRoot(path);
}

function join(...paths) {
  let joined = '';
  for (let i = 0; i < paths.length; i++) {
    const path = paths[i];
    validateString(path, 'path');
    if (path.length > 0) joined = joined === '' ? path : `${joined}/${path}`;
  }
  return normalize(joined);
}

function relative(from, to) {
  validateString(from, 'from');
  validateString(to, 'to');
  if (from === to) return '';
  from = resolve(from);
  to = resolve(to);
  if (from === to) return '';

  // The root itself counts as having no names, so that every name follows a separator.
  if (from === '/') from = '';
  if (to === '/') to = '';
  let common = 0;
  let i = 0;
  for (; i < from.length && i < to.length; i++) {
    const code = StringPrototypeCharCodeAt(from, i);
    if (code !== StringPrototypeCharCodeAt(to, i)) break;
    if (isSeparator(code)) common = i;
  }
  if (endsAt(from, i) && endsAt(to, i)) common = i;

  let steps = 0;
  for (let k = common; k < from.length; k++) {
    if (isSeparator(StringPrototypeCharCodeAt(from, k))) steps++;
  }
  const above = StringPrototypeSlice(StringPrototypeRepeat('../', steps), 0, -1);
  const rest = StringPrototypeSlice(to, common + 1);
  return above === '' || rest === '' ? above + rest : `${above}/${rest}`;
}

/** True if a name of `path` ends at `place`. */
function endsAt(path, place) {
  return place === path.length || isSeparator(StringPrototypeCharCodeAt(path, place));
}

function toNamespacedPath(path) {
  return path;
}

function dirname(path) {
  validateString(path, 'path');
  if (path.length === 0) return '.';
  let { start: end } = lastName(path, 0, isSeparator);
  if (end === 0) return startsAtRoot(path) ? '/' : '.';
  // One separator belongs to the name; any more are part of the folder, as Node has it.
  end--;
  if (end === 0) return '/';
  if (end === 1 && startsAtRoot(path)) return '//';
  return StringPrototypeSlice(path, 0, end);
}

function basename(path, suffix) {
  if (suffix !== undefined) validateString(suffix, 'suffix');
  validateString(path, 'path');
  if (suffix !== undefined && suffix.length > 0 && suffix === path) return '';
  const { start, end } = lastName(path, 0, isSeparator);
  return withoutSuffix(path, start, end, suffix);
}

function extname(path) {
  validateString(path, 'path');
  const { start, end } = lastName(path, 0, isSeparator);
  return StringPrototypeSlice(path, extensionStart(path, start, end), end);
}

function parse(path) {
  validateString(path, 'path');
  const root = startsAtRoot(path) ? '/' : '';
  const { start, end } = lastName(path, root.length, isSeparator);
  const extension = extensionStart(path, start, end);
  return {
    root,
    dir: start > root.length ? StringPrototypeSlice(path, 0, start - 1) : root,
    base: StringPrototypeSlice(path, start, end),
    ext: StringPrototypeSlice(path, extension, end),
    name: StringPrototypeSlice(path, start, extension),
  };
}

function matchesGlob(path, pattern) {
  return require('internal/path/glob').matchesGlob(path, pattern, false);
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
  delimiter: ':',
  win32: null,
  posix: null,
  // The name that toNamespacedPath had before Node 9.
  _makeLong: toNamespacedPath,
};
