// node:crypto.
'use strict';

const { ObjectDefineProperties } = primordials;

const {
  codes: { ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH, ERR_INVALID_ARG_TYPE },
} = require('internal/errors');
const { getHashes, isAnyArrayBuffer, native } = require('internal/crypto/util');
const { Hash, Hmac, hash } = require('internal/crypto/hash');
const random = require('internal/crypto/random');
const kdf = require('internal/crypto/kdf');

function createHash(algorithm, options) {
  return new Hash(algorithm, options);
}

function createHmac(hmac, key, options) {
  return new Hmac(hmac, key, options);
}

function bytesOf(value, name) {
  if (isAnyArrayBuffer(value)) return new primordials.Uint8Array(value);
  if (!primordials.ArrayBufferIsView(value)) {
    throw new ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
  }
  return value;
}

function timingSafeEqual(buf1, buf2) {
  const a = bytesOf(buf1, 'buf1');
  const b = bytesOf(buf2, 'buf2');
  if (a.byteLength !== b.byteLength) throw new ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH();
  return native.timingSafeEqual(a, b);
}

module.exports = {
  checkPrime: random.checkPrime,
  checkPrimeSync: random.checkPrimeSync,
  createHash,
  createHmac,
  generatePrime: random.generatePrime,
  generatePrimeSync: random.generatePrimeSync,
  getHashes,
  hkdf: kdf.hkdf,
  hkdfSync: kdf.hkdfSync,
  pbkdf2: kdf.pbkdf2,
  pbkdf2Sync: kdf.pbkdf2Sync,
  randomBytes: random.randomBytes,
  randomFill: random.randomFill,
  randomFillSync: random.randomFillSync,
  randomInt: random.randomInt,
  randomUUID: random.randomUUID,
  randomUUIDv7: random.randomUUIDv7,
  scrypt: kdf.scrypt,
  scryptSync: kdf.scryptSync,
  timingSafeEqual,
  hash,
  Hash,
  Hmac,
};

const web = () => require('internal/crypto/webcrypto');

ObjectDefineProperties(module.exports, {
  webcrypto: { __proto__: null, configurable: false, enumerable: true, get: () => web().crypto },
  subtle: { __proto__: null, configurable: false, enumerable: true, get: () => web().crypto.subtle },
  getRandomValues: {
    __proto__: null, configurable: false, enumerable: true,
    get: () => function getRandomValues(array) { return web().crypto.getRandomValues(array); },
  },
});
