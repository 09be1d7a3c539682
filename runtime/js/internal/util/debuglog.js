// `util.debuglog`: messages of a section, printed when NODE_DEBUG names it.
'use strict';

const {
  FunctionPrototypeApply, ObjectDefineProperty, RegExp, RegExpPrototypeExec, RegExpPrototypeSymbolReplace,
  StringPrototypeToUpperCase,
} = primordials;

let patterns;

// NODE_DEBUG is a list of names where `*` stands for anything.
function isEnabled(section) {
  if (patterns === undefined) {
    const list = require('process').env.NODE_DEBUG ?? '';
    const escaped = RegExpPrototypeSymbolReplace(/[|\\{}()[\]^$+?.]/g, list, '\\$&');
    const pattern = RegExpPrototypeSymbolReplace(/,/g, RegExpPrototypeSymbolReplace(/\*/g, escaped, '.*'), '$|^');
    patterns = list === '' ? null : new RegExp(`^${pattern}$`, 'i');
  }
  return patterns !== null && RegExpPrototypeExec(patterns, section) !== null;
}

function writer(section) {
  const process = require('process');
  if (section === 'HTTP' || section === 'HTTP2') {
    process.emitWarning(`Setting the NODE_DEBUG environment variable to '${section.toLowerCase()}' can expose sensitive data ` +
      '(such as passwords, tokens and authentication headers) in the resulting log.');
  }
  const { formatWithOptions } = require('internal/util/inspect');
  const { shouldColorize } = require('internal/util/colors');
  return (...args) => {
    const colors = shouldColorize(process.stderr);
    const text = FunctionPrototypeApply(formatWithOptions, null, [{ colors }, ...args]);
    const pid = colors ? `\x1b[33m${process.pid}\x1b[39m` : process.pid;
    process.stderr.write(`${section} ${pid}: ${text}\n`);
  };
}

// `callback` is told the function that does the logging, once it is known.
function debuglog(section, callback) {
  let write;
  let known;
  const name = StringPrototypeToUpperCase(`${section}`);
  const enabled = () => (known ??= isEnabled(name));
  const logger = (...args) => {
    if (!enabled()) return;
    if (write === undefined) {
      write = writer(name);
      if (typeof callback === 'function') callback(write);
    }
    FunctionPrototypeApply(write, null, args);
  };
  ObjectDefineProperty(logger, 'enabled', { __proto__: null, get: enabled, configurable: true, enumerable: true });
  return logger;
}

module.exports = { debuglog, debugWithTimer: debuglog };
