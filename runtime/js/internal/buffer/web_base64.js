// atob and btoa, as the HTML standard has them (section 8.3, base64 utility methods).
'use strict';

const { codes: { ERR_MISSING_ARGS } } = require('internal/errors');
const native = binding('buffer');

function invalidCharacter(message) {
  const DOMException = require('internal/domexception');
  return new (DOMException.DOMException ?? DOMException)(message, 'InvalidCharacterError');
}

function btoa(input) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('input');
  const encoded = native.btoa(`${input}`);
  if (typeof encoded !== 'string') throw invalidCharacter('Invalid character');
  return encoded;
}

function atob(input) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('input');
  const text = `${input}`;
  const decoded = native.atob(text);
  if (typeof decoded !== 'string') throw invalidCharacter('The string to be decoded is not correctly encoded.');
  return decoded;
}

module.exports = { atob, btoa };
