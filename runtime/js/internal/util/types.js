// `util.types`: what kind of built-in a value is, whatever its prototype says.
'use strict';

const native = binding('util');
const { ArrayBufferIsView, ObjectDefineProperties, ObjectDefineProperty, TypedArrayPrototypeGetSymbolToStringTag } = primordials;

// The order in which Node lists them.
const FROM_V8 = ['isArgumentsObject', 'isArrayBuffer', 'isAsyncFunction', 'isBigIntObject', 'isBooleanObject', 'isDate',
  'isExternal', 'isGeneratorFunction', 'isGeneratorObject', 'isMap', 'isMapIterator', 'isModuleNamespaceObject', 'isNativeError',
  'isNumberObject', 'isPromise', 'isProxy', 'isRegExp', 'isSet', 'isSetIterator', 'isSharedArrayBuffer', 'isStringObject',
  'isSymbolObject', 'isWeakMap', 'isWeakSet'];
const TYPED_ARRAYS = ['Uint8Array', 'Uint8ClampedArray', 'Uint16Array', 'Uint32Array', 'Int8Array', 'Int16Array', 'Int32Array',
  'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'];

for (let i = 0; i < FROM_V8.length; i++) exports[FROM_V8[i]] = native[FROM_V8[i]];

function isArrayBufferView(value) {
  return ArrayBufferIsView(value);
}

function isTypedArray(value) {
  return TypedArrayPrototypeGetSymbolToStringTag(value) !== undefined;
}

function isAnyArrayBuffer(value) {
  return native.isArrayBuffer(value) || native.isSharedArrayBuffer(value);
}

function isBoxedPrimitive(value) {
  return native.isNumberObject(value) || native.isStringObject(value) || native.isBooleanObject(value) ||
    native.isBigIntObject(value) || native.isSymbolObject(value);
}

exports.isAnyArrayBuffer = isAnyArrayBuffer;
exports.isBoxedPrimitive = isBoxedPrimitive;
exports.isArrayBufferView = isArrayBufferView;
exports.isDataView = native.isDataView;
exports.isTypedArray = isTypedArray;
for (let i = 0; i < TYPED_ARRAYS.length; i++) {
  const name = TYPED_ARRAYS[i];
  const check = (value) => TypedArrayPrototypeGetSymbolToStringTag(value) === name;
  ObjectDefineProperty(check, 'name', { __proto__: null, value: `is${name}`, configurable: true });
  exports[`is${name}`] = check;
}

// Keys and web events have their own classes, loaded when somebody asks.
function lazy(name, id, className) {
  return {
    __proto__: null, configurable: true, writable: true, enumerable: false,
    value: { [name](value) {
      if (value === null || typeof value !== 'object') return false;
      const { ids } = require('internal/core_modules');
      if (!ids.includes(id)) return false;
      const found = require(id)[className];
      return typeof found === 'function' && value instanceof found;
    } }[name],
  };
}
ObjectDefineProperties(exports, {
  isKeyObject: { ...lazy('isKeyObject', 'crypto', 'KeyObject'), enumerable: true },
  isCryptoKey: { ...lazy('isCryptoKey', 'crypto', 'CryptoKey'), enumerable: true },
});
