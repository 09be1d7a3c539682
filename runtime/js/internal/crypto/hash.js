// Hash, Hmac and the one-shot `hash`.
//
// A hash of a string or of few bytes stays in JavaScript until its digest is asked for, and is then one native call; it
// becomes a native object when more data or a copy comes.
'use strict';

const {
  ArrayBufferIsView, FunctionPrototypeCall, ObjectSetPrototypeOf, Symbol, Uint8Array,
} = primordials;

const { Buffer } = require('buffer');
const {
  codes: {
    ERR_CRYPTO_HASH_FINALIZED, ERR_CRYPTO_HASH_UPDATE_FAILED, ERR_CRYPTO_INVALID_DIGEST, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE,
  },
} = require('internal/errors');
const { validateObject, validateString, validateUint32 } = require('internal/validators');
const LazyTransform = require('internal/crypto/lazy_transform');
const { digestNumber, encode, getData, kHandle, native, outputNumber, toBuffer } = require('internal/crypto/util');

const kNumber = Symbol('digest number');
const kLength = Symbol('output length');
const kHeld = Symbol('held data');
const kFinalized = Symbol('kFinalized');
const kStreamed = Symbol('digest given to the stream');
const kAlgorithm = Symbol('algorithm');

// Bytes that are copied rather than given to a native object at once.
const HELD_BYTES_MAX = 1024;

function Hash(algorithm, options) {
  if (!new.target) return new Hash(algorithm, options);
  const isCopy = algorithm instanceof Hash;
  if (!isCopy) validateString(algorithm, 'algorithm');
  const given = typeof options === 'object' && options !== null ? options.outputLength : undefined;
  if (given !== undefined) validateUint32(given, 'options.outputLength');
  FunctionPrototypeCall(LazyTransform, this, options);
  this[kFinalized] = false;
  this[kStreamed] = undefined;
  if (isCopy) {
    this[kAlgorithm] = algorithm[kAlgorithm];
    this[kNumber] = algorithm[kNumber];
    // A copy has the length it asks for or the usual one, whatever the original's is.
    this[kLength] = given ?? native.digestInfo(this[kNumber])[0];
    this[kHeld] = algorithm[kHeld];
    this[kHandle] = algorithm[kHandle] === null ? null : native.hashCopy(algorithm[kHandle], this[kLength]);
    return;
  }
  const number = digestNumber(algorithm);
  if (number < 0) throw new Error('Digest method not supported');
  this[kAlgorithm] = algorithm;
  this[kNumber] = number;
  this[kLength] = given === undefined ? undefined : outputLength(number, given);
  this[kHeld] = undefined;
  this[kHandle] = null;
}
ObjectSetPrototypeOf(Hash.prototype, LazyTransform.prototype);
ObjectSetPrototypeOf(Hash, LazyTransform);

// Only an extendable function takes a length other than its own.
function outputLength(number, given) {
  const info = native.digestInfo(number);
  if (info[2] || info[0] === given) return given;
  const error = new Error('error:030000B2:digital envelope routines::not XOF or invalid length');
  error.library = 'digital envelope routines';
  error.reason = 'not XOF or invalid length';
  error.code = 'ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH';
  throw error;
}

Hash.prototype.copy = function copy(options) {
  if (this[kFinalized]) throw new ERR_CRYPTO_HASH_FINALIZED();
  return new Hash(this, options);
};

Hash.prototype._transform = function _transform(chunk, encoding, callback) {
  this.update(chunk, encoding);
  callback();
};

// The digest can still be asked for once the stream has given it.
Hash.prototype._flush = function _flush(callback) {
  this[kStreamed] = take(this, undefined);
  this.push(this[kStreamed]);
  callback();
};

Hash.prototype.update = function update(data, encoding) {
  if (this[kFinalized]) throw new ERR_CRYPTO_HASH_FINALIZED();
  data = getData(data, encoding);
  if (this[kHandle] === null) {
    if (this[kHeld] === undefined) {
      if (typeof data === 'string') {
        this[kHeld] = data;
        return this;
      }
      if (data.byteLength <= HELD_BYTES_MAX) {
        this[kHeld] = copyOf(data);
        return this;
      }
    }
    begin(this);
  }
  if (!native.hashUpdate(this[kHandle], data)) throw new ERR_CRYPTO_HASH_UPDATE_FAILED();
  return this;
};

function copyOf(view) {
  const copy = Buffer.allocUnsafe(view.byteLength);
  copy.set(toBytes(view));
  return copy;
}

function toBytes(view) {
  return view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

// Makes the native object and feeds it what was held back.
function begin(hash) {
  hash[kHandle] = native.hashNew(hash[kNumber], hash[kLength]);
  const held = hash[kHeld];
  hash[kHeld] = undefined;
  if (held !== undefined && !native.hashUpdate(hash[kHandle], held)) throw new ERR_CRYPTO_HASH_UPDATE_FAILED();
}

Hash.prototype.digest = function digest(encoding) {
  if (this[kFinalized]) throw new ERR_CRYPTO_HASH_FINALIZED();
  this[kFinalized] = true;
  return this[kStreamed] === undefined ? take(this, encoding) : encode(this[kStreamed], encoding);
};

// Ends the hash and gives its digest in `encoding`.
function take(hash, encoding) {
  const number = outputNumber(encoding);
  const handle = hash[kHandle];
  const result = handle === null ?
    native.hashOnce(hash[kNumber], hash[kHeld] ?? '', number, hash[kLength]) :
    native.hashDigest(handle, number);
  hash[kHeld] = undefined;
  return number > 0 ? result : encode(result, encoding);
}

function Hmac(algorithm, key, options) {
  if (!new.target) return new Hmac(algorithm, key, options);
  validateString(algorithm, 'hmac');
  const encoding = options?.encoding;
  const { prepareSecretKey } = require('internal/crypto/keys');
  const secret = prepareSecretKey(key, encoding);
  const number = digestNumber(algorithm);
  if (number < 0) throw new ERR_CRYPTO_INVALID_DIGEST(algorithm);
  this[kHandle] = native.hmacNew(number, secret);
  this[kFinalized] = false;
  FunctionPrototypeCall(LazyTransform, this, options);
}
ObjectSetPrototypeOf(Hmac.prototype, LazyTransform.prototype);
ObjectSetPrototypeOf(Hmac, LazyTransform);

Hmac.prototype.update = function update(data, encoding) {
  if (this[kFinalized]) throw new ERR_CRYPTO_HASH_FINALIZED();
  data = getData(data, encoding);
  if (!native.hmacUpdate(this[kHandle], data)) throw new ERR_CRYPTO_HASH_UPDATE_FAILED();
  return this;
};

// A second digest is empty rather than an error, as in Node.
Hmac.prototype.digest = function digest(encoding) {
  const number = outputNumber(encoding);
  if (this[kFinalized]) {
    const empty = Buffer.from('');
    return encoding && encoding !== 'buffer' ? empty.toString(encoding) : empty;
  }
  this[kFinalized] = true;
  const result = native.hmacDigest(this[kHandle], number);
  return number > 0 ? result : encode(result, encoding);
};

Hmac.prototype._flush = function _flush(callback) {
  this.push(this.digest());
  callback();
};
Hmac.prototype._transform = Hash.prototype._transform;

function hash(algorithm, input, options) {
  validateString(algorithm, 'algorithm');
  if (typeof input !== 'string' && !ArrayBufferIsView(input)) {
    throw new ERR_INVALID_ARG_TYPE('input', ['Buffer', 'TypedArray', 'DataView', 'string'], input);
  }
  let encoding = 'hex';
  let length;
  if (typeof options === 'string') {
    encoding = options;
  } else if (options !== undefined) {
    validateObject(options, 'options');
    if (options.outputLength !== undefined) {
      length = options.outputLength;
      validateUint32(length, 'outputLength');
    }
    encoding = options.outputEncoding ?? 'hex';
  }
  validateString(encoding, 'outputEncoding');
  const output = outputNumber(encoding);
  if (output < 0 && !Buffer.isEncoding(encoding)) throw new ERR_INVALID_ARG_VALUE('outputEncoding', encoding);
  const number = digestNumber(algorithm);
  if (number < 0) throw new Error(`Digest method ${algorithm} is not supported`);
  if (length !== undefined) {
    const info = native.digestInfo(number);
    if (!info[2] && info[0] !== length) {
      throw new Error(`Output length ${length} is invalid for ${algorithm}, which does not support XOF`);
    }
  }
  const result = native.hashOnce(number, input, output, length);
  if (output > 0) return result;
  return output === 0 ? toBuffer(result) : encode(result, encoding);
}

module.exports = { Hash, Hmac, hash };
