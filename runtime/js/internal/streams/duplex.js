'use strict';

// Duplex: a Readable that is a Writable as well. The prototype chain goes through Readable; what a Writable has is copied.

const {
  ObjectDefineProperties,
  ObjectGetOwnPropertyDescriptor,
  ObjectKeys,
  ObjectSetPrototypeOf,
} = primordials;

const { Stream } = require('internal/streams/legacy');
const { DuplexListeners } = require('internal/streams/listeners');
const readableSide = require('internal/streams/readable');
const writableSide = require('internal/streams/writable');
const { construct } = require('internal/streams/destroy');
const { ReadableState, kEndEmitted, kEnded: kReadableEnded } = require('internal/streams/readable_state');
const {
  WritableState,
  kEnded: kWritableEnded,
  kEnding,
  kFinished,
} = require('internal/streams/writable_state');

const { Readable } = readableSide;
const { Writable } = writableSide;

function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  this._events ??= new DuplexListeners();
  const readable = this._readableState = new ReadableState(options, true);
  const writable = this._writableState = new WritableState(options, true);
  this.allowHalfOpen = true;

  if (options) {
    this.allowHalfOpen = options.allowHalfOpen !== false;
    if (options.readable === false) {
      readable.readable = false;
      readable.flags |= kReadableEnded | kEndEmitted;
    }
    if (options.writable === false) {
      writable.writable = false;
      writable.flags |= kEnding | kWritableEnded | kFinished;
    }
    writableSide.initWritable(this, options);
    readableSide.initReadable(this, options);
  }
  Stream.call(this, options);
  if (this._construct !== undefined && this._construct !== null) construct(this, afterConstruct);
}
ObjectSetPrototypeOf(Duplex.prototype, Readable.prototype);
ObjectSetPrototypeOf(Duplex, Readable);

const names = ObjectKeys(Writable.prototype);
for (let i = 0; i < names.length; i++) Duplex.prototype[names[i]] ||= Writable.prototype[names[i]];
// Readable's own would leave the callbacks of waiting writes uncalled.
Duplex.prototype.destroy = Writable.prototype.destroy;

ObjectDefineProperties(Duplex.prototype, {
  writable: fromWritable('writable'),
  writableHighWaterMark: fromWritable('writableHighWaterMark'),
  writableObjectMode: fromWritable('writableObjectMode'),
  writableBuffer: fromWritable('writableBuffer'),
  writableLength: fromWritable('writableLength'),
  writableFinished: fromWritable('writableFinished'),
  writableCorked: fromWritable('writableCorked'),
  writableEnded: fromWritable('writableEnded'),
  writableNeedDrain: fromWritable('writableNeedDrain'),
  writableAborted: fromWritable('writableAborted'),
  destroyed: {
    __proto__: null,
    get() {
      if (this._readableState === undefined || this._writableState === undefined) return false;
      return this._readableState.destroyed && this._writableState.destroyed;
    },
    set(value) {
      if (this._readableState && this._writableState) {
        this._readableState.destroyed = value;
        this._writableState.destroyed = value;
      }
    },
  },
});

function fromWritable(name) {
  return { __proto__: null, ...ObjectGetOwnPropertyDescriptor(Writable.prototype, name) };
}

// Called with the stream as `this`.
function afterConstruct() {
  readableSide.afterConstruct.call(this);
  writableSide.afterConstruct.call(this);
}

Duplex.from = function(body) {
  return require('internal/streams/duplexify').duplexify(body, 'body');
};

module.exports = { Duplex };
