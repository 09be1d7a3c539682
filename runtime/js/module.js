// `node:module`.
'use strict';

const { Module } = require('internal/module/cjs');
const builtin = require('internal/module/builtin');
const { ObjectFreeze } = primordials;

Module.builtinModules = ObjectFreeze([...builtin.names]);
Module.isBuiltin = builtin.isBuiltin;
Module.registerHooks = require('internal/module/hooks').registerHooks;
Module.syncBuiltinESMExports = function syncBuiltinESMExports() {
  require('internal/module/esm_compile').syncBuiltins();
};
Module.constants = ObjectFreeze({
  __proto__: null,
  compileCacheStatus: ObjectFreeze({ __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 }),
});

// There is no cache on disk: a program that asks for one is told that it is off.
Module.enableCompileCache = function enableCompileCache() {
  return { status: Module.constants.compileCacheStatus.DISABLED, message: 'Rondo keeps no compile cache on disk' };
};
Module.getCompileCacheDir = function getCompileCacheDir() {};
Module.flushCompileCache = function flushCompileCache() {};

Module.findPackageJSON = function findPackageJSON(specifier, base = undefined) {
  return require('internal/module/find_package').findPackageJSON(specifier, base);
};

Module.stripTypeScriptTypes = function stripTypeScriptTypes(code, options = undefined) {
  return require('internal/module/typescript').stripForUser(code, options);
};

Module.register = function register(specifier, parentURL = undefined, options = undefined) {
  require('internal/module/register').register(specifier, parentURL, options);
};

const sourceMaps = () => require('internal/source_map');
Module.findSourceMap = function findSourceMap(path) {
  return sourceMaps().findSourceMap(path);
};
Module.setSourceMapsSupport = function setSourceMapsSupport(enabled, options) {
  return sourceMaps().setSupport(enabled, options);
};
Module.getSourceMapsSupport = function getSourceMapsSupport() {
  return sourceMaps().getSupport();
};
primordials.ObjectDefineProperty(Module, 'SourceMap', {
  __proto__: null, configurable: true, enumerable: true, get: () => sourceMaps().SourceMap,
  // Whoever copies this class assigns what it has (jest).
  set(value) {
    primordials.ObjectDefineProperty(this, 'SourceMap', { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  },
});

module.exports = Module;
