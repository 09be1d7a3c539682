// The Web Crypto API's `crypto` object.
'use strict';

const { ObjectDefineProperties, SymbolToStringTag } = primordials;

const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS, ERR_MISSING_ARGS } } = require('internal/errors');
const random = require('internal/crypto/random');

let mayConstruct = false;

class Crypto {
  #isCrypto = true;

  constructor() {
    if (!mayConstruct) throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  get subtle() {
    if (!(#isCrypto in this)) throw new ERR_INVALID_THIS('Crypto');
    return require('internal/crypto/subtle').subtle;
  }

  getRandomValues(array) {
    if (!(#isCrypto in this)) throw new ERR_INVALID_THIS('Crypto');
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('typedArray');
    return random.getRandomValues(array);
  }

  randomUUID() {
    if (!(#isCrypto in this)) throw new ERR_INVALID_THIS('Crypto');
    return random.randomUUID();
  }
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(Crypto.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'Crypto' },
  subtle: enumerable,
  getRandomValues: enumerable,
  randomUUID: enumerable,
});

mayConstruct = true;
const crypto = new Crypto();
mayConstruct = false;

module.exports = { Crypto, crypto };
