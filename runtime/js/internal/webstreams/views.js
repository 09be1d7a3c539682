'use strict';

// What a view over a buffer is, read by the built-in getters, which a program cannot fool, and how to make another alike.

const {
  BigInt64Array,
  BigUint64Array,
  DataView,
  DataViewPrototypeGetBuffer,
  DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset,
  Float32Array,
  Float64Array,
  Int16Array,
  Int32Array,
  Int8Array,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetSymbolToStringTag,
  Uint16Array,
  Uint32Array,
  Uint8Array,
  Uint8ClampedArray,
} = primordials;

const { Buffer } = require('buffer');

const makers = { __proto__: null };
function add(Class, name) {
  makers[name] = {
    elementSize: Class.BYTES_PER_ELEMENT,
    make: (buffer, byteOffset, length) => new Class(buffer, byteOffset, length),
  };
}
add(Int8Array, 'Int8Array');
add(Uint8Array, 'Uint8Array');
add(Uint8ClampedArray, 'Uint8ClampedArray');
add(Int16Array, 'Int16Array');
add(Uint16Array, 'Uint16Array');
add(Int32Array, 'Int32Array');
add(Uint32Array, 'Uint32Array');
add(Float32Array, 'Float32Array');
add(Float64Array, 'Float64Array');
add(BigInt64Array, 'BigInt64Array');
add(BigUint64Array, 'BigUint64Array');
if (primordials.Float16Array !== undefined) add(primordials.Float16Array, 'Float16Array');

const makeDataView = (buffer, byteOffset, length) => new DataView(buffer, byteOffset, length);
const makeBuffer = (buffer, byteOffset, length) => Buffer.from(buffer, byteOffset, length);

function viewInfo(view) {
  const name = TypedArrayPrototypeGetSymbolToStringTag(view);
  if (name === undefined) {
    return {
      buffer: DataViewPrototypeGetBuffer(view),
      byteOffset: DataViewPrototypeGetByteOffset(view),
      byteLength: DataViewPrototypeGetByteLength(view),
      elementSize: 1,
      make: makeDataView,
    };
  }
  const { elementSize, make } = makers[name];
  return {
    buffer: TypedArrayPrototypeGetBuffer(view),
    byteOffset: TypedArrayPrototypeGetByteOffset(view),
    byteLength: TypedArrayPrototypeGetByteLength(view),
    elementSize,
    make: view instanceof Buffer ? makeBuffer : make,
  };
}

module.exports = { viewInfo };
