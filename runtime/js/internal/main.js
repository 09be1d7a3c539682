// What runs first: a file, `-e`, standard input. The loop enters here once.
'use strict';

const native = binding('process');

function run() {
  const options = native.options;
  const { Module } = require('internal/module/cjs');
  for (const request of options.require) Module._load(request, folderModule(Module), false);
  if (options.import.length > 0) return importFirst(options.import).then(() => runProgram(options), rethrow);
  runProgram(options);
}

async function importFirst(requests) {
  const esm = require('internal/module/esm');
  const base = require('internal/url').pathToFileURL(`${process.cwd()}/`).href;
  for (const request of requests) await esm.importUrl(esm.resolve(request, base));
}

function folderModule(Module) {
  const path = require('path').join(process.cwd(), 'noop.js');
  const module = new Module(path);
  module.filename = path;
  module.paths = Module._nodeModulePaths(process.cwd());
  return module;
}

function runProgram(options) {
  if (options.eval !== undefined) return evaluate(options.eval, '[eval]', options);
  if (process.argv.length > 1 && process.argv[1] !== '-') return runFile(options);
  const source = require('fs').readFileSync(0, 'utf8');
  evaluate(source, '[stdin]', options);
}

function runFile(options) {
  const path = require('path');
  const { Module } = require('internal/module/cjs');
  const name = path.resolve(process.argv[1]);
  const filename = Module._resolveFilename(name, null, true);
  process.argv[1] = name;
  if (options.check) return check(filename);
  const esm = require('internal/module/esm');
  if (filename.endsWith('.mjs') || binding('resolve').packageType(filename) === 'module' && filename.endsWith('.js')) {
    return esm.runMain(require('internal/url').pathToFileURL(filename).href).catch(rethrow);
  }
  if (filename.endsWith('.js') && esm.isModule(filename, () => require('fs').readFileSync(filename, 'utf8'))) {
    return esm.runMain(require('internal/url').pathToFileURL(filename).href).catch(rethrow);
  }
  Module._load(filename, null, true);
}

// An error of the program's own module is an uncaught one, not an unhandled rejection.
function rethrow(error) {
  require('internal/process/uncaught').triggerUncaught(error, false);
}

function check(filename) {
  const source = require('fs').readFileSync(filename, 'utf8');
  const esm = require('internal/module/esm');
  if (esm.isModule(filename, () => source)) binding('esm').compile(source, filename);
  else binding('scripts').compileWrapper(source, filename, ['exports', 'require', 'module', '__filename', '__dirname']);
}

function evaluate(source, name, options) {
  const { Module, makeRequire } = require('internal/module/cjs');
  if (options.inputType === 'module') {
    return require('internal/module/esm').runText(source, `file://${process.cwd()}/${name}1`).catch(rethrow);
  }
  const module = new Module(name);
  module.filename = require('path').join(process.cwd(), name);
  module.paths = Module._nodeModulePaths(process.cwd());
  for (const [key, value] of primordials.ObjectEntries({
    module, exports: module.exports, require: makeRequire(module), __filename: name, __dirname: '.',
  })) {
    primordials.ObjectDefineProperty(globalThis, key, { __proto__: null, value, writable: true, configurable: true, enumerable: false });
  }
  for (const id of require('internal/module/builtin').names) {
    if (id.includes('/') || id in globalThis) continue;
    primordials.ObjectDefineProperty(globalThis, id, {
      __proto__: null, configurable: true, enumerable: false,
      get: () => require('internal/module/builtin').load(id),
      set(value) {
        primordials.ObjectDefineProperty(globalThis, id, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
      },
    });
  }
  const result = binding('scripts').runScript(source, name);
  if (options.print) require('console').log(result);
}

const process = require('process');
module.exports = { run };
