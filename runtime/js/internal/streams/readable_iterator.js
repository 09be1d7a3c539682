'use strict';

// Iteration over a readable: chunks by `read`, waiting for 'readable' in between; leaving the loop destroys the stream
// unless the caller said not to.

const { Promise } = primordials;

const { aggregateTwoErrors } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { destroyer } = require('internal/streams/destroy');

function nop() {}

// `Readable.prototype.iterator`.
function iterator(options) {
  if (options !== undefined) validateObject(options, 'options');
  return iterate(this, options);
}

function iterate(stream, options) {
  if (typeof stream.read !== 'function') {
    // Of the oldest kind: wrapped, it can be read.
    stream = require('internal/streams/readable').Readable.wrap(stream, { objectMode: true });
  }
  const generator = chunksOf(stream, options);
  generator.stream = stream;
  return generator;
}

async function* chunksOf(stream, options) {
  let wake = nop;
  // Both the listener and the executor of the promise that waits for it.
  function next(resolve) {
    if (this === stream) {
      wake();
      wake = nop;
    } else {
      wake = resolve;
    }
  }
  stream.on('readable', next);

  // Undefined while the stream lives, null when it ended well.
  let outcome;
  const { eos } = require('internal/streams/end_of_stream');
  const cleanup = eos(stream, { writable: false }, (error) => {
    outcome = error ? aggregateTwoErrors(outcome, error) : null;
    wake();
    wake = nop;
  });

  try {
    while (true) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) yield chunk;
      else if (outcome) throw outcome;
      else if (outcome === null) return;
      else await new Promise(next);
    }
  } catch (error) {
    outcome = aggregateTwoErrors(outcome, error);
    throw outcome;
  } finally {
    const destroys = outcome || options?.destroyOnReturn !== false;
    if (destroys && (outcome === undefined || stream._readableState.autoDestroy)) {
      destroyer(stream, null);
    } else {
      stream.off('readable', next);
      cleanup();
    }
  }
}

module.exports = { iterate, iterator };
