// The size that a head may have, by option or by --max-http-header-size, and how many idle parsers a process keeps.
'use strict';

const { NumberParseInt, RegExpPrototypeExec } = primordials;

const { validateInteger } = require('internal/validators');

const HEAD_BYTES_MAX = 16 * 1024;
const FLAG = /^--max-http-header-size=(\d+)$/;

let fromFlags;

function maxHeaderSize() {
  if (fromFlags === undefined) {
    fromFlags = HEAD_BYTES_MAX;
    const { env, execArgv } = require('process');
    const words = `${env?.NODE_OPTIONS ?? ''}`.split(' ').concat(execArgv ?? []);
    for (let i = 0; i < words.length; i++) {
      const match = RegExpPrototypeExec(FLAG, words[i]);
      if (match !== null) fromFlags = NumberParseInt(match[1], 10) || HEAD_BYTES_MAX;
    }
  }
  return fromFlags;
}

// Node bounds the parsers that wait to be used again. There are none here: a parser has no state between messages.
function setMaxIdleHTTPParsers(max) {
  validateInteger(max, 'max', 1);
}

module.exports = { maxHeaderSize, setMaxIdleHTTPParsers };
