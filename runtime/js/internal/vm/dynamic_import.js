// `import()` in code that `vm` compiled: answered by what the caller gave as `importModuleDynamically`.
'use strict';

const { PromisePrototypeThen, PromiseReject, PromiseResolve, ReflectApply, SafeWeakMap, Symbol } = primordials;

// From the symbol in a script's origin to what answers.
const answers = new SafeWeakMap();
const missing = Symbol('vm_dynamic_import_missing');
const mainLoader = Symbol('vm_dynamic_import_main_context_default');

// The symbol for an `importModuleDynamically` option; `owner` is the script that the answer is told of.
function hostFor(option, getOwner) {
  if (option === undefined) return missing;
  if (option === mainLoader) return undefined;
  const host = Symbol('vm:import');
  answers.set(host, { answer: option, getOwner });
  return host;
}

function importFrom(host, specifier, attributes) {
  const { codes } = require('internal/errors');
  if (host === missing) return PromiseReject(new codes.ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING());
  const known = answers.get(host);
  if (known === undefined) return undefined;
  if (!require('internal/options').getOption('experimental-vm-modules')) {
    return PromiseReject(new codes.ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG());
  }
  const given = PromiseResolve(ReflectApply(known.answer, undefined, [specifier, known.getOwner(), attributes]));
  return PromisePrototypeThen(given, (module) => {
    if (binding('util').isModuleNamespaceObject(module)) return module;
    throw new codes.ERR_VM_MODULE_NOT_MODULE();
  });
}

module.exports = { hostFor, importFrom, mainLoader };
