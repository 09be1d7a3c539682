// ES modules: load, link, evaluate. V8 keeps the modules; here they are numbers of `binding('esm')`.
'use strict';

const native = binding('esm');
const files = binding('resolve');
const builtin = require('internal/module/builtin');
const hooks = require('internal/module/hooks');
const { traced } = require('internal/diagnostics');
const { resolve: resolveDefault } = require('internal/module/esm_resolve');
const {
  ObjectKeys, PromisePrototypeThen, PromiseReject, SafeMap, SafeWeakMap,
  StringPrototypeStartsWith, RegExpPrototypeExec,
} = primordials;

// V8's module states.
const UNINSTANTIATED = 0;
const INSTANTIATED = 2;
const EVALUATING = 3;
const ERRORED = 5;

// Kind and URL to module number.
const loaded = new SafeMap();
const codes = () => require('internal/errors').codes;

function resolve(specifier, base, attributes, dynamicOf) {
  if (!hooks.active()) return { url: resolveDefault(specifier, base), format: undefined };
  const { conditionsOf } = require('internal/module/package_target');
  return hooks.resolveSync(specifier, {
    conditions: [...conditionsOf('import')], importAttributes: attributes ?? { __proto__: null }, parentURL: dynamicOf ?? base,
  }, (next, context) => ({
    url: resolveDefault(next, context.parentURL ?? base, context.conditions && new primordials.SafeSet(context.conditions)),
    format: undefined,
  }));
}

function load(url, attributes, format, source) {
  checkAttributes(url, attributes);
  const key = `${attributes?.type ?? ''}\0${url}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const id = require('internal/module/esm_compile').compile(url, attributes, format, source);
  loaded.set(key, id);
  try {
    linkRequests(id, url);
  } catch (error) {
    loaded.delete(key);
    throw error;
  }
  return id;
}

function checkAttributes(url, attributes) {
  if (attributes === undefined || attributes === null) return;
  const names = ObjectKeys(attributes);
  for (let i = 0; i < names.length; i++) {
    if (names[i] !== 'type') throw new (codes().ERR_IMPORT_ATTRIBUTE_UNSUPPORTED)(names[i], attributes[names[i]], url);
  }
  const { type } = attributes;
  if (type !== undefined && type !== 'json') throw new (codes().ERR_IMPORT_ATTRIBUTE_UNSUPPORTED)('type', type, url);
}

function linkRequests(id, url) {
  const requests = native.requests(id);
  for (let i = 0; i < requests.length; i++) {
    const { 0: specifier, 1: attributes, 2: key } = requests[i];
    const found = resolve(specifier, url, attributes);
    native.link(id, key, load(found.url, attributes, found.format));
  }
}

function instantiate(id) {
  if (native.status(id) === ERRORED) throw native.error(id);
  if (native.status(id) !== UNINSTANTIATED) return;
  try {
    native.instantiate(id);
  } catch (error) {
    throw explainMissingExport(error);
  }
}

// A name that a CommonJS module does not visibly export: what to write instead.
function explainMissingExport(error) {
  const found = RegExpPrototypeExec(/^The requested module '(.+)' does not provide an export named '(.+)'$/, error?.message ?? '');
  if (found === null || !StringPrototypeStartsWith(lastLinkedFormat(found[1]), 'commonjs')) return error;
  const { 1: specifier, 2: name } = found;
  error.message = `Named export '${name}' not found. The requested module '${specifier}' is a CommonJS module, which may ` +
    'not support all module.exports as named exports.\nCommonJS modules can always be imported via the default export, ' +
    `for example using:\n\nimport pkg from '${specifier}';\n${name === 'default' ? '' : `const { ${name} } = pkg;\n`}`;
  const { stack } = error;
  const end = stack.indexOf('\n    at ');
  error.stack = `SyntaxError: ${error.message}${end === -1 ? '' : stack.slice(end)}`;
  return error;
}

// The format of a module that was imported by this specifier.
function lastLinkedFormat(specifier) {
  return require('internal/module/esm_compile').formatBySpecifier(specifier, native, loaded) ?? '';
}

async function importUrl(url, attributes, format, source) {
  const id = load(url, attributes, format, source);
  instantiate(id);
  // A module that is running now has run to its end or its first wait once this goes on.
  if (native.status(id) === EVALUATING) await undefined;
  await native.evaluate(id);
  return native.namespace(id);
}

// V8 calls this for `import()`. `host` is the symbol of code that `vm` compiled.
function importDynamically(specifier, referrer, attributes, host) {
  try {
    if (host !== undefined) {
      const answer = require('internal/vm/dynamic_import').importFrom(host, specifier, attributes);
      if (answer !== undefined) return answer;
    }
    const base = baseOf(referrer);
    const tracing = traced('module.import');
    if (tracing === undefined) return importLater(`${specifier}`, base, attributes);
    const context = { __proto__: null, parentURL: base, url: `${specifier}` };
    return tracing.tracePromise(importLater, context, undefined, context.url, base, attributes);
  } catch (error) {
    return PromiseReject(error);
  }
}

// What `import()` loads runs after the code that asked for it.
async function importLater(specifier, base, attributes) {
  await undefined;
  const { url, format } = resolve(specifier, base, attributes);
  return importUrl(url, attributes, format);
}

function baseOf(referrer) {
  if (typeof referrer === 'string') {
    if (referrer[0] === '/') return files.pathToUrl(referrer);
    if (RegExpPrototypeExec(/^(file|data):/, referrer) !== null) return referrer;
  }
  return files.pathToUrl(`${process.cwd()}/`);
}

const requiredBy = new SafeWeakMap();

// The namespace of a module for `require`: it must be done when this returns.
function requireSync(url, source, module) {
  const parent = module?.parent?.filename;
  const key = `\0${url}`;
  const known = loaded.get(key);
  if (known !== undefined && native.status(known) === EVALUATING) throw cycle(url, parent);
  const id = load(url, undefined, 'module', source);
  if (module !== undefined) requiredBy.set(module, id);
  instantiate(id);
  if (native.status(id) === EVALUATING) throw cycle(url, parent);
  if (native.isGraphAsync(id)) throw new (codes().ERR_REQUIRE_ASYNC_MODULE)(files.urlToPath(url), parent);
  if (native.status(id) === INSTANTIATED) PromisePrototypeThen(native.evaluate(id), undefined, () => {});
  if (native.status(id) === ERRORED) throw native.error(id);
  return native.namespace(id);
}

function cycle(url, parent) {
  const name = files.urlToPath(url) ?? url;
  let text = `Cannot require() ES Module ${name} in a cycle.`;
  if (parent) text += ` (from ${parent})`;
  text += ' A cycle involving require(esm) is not allowed to maintain invariants mandated by the ECMAScript specification. ' +
    'Try making at least part of the dependency in the graph lazily loaded.';
  return new (codes().ERR_REQUIRE_CYCLE_MODULE)(text);
}

// `require` of a module that an ES module under evaluation stands behind.
function refuseCycle(module) {
  const id = requiredBy.get(module);
  if (id !== undefined && native.status(id) === EVALUATING) throw cycle(files.pathToUrl(module.filename), module.parent?.filename);
}

// A namespace with `__esModule`, for `require` of a module that has a default export.
function withEsModuleFlag(url) {
  const key = `cjs-view\0${url}`;
  let id = loaded.get(key);
  if (id === undefined) {
    id = native.compile(`export * from 'original'; export { default } from 'original'; export const __esModule = true;`, 'node:internal/module/require_view');
    native.link(id, '\0original', loaded.get(`\0${url}`));
    loaded.set(key, id);
    native.instantiate(id);
    PromisePrototypeThen(native.evaluate(id), undefined, () => {});
  }
  return native.namespace(id);
}

let mainUrl;
let mainId;
let mainPending = false;

// The program is an ES module; what it throws is an unhandled rejection.
async function runMain(url, source) {
  mainUrl = url;
  return runTracked(() => load(url, undefined, source === undefined ? undefined : 'module', source));
}

async function runTracked(make) {
  const id = make();
  mainId = id;
  instantiate(id);
  mainPending = true;
  try {
    await native.evaluate(id);
  } finally {
    mainPending = false;
  }
  return native.namespace(id);
}

// Where the program waits for ever at its top level, as Node tells it.
function stalledAwait() {
  return mainPending ? native.stalledAwaits(mainId) : undefined;
}

// Evaluates text that has no file, as `--input-type=module` asks for.
async function runText(source, url) {
  mainUrl = url;
  return runTracked(() => {
    const id = native.compile(source, url);
    linkRequests(id, url);
    return id;
  });
}

function initializeMeta(meta, url) {
  if (StringPrototypeStartsWith(url, 'vm:')) return require('internal/vm/dynamic_import').initializeMeta(meta, url);
  if (StringPrototypeStartsWith(url, 'file:')) {
    meta.dirname = require('path').dirname(files.urlToPath(url));
    meta.filename = files.urlToPath(url);
  }
  meta.main = url === mainUrl;
  meta.resolve = function resolve(specifier) {
    return resolveForMeta(`${specifier}`, url);
  };
  meta.url = url;
  return undefined;
}

// import.meta.resolve(): a file that does not exist still has a URL.
function resolveForMeta(specifier, base) {
  try {
    return resolve(specifier, base).url;
  } catch (error) {
    if ((error?.code === 'ERR_MODULE_NOT_FOUND' || error?.code === 'ERR_UNSUPPORTED_DIR_IMPORT') && typeof error.url === 'string') return error.url;
    if (error?.code === 'ERR_UNSUPPORTED_ESM_URL_SCHEME') return files.joinUrl(specifier);
    throw error;
  }
}

const process = require('process');
module.exports = {
  importDynamically, initializeMeta, importUrl, requireSync, refuseCycle, withEsModuleFlag, runMain, runText, isStalled: () => mainPending, stalledAwait, resolve, load, instantiate, linkRequests,
};
