// The memory of a WASI program: numbers, texts and vectors of buffers at addresses. It may grow, and be shared with threads.
'use strict';

const {
  ArrayPrototypePush, DataView, DataViewPrototypeGetBigUint64, DataViewPrototypeGetUint16, DataViewPrototypeGetUint32,
  DataViewPrototypeGetUint8, DataViewPrototypeSetBigUint64, DataViewPrototypeSetUint16, DataViewPrototypeSetUint32,
  DataViewPrototypeSetUint8,
} = primordials;

const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer/memory');

class Memory {
  #memory;
  #buffer = null;
  #view = null;

  constructor(memory) {
    this.#memory = memory;
  }

  get #data() {
    const { buffer } = this.#memory;
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#view = new DataView(buffer);
    }
    return this.#view;
  }

  u8(at) { return DataViewPrototypeGetUint8(this.#data, at >>> 0); }
  u16(at) { return DataViewPrototypeGetUint16(this.#data, at >>> 0, true); }
  u32(at) { return DataViewPrototypeGetUint32(this.#data, at >>> 0, true); }
  u64(at) { return DataViewPrototypeGetBigUint64(this.#data, at >>> 0, true); }
  setU8(at, value) { DataViewPrototypeSetUint8(this.#data, at >>> 0, value); }
  setU16(at, value) { DataViewPrototypeSetUint16(this.#data, at >>> 0, value, true); }
  setU32(at, value) { DataViewPrototypeSetUint32(this.#data, at >>> 0, value, true); }
  setU64(at, value) { DataViewPrototypeSetBigUint64(this.#data, at >>> 0, value, true); }

  // A view, valid until the memory grows.
  bytes(at, length) {
    return new FastBuffer(this.#memory.buffer, at >>> 0, length >>> 0);
  }

  text(at, length) {
    return this.bytes(at, length).toString('utf8');
  }

  // Returns how many bytes of `bytes` had room.
  setBytes(at, bytes, max = bytes.length) {
    const length = bytes.length < max ? bytes.length : max;
    bytes.copy(this.bytes(at, length), 0, 0, length);
    return length;
  }

  // The buffers of a vector.
  vector(at, count) {
    const list = [];
    for (let i = 0; i < count; i++) ArrayPrototypePush(list, this.bytes(this.u32(at + i * 8), this.u32(at + i * 8 + 4)));
    return list;
  }

  // A list of strings, each with a zero behind it: pointers at `pointers`, bytes at `bytes`.
  setStrings(list, pointers, bytes) {
    for (let i = 0; i < list.length; i++) {
      const text = Buffer.from(`${list[i]}\0`);
      this.setU32(pointers + i * 4, bytes);
      this.setBytes(bytes, text);
      bytes += text.length;
    }
  }
}

module.exports = { Memory };
