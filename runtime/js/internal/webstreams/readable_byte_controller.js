'use strict';

// The inside of ReadableByteStreamController (https://streams.spec.whatwg.org/#rbs-controller-abstract-ops): a queue of
// byte ranges, and descriptors of the buffers that readers brought to be filled.

const {
  ArrayBuffer,
  ArrayBufferPrototypeGetByteLength,
  ArrayBufferPrototypeSlice,
  ArrayPrototypePush,
  ArrayPrototypeShift,
  MathMin,
  PromisePrototypeThen,
  PromiseResolve,
  TypedArrayPrototypeSet,
  Uint8Array,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE },
} = require('internal/errors');
const { Fifo } = require('internal/events/fifo');
const { isDetached, transferBuffer } = require('internal/webstreams/util');
const { viewInfo } = require('internal/webstreams/views');

class PullInto {
  constructor(buffer, byteOffset, byteLength, minimumFill, elementSize, make, readerType) {
    this.buffer = buffer;
    this.bufferByteLength = ArrayBufferPrototypeGetByteLength(buffer);
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
    this.bytesFilled = 0;
    this.minimumFill = minimumFill;
    this.elementSize = elementSize;
    // Makes the view in which the reader gets its buffer back.
    this.make = make;
    // 'default', 'byob', or 'none' when the reader went away.
    this.readerType = readerType;
  }

  toView() {
    return this.make(transferBuffer(this.buffer), this.byteOffset, this.bytesFilled / this.elementSize);
  }
}

const makeBytes = (buffer, byteOffset, length) => new Uint8Array(buffer, byteOffset, length);

class ByteControllerInner {
  isBytes = true;
  #public = undefined;
  #makePublic;
  #makeRequest;
  stream;
  #queue = new Fifo();
  #head = undefined;
  total = 0;
  #highWaterMark;
  #pull;
  #cancel;
  #autoAllocateChunkSize;
  #pending = [];
  #request = null;
  #started = false;
  #pulling = false;
  #pullAgain = false;
  #closeRequested = false;
  #onPulled = () => {
    this.#pulling = false;
    if (this.#pullAgain) {
      this.#pullAgain = false;
      this.callPullIfNeeded();
    }
  };
  #onFailed = (error) => this.error(error);

  constructor(stream, algorithms, highWaterMark, autoAllocateChunkSize, faces) {
    this.stream = stream;
    this.#pull = algorithms.pull;
    this.#cancel = algorithms.cancel;
    this.#highWaterMark = highWaterMark;
    this.#autoAllocateChunkSize = autoAllocateChunkSize;
    this.#makePublic = faces.controller;
    this.#makeRequest = faces.request;
    stream.controller = this;
    const result = algorithms.start === undefined ? undefined : algorithms.start(this);
    PromisePrototypeThen(PromiseResolve(result), () => {
      this.#started = true;
      this.callPullIfNeeded();
    }, this.#onFailed);
  }

  get public() {
    return this.#public ??= this.#makePublic(this);
  }

  get desiredSize() {
    switch (this.stream.state) {
      case 'errored': return null;
      case 'closed': return 0;
      default: return this.#highWaterMark - this.total;
    }
  }

  get isCloseRequested() {
    return this.#closeRequested;
  }

  get firstPending() {
    return this.#pending[0];
  }

  // The request through which a source fills the first waiting buffer, or null.
  get byobRequest() {
    if (this.#request === null && this.#pending.length > 0) {
      const first = this.#pending[0];
      const view = new Uint8Array(
        first.buffer, first.byteOffset + first.bytesFilled, first.byteLength - first.bytesFilled);
      this.#request = this.#makeRequest(this, view);
    }
    return this.#request;
  }

  close() {
    const { stream } = this;
    if (this.#closeRequested || stream.state !== 'readable') return;
    if (this.total > 0) {
      this.#closeRequested = true;
      return;
    }
    const first = this.#pending[0];
    if (first !== undefined && first.bytesFilled % first.elementSize !== 0) {
      const error = new ERR_INVALID_STATE.TypeError('Partial read');
      this.error(error);
      throw error;
    }
    this.#forgetAlgorithms();
    stream.close();
  }

  enqueue(chunk) {
    const { stream } = this;
    if (this.#closeRequested || stream.state !== 'readable') return;
    const { buffer, byteOffset, byteLength } = viewInfo(chunk);
    const moved = transferBuffer(buffer);

    const first = this.#pending[0];
    if (first !== undefined) {
      if (isDetached(first.buffer)) {
        throw new ERR_INVALID_STATE.TypeError('Destination ArrayBuffer is detached');
      }
      this.#invalidateRequest();
      first.buffer = transferBuffer(first.buffer);
      if (first.readerType === 'none') this.#putBack(first);
    }
    if (stream.hasDefaultReader) {
      this.#serveReadRequests();
      if (stream.readRequestCount === 0) {
        this.#push(moved, byteOffset, byteLength);
      } else {
        if (this.#pending.length > 0) ArrayPrototypeShift(this.#pending);
        stream.fulfillRead(new Uint8Array(moved, byteOffset, byteLength), false);
      }
    } else if (stream.hasByobReader) {
      this.#push(moved, byteOffset, byteLength);
      this.#commitAll(this.#fillPending());
    } else {
      this.#push(moved, byteOffset, byteLength);
    }
    this.callPullIfNeeded();
  }

  error(error) {
    if (this.stream.state !== 'readable') return;
    this.#invalidateRequest();
    this.#pending = [];
    this.#clearQueue();
    this.#forgetAlgorithms();
    this.stream.error(error);
  }

  respond(bytesWritten) {
    const first = this.#pending[0];
    if (this.stream.state === 'closed') {
      if (bytesWritten !== 0) throw new ERR_INVALID_STATE.TypeError('Controller is closed');
    } else {
      if (bytesWritten === 0) throw new ERR_INVALID_STATE.TypeError('bytesWritten must be greater than 0');
      if (first.bytesFilled + bytesWritten > first.byteLength) {
        throw new ERR_INVALID_ARG_VALUE.RangeError('bytesWritten', bytesWritten);
      }
    }
    first.buffer = transferBuffer(first.buffer);
    this.#respond(bytesWritten);
  }

  respondWithNewView(view) {
    const first = this.#pending[0];
    const { buffer, byteOffset, byteLength } = viewInfo(view);
    if (this.stream.state === 'closed') {
      if (byteLength !== 0) throw new ERR_INVALID_STATE.TypeError('View is not zero-length');
    } else if (byteLength === 0) {
      throw new ERR_INVALID_STATE.TypeError('View is zero-length');
    }
    if (first.byteOffset + first.bytesFilled !== byteOffset) throw new ERR_INVALID_ARG_VALUE.RangeError('view', view);
    if (first.bufferByteLength !== ArrayBufferPrototypeGetByteLength(buffer)) {
      throw new ERR_INVALID_ARG_VALUE.RangeError('view', view);
    }
    if (first.bytesFilled + byteLength > first.byteLength) throw new ERR_INVALID_ARG_VALUE.RangeError('view', view);
    first.buffer = transferBuffer(buffer);
    this.#respond(byteLength);
  }

  #respond(bytesWritten) {
    const first = this.#pending[0];
    this.#invalidateRequest();
    if (this.stream.state === 'closed') this.#respondWhenClosed(first);
    else this.#respondWhenReadable(bytesWritten, first);
    this.callPullIfNeeded();
  }

  #respondWhenClosed(first) {
    const { stream } = this;
    if (first.readerType === 'none') ArrayPrototypeShift(this.#pending);
    if (!stream.hasByobReader) return;
    const filled = [];
    while (filled.length < stream.readRequestCount) ArrayPrototypePush(filled, ArrayPrototypeShift(this.#pending));
    this.#commitAll(filled);
  }

  #respondWhenReadable(bytesWritten, pullInto) {
    pullInto.bytesFilled += bytesWritten;
    if (pullInto.readerType === 'none') {
      this.#putBack(pullInto);
      this.#commitAll(this.#fillPending());
      return;
    }
    if (pullInto.bytesFilled < pullInto.minimumFill) return;
    ArrayPrototypeShift(this.#pending);
    // Half an element stays for the next read.
    const remainder = pullInto.bytesFilled % pullInto.elementSize;
    if (remainder > 0) {
      const end = pullInto.byteOffset + pullInto.bytesFilled;
      this.#pushCopy(pullInto.buffer, end - remainder, remainder);
    }
    pullInto.bytesFilled -= remainder;
    const filled = this.#fillPending();
    this.#commit(pullInto);
    this.#commitAll(filled);
  }

  pullInto(view, min, request) {
    const { stream } = this;
    const { buffer, byteOffset, byteLength, elementSize, make } = viewInfo(view);
    let moved;
    try {
      moved = transferBuffer(buffer);
    } catch (error) {
      request.fail(error);
      return;
    }
    const pullInto = new PullInto(moved, byteOffset, byteLength, min * elementSize, elementSize, make, 'byob');
    if (this.#pending.length > 0) {
      ArrayPrototypePush(this.#pending, pullInto);
      stream.reader.add(request);
      return;
    }
    if (stream.state === 'closed') {
      request.close(make(moved, byteOffset, 0));
      return;
    }
    if (this.total > 0) {
      if (this.#fill(pullInto)) {
        const filled = pullInto.toView();
        this.#afterTaking();
        request.chunk(filled);
        return;
      }
      if (this.#closeRequested) {
        const error = new ERR_INVALID_STATE.TypeError('ReadableStream closed');
        this.error(error);
        request.fail(error);
        return;
      }
    }
    ArrayPrototypePush(this.#pending, pullInto);
    stream.reader.add(request);
    this.callPullIfNeeded();
  }

  callPullIfNeeded() {
    if (!this.#shouldCallPull()) return;
    if (this.#pulling) {
      this.#pullAgain = true;
      return;
    }
    this.#pulling = true;
    const result = this.#pull === undefined ? PromiseResolve() : this.#pull(this);
    PromisePrototypeThen(result, this.#onPulled, this.#onFailed);
  }

  #shouldCallPull() {
    const { stream } = this;
    if (stream.state !== 'readable' || this.#closeRequested || !this.#started) return false;
    if (stream.reader !== undefined && stream.readRequestCount > 0) return true;
    return this.desiredSize > 0;
  }

  cancelSteps(reason) {
    this.#invalidateRequest();
    this.#pending = [];
    this.#clearQueue();
    const result = this.#cancel === undefined ? PromiseResolve() : this.#cancel(reason);
    this.#forgetAlgorithms();
    return result;
  }

  pullSteps(request) {
    const { stream } = this;
    if (this.total > 0) {
      this.#serve(request);
      return;
    }
    if (this.#autoAllocateChunkSize !== undefined) {
      let buffer;
      try {
        buffer = new ArrayBuffer(this.#autoAllocateChunkSize);
      } catch (error) {
        request.fail(error);
        return;
      }
      ArrayPrototypePush(
        this.#pending, new PullInto(buffer, 0, this.#autoAllocateChunkSize, 1, 1, makeBytes, 'default'));
    }
    stream.reader.add(request);
    this.callPullIfNeeded();
  }

  releaseSteps() {
    if (this.#pending.length === 0) return;
    const first = this.#pending[0];
    first.readerType = 'none';
    this.#pending = [first];
  }

  #forgetAlgorithms() {
    this.#pull = undefined;
    this.#cancel = undefined;
  }

  #clearQueue() {
    this.#queue = new Fifo();
    this.#head = undefined;
    this.total = 0;
  }

  #push(buffer, byteOffset, byteLength) {
    const entry = { buffer, byteOffset, byteLength };
    if (this.#head === undefined) this.#head = entry;
    else this.#queue.push(entry);
    this.total += byteLength;
  }

  #pushCopy(buffer, byteOffset, byteLength) {
    let copy;
    try {
      copy = ArrayBufferPrototypeSlice(buffer, byteOffset, byteOffset + byteLength);
    } catch (error) {
      this.error(error);
      throw error;
    }
    this.#push(copy, 0, byteLength);
  }

  #shift() {
    const entry = this.#head;
    this.#head = this.#queue.shift();
    return entry;
  }

  // What a reader left behind in its buffer goes into the queue.
  #putBack(pullInto) {
    if (pullInto.bytesFilled > 0) this.#pushCopy(pullInto.buffer, pullInto.byteOffset, pullInto.bytesFilled);
    ArrayPrototypeShift(this.#pending);
  }

  #invalidateRequest() {
    if (this.#request === null) return;
    this.#request.invalidate();
    this.#request = null;
  }

  #afterTaking() {
    if (this.total === 0 && this.#closeRequested) {
      this.#forgetAlgorithms();
      this.stream.close();
    } else {
      this.callPullIfNeeded();
    }
  }

  #serve(request) {
    const { buffer, byteOffset, byteLength } = this.#shift();
    this.total -= byteLength;
    this.#afterTaking();
    request.chunk(new Uint8Array(buffer, byteOffset, byteLength));
  }

  #serveReadRequests() {
    const { reader } = this.stream;
    while (reader.requestCount > 0 && this.total > 0) this.#serve(reader.shift());
  }

  #commit(pullInto) {
    const { stream } = this;
    const done = stream.state === 'closed';
    stream.fulfillRead(pullInto.toView(), done);
  }

  #commitAll(filled) {
    for (let i = 0; i < filled.length; i++) this.#commit(filled[i]);
  }

  // The descriptors that the queue can fill, taken off the list.
  #fillPending() {
    const filled = [];
    while (this.#pending.length > 0 && this.total > 0) {
      const first = this.#pending[0];
      if (this.#fill(first)) {
        ArrayPrototypeShift(this.#pending);
        ArrayPrototypePush(filled, first);
      }
    }
    return filled;
  }

  // Whether the buffer now holds what its reader asked for.
  #fill(pullInto) {
    const copyMax = MathMin(this.total, pullInto.byteLength - pullInto.bytesFilled);
    const filledMax = pullInto.bytesFilled + copyMax;
    const aligned = filledMax - filledMax % pullInto.elementSize;
    const isReady = aligned >= pullInto.minimumFill;
    let remaining = isReady ? aligned - pullInto.bytesFilled : copyMax;

    while (remaining > 0) {
      const head = this.#head;
      const count = MathMin(remaining, head.byteLength);
      TypedArrayPrototypeSet(
        new Uint8Array(pullInto.buffer, pullInto.byteOffset + pullInto.bytesFilled, count),
        new Uint8Array(head.buffer, head.byteOffset, count));
      if (head.byteLength === count) {
        this.#shift();
      } else {
        head.byteOffset += count;
        head.byteLength -= count;
      }
      this.total -= count;
      pullInto.bytesFilled += count;
      remaining -= count;
    }
    return isReady;
  }
}

module.exports = { ByteControllerInner };
