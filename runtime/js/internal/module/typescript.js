// TypeScript by erasing its types in place: every position holds, so that no source map is needed.
'use strict';

const { StringPrototypeEndsWith, StringPrototypeRepeat, StringPrototypeStartsWith } = primordials;

const codes = () => require('internal/errors').codes;

function erase(source, filename) {
  const erased = binding('typescript').erase(source, StringPrototypeEndsWith(filename, '.cts'));
  if (typeof erased === 'string') return erased;
  const { 0: code, 1: message, 2: line, 3: column, 4: width, 5: text } = erased;
  const error = new (codes()[code])(message);
  const place = filename[0] === '/' ? binding('resolve').pathToUrl(filename) : filename;
  const { stack } = error;
  const marks = StringPrototypeRepeat(' ', column) + StringPrototypeRepeat('^', width);
  error.stack = `${place === '' ? '' : `${place}:${line}\n`}${text}\n${marks}\n\n${stack}`;
  throw error;
}

// The text of a TypeScript file without its types; `filename` may be a URL.
function strip(source, filename) {
  const { isBelowNodeModules } = require('internal/module/format');
  const path = StringPrototypeStartsWith(filename, 'file:') ? binding('resolve').urlToPath(filename) ?? filename : filename;
  if (isBelowNodeModules(path)) throw new (codes().ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING)(path);
  return erase(source, path);
}

// `module.stripTypeScriptTypes()`
function stripForUser(code, options = { __proto__: null }) {
  const { validateObject, validateOneOf, validateString } = require('internal/validators');
  validateString(code, 'code');
  validateObject(options, 'options');
  const { sourceMap = false, sourceUrl = '', mode = 'strip' } = options;
  validateOneOf(mode, 'options.mode', ['strip']);
  validateString(sourceUrl, 'options.sourceUrl');
  validateOneOf(sourceMap, 'options.sourceMap', [false, undefined]);
  const erased = erase(code, '');
  return sourceUrl === '' ? erased : `${erased}\n\n//# sourceURL=${sourceUrl}`;
}

module.exports = { strip, stripForUser };
