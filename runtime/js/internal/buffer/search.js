// Buffer's indexOf, lastIndexOf and includes.
'use strict';

const { codes: { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } } = require('internal/errors');
const { isArrayBufferView, isUint8Array } = require('internal/util/types');
const { find, utf8, utf16le } = require('internal/buffer/encodings');
const { allocateUnpooled } = require('internal/buffer/memory');
const { indexOfByte, indexOfBytes, indexOfString } = binding('buffer');

const OFFSET_MAX = 0x7fffffff;
const OFFSET_MIN = -0x80000000;

/** The place of the first match at or after `byteOffset` (`forward`), or of the last at or before it; -1 without any. */
function search(buffer, value, byteOffset, encoding, forward) {
  if (!isArrayBufferView(buffer)) throw new ERR_INVALID_ARG_TYPE('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);

  if (typeof byteOffset === 'string') {
    encoding = byteOffset;
    byteOffset = undefined;
  } else if (byteOffset > OFFSET_MAX) {
    byteOffset = OFFSET_MAX;
  } else if (byteOffset < OFFSET_MIN) {
    byteOffset = OFFSET_MIN;
  }
  // What is no number, `undefined` and functions among it, means the whole Buffer.
  byteOffset = +byteOffset;
  if (byteOffset !== byteOffset) byteOffset = forward ? 0 : buffer.length || buffer.byteLength;
  byteOffset = byteOffset < 0 ? -(-byteOffset >>> 0) : byteOffset >>> 0;

  if (typeof value === 'number') return indexOfByte(buffer, value >>> 0, byteOffset, forward);

  const operations = encoding === undefined ? utf8 : find(encoding);
  if (typeof value === 'string') {
    if (operations === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    if (operations.search !== undefined) {
      return indexOfString(buffer, value, byteOffset, forward, operations.search);
    }
    return indexOfBytes(buffer, encode(value, operations), byteOffset, forward, false);
  }
  if (isUint8Array(value)) {
    return indexOfBytes(buffer, value, byteOffset, forward, operations === utf16le);
  }
  throw new ERR_INVALID_ARG_TYPE('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
}

function encode(string, operations) {
  const bytes = allocateUnpooled(operations.byteLength(string));
  const written = operations.write(bytes, string, 0, bytes.length);
  return bytes.subarray(0, written);
}

function installSearch(prototype) {
  prototype.indexOf = function indexOf(value, byteOffset, encoding) {
    return search(this, value, byteOffset, encoding, true);
  };
  prototype.lastIndexOf = function lastIndexOf(value, byteOffset, encoding) {
    return search(this, value, byteOffset, encoding, false);
  };
  prototype.includes = function includes(value, byteOffset, encoding) {
    return search(this, value, byteOffset, encoding, true) !== -1;
  };
}

module.exports = { installSearch };
