'use strict';

// TextEncoderStream and TextDecoderStream (https://encoding.spec.whatwg.org/#interface-textencoderstream).

const {
  ObjectDefineProperties, StringPrototypeCharCodeAt, StringPrototypeSlice, SymbolToStringTag, Uint8Array,
} = primordials;
const { TextDecoder, TextEncoder } = require('internal/encoding');
const { TransformStream } = require('internal/webstreams/transform');
const { inspectAs, kInspect } = require('internal/webstreams/util');

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
    return this.#encoder.encoding;
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }

  [kInspect](depth, options) {
    return inspectAs(this, 'TextEncoderStream', depth, options, {
      encoding: this.encoding, readable: this.readable, writable: this.writable,
    });
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
    return this.#decoder.encoding;
  }

  get fatal() {
    return this.#decoder.fatal;
  }

  get ignoreBOM() {
    return this.#decoder.ignoreBOM;
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }

  [kInspect](depth, options) {
    return inspectAs(this, 'TextDecoderStream', depth, options, {
      encoding: this.encoding, fatal: this.fatal, ignoreBOM: this.ignoreBOM, readable: this.readable, writable: this.writable,
    });
  }
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
