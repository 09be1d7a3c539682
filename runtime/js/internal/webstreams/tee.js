'use strict';

// `tee` (https://streams.spec.whatwg.org/#abstract-opdef-readablestreamtee): two branches over one reader. A byte stream
// gives byte branches, which lend the buffers of their own readers to the source.

const {
  ArrayBufferPrototypeSlice,
  ArrayPrototypeSlice,
  PromisePrototypeThen,
  PromiseResolve,
  Uint8Array,
} = primordials;

const { ReaderInner } = require('internal/webstreams/readable_core');
const { withResolvers } = require('internal/webstreams/util');
const { viewInfo } = require('internal/webstreams/views');

function tee(stream) {
  return stream.controller.isBytes ? teeBytes(stream) : teeChunks(stream);
}

// What both kinds know: which branches were cancelled, and why. The source is cancelled with both reasons.
class Cancellation {
  #reasons = [undefined, undefined];
  #stream;
  #deferred = withResolvers();
  cancelled = [false, false];

  constructor(stream) {
    this.#stream = stream;
  }

  get promise() {
    return this.#deferred.promise;
  }

  resolve(value) {
    this.#deferred.resolve(value);
  }

  get both() {
    return this.cancelled[0] && this.cancelled[1];
  }

  cancel(index, reason) {
    this.cancelled[index] = true;
    this.#reasons[index] = reason;
    if (this.both) this.resolve(this.#stream.cancel(ArrayPrototypeSlice(this.#reasons)));
    return this.promise;
  }
}

function later(fn) {
  PromisePrototypeThen(PromiseResolve(), fn);
}

function teeChunks(stream) {
  const reader = new ReaderInner(stream, false);
  const cancellation = new Cancellation(stream);
  const controllers = [];
  let reading = false;
  let readAgain = false;

  function pull() {
    if (reading) {
      readAgain = true;
      return PromiseResolve();
    }
    reading = true;
    reader.read({
      chunk(value) {
        // A microtask later: an error of the source must reach both branches before the chunk reaches one.
        later(() => {
          readAgain = false;
          if (!cancellation.cancelled[0]) controllers[0].enqueue(value);
          if (!cancellation.cancelled[1]) controllers[1].enqueue(value);
          reading = false;
          if (readAgain) pull();
        });
      },
      close() {
        reading = false;
        if (!cancellation.cancelled[0]) controllers[0].close();
        if (!cancellation.cancelled[1]) controllers[1].close();
        if (!cancellation.both) cancellation.resolve(undefined);
      },
      fail() {
        reading = false;
      },
    });
    return PromiseResolve();
  }

  const { createReadableStream, innerOf } = require('internal/webstreams/readable');
  const branches = [];
  for (let i = 0; i < 2; i++) {
    branches[i] = createReadableStream({ start: undefined, pull, cancel: (reason) => cancellation.cancel(i, reason) });
    controllers[i] = innerOf(branches[i]).controller;
  }
  PromisePrototypeThen(reader.closed.promise, undefined, (error) => {
    controllers[0].error(error);
    controllers[1].error(error);
    if (!cancellation.both) cancellation.resolve(undefined);
  });
  return branches;
}

function copyOf(chunk) {
  const { buffer, byteOffset, byteLength } = viewInfo(chunk);
  return new Uint8Array(ArrayBufferPrototypeSlice(buffer, byteOffset, byteOffset + byteLength));
}

function teeBytes(stream) {
  const cancellation = new Cancellation(stream);
  const controllers = [];
  let reader;
  let reading = false;
  const readAgain = [false, false];

  function use(isByob) {
    if (reader !== undefined) reader.release();
    const made = reader = new ReaderInner(stream, isByob);
    PromisePrototypeThen(made.closed.promise, undefined, (error) => {
      // Another reader took its place meanwhile.
      if (made !== reader) return;
      controllers[0].error(error);
      controllers[1].error(error);
      if (!cancellation.both) cancellation.resolve(undefined);
    });
  }

  function copyOrFail(chunk) {
    try {
      return copyOf(chunk);
    } catch (error) {
      controllers[0].error(error);
      controllers[1].error(error);
      cancellation.resolve(stream.cancel(error));
      return undefined;
    }
  }

  function goOn() {
    reading = false;
    if (readAgain[0]) pullFor(0);
    else if (readAgain[1]) pullFor(1);
  }

  function pullByDefaultReader() {
    if (reader.isByob) use(false);
    reader.read({
      chunk(chunk) {
        later(() => {
          readAgain[0] = readAgain[1] = false;
          let second = chunk;
          if (!cancellation.cancelled[0] && !cancellation.cancelled[1]) {
            second = copyOrFail(chunk);
            if (second === undefined) return;
          }
          if (!cancellation.cancelled[0]) controllers[0].enqueue(chunk);
          if (!cancellation.cancelled[1]) controllers[1].enqueue(second);
          goOn();
        });
      },
      close() {
        reading = false;
        if (!cancellation.cancelled[0]) controllers[0].close();
        if (!cancellation.cancelled[1]) controllers[1].close();
        if (controllers[0].firstPending !== undefined) controllers[0].respond(0);
        if (controllers[1].firstPending !== undefined) controllers[1].respond(0);
        if (!cancellation.both) cancellation.resolve(undefined);
      },
      fail() {
        reading = false;
      },
    });
  }

  function pullByByobReader(view, index) {
    if (!reader.isByob) use(true);
    const other = 1 - index;
    stream.disturbed = true;
    const request = {
      chunk(chunk) {
        later(() => {
          readAgain[0] = readAgain[1] = false;
          if (!cancellation.cancelled[other]) {
            const copy = copyOrFail(chunk);
            if (copy === undefined) return;
            if (!cancellation.cancelled[index]) controllers[index].respondWithNewView(chunk);
            controllers[other].enqueue(copy);
          } else if (!cancellation.cancelled[index]) {
            controllers[index].respondWithNewView(chunk);
          }
          goOn();
        });
      },
      close(chunk) {
        reading = false;
        if (!cancellation.cancelled[index]) controllers[index].close();
        if (!cancellation.cancelled[other]) controllers[other].close();
        if (chunk !== undefined) {
          if (!cancellation.cancelled[index]) controllers[index].respondWithNewView(chunk);
          if (!cancellation.cancelled[other] && controllers[other].firstPending !== undefined) {
            controllers[other].respond(0);
          }
        }
        if (!cancellation.cancelled[index] || !cancellation.cancelled[other]) cancellation.resolve(undefined);
      },
      fail() {
        reading = false;
      },
    };
    if (stream.state === 'errored') request.fail(stream.storedError);
    else stream.controller.pullInto(view, 1, request);
  }

  function pullFor(index) {
    if (reading) {
      readAgain[index] = true;
      return PromiseResolve();
    }
    reading = true;
    const request = controllers[index].byobRequest;
    if (request === null) pullByDefaultReader();
    else pullByByobReader(request.public.view, index);
    return PromiseResolve();
  }

  const { createReadableByteStream, innerOf } = require('internal/webstreams/readable');
  const branches = [];
  for (let i = 0; i < 2; i++) {
    branches[i] = createReadableByteStream({
      start: undefined,
      pull: () => pullFor(i),
      cancel: (reason) => cancellation.cancel(i, reason),
    });
    controllers[i] = innerOf(branches[i]).controller;
  }
  use(false);
  return branches;
}

module.exports = { tee };
