'use strict';

// TextEncoderStream and TextDecoderStream (https://encoding.spec.whatwg.org/#interface-textencoderstream).

const {
  ObjectDefineProperties, StringPrototypeCharCodeAt, StringPrototypeSlice, SymbolToStringTag, Uint8Array,
} = primordials;
const { codes: { ERR_INVALID_THIS } } = require('internal/errors');
const { TextDecoder, TextEncoder } = require('internal/encoding');
const { TransformStream } = require('internal/webstreams/transform');
const { inspectAs, kInspect } = require('internal/webstreams/util');

// By class name, whether an object is one.
const kinds = { __proto__: null };

function isHighSurrogate(code) {
  return (code & 0xfc00) === 0xd800;
}

class TextEncoderStream {
  #encoder = new TextEncoder();
  // A high surrogate whose other half may come with the next chunk.
  #pending = '';
  #transform = new TransformStream({
    transform: (chunk, controller) => {
      let text = this.#pending + `${chunk}`;
      this.#pending = '';
      if (text.length > 0 && isHighSurrogate(StringPrototypeCharCodeAt(text, text.length - 1))) {
        this.#pending = text[text.length - 1];
        text = StringPrototypeSlice(text, 0, -1);
      }
      if (text !== '') controller.enqueue(this.#encoder.encode(text));
    },
    flush: (controller) => {
      if (this.#pending !== '') controller.enqueue(new Uint8Array([0xef, 0xbf, 0xbd]));
    },
  });

  get encoding() {
    check(this, 'TextEncoderStream');
    return this.#encoder.encoding;
  }

  get readable() {
    check(this, 'TextEncoderStream');
    return this.#transform.readable;
  }

  get writable() {
    check(this, 'TextEncoderStream');
    return this.#transform.writable;
  }

  [kInspect](depth, options) {
    check(this, 'TextEncoderStream');
    return inspectAs(this, 'TextEncoderStream', depth, options, {
      encoding: this.encoding, readable: this.readable, writable: this.writable,
    });
  }

  static {
    kinds.TextEncoderStream = (value) => #encoder in value;
  }
}

class TextDecoderStream {
  #decoder;
  #transform;

  constructor(encoding = 'utf-8', options = {}) {
    this.#decoder = new TextDecoder(encoding, options);
    this.#transform = new TransformStream({
      transform: (chunk, controller) => {
        // `undefined` is no bytes, though it is an argument that `decode` takes.
        const text = this.#decoder.decode(chunk === undefined ? null : chunk, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush: (controller) => {
        const text = this.#decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }

  get encoding() {
    check(this, 'TextDecoderStream');
    return this.#decoder.encoding;
  }

  get fatal() {
    check(this, 'TextDecoderStream');
    return this.#decoder.fatal;
  }

  get ignoreBOM() {
    check(this, 'TextDecoderStream');
    return this.#decoder.ignoreBOM;
  }

  get readable() {
    check(this, 'TextDecoderStream');
    return this.#transform.readable;
  }

  get writable() {
    check(this, 'TextDecoderStream');
    return this.#transform.writable;
  }

  [kInspect](depth, options) {
    check(this, 'TextDecoderStream');
    return inspectAs(this, 'TextDecoderStream', depth, options, {
      encoding: this.encoding, fatal: this.fatal, ignoreBOM: this.ignoreBOM, readable: this.readable, writable: this.writable,
    });
  }

  static {
    kinds.TextDecoderStream = (value) => #decoder in value;
  }
}

function check(value, name) {
  if (value === null || typeof value !== 'object' || !kinds[name](value)) throw new ERR_INVALID_THIS(name);
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(TextEncoderStream.prototype, {
  encoding: kEnumerable, readable: kEnumerable, writable: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'TextEncoderStream' },
});
ObjectDefineProperties(TextDecoderStream.prototype, {
  encoding: kEnumerable, fatal: kEnumerable, ignoreBOM: kEnumerable, readable: kEnumerable, writable: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'TextDecoderStream' },
});

module.exports = { TextDecoderStream, TextEncoderStream };
