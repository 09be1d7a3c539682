// Keys derived from passwords and secrets: pbkdf2, scrypt, hkdf.
'use strict';

const { codes: { ERR_CRYPTO_INVALID_KEYLEN, ERR_INCOMPATIBLE_OPTION_PAIR, ERR_OUT_OF_RANGE } } = require('internal/errors');
const {
  validateFunction, validateInt32, validateInteger, validateString, validateUint32,
} = require('internal/validators');
const { getArrayBufferOrView, native, settle, toBuffer } = require('internal/crypto/util');

const INFO_BYTES_MAX = 1024;
const SCRYPT_DEFAULTS = { __proto__: null, N: 16384, r: 8, p: 1, maxmem: 32 << 20 };

function pbkdf2Arguments(password, salt, iterations, keylen, digest) {
  validateString(digest, 'digest');
  password = getArrayBufferOrView(password, 'password');
  salt = getArrayBufferOrView(salt, 'salt');
  validateInt32(iterations, 'iterations', 1);
  validateInt32(keylen, 'keylen', 0);
  return { password, salt };
}

function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  if (typeof digest === 'function') {
    callback = digest;
    digest = undefined;
  }
  const checked = pbkdf2Arguments(password, salt, iterations, keylen, digest);
  validateFunction(callback, 'callback');
  native.pbkdf2(checked.password, checked.salt, iterations, keylen, digest, settle(callback, toBuffer));
}

function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  const checked = pbkdf2Arguments(password, salt, iterations, keylen, digest);
  return toBuffer(native.pbkdf2(checked.password, checked.salt, iterations, keylen, digest));
}

function scryptArguments(password, salt, keylen, options) {
  password = getArrayBufferOrView(password, 'password');
  salt = getArrayBufferOrView(salt, 'salt');
  validateInt32(keylen, 'keylen', 0);
  let { N, r, p, maxmem } = SCRYPT_DEFAULTS;
  if (options && options !== SCRYPT_DEFAULTS) {
    N = alias(options, 'N', 'cost') ?? N;
    r = alias(options, 'r', 'blockSize') ?? r;
    p = alias(options, 'p', 'parallelization') ?? p;
    if (options.maxmem !== undefined) {
      maxmem = options.maxmem;
      validateInteger(maxmem, 'maxmem', 0);
    }
  }
  native.scryptCheck(N, r, p, maxmem);
  return { password, salt, N, r, p, maxmem };
}

function alias(options, short, long) {
  const has = options[short] !== undefined;
  if (has) validateUint32(options[short], short);
  if (options[long] === undefined) return has ? options[short] : undefined;
  if (has) throw new ERR_INCOMPATIBLE_OPTION_PAIR(short, long);
  validateUint32(options[long], long);
  return options[long];
}

function scrypt(password, salt, keylen, options, callback) {
  if (callback === undefined) {
    callback = options;
    options = undefined;
  }
  const a = scryptArguments(password, salt, keylen, options);
  validateFunction(callback, 'callback');
  native.scrypt(a.password, a.salt, a.N, a.r, a.p, a.maxmem, keylen, settle(callback, toBuffer));
}

function scryptSync(password, salt, keylen, options) {
  const a = scryptArguments(password, salt, keylen, options);
  return toBuffer(native.scrypt(a.password, a.salt, a.N, a.r, a.p, a.maxmem, keylen));
}

function hkdfArguments(digest, key, salt, info, length) {
  validateString(digest, 'digest');
  key = require('internal/crypto/keys').prepareSecretKey(key, undefined, 'ikm');
  salt = getArrayBufferOrView(salt, 'salt');
  info = getArrayBufferOrView(info, 'info');
  validateInteger(length, 'length', 0, 2 ** 53 - 1);
  if (info.byteLength > INFO_BYTES_MAX) {
    throw new ERR_OUT_OF_RANGE('info', `must not contain more than ${INFO_BYTES_MAX} bytes`, info.byteLength);
  }
  if (length > 2 ** 31 - 1) throw new ERR_CRYPTO_INVALID_KEYLEN();
  return { key, salt, info };
}

function hkdf(digest, key, salt, info, length, callback) {
  const a = hkdfArguments(digest, key, salt, info, length);
  validateFunction(callback, 'callback');
  native.hkdf(digest, a.key, a.salt, a.info, length, settle(callback, (bytes) => bytes.buffer));
}

function hkdfSync(digest, key, salt, info, length) {
  const a = hkdfArguments(digest, key, salt, info, length);
  return native.hkdf(digest, a.key, a.salt, a.info, length).buffer;
}

module.exports = { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync };
