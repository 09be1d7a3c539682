// Buffer's readFloatLE ... writeDoubleBE, through one float and one double whose bytes can be seen.
'use strict';

const { Float32Array, Float64Array, TypedArrayPrototypeGetBuffer, Uint8Array } = primordials;
const { outOfBounds, required } = require('internal/buffer/bounds');

const float = new Float32Array(1);
const floatBytes = new Uint8Array(TypedArrayPrototypeGetBuffer(float));
const double = new Float64Array(1);
const doubleBytes = new Uint8Array(TypedArrayPrototypeGetBuffer(double));

float[0] = -1; // 0xbf800000: the sign comes last where the low byte comes first.
const hostIsLittleEndian = floatBytes[3] !== 0;

function check(buffer, offset, width) {
  if (buffer[offset] === undefined || buffer[offset + width - 1] === undefined || typeof offset !== 'number') {
    outOfBounds(buffer, required(offset), width);
  }
}

function readFloat(offset = 0) {
  check(this, offset, 4);
  floatBytes[0] = this[offset];
  floatBytes[1] = this[offset + 1];
  floatBytes[2] = this[offset + 2];
  floatBytes[3] = this[offset + 3];
  return float[0];
}

function readFloatSwapped(offset = 0) {
  check(this, offset, 4);
  floatBytes[3] = this[offset];
  floatBytes[2] = this[offset + 1];
  floatBytes[1] = this[offset + 2];
  floatBytes[0] = this[offset + 3];
  return float[0];
}

function readDouble(offset = 0) {
  check(this, offset, 8);
  doubleBytes[0] = this[offset];
  doubleBytes[1] = this[offset + 1];
  doubleBytes[2] = this[offset + 2];
  doubleBytes[3] = this[offset + 3];
  doubleBytes[4] = this[offset + 4];
  doubleBytes[5] = this[offset + 5];
  doubleBytes[6] = this[offset + 6];
  doubleBytes[7] = this[offset + 7];
  return double[0];
}

function readDoubleSwapped(offset = 0) {
  check(this, offset, 8);
  doubleBytes[7] = this[offset];
  doubleBytes[6] = this[offset + 1];
  doubleBytes[5] = this[offset + 2];
  doubleBytes[4] = this[offset + 3];
  doubleBytes[3] = this[offset + 4];
  doubleBytes[2] = this[offset + 5];
  doubleBytes[1] = this[offset + 6];
  doubleBytes[0] = this[offset + 7];
  return double[0];
}

function writeFloat(value, offset = 0) {
  value = +value;
  check(this, offset, 4);
  float[0] = value;
  this[offset] = floatBytes[0];
  this[offset + 1] = floatBytes[1];
  this[offset + 2] = floatBytes[2];
  this[offset + 3] = floatBytes[3];
  return offset + 4;
}

function writeFloatSwapped(value, offset = 0) {
  value = +value;
  check(this, offset, 4);
  float[0] = value;
  this[offset] = floatBytes[3];
  this[offset + 1] = floatBytes[2];
  this[offset + 2] = floatBytes[1];
  this[offset + 3] = floatBytes[0];
  return offset + 4;
}

function writeDouble(value, offset = 0) {
  value = +value;
  check(this, offset, 8);
  double[0] = value;
  this[offset] = doubleBytes[0];
  this[offset + 1] = doubleBytes[1];
  this[offset + 2] = doubleBytes[2];
  this[offset + 3] = doubleBytes[3];
  this[offset + 4] = doubleBytes[4];
  this[offset + 5] = doubleBytes[5];
  this[offset + 6] = doubleBytes[6];
  this[offset + 7] = doubleBytes[7];
  return offset + 8;
}

function writeDoubleSwapped(value, offset = 0) {
  value = +value;
  check(this, offset, 8);
  double[0] = value;
  this[offset] = doubleBytes[7];
  this[offset + 1] = doubleBytes[6];
  this[offset + 2] = doubleBytes[5];
  this[offset + 3] = doubleBytes[4];
  this[offset + 4] = doubleBytes[3];
  this[offset + 5] = doubleBytes[2];
  this[offset + 6] = doubleBytes[1];
  this[offset + 7] = doubleBytes[0];
  return offset + 8;
}

function installFloats(prototype) {
  prototype.readFloatLE = hostIsLittleEndian ? readFloat : readFloatSwapped;
  prototype.readFloatBE = hostIsLittleEndian ? readFloatSwapped : readFloat;
  prototype.readDoubleLE = hostIsLittleEndian ? readDouble : readDoubleSwapped;
  prototype.readDoubleBE = hostIsLittleEndian ? readDoubleSwapped : readDouble;
  prototype.writeFloatLE = hostIsLittleEndian ? writeFloat : writeFloatSwapped;
  prototype.writeFloatBE = hostIsLittleEndian ? writeFloatSwapped : writeFloat;
  prototype.writeDoubleLE = hostIsLittleEndian ? writeDouble : writeDoubleSwapped;
  prototype.writeDoubleBE = hostIsLittleEndian ? writeDoubleSwapped : writeDouble;
}

module.exports = { installFloats };
