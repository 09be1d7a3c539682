// Text that has no file: `-e`, `-p`, standard input.
'use strict';

const { getOption } = require('internal/options');
const files = binding('resolve');
const { ObjectDefineProperty, StringPrototypeEndsWith, StringPrototypeStartsWith } = primordials;

// Code of a CommonJS text that waits at its top level is a module's, as in a file.
function evaluate(source, name) {
  let type = getOption('input-type') ?? '';
  const print = getOption('print') === true;
  if (StringPrototypeEndsWith(type, 'typescript')) {
    source = require('internal/module/typescript').strip(source, name);
    type = type.slice(0, -'-typescript'.length);
  }
  if (getOption('check')) return check(source, name, type);
  if (type === 'module') return runModule(source, name, print);
  prepareGlobals(name);
  let result;
  try {
    result = binding('scripts').runScript(source, name);
  } catch (error) {
    if (type !== 'commonjs' && require('internal/module/format').isModuleError(error, source) && isCompileError(source, name)) {
      return runModule(source, name, print);
    }
    const erased = type === '' ? withoutTypes(error, source, name) : undefined;
    if (erased === undefined) throw error;
    return evaluate(erased, name);
  }
  if (print) require('console').log(result);
  return undefined;
}

// The text without types, when it is TypeScript; undefined when it is not, and JavaScript's error stands.
function withoutTypes(error, source, name) {
  if (!getOption('strip-types') || !(error instanceof primordials.SyntaxError) || !isCompileError(source, name)) return undefined;
  try {
    const erased = require('internal/module/typescript').strip(source, '');
    return erased === source ? undefined : erased;
  } catch (fault) {
    if (fault.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw fault;
    return undefined;
  }
}

// Whether the error came from reading the text rather than from running it.
function isCompileError(source, name) {
  try {
    binding('scripts').compileScript(source, name);
    return false;
  } catch {
    return true;
  }
}

function check(source, name, type) {
  const { WRAPPER, isModuleError } = require('internal/module/format');
  const url = files.pathToUrl(`${process.cwd()}/${name}1`);
  if (type === 'module') return binding('esm').compile(source, url);
  try {
    return binding('scripts').compileWrapper(source, name, WRAPPER);
  } catch (error) {
    if (type === '' && isModuleError(error, source)) return binding('esm').compile(source, url);
    throw error;
  }
}

function runModule(source, name, print) {
  if (print) throw new (require('internal/errors').codes.ERR_EVAL_ESM_CANNOT_PRINT)();
  return require('internal/module/esm').runText(source, files.pathToUrl(`${process.cwd()}/${name}1`));
}

// What a script without a file finds: `require`, `module`, the core modules by name.
function prepareGlobals(name) {
  const { Module, makeRequire } = require('internal/module/cjs');
  const path = require('path');
  const module = new Module(name);
  module.filename = path.join(process.cwd(), name);
  module.paths = Module._nodeModulePaths(process.cwd());
  const values = { module, exports: module.exports, require: makeRequire(module), __filename: name, __dirname: '.' };
  for (const key of primordials.ObjectKeys(values)) {
    ObjectDefineProperty(globalThis, key, { __proto__: null, value: values[key], writable: true, configurable: true, enumerable: true });
  }
  addCoreModules(globalThis);
}

// Each core module as a getter, replaced by what the program assigns.
function addCoreModules(target) {
  const builtin = require('internal/module/builtin');
  for (const id of builtin.names) {
    if (id.includes('/') || StringPrototypeStartsWith(id, 'node:') || id in target) continue;
    const define = (value) => ObjectDefineProperty(target, id, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
    ObjectDefineProperty(target, id, { __proto__: null, configurable: true, enumerable: false, get: () => builtin.load(id), set: define });
  }
}

function evaluateInput() {
  const { readStandardInput } = binding('process');
  const text = readStandardInput();
  if (typeof text === 'number') throw require('internal/errors').uvException({ errno: text, syscall: 'read' });
  return evaluate(text, '[stdin]');
}

const process = require('process');
module.exports = { evaluate, evaluateInput, addCoreModules };
