// `process.emitWarning` and how a warning is printed when nobody else does.
'use strict';

const native = binding('process');
let hinted = false;

function print(warning) {
  const name = warning.name ?? 'Warning';
  const code = warning.code === undefined ? '' : `[${warning.code}] `;
  const text = warning instanceof primordials.Error ? `${name}: ${warning.message}` : String(warning);
  native.writeSync(2, `(rondo:${native.pid}) ${code}${text}\n`);
  if (typeof warning.detail === 'string') native.writeSync(2, `${warning.detail}\n`);
  if (!hinted) {
    hinted = true;
    native.writeSync(2, '(Use `rondo --trace-warnings ...` to show where the warning was created)\n');
  }
}

function emitWarning(warning, type, code, constructor) {
  const process = require('process');
  const { codes } = require('internal/errors');
  let detail;
  if (type !== null && typeof type === 'object' && !primordials.ArrayIsArray(type)) {
    ({ ctor: constructor, code, detail, type } = { ctor: type.ctor, code: type.code, detail: type.detail, type: type.type });
  } else if (typeof type === 'function') {
    constructor = type;
    code = type = undefined;
  }
  type ??= 'Warning';
  if (typeof code === 'function') {
    constructor = code;
    code = undefined;
  }
  if (typeof warning === 'string') {
    const error = new primordials.Error(warning);
    error.name = String(type);
    if (code !== undefined) error.code = code;
    if (detail !== undefined) error.detail = detail;
    primordials.ErrorCaptureStackTrace(error, constructor ?? process.emitWarning);
    warning = error;
  } else if (!(warning instanceof primordials.Error)) {
    throw new codes.ERR_INVALID_ARG_TYPE('warning', ['Error', 'string'], warning);
  }
  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) return process.nextTick(() => { throw warning; });
  }
  process.nextTick(() => {
    process.emit('warning', warning);
    if (!process.noWarnings) print(warning);
  });
}

module.exports = { emitWarning };
