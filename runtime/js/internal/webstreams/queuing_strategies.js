'use strict';

// CountQueuingStrategy and ByteLengthQueuingStrategy (https://streams.spec.whatwg.org/#qs).

const { ObjectDefineProperties, ObjectDefineProperty, SymbolToStringTag } = primordials;

const {
  codes: { ERR_INVALID_THIS, ERR_MISSING_OPTION },
} = require('internal/errors');
const { checkObject, inspectAs, kInspect } = require('internal/webstreams/util');

// One function for all strategies of a kind, as the standard wants.
const byteLengthSize = ObjectDefineProperty((chunk) => chunk.byteLength, 'name', { __proto__: null, value: 'size' });
const countSize = ObjectDefineProperty(() => 1, 'name', { __proto__: null, value: 'size' });

function markFrom(init) {
  checkObject(init, 'init');
  if (init.highWaterMark === undefined) throw new ERR_MISSING_OPTION('options.highWaterMark');
  return +init.highWaterMark;
}

class ByteLengthQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    this.#highWaterMark = markFrom(init);
  }

  get highWaterMark() {
    if (!(#highWaterMark in this)) throw new ERR_INVALID_THIS('ByteLengthQueuingStrategy');
    return this.#highWaterMark;
  }

  get size() {
    if (!(#highWaterMark in this)) throw new ERR_INVALID_THIS('ByteLengthQueuingStrategy');
    return byteLengthSize;
  }

  [kInspect](depth, options) {
    return inspectAs(this, this.constructor.name, depth, options, { highWaterMark: this.highWaterMark });
  }
}

class CountQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    this.#highWaterMark = markFrom(init);
  }

  get highWaterMark() {
    if (!(#highWaterMark in this)) throw new ERR_INVALID_THIS('CountQueuingStrategy');
    return this.#highWaterMark;
  }

  get size() {
    if (!(#highWaterMark in this)) throw new ERR_INVALID_THIS('CountQueuingStrategy');
    return countSize;
  }

  [kInspect](depth, options) {
    return inspectAs(this, this.constructor.name, depth, options, { highWaterMark: this.highWaterMark });
  }
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(ByteLengthQueuingStrategy.prototype, {
  highWaterMark: kEnumerable,
  size: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'ByteLengthQueuingStrategy' },
});
ObjectDefineProperties(CountQueuingStrategy.prototype, {
  highWaterMark: kEnumerable,
  size: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'CountQueuingStrategy' },
});

module.exports = { ByteLengthQueuingStrategy, CountQueuingStrategy };
