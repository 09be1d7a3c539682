'use strict';

// node:stream: the legacy Stream with all classes and functions of streams as its properties.

const {
  ObjectDefineProperty,
  ObjectKeys,
  ReflectApply,
} = primordials;

const { codes: { ERR_ILLEGAL_CONSTRUCTOR } } = require('internal/errors');
const { Buffer } = require('buffer');
const { isArrayBufferView, isUint8Array } = require('internal/util/types');
const { Stream } = require('internal/streams/legacy');
const { Readable } = require('internal/streams/readable');
const { Writable } = require('internal/streams/writable');
const { Duplex } = require('internal/streams/duplex');
const { Transform } = require('internal/streams/transform');
const { PassThrough } = require('internal/streams/passthrough');
const { duplexPair } = require('internal/streams/duplexpair');
const { addAbortSignal } = require('internal/streams/add_abort_signal');
const { compose } = require('internal/streams/compose');
const { destroyer } = require('internal/streams/destroy');
const { eos } = require('internal/streams/end_of_stream');
const { from } = require('internal/streams/from');
const { pipeline } = require('internal/streams/pipeline');
const operators = require('internal/streams/operators');
const { getDefaultHighWaterMark, setDefaultHighWaterMark } = require('internal/streams/state');
const utils = require('internal/streams/utils');

module.exports = Stream;

Stream.isDestroyed = utils.isDestroyed;
Stream.isDisturbed = utils.isDisturbed;
Stream.isErrored = utils.isErrored;
Stream.isReadable = utils.isReadable;
Stream.isWritable = utils.isWritable;
Stream.Readable = Readable;
Stream.Writable = Writable;
Stream.Duplex = Duplex;
Stream.Transform = Transform;
Stream.PassThrough = PassThrough;
Stream.duplexPair = duplexPair;
Stream.pipeline = pipeline;
Stream.addAbortSignal = addAbortSignal;
Stream.finished = eos;
Stream.destroy = destroyer;
Stream.compose = compose;
Stream.setDefaultHighWaterMark = setDefaultHighWaterMark;
Stream.getDefaultHighWaterMark = getDefaultHighWaterMark;

const promises = {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return require('stream/promises'); },
};
ObjectDefineProperty(Stream, 'promises', promises);
// `util.promisify` finds the promise forms here.
const { promisify } = require('internal/util');
ObjectDefineProperty(pipeline, promisify.custom, { __proto__: null, enumerable: true, get() { return require('stream/promises').pipeline; } });
ObjectDefineProperty(eos, promisify.custom, { __proto__: null, enumerable: true, get() { return require('stream/promises').finished; } });

Stream.Stream = Stream;
Stream._isArrayBufferView = isArrayBufferView;
Stream._isUint8Array = isUint8Array;
Stream._uint8ArrayToBuffer = function(view) {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
};

Readable.from = function(iterable, options) {
  return from(Readable, iterable, options);
};
Readable.wrap = function(source, options) {
  return new Readable({
    objectMode: source.readableObjectMode ?? source.objectMode ?? true,
    ...options,
    destroy(error, callback) {
      destroyer(source, error);
      callback(error);
    },
  }).wrap(source);
};

// The adapters to and from web streams come with those.
function adapter(name) {
  return function() {
    return ReflectApply(require('internal/webstreams/adapters')[name], undefined, arguments);
  };
}
Readable.fromWeb = adapter('newStreamReadableFromReadableStream');
Readable.toWeb = adapter('newReadableStreamFromStreamReadable');
Writable.fromWeb = adapter('newStreamWritableFromWritableStream');
Writable.toWeb = adapter('newWritableStreamFromStreamWritable');
Duplex.fromWeb = adapter('newStreamDuplexFromReadableWritablePair');
Duplex.toWeb = adapter('newReadableWritablePairFromDuplex');

function addOperator(name, operator, returnsStream) {
  function method(...args) {
    if (new.target) throw new ERR_ILLEGAL_CONSTRUCTOR();
    const result = ReflectApply(operator, this, args);
    return returnsStream ? Readable.from(result) : result;
  }
  ObjectDefineProperty(method, 'name', { __proto__: null, value: operator.name });
  ObjectDefineProperty(method, 'length', { __proto__: null, value: operator.length });
  ObjectDefineProperty(Readable.prototype, name, {
    __proto__: null, value: method, enumerable: false, configurable: true, writable: true,
  });
}
for (const name of ObjectKeys(operators.streaming)) addOperator(name, operators.streaming[name], true);
for (const name of ObjectKeys(operators.consuming)) addOperator(name, operators.consuming[name], false);
addOperator('compose', operators.compose, false);
