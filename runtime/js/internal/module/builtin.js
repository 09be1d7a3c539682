// Core modules as users name them: `node:fs`, `fs`.
'use strict';

const { ids: allIds, publicIds, requireCore } = require('internal/core_modules');
const { ArrayPrototypeFilter, ArrayPrototypeIncludes, ArrayPrototypeMap, SafeSet, StringPrototypeStartsWith, StringPrototypeSlice } = primordials;

// Reached only with the `node:` prefix.
const PREFIX_ONLY = new SafeSet(['test', 'sea', 'sqlite', 'test/reporters', 'quic', 'ffi', 'vfs']);
const HIDDEN = new SafeSet(['process/promises']);
const ids = ArrayPrototypeFilter(publicIds, (id) => !HIDDEN.has(id));
const known = new SafeSet(ids);
// With `--expose-internals`, for tests of the runtime itself.
require('internal/startup').onStartup(() => {
  if (!ArrayPrototypeIncludes(binding('process').execArgv, '--expose-internals')) return;
  for (let i = 0; i < allIds.length; i++) if (StringPrototypeStartsWith(allIds[i], 'internal/')) known.add(allIds[i]);
});
const names = ArrayPrototypeMap(ids, (id) => (PREFIX_ONLY.has(id) ? `node:${id}` : id));

function idOf(specifier) {
  if (StringPrototypeStartsWith(specifier, 'node:')) return StringPrototypeSlice(specifier, 5);
  return PREFIX_ONLY.has(specifier) ? '' : specifier;
}

// Whether a specifier names a core module.
function isBuiltin(specifier) {
  return known.has(idOf(`${specifier}`));
}

// The core modules of Node that are not here.
const MISSING = new SafeSet(['ffi', 'quic', 'sea', 'sqlite', 'test/reporters', 'trace_events', 'vfs']);

// What to say after a name that Node would know, so that nobody looks for a package.
function note(specifier) {
  const id = idOf(`${specifier}`);
  return !known.has(id) && MISSING.has(id) ? ' (a built-in module of Node.js that Rondo does not support)' : '';
}

function unknown(specifier) {
  const { codes } = require('internal/errors');
  return new codes.ERR_UNKNOWN_BUILTIN_MODULE(`${specifier}${note(specifier)}`);
}

function load(specifier) {
  const id = idOf(specifier);
  if (!known.has(id)) throw unknown(specifier);
  return requireCore(id);
}

function getPublic(specifier) {
  require('internal/validators').validateString(specifier, 'id');
  return isBuiltin(specifier) ? load(specifier) : undefined;
}

module.exports = { isBuiltin, load, getPublic, names, note, unknown };
