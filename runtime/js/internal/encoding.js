// `TextEncoder` and `TextDecoder`, by the WHATWG Encoding standard.
'use strict';

const {
  ArrayBufferIsView, FinalizationRegistry, Float64Array, FinalizationRegistryPrototypeRegister, FinalizationRegistryPrototypeUnregister,
  ObjectDefineProperties, StringPrototypeCharCodeAt, StringPrototypeSlice, SymbolFor, SymbolToStringTag, Uint8Array,
} = primordials;
const { codes } = require('internal/errors');
const { validateObject, validateString, kValidateObjectAllowObjectsAndNull } = require('internal/validators');

const bytes = binding('buffer');
const native = binding('encoding');
const { isAnyArrayBuffer } = require('internal/util/types');
const kInspect = SymbolFor('nodejs.util.inspect.custom');

const BOM = 0xfeff;
const EMPTY = new Uint8Array(0);
// What `encodeInto` read and wrote.
const progress = new Float64Array(2);

let isEncoder;

class TextEncoder {
  #isEncoder = true;

  get encoding() {
    check(this);
    return 'utf-8';
  }

  encode(input = '') {
    check(this);
    return bytes.encodeUtf8(`${input}`);
  }

  encodeInto(source, destination) {
    check(this);
    validateString(source, 'src');
    if (!(ArrayBufferIsView(destination) && destination instanceof Uint8Array)) {
      throw new codes.ERR_INVALID_ARG_TYPE('dest', 'Uint8Array', destination);
    }
    bytes.encodeInto(source, destination, progress);
    return { read: progress[0], written: progress[1] };
  }

  [kInspect](depth, options) {
    check(this);
    if (typeof depth === 'number' && depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const shown = { __proto__: { constructor: this.constructor === null ? TextEncoder : this.constructor } };
    shown.encoding = this.encoding;
    return inspect(shown, options);
  }

  static {
    isEncoder = (value) => typeof value === 'object' && value !== null && #isEncoder in value;
  }
}

function check(value) {
  if (!isEncoder(value)) throw new codes.ERR_INVALID_THIS('TextEncoder');
}

// Frees the decoders of streams that were left in the middle.
let abandoned;
let isDecoder;

class TextDecoder {
  #encoding;
  #isFatal;
  #ignoresBOM;
  // The number of the native decoder in the middle of a stream, -1 if there is none.
  #stream = -1;

  constructor(encoding = 'utf-8', options = undefined) {
    const label = `${encoding}`;
    validateObject(options ?? {}, 'options', kValidateObjectAllowObjectsAndNull);
    const name = label === 'utf-8' ? label : native.nameOf(label);
    if (name === undefined) throw new codes.ERR_ENCODING_NOT_SUPPORTED(label);
    this.#encoding = name;
    this.#isFatal = Boolean(options?.fatal);
    this.#ignoresBOM = Boolean(options?.ignoreBOM);
  }

  get encoding() {
    checkDecoder(this);
    return this.#encoding;
  }

  get fatal() {
    checkDecoder(this);
    return this.#isFatal;
  }

  get ignoreBOM() {
    checkDecoder(this);
    return this.#ignoresBOM;
  }

  decode(input = undefined, options = undefined) {
    checkDecoder(this);
    validateObject(options ?? {}, 'options', kValidateObjectAllowObjectsAndNull);
    const view = viewOf(input);
    const goesOn = Boolean(options?.stream);
    const text = goesOn || this.#stream !== -1 ? this.#decodeChunk(view, !goesOn) : this.#decodeWhole(view);
    if (text === undefined) {
      throw new codes.ERR_ENCODING_INVALID_ENCODED_DATA(this.#encoding, undefined);
    }
    return text;
  }

  #decodeWhole(view) {
    if (this.#encoding !== 'utf-8') return native.decode(this.#encoding, view, this.#ignoresBOM, this.#isFatal);
    const text = this.#isFatal ? bytes.utf8SliceFatal(view, 0, view.byteLength) : bytes.utf8Slice(view, 0, view.byteLength);
    if (!this.#ignoresBOM && text !== undefined && text.length > 0 && StringPrototypeCharCodeAt(text, 0) === BOM) {
      return StringPrototypeSlice(text, 1);
    }
    return text;
  }

  #decodeChunk(view, isLast) {
    if (this.#stream === -1) {
      this.#stream = native.open(this.#encoding, this.#ignoresBOM);
      abandoned ??= new FinalizationRegistry(native.close);
      FinalizationRegistryPrototypeRegister(abandoned, this, this.#stream, this);
    }
    const text = native.decodeChunk(this.#stream, view, this.#isFatal, isLast);
    // The native side has dropped the decoder in these two cases.
    if (isLast || text === undefined) {
      this.#stream = -1;
      FinalizationRegistryPrototypeUnregister(abandoned, this);
    }
    return text;
  }

  [kInspect](depth, options) {
    checkDecoder(this);
    if (typeof depth === 'number' && depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const shown = { __proto__: { constructor: this.constructor === null ? TextDecoder : this.constructor } };
    shown.encoding = this.encoding;
    shown.fatal = this.fatal;
    shown.ignoreBOM = this.ignoreBOM;
    return `${inspect(shown, options)}`;
  }

  static {
    isDecoder = (value) => typeof value === 'object' && value !== null && #isFatal in value;
  }
}

function checkDecoder(value) {
  if (!isDecoder(value)) throw new codes.ERR_INVALID_THIS('TextDecoder');
}

function viewOf(input) {
  if (input === undefined) return EMPTY;
  if (ArrayBufferIsView(input)) return input;
  if (isAnyArrayBuffer(input)) return new Uint8Array(input);
  throw new codes.ERR_INVALID_ARG_TYPE('list', ['SharedArrayBuffer', 'ArrayBuffer', 'ArrayBufferView'], input);
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(TextEncoder.prototype, {
  encode: enumerable, encodeInto: enumerable, encoding: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'TextEncoder' },
});
ObjectDefineProperties(TextDecoder.prototype, {
  decode: enumerable, encoding: enumerable, fatal: enumerable, ignoreBOM: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'TextDecoder' },
});

module.exports = { TextDecoder, TextEncoder };
