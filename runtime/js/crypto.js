// node:crypto.
'use strict';

const { ObjectDefineProperties } = primordials;

const {
  codes: { ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH, ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_TYPE },
} = require('internal/errors');
const { getHashes, isAnyArrayBuffer, native } = require('internal/crypto/util');
const { Hash, Hmac, hash } = require('internal/crypto/hash');
const random = require('internal/crypto/random');
const kdf = require('internal/crypto/kdf');
const keys = require('internal/crypto/keys');
const keygen = require('internal/crypto/keygen');
const sig = require('internal/crypto/sig');
const { Cipheriv, Decipheriv, getCipherInfo, getCiphers } = require('internal/crypto/cipher');
const agree = require('internal/crypto/agree');
const { constants } = require('internal/crypto/constants');

function createHash(algorithm, options) {
  return new Hash(algorithm, options);
}

function createHmac(hmac, key, options) {
  return new Hmac(hmac, key, options);
}

function createCipheriv(cipher, key, iv, options) {
  return new Cipheriv(cipher, key, iv, options);
}

function createDecipheriv(cipher, key, iv, options) {
  return new Decipheriv(cipher, key, iv, options);
}

function createSign(algorithm, options) {
  return new sig.Sign(algorithm, options);
}

function createVerify(algorithm, options) {
  return new sig.Verify(algorithm, options);
}

function createECDH(curve) {
  return new agree.ECDH(curve);
}

function getFips() {
  return 0;
}

// This OpenSSL is built without the FIPS provider.
function setFips(on) {
  if (on) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('crypto.setFips');
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
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey: keys.createPrivateKey,
  createPublicKey: keys.createPublicKey,
  createSecretKey: keys.createSecretKey,
  createSign,
  createVerify,
  createDiffieHellman(...args) { return require('internal/crypto/diffie_hellman').createDiffieHellman(...args); },
  createDiffieHellmanGroup(name) { return require('internal/crypto/diffie_hellman').createDiffieHellmanGroup(name); },
  getDiffieHellman(name) { return require('internal/crypto/diffie_hellman').createDiffieHellmanGroup(name); },
  diffieHellman: agree.diffieHellman,
  generateKey: keygen.generateKey,
  generateKeySync: keygen.generateKeySync,
  generateKeyPair: keygen.generateKeyPair,
  generateKeyPairSync: keygen.generateKeyPairSync,
  getCipherInfo,
  getCiphers,
  getCurves: agree.getCurves,
  getFips,
  setFips,
  privateDecrypt: sig.privateDecrypt,
  privateEncrypt: sig.privateEncrypt,
  publicDecrypt: sig.publicDecrypt,
  publicEncrypt: sig.publicEncrypt,
  sign: sig.signOneShot,
  verify: sig.verifyOneShot,
  generatePrime: random.generatePrime,
  generatePrimeSync: random.generatePrimeSync,
  getHashes,
  hkdf: kdf.hkdf,
  hkdfSync: kdf.hkdfSync,
  pbkdf2: kdf.pbkdf2,
  pbkdf2Sync: kdf.pbkdf2Sync,
  randomBytes: random.randomBytes,
  // Old names.
  pseudoRandomBytes: random.randomBytes,
  prng: random.randomBytes,
  rng: random.randomBytes,
  randomFill: random.randomFill,
  randomFillSync: random.randomFillSync,
  randomInt: random.randomInt,
  randomUUID: random.randomUUID,
  randomUUIDv7: random.randomUUIDv7,
  scrypt: kdf.scrypt,
  scryptSync: kdf.scryptSync,
  timingSafeEqual,
  hash,
  Cipheriv,
  Decipheriv,
  ECDH: agree.ECDH,
  Hash,
  Hmac,
  KeyObject: keys.KeyObject,
  Sign: sig.Sign,
  Verify: sig.Verify,
  constants,
};

// Loaded when somebody asks: certificates come with TLS, and few exchange keys over plain numbers.
const lazyDiffieHellman = (name) => ({
  __proto__: null,
  configurable: true,
  enumerable: true,
  get: () => require('internal/crypto/diffie_hellman')[name],
  set(value) {
    ObjectDefineProperties(module.exports, { [name]: { __proto__: null, value, writable: true, configurable: true, enumerable: true } });
  },
});
ObjectDefineProperties(module.exports, {
  DiffieHellman: lazyDiffieHellman('DiffieHellman'),
  DiffieHellmanGroup: lazyDiffieHellman('DiffieHellmanGroup'),
  X509Certificate: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: () => require('internal/tls/certificate').X509Certificate,
    set(value) {
      ObjectDefineProperties(module.exports, {
        X509Certificate: { __proto__: null, value, writable: true, configurable: true, enumerable: true },
      });
    },
  },
});

const web = () => require('internal/crypto/webcrypto');

ObjectDefineProperties(module.exports, {
  webcrypto: { __proto__: null, configurable: false, enumerable: true, get: () => web().crypto },
  subtle: { __proto__: null, configurable: false, enumerable: true, get: () => web().crypto.subtle },
  getRandomValues: {
    __proto__: null, configurable: false, enumerable: true,
    get: () => function getRandomValues(array) { return web().crypto.getRandomValues(array); },
  },
});
