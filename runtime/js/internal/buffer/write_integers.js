// Buffer's writeUInt8 … writeBigInt64BE and writeUIntLE … writeIntBE: integers to bytes. Each returns the offset after it.
'use strict';

const { FunctionPrototypeCall, MathFloor, Number } = primordials;
const { checkByteLength, checkInteger, required } = require('internal/buffer/bounds');

function writeUInt8(value, offset = 0) {
  value = +value;
  checkInteger(value, 0, 0xff, this, offset, 1);
  this[offset] = value;
  return offset + 1;
}

function writeInt8(value, offset = 0) {
  value = +value;
  checkInteger(value, -0x80, 0x7f, this, offset, 1);
  this[offset] = value;
  return offset + 1;
}

function writeUInt16LE(value, offset = 0) {
  value = +value;
  checkInteger(value, 0, 0xffff, this, offset, 2);
  this[offset] = value;
  this[offset + 1] = value >>> 8;
  return offset + 2;
}

function writeUInt16BE(value, offset = 0) {
  value = +value;
  checkInteger(value, 0, 0xffff, this, offset, 2);
  this[offset] = value >>> 8;
  this[offset + 1] = value;
  return offset + 2;
}

function writeInt16LE(value, offset = 0) {
  value = +value;
  checkInteger(value, -0x8000, 0x7fff, this, offset, 2);
  this[offset] = value;
  this[offset + 1] = value >>> 8;
  return offset + 2;
}

function writeInt16BE(value, offset = 0) {
  value = +value;
  checkInteger(value, -0x8000, 0x7fff, this, offset, 2);
  this[offset] = value >>> 8;
  this[offset + 1] = value;
  return offset + 2;
}

function writeUInt32LE(value, offset = 0) {
  value = +value;
  checkInteger(value, 0, 0xffffffff, this, offset, 4);
  this[offset] = value;
  this[offset + 1] = value >>> 8;
  this[offset + 2] = value >>> 16;
  this[offset + 3] = value >>> 24;
  return offset + 4;
}

function writeUInt32BE(value, offset = 0) {
  value = +value;
  checkInteger(value, 0, 0xffffffff, this, offset, 4);
  this[offset] = value >>> 24;
  this[offset + 1] = value >>> 16;
  this[offset + 2] = value >>> 8;
  this[offset + 3] = value;
  return offset + 4;
}

function writeInt32LE(value, offset = 0) {
  value = +value;
  checkInteger(value, -0x80000000, 0x7fffffff, this, offset, 4);
  this[offset] = value;
  this[offset + 1] = value >>> 8;
  this[offset + 2] = value >>> 16;
  this[offset + 3] = value >>> 24;
  return offset + 4;
}

function writeInt32BE(value, offset = 0) {
  value = +value;
  checkInteger(value, -0x80000000, 0x7fffffff, this, offset, 4);
  this[offset] = value >>> 24;
  this[offset + 1] = value >>> 16;
  this[offset + 2] = value >>> 8;
  this[offset + 3] = value;
  return offset + 4;
}

function writeBigUInt64LE(value, offset = 0) {
  checkInteger(value, 0n, 0xffffffffffffffffn, this, offset, 8);
  const low = Number(value & 0xffffffffn);
  const high = Number((value >> 32n) & 0xffffffffn);
  this[offset] = low;
  this[offset + 1] = low >>> 8;
  this[offset + 2] = low >>> 16;
  this[offset + 3] = low >>> 24;
  this[offset + 4] = high;
  this[offset + 5] = high >>> 8;
  this[offset + 6] = high >>> 16;
  this[offset + 7] = high >>> 24;
  return offset + 8;
}

function writeBigUInt64BE(value, offset = 0) {
  checkInteger(value, 0n, 0xffffffffffffffffn, this, offset, 8);
  const low = Number(value & 0xffffffffn);
  const high = Number((value >> 32n) & 0xffffffffn);
  this[offset] = high >>> 24;
  this[offset + 1] = high >>> 16;
  this[offset + 2] = high >>> 8;
  this[offset + 3] = high;
  this[offset + 4] = low >>> 24;
  this[offset + 5] = low >>> 16;
  this[offset + 6] = low >>> 8;
  this[offset + 7] = low;
  return offset + 8;
}

function writeBigInt64LE(value, offset = 0) {
  checkInteger(value, -0x8000000000000000n, 0x7fffffffffffffffn, this, offset, 8);
  const low = Number(value & 0xffffffffn);
  const high = Number((value >> 32n) & 0xffffffffn);
  this[offset] = low;
  this[offset + 1] = low >>> 8;
  this[offset + 2] = low >>> 16;
  this[offset + 3] = low >>> 24;
  this[offset + 4] = high;
  this[offset + 5] = high >>> 8;
  this[offset + 6] = high >>> 16;
  this[offset + 7] = high >>> 24;
  return offset + 8;
}

function writeBigInt64BE(value, offset = 0) {
  checkInteger(value, -0x8000000000000000n, 0x7fffffffffffffffn, this, offset, 8);
  const low = Number(value & 0xffffffffn);
  const high = Number((value >> 32n) & 0xffffffffn);
  this[offset] = high >>> 24;
  this[offset + 1] = high >>> 16;
  this[offset + 2] = high >>> 8;
  this[offset + 3] = high;
  this[offset + 4] = low >>> 24;
  this[offset + 5] = low >>> 16;
  this[offset + 6] = low >>> 8;
  this[offset + 7] = low;
  return offset + 8;
}

/** Writes the widths that have no type of their own. */
function odd(buffer, value, offset, width, littleEndian, signed) {
  value = +value;
  const limit = 2 ** (width * 8);
  if (signed) checkInteger(value, -limit / 2, limit / 2 - 1, buffer, offset, width);
  else checkInteger(value, 0, limit - 1, buffer, offset, width);
  for (let i = 0; i < width; i++) {
    buffer[littleEndian ? offset + i : offset + width - 1 - i] = value;
    value = MathFloor(value / 0x100);
  }
  return offset + width;
}

function writeUIntLE(value, offset, byteLength) {
  switch (byteLength) {
    case 6: return odd(this, value, offset, 6, true, false);
    case 5: return odd(this, value, offset, 5, true, false);
    case 4: return FunctionPrototypeCall(writeUInt32LE, this, value, required(offset));
    case 3: return odd(this, value, offset, 3, true, false);
    case 2: return FunctionPrototypeCall(writeUInt16LE, this, value, required(offset));
    case 1: return FunctionPrototypeCall(writeUInt8, this, value, required(offset));
    default: return checkByteLength(byteLength);
  }
}

function writeUIntBE(value, offset, byteLength) {
  switch (byteLength) {
    case 6: return odd(this, value, offset, 6, false, false);
    case 5: return odd(this, value, offset, 5, false, false);
    case 4: return FunctionPrototypeCall(writeUInt32BE, this, value, required(offset));
    case 3: return odd(this, value, offset, 3, false, false);
    case 2: return FunctionPrototypeCall(writeUInt16BE, this, value, required(offset));
    case 1: return FunctionPrototypeCall(writeUInt8, this, value, required(offset));
    default: return checkByteLength(byteLength);
  }
}

function writeIntLE(value, offset, byteLength) {
  switch (byteLength) {
    case 6: return odd(this, value, offset, 6, true, true);
    case 5: return odd(this, value, offset, 5, true, true);
    case 4: return FunctionPrototypeCall(writeInt32LE, this, value, required(offset));
    case 3: return odd(this, value, offset, 3, true, true);
    case 2: return FunctionPrototypeCall(writeInt16LE, this, value, required(offset));
    case 1: return FunctionPrototypeCall(writeInt8, this, value, required(offset));
    default: return checkByteLength(byteLength);
  }
}

function writeIntBE(value, offset, byteLength) {
  switch (byteLength) {
    case 6: return odd(this, value, offset, 6, false, true);
    case 5: return odd(this, value, offset, 5, false, true);
    case 4: return FunctionPrototypeCall(writeInt32BE, this, value, required(offset));
    case 3: return odd(this, value, offset, 3, false, true);
    case 2: return FunctionPrototypeCall(writeInt16BE, this, value, required(offset));
    case 1: return FunctionPrototypeCall(writeInt8, this, value, required(offset));
    default: return checkByteLength(byteLength);
  }
}

function installWrites(prototype) {
  prototype.writeUInt8 = writeUInt8;
  prototype.writeUint8 = writeUInt8;
  prototype.writeInt8 = writeInt8;
  prototype.writeUInt16LE = writeUInt16LE;
  prototype.writeUint16LE = writeUInt16LE;
  prototype.writeUInt16BE = writeUInt16BE;
  prototype.writeUint16BE = writeUInt16BE;
  prototype.writeInt16LE = writeInt16LE;
  prototype.writeInt16BE = writeInt16BE;
  prototype.writeUInt32LE = writeUInt32LE;
  prototype.writeUint32LE = writeUInt32LE;
  prototype.writeUInt32BE = writeUInt32BE;
  prototype.writeUint32BE = writeUInt32BE;
  prototype.writeInt32LE = writeInt32LE;
  prototype.writeInt32BE = writeInt32BE;
  prototype.writeBigUInt64LE = writeBigUInt64LE;
  prototype.writeBigUint64LE = writeBigUInt64LE;
  prototype.writeBigUInt64BE = writeBigUInt64BE;
  prototype.writeBigUint64BE = writeBigUInt64BE;
  prototype.writeBigInt64LE = writeBigInt64LE;
  prototype.writeBigInt64BE = writeBigInt64BE;
  prototype.writeUIntLE = writeUIntLE;
  prototype.writeUintLE = writeUIntLE;
  prototype.writeUIntBE = writeUIntBE;
  prototype.writeUintBE = writeUIntBE;
  prototype.writeIntLE = writeIntLE;
  prototype.writeIntBE = writeIntBE;
}

module.exports = { installWrites };
