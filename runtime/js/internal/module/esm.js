// ES modules: resolve, load, link, evaluate. V8 keeps the modules; here they are numbers of `binding('esm')`.
'use strict';

const native = binding('esm');
const resolver = binding('resolve');
const builtin = require('internal/module/builtin');
const { SafeMap, ObjectKeys, StringPrototypeStartsWith, JSONParse } = primordials;

const EVALUATED = 4;
const ERRORED = 5;

// URL (and kind, for JSON) to module number.
const loaded = new SafeMap();

const urls = () => require('internal/url');

function resolve(specifier, referrer) {
  if (builtin.isBuiltin(specifier)) return StringPrototypeStartsWith(specifier, 'node:') ? specifier : `node:${specifier}`;
  const { codes } = require('internal/errors');
  if (StringPrototypeStartsWith(specifier, 'node:')) throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(specifier);
  if (StringPrototypeStartsWith(specifier, 'data:')) return specifier;
  const { URL, fileURLToPath, pathToFileURL } = urls();
  let target = specifier;
  let suffix = '';
  const isRelative = /^\.{0,2}\//.test(specifier);
  if (StringPrototypeStartsWith(specifier, 'file:') || isRelative) {
    const url = new URL(specifier, referrer);
    if (url.protocol !== 'file:') throw new codes.ERR_UNSUPPORTED_ESM_URL_SCHEME(url, ['file', 'data', 'node']);
    suffix = url.search + url.hash;
    target = fileURLToPath(url);
  } else if (/^[a-z][a-z0-9+.-]+:/i.test(specifier)) {
    throw new codes.ERR_UNSUPPORTED_ESM_URL_SCHEME(new URL(specifier), ['file', 'data', 'node']);
  }
  const from = StringPrototypeStartsWith(referrer, 'file:') ? fileURLToPath(referrer) : process.cwd() + '/x';
  const folder = require('path').dirname(from);
  const found = resolver.resolve(target, folder, true);
  if (typeof found === 'string') return pathToFileURL(found).href + suffix;
  if (found.code !== 'MODULE_NOT_FOUND') {
    const error = new primordials.Error(found.message);
    error.code = found.code;
    throw error;
  }
  const kind = isRelative || target !== specifier ? 'module' : 'package';
  const error = new primordials.Error(`Cannot find ${kind} '${target}' imported from ${from}`);
  error.code = 'ERR_MODULE_NOT_FOUND';
  if (kind === 'module') error.url = pathToFileURL(target).href;
  throw error;
}

// A module whose exports are those of a CommonJS module, a core module or a JSON file.
function synthetic(url, names, evaluate) {
  return native.synthetic(url, names, (id) => {
    const values = evaluate();
    for (const name of names) native.setExport(id, name, values[name]);
  });
}

function ofObject(url, get) {
  let object;
  try {
    object = get();
  } catch (error) {
    return native.synthetic(url, ['default'], () => { throw error; });
  }
  const isObject = (typeof object === 'object' && object !== null) || typeof object === 'function';
  const names = isObject ? ObjectKeys(object).filter((name) => name !== 'default') : [];
  const exported = [...names, 'default'];
  if (!names.includes('module.exports') && !StringPrototypeStartsWith(url, 'node:')) exported.push('module.exports');
  return native.synthetic(url, exported, (id) => {
    for (const name of names) {
      let value;
      try { value = object[name]; } catch { value = undefined; }
      native.setExport(id, name, value);
    }
    native.setExport(id, 'default', object);
    if (exported.includes('module.exports')) native.setExport(id, 'module.exports', object);
  });
}

function load(url, attributes) {
  const key = `${attributes?.type ?? ''}\0${url}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const id = compile(url, attributes);
  loaded.set(key, id);
  linkRequests(id, url);
  return id;
}

function compile(url, attributes) {
  if (StringPrototypeStartsWith(url, 'node:')) return ofObject(url, () => builtin.load(url));
  if (StringPrototypeStartsWith(url, 'data:')) return compileData(url, attributes);
  const { fileURLToPath } = urls();
  const { codes } = require('internal/errors');
  const { Module, stripMark } = require('internal/module/cjs');
  const filename = fileURLToPath(url);
  const read = () => {
    try {
      return stripMark(require('fs').readFileSync(filename, 'utf8'));
    } catch (error) {
      if (error.code === 'EISDIR') {
        const wrong = new primordials.Error(`Directory import '${filename}' is not supported resolving ES modules`);
        wrong.code = 'ERR_UNSUPPORTED_DIR_IMPORT';
        throw wrong;
      }
      throw error;
    }
  };
  if (filename.endsWith('.json')) {
    if (attributes?.type !== 'json') throw new codes.ERR_IMPORT_ATTRIBUTE_MISSING(url, 'type', 'json');
    return synthetic(url, ['default'], () => ({ default: JSONParse(read()) }));
  }
  if (attributes?.type !== undefined) throw new codes.ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE(url, attributes.type);
  if (isModule(filename, read)) return native.compile(read(), url);
  if (!/\.(c?js|node)$/.test(filename) && require('path').extname(filename) !== '') {
    throw new codes.ERR_UNKNOWN_FILE_EXTENSION(require('path').extname(filename), filename);
  }
  return ofObject(url, () => Module._load(filename, undefined, false));
}

function isModule(filename, read) {
  if (filename.endsWith('.mjs')) return true;
  if (filename.endsWith('.cjs') || !filename.endsWith('.js')) return false;
  const type = resolver.packageType(filename);
  if (type !== '') return type === 'module';
  const source = read();
  if (!/\b(import|export|await)\b/.test(source)) return false;
  try {
    binding('scripts').compileWrapper(source, 'syntax-check', ['exports', 'require', 'module', '__filename', '__dirname']);
    return false;
  } catch {
    return binding('scripts').isModuleSyntax(source);
  }
}

function compileData(url, attributes) {
  const { codes } = require('internal/errors');
  const parsed = /^data:([^,]*?)(;base64)?,([^]*)$/.exec(url);
  if (parsed === null) throw new codes.ERR_INVALID_URL(url);
  const body = primordials.decodeURIComponent(parsed[3]);
  const text = parsed[2] ? require('buffer').Buffer.from(body, 'base64').toString() : body;
  const type = parsed[1].split(';')[0];
  if (type === 'text/javascript') return native.compile(text, url);
  if (type === 'application/json' && attributes?.type === 'json') {
    return synthetic(url, ['default'], () => ({ default: JSONParse(text) }));
  }
  throw new codes.ERR_UNKNOWN_MODULE_FORMAT(type, url);
}

function linkRequests(id, url) {
  for (const [specifier, attributes, key] of native.requests(id)) {
    native.link(id, key, load(resolve(specifier, url), attributes));
  }
}

function instantiate(url, attributes) {
  const id = load(url, attributes);
  if (native.status(id) === ERRORED) throw native.error(id);
  native.instantiate(id);
  return id;
}

async function importUrl(url, attributes) {
  const id = instantiate(url, attributes);
  await native.evaluate(id);
  return native.namespace(id);
}

function importDynamically(specifier, referrer, attributes) {
  try {
    return importUrl(resolve(`${specifier}`, baseOf(referrer)), attributes);
  } catch (error) {
    return primordials.PromiseReject(error);
  }
}

function baseOf(referrer) {
  if (typeof referrer === 'string' && /^(file|data):/.test(referrer)) return referrer;
  return urls().pathToFileURL(`${process.cwd()}/`).href;
}

function requireSync(url) {
  const id = instantiate(url);
  if (native.isGraphAsync(id)) {
    throw new (require('internal/errors').codes.ERR_REQUIRE_ASYNC_MODULE)(urls().fileURLToPath(url));
  }
  if (native.status(id) !== EVALUATED) {
    const promise = native.evaluate(id);
    promise?.catch?.(() => {});
  }
  if (native.status(id) === ERRORED) throw native.error(id);
  return native.namespace(id);
}

function initializeMeta(meta, url) {
  if (StringPrototypeStartsWith(url, 'file:')) {
    meta.filename = urls().fileURLToPath(url);
    meta.dirname = require('path').dirname(meta.filename);
  }
  meta.resolve = (specifier) => resolve(`${specifier}`, url);
  meta.url = url;
  meta.main = url === mainUrl;
}

let mainUrl;

async function runMain(url) {
  mainUrl = url;
  await importUrl(url);
}

// Evaluates text that has no file, as `--input-type=module` asks for.
async function runText(source, url) {
  const id = native.compile(source, url);
  linkRequests(id, url);
  native.instantiate(id);
  await native.evaluate(id);
}

native.setHooks(importDynamically, initializeMeta);
const process = require('process');
module.exports = { importUrl, requireSync, runMain, runText, resolve, isModule };
