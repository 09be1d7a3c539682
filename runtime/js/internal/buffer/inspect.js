// How a Buffer looks: `<Buffer 61 62 ... 3 more bytes>`.
'use strict';

const {
  MathMax,
  MathMin,
  ObjectDefineProperty,
  StringPrototypeSlice,
  StringPrototypeTrimEnd,
  SymbolFor,
} = primordials;
const { validateNumber } = require('internal/validators');
const { hexSlice, ownNonIndexKeys } = binding('buffer');

const customInspect = SymbolFor('nodejs.util.inspect.custom');

/** Bytes that are shown; users set it as `buffer.INSPECT_MAX_BYTES`. */
let bytesMax = 50;

function inspect(recurseTimes, context) {
  const shown = MathMin(bytesMax, this.length);
  let text = spaced(hexSlice(this, 0, shown));
  const hidden = MathMax(0, this.length - shown);
  if (hidden > 0) text += ` ... ${hidden} more byte${hidden > 1 ? 's' : ''}`;
  if (context) {
    const properties = inspectProperties(this, context);
    if (properties !== '') text += this.length === 0 ? properties : `, ${properties}`;
  }
  let name = 'Buffer';
  try {
    const { constructor } = this;
    if (typeof constructor === 'function' && typeof constructor.name === 'string') name = constructor.name;
  } catch {
    // A getter or proxy in the user's class failed; the name is only for show.
  }
  return `<${name} ${text}>`;
}

function spaced(hex) {
  let text = '';
  for (let i = 0; i < hex.length; i += 2) text += `${hex[i]}${hex[i + 1]} `;
  return StringPrototypeTrimEnd(text);
}

/** The properties users gave to the Buffer, as `a: 1, b: 2`. */
function inspectProperties(buffer, context) {
  const keys = ownNonIndexKeys(buffer, !context.showHidden);
  if (keys.length === 0) return '';
  const properties = { __proto__: null };
  for (let i = 0; i < keys.length; i++) properties[keys[i]] = buffer[keys[i]];
  const { inspect } = require('internal/util/inspect');
  const text = inspect(properties, { ...context, breakLength: Infinity, compact: true });
  const start = '[Object: null prototype] { '.length;
  return StringPrototypeSlice(text, start, -' }'.length);
}

function installInspect(prototype) {
  prototype[customInspect] = inspect;
  prototype.inspect = inspect;
}

/** Gives `exports` the setting. */
function defineInspectMaxBytes(exports) {
  ObjectDefineProperty(exports, 'INSPECT_MAX_BYTES', {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() { return bytesMax; },
    set(value) {
      validateNumber(value, 'INSPECT_MAX_BYTES', 0);
      bytesMax = value;
    },
  });
}

module.exports = { defineInspectMaxBytes, installInspect };
