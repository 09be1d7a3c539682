// From a URL to a module of V8: the text and its format, and one translation per format.
'use strict';

const native = binding('esm');
const files = binding('resolve');
const scripts = binding('scripts');
const builtin = require('internal/module/builtin');
const hooks = require('internal/module/hooks');
const { formatOf, extensionOf, detectModule } = require('internal/module/format');
const {
  ArrayPrototypePush, JSONParse, ObjectKeys, ObjectPrototypeHasOwnProperty, RegExpPrototypeExec, SafeMap, SafeSet,
  StringPrototypeEndsWith, StringPrototypeStartsWith, decodeURIComponent,
} = primordials;

const codes = () => require('internal/errors').codes;
const formats = new SafeMap();

// The module number of a URL; `source` is given when its text is known already.
function compile(url, attributes, format, source) {
  const found = source === undefined ? loadSource(url, attributes, format) : { source, format };
  formats.set(url, found.format);
  checkType(url, found.format, attributes);
  return translate(url, found);
}

function checkType(url, format, attributes) {
  const type = attributes?.type;
  if (format === 'json') {
    if (type !== 'json') throw new (codes().ERR_IMPORT_ATTRIBUTE_MISSING)(url, 'type', 'json');
  } else if (type !== undefined) {
    throw new (codes().ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE)(url, type);
  }
}

function loadSource(url, attributes, format) {
  if (!hooks.active() || !hooks.hasLoad()) return loadDefault(url, format);
  const { conditionsOf } = require('internal/module/package_target');
  const result = hooks.loadSync(url, {
    format: format ?? guessFormat(url), importAttributes: attributes ?? { __proto__: null }, conditions: [...conditionsOf('import')],
  }, (next, context) => loadRaw(next, context.format));
  let { source } = result;
  if (source !== null && source !== undefined && typeof source !== 'string') {
    const { Buffer } = require('buffer');
    source = (source.buffer === undefined ? Buffer.from(source) : Buffer.from(source.buffer, source.byteOffset, source.byteLength)).toString();
  }
  if (typeof result.format !== 'string') throw new (codes().ERR_UNKNOWN_MODULE_FORMAT)(result.format, url);
  if (result.format === 'commonjs-typescript' && typeof source === 'string') {
    source = require('internal/module/typescript').strip(source, url);
  }
  const path = files.urlToPath(url);
  if (path !== undefined && typeof source === 'string') require('internal/source_map').note(path, source);
  return { source, format: result.format, hooked: true };
}

// What hooks are given of a file: TypeScript with its types, which a hook may want to treat itself.
function loadRaw(url, format) {
  const path = StringPrototypeStartsWith(url, 'file:') ? files.urlToPath(url) : undefined;
  const own = format ?? (path === undefined ? undefined : formatOf(path));
  if (path === undefined || own === undefined || !StringPrototypeEndsWith(own, 'typescript')) return loadDefault(url, format);
  const source = require('internal/module/cjs_kinds').readText(path);
  const { isModule } = binding('typescript');
  return { source, format: own !== 'typescript' ? own : isModule(source) ? 'module-typescript' : 'commonjs-typescript', responseURL: url };
}

function guessFormat(url) {
  const path = files.urlToPath(url);
  return path === undefined ? undefined : formatOf(path) || undefined;
}

function loadDefault(url, format) {
  if (StringPrototypeStartsWith(url, 'node:')) return { source: undefined, format: 'builtin' };
  if (StringPrototypeStartsWith(url, 'data:')) return loadData(url);
  const path = files.urlToPath(url);
  if (path === undefined) throw require('internal/module/esm_resolve').unsupportedScheme(url);
  format ??= formatOf(path);
  if (format === undefined) throw new (codes().ERR_UNKNOWN_FILE_EXTENSION)(extensionOf(path), path);
  if (format === 'builtin' || format === 'addon') return { source: undefined, format };
  const { readText } = require('internal/module/cjs_kinds');
  let source = readText(path);
  if (StringPrototypeEndsWith(format, 'typescript')) {
    if (!require('internal/options').getOption('strip-types')) throw new (codes().ERR_UNKNOWN_FILE_EXTENSION)(extensionOf(path), path);
    source = require('internal/module/typescript').strip(source, path);
    if (format === 'typescript') format = detectModule(source) ? 'module' : 'commonjs-typescript';
    else if (format === 'module-typescript') format = 'module';
  } else if (format === '') {
    format = detectModule(source) ? 'module' : 'commonjs';
  }
  return { source, format };
}

function loadData(url) {
  const parsed = RegExpPrototypeExec(/^data:([^,]*?)(;base64)?,([^]*)$/, url);
  if (parsed === null) throw new (codes().ERR_INVALID_URL)(url);
  const body = decodeURIComponent(RegExpPrototypeExec(/^[^#]*/, parsed[3])[0]);
  const source = parsed[2] ? require('buffer').Buffer.from(body, 'base64').toString() : body;
  const type = RegExpPrototypeExec(/^[^;]*/, parsed[1])[0];
  const format = { '__proto__': null, 'text/javascript': 'module', 'application/json': 'json', 'application/wasm': 'wasm' }[type];
  if (format === undefined) throw new (codes().ERR_UNKNOWN_MODULE_FORMAT)(type, url);
  return { source, format };
}

function compileText(source, url) {
  try {
    return native.compile(source, url);
  } catch (error) {
    throw require('internal/process/decorate').decorate(error);
  }
}

function translate(url, { source, format, hooked }) {
  switch (format) {
    case 'builtin': return ofBuiltin(url);
    case 'module': return compileText(source, url);
    case 'json': return ofJson(url, source);
    case 'commonjs':
    case 'commonjs-typescript':
    case 'commonjs-sync':
      return ofCommonJs(url, source, hooked && source !== null && source !== undefined);
    case 'module-typescript':
      return compileText(require('internal/module/typescript').strip(source, url), url);
    case 'addon':
      throw require('internal/module/addon').refuse(files.urlToPath(url));
    case 'wasm':
      throw new (codes().ERR_UNKNOWN_MODULE_FORMAT)('wasm (WebAssembly modules can be compiled with WebAssembly.compile() only)', url);
    default:
      throw new (codes().ERR_UNKNOWN_MODULE_FORMAT)(format, url);
  }
}

function ofBuiltin(url) {
  const exports = builtin.load(url);
  const names = ObjectKeys(exports);
  if (!names.includes('default')) ArrayPrototypePush(names, 'default');
  const id = native.synthetic(url, names, (number) => fillBuiltin(number, exports, names));
  live.push({ id, exports, names });
  return id;
}

function fillBuiltin(id, exports, names) {
  for (let i = 0; i < names.length; i++) {
    let value;
    try {
      value = names[i] === 'default' ? exports : exports[names[i]];
    } catch {
      value = undefined;
    }
    native.setExport(id, names[i], value);
  }
}

// The core modules that were imported, for `syncBuiltinESMExports`.
const live = [];
function syncBuiltins() {
  for (let i = 0; i < live.length; i++) {
    const { id, exports, names } = live[i];
    if (native.status(id) === 4) fillBuiltin(id, exports, names);
  }
}

function ofJson(url, source) {
  return native.synthetic(url, ['default'], (id) => {
    const { stripMark } = require('internal/module/cjs_kinds');
    const { Module } = require('internal/module/cjs');
    const path = files.urlToPath(url);
    const cached = path === undefined ? undefined : Module._cache[path];
    let value;
    try {
      value = cached?.loaded ? cached.exports : JSONParse(stripMark(source));
    } catch (error) {
      error.message = `${path ?? url}: ${error.message}`;
      throw error;
    }
    if (path !== undefined && cached === undefined && RegExpPrototypeExec(/[?#]/, url) === null) {
      const module = new Module(path);
      module.filename = path;
      module.exports = value;
      module.loaded = true;
      Module._cache[path] = module;
    }
    native.setExport(id, 'default', value);
  });
}

// The names come from the text, the values from running it, which happens when the module is evaluated.
function ofCommonJs(url, source, isHooked) {
  const { Module } = require('internal/module/cjs');
  const path = files.urlToPath(url) ?? url;
  const cached = Module._cache[path];
  const names = new SafeSet();
  if (cached?.loaded && cached.exports !== null && (typeof cached.exports === 'object' || typeof cached.exports === 'function')) {
    for (const name of ObjectKeys(cached.exports)) names.add(name);
  }
  if (typeof source === 'string') collectNames(path, source, names, new SafeSet());
  names.delete('default');
  names.add('default').add('module.exports');
  const list = [...names];
  return native.synthetic(url, list, (id) => {
    const exports = isHooked ? runHooked(path, source) : run(path);
    const isObject = exports !== null && (typeof exports === 'object' || typeof exports === 'function');
    for (let i = 0; i < list.length; i++) {
      const name = list[i];
      if (name === 'default' || name === 'module.exports') continue;
      let value;
      try {
        if (isObject && ObjectPrototypeHasOwnProperty(exports, name)) value = exports[name];
      } catch {
        value = undefined;
      }
      native.setExport(id, name, value);
    }
    native.setExport(id, 'default', exports);
    native.setExport(id, 'module.exports', exports);
  });
}

function run(path) {
  const { Module } = require('internal/module/cjs');
  const cached = Module._cache[path];
  if (cached !== undefined) return cached.exports;
  const isMain = files.pathToUrl(path) === require('internal/main').mainUrl();
  if (isMain || RegExpPrototypeExec(/\.(c?js|json|node|c?ts)$/, path) !== null) return Module._load(path, undefined, isMain);
  // A file without an extension that `require` knows is still read as JavaScript.
  return Module._load(path, undefined, false);
}

function runHooked(path, source) {
  const { Module, moduleAt } = require('internal/module/cjs');
  const cached = Module._cache[path];
  if (cached !== undefined) return cached.exports;
  const module = moduleAt(path);
  Module._cache[path] = module;
  let done = false;
  try {
    module._compile(source, path, 'commonjs');
    done = true;
  } finally {
    if (!done) delete Module._cache[path];
  }
  module.loaded = true;
  return module.exports;
}

function collectNames(path, source, names, seen) {
  if (seen.has(path)) return;
  seen.add(path);
  const { 0: exports, 1: passed } = scripts.cjsExports(source);
  for (let i = 0; i < exports.length; i++) names.add(exports[i]);
  const { Module, moduleAt } = require('internal/module/cjs');
  for (let i = 0; i < passed.length; i++) {
    let found;
    try {
      found = Module._resolveFilename(passed[i], moduleAt(path));
    } catch {
      continue;
    }
    if (builtin.isBuiltin(found)) {
      for (const name of ObjectKeys(builtin.load(found))) names.add(name);
      continue;
    }
    const text = RegExpPrototypeExec(/\.(json|node|mjs)$/, found) === null ? files.readText(found) : undefined;
    if (typeof text === 'string') collectNames(found, text, names, seen);
  }
}

// The format of a module that somebody imports by this specifier.
function formatBySpecifier(specifier) {
  for (const { 0: url, 1: format } of formats) {
    if (url === specifier || StringPrototypeEndsWith(url, RegExpPrototypeExec(/[^./].*$/, specifier)?.[0] ?? specifier)) return format;
  }
  return RegExpPrototypeExec(/^[.\/]/, specifier) === null ? 'commonjs' : undefined;
}

module.exports = { guessFormat, loadRaw, compile, formatBySpecifier, syncBuiltins };
