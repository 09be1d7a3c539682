'use strict';

// Frames of the WebSocket protocol (RFC 6455 section 5) as a client sends and reads them.

const { ArrayPrototypePush, TypedArrayPrototypeFill, TypedArrayPrototypeSet } = primordials;
const { Buffer } = require('buffer');

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

const FIN = 0x80;
const RESERVED = 0x70;
const OPCODE = 0x0f;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const CONTROL_BYTES_MAX = 125;
// One message, all its fragments together.
const MESSAGE_BYTES_MAX = 256 * 1024 * 1024;

const PROTOCOL_ERROR = 1002;
const TOO_BIG = 1009;

const POOL_BYTES = 4096;
let pool;
let poolAt = POOL_BYTES;

// Four bytes that nobody could foresee, as the protocol wants of each mask.
function nextMask() {
  if (poolAt === POOL_BYTES) {
    pool ??= Buffer.alloc(POOL_BYTES);
    require('crypto').randomFillSync(pool);
    poolAt = 0;
  }
  const mask = pool.subarray(poolAt, poolAt + 4);
  poolAt += 4;
  return mask;
}

/** A whole frame with `payload`, masked. */
function makeFrame(opcode, payload) {
  const { length } = payload;
  const extended = length < LENGTH_16 ? 0 : length < 65536 ? 2 : 8;
  const start = 2 + extended + 4;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FIN | opcode;
  if (extended === 0) {
    frame[1] = MASKED | length;
  } else if (extended === 2) {
    frame[1] = MASKED | LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MASKED | LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  const mask = nextMask();
  TypedArrayPrototypeSet(frame, mask, start - 4);
  for (let i = 0; i < length; i++) frame[start + i] = payload[i] ^ mask[i & 3];
  TypedArrayPrototypeFill(mask, 0);
  return frame;
}

// What the peer may not send: the connection ends with this close code.
class FrameFault {
  constructor(code, message) {
    this.code = code;
    this.message = message;
  }
}

// Bytes in, messages out. `receiver` has message(opcode, bytes), close(bytes), ping(bytes) and fault(FrameFault).
class FrameReader {
  #receiver;
  #chunks = [];
  #available = 0;
  // Of the message that is coming: its opcode and what has come of it.
  #opcode = CONTINUATION;
  #fragments = [];
  #messageBytes = 0;
  #isStopped = false;

  constructor(receiver) {
    this.#receiver = receiver;
  }

  stop() {
    this.#isStopped = true;
    this.#chunks = [];
    this.#fragments = [];
  }

  receive(chunk) {
    ArrayPrototypePush(this.#chunks, chunk);
    this.#available += chunk.length;
    while (!this.#isStopped && this.#readFrame());
  }

  // Returns whether there was a whole frame.
  #readFrame() {
    if (this.#available < 2) return false;
    const head = this.#peek(10);
    const first = head[0];
    let length = head[1] & ~MASKED;
    let start = 2;
    if ((head[1] & MASKED) !== 0) return this.#fail(PROTOCOL_ERROR, 'A frame of the server is masked');
    if ((first & RESERVED) !== 0) return this.#fail(PROTOCOL_ERROR, 'A frame has reserved bits');
    if (length === LENGTH_16) {
      start = 4;
      if (this.#available < start) return false;
      length = head.readUInt16BE(2);
    } else if (length === LENGTH_64) {
      start = 10;
      if (this.#available < start) return false;
      length = Number(head.readBigUInt64BE(2));
    }
    const opcode = first & OPCODE;
    const isControl = opcode >= CLOSE;
    if (isControl && (length > CONTROL_BYTES_MAX || (first & FIN) === 0)) {
      return this.#fail(PROTOCOL_ERROR, 'A control frame is too long or in fragments');
    }
    if (length + this.#messageBytes > MESSAGE_BYTES_MAX) return this.#fail(TOO_BIG, 'A message is too long');
    if (this.#available < start + length) return false;
    const payload = this.#take(start + length).subarray(start);
    if (isControl) this.#control(opcode, payload);
    else this.#data(opcode, payload, (first & FIN) !== 0);
    return true;
  }

  #control(opcode, payload) {
    if (opcode === CLOSE) this.#receiver.close(payload);
    else if (opcode === PING) this.#receiver.ping(payload);
    else if (opcode !== PONG) this.#fail(PROTOCOL_ERROR, 'A frame has an unknown opcode');
  }

  #data(opcode, payload, isLast) {
    if (opcode > BINARY) return this.#fail(PROTOCOL_ERROR, 'A frame has an unknown opcode');
    if ((opcode === CONTINUATION) !== (this.#opcode !== CONTINUATION)) {
      return this.#fail(PROTOCOL_ERROR, 'A fragment is out of order');
    }
    if (opcode !== CONTINUATION) this.#opcode = opcode;
    ArrayPrototypePush(this.#fragments, payload);
    this.#messageBytes += payload.length;
    if (!isLast) return undefined;
    const message = this.#fragments.length === 1 ? payload : Buffer.concat(this.#fragments);
    const kind = this.#opcode;
    this.#opcode = CONTINUATION;
    this.#fragments = [];
    this.#messageBytes = 0;
    return this.#receiver.message(kind, message);
  }

  // At least the first `length` bytes, or all there are, in one piece.
  #peek(length) {
    const first = this.#chunks[0];
    if (first.length >= length || this.#chunks.length === 1) return first;
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0];
  }

  #take(length) {
    let first = this.#chunks[0];
    if (first.length < length) {
      first = Buffer.concat(this.#chunks);
      this.#chunks = [first];
    }
    this.#available -= length;
    if (first.length === length) {
      // Only the first is used up.
      const rest = [];
      for (let i = 1; i < this.#chunks.length; i++) ArrayPrototypePush(rest, this.#chunks[i]);
      this.#chunks = rest;
    } else {
      this.#chunks[0] = first.subarray(length);
    }
    return first.subarray(0, length);
  }

  #fail(code, message) {
    this.stop();
    this.#receiver.fault(new FrameFault(code, message));
    return false;
  }
}

module.exports = { BINARY, CLOSE, FrameReader, PING, PONG, TEXT, makeFrame };
