'use strict';

// `compose`: a chain of streams as one duplex, written at its head and read at its tail.

const {
  ArrayPrototypeSlice,
  Boolean,
  PromisePrototypeThen,
} = primordials;

const {
  AbortError,
  codes: { ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS },
} = require('internal/errors');
const { eos } = require('internal/streams/end_of_stream');
const { destroyer } = require('internal/streams/destroy');
const { runPipeline } = require('internal/streams/pipeline');
const { Duplex } = require('internal/streams/duplex');
const {
  isNodeStream,
  isReadable,
  isReadableStream,
  isTransformStream,
  isWebStream,
  isWritable,
  isWritableStream,
} = require('internal/streams/utils');

function nop() {}

function compose(...streams) {
  if (streams.length === 0) throw new ERR_MISSING_ARGS('streams');
  if (streams.length === 1) return Duplex.from(streams[0]);

  const given = ArrayPrototypeSlice(streams);
  const last = streams.length - 1;
  if (typeof streams[0] === 'function') streams[0] = Duplex.from(streams[0]);
  if (typeof streams[last] === 'function') streams[last] = Duplex.from(streams[last]);
  checkChain(streams, given);

  const head = streams[0];
  let composed;
  // What waits: the write for room at the head, the end for the tail's, the read for data, the destruction for all.
  const waiting = { write: null, final: null, read: null, close: undefined };

  const tail = runPipeline(streams, (error) => {
    const callback = waiting.close;
    waiting.close = null;
    if (callback) callback(error);
    else if (error) composed.destroy(error);
    else if (!canRead && !canWrite) composed.destroy();
  });
  const canWrite = Boolean(isWritable(head) || isWritableStream(head) || isTransformStream(head));
  const canRead = Boolean(isReadable(tail) || isReadableStream(tail) || isTransformStream(tail));

  composed = new Duplex({
    writableObjectMode: Boolean(head?.writableObjectMode),
    readableObjectMode: Boolean(tail?.readableObjectMode),
    writable: canWrite,
    readable: canRead,
  });
  if (canWrite) {
    if (isNodeStream(head)) writeToNode(composed, head, waiting);
    else writeToWeb(composed, isTransformStream(head) ? head.writable : head, waiting);
    eos(isTransformStream(tail) ? tail.readable : tail, () => call(waiting, 'final'));
  }
  if (canRead) {
    if (isNodeStream(tail)) readFromNode(composed, tail, waiting);
    else readFromWeb(composed, isTransformStream(tail) ? tail.readable : tail);
  }

  composed._destroy = function(error, callback) {
    if (!error && waiting.close !== null) error = new AbortError();
    waiting.read = waiting.write = waiting.final = null;
    if (isNodeStream(tail)) destroyer(tail, error);
    if (waiting.close === null) callback(error);
    else waiting.close = callback;
  };
  return composed;
}

function checkChain(streams, given) {
  for (let i = 0; i < streams.length; i++) {
    const stream = streams[i];
    if (!isNodeStream(stream) && !isWebStream(stream)) continue;
    if (i < streams.length - 1 && !(isReadable(stream) || isReadableStream(stream) || isTransformStream(stream))) {
      throw new ERR_INVALID_ARG_VALUE(`streams[${i}]`, given[i], 'must be readable');
    }
    if (i > 0 && !(isWritable(stream) || isWritableStream(stream) || isTransformStream(stream))) {
      throw new ERR_INVALID_ARG_VALUE(`streams[${i}]`, given[i], 'must be writable');
    }
  }
}

function call(waiting, which) {
  const callback = waiting[which];
  if (!callback) return;
  waiting[which] = null;
  callback();
}

function writeToNode(composed, head, waiting) {
  composed._write = function(chunk, encoding, callback) {
    if (head.write(chunk, encoding)) callback();
    else waiting.write = callback;
  };
  composed._final = function(callback) {
    head.end();
    waiting.final = callback;
  };
  head.on('drain', () => call(waiting, 'write'));
}

function writeToWeb(composed, head, waiting) {
  const writer = head.getWriter();
  composed._write = async function(chunk, encoding, callback) {
    try {
      await writer.ready;
      PromisePrototypeThen(writer.write(chunk), undefined, nop);
      callback();
    } catch (error) {
      callback(error);
    }
  };
  composed._final = async function(callback) {
    try {
      await writer.ready;
      PromisePrototypeThen(writer.close(), undefined, nop);
      waiting.final = callback;
    } catch (error) {
      callback(error);
    }
  };
}

function readFromNode(composed, tail, waiting) {
  tail.on('readable', () => call(waiting, 'read'));
  tail.on('end', () => { composed.push(null); });
  composed._read = function() {
    while (true) {
      const chunk = tail.read();
      if (chunk === null) {
        waiting.read = () => composed._read();
        return;
      }
      if (!composed.push(chunk)) return;
    }
  };
}

function readFromWeb(composed, tail) {
  const reader = tail.getReader();
  composed._read = async function() {
    while (true) {
      try {
        const { value, done } = await reader.read();
        if (done) {
          composed.push(null);
          return;
        }
        if (!composed.push(value)) return;
      } catch {
        // The chain's callback has it.
        return;
      }
    }
  };
}

module.exports = { compose };
