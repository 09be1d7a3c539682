// Files of environment variables: `--env-file`, `process.loadEnvFile()`, `util.parseEnv()`.
'use strict';

const files = binding('resolve');
const { ObjectKeys, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeTrim } = primordials;

const LINE = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?:"((?:[^"])*)"|'([^']*)'|`([^`]*)`|([^#\r\n]*))/gm;

// `NAME=value` lines; quotes may span lines, `#` begins a comment outside of them, `\n` is a line's end in double quotes.
function parse(text) {
  const variables = {};
  LINE.lastIndex = 0;
  for (let found = RegExpPrototypeExec(LINE, text); found !== null; found = RegExpPrototypeExec(LINE, text)) {
    const { 1: name, 2: double, 3: single, 4: back, 5: bare } = found;
    if (double !== undefined) variables[name] = RegExpPrototypeSymbolReplace(/\\n/g, double, '\n');
    else variables[name] = single ?? back ?? StringPrototypeTrim(bare);
  }
  return variables;
}

// Sets what is not set yet; false when the file can't be read.
function load(path) {
  const text = files.readText(path);
  if (typeof text !== 'string') return false;
  const { env } = require('process');
  const variables = parse(text);
  const names = ObjectKeys(variables);
  for (let i = 0; i < names.length; i++) if (env[names[i]] === undefined) env[names[i]] = variables[names[i]];
  return true;
}

module.exports = { parse, load };
