// CryptoKey: what the Web Crypto API hands out for a key.
'use strict';

const { ObjectDefineProperties, SymbolToStringTag } = primordials;

const { codes: { ERR_ILLEGAL_CONSTRUCTOR } } = require('internal/errors');

let mayConstruct = false;

class CryptoKey {
  #key;
  #algorithm;
  #extractable;
  #usages;

  constructor() {
    if (!mayConstruct) throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  get type() { return this.#key.type; }
  get extractable() { return this.#extractable; }
  get algorithm() { return this.#algorithm; }
  get usages() { return this.#usages; }

  static make(key, algorithm, extractable, usages) {
    mayConstruct = true;
    const made = new CryptoKey();
    mayConstruct = false;
    made.#key = key;
    made.#algorithm = algorithm;
    made.#extractable = extractable;
    made.#usages = usages;
    return made;
  }

  static is(value) {
    return typeof value === 'object' && value !== null && #key in value;
  }

  static keyObject(value) {
    return value.#key;
  }
}

const { make: makeCryptoKey, is: isCryptoKey, keyObject: keyObjectOf } = CryptoKey;
delete CryptoKey.make;
delete CryptoKey.is;
delete CryptoKey.keyObject;

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(CryptoKey.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'CryptoKey' },
  type: enumerable, extractable: enumerable, algorithm: enumerable, usages: enumerable,
});

module.exports = { CryptoKey, isCryptoKey, keyObjectOf, makeCryptoKey };
