// node:string_decoder: bytes that come in pieces to text, without cutting characters in two.
'use strict';

const { ObjectDefineProperty, Symbol, TypedArrayPrototypeSubarray } = primordials;
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_UNKNOWN_ENCODING },
} = require('internal/errors');
const { isArrayBufferView } = require('internal/util/types');
const { base64, base64url, find, utf16le, utf8 } = require('internal/buffer/encodings');
const { FastBuffer } = require('internal/buffer/memory');
const { copy } = binding('buffer');

/** The longest character of any encoding, in bytes. */
const CHARACTER_MAX = 4;

const kEncoding = Symbol('kEncoding');
const kKept = Symbol('kKept');
const kKeptLength = Symbol('kKeptLength');
const kMissing = Symbol('kMissing');

/** Not a class: Node lets it be called without `new` on an object of one's own. */
function StringDecoder(encoding) {
  const operations = encoding === undefined || encoding === null || encoding === '' ? utf8 : find(encoding);
  if (operations === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  this.encoding = operations.name;
  this[kEncoding] = operations;
  this[kKept] = new FastBuffer(CHARACTER_MAX);
  this[kKeptLength] = 0;
  this[kMissing] = 0;
}

/** The text of all characters that are complete; the bytes of the last one, if it is not, are kept. */
StringDecoder.prototype.write = function write(chunk) {
  if (typeof chunk === 'string') return chunk;
  if (!isArrayBufferView(chunk)) {
    throw new ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray', 'DataView'], chunk);
  }
  const operations = this[kEncoding];
  if (operations === undefined) throw new ERR_INVALID_THIS('StringDecoder');
  const bytes = new FastBuffer(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (operations === utf8) return writeUtf8(this, bytes);
  if (operations === utf16le) return writeUtf16(this, bytes);
  if (operations === base64 || operations === base64url) return writeBase64(this, bytes);
  return operations.slice(bytes, 0, bytes.length);
};

/** As `write`, then the text of what was kept; the decoder starts anew. */
StringDecoder.prototype.end = function end(chunk) {
  const text = chunk === undefined ? '' : this.write(chunk);
  const operations = this[kEncoding];
  const kept = this[kKeptLength];
  this[kKeptLength] = 0;
  this[kMissing] = 0;
  if (kept === 0) return text;
  // Of UTF-16 only whole units can be shown.
  return text + operations.slice(this[kKept], 0, operations === utf16le ? kept & ~1 : kept);
};

/** As `write`, but from `offset` of the bytes and with nothing kept. */
StringDecoder.prototype.text = function text(chunk, offset) {
  this[kKeptLength] = 0;
  this[kMissing] = 0;
  return this.write(TypedArrayPrototypeSubarray(chunk, offset));
};

function defineShared(name, get) {
  ObjectDefineProperty(StringDecoder.prototype, name, { __proto__: null, configurable: true, enumerable: true, get });
}
defineShared('lastChar', function lastChar() {
  return TypedArrayPrototypeSubarray(this[kKept], 0, CHARACTER_MAX);
});
defineShared('lastNeed', function lastNeed() { return this[kMissing]; });
defineShared('lastTotal', function lastTotal() { return this[kKeptLength] + this[kMissing]; });

/** Moves `length` bytes to what is kept. */
function keep(decoder, bytes, start, length) {
  copy(bytes, decoder[kKept], decoder[kKeptLength], start, length);
  decoder[kKeptLength] += length;
}

/** The text of what is kept, which is then no more. */
function takeKept(decoder) {
  const text = decoder[kEncoding].slice(decoder[kKept], 0, decoder[kKeptLength]);
  decoder[kKeptLength] = 0;
  decoder[kMissing] = 0;
  return text;
}

function writeUtf8(decoder, bytes) {
  let start = 0;
  let text = '';
  if (decoder[kMissing] > 0) {
    while (decoder[kMissing] > 0 && start < bytes.length && continues(bytes[start])) {
      keep(decoder, bytes, start, 1);
      decoder[kMissing]--;
      start++;
    }
    if (decoder[kMissing] > 0 && start === bytes.length) return '';
    text = takeKept(decoder);
  }
  const incomplete = incompleteUtf8(bytes, start);
  const end = bytes.length - incomplete;
  if (incomplete > 0) {
    keep(decoder, bytes, end, incomplete);
    decoder[kMissing] = utf8Length(bytes[end]) - incomplete;
  }
  if (start === end) return text;
  const rest = utf8.slice(bytes, start, end);
  return text === '' ? rest : text + rest;
}

/** True if `byte` goes on with a character of UTF-8. */
function continues(byte) {
  return (byte & 0xc0) === 0x80;
}

/** The bytes that a first byte announces. Ones that no character has count too: what they start becomes U+FFFD later. */
function utf8Length(first) {
  if (first >> 5 === 0b110) return 2;
  if (first >> 4 === 0b1110) return 3;
  if (first >> 3 === 0b11110) return 4;
  return 1;
}

/** How many bytes at the end of `bytes` begin a character that goes on after them. */
function incompleteUtf8(bytes, start) {
  const length = bytes.length;
  for (let count = 1; count < CHARACTER_MAX && length - count >= start; count++) {
    const byte = bytes[length - count];
    if (continues(byte)) continue;
    return utf8Length(byte) > count ? count : 0;
  }
  return 0;
}

function writeUtf16(decoder, bytes) {
  let start = 0;
  let text = '';
  while (decoder[kMissing] > 0) {
    if (start === bytes.length) return '';
    keep(decoder, bytes, start, 1);
    decoder[kMissing]--;
    start++;
    // A unit that turns out to be a high surrogate waits for the low one.
    if (decoder[kMissing] === 0 && decoder[kKeptLength] === 2 && isHighSurrogate(decoder[kKept][1])) {
      decoder[kMissing] = 2;
    }
  }
  if (decoder[kKeptLength] > 0) text = takeKept(decoder);

  let incomplete = (bytes.length - start) & 1;
  if (incomplete === 0 && bytes.length > start && isHighSurrogate(bytes[bytes.length - 1])) incomplete = 2;
  const end = bytes.length - incomplete;
  if (incomplete > 0) {
    keep(decoder, bytes, end, incomplete);
    decoder[kMissing] = incomplete;
  }
  return start === end ? text : text + utf16le.slice(bytes, start, end);
}

function isHighSurrogate(highByte) {
  return (highByte & 0xfc) === 0xd8;
}

/** Three bytes are four digits; the rest waits. */
function writeBase64(decoder, bytes) {
  let start = 0;
  let text = '';
  if (decoder[kMissing] > 0) {
    const wanted = decoder[kMissing] < bytes.length ? decoder[kMissing] : bytes.length;
    keep(decoder, bytes, 0, wanted);
    decoder[kMissing] -= wanted;
    start = wanted;
    if (decoder[kMissing] > 0) return '';
    text = takeKept(decoder);
  }
  const incomplete = (bytes.length - start) % 3;
  const end = bytes.length - incomplete;
  if (incomplete > 0) {
    keep(decoder, bytes, end, incomplete);
    decoder[kMissing] = 3 - incomplete;
  }
  return start === end ? text : text + decoder[kEncoding].slice(bytes, start, end);
}

module.exports = { StringDecoder };
