'use strict';

// node:stream/promises: `pipeline` and `finished` as promises.

const {
  ArrayPrototypePop,
  Promise,
} = primordials;

const { finished } = require('internal/streams/end_of_stream');
const { runPipeline } = require('internal/streams/pipeline');
const { isIterable, isNodeStream, isWebStream } = require('internal/streams/utils');

// The class statics must be in place.
require('stream');

function pipeline(...streams) {
  return new Promise((resolve, reject) => {
    let options;
    const last = streams[streams.length - 1];
    if (last && typeof last === 'object' && !isNodeStream(last) && !isIterable(last) && !isWebStream(last)) {
      options = ArrayPrototypePop(streams);
    }
    runPipeline(streams, (error, value) => {
      if (error) reject(error);
      else resolve(value);
    }, { signal: options?.signal, end: options?.end });
  });
}

module.exports = { finished, pipeline };
