'use strict';

// The inside of readable streams (https://streams.spec.whatwg.org/#rs-abstract-ops): what a stream and its reader know
// of each other. The public classes hold one of these each; nothing here can be reached by a program.

const {
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
} = primordials;

const { codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE } } = require('internal/errors');
const { Fifo } = require('internal/events/fifo');
const { LazyPromise, withResolvers } = require('internal/webstreams/util');

class ReadableInner {
  // The public object, which underlying sources and readers may hand out.
  public = undefined;
  state = 'readable';
  storedError = undefined;
  disturbed = false;
  reader = undefined;
  controller = undefined;
  // For `finished`, which watches streams without a reader.
  closedSignal = undefined;

  get isLocked() {
    return this.reader !== undefined;
  }

  get whenClosed() {
    if (this.closedSignal === undefined) {
      this.closedSignal = new LazyPromise();
      if (this.state === 'closed') this.closedSignal.resolve();
      else if (this.state === 'errored') this.closedSignal.reject(this.storedError);
    }
    return this.closedSignal;
  }

  close() {
    this.state = 'closed';
    this.closedSignal?.resolve();
    const { reader } = this;
    if (reader === undefined) return;
    reader.closed.resolve();
    if (!reader.isByob) {
      for (let request = reader.shift(); request !== undefined; request = reader.shift()) request.close();
    }
  }

  error(error) {
    this.state = 'errored';
    this.storedError = error;
    this.closedSignal?.reject(error);
    const { reader } = this;
    if (reader === undefined) return;
    reader.closed.reject(error);
    reader.failRequests(error);
  }

  // Gives a promise of the end of the source's own cancellation.
  cancel(reason) {
    this.disturbed = true;
    if (this.state === 'closed') return PromiseResolve();
    if (this.state === 'errored') return PromiseReject(this.storedError);
    this.close();
    const { reader } = this;
    if (reader?.isByob) {
      for (let request = reader.shift(); request !== undefined; request = reader.shift()) request.close(undefined);
    }
    return PromisePrototypeThen(this.controller.cancelSteps(reason), () => {});
  }

  fulfillRead(chunk, done) {
    const request = this.reader.shift();
    if (done) request.close(chunk);
    else request.chunk(chunk);
  }

  get readRequestCount() {
    return this.reader.requestCount;
  }

  get hasDefaultReader() {
    return this.reader !== undefined && !this.reader.isByob;
  }

  get hasByobReader() {
    return this.reader !== undefined && this.reader.isByob;
  }
}

class ReaderInner {
  stream;
  isByob;
  closed;
  #requests = new Fifo();
  requestCount = 0;

  constructor(stream, isByob) {
    if (stream.isLocked) throw new ERR_INVALID_STATE.TypeError('ReadableStream is locked');
    if (isByob && !stream.controller.isBytes) {
      throw new ERR_INVALID_ARG_VALUE('reader', stream.public, 'must be a byte stream');
    }
    this.stream = stream;
    this.isByob = isByob;
    stream.reader = this;
    if (stream.state === 'readable') this.closed = new LazyPromise();
    else if (stream.state === 'closed') this.closed = LazyPromise.resolved();
    else this.closed = LazyPromise.rejected(stream.storedError);
  }

  add(request) {
    this.requestCount++;
    this.#requests.push(request);
  }

  shift() {
    if (this.requestCount === 0) return undefined;
    this.requestCount--;
    return this.#requests.shift();
  }

  releaseIfAttached() {
    if (this.stream !== undefined) this.release();
  }

  /** What a reader shows of itself in `util.inspect`. */
  shown() {
    return { stream: this.stream?.public, requests: this.requestCount, close: this.closed.promise };
  }

  failRequests(error) {
    for (let request = this.shift(); request !== undefined; request = this.shift()) request.fail(error);
  }

  // A request has `chunk(value)`, `close(value)` and `fail(error)`.
  read(request) {
    const { stream } = this;
    stream.disturbed = true;
    if (stream.state === 'closed') request.close();
    else if (stream.state === 'errored') request.fail(stream.storedError);
    else stream.controller.pullSteps(request);
  }

  cancel(reason) {
    return this.stream.cancel(reason);
  }

  release() {
    const { stream } = this;
    const error = new ERR_INVALID_STATE.TypeError('Releasing reader');
    if (this.closed.isPending) this.closed.reject(error);
    else this.closed = LazyPromise.rejected(error);
    stream.controller.releaseSteps();
    stream.reader = undefined;
    this.stream = undefined;
    this.failRequests(error);
  }
}

// The request behind `reader.read()`.
class ReadRequest {
  #deferred = withResolvers();

  get promise() {
    return this.#deferred.promise;
  }

  chunk(value) {
    this.#deferred.resolve({ value, done: false });
  }

  close(value) {
    this.#deferred.resolve({ value, done: true });
  }

  fail(error) {
    this.#deferred.reject(error);
  }
}

module.exports = { ReadRequest, ReadableInner, ReaderInner };
