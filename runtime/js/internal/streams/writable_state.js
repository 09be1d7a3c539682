'use strict';

// The state of a writable side: bits in `flags` with an accessor each, and the writes that wait.

const {
  ArrayPrototypeSlice,
  ObjectDefineProperties,
} = primordials;

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

const kNeedDrain = 1 << kOwnBits;
// `end` was called; it is through with its own write; all is flushed and 'finish' out.
const kEnding = 1 << (kOwnBits + 1);
const kEnded = 1 << (kOwnBits + 2);
const kFinished = 1 << (kOwnBits + 3);
const kFinalCalled = 1 << (kOwnBits + 4);
const kPrefinished = 1 << (kOwnBits + 5);
const kDecodeStrings = 1 << (kOwnBits + 6);
const kWriting = 1 << (kOwnBits + 7);
const kExpectWriteCb = 1 << (kOwnBits + 8);
const kBufferProcessing = 1 << (kOwnBits + 9);
const kAfterWritePending = 1 << (kOwnBits + 10);
const kAllBuffers = 1 << (kOwnBits + 11);
const kAllNoop = 1 << (kOwnBits + 12);
const kCorked = 1 << (kOwnBits + 13);
const kBuffered = 1 << (kOwnBits + 14);

const kFresh = kAutoDestroy | kEmitClose | kConstructed | kSync | kDecodeStrings | kAllBuffers | kAllNoop;

class WritableState {
  constructor(options, isDuplex) {
    let flags = kFresh;
    this.highWaterMark = 0;
    this.length = 0;
    this.corked = 0;
    // Writes whose callback is still due, and 'finish' waits for.
    this.pendingcb = 0;
    this.writelen = 0;
    this.writecb = null;
    this.buffered = null;
    this.bufferedIndex = 0;
    this.onFinishCallbacks = null;
    this.afterWriteTick = null;
    this.onwrite = null;
    this.error = null;
    this.defaultEncoding = 'utf8';
    if (options === undefined || options === null) {
      this.highWaterMark = getDefaultHighWaterMark(false);
    } else {
      if (options.objectMode || (isDuplex && options.writableObjectMode)) flags |= kObjectMode;
      this.highWaterMark =
        highWaterMarkFrom((flags & kObjectMode) !== 0, options, 'writableHighWaterMark', isDuplex);
      if (options.decodeStrings === false) flags &= ~kDecodeStrings;
      if (options.emitClose === false) flags &= ~kEmitClose;
      if (options.autoDestroy === false) flags &= ~kAutoDestroy;
      const encoding = options.defaultEncoding;
      if (encoding && encoding !== 'utf8' && encoding !== 'utf-8') {
        if (!require('buffer').Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
        this.defaultEncoding = encoding;
      }
    }
    this.flags = flags;
  }

  getBuffer() {
    if (this.buffered === null) return [];
    return ArrayPrototypeSlice(this.buffered, this.bufferedIndex);
  }

  get bufferedRequestCount() {
    return this.buffered === null ? 0 : this.buffered.length - this.bufferedIndex;
  }
}

defineBits(WritableState.prototype, {
  ...kSharedBits,
  needDrain: kNeedDrain,
  ending: kEnding,
  ended: kEnded,
  finished: kFinished,
  finalCalled: kFinalCalled,
  prefinished: kPrefinished,
  decodeStrings: kDecodeStrings,
  writing: kWriting,
  bufferProcessing: kBufferProcessing,
  allBuffers: kAllBuffers,
  allNoop: kAllNoop,
});
defineErrored(WritableState.prototype);
ObjectDefineProperties(WritableState.prototype, {
  writable: { __proto__: null, value: undefined, writable: true, configurable: true, enumerable: false },
});

module.exports = {
  WritableState,
  kAfterWritePending,
  kAllBuffers,
  kAllNoop,
  kBuffered,
  kBufferProcessing,
  kCorked,
  kDecodeStrings,
  kEnded,
  kEnding,
  kExpectWriteCb,
  kFinalCalled,
  kFinished,
  kNeedDrain,
  kPrefinished,
  kWriting,
};
