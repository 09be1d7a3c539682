// What kind of module a file is: by its name, its package, and for undecided `.js` by its syntax.
'use strict';

const scripts = binding('scripts');
const { typeOf } = require('internal/module/package_json');
const {
  RegExpPrototypeExec, StringPrototypeEndsWith, StringPrototypeIncludes, StringPrototypeLastIndexOf, StringPrototypeSlice,
} = primordials;

const BY_NAME = {
  __proto__: null, '.mjs': 'module', '.cjs': 'commonjs', '.json': 'json', '.node': 'addon', '.wasm': 'wasm',
  '.mts': 'module-typescript', '.cts': 'commonjs-typescript',
};
const WRAPPER = ['exports', 'require', 'module', '__filename', '__dirname'];
// Errors that only a module's text gives when it is read as a script.
const ONLY_MODULES = /^(Cannot use import statement outside a module|Unexpected token 'export'|Cannot use 'import\.meta' outside a module)/;
// Errors of a script's text that a module with top-level await would not give.
const MAYBE_MODULES = /^(Identifier '(__filename|__dirname|require|module|exports)' has already been declared|await is only valid in async functions and the top level bodies of modules|Unexpected reserved word)/;
const HINT = /\b(?:import|export|await)\b/;

// Every start comes here and to `findPath`: a regular expression would be compiled each time.
function extensionOf(path) {
  const dot = StringPrototypeLastIndexOf(path, '.');
  if (dot < 1 || path[dot - 1] === '/' || StringPrototypeIncludes(path, '/', dot)) return '';
  return StringPrototypeSlice(path, dot);
}

// Whether the error of compiling `source` as a script says that it is a module.
function isModuleError(error, source) {
  const message = error?.message;
  if (typeof message !== 'string') return false;
  if (RegExpPrototypeExec(ONLY_MODULES, message) !== null) return true;
  return RegExpPrototypeExec(MAYBE_MODULES, message) !== null && scripts.moduleSyntax(source) === 2;
}

// Whether a text without any other sign is a module.
function detectModule(source) {
  if (RegExpPrototypeExec(HINT, source) === null) return false;
  try {
    scripts.compileWrapper(source, 'syntax-check', WRAPPER);
    return false;
  } catch (error) {
    return isModuleError(error, source);
  }
}

// The format of a file, '' when only its text can tell, undefined when its extension is unknown.
function formatOf(path) {
  const extension = extensionOf(path);
  const known = BY_NAME[extension];
  if (known !== undefined) return known;
  const type = typeOf(path);
  if (extension === '.js' || extension === '') return type === 'none' ? '' : type;
  if (extension === '.ts') return type === 'none' ? 'typescript' : `${type}-typescript`;
  return undefined;
}

const isBelowNodeModules = (path) => StringPrototypeIncludes(path, '/node_modules/');
const isTypeScript = (path) => StringPrototypeEndsWith(path, '.ts') || StringPrototypeEndsWith(path, '.mts') || StringPrototypeEndsWith(path, '.cts');

module.exports = { formatOf, extensionOf, isModuleError, detectModule, isBelowNodeModules, isTypeScript, WRAPPER };
