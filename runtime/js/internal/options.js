// The flags that were given, by name: `getOption('trace-warnings')`. A flag that was not given has its default.
'use strict';

const native = binding('process');

const DEFAULTS = {
  __proto__: null,
  'warnings': true,
  'deprecation': true,
  'strip-types': true,
  'require-module': true,
  'global-search-paths': true,
  'network-family-autoselection': true,
};
const LISTS = {
  __proto__: null, 'require': true, 'import': true, 'conditions': true, 'disable-warning': true, 'env-file': true,
  'env-file-if-exists': true, 'loader': true, 'experimental-loader': true, 'test-name-pattern': true,
};
// Environment variables that stand for a flag when they are '1'.
const VARIABLES = {
  __proto__: null,
  'pending-deprecation': 'NODE_PENDING_DEPRECATION',
  'preserve-symlinks': 'NODE_PRESERVE_SYMLINKS',
  'preserve-symlinks-main': 'NODE_PRESERVE_SYMLINKS_MAIN',
};
const ALIASES = {
  __proto__: null, 'require-module': 'experimental-require-module', 'strip-types': 'experimental-strip-types',
};

function getOption(name) {
  const { given } = native;
  let value = given[name];
  if (value === undefined && ALIASES[name] !== undefined) value = given[ALIASES[name]];
  if (value !== undefined) return value;
  if (VARIABLES[name] !== undefined && native.getEnv(VARIABLES[name]) === '1') return true;
  if (name === 'warnings' && native.getEnv('NODE_NO_WARNINGS') === '1') return false;
  return DEFAULTS[name] ?? (LISTS[name] ? [] : undefined);
}

module.exports = { getOption, wantsRepl: () => native.repl };
