// Messages of the domain name system in wire format (RFC 1035): a question out of name and type, records out of an answer.
'use strict';

const {
  ArrayPrototypeJoin, ArrayPrototypePush, StringPrototypeCharCodeAt, StringPrototypeSplit, StringPrototypeToLowerCase, Uint8Array,
} = primordials;

const TYPES = {
  __proto__: null, A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, NAPTR: 35, TLSA: 52, ANY: 255, CAA: 257,
};
const CLASS_IN = 1;
const HEAD_BYTES = 12;
const LABEL_BYTES_MAX = 63;
const NAME_BYTES_MAX = 255;
// A name whose pointers lead further than this is a loop.
const JUMPS_MAX = 64;

/** The message that asks for `type` of `name`; undefined for what is no name. */
function encode(id, name, type) {
  const { Buffer } = require('buffer');
  const parts = [Buffer.alloc(HEAD_BYTES)];
  parts[0].writeUInt16BE(id, 0);
  // Recursion is desired; one question.
  parts[0].writeUInt16BE(0x0100, 2);
  parts[0].writeUInt16BE(1, 4);
  const labels = name === '.' || name === '' ? [] : StringPrototypeSplit(name[name.length - 1] === '.' ? name.slice(0, -1) : name, '.');
  let length = 1;
  for (let i = 0; i < labels.length; i++) {
    const label = Buffer.from(labels[i]);
    length += label.length + 1;
    if (label.length === 0 || label.length > LABEL_BYTES_MAX || length > NAME_BYTES_MAX) return undefined;
    ArrayPrototypePush(parts, Buffer.from([label.length]), label);
  }
  const tail = Buffer.alloc(5);
  tail.writeUInt16BE(TYPES[type], 1);
  tail.writeUInt16BE(CLASS_IN, 3);
  ArrayPrototypePush(parts, tail);
  return Buffer.concat(parts);
}

// A place in a message; reading past its end throws a RangeError.
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  u8() { return this.bytes.readUInt8(this.#past(1)); }
  u16() { return this.bytes.readUInt16BE(this.#past(2)); }
  u32() { return this.bytes.readUInt32BE(this.#past(4)); }

  #past(count) {
    const { at } = this;
    this.at += count;
    return at;
  }

  take(length) {
    const at = this.#past(length);
    if (this.at > this.bytes.length) throw new primordials.RangeError('the message ends too early');
    return this.bytes.subarray(at, at + length);
  }

  text() { return this.take(this.u8()).latin1Slice(); }

  name() {
    const labels = [];
    let reader = this;
    for (let jumps = 0; ;) {
      const length = reader.u8();
      if (length === 0) return ArrayPrototypeJoin(labels, '.');
      if (length >= 0xc0) {
        if (++jumps > JUMPS_MAX) throw new primordials.RangeError('the name has a loop');
        reader = new Reader(this.bytes, ((length & 0x3f) << 8) | reader.u8());
      } else if (length > LABEL_BYTES_MAX) {
        throw new primordials.RangeError('the label is of an unknown kind');
      } else {
        ArrayPrototypePush(labels, reader.take(length).latin1Slice());
      }
    }
  }
}

function ipv6(bytes) {
  const groups = [];
  for (let i = 0; i < 16; i += 2) ArrayPrototypePush(groups, bytes.readUInt16BE(i).toString(16));
  // In the short form, as every other address that the runtime tells.
  const { hostname } = new (require('internal/url').URL)(`http://[${ArrayPrototypeJoin(groups, ':')}]`);
  return hostname.slice(1, -1);
}

// What a record says, in the form in which Node tells it.
const DATA = {
  __proto__: null,
  1: (reader) => ArrayPrototypeJoin([reader.u8(), reader.u8(), reader.u8(), reader.u8()], '.'),
  2: (reader) => reader.name(),
  5: (reader) => reader.name(),
  6: (reader) => ({
    nsname: reader.name(), hostmaster: reader.name(), serial: reader.u32(), refresh: reader.u32(), retry: reader.u32(),
    expire: reader.u32(), minttl: reader.u32(),
  }),
  12: (reader) => reader.name(),
  15: (reader) => {
    const priority = reader.u16();
    return { exchange: reader.name(), priority };
  },
  16: (reader, end) => {
    const parts = [];
    while (reader.at < end) ArrayPrototypePush(parts, reader.text());
    return parts;
  },
  28: (reader) => ipv6(reader.take(16)),
  33: (reader) => {
    const { 0: priority, 1: weight, 2: port } = [reader.u16(), reader.u16(), reader.u16()];
    return { name: reader.name(), port, priority, weight };
  },
  35: (reader) => {
    const { 0: order, 1: preference } = [reader.u16(), reader.u16()];
    return { flags: reader.text(), service: reader.text(), regexp: reader.text(), replacement: reader.name(), order, preference };
  },
  52: (reader, end) => {
    const { 0: certUsage, 1: selector, 2: match } = [reader.u8(), reader.u8(), reader.u8()];
    return { certUsage, selector, match, data: new Uint8Array(reader.take(end - reader.at)).buffer };
  },
  257: (reader, end) => {
    const critical = reader.u8();
    const tag = reader.text();
    return { critical, [tag]: reader.take(end - reader.at).latin1Slice() };
  },
};

/** `{ id, isAnswer, isTruncated, code, name, records: [{ type, ttl, data }] }`; throws a RangeError for what is malformed. */
function decode(bytes) {
  const reader = new Reader(bytes);
  const { 0: id, 1: flags, 2: questions, 3: answers } = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  reader.at = HEAD_BYTES;
  let name = '';
  for (let i = 0; i < questions; i++) {
    name = reader.name();
    reader.at += 4;
  }
  const records = [];
  for (let i = 0; i < answers; i++) {
    reader.name();
    const type = reader.u16();
    const group = reader.u16();
    const ttl = reader.u32();
    const end = reader.u16() + reader.at;
    if (end > bytes.length) throw new primordials.RangeError('the message ends too early');
    if (group === CLASS_IN && DATA[type] !== undefined) ArrayPrototypePush(records, { type, ttl, data: DATA[type](reader, end) });
    reader.at = end;
  }
  return { id, isAnswer: (flags & 0x8000) !== 0, isTruncated: (flags & 0x0200) !== 0, code: flags & 0x0f, name, records };
}

/** Whether two names are one: case means nothing, a last dot neither. */
function isSameName(one, other) {
  const bare = (name) => StringPrototypeToLowerCase(StringPrototypeCharCodeAt(name, name.length - 1) === 46 ? name.slice(0, -1) : name);
  return bare(one) === bare(other);
}

module.exports = { TYPES, decode, encode, isSameName };
