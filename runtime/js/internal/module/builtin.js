// Core modules as users name them: `node:fs`, `fs`.
'use strict';

const { publicIds, requireCore } = require('internal/core_modules');
const { SafeSet, StringPrototypeStartsWith, StringPrototypeSlice } = primordials;

const known = new SafeSet(publicIds);
// Reached only with the `node:` prefix.
const PREFIX_ONLY = new SafeSet(['test', 'sea', 'sqlite', 'test/reporters']);
const HIDDEN = new SafeSet(['process/promises']);

function idOf(specifier) {
  if (StringPrototypeStartsWith(specifier, 'node:')) return StringPrototypeSlice(specifier, 5);
  return PREFIX_ONLY.has(specifier) ? '' : specifier;
}

// Whether a specifier names a core module.
function isBuiltin(specifier) {
  const id = idOf(specifier);
  return known.has(id) && !HIDDEN.has(id);
}

function load(specifier) {
  const id = idOf(specifier);
  if (!known.has(id)) {
    const { codes } = require('internal/errors');
    throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(specifier);
  }
  return requireCore(id);
}

function getPublic(specifier) {
  return isBuiltin(specifier) ? load(specifier) : undefined;
}

module.exports = { isBuiltin, load, getPublic, names: publicIds };
