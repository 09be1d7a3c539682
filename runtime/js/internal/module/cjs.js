// CommonJS: `Module`, `require`, the cache, and the kinds of files it loads.
'use strict';

const builtin = require('internal/module/builtin');
const resolver = binding('resolve');
const scripts = binding('scripts');
const {
  ObjectCreate, ObjectDefineProperty, JSONParse, StringPrototypeCharCodeAt, StringPrototypeSlice,
  StringPrototypeStartsWith, Error,
} = primordials;

const WRAPPER = ['exports', 'require', 'module', '__filename', '__dirname'];
const BYTE_ORDER_MARK = 0xfeff;

const path = () => require('path');
const fs = () => require('fs');
const { pathToFileURL, fileURLToPath } = {
  pathToFileURL: (name) => require('internal/url').pathToFileURL(name),
  fileURLToPath: (url) => require('internal/url').fileURLToPath(url),
};

function Module(id = '', parent) {
  this.id = id;
  this.path = path().dirname(id);
  this.exports = {};
  ObjectDefineProperty(this, 'parent', { __proto__: null, value: parent, writable: true, enumerable: false, configurable: true });
  this.filename = null;
  this.loaded = false;
  this.children = [];
  if (parent?.children) parent.children.push(this);
}

Module._cache = ObjectCreate(null);
Module._extensions = ObjectCreate(null);
Module._pathCache = ObjectCreate(null);
Module.globalPaths = [];
Module.Module = Module;
Module.builtinModules = builtin.names;
Module.isBuiltin = builtin.isBuiltin;

function notFound(request, parent, code, message) {
  const error = new Error(message);
  error.code = code;
  if (code === 'MODULE_NOT_FOUND') error.requireStack = requireStack(parent);
  return error;
}

function requireStack(parent) {
  const stack = [];
  for (let module = parent; module; module = module.parent) stack.push(module.filename ?? module.id);
  return stack;
}

Module._nodeModulePaths = function _nodeModulePaths(from) {
  const paths = [];
  for (let folder = path().resolve(from); ; folder = path().dirname(folder)) {
    if (path().basename(folder) !== 'node_modules') paths.push(path().join(folder, 'node_modules'));
    if (folder === path().dirname(folder)) return paths;
  }
};

Module._resolveLookupPaths = function _resolveLookupPaths(request, parent) {
  if (builtin.isBuiltin(request)) return null;
  if (request[0] === '.') return [parent?.filename ? path().dirname(parent.filename) : '.'];
  return parent?.paths ?? Module._nodeModulePaths(process.cwd());
};

const resolved = new primordials.SafeMap();

Module._resolveFilename = function _resolveFilename(request, parent, isMain, options) {
  if (builtin.isBuiltin(request)) return request;
  if (StringPrototypeStartsWith(request, 'node:')) {
    throw new (require('internal/errors').codes.ERR_UNKNOWN_BUILTIN_MODULE)(request);
  }
  const folders = options?.paths ?? [parent?.filename ? path().dirname(parent.filename) : parent?.path ?? process.cwd()];
  let failure;
  for (const folder of folders) {
    const key = `${folder}\0${request}`;
    const known = resolved.get(key);
    if (known !== undefined) return known;
    const found = resolver.resolve(request, path().resolve(folder), false);
    if (typeof found === 'string') {
      resolved.set(key, found);
      return found;
    }
    failure ??= found;
  }
  if (failure?.code !== undefined && failure.code !== 'MODULE_NOT_FOUND') {
    throw notFound(request, parent, failure.code, failure.message);
  }
  const stack = requireStack(parent);
  const from = stack.length > 0 ? `\nRequire stack:\n- ${stack.join('\n- ')}` : '';
  throw notFound(request, parent, 'MODULE_NOT_FOUND', `Cannot find module '${request}'${from}`);
};

Module._load = function _load(request, parent, isMain) {
  if (builtin.isBuiltin(request)) return builtin.load(request);
  const filename = Module._resolveFilename(request, parent, isMain);
  if (builtin.isBuiltin(filename)) return builtin.load(filename);
  const cached = Module._cache[filename];
  if (cached !== undefined) {
    if (parent && !parent.children.includes(cached)) parent.children.push(cached);
    return cached.exports;
  }
  const module = new Module(filename, parent);
  if (isMain) {
    process.mainModule = module;
    module.id = '.';
  }
  Module._cache[filename] = module;
  let threw = true;
  try {
    module.load(filename);
    threw = false;
  } finally {
    if (threw) delete Module._cache[filename];
  }
  return module.exports;
};

Module.prototype.load = function load(filename) {
  this.filename = filename;
  this.paths = Module._nodeModulePaths(path().dirname(filename));
  const extension = findExtension(filename);
  Module._extensions[extension](this, filename);
  this.loaded = true;
};

function findExtension(filename) {
  const name = path().basename(filename);
  for (let dot = name.indexOf('.', 1); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const extension = StringPrototypeSlice(name, dot);
    if (extension !== '.' && Module._extensions[extension]) return extension;
  }
  return '.js';
}

Module.prototype.require = function (id) {
  require('internal/validators').validateString(id, 'id');
  if (id === '') {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_VALUE)('id', id, 'must be a non-empty string');
  }
  return Module._load(id, this, false);
};

Module.prototype._compile = function _compile(content, filename) {
  const name = StringPrototypeStartsWith(filename, '/') ? pathToFileURL(filename).href : filename;
  const wrapper = scripts.compileWrapper(content, name, WRAPPER);
  const folder = path().dirname(filename);
  return primordials.ReflectApply(wrapper, this.exports, [this.exports, makeRequire(this), this, filename, folder]);
};

function makeRequire(module) {
  const require = function require(id) {
    return module.require(id);
  };
  require.resolve = function resolve(request, options) {
    return Module._resolveFilename(request, module, false, options);
  };
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

function stripMark(content) {
  return StringPrototypeCharCodeAt(content, 0) === BYTE_ORDER_MARK ? StringPrototypeSlice(content, 1) : content;
}

Module._extensions['.js'] = function (module, filename) {
  const content = stripMark(fs().readFileSync(filename, 'utf8'));
  const type = filename.endsWith('.js') ? resolver.packageType(filename) : '';
  if (type === 'module' || filename.endsWith('.mjs')) return loadModule(module, filename);
  try {
    module._compile(content, filename);
  } catch (error) {
    if (type === '' && filename.endsWith('.js') && error instanceof primordials.SyntaxError && !module.loaded &&
        looksLikeModule(error) && scripts.isModuleSyntax(content)) {
      return loadModule(module, filename);
    }
    throw error;
  }
};

// The syntax errors that only a module's text gives when it is read as a script.
function looksLikeModule(error) {
  return /import statement outside a module|Unexpected token 'export'|import\.meta' outside a module|await is only valid in async/
    .test(error.message);
}

// `require` of an ES module: possible when nothing in its graph awaits at the top level.
function loadModule(module, filename) {
  const namespace = require('internal/module/esm').requireSync(pathToFileURL(filename).href);
  module.exports = 'module.exports' in namespace ? namespace['module.exports'] : namespace;
  if (namespace.default !== undefined && !('__esModule' in namespace) && !('module.exports' in namespace)) {
    module.exports = ObjectCreate(null, {
      ...primordials.ObjectGetOwnPropertyDescriptors(namespace),
      __esModule: { __proto__: null, value: true, enumerable: true },
    });
  }
}

Module._extensions['.mjs'] = loadModule;

Module._extensions['.json'] = function (module, filename) {
  const content = stripMark(fs().readFileSync(filename, 'utf8'));
  try {
    module.exports = JSONParse(content);
  } catch (error) {
    error.message = `${filename}: ${error.message}`;
    throw error;
  }
};

Module._extensions['.node'] = function (module, filename) {
  const { codes } = require('internal/errors');
  throw new codes.ERR_DLOPEN_FAILED(`Node-API addons are not supported yet: ${filename}`);
};

Module.createRequire = function createRequire(filename) {
  const { codes } = require('internal/errors');
  let name = filename;
  if (typeof filename === 'object' || StringPrototypeStartsWith(String(filename), 'file:')) name = fileURLToPath(filename);
  else if (typeof filename !== 'string' || !path().isAbsolute(filename)) {
    throw new codes.ERR_INVALID_ARG_VALUE('filename', filename, 'must be a file URL object, file URL string, or absolute path string');
  }
  const module = new Module(name);
  module.filename = name;
  module.paths = Module._nodeModulePaths(path().dirname(name));
  return makeRequire(module);
};

Module.runMain = function runMain(main = process.argv[1]) {
  return Module._load(main, null, true);
};

Module.wrap = (script) => `(function (${WRAPPER.join(', ')}) { ${script}\n});`;
Module.syncBuiltinESMExports = () => {};
Module.enableCompileCache = () => ({ status: 3 });
Module.findSourceMap = () => undefined;
Module.register = function register() {
  throw new (require('internal/errors').codes.ERR_METHOD_NOT_IMPLEMENTED)('module.register()');
};

const process = require('process');
module.exports = { Module, makeRequire, stripMark };
