'use strict';

// What the states of readable and writable sides share: the bits that both keep in `flags`, the accessors by which the
// bits look like ordinary properties, and the high water marks.

const {
  MathFloor,
  NumberIsInteger,
  ObjectDefineProperty,
  ObjectKeys,
} = primordials;

const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateInteger } = require('internal/validators');

const kObjectMode = 1 << 0;
const kAutoDestroy = 1 << 1;
const kEmitClose = 1 << 2;
const kConstructed = 1 << 3;
const kDestroyed = 1 << 4;
const kClosed = 1 << 5;
const kCloseEmitted = 1 << 6;
const kErrored = 1 << 7;
const kErrorEmitted = 1 << 8;
const kSync = 1 << 9;
// The first bit that a side has for itself.
const kOwnBits = 10;

let defaultByteMark = 64 * 1024;
let defaultObjectMark = 16;

function defineBits(prototype, bits) {
  const names = ObjectKeys(bits);
  for (let i = 0; i < names.length; i++) {
    const bit = bits[names[i]];
    ObjectDefineProperty(prototype, names[i], {
      __proto__: null,
      enumerable: false,
      configurable: true,
      get() { return (this.flags & bit) !== 0; },
      set(on) {
        if (on) this.flags |= bit;
        else this.flags &= ~bit;
      },
    });
  }
}

const kSharedBits = {
  __proto__: null,
  objectMode: kObjectMode,
  autoDestroy: kAutoDestroy,
  emitClose: kEmitClose,
  constructed: kConstructed,
  destroyed: kDestroyed,
  closed: kClosed,
  closeEmitted: kCloseEmitted,
  errorEmitted: kErrorEmitted,
  sync: kSync,
};

// `errored` is the error itself or null; only streams that failed have the field filled.
function defineErrored(prototype) {
  ObjectDefineProperty(prototype, 'errored', {
    __proto__: null,
    enumerable: false,
    configurable: true,
    get() { return (this.flags & kErrored) !== 0 ? this.error : null; },
    set(error) {
      if (error) {
        this.error = error;
        this.flags |= kErrored;
      } else {
        this.error = null;
        this.flags &= ~kErrored;
      }
    },
  });
}

function getDefaultHighWaterMark(objectMode) {
  return objectMode ? defaultObjectMark : defaultByteMark;
}

function setDefaultHighWaterMark(objectMode, value) {
  validateInteger(value, 'value', 0);
  if (objectMode) defaultObjectMark = value;
  else defaultByteMark = value;
}

// `sideKey` is the option that means this side of a duplex alone.
function highWaterMarkFrom(objectMode, options, sideKey, isDuplex) {
  const value = options.highWaterMark ?? (isDuplex ? options[sideKey] : null);
  if (value === undefined || value === null) return getDefaultHighWaterMark(objectMode);
  if (!NumberIsInteger(value) || value < 0) {
    const name = isDuplex ? `options.${sideKey}` : 'options.highWaterMark';
    throw new ERR_INVALID_ARG_VALUE(name, value);
  }
  return MathFloor(value);
}

module.exports = {
  defineBits,
  defineErrored,
  getDefaultHighWaterMark,
  highWaterMarkFrom,
  kAutoDestroy,
  kCloseEmitted,
  kClosed,
  kConstructed,
  kDestroyed,
  kEmitClose,
  kErrorEmitted,
  kErrored,
  kObjectMode,
  kOwnBits,
  kSharedBits,
  kSync,
  setDefaultHighWaterMark,
};
