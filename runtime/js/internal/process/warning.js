// `process.emitWarning`, and how a warning is printed when nobody turned that off.
'use strict';

const native = binding('process');
const { getOption } = require('internal/options');
const { ArrayIsArray, ArrayPrototypeIncludes, Error, ErrorCaptureStackTrace, String } = primordials;

let hinted = false;
let hintedDeprecation = false;
let stopPrinting;

function isQuiet(warning, process) {
  if (!getOption('warnings')) return true;
  const disabled = getOption('disable-warning');
  if (disabled.length > 0 && (ArrayPrototypeIncludes(disabled, warning.name) || ArrayPrototypeIncludes(disabled, warning.code))) return true;
  return warning.name === 'DeprecationWarning' && process.noDeprecation === true;
}

function onWarning(warning) {
  const process = require('process');
  if (!(warning instanceof Error) || isQuiet(warning, process)) return;
  const isDeprecation = warning.name === 'DeprecationWarning';
  const trace = getOption('trace-warnings') === true || (isDeprecation && process.traceDeprecation === true);
  let text = `(rondo:${native.pid}) `;
  if (warning.code) text += `[${warning.code}] `;
  if (trace && warning.stack) text += `${warning.stack}`;
  else text += typeof warning.toString === 'function' ? `${warning.toString()}` : Error.prototype.toString.call(warning);
  if (typeof warning.detail === 'string') text += `\n${warning.detail}`;
  if (!trace) {
    const flag = isDeprecation ? '--trace-deprecation' : '--trace-warnings';
    if (!hinted && !(isDeprecation && hintedDeprecation)) {
      text += `\n(Use \`rondo ${flag} ...\` to show where the warning was created)`;
      hinted = true;
      hintedDeprecation = true;
    }
  }
  native.writeSync(2, `${text}\n`);
}

function emitWarning(warning, type, code, constructor) {
  const process = require('process');
  const { validateString } = require('internal/validators');
  const { codes } = require('internal/errors');
  if (stopPrinting === undefined) install(process);
  let detail;
  if (type !== null && typeof type === 'object' && !ArrayIsArray(type)) {
    constructor = type.ctor;
    code = type.code;
    if (typeof type.detail === 'string') detail = type.detail;
    type = type.type || 'Warning';
  } else if (typeof type === 'function') {
    constructor = type;
    code = '';
    type = 'Warning';
  }
  if (type !== undefined) validateString(type, 'type');
  if (typeof code === 'function') {
    constructor = code;
    code = '';
  } else if (code !== undefined) validateString(code, 'code');
  if (typeof warning === 'string') warning = create(warning, type, code, constructor, detail);
  else if (!(warning instanceof Error)) throw new codes.ERR_INVALID_ARG_TYPE('warning', ['Error', 'string'], warning);
  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      process.nextTick(() => { throw warning; });
      return;
    }
  }
  process.nextTick(() => process.emit('warning', warning));
}

function create(text, type, code, constructor, detail) {
  const error = new Error(text);
  error.name = String(type || 'Warning');
  if (code !== undefined && code !== '') error.code = code;
  if (detail !== undefined) error.detail = detail;
  ErrorCaptureStackTrace(error, constructor || require('process').emitWarning);
  return error;
}

// The printing is a listener like any other, so that `removeAllListeners('warning')` stops it.
function install(process) {
  stopPrinting = () => process.removeListener('warning', onWarning);
  if (getOption('warnings')) process.prependListener('warning', onWarning);
}

module.exports = { emitWarning, install };
