// Bodies of requests and responses, by the Fetch standard: where the bytes come from, and how they are read.
'use strict';

const {
  ArrayBufferIsView, JSONParse, ObjectDefineProperties, PromiseReject, StringPrototypeToWellFormed, SymbolAsyncIterator,
  TypeError, Uint8Array,
} = primordials;
const { isAnyArrayBuffer } = require('internal/util/types');

const { Blob, isBlob } = require('internal/blob');

/** What is known of a body: its stream, made when asked for, and the bytes or Blob behind it, which can be sent again. */
class Body {
  #stream;
  source;
  length;

  constructor(stream, source, length) {
    this.#stream = stream;
    this.source = source;
    this.length = length;
  }

  get stream() {
    if (this.#stream === undefined) {
      const { source } = this;
      this.#stream = isBlob(source) ? source.stream() : new Blob([source]).stream();
    }
    return this.#stream;
  }

  get isUsed() {
    return this.#stream !== undefined && require('internal/webstreams/readable').innerOf(this.#stream).disturbed;
  }

  get isLocked() {
    return this.#stream !== undefined && this.#stream.locked;
  }

  get isUnusable() {
    return this.isUsed || this.isLocked;
  }

  // A second body with the same bytes.
  clone() {
    const { 0: mine, 1: other } = this.stream.tee();
    this.#stream = mine;
    return new Body(other, this.source, this.length);
  }

  async bytes() {
    const { Buffer } = require('buffer');
    // Bytes that nobody has begun to read need no stream.
    if (this.#stream === undefined && !isBlob(this.source)) {
      const copy = new Uint8Array(this.source);
      this.stream.cancel();
      return Buffer.from(copy.buffer, 0, copy.byteLength);
    }
    const chunks = [];
    const reader = this.stream.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
      chunks.push(value);
    }
    if (chunks.length === 1 && chunks[0].byteLength === chunks[0].buffer.byteLength) return Buffer.from(chunks[0].buffer);
    let length = 0;
    for (let i = 0; i < chunks.length; i++) length += chunks[i].byteLength;
    const all = Buffer.from(new primordials.ArrayBuffer(length));
    let at = 0;
    for (let i = 0; i < chunks.length; i++) {
      all.set(chunks[i], at);
      at += chunks[i].byteLength;
    }
    return all;
  }
}

/** `{ body, type }` of what a program gives as a body. */
function extractBody(value) {
  const { isReadableStream } = require('internal/webstreams/readable');
  if (isReadableStream(value)) {
    const inner = require('internal/webstreams/readable').innerOf(value);
    if (inner.disturbed || inner.isLocked) throw new TypeError('Response body object should not be disturbed or locked');
    return { body: new Body(value, null, null), type: null };
  }
  if (isBlob(value)) return { body: new Body(undefined, value, value.size), type: value.type || null };
  if (isAnyArrayBuffer(value)) return bytesBody(new Uint8Array(new Uint8Array(value)), null);
  if (ArrayBufferIsView(value)) {
    return bytesBody(new Uint8Array(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)), null);
  }
  if (value !== null && typeof value === 'object') {
    const { isFormData, toMultipart } = require('internal/fetch/form_data');
    if (isFormData(value)) {
      const { blob, type } = toMultipart(value);
      return { body: new Body(undefined, blob, blob.size), type };
    }
    const { URLSearchParams } = require('internal/url');
    if (value instanceof URLSearchParams) {
      return bytesBody(encode(value.toString()), 'application/x-www-form-urlencoded;charset=UTF-8');
    }
    if (typeof value[SymbolAsyncIterator] === 'function') {
      const { ReadableStream } = require('internal/webstreams/readable');
      return { body: new Body(ReadableStream.from(value), null, null), type: null };
    }
  }
  return bytesBody(encode(StringPrototypeToWellFormed(`${value}`)), 'text/plain;charset=UTF-8');
}

function bytesBody(bytes, type) {
  return { body: new Body(undefined, bytes, bytes.byteLength), type };
}

function encode(text) {
  return binding('buffer').encodeUtf8(text);
}

/** Gives a class the methods that read its body; `stateOf(object)` is `{ body, headers }`, undefined for a stranger. */
function mixInBody(Class, stateOf) {
  const { prototype, name } = Class;
  const reading = (convert) => function() {
    const state = stateOf(this);
    if (state === undefined) return PromiseReject(new (require('internal/errors').codes.ERR_INVALID_THIS)(name));
    if (state.body !== null && state.body.isUnusable) {
      return PromiseReject(new TypeError('Body is unusable: Body has already been read'));
    }
    return consume(state, convert);
  };
  const methods = {
    arrayBuffer: reading((bytes) => (bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer :
      primordials.ArrayBufferPrototypeSlice(bytes.buffer, bytes.byteOffset, bytes.byteOffset + bytes.byteLength))),
    blob: reading((bytes, { headers }) => new Blob([bytes], { type: headers.get('content-type') ?? '' })),
    bytes: reading((bytes) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    formData: reading((bytes, { headers }) => require('internal/fetch/form_data').parseForm(bytes, headers.get('content-type') ?? '')),
    json: reading((bytes) => JSONParse(decode(bytes))),
    text: reading(decode),
  };
  for (const method in methods) {
    primordials.ObjectDefineProperty(methods[method], 'name', { __proto__: null, value: method, configurable: true });
    primordials.ObjectDefineProperty(prototype, method, {
      __proto__: null, value: methods[method], writable: true, enumerable: true, configurable: true,
    });
  }
  ObjectDefineProperties(prototype, {
    body: { __proto__: null, enumerable: true, configurable: true, get() { return stateOf(this).body?.stream ?? null; } },
    bodyUsed: { __proto__: null, enumerable: true, configurable: true, get() { return stateOf(this).body?.isUsed ?? false; } },
  });
}

async function consume(state, convert) {
  const bytes = state.body === null ? require('buffer').Buffer.alloc(0) : await state.body.bytes();
  return convert(bytes, state);
}

function decode(bytes) {
  const text = bytes.utf8Slice(0, bytes.length);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

module.exports = { Body, extractBody, mixInBody };
