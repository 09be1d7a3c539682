// The `exports` and `imports` of packages: which file a subpath means under the conditions that hold.
// Specification: https://nodejs.org/api/esm.html#resolution-algorithm-specification
'use strict';

const native = binding('resolve');
const { scopeOf, parentOf } = require('internal/module/package_json');
const {
  ArrayIsArray, ObjectKeys, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeSet, StringPrototypeEndsWith,
  StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeStartsWith,
  ObjectPrototypeHasOwnProperty,
} = primordials;

// Segments that would leave the package, plain or percent-encoded.
const INVALID_SEGMENT = /(^|\\|\/)((\.|%2e)(\.|%2e)?|(n|%6e|%4e)(o|%6f|%4f)(d|%64|%44)(e|%65|%45)(_|%5f)(m|%6d|%4d)(o|%6f|%4f)(d|%64|%44)(u|%75|%55)(l|%6c|%4c)(e|%65|%45)(s|%73|%53))(\\|\/|$)/i;
const INVALID_NAME = /^\.|%|\\/;
const STARS = /\*/g;

const codes = () => require('internal/errors').codes;

function invalidTarget(packageFolder, key, target, isImport, base) {
  return new (codes().ERR_INVALID_PACKAGE_TARGET)(packageFolder, key, target, isImport, base);
}

function invalidSegment(request, match, packagePath, isImport, base) {
  const reason = `request is not a valid match in pattern "${match}" for the "${isImport ? 'imports' : 'exports'}" resolution of ${packagePath}`;
  return new (codes().ERR_INVALID_MODULE_SPECIFIER)(request, reason, base);
}

// `lookup`: { folder, packagePath, base, isImport, conditions, resolveBare }
function resolveString(target, subpath, match, isPattern, lookup) {
  const { folder, isImport, base } = lookup;
  if (subpath !== '' && !isPattern && !StringPrototypeEndsWith(target, '/')) throw invalidTarget(folder, match, target, isImport, base);
  if (!StringPrototypeStartsWith(target, './')) {
    if (isImport && !StringPrototypeStartsWith(target, '../') && !StringPrototypeStartsWith(target, '/')) {
      if (native.joinUrl(target) === undefined || StringPrototypeStartsWith(target, 'node:')) {
        const exact = isPattern ? RegExpPrototypeSymbolReplace(STARS, target, () => subpath) : target;
        return lookup.resolveBare(exact, `${folder}/`, lookup.conditions);
      }
    }
    throw invalidTarget(folder, match, target, isImport, base);
  }
  if (RegExpPrototypeExec(INVALID_SEGMENT, StringPrototypeSlice(target, 2)) !== null) {
    throw invalidTarget(folder, match, target, isImport, base);
  }
  const file = `${folder === '/' ? '' : folder}/${StringPrototypeSlice(target, 2)}`;
  if (subpath === '') return file;
  if (RegExpPrototypeExec(INVALID_SEGMENT, subpath) !== null) {
    const request = isPattern ? RegExpPrototypeSymbolReplace(STARS, match, () => subpath) : match + subpath;
    throw invalidSegment(request, match, lookup.packagePath, isImport, base);
  }
  return isPattern ? RegExpPrototypeSymbolReplace(STARS, file, () => subpath) : file + subpath;
}

function isIndex(key) {
  const number = +key;
  return `${number}` === key && number >= 0 && number < 0xFFFF_FFFF;
}

function resolveList(target, subpath, match, isPattern, lookup) {
  let failure;
  for (let i = 0; i < target.length; i++) {
    let found;
    try {
      found = resolveTarget(target[i], subpath, match, isPattern, lookup);
    } catch (error) {
      failure = error;
      if (error.code !== 'ERR_INVALID_PACKAGE_TARGET') throw error;
      continue;
    }
    if (found === undefined) continue;
    if (found === null) {
      failure = null;
      continue;
    }
    return found;
  }
  if (failure === undefined || failure === null) return failure ?? null;
  throw failure;
}

// A path (or a `node:` URL), null when the target forbids the subpath, undefined when no condition holds.
function resolveTarget(target, subpath, match, isPattern, lookup) {
  if (typeof target === 'string') return resolveString(target, subpath, match, isPattern, lookup);
  if (ArrayIsArray(target)) return target.length === 0 ? null : resolveList(target, subpath, match, isPattern, lookup);
  if (typeof target === 'object' && target !== null) {
    const keys = ObjectKeys(target);
    for (let i = 0; i < keys.length; i++) {
      if (isIndex(keys[i])) {
        throw new (codes().ERR_INVALID_PACKAGE_CONFIG)(lookup.packagePath, lookup.base, '"exports" cannot contain numeric property keys.');
      }
    }
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] !== 'default' && !lookup.conditions.has(keys[i])) continue;
      const found = resolveTarget(target[keys[i]], subpath, match, isPattern, lookup);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (target === null) return null;
  throw invalidTarget(lookup.folder, match, target, lookup.isImport, lookup.base);
}

// The key with one star that fits `request` best: the longest before its star.
function bestPattern(request, keys) {
  let best = '';
  let subpath = '';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const star = StringPrototypeIndexOf(key, '*');
    if (star === -1 || !StringPrototypeStartsWith(request, StringPrototypeSlice(key, 0, star))) continue;
    const trailer = StringPrototypeSlice(key, star + 1);
    if (request.length < key.length || !StringPrototypeEndsWith(request, trailer) || StringPrototypeLastIndexOf(key, '*') !== star) continue;
    if (best !== '' && comparePatterns(best, key) <= 0) continue;
    best = key;
    subpath = StringPrototypeSlice(request, star, request.length - trailer.length);
  }
  return best === '' ? undefined : { key: best, subpath };
}

function comparePatterns(a, b) {
  const starA = StringPrototypeIndexOf(a, '*');
  const starB = StringPrototypeIndexOf(b, '*');
  return starB - starA || b.length - a.length;
}

function isSugar(exports, packagePath, base) {
  if (typeof exports === 'string' || ArrayIsArray(exports)) return true;
  if (typeof exports !== 'object' || exports === null) return false;
  const keys = ObjectKeys(exports);
  let sugar = false;
  for (let i = 0; i < keys.length; i++) {
    const plain = keys[i] === '' || keys[i][0] !== '.';
    if (i > 0 && plain !== sugar) {
      throw new (codes().ERR_INVALID_PACKAGE_CONFIG)(packagePath, base,
        '"exports" cannot contain some keys starting with \'.\' and some not. The exports object must either be an ' +
        'object of package subpath keys or an object of main entry condition name keys only.');
    }
    sugar = plain;
  }
  return sugar;
}

function notExported(subpath, packagePath, base) {
  return new (codes().ERR_PACKAGE_PATH_NOT_EXPORTED)(parentOf(packagePath), subpath, base);
}

// The file of `subpath` ('.' or './x') by a package's exports.
function resolveExports(folder, subpath, config, base, conditions) {
  let { exports } = config;
  const { path: packagePath } = config;
  const lookup = { folder, packagePath, base, isImport: false, conditions, resolveBare: null };
  if (isSugar(exports, packagePath, base)) exports = { '.': exports };
  if (ObjectPrototypeHasOwnProperty(exports, subpath) && !StringPrototypeIncludes(subpath, '*') && !StringPrototypeEndsWith(subpath, '/')) {
    const found = resolveTarget(exports[subpath], '', subpath, false, lookup);
    if (found === null || found === undefined) throw notExported(subpath, packagePath, base);
    return found;
  }
  const pattern = bestPattern(subpath, ObjectKeys(exports));
  if (pattern !== undefined) {
    const found = resolveTarget(exports[pattern.key], pattern.subpath, pattern.key, true, lookup);
    if (found === null || found === undefined) throw notExported(subpath, packagePath, base);
    return found;
  }
  throw notExported(subpath, packagePath, base);
}

// The file (or core module's URL) of `#name` as the package around `from` maps it.
function resolveImports(name, from, base, conditions, resolveBare) {
  if (name === '#' || StringPrototypeEndsWith(name, '/')) {
    throw new (codes().ERR_INVALID_MODULE_SPECIFIER)(name, 'is not a valid internal imports specifier name', base);
  }
  const config = scopeOf(from);
  if (config.exists && config.imports !== undefined) {
    const folder = parentOf(config.path);
    const lookup = { folder, packagePath: config.path, base, isImport: true, conditions, resolveBare };
    const { imports } = config;
    let found;
    if (ObjectPrototypeHasOwnProperty(imports, name) && !StringPrototypeIncludes(name, '*')) {
      found = resolveTarget(imports[name], '', name, false, lookup);
    } else {
      const pattern = bestPattern(name, ObjectKeys(imports));
      if (pattern !== undefined) found = resolveTarget(imports[pattern.key], pattern.subpath, pattern.key, true, lookup);
    }
    if (found !== null && found !== undefined) return found;
  }
  throw new (codes().ERR_PACKAGE_IMPORT_NOT_DEFINED)(name, config.exists ? parentOf(config.path) : undefined, base);
}

// `@scope/name/sub` -> name and './sub'
function parsePackageName(specifier, base) {
  let slash = StringPrototypeIndexOf(specifier, '/');
  let valid = specifier.length > 0;
  const isScoped = specifier[0] === '@';
  if (isScoped) {
    if (slash === -1) valid = false;
    else slash = StringPrototypeIndexOf(specifier, '/', slash + 1);
  }
  const name = slash === -1 ? specifier : StringPrototypeSlice(specifier, 0, slash);
  if (RegExpPrototypeExec(INVALID_NAME, name) !== null) valid = false;
  if (!valid) throw new (codes().ERR_INVALID_MODULE_SPECIFIER)(specifier, 'is not a valid package name', base);
  return { name, subpath: slash === -1 ? '.' : `.${StringPrototypeSlice(specifier, slash)}` };
}

const requireConditions = new SafeSet();
const importConditions = new SafeSet();

function fill(set, first) {
  set.add('node').add(first).add('node-addons');
  const { getOption } = require('internal/options');
  if (getOption('require-module')) set.add('module-sync');
  const more = getOption('conditions');
  for (let i = 0; i < more.length; i++) set.add(more[i]);
  return set;
}

function conditionsOf(kind) {
  const set = kind === 'import' ? importConditions : requireConditions;
  return set.size > 0 ? set : fill(set, kind);
}

module.exports = { resolveExports, resolveImports, parsePackageName, conditionsOf };
