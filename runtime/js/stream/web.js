// `node:stream/web`: the web streams, each loaded when somebody asks for it.
'use strict';

const { ObjectDefineProperty } = primordials;

const homes = {
  __proto__: null,
  'internal/webstreams/readable': ['ReadableStream'],
  'internal/webstreams/readers': ['ReadableStreamDefaultReader', 'ReadableStreamBYOBReader'],
  'internal/webstreams/readable_byte': ['ReadableStreamBYOBRequest', 'ReadableByteStreamController'],
  'internal/webstreams/readable_default_controller': ['ReadableStreamDefaultController'],
  'internal/webstreams/transform': ['TransformStream', 'TransformStreamDefaultController'],
  'internal/webstreams/writable': ['WritableStream', 'WritableStreamDefaultWriter'],
  'internal/webstreams/writable_controller': ['WritableStreamDefaultController'],
  'internal/webstreams/queuing_strategies': ['ByteLengthQueuingStrategy', 'CountQueuingStrategy'],
  'internal/webstreams/encoding': ['TextEncoderStream', 'TextDecoderStream'],
  'internal/webstreams/compression': ['CompressionStream', 'DecompressionStream'],
};

const { ids } = require('internal/core_modules');
for (const id in homes) {
  if (!ids.includes(id)) continue;
  for (const name of homes[id]) {
    ObjectDefineProperty(exports, name, {
      __proto__: null,
      configurable: true,
      enumerable: true,
      get() {
        const value = require(id)[name];
        ObjectDefineProperty(exports, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
        return value;
      },
    });
  }
}
