// What runs first: a file, `-e`, standard input, the interactive prompt. The loop enters here once.
'use strict';

const { getOption, wantsRepl } = require('internal/options');
const native = binding('resolve');
const {
  StringPrototypeEndsWith, StringPrototypeStartsWith,
} = primordials;

let mainUrl;
let clusterWorker = false;

function run() {
  const { words, CURRENT_CALLBACK } = require('internal/loop_words');
  require('internal/async_hooks/ids').state.mainCallback = words[CURRENT_CALLBACK];
  const isWorker = binding('worker').port !== undefined;
  if (isWorker) require('internal/worker/inside').receive();
  prepare();
  const { Module } = require('internal/module/cjs');
  const requests = getOption('require');
  if (requests.length > 0) Module._preloadModules(requests);
  registerLoaders();
  const imports = getOption('import');
  if (imports.length > 0) return importFirst(imports);
  return runProgram();
}

// The hooks that `--loader` names.
function loaders() {
  return [...getOption('experimental-loader'), ...getOption('loader')];
}

function registerLoaders() {
  const list = loaders();
  for (let i = 0; i < list.length; i++) {
    require('internal/module/register').register(list[i], native.pathToUrl(`${process.cwd()}/`));
  }
}

// Variables from files, the title: what the program finds when it starts.
function prepare() {
  // The loader of ES modules is read when something is first imported.
  binding('esm').setHooks(
    (specifier, referrer, attributes, host) => require('internal/module/esm').importDynamically(specifier, referrer, attributes, host),
    (meta, url) => require('internal/module/esm').initializeMeta(meta, url));
  const { Module } = require('internal/module/cjs');
  if (process.env.NODE_V8_COVERAGE) require('internal/process/coverage').start();
  loadEnvFiles();
  Module._initPaths();
  const title = getOption('title');
  if (title !== undefined) process.title = title;
  if (process.env.NODE_CHANNEL_FD !== undefined && binding('worker').port === undefined) require('internal/child_process/channel').setupChild();
  if (process.env.NODE_UNIQUE_ID !== undefined && process.connected && binding('worker').port === undefined) {
    clusterWorker = true;
    require('internal/cluster/child');
  }
  if (getOption('enable-source-maps')) require('internal/source_map').enableAll(true);
  if (getOption('trace-deprecation')) process.traceDeprecation = true;
  if (getOption('throw-deprecation')) process.throwDeprecation = true;
  if (!getOption('deprecation')) process.noDeprecation = true;
  if (process.argv.length > 1 && process.argv[1] !== '-' && getOption('eval') === undefined && !wantsRepl()) {
    process.argv[1] = require('path').resolve(process.argv[1]);
  }
}

function loadEnvFiles() {
  const list = getOption('env-file');
  for (let i = 0; i < list.length; i++) {
    if (!require('internal/process/env_file').load(list[i])) {
      binding('process').writeSync(2, `rondo: ${list[i]}: not found\n`);
      binding('process').exit(9);
    }
  }
  const optional = getOption('env-file-if-exists');
  for (let i = 0; i < optional.length; i++) require('internal/process/env_file').load(optional[i]);
}

async function importFirst(requests) {
  const esm = require('internal/module/esm');
  const base = native.pathToUrl(`${process.cwd()}/`);
  for (let i = 0; i < requests.length; i++) {
    const { url, format } = esm.resolve(requests[i], base);
    await esm.importUrl(url, undefined, format);
  }
  return runProgram();
}

function runProgram() {
  if (binding('worker').port !== undefined) return require('internal/worker/inside').run();
  if (wantsRepl()) return startRepl();
  const code = getOption('eval');
  if (code !== undefined) return require('internal/process/evaluate').evaluate(code, '[eval]');
  if (process.argv.length > 1 && process.argv[1] !== '-') return runFile(process.argv[1]);
  if (process.argv.length === 1 && require('tty').isatty(0)) return startRepl();
  return require('internal/process/evaluate').evaluateInput();
}

function startRepl() {
  return require('internal/repl/start').start();
}

// Runs a script as the program.
function runFile(name) {
  const path = require('path');
  const { Module } = require('internal/module/cjs');
  if (getOption('input-type') !== undefined) throw new (require('internal/errors').codes.ERR_INPUT_TYPE_NOT_ALLOWED)();
  const absolute = path.resolve(name);
  const filename = Module._findPath(absolute, null, true) || Module._resolveFilename(absolute, null, true);
  if (getOption('check')) return check(filename);
  mainUrl = native.pathToUrl(filename);
  if (needsEsm(filename)) return require('internal/module/esm').runMain(mainUrl);
  return Module._load(absolute, null, true);
}

// Runs a module that has no file.
function runUrl(url) {
  mainUrl = url;
  return require('internal/module/esm').runMain(url);
}

// Whether the program is loaded as an ES module from the start. Undecided files begin as CommonJS.
function needsEsm(filename) {
  const { formatOf } = require('internal/module/format');
  if ((getOption('import').length > 0 || loaders().length > 0) && formatOf(filename) !== '' && formatOf(filename) !== 'json') return true;
  if (StringPrototypeEndsWith(filename, '.mjs') || StringPrototypeEndsWith(filename, '.mts') || StringPrototypeEndsWith(filename, '.wasm')) return true;
  const format = formatOf(filename);
  return format !== undefined && StringPrototypeStartsWith(format, 'module');
}

function check(filename) {
  const { formatOf, isModuleError, isTypeScript, WRAPPER } = require('internal/module/format');
  const { readText } = require('internal/module/cjs_kinds');
  let source = readText(filename);
  if (isTypeScript(filename)) source = require('internal/module/typescript').strip(source, filename);
  const format = formatOf(filename) ?? '';
  if (StringPrototypeStartsWith(format, 'module')) return binding('esm').compile(source, native.pathToUrl(filename));
  try {
    binding('scripts').compileWrapper(source, filename, WRAPPER);
  } catch (error) {
    if (format === '' && isModuleError(error, source)) return binding('esm').compile(source, native.pathToUrl(filename));
    throw error;
  }
  return undefined;
}

const process = require('process');
module.exports = { isClusterWorker: () => clusterWorker, run, runFile, runUrl, mainUrl: () => mainUrl };
