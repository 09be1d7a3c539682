// New key pairs and secrets.
'use strict';

const { ObjectDefineProperty, Symbol } = primordials;

const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateFunction, validateInteger, validateObject, validateOneOf, validateString, validateUint32 } = require('internal/validators');
const { kHandle, native, settle, toBuffer } = require('internal/crypto/util');
const {
  PrivateKeyObject, PublicKeyObject, SecretKeyObject, privateEncoding, publicEncoding, toJwk,
} = require('internal/crypto/keys');

// Kind, bits and the third argument of the native operation.
function requestOf(type, options) {
  validateString(type, 'type');
  switch (type) {
    case 'rsa': {
      validateObject(options, 'options');
      const { modulusLength, publicExponent = 0x10001 } = options;
      validateUint32(modulusLength, 'options.modulusLength');
      if (publicExponent !== undefined) validateUint32(publicExponent, 'options.publicExponent');
      return { type, bits: modulusLength, third: publicExponent };
    }
    case 'ec': {
      validateObject(options, 'options');
      const { namedCurve, paramEncoding } = options;
      validateString(namedCurve, 'options.namedCurve');
      if (paramEncoding !== undefined && paramEncoding !== 'named' && paramEncoding !== 'explicit') {
        throw new ERR_INVALID_ARG_VALUE('options.paramEncoding', paramEncoding);
      }
      if (paramEncoding === 'explicit') {
        const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');
        throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM("paramEncoding: 'explicit'");
      }
      return { type, bits: 0, third: namedCurve };
    }
    case 'ed25519':
    case 'ed448':
    case 'x25519':
    case 'x448':
      return { type, bits: 0, third: undefined };
    case 'rsa-pss':
    case 'dsa':
    case 'dh': {
      const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');
      throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`generating '${type}' key pairs`);
    }
    default:
      throw new ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  }
}

// How the two keys are handed out: as KeyObjects or written.
function outputOf(type, options) {
  const { publicKeyEncoding, privateKeyEncoding } = options ?? {};
  const output = { publicEncoding: undefined, privateEncoding: undefined };
  if (publicKeyEncoding != null) {
    if (typeof publicKeyEncoding !== 'object') throw new ERR_INVALID_ARG_VALUE('options.publicKeyEncoding', publicKeyEncoding);
    output.publicEncoding = publicKeyEncoding.format === 'jwk' ? 'jwk' : publicEncoding(publicKeyEncoding, type, 'options.publicKeyEncoding');
  }
  if (privateKeyEncoding != null) {
    if (typeof privateKeyEncoding !== 'object') throw new ERR_INVALID_ARG_VALUE('options.privateKeyEncoding', privateKeyEncoding);
    output.privateEncoding = privateKeyEncoding.format === 'jwk' ? 'jwk' : privateEncoding(privateKeyEncoding, type, 'options.privateKeyEncoding');
  }
  return output;
}

function written(key, encoding) {
  if (encoding === undefined) return key;
  if (encoding === 'jwk') return toJwk(key);
  const value = native.keyExport(key[kHandle], encoding.isPem, encoding.type, encoding.cipher, encoding.passphrase);
  return typeof value === 'string' ? value : toBuffer(value);
}

function pairOf(handles, output) {
  return {
    publicKey: written(new PublicKeyObject(handles[0]), output.publicEncoding),
    privateKey: written(new PrivateKeyObject(handles[1]), output.privateEncoding),
  };
}

function generateKeyPair(type, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  const request = requestOf(type, options);
  const output = outputOf(type, options);
  native.generateKeyPair(request.type, request.bits, request.third, (errno, result) => {
    if (result.length === 1) {
      callback(result[0]);
      return;
    }
    let pair;
    try {
      pair = pairOf(result[1], output);
    } catch (error) {
      callback(error);
      return;
    }
    callback(null, pair.publicKey, pair.privateKey);
  });
}

ObjectDefineProperty(generateKeyPair, Symbol.for('nodejs.util.promisify.custom'), {
  __proto__: null,
  value: function generateKeyPair(type, options) {
    return new primordials.Promise((resolve, reject) => {
      module.exports.generateKeyPair(type, options, (error, publicKey, privateKey) => {
        if (error) reject(error);
        else resolve({ publicKey, privateKey });
      });
    });
  },
});

function generateKeyPairSync(type, options) {
  const request = requestOf(type, options);
  const output = outputOf(type, options);
  return pairOf(native.generateKeyPair(request.type, request.bits, request.third), output);
}

function secretBits(type, options) {
  validateString(type, 'type');
  validateObject(options, 'options');
  const { length } = options;
  switch (type) {
    case 'hmac': validateInteger(length, 'options.length', 8, 2 ** 31 - 1); break;
    case 'aes': validateOneOf(length, 'options.length', [128, 192, 256]); break;
    default: throw new ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  }
  return length >> 3;
}

function generateKeySync(type, options) {
  const bytes = secretBits(type, options);
  return new SecretKeyObject(native.keySecret(native.randomBytes(bytes)));
}

function generateKey(type, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  const bytes = secretBits(type, options);
  native.randomBytes(bytes, settle(callback, (secret) => new SecretKeyObject(native.keySecret(secret))));
}

module.exports = { generateKey, generateKeyPair, generateKeyPairSync, generateKeySync };
