// Loads core modules and makes the realm: the first script that runs. Its one parameter, `native`, compiles core modules
// and gives bindings; its result is the function that runs the user's program.
'use strict';

const bindings = new Map();
function binding(name) {
  let found = bindings.get(name);
  if (found === undefined) {
    found = native.binding(name);
    bindings.set(name, found);
  }
  return found;
}

const modules = new Map();
let primordials;

function requireCore(id) {
  const known = modules.get(id);
  if (known !== undefined) return known.exports;
  const wrapper = native.compile(id);
  const module = { exports: {}, id, loaded: false };
  modules.set(id, module);
  wrapper(module.exports, requireCore, module, primordials, binding);
  module.loaded = true;
  return module.exports;
}

primordials = requireCore('internal/primordials');

const internal = /^internal\//;
const publicIds = native.ids.filter((id) => !internal.test(id) && id !== 'globals').sort();
modules.set('internal/core_modules', {
  loaded: true,
  exports: {
    ids: native.ids,
    publicIds,
    isPublic: (id) => publicIds.includes(id),
    requireCore,
  },
});

const { runMain } = requireCore('internal/bootstrap');
Object.defineProperty(globalThis, '__rondoMain', { value: runMain, configurable: true, enumerable: false });
