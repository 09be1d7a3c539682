// Cipheriv and Decipheriv.
'use strict';

const { FunctionPrototypeCall, ObjectSetPrototypeOf, Symbol } = primordials;

const { StringDecoder } = require('string_decoder');
const {
  codes: { ERR_CRYPTO_INVALID_AUTH_TAG, ERR_CRYPTO_INVALID_STATE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const {
  validateEncoding, validateInt32, validateObject, validateString,
} = require('internal/validators');
const { getArrayBufferOrView, getData, kHandle, native, toBuffer } = require('internal/crypto/util');
const { prepareSecretKey } = require('internal/crypto/keys');
const LazyTransform = require('internal/crypto/lazy_transform');

const kDecoder = Symbol('decoder');
const kTag = Symbol('tag');

function begin(self, encrypts, cipher, key, options, iv) {
  validateString(cipher, 'cipher');
  const encoding = options?.encoding;
  const secret = prepareSecretKey(key, encoding);
  iv = iv === null ? null : getArrayBufferOrView(iv, 'iv');
  let tagBytes;
  const given = options?.authTagLength;
  if (given !== undefined && given !== null) {
    if (given !== given >>> 0) throw new ERR_INVALID_ARG_VALUE('options.authTagLength', given);
    tagBytes = given;
  }
  self[kHandle] = native.cipherNew(encrypts, cipher, secret, iv, tagBytes);
  self[kDecoder] = null;
  FunctionPrototypeCall(LazyTransform, self, options);
}

function Cipheriv(cipher, key, iv, options) {
  if (!(this instanceof Cipheriv)) return new Cipheriv(cipher, key, iv, options);
  begin(this, true, cipher, key, options, iv);
}
ObjectSetPrototypeOf(Cipheriv.prototype, LazyTransform.prototype);
ObjectSetPrototypeOf(Cipheriv, LazyTransform);

const { prototype } = Cipheriv;

prototype._transform = function _transform(chunk, encoding, callback) {
  this.push(toBuffer(native.cipherUpdate(this[kHandle], getData(chunk, encoding))));
  callback();
};

prototype._flush = function _flush(callback) {
  try {
    this.push(toBuffer(native.cipherFinal(this[kHandle])));
  } catch (error) {
    callback(error);
    return;
  }
  callback();
};

// Characters may be split over updates, so each output encoding has one decoder.
function decoderFor(self, encoding) {
  const wanted = encoding;
  if (self[kDecoder] === null) self[kDecoder] = new StringDecoder(wanted);
  else if (self[kDecoder].encoding !== new StringDecoder(wanted).encoding) {
    throw new ERR_INVALID_ARG_VALUE('outputEncoding', encoding, 'can not be switched');
  }
  return self[kDecoder];
}

prototype.update = function update(data, inputEncoding, outputEncoding) {
  if (typeof data === 'string') validateEncoding(data, inputEncoding);
  const bytes = toBuffer(native.cipherUpdate(this[kHandle], getData(data, inputEncoding)));
  if (outputEncoding && outputEncoding !== 'buffer') return decoderFor(this, outputEncoding).write(bytes);
  return bytes;
};

prototype.final = function final(outputEncoding) {
  const bytes = toBuffer(native.cipherFinal(this[kHandle]));
  if (outputEncoding && outputEncoding !== 'buffer') return decoderFor(this, outputEncoding).end(bytes);
  return bytes;
};

prototype.setAutoPadding = function setAutoPadding(on) {
  if (!native.cipherPadding(this[kHandle], on === undefined ? true : Boolean(on))) throw new ERR_CRYPTO_INVALID_STATE('setAutoPadding');
  return this;
};

prototype.getAuthTag = function getAuthTag() {
  const tag = native.cipherTag(this[kHandle]);
  if (tag === undefined) throw new ERR_CRYPTO_INVALID_STATE('getAuthTag');
  return this[kTag] ??= toBuffer(tag);
};

prototype.setAAD = function setAAD(data, options) {
  const encoding = options?.encoding;
  const plaintextLength = options?.plaintextLength;
  if (plaintextLength !== undefined && (plaintextLength !== plaintextLength >> 0 || plaintextLength < 0)) {
    throw new ERR_INVALID_ARG_VALUE('options.plaintextLength', plaintextLength);
  }
  data = getArrayBufferOrView(data, 'aadbuf', encoding);
  if (!native.cipherAad(this[kHandle], data, plaintextLength)) throw new ERR_CRYPTO_INVALID_STATE('setAAD');
  return this;
};

function Decipheriv(cipher, key, iv, options) {
  if (!(this instanceof Decipheriv)) return new Decipheriv(cipher, key, iv, options);
  begin(this, false, cipher, key, options, iv);
}
ObjectSetPrototypeOf(Decipheriv.prototype, LazyTransform.prototype);
ObjectSetPrototypeOf(Decipheriv, LazyTransform);

for (const name of ['_transform', '_flush', 'update', 'final', 'setAutoPadding', 'setAAD']) Decipheriv.prototype[name] = prototype[name];

Decipheriv.prototype.setAuthTag = function setAuthTag(tag, encoding) {
  tag = getArrayBufferOrView(tag, 'buffer', encoding);
  const wrong = native.cipherSetTag(this[kHandle], tag);
  if (wrong === 'state') throw new ERR_CRYPTO_INVALID_STATE('setAuthTag');
  if (wrong === 'length') throw new ERR_CRYPTO_INVALID_AUTH_TAG(tag.byteLength);
  return this;
};

function getCipherInfo(nameOrNid, options) {
  if (typeof nameOrNid !== 'string' && typeof nameOrNid !== 'number') {
    const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
    throw new ERR_INVALID_ARG_TYPE('nameOrNid', ['string', 'number'], nameOrNid);
  }
  if (typeof nameOrNid === 'number') validateInt32(nameOrNid, 'nameOrNid');
  let keyLength;
  let ivLength;
  if (options !== undefined) {
    validateObject(options, 'options');
    ({ keyLength, ivLength } = options);
    if (keyLength !== undefined) validateInt32(keyLength, 'options.keyLength');
    if (ivLength !== undefined) validateInt32(ivLength, 'options.ivLength');
  }
  const found = native.cipherInfo(nameOrNid, keyLength, ivLength);
  if (found === undefined) return undefined;
  const info = { __proto__: null, name: found[0], nid: found[1] };
  if (found[5] !== 'stream') info.blockSize = found[2];
  if (found[3] !== 0) info.ivLength = found[3];
  info.keyLength = found[4];
  info.mode = found[5];
  if (info.blockSize === 1) delete info.blockSize;
  return info;
}

let ciphers;
function getCiphers() {
  ciphers ??= native.getCiphers();
  return ciphers.slice();
}

module.exports = { Cipheriv, Decipheriv, getCipherInfo, getCiphers };
