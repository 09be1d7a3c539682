// Takes the body of one incoming message out of the bytes of its connection (RFC 9112 section 6.3): by length, by chunks with
// trailers, or until the connection closes. Both sides use it.
'use strict';

const { Float64Array, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteOffset, TypedArrayPrototypeSet,
        TypedArrayPrototypeSubarray, Uint8Array } = primordials;

const { Buffer } = require('buffer');
const {
  FLAG_CHUNKED, FLAG_CONTENT_LENGTH, INFO_CODE, INFO_END, INFO_FAULT, parser,
} = require('internal/http/common');

const { info } = parser;

const LENGTH = 0;
const CHUNKED = 1;
const TRAILERS = 2;
const UNTIL_CLOSE = 3;

class BodyReader {
  constructor(message, flags, contentLength, headMax) {
    this.message = message;
    this.headMax = headMax;
    this.done = false;
    // 0, or what is wrong with the body.
    this.fault = 0;
    this.remaining = 0;
    this.state = null;
    // The beginning of a trailer section that isn't complete.
    this.pending = null;
    if (flags & FLAG_CHUNKED) {
      this.framing = CHUNKED;
      this.state = new Float64Array(3);
    } else if (flags & FLAG_CONTENT_LENGTH) {
      this.framing = LENGTH;
      this.remaining = contentLength;
      this.done = contentLength === 0;
    } else {
      this.framing = UNTIL_CLOSE;
    }
  }

  // Reads bytes[start...end) and returns where it stopped: `end`, or where the next message begins, or a fault.
  read(bytes, start, end) {
    switch (this.framing) {
      case LENGTH: {
        const stop = end - start < this.remaining ? end : start + this.remaining;
        this.remaining -= stop - start;
        this.message.receive(slice(bytes, start, stop));
        if (this.remaining === 0) this.done = true;
        return stop;
      }
      case CHUNKED:
        return this.readChunks(bytes, start, end);
      case TRAILERS:
        return this.readTrailers(bytes, start, end);
      default:
        this.message.receive(slice(bytes, start, end));
        return end;
    }
  }

  readChunks(bytes, start, end) {
    const runs = parser.decodeChunked(bytes, start, end, this.state);
    const stop = info[INFO_END];
    const fault = info[INFO_FAULT];
    const atTrailers = info[INFO_CODE] === 1;
    if (runs !== undefined) {
      for (let i = 0; i < runs.length; i += 2) this.message.receive(slice(bytes, runs[i], runs[i + 1]));
    }
    if (fault !== 0) {
      this.fault = fault;
      return start;
    }
    if (!atTrailers) return stop;
    this.framing = TRAILERS;
    return this.readTrailers(bytes, stop, end);
  }

  readTrailers(bytes, start, end) {
    let joined = bytes;
    let from = start;
    let to = end;
    const had = this.pending === null ? 0 : this.pending.length;
    if (had > 0) {
      joined = join(this.pending, bytes, start, end);
      from = 0;
      to = joined.length;
    }
    const stop = from === to ? 0 : parser.parseTrailers(joined, from, to, this.headMax);
    if (stop < 0) {
      this.fault = -stop;
      return start;
    }
    if (stop === 0) {
      this.pending = copy(joined, from, to);
      return end;
    }
    if (stop - from > 2) this.message.receiveTrailers(joined, from, stop);
    this.done = true;
    return had > 0 ? start + (stop - had) : stop;
  }

  // The peer has ended: true when that is how this body ends.
  endsWithConnection() {
    return this.framing === UNTIL_CLOSE;
  }
}

function slice(bytes, start, end) {
  return Buffer.from(TypedArrayPrototypeGetBuffer(bytes), TypedArrayPrototypeGetByteOffset(bytes) + start, end - start);
}

// A copy keeps nothing but itself, where a view would keep the whole memory that was read into.
function copy(bytes, start, end) {
  const result = new Uint8Array(end - start);
  TypedArrayPrototypeSet(result, TypedArrayPrototypeSubarray(bytes, start, end));
  return result;
}

function join(first, bytes, start, end) {
  const result = new Uint8Array(first.length + end - start);
  TypedArrayPrototypeSet(result, first);
  TypedArrayPrototypeSet(result, TypedArrayPrototypeSubarray(bytes, start, end), first.length);
  return result;
}

module.exports = { BodyReader, copy, join, slice };
