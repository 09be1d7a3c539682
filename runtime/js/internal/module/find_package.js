// `module.findPackageJSON()`.
'use strict';

const native = binding('resolve');
const { readPackage, scopeOf, parentOf } = require('internal/module/package_json');
const { parsePackageName } = require('internal/module/package_target');
const { RegExpPrototypeExec, String, StringPrototypeStartsWith } = primordials;

function pathFrom(value, name) {
  const { codes } = require('internal/errors');
  const text = typeof value === 'object' && value !== null && typeof value.href === 'string' ? value.href : value;
  if (typeof text !== 'string') throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'URL'], value);
  if (StringPrototypeStartsWith(text, 'file:')) return native.urlToPath(text);
  return text;
}

function findPackageJSON(specifier, base) {
  const { codes } = require('internal/errors');
  if (specifier === undefined) throw new codes.ERR_MISSING_ARGS('specifier');
  const name = pathFrom(specifier, 'specifier');
  if (name[0] === '/') return nearest(name);
  if (base === undefined) throw new codes.ERR_MISSING_ARGS('base');
  const from = pathFrom(base, 'base');
  if (RegExpPrototypeExec(/^\.{1,2}(\/|$)/, name) !== null) return nearest(require('path').resolve(parentOf(from), name));
  const { name: packageName } = parsePackageName(name, from);
  for (let folder = parentOf(`${from}`); ; folder = parentOf(folder)) {
    const candidate = `${folder === '/' ? '' : folder}/node_modules/${packageName}`;
    if (readPackage(candidate).exists) return readPackage(candidate).path;
    if (folder === '/') return undefined;
  }
}

function nearest(path) {
  const folder = native.stat(path) === 1 ? `${path}/x` : path;
  const found = scopeOf(String(folder));
  return found.exists ? found.path : undefined;
}

module.exports = { findPackageJSON };
