// buffer.transcode: the bytes of a text in another encoding; what that has no character for becomes `?`.
'use strict';

const { ArrayPrototypePush, Error, StringPrototypeCodePointAt } = primordials;
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { isUint8Array } = require('internal/util/types');
const { ascii, find, latin1, utf16le, utf8 } = require('internal/buffer/encodings');
const { FastBuffer, allocateUnpooled } = require('internal/buffer/memory');
const { BYTES } = require('internal/buffer/methods');

const QUESTION_MARK = 0x3f;
const UNIT_END = 0x10000;
const ILLEGAL_ARGUMENT = 'U_ILLEGAL_ARGUMENT_ERROR';
const ILLEGAL_ARGUMENT_ERRNO = 1;

function transcode(source, fromEncoding, toEncoding) {
  if (!isUint8Array(source)) throw new ERR_INVALID_ARG_TYPE('source', BYTES, source);
  if (source.length === 0) return new FastBuffer();

  const from = transcodable(fromEncoding);
  const to = transcodable(toEncoding);
  const text = from.slice(source, 0, source.length);
  if (to === utf8 || to === utf16le) {
    const result = allocateUnpooled(to.byteLength(text));
    to.write(result, text, 0, result.length);
    return result;
  }
  return toBytes(text, to === ascii ? 0x80 : 0x100);
}

/** The encoding, if it is one of text rather than of bytes as text. */
function transcodable(name) {
  const encoding = find(name);
  if (encoding === utf8 || encoding === utf16le || encoding === latin1 || encoding === ascii) return encoding;
  const error = new Error(`Unable to transcode Buffer [${ILLEGAL_ARGUMENT}]`);
  error.code = ILLEGAL_ARGUMENT;
  error.errno = ILLEGAL_ARGUMENT_ERRNO;
  throw error;
}

/** A byte for each code point. */
function toBytes(text, end) {
  const bytes = [];
  for (let i = 0; i < text.length; i++) {
    const point = StringPrototypeCodePointAt(text, i);
    if (point >= UNIT_END) i++;
    ArrayPrototypePush(bytes, point < end ? point : QUESTION_MARK);
  }
  return new FastBuffer(bytes);
}

module.exports = { transcode };
