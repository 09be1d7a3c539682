// Where a `require` leads: files, folders, `node_modules`, package exports, self reference.
// Specification: https://nodejs.org/api/modules.html#all-together
'use strict';

const native = binding('resolve');
const { readPackage, scopeOf, parentOf } = require('internal/module/package_json');
const { resolveExports, parsePackageName, conditionsOf } = require('internal/module/package_target');
const {
  ArrayPrototypePush, ObjectKeys, RegExpPrototypeExec, StringPrototypeEndsWith, StringPrototypeLastIndexOf, StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const FILE = 0;
const FOLDER = 1;

const path = () => require('path');

function real(file, keepLinks) {
  if (keepLinks) return path().resolve(file);
  const found = native.realpath(file);
  return typeof found === 'string' ? found : file;
}

function tryExtensions(base, extensions, keepLinks) {
  for (let i = 0; i < extensions.length; i++) {
    const file = base + extensions[i];
    if (native.stat(file) === FILE) return real(file, keepLinks);
  }
  return undefined;
}

// A folder as a module: its package's main, else its index.
function tryFolder(folder, extensions, keepLinks, original) {
  const { main, path: packagePath } = readPackage(StringPrototypeEndsWith(folder, '/') && folder.length > 1 ? StringPrototypeSlice(folder, 0, -1) : folder);
  if (main === undefined || main === '') return tryExtensions(path().resolve(folder, 'index'), extensions, keepLinks);
  const file = path().resolve(folder, main);
  const found = (native.stat(file) === FILE ? real(file, keepLinks) : undefined) ?? tryExtensions(file, extensions, keepLinks) ??
    tryExtensions(path().resolve(file, 'index'), extensions, keepLinks);
  if (found !== undefined) return found;
  const index = tryExtensions(path().resolve(folder, 'index'), extensions, keepLinks);
  if (index === undefined) {
    const error = new primordials.Error(`Cannot find module '${file}'. Please verify that the package.json has a valid "main" entry`);
    error.code = 'MODULE_NOT_FOUND';
    error.path = packagePath;
    error.requestPath = original;
    throw error;
  }
  require('process').emitWarning(
    `Invalid 'main' field in '${packagePath}' of '${main}'. Please either fix that or report it to the module author`,
    'DeprecationWarning', 'DEP0128');
  return index;
}

// What exports say of `request` in the folder `modules`, a node_modules; undefined when the package has none.
function tryExports(modules, request, conditions) {
  const match = RegExpPrototypeExec(/^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/, request);
  if (match === null) return undefined;
  const folder = path().resolve(modules, match[1]);
  const config = readPackage(folder);
  if (!config.exists || config.exports === undefined || config.exports === null) return undefined;
  return finish(resolveExports(folder, `.${match[2] ?? ''}`, config, undefined, conditions), request);
}

// A file that exports name must exist as it is named.
function finish(file, request) {
  if (native.stat(file) === FILE) return real(file, require('internal/options').getOption('preserve-symlinks'));
  throw missing(request, file);
}

function missing(request, file) {
  const error = new primordials.Error(`Cannot find module '${file ?? request}'`);
  error.code = 'MODULE_NOT_FOUND';
  if (file !== undefined) error.path = file;
  return error;
}

// `require('own-name/x')` within a package that has exports.
function trySelf(from, request, conditions) {
  if (from === undefined) return undefined;
  const own = scopeOf(from);
  if (!own.exists || own.exports === undefined || own.exports === null || own.name === undefined) return undefined;
  if (request !== own.name && !StringPrototypeStartsWith(request, `${own.name}/`)) return undefined;
  const { subpath } = parsePackageName(request, from);
  return finish(resolveExports(parentOf(own.path), subpath, own, from, conditions), request);
}

const isDots = (part) => part === '' || part === '.' || part === '..';

// The file for `request` in one of `folders`, or false; `extensions` come from `Module._extensions`.
function findPath(request, folders, isMain, extensions, conditions = conditionsOf('require')) {
  const { getOption } = require('internal/options');
  const keepLinks = getOption(isMain ? 'preserve-symlinks-main' : 'preserve-symlinks') === true;
  const absolute = request[0] === '/';
  if (absolute) folders = [''];
  else if (!folders || folders.length === 0) return false;
  const wantsFolder = isDots(StringPrototypeSlice(request, StringPrototypeLastIndexOf(request, '/') + 1));
  const isRelative = request[0] === '.' &&
    (isDots(request) || StringPrototypeStartsWith(request, './') || StringPrototypeStartsWith(request, '../'));
  for (let i = 0; i < folders.length; i++) {
    const folder = folders[i];
    if (folder && native.stat(folder) < FOLDER) continue;
    if (!absolute && !isRelative) {
      const exported = tryExports(folder, request, conditions);
      if (exported !== undefined) return exported;
    }
    const base = path().resolve(folder, request);
    const kind = native.stat(base);
    let found;
    if (!wantsFolder) {
      if (kind === FILE) found = real(base, keepLinks);
      found ??= tryExtensions(base, extensions, keepLinks);
    }
    if (found === undefined && kind === FOLDER) found = tryFolder(base, extensions, keepLinks, request);
    if (found !== undefined) return found;
  }
  return false;
}

function nodeModulePaths(from) {
  const paths = [];
  for (let folder = path().resolve(from); ; folder = parentOf(folder)) {
    if (!StringPrototypeEndsWith(folder, '/node_modules')) ArrayPrototypePush(paths, folder === '/' ? '/node_modules' : `${folder}/node_modules`);
    if (folder === '/') return paths;
  }
}

module.exports = { findPath, trySelf, nodeModulePaths, missing, finish, extensionsOf: (table) => ObjectKeys(table) };
