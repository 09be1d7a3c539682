'use strict';

// The listener tables with which streams start: the events that nearly every stream gets have their place already, so
// that all streams of a kind keep one shape.

const { ObjectSetPrototypeOf } = primordials;

const { PresetTable } = require('internal/events/emitter');

function ReadableListeners() {
  this.close = undefined;
  this.error = undefined;
  this.data = undefined;
  this.end = undefined;
  this.readable = undefined;
}
ObjectSetPrototypeOf(ReadableListeners.prototype, PresetTable.prototype);

function WritableListeners() {
  this.close = undefined;
  this.error = undefined;
  this.prefinish = undefined;
  this.finish = undefined;
  this.drain = undefined;
}
ObjectSetPrototypeOf(WritableListeners.prototype, PresetTable.prototype);

function DuplexListeners() {
  this.close = undefined;
  this.error = undefined;
  this.prefinish = undefined;
  this.finish = undefined;
  this.drain = undefined;
  this.data = undefined;
  this.end = undefined;
  this.readable = undefined;
}
ObjectSetPrototypeOf(DuplexListeners.prototype, PresetTable.prototype);

module.exports = { DuplexListeners, ReadableListeners, WritableListeners };
