// `package.json` files: read once, the few fields that resolution needs, and which one a file belongs to.
'use strict';

const native = binding('resolve');
const {
  JSONParse, SafeMap, StringPrototypeEndsWith, StringPrototypeLastIndexOf, StringPrototypeSlice,
} = primordials;

const NONE = { __proto__: null, exists: false, name: undefined, main: undefined, type: 'none', exports: undefined, imports: undefined, path: '' };
const read = new SafeMap();

function invalid(path, error, base) {
  const { codes } = require('internal/errors');
  return new codes.ERR_INVALID_PACKAGE_CONFIG(path, base, error.message);
}

// The package.json of a folder; `exists` is false when there is none.
function readPackage(folder, base) {
  const path = folder === '/' ? '/package.json' : `${folder}/package.json`;
  const known = read.get(path);
  if (known !== undefined) return known;
  const text = native.readText(path);
  let found = NONE;
  if (typeof text === 'string') {
    let json;
    try {
      json = JSONParse(text);
    } catch (error) {
      throw invalid(path, error, base);
    }
    if (typeof json !== 'object' || json === null) json = {};
    found = {
      __proto__: null,
      exists: true,
      name: typeof json.name === 'string' ? json.name : undefined,
      main: typeof json.main === 'string' ? json.main : undefined,
      type: json.type === 'module' || json.type === 'commonjs' ? json.type : 'none',
      exports: json.exports,
      imports: typeof json.imports === 'object' && json.imports !== null ? json.imports : undefined,
      path,
    };
  }
  read.set(path, found);
  return found;
}

function parentOf(path) {
  const slash = StringPrototypeLastIndexOf(path, '/');
  return slash <= 0 ? '/' : StringPrototypeSlice(path, 0, slash);
}

const scopes = new SafeMap();

// The nearest package.json at or above the folder of `path`, not crossing a node_modules folder.
function scopeOf(path) {
  return scopeOfFolder(parentOf(path));
}

function scopeOfFolder(folder) {
  const known = scopes.get(folder);
  if (known !== undefined) return known;
  let found = NONE;
  if (!StringPrototypeEndsWith(folder, '/node_modules')) {
    found = readPackage(folder);
    if (!found.exists && folder !== '/') found = scopeOfFolder(parentOf(folder));
  }
  scopes.set(folder, found);
  return found;
}

// 'module', 'commonjs' or 'none'
function typeOf(path) {
  return scopeOf(path).type;
}

module.exports = { readPackage, scopeOf, typeOf, parentOf, NONE };
