// What the parts of `crypto` share: byte arguments, output encodings, results of jobs.
'use strict';

const {
  ArrayBufferIsView, BigInt, DataView, FunctionPrototypeCall, ObjectKeys, StringPrototypeToLowerCase, Symbol, TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset, Uint8Array,
} = primordials;

const native = binding('crypto');
const { isArrayBuffer, isSharedArrayBuffer } = binding('util');
const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateFunction, validateString } = require('internal/validators');

const kHandle = Symbol('kHandle');

// Numbers that the native side knows (`args.rs`, `Encoding`).
const OUTPUT = {
  __proto__: null, buffer: 0, hex: 1, base64: 2, base64url: 3, latin1: 4, binary: 4,
};

function isAnyArrayBuffer(value) {
  return isArrayBuffer(value) || isSharedArrayBuffer(value);
}

// A `Buffer` over the bytes of `bytes`, without a copy.
function toBuffer(bytes) {
  return Buffer.from(TypedArrayPrototypeGetBuffer(bytes), TypedArrayPrototypeGetByteOffset(bytes), TypedArrayPrototypeGetByteLength(bytes));
}

// `bytes` in `encoding`: a Buffer or a string.
function encode(bytes, encoding) {
  const buffer = toBuffer(bytes);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
}

// What the native side is asked for: its number for `encoding`, or -1 when JavaScript must encode.
function outputNumber(encoding) {
  if (encoding === undefined || encoding === null) return 0;
  return OUTPUT[encoding] ?? OUTPUT[StringPrototypeToLowerCase(`${encoding}`)] ?? -1;
}

// `buffer` as a view; a string in `encoding`.
function getArrayBufferOrView(buffer, name, encoding) {
  if (isAnyArrayBuffer(buffer)) return new Uint8Array(buffer);
  if (typeof buffer === 'string') return Buffer.from(buffer, encoding === 'buffer' ? 'utf8' : encoding);
  if (!ArrayBufferIsView(buffer)) {
    throw new ERR_INVALID_ARG_TYPE(name, ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], buffer);
  }
  return buffer;
}

// As above for data that is fed to a hash or cipher: a string in UTF-8 goes as it is.
function getData(data, encoding, name = 'data') {
  if (typeof data === 'string') {
    if (encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8' || encoding === 'buffer') return data;
    if (encoding === 'hex' && data.length % 2 !== 0) {
      throw new ERR_INVALID_ARG_VALUE('encoding', encoding, `is invalid for data of length ${data.length}`);
    }
    return Buffer.from(data, encoding);
  }
  if (!ArrayBufferIsView(data)) throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  return data;
}

// A callback of the pool for `callback(error, value)`.
function settle(callback, map, receiver) {
  validateFunction(callback, 'callback');
  return (errno, result) => {
    if (result.length === 1) FunctionPrototypeCall(callback, receiver, result[0]);
    else FunctionPrototypeCall(callback, receiver, null, map === undefined ? result[1] : map(result[1]));
  };
}

const kNumbers = { __proto__: null };

// The number of a digest, -1 if there is none of that name.
function digestNumber(name) {
  const known = kNumbers[name];
  if (known !== undefined) return known;
  const number = native.digestNumber(name);
  if (number >= 0) kNumbers[name] = number;
  return number;
}

function toBigEndian(bigint) {
  let text = bigint.toString(16);
  if (text.length % 2 === 1) text = `0${text}`;
  return Buffer.from(text, 'hex');
}

function fromBigEndian(bytes) {
  const text = toBuffer(bytes).toString('hex');
  return text === '' ? 0n : BigInt(`0x${text}`);
}


let hashes;
function getHashes() {
  hashes ??= native.getHashes();
  return hashes.slice();
}

function lazily(object, members) {
  for (const name of ObjectKeys(members)) {
    primordials.ObjectDefineProperty(object, name, {
      __proto__: null, configurable: true, enumerable: true,
      get() {
        const value = members[name]();
        primordials.ObjectDefineProperty(object, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
        return value;
      },
      set(value) {
        primordials.ObjectDefineProperty(object, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
      },
    });
  }
}

module.exports = {
  DataView, digestNumber, encode, fromBigEndian, getArrayBufferOrView, getData, getHashes, isAnyArrayBuffer, kHandle, lazily, native,
  outputNumber, settle, toBigEndian, toBuffer, validateString,
};
