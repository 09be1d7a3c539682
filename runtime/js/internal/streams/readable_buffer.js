'use strict';

// The chunks that wait in a readable: how many bytes, characters or objects a `read(n)` takes, and taking them.

const {
  ArrayPrototypeSlice,
  Boolean,
  NumberIsNaN,
  TypedArrayPrototypeSet,
} = primordials;

const { codes: { ERR_OUT_OF_RANGE } } = require('internal/errors');
const { Buffer } = require('buffer');
const { kObjectMode } = require('internal/streams/state');
const { kEnded, kFlowing } = require('internal/streams/readable_state');

// Larger reads than this are refused: the buffer has to hold them whole.
const kMaxReadSize = 0x40000000;

function amountToTake(n, state) {
  if (n <= 0 || (state.length === 0 && (state.flags & kEnded) !== 0)) return 0;
  if ((state.flags & kObjectMode) !== 0) return 1;
  if (NumberIsNaN(n)) {
    // Bytes come as they were pushed, and so does text while it flows; text that is asked for comes joined.
    const asPushed = state.decoder === null || (state.flags & kFlowing) !== 0;
    if (asPushed && state.length > 0) return state.buffer[state.bufferIndex].length;
    return state.length;
  }
  if (n <= state.length) return n;
  return (state.flags & kEnded) !== 0 ? state.length : 0;
}

// The next power of two, so that a reader of growing sizes does not move the mark each time.
function markFor(n) {
  if (n > kMaxReadSize) throw new ERR_OUT_OF_RANGE('size', '<= 1GiB', n);
  n--;
  n |= n >>> 1;
  n |= n >>> 2;
  n |= n >>> 4;
  n |= n >>> 8;
  n |= n >>> 16;
  return n + 1;
}

// Takes `n` bytes or characters off the front, or one object, or with no number all.
function take(n, state) {
  if (state.length === 0) return null;
  const { buffer } = state;
  let index = state.bufferIndex;
  let result;

  if ((state.flags & kObjectMode) !== 0) {
    result = buffer[index];
    buffer[index++] = null;
  } else if (!n || n >= state.length) {
    result = takeAll(state, buffer, index);
    index = buffer.length;
  } else if (n < buffer[index].length) {
    // Part of the first chunk.
    const first = buffer[index];
    result = first.slice(0, n);
    buffer[index] = first.slice(n);
  } else if (n === buffer[index].length) {
    result = buffer[index];
    buffer[index++] = null;
  } else {
    ({ result, index } = takeAcross(n, state, buffer, index));
  }

  if (index === buffer.length) {
    buffer.length = 0;
    state.bufferIndex = 0;
  } else if (index > 1024) {
    state.buffer = ArrayPrototypeSlice(buffer, index);
    state.bufferIndex = 0;
  } else {
    state.bufferIndex = index;
  }
  return result;
}

function takeAll(state, buffer, index) {
  if (state.decoder) {
    let text = '';
    for (; index < buffer.length; index++) text += buffer[index];
    return text;
  }
  if (buffer.length - index === 1) return buffer[index];
  const result = Buffer.allocUnsafe(state.length);
  for (let at = 0; index < buffer.length; index++) {
    TypedArrayPrototypeSet(result, buffer[index], at);
    at += buffer[index].length;
  }
  return result;
}

function takeAcross(n, state, buffer, index) {
  const isText = Boolean(state.decoder);
  let result = isText ? '' : Buffer.allocUnsafe(n);
  let missing = n;
  while (missing > 0) {
    const chunk = buffer[index];
    const whole = missing >= chunk.length;
    const part = whole ? chunk : chunk.slice(0, missing);
    if (isText) result += part;
    else TypedArrayPrototypeSet(result, part, n - missing);
    missing -= part.length;
    if (whole) buffer[index++] = null;
    else buffer[index] = chunk.slice(part.length);
  }
  return { result, index };
}

module.exports = { amountToTake, markFor, take };
