// Agreement on a secret: ECDH and the stateless diffieHellman over key objects.
'use strict';

const { Error, Symbol } = primordials;

const {
  codes: {
    ERR_CRYPTO_ECDH_INVALID_FORMAT, ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY, ERR_CRYPTO_INCOMPATIBLE_KEY, ERR_CRYPTO_INVALID_CURVE,
    ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE, ERR_INVALID_ARG_VALUE,
  },
} = require('internal/errors');
const { validateFunction, validateObject, validateString } = require('internal/validators');
const {
  encode, getArrayBufferOrView, kHandle, native, settle, toBuffer,
} = require('internal/crypto/util');
const { isKeyObject } = require('internal/crypto/keys');

const kCurve = Symbol('curve');
const kPrivate = Symbol('private');
const kPublic = Symbol('public');

const COMPRESSED = 2;
const UNCOMPRESSED = 4;
const HYBRID = 6;

function formOf(format) {
  switch (format) {
    case undefined:
    case null:
    case 'uncompressed': return UNCOMPRESSED;
    case 'compressed': return COMPRESSED;
    case 'hybrid': return HYBRID;
    default: throw new ERR_CRYPTO_ECDH_INVALID_FORMAT(format);
  }
}

// One side of an exchange: a private number and a point, both kept as bytes.
function ECDH(curve) {
  if (!(this instanceof ECDH)) return new ECDH(curve);
  validateString(curve, 'curve');
  if (!native.ecdhCurveExists(curve)) throw new ERR_CRYPTO_INVALID_CURVE();
  this[kCurve] = curve;
  this[kPrivate] = undefined;
  this[kPublic] = undefined;
}

ECDH.prototype.generateKeys = function generateKeys(encoding, format) {
  formOf(format);
  const pair = native.ecdhGenerate(this[kCurve]);
  this[kPrivate] = pair[0];
  this[kPublic] = pair[1];
  return this.getPublicKey(encoding, format);
};

ECDH.prototype.computeSecret = function computeSecret(key, inputEncoding, outputEncoding) {
  key = getArrayBufferOrView(key, 'key', inputEncoding);
  if (this[kPrivate] === undefined) throw new Error('Failed to get ECDH private key');
  const secret = native.ecdhSecret(this[kCurve], this[kPrivate], key);
  if (secret === undefined) throw new ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY();
  return encode(secret, outputEncoding);
};

ECDH.prototype.getPublicKey = function getPublicKey(encoding, format) {
  const form = formOf(format);
  if (this[kPublic] === undefined) throw new Error('Failed to get ECDH public key');
  return encode(native.ecdhConvert(this[kCurve], this[kPublic], form), encoding);
};

ECDH.prototype.getPrivateKey = function getPrivateKey(encoding) {
  if (this[kPrivate] === undefined) throw new Error('Failed to get ECDH private key');
  return encode(this[kPrivate].slice(), encoding);
};

ECDH.prototype.setPrivateKey = function setPrivateKey(key, encoding) {
  key = getArrayBufferOrView(key, 'key', encoding);
  const pair = native.ecdhFromPrivate(this[kCurve], key);
  if (pair === undefined) {
    const { codes: { ERR_CRYPTO_INVALID_KEYPAIR } } = require('internal/errors');
    throw new ERR_CRYPTO_INVALID_KEYPAIR();
  }
  this[kPrivate] = pair[0];
  this[kPublic] = pair[1];
};

ECDH.prototype.setPublicKey = function setPublicKey(key, encoding) {
  key = getArrayBufferOrView(key, 'key', encoding);
  const point = native.ecdhConvert(this[kCurve], key, UNCOMPRESSED);
  if (point === undefined) throw new Error('Failed to convert Buffer to EC_POINT');
  this[kPublic] = point;
};

ECDH.convertKey = function convertKey(key, curve, inputEncoding, outputEncoding, format) {
  validateString(curve, 'curve');
  key = getArrayBufferOrView(key, 'key', inputEncoding);
  const form = formOf(format);
  if (!native.ecdhCurveExists(curve)) throw new ERR_CRYPTO_INVALID_CURVE();
  const converted = native.ecdhConvert(curve, key, form);
  if (converted === undefined) throw new Error('Failed to convert Buffer to EC_POINT');
  return encode(converted, outputEncoding);
};

function diffieHellman(options, callback) {
  validateObject(options, 'options');
  if (callback !== undefined) validateFunction(callback, 'callback');
  const { privateKey, publicKey } = options;
  if (!isKeyObject(privateKey)) throw new ERR_INVALID_ARG_VALUE('options.privateKey', privateKey);
  if (!isKeyObject(publicKey)) throw new ERR_INVALID_ARG_VALUE('options.publicKey', publicKey);
  if (privateKey.type !== 'private') throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(privateKey.type, 'private');
  if (publicKey.type !== 'public' && publicKey.type !== 'private') {
    throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(publicKey.type, 'private or public');
  }
  const { asymmetricKeyType: own } = privateKey;
  const { asymmetricKeyType: other } = publicKey;
  if (own !== other || !(own === 'ec' || own === 'x25519' || own === 'x448' || own === 'dh')) {
    throw new ERR_CRYPTO_INCOMPATIBLE_KEY('key types for Diffie-Hellman', `${own} and ${other}`);
  }
  if (callback === undefined) return toBuffer(native.agree(privateKey[kHandle], publicKey[kHandle]));
  native.agree(privateKey[kHandle], publicKey[kHandle], settle(callback, toBuffer));
}

let curves;
function getCurves() {
  curves ??= native.getCurves();
  return curves.slice();
}

module.exports = { ECDH, diffieHellman, getCurves };
