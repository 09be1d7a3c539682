// Buffer's writeUInt8 ... writeBigInt64BE and writeUIntLE ... writeIntBE: integers to bytes. Each returns the offset after it.
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

// Signed or not, the bytes of a checked value are the same: its low ones.

function store16LE(bytes, value, offset) {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  return offset + 2;
}

function store16BE(bytes, value, offset) {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
  return offset + 2;
}

function store32LE(bytes, value, offset) {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
  return offset + 4;
}

function store32BE(bytes, value, offset) {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
  return offset + 4;
}

const low = (value) => Number(value & 0xffffffffn);
const high = (value) => Number((value >> 32n) & 0xffffffffn);
const store64LE = (bytes, value, offset) => store32LE(bytes, high(value), store32LE(bytes, low(value), offset));
const store64BE = (bytes, value, offset) => store32BE(bytes, low(value), store32BE(bytes, high(value), offset));

function writeUInt16LE(value, offset = 0) {
  value = +value;
  checkInteger(value, 0, 0xffff, this, offset, 2);
  return store16LE(this, value, offset);
}

function writeUInt16BE(value, offset = 0) {
  value = +value;
  checkInteger(value, 0, 0xffff, this, offset, 2);
  return store16BE(this, value, offset);
}

function writeInt16LE(value, offset = 0) {
  value = +value;
  checkInteger(value, -0x8000, 0x7fff, this, offset, 2);
  return store16LE(this, value, offset);
}

function writeInt16BE(value, offset = 0) {
  value = +value;
  checkInteger(value, -0x8000, 0x7fff, this, offset, 2);
  return store16BE(this, value, offset);
}

function writeUInt32LE(value, offset = 0) {
  value = +value;
  checkInteger(value, 0, 0xffffffff, this, offset, 4);
  return store32LE(this, value, offset);
}

function writeUInt32BE(value, offset = 0) {
  value = +value;
  checkInteger(value, 0, 0xffffffff, this, offset, 4);
  return store32BE(this, value, offset);
}

function writeInt32LE(value, offset = 0) {
  value = +value;
  checkInteger(value, -0x80000000, 0x7fffffff, this, offset, 4);
  return store32LE(this, value, offset);
}

function writeInt32BE(value, offset = 0) {
  value = +value;
  checkInteger(value, -0x80000000, 0x7fffffff, this, offset, 4);
  return store32BE(this, value, offset);
}

function writeBigUInt64LE(value, offset = 0) {
  checkInteger(value, 0n, 0xffffffffffffffffn, this, offset, 8);
  return store64LE(this, value, offset);
}

function writeBigUInt64BE(value, offset = 0) {
  checkInteger(value, 0n, 0xffffffffffffffffn, this, offset, 8);
  return store64BE(this, value, offset);
}

function writeBigInt64LE(value, offset = 0) {
  checkInteger(value, -0x8000000000000000n, 0x7fffffffffffffffn, this, offset, 8);
  return store64LE(this, value, offset);
}

function writeBigInt64BE(value, offset = 0) {
  checkInteger(value, -0x8000000000000000n, 0x7fffffffffffffffn, this, offset, 8);
  return store64BE(this, value, offset);
}

// The widths that have no type of their own.

function checkUnsigned(value, buffer, offset, width) {
  checkInteger(value, 0, 2 ** (width * 8) - 1, buffer, offset, width);
}

function checkSigned(value, buffer, offset, width) {
  const half = 2 ** (width * 8 - 1);
  checkInteger(value, -half, half - 1, buffer, offset, width);
}

/** The lowest byte goes to `at`, each next one `step` further. */
function storeOdd(bytes, value, at, step, width) {
  for (let i = 0; i < width; i++) {
    bytes[at + i * step] = value;
    value = MathFloor(value / 0x100);
  }
}

function writeOddLE(buffer, value, offset, width, check) {
  check(value, buffer, offset, width);
  storeOdd(buffer, value, offset, 1, width);
  return offset + width;
}

function writeOddBE(buffer, value, offset, width, check) {
  check(value, buffer, offset, width);
  storeOdd(buffer, value, offset + width - 1, -1, width);
  return offset + width;
}

function writeUIntLE(value, offset, byteLength) {
  switch (byteLength) {
    case 4: return FunctionPrototypeCall(writeUInt32LE, this, value, required(offset));
    case 2: return FunctionPrototypeCall(writeUInt16LE, this, value, required(offset));
    case 1: return FunctionPrototypeCall(writeUInt8, this, value, required(offset));
    case 3: case 5: case 6: return writeOddLE(this, +value, offset, byteLength, checkUnsigned);
    default: return checkByteLength(byteLength);
  }
}

function writeUIntBE(value, offset, byteLength) {
  switch (byteLength) {
    case 4: return FunctionPrototypeCall(writeUInt32BE, this, value, required(offset));
    case 2: return FunctionPrototypeCall(writeUInt16BE, this, value, required(offset));
    case 1: return FunctionPrototypeCall(writeUInt8, this, value, required(offset));
    case 3: case 5: case 6: return writeOddBE(this, +value, offset, byteLength, checkUnsigned);
    default: return checkByteLength(byteLength);
  }
}

function writeIntLE(value, offset, byteLength) {
  switch (byteLength) {
    case 4: return FunctionPrototypeCall(writeInt32LE, this, value, required(offset));
    case 2: return FunctionPrototypeCall(writeInt16LE, this, value, required(offset));
    case 1: return FunctionPrototypeCall(writeInt8, this, value, required(offset));
    case 3: case 5: case 6: return writeOddLE(this, +value, offset, byteLength, checkSigned);
    default: return checkByteLength(byteLength);
  }
}

function writeIntBE(value, offset, byteLength) {
  switch (byteLength) {
    case 4: return FunctionPrototypeCall(writeInt32BE, this, value, required(offset));
    case 2: return FunctionPrototypeCall(writeInt16BE, this, value, required(offset));
    case 1: return FunctionPrototypeCall(writeInt8, this, value, required(offset));
    case 3: case 5: case 6: return writeOddBE(this, +value, offset, byteLength, checkSigned);
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
