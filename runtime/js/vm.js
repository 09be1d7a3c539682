// `node:vm`.
'use strict';

const native = binding('vm');
const { hostFor, mainLoader } = require('internal/vm/dynamic_import');
const {
  ArrayIsArray, ArrayPrototypeForEach, ObjectDefineProperty, ObjectFreeze, SafeWeakMap, Symbol,
} = primordials;

const CONTEXTLESS = Symbol('vm_context_no_contextify');
const constants = ObjectFreeze({ __proto__: null, USE_MAIN_CONTEXT_DEFAULT_LOADER: mainLoader, DONT_CONTEXTIFY: CONTEXTLESS });

// From a user's object to the global object of its context.
const globals = new SafeWeakMap();

const validators = () => require('internal/validators');
const codes = () => require('internal/errors').codes;

function isContext(object) {
  validators().validateObject(object, 'object', validators().kValidateObjectAllowObjects);
  return globals.has(object);
}

let count = 0;
function createContext(object = {}, options = {}) {
  const { validateObject, validateString, validateOneOf, validateBoolean } = validators();
  if (object !== CONTEXTLESS && object !== null && (typeof object === 'object' || typeof object === 'function') && globals.has(object)) return object;
  validateObject(options, 'options');
  const { name = `VM Context ${++count}`, origin, codeGeneration, microtaskMode } = options;
  validateString(name, 'options.name');
  if (origin !== undefined) validateString(origin, 'options.origin');
  if (codeGeneration !== undefined) validateObject(codeGeneration, 'options.codeGeneration');
  const { strings = true, wasm = true } = codeGeneration ?? {};
  validateBoolean(strings, 'options.codeGeneration.strings');
  validateBoolean(wasm, 'options.codeGeneration.wasm');
  validateOneOf(microtaskMode, 'options.microtaskMode', ['afterEvaluate', undefined]);
  if (microtaskMode === 'afterEvaluate') throw new (codes().ERR_FEATURE_UNAVAILABLE_ON_PLATFORM)("vm microtaskMode 'afterEvaluate'");
  if (object === CONTEXTLESS) {
    const global = native.makeContext(undefined, strings);
    globals.set(global, global);
    return global;
  }
  if (typeof object !== 'function') validateObject(object, 'contextObject', validators().kValidateObjectAllowObjects);
  globals.set(object, native.makeContext(object, strings));
  return object;
}

function globalOf(object) {
  const { codes: c } = require('internal/errors');
  const isObject = object !== null && (typeof object === 'object' || typeof object === 'function');
  const global = isObject ? globals.get(object) : undefined;
  if (global === undefined) throw new c.ERR_INVALID_ARG_TYPE('contextifiedObject', 'vm.Context', object);
  return global;
}

function runLimits(options) {
  if (options === undefined || options === null) options = {};
  validators().validateObject(options, 'options');
  const { timeout, breakOnSigint = false, displayErrors = true } = options;
  if (timeout !== undefined) validators().validateUint32(timeout, 'options.timeout', true);
  validators().validateBoolean(displayErrors, 'options.displayErrors');
  validators().validateBoolean(breakOnSigint, 'options.breakOnSigint');
  return { timeout: timeout ?? 0, displayErrors };
}

class Script {
  #compiled;

  constructor(code, options = {}) {
    code = `${code}`;
    if (typeof options === 'string') options = { filename: options };
    else validators().validateObject(options, 'options');
    const {
      filename = 'evalmachine.<anonymous>', lineOffset = 0, columnOffset = 0, cachedData, produceCachedData = false, importModuleDynamically,
    } = options;
    validators().validateString(filename, 'options.filename');
    validators().validateInt32(lineOffset, 'options.lineOffset');
    validators().validateInt32(columnOffset, 'options.columnOffset');
    if (cachedData !== undefined && !primordials.ArrayBufferIsView(cachedData)) {
      throw new (codes().ERR_INVALID_ARG_TYPE)('options.cachedData', ['Buffer', 'TypedArray', 'DataView'], cachedData);
    }
    validators().validateBoolean(produceCachedData, 'options.produceCachedData');
    checkImporter(importModuleDynamically);
    const host = hostFor(importModuleDynamically, () => this);
    let result;
    try {
      result = native.compileScript(code, filename, lineOffset, columnOffset, host, cachedData);
    } catch (error) {
      throw require('internal/process/decorate').decorate(error);
    }
    this.#compiled = result[0];
    if (cachedData !== undefined) this.cachedDataRejected = result[1];
    if (produceCachedData) {
      this.cachedData = this.createCachedData();
      this.cachedDataProduced = this.cachedData.length > 0;
    }
    this.sourceMapURL = native.sourceMapUrl(this.#compiled);
  }

  createCachedData() {
    const bytes = native.codeCache(this.#compiled);
    return require('buffer').Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  runInThisContext(options) {
    return this.#run(undefined, runLimits(options));
  }

  runInContext(contextifiedObject, options) {
    return this.#run(globalOf(contextifiedObject), runLimits(options));
  }

  #run(global, { timeout, displayErrors }) {
    if (!displayErrors) return native.runScript(this.#compiled, global, timeout);
    try {
      return native.runScript(this.#compiled, global, timeout);
    } catch (error) {
      throw require('internal/process/decorate').decorate(error);
    }
  }

  runInNewContext(contextObject, options) {
    const context = createContext(contextObject, contextOptions(options));
    return this.runInContext(context, options);
  }
}

function checkImporter(option) {
  if (option !== undefined && option !== mainLoader) validators().validateFunction(option, 'options.importModuleDynamically');
}

function contextOptions(options) {
  if (options === undefined || options === null || typeof options !== 'object') return {};
  const made = {};
  if (options.contextName !== undefined) {
    validators().validateString(options.contextName, 'options.contextName');
    made.name = options.contextName;
  }
  if (options.contextOrigin !== undefined) {
    validators().validateString(options.contextOrigin, 'options.contextOrigin');
    made.origin = options.contextOrigin;
  }
  if (options.contextCodeGeneration !== undefined) {
    validators().validateObject(options.contextCodeGeneration, 'options.contextCodeGeneration');
    made.codeGeneration = options.contextCodeGeneration;
  }
  if (options.microtaskMode !== undefined) made.microtaskMode = options.microtaskMode;
  return made;
}

function asOptions(options) {
  return typeof options === 'string' ? { filename: options } : options;
}

function createScript(code, options) {
  return new Script(code, options);
}

function runInContext(code, contextifiedObject, options) {
  globalOf(contextifiedObject);
  options = asOptions(options);
  return new Script(code, options).runInContext(contextifiedObject, options);
}

function runInNewContext(code, contextObject, options) {
  options = asOptions(options);
  const context = createContext(contextObject, contextOptions(options));
  return new Script(code, options).runInContext(context, options);
}

function runInThisContext(code, options) {
  options = asOptions(options);
  return new Script(code, options).runInThisContext(options);
}

function compileFunction(code, params, options = {}) {
  const { validateString, validateInt32, validateObject, validateBoolean, validateArray } = validators();
  validateString(code, 'code');
  if (params !== undefined) {
    validateArray(params, 'params');
    ArrayPrototypeForEach(params, (param, i) => validateString(param, `params[${i}]`));
  }
  validateObject(options, 'options');
  const {
    filename = '', lineOffset = 0, columnOffset = 0, cachedData, produceCachedData = false, parsingContext, contextExtensions = [], importModuleDynamically,
  } = options;
  validateString(filename, 'options.filename');
  validateInt32(columnOffset, 'options.columnOffset');
  validateInt32(lineOffset, 'options.lineOffset');
  if (cachedData !== undefined && !primordials.ArrayBufferIsView(cachedData)) {
    throw new (codes().ERR_INVALID_ARG_TYPE)('options.cachedData', ['Buffer', 'TypedArray', 'DataView'], cachedData);
  }
  validateBoolean(produceCachedData, 'options.produceCachedData');
  let global;
  if (parsingContext !== undefined) {
    if (parsingContext === null || typeof parsingContext !== 'object' || !globals.has(parsingContext)) {
      throw new (codes().ERR_INVALID_ARG_TYPE)('options.parsingContext', 'Context', parsingContext);
    }
    global = globals.get(parsingContext);
  }
  if (!ArrayIsArray(contextExtensions)) throw new (codes().ERR_INVALID_ARG_TYPE)('options.contextExtensions', 'Array', contextExtensions);
  ArrayPrototypeForEach(contextExtensions, (extension, i) => validateObject(extension, `options.contextExtensions[${i}]`, validators().kValidateObjectAllowNullable));
  checkImporter(importModuleDynamically);
  const host = hostFor(importModuleDynamically, () => made);
  const made = native.compileFunction(code, filename, lineOffset, columnOffset, host, params ?? [], global, contextExtensions);
  return made;
}

function measureMemory() {
  return primordials.PromiseReject(new (codes().ERR_FEATURE_UNAVAILABLE_ON_PLATFORM)('vm.measureMemory()'));
}

module.exports = {
  Script, createContext, createScript, runInContext, runInNewContext, runInThisContext, isContext, compileFunction, measureMemory, constants,
};

// ES modules in contexts: named so that a program learns what is missing.
for (const name of ['SourceTextModule', 'SyntheticModule', 'Module']) {
  if (!require('internal/options').getOption('experimental-vm-modules')) break;
  ObjectDefineProperty(module.exports, name, {
    __proto__: null, configurable: true, enumerable: true,
    value: class { constructor() { throw new (codes().ERR_FEATURE_UNAVAILABLE_ON_PLATFORM)(`vm.${name}`); } },
  });
}
