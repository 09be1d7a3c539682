// `structuredClone`, by the HTML standard.
'use strict';

const { SymbolIterator, TypeError } = primordials;
const { codes } = require('internal/errors');
const { transferListOf, writeMessage } = require('internal/transferable');
const { clone } = binding('messaging');

function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('The "value" argument');
  if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
    throw converterError('Options cannot be converted to a dictionary');
  }
  const transfer = options?.transfer;
  if (transfer !== undefined && (transfer === null || typeof transfer !== 'object' || typeof transfer[SymbolIterator] !== 'function')) {
    throw converterError('transfer in Options can not be converted to sequence.');
  }
  // What needs no writing.
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function' && typeof value !== 'symbol' && !options) return value;
  return writeMessage(value, transferListOf(options), (input, buffers, ports) => {
    const copy = clone(input, buffers, ports);
    if (ports.length > 0) require('internal/message_port').forget(ports);
    return copy;
  });
}

function converterError(text) {
  const error = new TypeError(`Failed to execute 'structuredClone': ${text}`);
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

module.exports = { structuredClone };
