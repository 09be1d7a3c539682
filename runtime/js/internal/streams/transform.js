'use strict';

// Transform: a duplex whose reads give what its writes were turned into. A write is called back once the reader has room
// for what it gave; `_flush` runs when the writes are over.

const {
  ObjectSetPrototypeOf,
  Symbol,
} = primordials;

const { codes: { ERR_METHOD_NOT_IMPLEMENTED } } = require('internal/errors');
const process = require('process');
const { Duplex } = require('internal/streams/duplex');
const { highWaterMarkFrom } = require('internal/streams/state');

// The callback of the write that waits for the reader.
const kWaiting = Symbol('kCallback');

function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);
  const readableMark = options ? highWaterMarkFrom(false, options, 'readableHighWaterMark', true) : null;
  if (readableMark === 0) {
    // One side without a buffer means none at all: a transform buffers on the writable side only what it is at.
    options = {
      ...options,
      highWaterMark: null,
      readableHighWaterMark: readableMark,
      writableHighWaterMark: options.writableHighWaterMark || 0,
    };
  }
  Duplex.call(this, options);
  // A transform reads when it is written to: there is no `_read` to be inside of.
  this._readableState.sync = false;
  this[kWaiting] = null;

  if (options) {
    if (typeof options.transform === 'function') this._transform = options.transform;
    if (typeof options.flush === 'function') this._flush = options.flush;
  }
  // A subclass may bring a `_final` of its own; the flush follows it.
  this.on('prefinish', prefinish);
}
ObjectSetPrototypeOf(Transform.prototype, Duplex.prototype);
ObjectSetPrototypeOf(Transform, Duplex);

Transform.prototype._final = final;

Transform.prototype._transform = function(chunk, encoding, callback) {
  throw new ERR_METHOD_NOT_IMPLEMENTED('_transform()');
};

Transform.prototype._write = function(chunk, encoding, callback) {
  const readable = this._readableState;
  const writable = this._writableState;
  const before = readable.length;

  this._transform(chunk, encoding, (error, value) => {
    if (error) {
      callback(error);
      return;
    }
    if (value !== undefined && value !== null) this.push(value);
    if (readable.ended && !writable.ended) {
      // The transform ended its output by itself: what is written from now on has nowhere to go.
      process.nextTick(callback);
    } else if (writable.ended || before === readable.length || readable.length < readable.highWaterMark) {
      callback();
    } else {
      this[kWaiting] = callback;
    }
  });
};

Transform.prototype._read = function() {
  const callback = this[kWaiting];
  if (callback !== null) {
    this[kWaiting] = null;
    callback();
  }
};

function final(callback) {
  if (typeof this._flush === 'function' && !this.destroyed) {
    this._flush((error, value) => {
      if (error) {
        if (callback) callback(error);
        else this.destroy(error);
        return;
      }
      if (value !== undefined && value !== null) this.push(value);
      this.push(null);
      if (callback) callback();
    });
  } else {
    this.push(null);
    if (callback) callback();
  }
}

function prefinish() {
  if (this._final !== final) final.call(this);
}

module.exports = { Transform };
