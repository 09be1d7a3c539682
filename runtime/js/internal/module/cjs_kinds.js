// The kinds of files that `require` loads: `Module._extensions`.
'use strict';

const native = binding('resolve');
const loop = binding('loop');
const hooks = require('internal/module/hooks');
const { typeOf } = require('internal/module/package_json');
const {
  JSONParse, ObjectDefineProperty, StringPrototypeCharCodeAt, StringPrototypeEndsWith, StringPrototypeSlice,
} = primordials;

const BYTE_ORDER_MARK = 0xfeff;

function stripMark(content) {
  return StringPrototypeCharCodeAt(content, 0) === BYTE_ORDER_MARK ? StringPrototypeSlice(content, 1) : content;
}

function readText(filename) {
  const text = native.readText(filename);
  if (typeof text === 'string') return text;
  throw require('internal/errors').uvException({ errno: text, syscall: 'open', path: filename });
}

// The text and format of a file, by the hooks if there are any.
function loadSource(module, filename, format) {
  const { formats, urlOf } = require('internal/module/cjs');
  format = formats.get(module) ?? format;
  if (!hooks.active() || !hooks.hasLoad()) {
    loop.loadBegan();
    try {
      return { source: readText(filename), format };
    } finally {
      loop.loadEnded();
    }
  }
  const { conditionsOf } = require('internal/module/package_target');
  const loaded = hooks.loadSync(urlOf(filename), {
    format, importAttributes: { __proto__: null }, conditions: [...conditionsOf('require')],
  }, (url, context) => {
    if (url.startsWith('node:')) return { source: undefined, format: 'builtin' };
    return { source: readText(native.urlToPath(url) ?? url), format: context.format };
  });
  const { source } = loaded;
  const text = typeof source === 'string' || source === null || source === undefined ? source : require('buffer').Buffer.from(source.buffer ?? source, source.byteOffset, source.byteLength).toString();
  if (typeof text === 'string') require('internal/source_map').note(filename, text);
  return { source: text, format: loaded.format };
}

function run(module, filename, { source, format }) {
  switch (format) {
    case 'module': return loadAsModule(module, filename, source);
    case 'json': return parseJson(module, filename, source);
    case 'builtin':
      module.exports = require('internal/module/builtin').load(filename);
      return;
    case 'typescript':
    case 'commonjs-typescript':
    case 'module-typescript': {
      const { strip } = require('internal/module/typescript');
      const text = strip(source, filename);
      if (format === 'module-typescript') return loadAsModule(module, filename, text);
      return module._compile(text, filename, format === 'typescript' ? undefined : 'commonjs');
    }
    default:
      module._compile(source ?? '', filename, format);
  }
}

// An ES module under `require`: its graph runs to its end now, which needs it to be without top-level await.
function loadAsModule(module, filename, source) {
  const { getOption } = require('internal/options');
  const esm = require('internal/module/esm');
  const { isTypeScript } = require('internal/module/format');
  if (isTypeScript(filename) && !getOption('strip-types')) {
    throw new (require('internal/errors').codes.ERR_UNKNOWN_FILE_EXTENSION)(require('path').extname(filename), filename);
  }
  const url = native.pathToUrl(filename);
  if (module === process.mainModule && module.id === '.') {
    module.loaded = true;
    process.mainModule = undefined;
    esm.runMain(url, source);
    return;
  }
  if (!getOption('require-module')) {
    const error = new primordials.Error(`require() of ES Module ${filename}${module.parent?.filename ? ` from ${module.parent.filename}` : ''} not supported.`);
    error.code = 'ERR_REQUIRE_ESM';
    throw error;
  }
  const namespace = esm.requireSync(url, source, module);
  module.exports = exportsOf(namespace, esm, url);
}

function exportsOf(namespace, esm, url) {
  if (primordials.ObjectPrototypeHasOwnProperty(namespace, 'module.exports')) return namespace['module.exports'];
  if (!primordials.ObjectPrototypeHasOwnProperty(namespace, 'default') || primordials.ObjectPrototypeHasOwnProperty(namespace, '__esModule')) return namespace;
  return esm.withEsModuleFlag(url);
}

function parseJson(module, filename, source) {
  try {
    ObjectDefineProperty(module, 'exports', { __proto__: null, value: JSONParse(stripMark(source)), writable: true, enumerable: true, configurable: true });
  } catch (error) {
    error.message = `${filename}: ${error.message}`;
    throw error;
  }
}

function install(Module) {
  const extensions = Module._extensions;
  extensions['.js'] = function (module, filename) {
    let format;
    if (StringPrototypeEndsWith(filename, '.js')) {
      const type = typeOf(filename);
      if (type !== 'none') format = type;
    } else if (StringPrototypeEndsWith(filename, '.cjs')) format = 'commonjs';
    else if (StringPrototypeEndsWith(filename, '.mjs')) format = 'module';
    run(module, filename, loadSource(module, filename, format));
  };
  extensions['.json'] = function (module, filename) {
    run(module, filename, loadSource(module, filename, 'json'));
  };
  extensions['.node'] = function (module, filename) {
    throw require('internal/module/addon').refuse(filename);
  };
  const { getOption } = require('internal/options');
  const mjs = (module, filename) => run(module, filename, loadSource(module, filename, 'module'));
  // Found for `require('./x.mjs')`, not tried for a name without extension.
  ObjectDefineProperty(extensions, '.mjs', { __proto__: null, value: mjs, writable: true, enumerable: false, configurable: true });
  if (!getOption('strip-types')) return;
  for (const [extension, kind] of [['.ts', undefined], ['.cts', 'commonjs-typescript'], ['.mts', 'module-typescript']]) {
    const load = (module, filename) => {
      const type = typeOf(filename);
      run(module, filename, loadSource(module, filename, kind ?? (type === 'none' ? 'typescript' : `${type}-typescript`)));
    };
    ObjectDefineProperty(extensions, extension, { __proto__: null, value: load, writable: true, enumerable: false, configurable: true });
  }
}

const process = require('process');
module.exports = { install, loadAsModule, readText, stripMark };
