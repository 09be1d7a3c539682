// Diffie-Hellman over numbers: `createDiffieHellman`, and the groups that have names.
'use strict';

const { Error, ObjectDefineProperty, Symbol } = primordials;

const { Buffer } = require('buffer');
const {
  codes: { ERR_CRYPTO_UNKNOWN_DH_GROUP, ERR_INVALID_ARG_TYPE },
} = require('internal/errors');
const { validateInt32 } = require('internal/validators');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');
const { encode, getArrayBufferOrView, native } = require('internal/crypto/util');

const kPrime = Symbol('prime');
const kGenerator = Symbol('generator');
const kPrivate = Symbol('private');
const kPublic = Symbol('public');

const GENERATOR_DEFAULT = 2;
const PRIME_BITS_MIN = 512;
const SOURCES = ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];

const isBytes = (value) => isArrayBufferView(value) || isAnyArrayBuffer(value);
const toBytes = (value, encoding) => (typeof value === 'string' ? Buffer.from(value, encoding) : Buffer.from(getArrayBufferOrView(value, 'key')));

function opensslError(code, number, reason) {
  const error = new Error(`error:${number}:Diffie-Hellman routines::${reason}`);
  error.library = 'Diffie-Hellman routines';
  error.reason = reason;
  error.code = code;
  return error;
}

function DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  if (!(this instanceof DiffieHellman)) return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
  if (typeof sizeOrKey !== 'number' && typeof sizeOrKey !== 'string' && !isBytes(sizeOrKey)) {
    throw new ERR_INVALID_ARG_TYPE('sizeOrKey', ['number', 'string', ...SOURCES], sizeOrKey);
  }
  if (typeof sizeOrKey === 'number') validateInt32(sizeOrKey, 'sizeOrKey');
  if (keyEncoding && !Buffer.isEncoding(keyEncoding) && keyEncoding !== 'buffer') {
    genEncoding = generator;
    generator = keyEncoding;
    keyEncoding = undefined;
  }
  const of = generatorOf(generator, genEncoding);
  if (typeof sizeOrKey === 'number') {
    if (sizeOrKey < PRIME_BITS_MIN) throw opensslError('ERR_OSSL_DH_MODULUS_TOO_SMALL', '0280007E', 'modulus too small');
    this[kPrime] = Buffer.from(native.dhPrime(sizeOrKey, of.length === 1 ? of[0] : 0));
  } else {
    this[kPrime] = toBytes(sizeOrKey, keyEncoding === 'buffer' ? undefined : keyEncoding);
  }
  begin(this, of);
}

function generatorOf(generator, encoding) {
  let bytes;
  if (!generator) bytes = Buffer.from([GENERATOR_DEFAULT]);
  else if (typeof generator === 'number') {
    validateInt32(generator, 'generator');
    if (generator <= 1) throw opensslError('ERR_OSSL_DH_BAD_GENERATOR', '02800065', 'bad generator');
    const hex = generator.toString(16);
    bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  } else if (typeof generator === 'string' || isBytes(generator)) bytes = toBytes(generator, encoding);
  else throw new ERR_INVALID_ARG_TYPE('generator', ['number', 'string', ...SOURCES], generator);
  if (bytes.length === 0 || (bytes.length === 1 && bytes[0] <= 1)) throw opensslError('ERR_OSSL_DH_BAD_GENERATOR', '02800065', 'bad generator');
  return bytes;
}

// Whoever prints a side of an exchange does not print its keys.
function hide(self, key, value) {
  ObjectDefineProperty(self, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

function begin(self, generator) {
  hide(self, kPrime, self[kPrime]);
  hide(self, kGenerator, generator);
  hide(self, kPrivate, undefined);
  hide(self, kPublic, undefined);
  ObjectDefineProperty(self, 'verifyError', {
    __proto__: null, enumerable: true, value: native.dhCheck(self[kPrime], generator), writable: false,
  });
}

// The groups whose primes everybody knows; they have no setters.
function DiffieHellmanGroup(name) {
  if (!(this instanceof DiffieHellmanGroup)) return new DiffieHellmanGroup(name);
  if (typeof name !== 'string') throw groupNameError();
  const prime = native.dhGroup(name);
  if (prime === undefined) throw new ERR_CRYPTO_UNKNOWN_DH_GROUP();
  this[kPrime] = Buffer.from(prime);
  begin(this, Buffer.from([GENERATOR_DEFAULT]));
}

function groupNameError() {
  const error = new primordials.TypeError('Group name must be a string');
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

function missing(kind) {
  const error = new Error(`No ${kind} key - did you forget to generate one?`);
  error.code = 'ERR_CRYPTO_INVALID_STATE';
  return error;
}

const common = {
  generateKeys(encoding) {
    const { 0: own, 1: open } = native.dhGenerate(this[kPrime], this[kGenerator], this[kPrivate]);
    this[kPrivate] = Buffer.from(own);
    this[kPublic] = Buffer.from(open);
    return this.getPublicKey(encoding);
  },
  computeSecret(key, inputEncoding, outputEncoding) {
    key = getArrayBufferOrView(key, 'otherPublicKey', inputEncoding);
    if (this[kPrivate] === undefined) {
      // What is wrong with the other's key is said first, as in Node.
      native.dhSecret(this[kPrime], Buffer.from([GENERATOR_DEFAULT]), key);
      throw missing('private');
    }
    return encode(native.dhSecret(this[kPrime], this[kPrivate], key), outputEncoding);
  },
  getPrime(encoding) { return encode(copy(this[kPrime]), encoding); },
  getGenerator(encoding) { return encode(copy(this[kGenerator]), encoding); },
  getPublicKey(encoding) {
    if (this[kPublic] === undefined) throw missing('public');
    return encode(copy(this[kPublic]), encoding);
  },
  getPrivateKey(encoding) {
    if (this[kPrivate] === undefined) throw missing('private');
    return encode(copy(this[kPrivate]), encoding);
  },
};

const copy = (bytes) => Buffer.from(bytes);

for (const name of ['generateKeys', 'computeSecret', 'getPrime', 'getGenerator', 'getPublicKey', 'getPrivateKey']) {
  DiffieHellman.prototype[name] = common[name];
  DiffieHellmanGroup.prototype[name] = common[name];
}

DiffieHellman.prototype.setPublicKey = function setPublicKey(key, encoding) {
  this[kPublic] = Buffer.from(getArrayBufferOrView(key, 'key', encoding));
  return this;
};

DiffieHellman.prototype.setPrivateKey = function setPrivateKey(key, encoding) {
  this[kPrivate] = Buffer.from(getArrayBufferOrView(key, 'key', encoding));
  return this;
};

function createDiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
}

function createDiffieHellmanGroup(name) {
  return new DiffieHellmanGroup(name);
}

module.exports = { DiffieHellman, DiffieHellmanGroup, createDiffieHellman, createDiffieHellmanGroup };
