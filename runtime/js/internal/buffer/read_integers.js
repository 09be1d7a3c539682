// Buffer's readUInt8 ... readBigInt64BE and readUIntLE ... readIntBE: integers from bytes.
//
// Each reads its first and last byte before anything else: if both exist the offset is a good one, and only if not is it
// worth finding out what is wrong with it.
'use strict';

const { BigInt, FunctionPrototypeCall } = primordials;
const { checkByteLength, outOfBounds, required } = require('internal/buffer/bounds');

function readUInt8(offset = 0) {
  const value = this[offset];
  if (value === undefined || typeof offset !== 'number') outOfBounds(this, offset, 1);
  return value;
}

function readInt8(offset = 0) {
  const value = this[offset];
  if (value === undefined || typeof offset !== 'number') outOfBounds(this, offset, 1);
  return value | ((value & 0x80) * 0x1fffffe);
}

function readUInt16LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 2);
  return first + last * 0x100;
}

function readUInt16BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 2);
  return last + first * 0x100;
}

function readInt16LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 2);
  const value = first + last * 0x100;
  return value | ((value & 0x8000) * 0x1fffe);
}

function readInt16BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 2);
  const value = last + first * 0x100;
  return value | ((value & 0x8000) * 0x1fffe);
}

function readUInt32LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 4);
  return first + this[offset + 1] * 0x100 + this[offset + 2] * 0x10000 + last * 0x1000000;
}

function readUInt32BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 4);
  return last + this[offset + 2] * 0x100 + this[offset + 1] * 0x10000 + first * 0x1000000;
}

function readInt32LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 4);
  return first + this[offset + 1] * 0x100 + this[offset + 2] * 0x10000 + (last << 24);
}

function readInt32BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 4);
  return last + this[offset + 2] * 0x100 + this[offset + 1] * 0x10000 + (first << 24);
}

function readBigUInt64LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 8);
  const low = first + this[offset + 1] * 0x100 + this[offset + 2] * 0x10000 + this[offset + 3] * 0x1000000;
  const high = this[offset + 4] + this[offset + 5] * 0x100 + this[offset + 6] * 0x10000 + last * 0x1000000;
  return (BigInt(high) << 32n) + BigInt(low);
}

function readBigUInt64BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 8);
  const low = last + this[offset + 6] * 0x100 + this[offset + 5] * 0x10000 + this[offset + 4] * 0x1000000;
  const high = this[offset + 3] + this[offset + 2] * 0x100 + this[offset + 1] * 0x10000 + first * 0x1000000;
  return (BigInt(high) << 32n) + BigInt(low);
}

function readBigInt64LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 8);
  const low = first + this[offset + 1] * 0x100 + this[offset + 2] * 0x10000 + this[offset + 3] * 0x1000000;
  const high = this[offset + 4] + this[offset + 5] * 0x100 + this[offset + 6] * 0x10000 + (last << 24);
  return (BigInt(high) << 32n) + BigInt(low);
}

function readBigInt64BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(this, offset, 8);
  const low = last + this[offset + 6] * 0x100 + this[offset + 5] * 0x10000 + this[offset + 4] * 0x1000000;
  const high = this[offset + 3] + this[offset + 2] * 0x100 + this[offset + 1] * 0x10000 + (first << 24);
  return (BigInt(high) << 32n) + BigInt(low);
}

const TWO_32 = 0x100000000;

// The widths that have no type of their own go through the ones that do: 5 bytes are 4 and 1, 6 are 4 and 2.
function three(buffer, offset, littleEndian, signed) {
  const first = buffer[offset];
  const last = buffer[offset + 2];
  if (first === undefined || last === undefined || typeof offset !== 'number') outOfBounds(buffer, offset, 3);
  const low = littleEndian ? first : last;
  const high = littleEndian ? last : first;
  const value = low + buffer[offset + 1] * 0x100 + high * 0x10000;
  return signed ? value << 8 >> 8 : value;
}

function wide(buffer, offset, width, littleEndian, signed) {
  if (typeof offset !== 'number' || buffer[offset] === undefined || buffer[offset + width - 1] === undefined) {
    outOfBounds(buffer, offset, width);
  }
  let low = 0;
  let high = 0;
  for (let i = 0; i < width; i++) {
    const byte = buffer[littleEndian ? offset + width - 1 - i : offset + i];
    if (i < width - 4) high = high * 0x100 + byte;
    else low = low * 0x100 + byte;
  }
  if (signed) {
    const unused = (8 - width) * 8;
    high = high << unused >> unused;
  }
  return high * TWO_32 + low;
}

function readUIntLE(offset, byteLength) {
  required(offset);
  switch (byteLength) {
    case 6: return wide(this, offset, 6, true, false);
    case 5: return wide(this, offset, 5, true, false);
    case 4: return FunctionPrototypeCall(readUInt32LE, this, offset);
    case 3: return three(this, offset, true, false);
    case 2: return FunctionPrototypeCall(readUInt16LE, this, offset);
    case 1: return FunctionPrototypeCall(readUInt8, this, offset);
    default: return checkByteLength(byteLength);
  }
}

function readUIntBE(offset, byteLength) {
  required(offset);
  switch (byteLength) {
    case 6: return wide(this, offset, 6, false, false);
    case 5: return wide(this, offset, 5, false, false);
    case 4: return FunctionPrototypeCall(readUInt32BE, this, offset);
    case 3: return three(this, offset, false, false);
    case 2: return FunctionPrototypeCall(readUInt16BE, this, offset);
    case 1: return FunctionPrototypeCall(readUInt8, this, offset);
    default: return checkByteLength(byteLength);
  }
}

function readIntLE(offset, byteLength) {
  required(offset);
  switch (byteLength) {
    case 6: return wide(this, offset, 6, true, true);
    case 5: return wide(this, offset, 5, true, true);
    case 4: return FunctionPrototypeCall(readInt32LE, this, offset);
    case 3: return three(this, offset, true, true);
    case 2: return FunctionPrototypeCall(readInt16LE, this, offset);
    case 1: return FunctionPrototypeCall(readInt8, this, offset);
    default: return checkByteLength(byteLength);
  }
}

function readIntBE(offset, byteLength) {
  required(offset);
  switch (byteLength) {
    case 6: return wide(this, offset, 6, false, true);
    case 5: return wide(this, offset, 5, false, true);
    case 4: return FunctionPrototypeCall(readInt32BE, this, offset);
    case 3: return three(this, offset, false, true);
    case 2: return FunctionPrototypeCall(readInt16BE, this, offset);
    case 1: return FunctionPrototypeCall(readInt8, this, offset);
    default: return checkByteLength(byteLength);
  }
}

function installReads(prototype) {
  prototype.readUInt8 = readUInt8;
  prototype.readUint8 = readUInt8;
  prototype.readInt8 = readInt8;
  prototype.readUInt16LE = readUInt16LE;
  prototype.readUint16LE = readUInt16LE;
  prototype.readUInt16BE = readUInt16BE;
  prototype.readUint16BE = readUInt16BE;
  prototype.readInt16LE = readInt16LE;
  prototype.readInt16BE = readInt16BE;
  prototype.readUInt32LE = readUInt32LE;
  prototype.readUint32LE = readUInt32LE;
  prototype.readUInt32BE = readUInt32BE;
  prototype.readUint32BE = readUInt32BE;
  prototype.readInt32LE = readInt32LE;
  prototype.readInt32BE = readInt32BE;
  prototype.readBigUInt64LE = readBigUInt64LE;
  prototype.readBigUint64LE = readBigUInt64LE;
  prototype.readBigUInt64BE = readBigUInt64BE;
  prototype.readBigUint64BE = readBigUInt64BE;
  prototype.readBigInt64LE = readBigInt64LE;
  prototype.readBigInt64BE = readBigInt64BE;
  prototype.readUIntLE = readUIntLE;
  prototype.readUintLE = readUIntLE;
  prototype.readUIntBE = readUIntBE;
  prototype.readUintBE = readUIntBE;
  prototype.readIntLE = readIntLE;
  prototype.readIntBE = readIntBE;
}

module.exports = { installReads };
