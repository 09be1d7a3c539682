// `util.styleText`: a text between the escape sequences of its styles, also inside text that is styled already.
'use strict';

const {
  ArrayIsArray, NumberParseInt, ObjectGetOwnPropertyNames, RegExpPrototypeExec, StringPrototypeIndexOf, StringPrototypeSlice,
} = primordials;
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateBoolean, validateObject, validateOneOf, validateString } = require('internal/validators');
const { inspect } = require('internal/util/inspect');

const HEX = /^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/;
const BOLD = 1;
const DIM = 2;
const FOREGROUND_RESET = 39;

function styleText(format, text, options) {
  const validateStream = options?.validateStream ?? true;
  validateString(text, 'text');
  if (options !== undefined) validateObject(options, 'options');
  validateBoolean(validateStream, 'options.validateStream');
  const isPlain = validateStream && !isColored(options?.stream ?? require('process').stdout);
  const formats = ArrayIsArray(format) ? format : [format];
  let open = '';
  let close = '';
  let inner = text;
  for (let i = 0; i < formats.length; i++) {
    if (formats[i] === 'none') continue;
    const style = styleOf(formats[i]);
    open += style.open;
    close = style.close + close;
    inner = reopen(inner, style);
  }
  return isPlain ? text : `${open}${inner}${close}`;
}

function isColored(stream) {
  const { isNodeStream, isReadableStream, isWritableStream } = require('internal/streams/utils');
  if (!isReadableStream(stream) && !isWritableStream(stream) && !isNodeStream(stream)) {
    throw new ERR_INVALID_ARG_TYPE('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  return require('internal/util/colors').shouldColorize(stream);
}

function styleOf(name) {
  if (typeof name === 'string' && name[0] === '#') {
    if (RegExpPrototypeExec(HEX, name) === null) throw new ERR_INVALID_ARG_VALUE('format', name, 'must be a valid hex color (#RGB or #RRGGBB)');
    return { open: `\x1b[38;2;${rgb(name)}m`, close: `\x1b[${FOREGROUND_RESET}m`, keepsClose: false };
  }
  const codes = inspect.colors[name];
  if (!codes) validateOneOf(name, 'format', ObjectGetOwnPropertyNames(inspect.colors));
  // Bold and dim end with the same code: the inner end must stand.
  return { open: `\x1b[${codes[0]}m`, close: `\x1b[${codes[1]}m`, keepsClose: codes[0] === BOLD || codes[0] === DIM };
}

function rgb(hex) {
  const wide = hex.length === 7;
  const part = (i) => NumberParseInt(wide ? StringPrototypeSlice(hex, 1 + i * 2, 3 + i * 2) : hex[1 + i] + hex[1 + i], 16);
  return `${part(0)};${part(1)};${part(2)}`;
}

// After each end of the same style inside of the text, the style begins again.
function reopen(text, { open, close, keepsClose }) {
  let result = '';
  let last = 0;
  for (let at = StringPrototypeIndexOf(text, close); at !== -1; at = StringPrototypeIndexOf(text, close, last)) {
    if (at + close.length >= text.length) break;
    result += StringPrototypeSlice(text, last, at) + (keepsClose ? close + open : open);
    last = at + close.length;
  }
  return result + StringPrototypeSlice(text, last);
}

module.exports = { styleText };
