// A Transform whose stream state is made when somebody first uses it as a stream: most hashes never are.
'use strict';

const { FunctionPrototypeCall, ObjectDefineProperties, ObjectDefineProperty, ObjectSetPrototypeOf } = primordials;

const { Transform } = require('stream');

function LazyTransform(options) {
  this._options = options;
}
ObjectSetPrototypeOf(LazyTransform.prototype, Transform.prototype);
ObjectSetPrototypeOf(LazyTransform, Transform);

function state(name) {
  return {
    __proto__: null, configurable: true, enumerable: true,
    get() {
      // The constructor looks for what it has not made yet; that must not begin it again.
      this._readableState = undefined;
      this._writableState = undefined;
      FunctionPrototypeCall(Transform, this, this._options);
      this._writableState.decodeStrings = false;
      return this[name];
    },
    set(value) {
      ObjectDefineProperty(this, name, { __proto__: null, value, enumerable: true, configurable: true, writable: true });
    },
  };
}

ObjectDefineProperties(LazyTransform.prototype, {
  _readableState: state('_readableState'),
  _writableState: state('_writableState'),
});

module.exports = LazyTransform;
