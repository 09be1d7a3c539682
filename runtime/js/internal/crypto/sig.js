// Sign and Verify, the one-shot forms, and encryption with key pairs.
'use strict';

const { FunctionPrototypeCall, ObjectSetPrototypeOf, Symbol } = primordials;

const { Buffer } = require('buffer');
const { Writable } = require('stream');
const {
  codes: { ERR_CRYPTO_SIGN_KEY_REQUIRED, ERR_CRYPTO_INVALID_DIGEST, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { validateFunction, validateString } = require('internal/validators');
const {
  digestNumber, encode, getArrayBufferOrView, getData, native, settle, toBuffer,
} = require('internal/crypto/util');
const { preparePrivateKey, preparePublicOrPrivateKey } = require('internal/crypto/keys');

const kAlgorithm = Symbol('algorithm');
const kChunks = Symbol('data');

// Padding, salt length and encoding as the caller wants them.
function schemeOf(options) {
  const scheme = { padding: undefined, salt: undefined, isP1363: false };
  if (typeof options !== 'object' || options === null) return scheme;
  const { padding, saltLength, dsaEncoding } = options;
  if (padding !== undefined) {
    if (padding !== padding >> 0) throw new ERR_INVALID_ARG_VALUE('options.padding', padding);
    scheme.padding = padding;
  }
  if (saltLength !== undefined) {
    if (saltLength !== saltLength >> 0) throw new ERR_INVALID_ARG_VALUE('options.saltLength', saltLength);
    scheme.salt = saltLength;
  }
  if (dsaEncoding !== undefined) {
    if (dsaEncoding !== 'der' && dsaEncoding !== 'ieee-p1363') throw new ERR_INVALID_ARG_VALUE('options.dsaEncoding', dsaEncoding);
    scheme.isP1363 = dsaEncoding === 'ieee-p1363';
  }
  return scheme;
}

function begin(self, algorithm, options) {
  validateString(algorithm, 'algorithm');
  if (digestNumber(algorithm) < 0) throw invalidDigest(algorithm);
  self[kAlgorithm] = algorithm;
  self[kChunks] = [];
  FunctionPrototypeCall(Writable, self, options);
}

function invalidDigest(algorithm) {
  return new ERR_CRYPTO_INVALID_DIGEST(algorithm);
}

function Sign(algorithm, options) {
  if (!(this instanceof Sign)) return new Sign(algorithm, options);
  begin(this, algorithm, options);
}
ObjectSetPrototypeOf(Sign.prototype, Writable.prototype);
ObjectSetPrototypeOf(Sign, Writable);

Sign.prototype._write = function _write(chunk, encoding, callback) {
  this.update(chunk, encoding);
  callback();
};

Sign.prototype.update = function update(data, encoding) {
  data = getData(data, encoding);
  this[kChunks].push(typeof data === 'string' ? Buffer.from(data) : Buffer.from(toBytes(data)));
  return this;
};

function toBytes(view) {
  return toBuffer(new primordials.Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}

Sign.prototype.sign = function sign(options, encoding) {
  if (!options) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const key = preparePrivateKey(options);
  const { padding, salt, isP1363 } = schemeOf(options);
  const data = Buffer.concat(this[kChunks]);
  return encode(native.sign(data, key, this[kAlgorithm], padding, salt, isP1363), encoding);
};

function Verify(algorithm, options) {
  if (!(this instanceof Verify)) return new Verify(algorithm, options);
  begin(this, algorithm, options);
}
ObjectSetPrototypeOf(Verify.prototype, Writable.prototype);
ObjectSetPrototypeOf(Verify, Writable);

Verify.prototype._write = Sign.prototype._write;
Verify.prototype.update = Sign.prototype.update;

Verify.prototype.verify = function verify(options, signature, encoding) {
  const key = preparePublicOrPrivateKey(options);
  const { padding, salt, isP1363 } = schemeOf(options);
  signature = getArrayBufferOrView(signature, 'signature', encoding);
  const data = Buffer.concat(this[kChunks]);
  return native.verify(data, key, this[kAlgorithm], padding, salt, isP1363, signature);
};

function signOneShot(algorithm, data, key, callback) {
  if (algorithm != null) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  data = getArrayBufferOrView(data, 'data');
  if (!key) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const { padding, salt, isP1363 } = schemeOf(key);
  const handle = preparePrivateKey(key);
  if (callback === undefined) return toBuffer(native.sign(data, handle, algorithm, padding, salt, isP1363));
  native.sign(data, handle, algorithm, padding, salt, isP1363, settle(callback, toBuffer));
}

function verifyOneShot(algorithm, data, key, signature, callback) {
  if (algorithm != null) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  data = getArrayBufferOrView(data, 'data');
  const { padding, salt, isP1363 } = schemeOf(key);
  signature = getArrayBufferOrView(signature, 'signature');
  const handle = preparePublicOrPrivateKey(key);
  if (callback === undefined) return native.verify(data, handle, algorithm, padding, salt, isP1363, signature);
  native.verify(data, handle, algorithm, padding, salt, isP1363, signature, settle(callback));
}

const RSA_PKCS1_PADDING = 1;
const RSA_PKCS1_OAEP_PADDING = 4;

function crypt(operation, defaultPadding, prepare) {
  return (options, buffer) => {
    const key = prepare(options);
    const padding = options.padding || defaultPadding;
    const { oaepHash, encoding } = options;
    let { oaepLabel } = options;
    if (oaepHash !== undefined) validateString(oaepHash, 'key.oaepHash');
    if (oaepLabel !== undefined) oaepLabel = getArrayBufferOrView(oaepLabel, 'key.oaepLabel', encoding);
    buffer = getArrayBufferOrView(buffer, 'buffer', encoding);
    return toBuffer(native.pkeyCrypt(operation, key, buffer, padding, oaepHash ?? 'sha1', oaepLabel));
  };
}

module.exports = {
  Sign, Verify, signOneShot, verifyOneShot,
  publicEncrypt: crypt(0, RSA_PKCS1_OAEP_PADDING, preparePublicOrPrivateKey),
  privateDecrypt: crypt(1, RSA_PKCS1_OAEP_PADDING, preparePrivateKey),
  privateEncrypt: crypt(2, RSA_PKCS1_PADDING, preparePrivateKey),
  publicDecrypt: crypt(3, RSA_PKCS1_PADDING, preparePublicOrPrivateKey),
};
