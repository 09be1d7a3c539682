// crypto.subtle: the Web Crypto API over the same native operations as the rest of `crypto`.
'use strict';

const {
  ArrayBufferIsView, ArrayPrototypeIncludes, ArrayPrototypeFilter, ObjectCreate, ObjectDefineProperties, Promise,
  StringPrototypeToUpperCase, SymbolToStringTag, Uint8Array,
} = primordials;

const { Buffer } = require('buffer');
const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { digestNumber, isAnyArrayBuffer, kHandle, native } = require('internal/crypto/util');
const { CryptoKey, isCryptoKey, keyObjectOf, makeCryptoKey } = require('internal/crypto/cryptokey');
const {
  PrivateKeyObject, PublicKeyObject, SecretKeyObject, createPrivateKey, createPublicKey, fromJwk, secretBytes, toJwk,
} = require('internal/crypto/keys');

// The registered names by their upper-case form.
const NAMES = { __proto__: null };
for (const name of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'HMAC', 'AES-CBC', 'AES-GCM', 'AES-CTR', 'ECDSA', 'ECDH', 'Ed25519',
  'X25519', 'RSASSA-PKCS1-v1_5', 'RSA-PSS', 'RSA-OAEP', 'HKDF', 'PBKDF2']) NAMES[StringPrototypeToUpperCase(name)] = name;

const DIGESTS = { '__proto__': null, 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
const BLOCK_BITS = { '__proto__': null, 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 };
const CURVE_BITS = { '__proto__': null, 'P-256': 256, 'P-384': 384, 'P-521': 528 };
const USAGES = {
  '__proto__': null,
  'HMAC': ['sign', 'verify'], 'AES-CBC': ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'],
  'AES-GCM': ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'], 'AES-CTR': ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'],
  'ECDSA': ['sign', 'verify'], 'Ed25519': ['sign', 'verify'], 'RSASSA-PKCS1-v1_5': ['sign', 'verify'], 'RSA-PSS': ['sign', 'verify'],
  'RSA-OAEP': ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'], 'ECDH': ['deriveKey', 'deriveBits'], 'X25519': ['deriveKey', 'deriveBits'],
  'HKDF': ['deriveKey', 'deriveBits'], 'PBKDF2': ['deriveKey', 'deriveBits'],
};
const PUBLIC_USAGES = ['verify', 'encrypt', 'wrapKey'];
const RSA_PSS_PADDING = 6;
const RSA_OAEP_PADDING = 4;

function failure(message, name) {
  const { DOMException } = require('internal/domexception');
  return new DOMException(message, name);
}

function unsupported(name) {
  return failure(`Unrecognized algorithm name: ${name}`, 'NotSupportedError');
}

// An algorithm as an object with its registered name, which must be one of `allowed`.
function normalize(algorithm, allowed) {
  const given = typeof algorithm === 'string' ? { name: algorithm } : algorithm;
  if (given === null || typeof given !== 'object') throw new ERR_INVALID_ARG_TYPE('algorithm', ['string', 'Object'], algorithm);
  const name = NAMES[StringPrototypeToUpperCase(`${given.name}`)];
  if (name === undefined || !ArrayPrototypeIncludes(allowed, name)) throw unsupported(given.name);
  return { ...given, name };
}

const HASHES = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

function hashOf(algorithm) {
  return normalize(algorithm.hash, HASHES).name;
}

// A copy of the bytes, as the standard asks for.
function copyOf(data, name) {
  if (isAnyArrayBuffer(data)) return Buffer.from(new Uint8Array(data));
  if (ArrayBufferIsView(data)) return Buffer.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  throw new ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], data);
}

function toArrayBuffer(bytes) {
  return bytes.buffer.byteLength === bytes.byteLength ? bytes.buffer : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

// A native operation on the pool as a promise.
function later(start) {
  return new Promise((resolve, reject) => {
    start((errno, result) => {
      if (result.length === 1) reject(operationError(result[0]));
      else resolve(result[1]);
    });
  });
}

function operationError(cause) {
  const { DOMException } = require('internal/domexception');
  return new DOMException('The operation failed for an operation-specific reason', { name: 'OperationError', cause });
}

function attempt(run) {
  try {
    return run();
  } catch (error) {
    throw operationError(error);
  }
}

function requireKey(key, name, usage) {
  if (!isCryptoKey(key)) throw new ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
  if (key.algorithm.name !== name) throw failure('Key algorithm mismatch', 'InvalidAccessError');
  if (!ArrayPrototypeIncludes(key.usages, usage)) {
    throw failure(`Unable to use this key to ${usage}`, 'InvalidAccessError');
  }
  return keyObjectOf(key);
}

function checkUsages(name, usages, type) {
  const allowed = USAGES[name];
  for (let i = 0; i < usages.length; i++) {
    if (!ArrayPrototypeIncludes(allowed, usages[i])) throw failure(`Unsupported key usage for a ${name} key`, 'SyntaxError');
  }
  if ((type === 'secret' || type === 'private') && usages.length === 0) {
    throw failure('Usages cannot be empty when importing or generating a private or secret key.', 'SyntaxError');
  }
}

function schemeOf(name, algorithm, key) {
  if (name === 'ECDSA') return { digest: DIGESTS[hashOf(algorithm)], padding: undefined, salt: undefined, isP1363: true };
  const digest = name === 'Ed25519' ? undefined : DIGESTS[key.algorithm.hash.name];
  if (name === 'RSA-PSS') return { digest, padding: RSA_PSS_PADDING, salt: algorithm.saltLength, isP1363: false };
  return { digest, padding: undefined, salt: undefined, isP1363: false };
}

const SIGNING = ['HMAC', 'ECDSA', 'Ed25519', 'RSASSA-PKCS1-v1_5', 'RSA-PSS'];
const ENCRYPTING = ['AES-CBC', 'AES-GCM', 'AES-CTR', 'RSA-OAEP'];
const DERIVING = ['HKDF', 'PBKDF2', 'ECDH', 'X25519'];
const ALL_KEYS = [...SIGNING, ...ENCRYPTING, ...DERIVING];

function hmacOf(key, algorithm, data) {
  const mac = native.hmacNew(digestNumber(DIGESTS[algorithm.hash.name]), key[kHandle]);
  native.hmacUpdate(mac, data);
  return native.hmacDigest(mac, 0);
}

// AES in any mode, or RSA-OAEP; `encrypts` tells the direction.
function crypt(encrypts, algorithm, key, object, data) {
  if (algorithm.name === 'RSA-OAEP') {
    const label = algorithm.label === undefined ? undefined : copyOf(algorithm.label, 'algorithm.label');
    return native.pkeyCrypt(encrypts ? 0 : 1, object[kHandle], data, RSA_OAEP_PADDING, DIGESTS[key.algorithm.hash.name], label);
  }
  const mode = algorithm.name.slice(4).toLowerCase();
  const name = `aes-${key.algorithm.length}-${mode}`;
  if (mode === 'ctr' && !(algorithm.length > 0 && algorithm.length <= 128)) throw failure('invalid counter length', 'OperationError');
  const iv = copyOf(mode === 'ctr' ? algorithm.counter : algorithm.iv, mode === 'ctr' ? 'algorithm.counter' : 'algorithm.iv');
  const tagBytes = mode === 'gcm' ? (algorithm.tagLength ?? 128) / 8 : undefined;
  const cipher = native.cipherNew(encrypts, name, object[kHandle], iv, tagBytes);
  if (mode === 'gcm' && !encrypts) {
    if (data.length < tagBytes) throw failure('The provided data is too small.', 'OperationError');
    native.cipherSetTag(cipher, data.subarray(data.length - tagBytes));
    data = data.subarray(0, data.length - tagBytes);
  }
  if (mode === 'gcm' && algorithm.additionalData !== undefined) native.cipherAad(cipher, copyOf(algorithm.additionalData, 'algorithm.additionalData'));
  const parts = [native.cipherUpdate(cipher, data), native.cipherFinal(cipher)];
  if (mode === 'gcm' && encrypts) parts.push(native.cipherTag(cipher));
  return Buffer.concat(parts);
}

async function deriveBytes(algorithm, key, bits) {
  const object = keyObjectOf(key);
  if (algorithm.name === 'ECDH' || algorithm.name === 'X25519') {
    const secret = await later((done) => native.agree(object[kHandle], keyObjectOf(algorithm.public)[kHandle], done));
    if (bits === null || bits === undefined) return Buffer.from(secret);
    if (secret.byteLength * 8 < bits) throw failure('derived bit length is too small', 'OperationError');
    return Buffer.from(secret).subarray(0, (bits + 7) >> 3);
  }
  if (!bits || bits % 8 !== 0) throw failure('length must be a multiple of 8', 'OperationError');
  const digest = DIGESTS[hashOf(algorithm)];
  const salt = copyOf(algorithm.salt, 'algorithm.salt');
  if (algorithm.name === 'PBKDF2') {
    return Buffer.from(await later((done) => native.pbkdf2(secretBytes(object), salt, algorithm.iterations, bits / 8, digest, done)));
  }
  const info = copyOf(algorithm.info, 'algorithm.info');
  return Buffer.from(await later((done) => native.hkdf(digest, object[kHandle], salt, info, bits / 8, done)));
}

// What `key.algorithm` says, from what the caller asked and what the key is.
function describe(algorithm, object) {
  const { name } = algorithm;
  switch (name) {
    case 'HMAC': return { name, length: object.symmetricKeySize * 8, hash: { name: hashOf(algorithm) } };
    case 'AES-CBC': case 'AES-GCM': case 'AES-CTR': {
      const length = object.symmetricKeySize * 8;
      if (length !== 128 && length !== 192 && length !== 256) throw failure('Invalid key length', 'DataError');
      return { name, length };
    }
    case 'RSASSA-PKCS1-v1_5': case 'RSA-PSS': case 'RSA-OAEP': {
      if (object.asymmetricKeyType !== 'rsa') throw failure('Invalid key type', 'DataError');
      const { modulusLength, publicExponent } = object.asymmetricKeyDetails;
      const { toBigEndian } = require('internal/crypto/util');
      return { name, modulusLength, publicExponent: new Uint8Array(toBigEndian(publicExponent)), hash: { name: hashOf(algorithm) } };
    }
    case 'ECDSA': case 'ECDH': {
      if (object.asymmetricKeyType !== 'ec') throw failure('Invalid key type', 'DataError');
      return { name, namedCurve: algorithm.namedCurve };
    }
    default: return { name };
  }
}

function make(algorithm, object, extractable, usages) {
  checkUsages(algorithm.name, usages, object.type);
  return makeCryptoKey(object, describe(algorithm, object), extractable, usages);
}

function importKeyObject(object, algorithm, extractable, usages) {
  return make(normalize(algorithm, ALL_KEYS), object, extractable, usages);
}

function importSecret(format, data) {
  if (format === 'jwk') {
    if (data?.kty !== 'oct') throw failure('Invalid JWK "kty" Parameter', 'DataError');
    return new SecretKeyObject(native.keySecret(Buffer.from(data.k, 'base64url')));
  }
  if (format !== 'raw') throw failure(`Unable to import a secret key with format ${format}`, 'NotSupportedError');
  return new SecretKeyObject(native.keySecret(copyOf(data, 'keyData')));
}

function importPair(format, data, algorithm) {
  if (format === 'jwk') {
    const isPrivate = data?.d !== undefined;
    const handle = fromJwk(data, isPrivate);
    return isPrivate ? new PrivateKeyObject(handle) : new PublicKeyObject(handle);
  }
  const bytes = copyOf(data, 'keyData');
  if (format === 'spki') return createPublicKey({ key: bytes, format: 'der', type: 'spki' });
  if (format === 'pkcs8') return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
  if (format !== 'raw') throw failure(`Unable to import a key with format ${format}`, 'NotSupportedError');
  if (algorithm.name === 'Ed25519' || algorithm.name === 'X25519') return new PublicKeyObject(native.keyFromRaw(algorithm.name, bytes, false));
  const point = native.ecdhConvert(algorithm.namedCurve, bytes, 4);
  if (point === undefined) throw failure('Invalid keyData', 'DataError');
  const half = (point.length - 1) / 2;
  return new PublicKeyObject(native.keyFromEc(algorithm.namedCurve, point.subarray(1, 1 + half), point.subarray(1 + half)));
}

function isSecretAlgorithm(name) {
  return name === 'HMAC' || name === 'HKDF' || name === 'PBKDF2' || name.startsWith('AES-');
}

class SubtleCrypto {
  constructor() {
    throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  async digest(algorithm, data) {
    const { name } = normalize(algorithm, HASHES);
    return toArrayBuffer(native.hashOnce(digestNumber(DIGESTS[name]), copyOf(data, 'data'), 0));
  }

  async sign(algorithm, key, data) {
    algorithm = normalize(algorithm, SIGNING);
    const object = requireKey(key, algorithm.name, 'sign');
    data = copyOf(data, 'data');
    if (algorithm.name === 'HMAC') return toArrayBuffer(hmacOf(object, key.algorithm, data));
    const { digest, padding, salt, isP1363 } = schemeOf(algorithm.name, algorithm, key);
    return toArrayBuffer(await later((done) => native.sign(data, object[kHandle], digest, padding, salt, isP1363, done)));
  }

  async verify(algorithm, key, signature, data) {
    algorithm = normalize(algorithm, SIGNING);
    const object = requireKey(key, algorithm.name, 'verify');
    signature = copyOf(signature, 'signature');
    data = copyOf(data, 'data');
    if (algorithm.name === 'HMAC') {
      const expected = hmacOf(object, key.algorithm, data);
      return expected.byteLength === signature.length && native.timingSafeEqual(expected, signature);
    }
    const { digest, padding, salt, isP1363 } = schemeOf(algorithm.name, algorithm, key);
    return later((done) => native.verify(data, object[kHandle], digest, padding, salt, isP1363, signature, done));
  }

  async encrypt(algorithm, key, data) {
    algorithm = normalize(algorithm, ENCRYPTING);
    const object = requireKey(key, algorithm.name, 'encrypt');
    data = copyOf(data, 'data');
    return toArrayBuffer(attempt(() => crypt(true, algorithm, key, object, data)));
  }

  async decrypt(algorithm, key, data) {
    algorithm = normalize(algorithm, ENCRYPTING);
    const object = requireKey(key, algorithm.name, 'decrypt');
    data = copyOf(data, 'data');
    return toArrayBuffer(attempt(() => crypt(false, algorithm, key, object, data)));
  }

  async deriveBits(algorithm, key, length = null) {
    algorithm = normalize(algorithm, DERIVING);
    requireKey(key, algorithm.name, 'deriveBits');
    return toArrayBuffer(await deriveBytes(algorithm, key, length));
  }

  async deriveKey(algorithm, key, derived, extractable, usages) {
    algorithm = normalize(algorithm, DERIVING);
    requireKey(key, algorithm.name, 'deriveKey');
    derived = normalize(derived, ALL_KEYS);
    const bits = derived.length ?? (derived.name === 'HMAC' ? BLOCK_BITS[hashOf(derived)] : null);
    const bytes = await deriveBytes(algorithm, key, bits);
    return make(derived, new SecretKeyObject(native.keySecret(bytes)), extractable, usages);
  }

  async generateKey(algorithm, extractable, usages) {
    algorithm = normalize(algorithm, ALL_KEYS);
    const { name } = algorithm;
    if (name === 'HMAC' || name.startsWith('AES-')) {
      checkUsages(name, usages, 'secret');
      const bits = algorithm.length ?? (name === 'HMAC' ? BLOCK_BITS[hashOf(algorithm)] : 0);
      if (name !== 'HMAC' && bits !== 128 && bits !== 192 && bits !== 256) throw failure('Invalid key length', 'OperationError');
      const bytes = await later((done) => native.randomBytes(bits >> 3, done));
      return make(algorithm, new SecretKeyObject(native.keySecret(bytes)), extractable, usages);
    }
    if (name === 'HKDF' || name === 'PBKDF2') throw unsupported(name);
    checkUsages(name, usages, 'public');
    let request = [name.toLowerCase(), 0, undefined];
    if (name === 'ECDSA' || name === 'ECDH') {
      if (CURVE_BITS[algorithm.namedCurve] === undefined) throw failure('Unrecognized namedCurve', 'NotSupportedError');
      request = ['ec', 0, algorithm.namedCurve];
    } else if (name.startsWith('RSA')) {
      const { fromBigEndian } = require('internal/crypto/util');
      request = ['rsa', algorithm.modulusLength, primordials.Number(fromBigEndian(algorithm.publicExponent))];
    }
    const pair = await later((done) => native.generateKeyPair(request[0], request[1], request[2], done));
    const isPublic = (usage) => ArrayPrototypeIncludes(PUBLIC_USAGES, usage);
    const publicUsages = name === 'ECDH' || name === 'X25519' ? [] : ArrayPrototypeFilter(usages, isPublic);
    const privateUsages = ArrayPrototypeFilter(usages, (usage) => !isPublic(usage));
    return {
      publicKey: make(algorithm, new PublicKeyObject(pair[0]), true, publicUsages),
      privateKey: make(algorithm, new PrivateKeyObject(pair[1]), extractable, privateUsages),
    };
  }

  async importKey(format, data, algorithm, extractable, usages) {
    algorithm = normalize(algorithm, ALL_KEYS);
    const object = isSecretAlgorithm(algorithm.name) ? importSecret(format, data) : importPair(format, data, algorithm);
    return make(algorithm, object, extractable, usages);
  }

  async exportKey(format, key) {
    if (!isCryptoKey(key)) throw new ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    if (!key.extractable) throw failure('key is not extractable', 'InvalidAccessError');
    const object = keyObjectOf(key);
    if (format === 'jwk') {
      const jwk = object.type === 'secret' ? { kty: 'oct', k: secretBytes(object).toString('base64url') } : toJwk(object);
      return { ...jwk, key_ops: key.usages, ext: true, ...jwkName(key.algorithm) };
    }
    if (format === 'raw' && object.type === 'secret') return toArrayBuffer(new Uint8Array(secretBytes(object)));
    if (format === 'raw' && object.type === 'public' && !key.algorithm.name.startsWith('RSA')) {
      const parts = native.keyParts(object[kHandle]);
      return toArrayBuffer(new Uint8Array(parts[0] === 'EC' ? Buffer.concat([Buffer.from([4]), parts[2], parts[3]]) : parts[2]));
    }
    if (format === 'spki' && object.type === 'public') return toArrayBuffer(native.keyExport(object[kHandle], false, 'spki'));
    if (format === 'pkcs8' && object.type === 'private') return toArrayBuffer(native.keyExport(object[kHandle], false, 'pkcs8'));
    throw failure(`Unable to export a ${object.type} ${key.algorithm.name} key with format ${format}`, 'NotSupportedError');
  }
}

function jwkName({ name, hash, length }) {
  if (name === 'HMAC') return { alg: `HS${hash.name.slice(4)}` };
  if (name.startsWith('AES-')) return { alg: `A${length}${name.slice(4)}` };
  if (name === 'RSASSA-PKCS1-v1_5') return { alg: hash.name === 'SHA-1' ? 'RS1' : `RS${hash.name.slice(4)}` };
  if (name === 'RSA-PSS') return { alg: hash.name === 'SHA-1' ? 'PS1' : `PS${hash.name.slice(4)}` };
  if (name === 'RSA-OAEP') return { alg: hash.name === 'SHA-1' ? 'RSA-OAEP' : `RSA-OAEP-${hash.name.slice(4)}` };
  return name === 'Ed25519' ? { alg: 'Ed25519' } : {};
}

ObjectDefineProperties(SubtleCrypto.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'SubtleCrypto' },
});

const subtle = ObjectCreate(SubtleCrypto.prototype);

module.exports = { CryptoKey, SubtleCrypto, importKeyObject, subtle };
