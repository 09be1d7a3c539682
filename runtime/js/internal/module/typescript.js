// TypeScript by erasing its types. There is no eraser yet: a program that needs one is told so.
'use strict';

function unavailable(what) {
  const { codes } = require('internal/errors');
  return new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(what);
}

// The text of a TypeScript file without its types.
function strip(source, filename) {
  const { isBelowNodeModules } = require('internal/module/format');
  if (isBelowNodeModules(filename)) throw new (require('internal/errors').codes.ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING)(filename);
  throw unavailable(`TypeScript (${filename})`);
}

function stripForUser(code) {
  require('internal/validators').validateString(code, 'code');
  throw unavailable('module.stripTypeScriptTypes()');
}

module.exports = { strip, stripForUser };
