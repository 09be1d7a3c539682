// CommonJS: `Module`, `require`, the cache. The kinds of files are in `cjs_kinds.js`, the search in `cjs_resolve.js`.
'use strict';

const builtin = require('internal/module/builtin');
const native = binding('resolve');
const scripts = binding('scripts');
const loop = binding('loop');
const { findPath, trySelf, nodeModulePaths, finish } = require('internal/module/cjs_resolve');
const { conditionsOf, resolveImports } = require('internal/module/package_target');
const hooks = require('internal/module/hooks');
const { traced } = require('internal/diagnostics');
const { WRAPPER } = require('internal/module/format');
const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeIndexOf, ArrayPrototypeSplice,
  Error, ObjectDefineProperty, ObjectKeys, ObjectSetPrototypeOf, Proxy, ReflectApply, SafeMap, SafeWeakMap, String, StringPrototypeIndexOf,
  StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;

const path = () => require('path');
const codes = () => require('internal/errors').codes;

// `filename\0request` of a relative request to what it led to, for loads that hit the cache.
const relativeCache = new SafeMap();

function updateChildren(parent, child, scan) {
  const children = parent?.children;
  if (children && !(scan && ArrayPrototypeIncludes(children, child))) ArrayPrototypePush(children, child);
}

const parents = new SafeWeakMap();

function Module(id = '', parent) {
  this.id = id;
  this.path = path().dirname(id);
  ObjectDefineProperty(this, 'exports', { __proto__: null, value: {}, writable: true, enumerable: true, configurable: true });
  parents.set(this, parent);
  updateChildren(parent, this, false);
  this.filename = null;
  this.loaded = false;
  this.children = [];
}

ObjectDefineProperty(Module.prototype, 'parent', {
  __proto__: null, configurable: true, enumerable: false,
  get() { return parents.get(this); },
  set(value) { parents.set(this, value); },
});
ObjectDefineProperty(Module.prototype, 'isPreloading', {
  __proto__: null, configurable: true, enumerable: false, get: () => Module.isPreloading === true,
});

Module._cache = { __proto__: null };
Module._pathCache = { __proto__: null };
Module._extensions = { __proto__: null };
Module.globalPaths = [];
Module.Module = Module;
Module._debug = () => {};

Module._nodeModulePaths = nodeModulePaths;

Module._initPaths = function _initPaths() {
  const { env } = require('process');
  const paths = [];
  if (env.NODE_PATH) for (const folder of env.NODE_PATH.split(':')) if (folder !== '') ArrayPrototypePush(paths, folder);
  if (env.HOME) ArrayPrototypePush(paths, path().resolve(env.HOME, '.node_modules'), path().resolve(env.HOME, '.node_libraries'));
  ArrayPrototypePush(paths, path().resolve(process.execPath, '../../lib/node'));
  Module.globalPaths = paths;
};

function isRelative(request) {
  return request[0] === '.' && (request.length === 1 || request[1] === '/' || (request[1] === '.' && (request.length === 2 || request[2] === '/')));
}

Module._resolveLookupPaths = function _resolveLookupPaths(request, parent) {
  if (builtin.isBuiltin(request)) return null;
  if (!isRelative(request)) {
    const paths = parent?.paths?.length ? [...parent.paths, ...Module.globalPaths] : [...Module.globalPaths];
    return paths.length > 0 ? paths : null;
  }
  // At the prompt there is no file to start from.
  if (!parent?.id || !parent.filename) return ['.'];
  return [path().dirname(parent.filename)];
};

Module._findPath = function _findPath(request, paths, isMain = false, conditions = undefined) {
  const key = `${request}\0${ArrayIsArray(paths) ? ArrayPrototypeJoin(paths, '\0') : ''}`;
  const known = Module._pathCache[key];
  if (known) return known;
  const found = findPath(request, paths, isMain, ObjectKeys(Module._extensions), conditions);
  if (found) Module._pathCache[key] = found;
  return found;
};

// The folders that `options.paths` of require.resolve() stands for.
function optionPaths(request, options, parent) {
  if (!ArrayIsArray(options.paths)) throw new (codes().ERR_INVALID_ARG_VALUE)('options.paths', options.paths);
  if (isRelative(request)) return options.paths;
  const fake = new Module('', null);
  const paths = [];
  for (const folder of options.paths) {
    fake.paths = nodeModulePaths(folder);
    for (const found of Module._resolveLookupPaths(request, fake)) if (!ArrayPrototypeIncludes(paths, found)) ArrayPrototypePush(paths, found);
  }
  return paths;
}

function resolveFilename(request, parent, isMain, options, conditions) {
  if (StringPrototypeStartsWith(request, 'node:') || builtin.isBuiltin(request)) {
    if (builtin.isBuiltin(request)) return request;
    throw builtin.unknown(request);
  }
  let paths;
  if (typeof options === 'object' && options !== null && options.paths !== undefined) paths = optionPaths(request, options, parent);
  else paths = Module._resolveLookupPaths(request, parent);
  const from = parent?.filename ?? undefined;
  if (request[0] === '#' && (from !== undefined || parent?.id === '[eval]' || parent?.id === '<repl>')) {
    const around = from ?? path().join(process.cwd(), 'x');
    const bare = (target) => target;
    const found = resolveImports(request, around, around, conditions ?? conditionsOf('require'), bare);
    if (found[0] !== '/') return resolveFilename(found, parent, isMain, undefined, conditions);
    return finish(found, request);
  }
  if (!isRelative(request) && request[0] !== '/') {
    const own = trySelf(from ?? (parent?.id === '<repl>' ? path().join(process.cwd(), 'x') : undefined), request, conditions ?? conditionsOf('require'));
    if (own !== undefined) return own;
  }
  const found = Module._findPath(request, paths, isMain, conditions);
  if (found) return found;
  throw notFound(request, parent);
}

function notFound(request, parent) {
  const stack = [];
  for (let cursor = parent; cursor; cursor = parents.get(cursor)) ArrayPrototypePush(stack, cursor.filename || cursor.id);
  let message = `Cannot find module '${request}'${builtin.note(request)}`;
  if (stack.length > 0) message += `\nRequire stack:\n- ${ArrayPrototypeJoin(stack, '\n- ')}`;
  const error = new Error(message);
  error.code = 'MODULE_NOT_FOUND';
  error.requireStack = stack;
  return error;
}

Module._resolveFilename = function _resolveFilename(request, parent, isMain, options) {
  return resolveFilename(request, parent, isMain, options, undefined);
};

// A call whose time counts as the loading of modules in a stall's shares; what modules do when they run does not.
function timed(load, ...args) {
  loop.loadBegan();
  try {
    return ReflectApply(load, undefined, args);
  } finally {
    loop.loadEnded();
  }
}

// The filename (or core module's name, or URL of a hook's) of a request, by the hooks if there are any.
function resolveRequest(request, parent, isMain, options) {
  if (!hooks.active()) return { filename: Module._resolveFilename(request, parent, isMain, options), format: undefined };
  const result = hooks.resolveSync(request, {
    conditions: [...conditionsOf('require')],
    importAttributes: { __proto__: null },
    parentURL: parent?.filename ? urlOf(parent.filename) : undefined,
  }, (specifier, context) => {
    if (StringPrototypeStartsWith(specifier, 'file:')) specifier = native.urlToPath(specifier);
    const custom = context.conditions && new primordials.SafeSet(context.conditions);
    const from = context.parentURL && parent?.filename && context.parentURL !== urlOf(parent.filename) ?
      moduleAt(native.urlToPath(context.parentURL) ?? context.parentURL) : parent;
    const filename = custom === undefined ? Module._resolveFilename(specifier, from, isMain, options) : resolveFilename(specifier, from, isMain, options, custom);
    return { url: urlOf(filename) };
  });
  const filename = StringPrototypeStartsWith(result.url, 'file:') ? native.urlToPath(result.url) : result.url;
  return { filename, format: result.format };
}

function moduleAt(filename) {
  const module = new Module(filename);
  module.filename = filename;
  module.paths = nodeModulePaths(path().dirname(filename));
  return module;
}

function urlOf(filename) {
  if (filename[0] === '/') return native.pathToUrl(filename);
  return builtin.isBuiltin(filename) && !StringPrototypeStartsWith(filename, 'node:') ? `node:${filename}` : filename;
}

Module._load = function _load(request, parent, isMain) {
  let key;
  if (parent && !hooks.active()) {
    key = `${parent.path}\0${request}`;
    const filename = relativeCache.get(key);
    if (filename !== undefined) {
      const cached = Module._cache[filename];
      if (cached !== undefined) {
        updateChildren(parent, cached, true);
        return cached.loaded ? cached.exports : partial(cached);
      }
      relativeCache.delete(key);
    }
  }
  const { filename, format } = timed(resolveRequest, request, parent, isMain);
  if (StringPrototypeStartsWith(filename, 'node:') && !hooks.active()) return builtin.load(filename);
  const cached = Module._cache[filename];
  if (cached !== undefined) {
    updateChildren(parent, cached, true);
    if (key !== undefined && isRelative(request)) relativeCache.set(key, filename);
    return cached.loaded ? cached.exports : partial(cached);
  }
  if (builtin.isBuiltin(filename) && !(hooks.active() && hooks.hasLoad())) return builtin.load(filename);
  const module = new Module(filename, parent);
  if (format !== undefined) formats.set(module, format);
  if (isMain) {
    process.mainModule = module;
    module.id = '.';
  }
  Module._cache[filename] = module;
  if (key !== undefined && isRelative(request)) relativeCache.set(key, filename);
  let threw = true;
  try {
    module.load(filename);
    threw = false;
  } finally {
    if (threw) {
      delete Module._cache[filename];
      relativeCache.delete(key);
      const siblings = parent?.children;
      const index = ArrayIsArray(siblings) ? ArrayPrototypeIndexOf(siblings, module) : -1;
      if (index !== -1) ArrayPrototypeSplice(siblings, index, 1);
    }
  }
  return module.exports;
};

// Formats that resolve hooks named, by module.
const formats = new SafeWeakMap();

// Exports of a module that is still loading: reading what is not there yet gives a warning.
const unfinished = {
  __proto__: null,
  get(target, name) {
    if (name in target || name === '__esModule' || name === 'then' || typeof name === 'symbol') return target[name];
    process.emitWarning(`Accessing non-existent property '${String(name)}' of module exports inside circular dependency`);
    return undefined;
  },
  getOwnPropertyDescriptor(target, name) {
    return primordials.ReflectGetOwnPropertyDescriptor(target, name);
  },
};
const plain = new Proxy({}, unfinished);

function partial(module) {
  const { exports } = module;
  const kinds = require('internal/module/esm');
  kinds.refuseCycle(module);
  if (exports !== null && typeof exports === 'object' && primordials.ObjectGetPrototypeOf(exports) === primordials.ObjectPrototype &&
      !binding('util').isProxy(exports) && !exports.__esModule) {
    ObjectSetPrototypeOf(exports, plain);
    watched.add(module);
  }
  return exports;
}
const watched = new primordials.SafeWeakSet();

Module.prototype.load = function load(filename) {
  this.filename ??= filename;
  this.paths ??= nodeModulePaths(path().dirname(filename));
  Module._extensions[findExtension(filename)](this, filename);
  this.loaded = true;
  if (watched.has(this)) {
    const { exports } = this;
    if (exports !== null && typeof exports === 'object' && primordials.ObjectGetPrototypeOf(exports) === plain) {
      ObjectSetPrototypeOf(exports, primordials.ObjectPrototype);
    }
  }
};

function findExtension(filename) {
  const name = path().basename(filename);
  for (let dot = StringPrototypeIndexOf(name, '.', 1); dot !== -1; dot = StringPrototypeIndexOf(name, '.', dot + 1)) {
    const extension = StringPrototypeSlice(name, dot);
    if (extension !== '.' && Module._extensions[extension]) return extension;
  }
  return '.js';
}

Module.prototype.require = function (id) {
  require('internal/validators').validateString(id, 'id');
  if (id === '') throw new (codes().ERR_INVALID_ARG_VALUE)('id', id, 'must be a non-empty string');
  const tracing = traced('module.require');
  if (tracing === undefined) return Module._load(id, this, false);
  return tracing.traceSync(Module._load, { __proto__: null, parentFilename: this.filename, id }, Module, id, this, false);
};

// Compiles and runs `content` as this module; `format` is 'module' when it is known to be one.
Module.prototype._compile = function _compile(content, filename, format) {
  if (format === 'module') return require('internal/module/cjs_kinds').loadAsModule(this, filename, content);
  let wrapper;
  if (wrapperPatched) {
    wrapper = binding('scripts').runScript(Module.wrap(content), filename);
  } else {
    try {
      wrapper = timed(scripts.compileWrapper, content, filename, WRAPPER);
    } catch (error) {
      if (format !== 'commonjs' && require('internal/module/format').isModuleError(error, content)) {
        return require('internal/module/cjs_kinds').loadAsModule(this, filename, content);
      }
      throw require('internal/process/decorate').decorate(error);
    }
  }
  const require_ = makeRequire(this);
  return ReflectApply(wrapper, this.exports, [this.exports, require_, this, filename, path().dirname(filename)]);
};

function makeRequire(module) {
  const require = function require(id) {
    return module.require(id);
  };
  require.resolve = function resolve(request, options) {
    validateRequest(request);
    return resolveRequest(request, module, false, options).filename;
  };
  require.resolve.paths = function paths(request) {
    validateRequest(request);
    return Module._resolveLookupPaths(request, module);
  };
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

function validateRequest(request) {
  require('internal/validators').validateString(request, 'request');
}

Module.createRequire = function createRequire(filename) {
  let name = filename;
  const isUrl = typeof filename === 'object' && filename !== null && typeof filename.href === 'string';
  if (isUrl || (typeof filename === 'string' && filename[0] !== '/')) {
    name = native.urlToPath(String(isUrl ? filename.href : filename));
  }
  if (typeof name !== 'string') {
    throw new (codes().ERR_INVALID_ARG_VALUE)('filename', filename, 'must be a file URL object, file URL string, or absolute path string');
  }
  const isFolder = name[name.length - 1] === '/';
  const module = new Module(isFolder ? path().join(name, 'noop.js') : name);
  module.filename = isFolder ? path().join(name, 'noop.js') : name;
  module.paths = nodeModulePaths(path().dirname(module.filename));
  return makeRequire(module);
};

Module.runMain = function runMain(main = process.argv[1]) {
  return require('internal/main').runFile(main);
};

Module._preloadModules = function _preloadModules(requests) {
  if (!ArrayIsArray(requests)) return;
  const parent = new Module('internal/preload', null);
  parent.paths = nodeModulePaths(process.cwd());
  Module.isPreloading = true;
  for (const request of requests) parent.require(request);
  Module.isPreloading = false;
};

// `Module.wrap` and `Module.wrapper` may be replaced; then they are used, else the text is compiled as a function's body.
let wrapperPatched = false;
const wrapperParts = new Proxy([`(function (${WRAPPER.join(', ')}) { `, '\n});'], {
  __proto__: null,
  set(target, name, value) {
    wrapperPatched = true;
    target[name] = value;
    return true;
  },
  defineProperty(target, name, descriptor) {
    wrapperPatched = true;
    ObjectDefineProperty(target, name, descriptor);
    return true;
  },
});
let wrap = (script) => wrapperParts[0] + script + wrapperParts[1];
let parts = wrapperParts;
ObjectDefineProperty(Module, 'wrap', {
  __proto__: null, enumerable: false, configurable: false,
  get: () => wrap,
  set(value) {
    wrapperPatched = true;
    wrap = value;
  },
});
ObjectDefineProperty(Module, 'wrapper', {
  __proto__: null, enumerable: false, configurable: false,
  get: () => parts,
  set(value) {
    wrapperPatched = true;
    parts = value;
  },
});

const process = require('process');
module.exports = { Module, makeRequire, moduleAt, resolveRequest, formats, urlOf };
require('internal/module/cjs_kinds').install(Module);
