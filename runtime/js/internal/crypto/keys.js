// KeyObject and its three kinds, and keys as arguments of other operations.
'use strict';

const {
  ArrayBufferIsView, ObjectDefineProperties, ObjectDefineProperty,
  Symbol, SymbolToStringTag,
} = primordials;

const { Buffer } = require('buffer');
const {
  codes: {
    ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS, ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE,
    ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE,
  },
} = require('internal/errors');
const { validateObject, validateOneOf, validateString } = require('internal/validators');
const {
  fromBigEndian, getArrayBufferOrView, isAnyArrayBuffer, kHandle, native, toBuffer,
} = require('internal/crypto/util');

const kKeyType = Symbol('kKeyType');
const kInfo = Symbol('info');


class KeyObject {
  constructor(type, handle) {
    if (type !== 'secret' && type !== 'public' && type !== 'private') throw new ERR_INVALID_ARG_VALUE('type', type);
    if (typeof handle !== 'object' || handle === null) throw new ERR_INVALID_ARG_TYPE('handle', 'object', handle);
    this[kKeyType] = type;
    ObjectDefineProperty(this, kHandle, { __proto__: null, value: handle, enumerable: false, configurable: false, writable: false });
  }

  get type() { return this[kKeyType]; }

  static from(key) {
    const { isCryptoKey, keyObjectOf } = require('internal/crypto/cryptokey');
    if (!isCryptoKey(key)) throw new ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    return keyObjectOf(key);
  }

  equals(other) {
    if (!isKeyObject(other)) throw new ERR_INVALID_ARG_TYPE('otherKeyObject', 'KeyObject', other);
    return other.type === this.type && native.keyEquals(this[kHandle], other[kHandle]);
  }
}

ObjectDefineProperties(KeyObject.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'KeyObject' },
});

class SecretKeyObject extends KeyObject {
  constructor(handle) {
    super('secret', handle);
  }

  get symmetricKeySize() { return native.keyInfo(this[kHandle])[1]; }

  export(options) {
    if (options !== undefined) {
      validateObject(options, 'options');
      validateOneOf(options.format, 'options.format', [undefined, 'buffer', 'jwk']);
      if (options.format === 'jwk') return { kty: 'oct', k: secretBytes(this).toString('base64url') };
    }
    return secretBytes(this);
  }

  toCryptoKey(algorithm, extractable, usages) {
    return require('internal/crypto/subtle').importKeyObject(this, algorithm, extractable, usages);
  }
}

function secretBytes(key) {
  return toBuffer(native.keyExport(key[kHandle], false, ''));
}

class AsymmetricKeyObject extends KeyObject {
  get asymmetricKeyType() {
    return infoOf(this)[0];
  }

  get asymmetricKeyDetails() {
    const info = infoOf(this);
    switch (info[0]) {
      case 'rsa': return { modulusLength: info[1], publicExponent: fromBigEndian(info[2]) };
      case 'rsa-pss': return { modulusLength: info[1] };
      case 'dsa': return { modulusLength: info[1], divisorLength: info[2] };
      case 'ec': return { namedCurve: info[2] };
      default: return {};
    }
  }

  toCryptoKey(algorithm, extractable, usages) {
    return require('internal/crypto/subtle').importKeyObject(this, algorithm, extractable, usages);
  }
}

function infoOf(key) {
  return key[kInfo] ??= native.keyInfo(key[kHandle]);
}

class PublicKeyObject extends AsymmetricKeyObject {
  constructor(handle) {
    super('public', handle);
  }

  export(options) {
    if (options?.format === 'jwk') return toJwk(this);
    const { isPem, type } = publicEncoding(options, this.asymmetricKeyType);
    return exported(native.keyExport(this[kHandle], isPem, type));
  }
}

class PrivateKeyObject extends AsymmetricKeyObject {
  constructor(handle) {
    super('private', handle);
  }

  export(options) {
    if (options?.format === 'jwk') {
      if (options.passphrase !== undefined) {
        throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS('jwk', 'does not support encryption');
      }
      return toJwk(this);
    }
    const { isPem, type, cipher, passphrase } = privateEncoding(options, this.asymmetricKeyType);
    return exported(native.keyExport(this[kHandle], isPem, type, cipher, passphrase));
  }
}

function exported(value) {
  return typeof value === 'string' ? value : toBuffer(value);
}

function optionName(prefix, name) {
  return prefix === undefined ? `options.${name}` : `${prefix}.${name}`;
}

function formatOf(options, prefix) {
  const { format } = options;
  if (format === 'pem') return true;
  if (format === 'der') return false;
  throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'format'), format);
}

// How a public key is written.
function publicEncoding(options, keyType, prefix) {
  validateObject(options, prefix ?? 'options');
  const isPem = formatOf(options, prefix);
  const { type } = options;
  if (type !== 'spki' && type !== 'pkcs1') throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'type'), type);
  if (type === 'pkcs1' && keyType !== 'rsa') throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS('pkcs1', 'can only be used for RSA keys');
  return { isPem, type };
}

// How a private key is written, encrypted or not.
function privateEncoding(options, keyType, prefix) {
  validateObject(options, prefix ?? 'options');
  const isPem = formatOf(options, prefix);
  const { type, cipher } = options;
  let { passphrase } = options;
  if (type !== 'pkcs8' && type !== 'pkcs1' && type !== 'sec1') throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'type'), type);
  if (type === 'pkcs1' && keyType !== 'rsa') throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS('pkcs1', 'can only be used for RSA keys');
  if (type === 'sec1' && keyType !== 'ec') throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS('sec1', 'can only be used for EC keys');
  if (cipher != null) {
    if (typeof cipher !== 'string') throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'cipher'), cipher);
    if (!isPem && type !== 'pkcs8') throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'does not support encryption');
    if (typeof passphrase !== 'string' && !ArrayBufferIsView(passphrase) && !isAnyArrayBuffer(passphrase)) {
      throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'passphrase'), passphrase);
    }
    passphrase = getArrayBufferOrView(passphrase, 'passphrase', options.encoding);
  } else if (passphrase !== undefined) {
    throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'cipher'), cipher);
  }
  return { isPem, type, cipher, passphrase };
}

const kCurveNames = { __proto__: null, prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521', secp256k1: 'secp256k1' };
const kCurves = { '__proto__': null, 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1', 'secp256k1': 'secp256k1' };
const kRsaParts = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];

function toJwk(key) {
  const parts = native.keyParts(key[kHandle]);
  const text = (i) => toBuffer(parts[i]).toString('base64url');
  const kty = parts[0];
  const jwk = { kty };
  if (kty === 'RSA') {
    for (let i = 1; i < parts.length; i++) jwk[kRsaParts[i - 1]] = text(i);
    return jwk;
  }
  if (kty === 'EC') {
    const crv = kCurveNames[parts[1]];
    if (crv === undefined) {
      const { codes: { ERR_CRYPTO_JWK_UNSUPPORTED_CURVE } } = require('internal/errors');
      throw new ERR_CRYPTO_JWK_UNSUPPORTED_CURVE(parts[1]);
    }
    jwk.crv = crv;
    jwk.x = text(2);
    jwk.y = text(3);
    if (parts.length > 4) jwk.d = text(4);
    return jwk;
  }
  const names = { __proto__: null, ed25519: 'Ed25519', ed448: 'Ed448', x25519: 'X25519', x448: 'X448' };
  jwk.crv = names[parts[1]];
  jwk.x = text(2);
  if (parts.length > 3) jwk.d = text(3);
  return jwk;
}

// The native key of a JSON web key; a private one only when it is wanted.
function fromJwk(jwk, wantsPrivate) {
  validateObject(jwk, 'key.key');
  validateOneOf(jwk.kty, 'key.key.kty', ['RSA', 'EC', 'OKP']);
  const part = (name) => {
    validateString(jwk[name], `key.key.${name}`);
    return Buffer.from(jwk[name], 'base64url');
  };
  const isPrivate = wantsPrivate || false;
  if (jwk.kty === 'RSA') {
    const n = part('n');
    const e = part('e');
    if (!isPrivate) return native.keyFromRsa(n, e);
    return native.keyFromRsa(n, e, part('d'), part('p'), part('q'), part('dp'), part('dq'), part('qi'));
  }
  if (jwk.kty === 'EC') {
    validateOneOf(jwk.crv, 'key.key.crv', ['P-256', 'secp256k1', 'P-384', 'P-521']);
    const x = part('x');
    const y = part('y');
    return native.keyFromEc(kCurves[jwk.crv], x, y, isPrivate ? part('d') : undefined);
  }
  validateOneOf(jwk.crv, 'key.key.crv', ['Ed25519', 'Ed448', 'X25519', 'X448']);
  if (isPrivate) {
    part('x');
    return native.keyFromRaw(jwk.crv, part('d'), true);
  }
  return native.keyFromRaw(jwk.crv, part('x'), false);
}

function isKeyObject(value) {
  return typeof value === 'object' && value !== null && value[kKeyType] !== undefined && value[kHandle] !== undefined;
}

// A KeyObject of a CryptoKey, or undefined.
function ofCryptoKey(value) {
  if (value === null || typeof value !== 'object') return undefined;
  const { isCryptoKey, keyObjectOf } = require('internal/crypto/cryptokey');
  return isCryptoKey(value) ? keyObjectOf(value) : undefined;
}

// The native form of a secret: a key's handle or bytes.
function prepareSecretKey(key, encoding, name = 'key') {
  if (isKeyObject(key)) {
    if (key.type !== 'secret') throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(key.type, 'secret');
    return key[kHandle];
  }
  if (typeof key === 'string' || ArrayBufferIsView(key) || isAnyArrayBuffer(key)) return getArrayBufferOrView(key, name, encoding);
  const web = ofCryptoKey(key);
  if (web !== undefined) return prepareSecretKey(web, encoding, name);
  throw new ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string', 'KeyObject', 'CryptoKey'], key);
}

function createSecretKey(key, encoding) {
  if (typeof key !== 'string' && !ArrayBufferIsView(key) && !isAnyArrayBuffer(key)) {
    throw new ERR_INVALID_ARG_TYPE('key', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string'], key);
  }
  return new SecretKeyObject(native.keySecret(getArrayBufferOrView(key, 'key', encoding)));
}

const kBytesOrKeys = ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string', 'KeyObject', 'CryptoKey'];

// The native handle of a key argument; `want` is 'public' or 'private'. What is private can give its public half.
function prepareAsymmetricKey(key, want, fromCreate = false, name = 'key') {
  const object = isKeyObject(key) ? key : ofCryptoKey(key);
  if (object !== undefined) {
    if (fromCreate && want === 'private') throw invalidKeyArgument(key, fromCreate, name);
    if (fromCreate && object.type !== 'private') throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(object.type, 'private');
    if (object.type === 'secret' || (want === 'private' && object.type !== 'private')) {
      throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(object.type, want === 'private' ? 'private' : 'private or public');
    }
    return object[kHandle];
  }
  if (typeof key === 'string' || ArrayBufferIsView(key) || isAnyArrayBuffer(key)) {
    return native.keyParse(want === 'private', getArrayBufferOrView(key, name), false, '');
  }
  if (typeof key !== 'object' || key === null) throw invalidKeyArgument(key, fromCreate, name);
  const { key: data, encoding, format } = key;
  const inner = isKeyObject(data) ? data : ofCryptoKey(data);
  if (inner !== undefined) return prepareAsymmetricKey(data, want, fromCreate, name);
  if (format === 'jwk') return fromJwk(data, want === 'private');
  if (typeof data !== 'string' && !ArrayBufferIsView(data) && !isAnyArrayBuffer(data)) {
    throw new ERR_INVALID_ARG_TYPE(`${name}.key`, fromCreate ? kBytesOrKeys.slice(0, 5) : kBytesOrKeys, data);
  }
  if (format !== undefined && format !== 'pem' && format !== 'der') throw new ERR_INVALID_ARG_VALUE(`${name}.format`, format);
  const isDer = format === 'der';
  let { type, passphrase } = key;
  if (isDer || type !== undefined) {
    const allowed = want === 'private' ? ['pkcs1', 'pkcs8', 'sec1'] : ['pkcs1', 'spki', 'pkcs8', 'sec1'];
    if (isDer && !allowed.includes(type)) throw new ERR_INVALID_ARG_VALUE(`${name}.type`, type);
  }
  if (passphrase !== undefined && passphrase !== null) {
    if (typeof passphrase !== 'string' && !ArrayBufferIsView(passphrase) && !isAnyArrayBuffer(passphrase)) {
      throw new ERR_INVALID_ARG_VALUE(`${name}.passphrase`, passphrase);
    }
    passphrase = getArrayBufferOrView(passphrase, `${name}.passphrase`, encoding);
  }
  type ??= '';
  const bytes = getArrayBufferOrView(data, `${name}.key`, encoding);
  if (isDer && want !== 'private' && (type === 'pkcs8' || type === 'sec1')) {
    return native.keyToPublic(native.keyParse(true, bytes, true, type, passphrase));
  }
  return native.keyParse(want === 'private', bytes, isDer, type, passphrase);
}

function invalidKeyArgument(key, fromCreate, name) {
  const types = fromCreate ? ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string', 'Object'] : [...kBytesOrKeys, 'Object'];
  return new ERR_INVALID_ARG_TYPE(name, types, key);
}

function createPublicKey(key) {
  return new PublicKeyObject(asPublic(prepareAsymmetricKey(key, 'public', true)));
}

function asPublic(handle) {
  return native.keyToPublic(handle);
}

function createPrivateKey(key) {
  return new PrivateKeyObject(prepareAsymmetricKey(key, 'private', true));
}

function preparePrivateKey(key) {
  return prepareAsymmetricKey(key, 'private');
}

function preparePublicOrPrivateKey(key) {
  return prepareAsymmetricKey(key, 'public');
}

module.exports = {
  KeyObject, PrivateKeyObject, PublicKeyObject, SecretKeyObject, createPrivateKey, createPublicKey, createSecretKey, fromJwk,
  isKeyObject, kKeyType, prepareAsymmetricKey, preparePrivateKey, preparePublicOrPrivateKey, prepareSecretKey, privateEncoding,
  publicEncoding, secretBytes, toJwk,
};
