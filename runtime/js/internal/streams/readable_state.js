'use strict';

// The state of a readable side. Its booleans are bits of `flags`; programs out there read them as properties, so each has
// an accessor.

const { ObjectDefineProperties } = primordials;

const { Buffer } = require('buffer');
const { codes: { ERR_UNKNOWN_ENCODING } } = require('internal/errors');
const {
  defineBits,
  defineErrored,
  getDefaultHighWaterMark,
  highWaterMarkFrom,
  kAutoDestroy,
  kConstructed,
  kEmitClose,
  kObjectMode,
  kOwnBits,
  kSharedBits,
  kSync,
} = require('internal/streams/state');

const kEnded = 1 << kOwnBits;
const kEndEmitted = 1 << (kOwnBits + 1);
// A `_read` is under way.
const kReading = 1 << (kOwnBits + 2);
// Somebody waits for 'readable'.
const kNeedReadable = 1 << (kOwnBits + 3);
const kEmittedReadable = 1 << (kOwnBits + 4);
const kReadableListening = 1 << (kOwnBits + 5);
const kResumeScheduled = 1 << (kOwnBits + 6);
const kMultiAwaitDrain = 1 << (kOwnBits + 7);
const kReadingMore = 1 << (kOwnBits + 8);
const kDataEmitted = 1 << (kOwnBits + 9);
const kHasDecoder = 1 << (kOwnBits + 10);
// `flowing` is null until somebody decided.
const kHasFlowing = 1 << (kOwnBits + 11);
const kFlowing = 1 << (kOwnBits + 12);
const kPaused = 1 << (kOwnBits + 13);
// The source goes on by itself once asked, as a socket does: its `_read` has nothing to do after a push.
const kReadsOn = 1 << (kOwnBits + 14);

const kFresh = kAutoDestroy | kEmitClose | kConstructed | kSync;

class ReadableState {
  constructor(options, isDuplex) {
    let flags = kFresh;
    this.highWaterMark = 0;
    this.buffer = [];
    this.bufferIndex = 0;
    this.length = 0;
    this.pipes = [];
    this.awaitDrainWriters = null;
    this.error = null;
    this.decoder = null;
    this.encoding = null;
    this.defaultEncoding = 'utf8';
    if (options === undefined || options === null) {
      this.highWaterMark = getDefaultHighWaterMark(false);
    } else {
      if (options.objectMode || (isDuplex && options.readableObjectMode)) flags |= kObjectMode;
      this.highWaterMark =
        highWaterMarkFrom((flags & kObjectMode) !== 0, options, 'readableHighWaterMark', isDuplex);
      if (options.emitClose === false) flags &= ~kEmitClose;
      if (options.autoDestroy === false) flags &= ~kAutoDestroy;
      const encoding = options.defaultEncoding;
      if (encoding && encoding !== 'utf8' && encoding !== 'utf-8') {
        if (!Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
        this.defaultEncoding = encoding;
      }
      if (options.encoding) {
        const { StringDecoder } = require('string_decoder');
        this.decoder = new StringDecoder(options.encoding);
        this.encoding = options.encoding;
        flags |= kHasDecoder;
      }
    }
    this.flags = flags;
  }

  get flowing() {
    return (this.flags & kHasFlowing) !== 0 ? (this.flags & kFlowing) !== 0 : null;
  }

  set flowing(value) {
    if (value === null || value === undefined) this.flags &= ~(kHasFlowing | kFlowing);
    else if (value) this.flags |= kHasFlowing | kFlowing;
    else this.flags = (this.flags | kHasFlowing) & ~kFlowing;
  }

  get pipesCount() {
    return this.pipes.length;
  }
}

defineBits(ReadableState.prototype, {
  ...kSharedBits,
  ended: kEnded,
  endEmitted: kEndEmitted,
  reading: kReading,
  needReadable: kNeedReadable,
  emittedReadable: kEmittedReadable,
  readableListening: kReadableListening,
  resumeScheduled: kResumeScheduled,
  multiAwaitDrain: kMultiAwaitDrain,
  readingMore: kReadingMore,
  dataEmitted: kDataEmitted,
  paused: kPaused,
});
defineErrored(ReadableState.prototype);
ObjectDefineProperties(ReadableState.prototype, {
  // True unless a duplex was made without this side; not a field, since almost nothing sets it.
  readable: { __proto__: null, value: undefined, writable: true, configurable: true, enumerable: false },
});

module.exports = {
  ReadableState,
  kDataEmitted,
  kEmittedReadable,
  kEndEmitted,
  kEnded,
  kFlowing,
  kHasDecoder,
  kHasFlowing,
  kMultiAwaitDrain,
  kNeedReadable,
  kPaused,
  kReadsOn,
  kReadableListening,
  kReading,
  kReadingMore,
  kResumeScheduled,
};
