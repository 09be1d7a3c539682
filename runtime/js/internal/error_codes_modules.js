// The `ERR_*` codes of module loading, `vm`, child processes and the command line.
'use strict';

const { ArrayIsArray, JSONStringify, ObjectDefineProperty, String, StringPrototypeStartsWith } = primordials;

function from(base) {
  return base ? ` imported from ${base}` : '';
}

function invalidTarget(folder, key, target, isImport = false, base = undefined) {
  const hint = typeof target === 'string' && !isImport && target.length > 0 && !StringPrototypeStartsWith(target, './') ?
    '; targets must start with "./"' : '';
  const shown = JSONStringify(target, null, '');
  if (key === '.') {
    return `Invalid "exports" main target ${shown} defined in the package config ${folder}/package.json${from(base)}${hint}`;
  }
  return `Invalid "${isImport ? 'imports' : 'exports'}" target ${shown} defined for '${key}' in the package config ${folder}/package.json${from(base)}${hint}`;
}

module.exports = function defineModuleErrors(define, { TypeError, RangeError, Error, SyntaxError, inspect }) {
  define('ERR_CHILD_CLOSED_BEFORE_REPLY', 'Child closed before reply received', Error);
  define('ERR_CANNOT_WATCH_SIGINT', 'Cannot watch for SIGINT signals', Error);
  define('ERR_EVAL_ESM_CANNOT_PRINT', '--print cannot be used with ESM input', Error);
  define('ERR_IMPORT_ATTRIBUTE_MISSING', 'Module "%s" needs an import attribute of "%s: %s"', TypeError);
  define('ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE', 'Module "%s" is not of type "%s"', TypeError);
  define('ERR_IMPORT_ATTRIBUTE_UNSUPPORTED', (name, value, url) => `Import attribute "${name}" with value "${value}" is not supported${url === undefined ? '' : ` in ${url}`}`, TypeError);
  define('ERR_INPUT_TYPE_NOT_ALLOWED', '--input-type can only be used with string input via --eval, --print, or STDIN', Error);
  define('ERR_INVALID_MODULE_SPECIFIER', (request, reason, base) => `Invalid module "${request}" ${reason}${from(base)}`, TypeError);
  define('ERR_INVALID_PACKAGE_CONFIG', (path, base, message) => `Invalid package config ${path}${base ? ` while importing ${base}` : ''}.${message ? ` ${message}` : ''}`, Error);
  define('ERR_INVALID_PACKAGE_TARGET', invalidTarget, Error);
  define('ERR_INVALID_REPL_EVAL_CONFIG', 'Cannot specify both "breakEvalOnSigint" and "eval" for REPL', TypeError);
  define('ERR_INVALID_REPL_INPUT', '%s', TypeError);
  define('ERR_INVALID_TYPESCRIPT_SYNTAX', '%s', SyntaxError);
  define('ERR_IPC_CHANNEL_CLOSED', 'Channel closed', Error);
  define('ERR_IPC_DISCONNECTED', 'IPC channel is already disconnected', Error);
  define('ERR_IPC_ONE_PIPE', 'Child process can have only one IPC pipe', Error);
  define('ERR_IPC_SYNC_FORK', 'IPC cannot be used with synchronous forks', Error);
  define('ERR_LOADER_CHAIN_INCOMPLETE', '"%s" did not call the next hook in its chain and did not explicitly signal a short circuit. If this is intentional, include `shortCircuit: true` in the hook\'s return.', Error);
  define('ERR_MODULE_NOT_FOUND', function notFound(path, base, url) {
    if (typeof url === 'string' && url !== '') this.url = url;
    return `Cannot find ${url === undefined ? 'package' : 'module'} '${path}' imported from ${base}`;
  }, Error);
  define('ERR_PACKAGE_IMPORT_NOT_DEFINED', (name, folder, base) => `Package import specifier "${name}" is not defined${folder ? ` in package ${folder}/package.json` : ''}${from(base)}`, TypeError);
  define('ERR_PACKAGE_PATH_NOT_EXPORTED', (folder, subpath, base) => (subpath === '.' ?
    `No "exports" main defined in ${folder}/package.json${from(base)}` :
    `Package subpath '${subpath}' is not defined by "exports" in ${folder}/package.json${from(base)}`), Error);
  define('ERR_REQUIRE_ASYNC_MODULE', (filename, parent) => {
    let text = 'require() cannot be used on an ESM graph with top-level await. Use import() instead. To see where the' +
      ' top-level await comes from, use --experimental-print-required-tla.';
    if (parent) text += `\n  From ${parent} `;
    if (filename) text += `\n  Requiring ${filename} `;
    return text;
  }, Error);
  define('ERR_UNKNOWN_CREDENTIAL', '%s identifier does not exist: %s', Error);
  define('ERR_UNKNOWN_MODULE_FORMAT', 'Unknown module format: %s for URL %s', RangeError);
  define('ERR_UNSUPPORTED_DIR_IMPORT', function folder(path, base, url) {
    if (url !== undefined) this.url = url;
    return `Directory import '${path}' is not supported resolving ES modules imported from ${base}`;
  }, Error);
  define('ERR_UNSUPPORTED_ESM_URL_SCHEME', (url, supported) => `Only URLs with a scheme in: ${orList(supported)} are supported by the default ESM loader. Received protocol '${url.protocol}'`, Error);
  define('ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING', 'Stripping types is currently unsupported for files under node_modules, for "%s"', Error);
  define('ERR_UNSUPPORTED_RESOLVE_REQUEST', 'Failed to resolve module specifier "%s" from "%s": Invalid relative URL or base scheme is not hierarchical.', TypeError);
  define('ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', '%s', SyntaxError);
  define('ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING', 'A dynamic import callback was not specified.', TypeError);
  define('ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG', 'A dynamic import callback was invoked without --experimental-vm-modules', TypeError);
  define('ERR_VM_MODULE_ALREADY_LINKED', 'Module has already been linked', Error);
  define('ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA', 'Cached data cannot be created for a module which has been evaluated', Error);
  define('ERR_VM_MODULE_DIFFERENT_CONTEXT', 'Linked modules must use the same context', Error);
  define('ERR_VM_MODULE_LINK_FAILURE', function failed(message, cause) {
    if (cause !== undefined) ObjectDefineProperty(this, 'cause', { __proto__: null, value: cause, writable: true, configurable: true, enumerable: false });
    return message;
  }, Error);
  define('ERR_VM_MODULE_NOT_MODULE', 'Provided module is not an instance of Module', Error);
  define('ERR_VM_MODULE_STATUS', 'Module status %s', Error);
  define('ERR_SCRIPT_EXECUTION_TIMEOUT', 'Script execution timed out after %sms', Error);
  define('ERR_SCRIPT_EXECUTION_INTERRUPTED', 'Script execution was interrupted by `SIGINT`', Error);

  function orList(list) {
    if (!ArrayIsArray(list)) return String(list);
    return list.length < 3 ? list.join(' and ') : `${list.slice(0, -1).join(', ')}, and ${list[list.length - 1]}`;
  }
  return inspect;
};
