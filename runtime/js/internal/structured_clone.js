// `structuredClone`, by the HTML standard.
'use strict';

const { codes } = require('internal/errors');
const { transferListOf, writeMessage } = require('internal/transferable');
const { clone } = binding('messaging');

function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('The "value" argument');
  if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
    throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  // What needs no writing.
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function' && typeof value !== 'symbol' && !options) return value;
  return writeMessage(value, transferListOf(options), (input, buffers, ports) => {
    const copy = clone(input, buffers, ports);
    if (ports.length > 0) require('internal/message_port').forget(ports);
    return copy;
  });
}

module.exports = { structuredClone };
