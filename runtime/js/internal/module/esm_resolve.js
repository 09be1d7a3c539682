// Where an `import` leads: URLs, packages, `#imports`, self reference.
// Specification: https://nodejs.org/api/esm.html#resolution-algorithm-specification
'use strict';

const native = binding('resolve');
const builtin = require('internal/module/builtin');
const { readPackage, scopeOf, parentOf } = require('internal/module/package_json');
const { resolveExports, resolveImports, parsePackageName, conditionsOf } = require('internal/module/package_target');
const {
  RegExpPrototypeExec, StringPrototypeEndsWith, StringPrototypeSlice, StringPrototypeStartsWith, StringPrototypeIndexOf,
} = primordials;

const ENCODED_SEPARATOR = /%2f|%5c/i;
const RELATIVE = /^\.{0,2}\//;
const FOLDER = 1;
const MAIN_SUFFIXES = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'];
const INDEXES = ['/index.js', '/index.json', '/index.node'];

const codes = () => require('internal/errors').codes;

function pathOf(url) {
  return native.urlToPath(url) ?? url;
}

// What an error names as the importing place.
function placeOf(base) {
  return StringPrototypeStartsWith(base, 'file:') ? pathOf(base) : base;
}

// The file's URL, links followed; throws when there is no file.
function finalize(url, base) {
  if (RegExpPrototypeExec(ENCODED_SEPARATOR, url) !== null) {
    throw new (codes().ERR_INVALID_MODULE_SPECIFIER)(pathnameOf(url), 'must not include encoded "/" or "\\" characters', placeOf(base));
  }
  const path = native.urlToPath(url);
  if (path === undefined) {
    throw new (codes().ERR_INVALID_FILE_URL_HOST)('linux');
  }
  const kind = native.stat(StringPrototypeEndsWith(path, '/') ? StringPrototypeSlice(path, 0, -1) : path);
  if (kind === FOLDER) throw new (codes().ERR_UNSUPPORTED_DIR_IMPORT)(path, placeOf(base), url);
  if (kind !== 0 || StringPrototypeEndsWith(path, '/')) throw new (codes().ERR_MODULE_NOT_FOUND)(path, placeOf(base), url);
  if (require('internal/options').getOption('preserve-symlinks')) return url;
  const real = native.realpath(path);
  return typeof real !== 'string' || real === path ? url : native.pathToUrl(real) + suffixOf(url);
}

function pathnameOf(url) {
  return StringPrototypeSlice(url, 7);
}

// The query and fragment of a URL.
function suffixOf(url) {
  const found = RegExpPrototypeExec(/[?#].*$/s, url);
  return found === null ? '' : found[0];
}

// The main file of a package without exports.
function resolveMain(folder, config, base) {
  if (config.main !== undefined) {
    for (let i = 0; i < MAIN_SUFFIXES.length; i++) {
      const path = `${folder}/${config.main}${MAIN_SUFFIXES[i]}`;
      if (native.stat(path) === 0) return require('path').resolve(path);
    }
  }
  for (let i = 0; i < INDEXES.length; i++) if (native.stat(folder + INDEXES[i]) === 0) return folder + INDEXES[i];
  throw new (codes().ERR_MODULE_NOT_FOUND)(`${folder}/${config.main ?? 'index.js'}`, placeOf(base));
}

// A bare specifier, from the folder of `from` upwards; the result is a URL.
function resolvePackage(specifier, from, base, conditions) {
  if (builtin.isBuiltin(specifier)) return `node:${specifier}`;
  const { name, subpath } = parsePackageName(specifier, placeOf(base));
  const own = scopeOf(from);
  if (own.exists && own.name === name && own.exports !== undefined && own.exports !== null) {
    return native.pathToUrl(resolveExports(parentOf(own.path), subpath, own, placeOf(base), conditions));
  }
  for (let folder = parentOf(from); ; folder = parentOf(folder)) {
    const candidate = `${folder === '/' ? '' : folder}/node_modules/${name}`;
    if (!StringPrototypeEndsWith(folder, '/node_modules') && native.stat(candidate) === FOLDER) {
      const config = readPackage(candidate, base);
      if (config.exports !== undefined && config.exports !== null) {
        return native.pathToUrl(resolveExports(candidate, subpath, config, placeOf(base), conditions));
      }
      if (subpath === '.') return native.pathToUrl(resolveMain(candidate, config, base));
      return native.joinUrl(subpath, `${native.pathToUrl(candidate)}/`);
    }
    if (folder === '/') break;
  }
  throw new (codes().ERR_MODULE_NOT_FOUND)(name, placeOf(base));
}

function toUrl(found) {
  return StringPrototypeStartsWith(found, '/') ? native.pathToUrl(found) : found;
}

// The URL of `specifier` as imported by the module at `base`.
function resolve(specifier, base, conditions = conditionsOf('import')) {
  if (StringPrototypeStartsWith(specifier, 'node:')) {
    if (!builtin.isBuiltin(specifier)) throw builtin.unknown(specifier);
    return specifier;
  }
  if (StringPrototypeStartsWith(specifier, 'data:')) return specifier;
  let url;
  if (RegExpPrototypeExec(RELATIVE, specifier) !== null) {
    url = native.joinUrl(specifier, base);
    if (url === undefined) throw unresolvable(specifier, base);
  } else if (specifier[0] === '#') {
    const bare = (target, from) => resolvePackage(target, from, base, conditions);
    url = toUrl(resolveImports(specifier, fromPath(base), placeOf(base), conditions, bare));
  } else {
    const isUrl = StringPrototypeIndexOf(specifier, ':') > 0;
    url = isUrl ? native.joinUrl(specifier) : undefined;
    if (url === undefined) {
      if (!builtin.isBuiltin(specifier) && !StringPrototypeStartsWith(base, 'file:')) throw unresolvable(specifier, base);
      url = resolvePackage(specifier, fromPath(base), base, conditions);
    }
  }
  if (StringPrototypeStartsWith(url, 'file:')) return finalize(url, base);
  if (StringPrototypeStartsWith(url, 'node:') || StringPrototypeStartsWith(url, 'data:')) return url;
  throw unsupportedScheme(url);
}

function fromPath(base) {
  return native.urlToPath(base) ?? `${require('process').cwd()}/x`;
}

function unresolvable(specifier, base) {
  const error = new (codes().ERR_UNSUPPORTED_RESOLVE_REQUEST)(specifier, base);
  return error;
}

function unsupportedScheme(url) {
  const protocol = StringPrototypeSlice(url, 0, StringPrototypeIndexOf(url, ':') + 1);
  return new (codes().ERR_UNSUPPORTED_ESM_URL_SCHEME)({ protocol }, ['file', 'data', 'node']);
}

module.exports = { resolve, resolvePackage, placeOf, suffixOf, unsupportedScheme, finalize };
