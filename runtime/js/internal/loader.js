// Loads core modules and makes the realm: the first script that runs. Its one parameter, `native`, compiles core modules
// and gives bindings. It leaves two functions on the global object, which the runtime takes away at once: the one that
// starts the realm in a process, and the one that runs the user's program.
//
// All this may run when Rondo is built, and its heap be the snapshot from which every process starts. What depends on the
// process is done by functions that `onStartup` keeps until then.
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
  try {
    wrapper(module.exports, requireCore, module, primordials, binding);
    module.loaded = true;
  } finally {
    // Where the stack was too short for it, there may be room later.
    if (!module.loaded) modules.delete(id);
  }
  return module.exports;
}

// What waits for the start of a process; undefined once it has started.
let startup = [];
function onStartup(begin) {
  if (startup === undefined) begin();
  else startup[startup.length] = begin;
}
modules.set('internal/startup', { loaded: true, exports: { onStartup } });

const internal = /^internal\//;
const publicIds = native.ids.filter((id) => !internal.test(id) && id !== 'globals').sort();
modules.set('internal/core_modules', {
  loaded: true,
  exports: {
    ids: native.ids,
    publicIds,
    isPublic: (id) => publicIds.includes(id),
    isLoaded: (id) => modules.has(id),
    isNamed: (word) => words === undefined || words.has(word),
    requireCore,
  },
});

// The words in all core modules, while a snapshot is made.
let words = native.words && new Set(native.words);
delete native.words;
primordials = requireCore('internal/primordials');
words = undefined;

const { runMain } = requireCore('internal/bootstrap');
for (const id of native.preloaded) requireCore(id);

/** Begins in a process. Bindings that come out of a snapshot are attached to it; others are so already. */
function start(attach) {
  if (attach !== undefined) bindings.forEach((object, name) => attach(name, object));
  const waiting = startup;
  startup = undefined;
  for (let i = 0; i < waiting.length; i++) waiting[i]();
}
Object.defineProperty(globalThis, '__rondoStart', { value: start, configurable: true, enumerable: false });
Object.defineProperty(globalThis, '__rondoMain', { value: runMain, configurable: true, enumerable: false });
