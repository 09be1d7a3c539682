'use strict';

// WritableStreamDefaultController (https://streams.spec.whatwg.org/#ws-default-controller-class): gives the sink one chunk
// at a time.

const { ObjectDefineProperties, PromisePrototypeThen, PromiseResolve, Symbol, SymbolToStringTag } = primordials;
const { codes: { ERR_INVALID_THIS } } = require('internal/errors');
const { SizedQueue, checkMake, chunkSize, inspectAs, kInspect, kMake } = require('internal/webstreams/util');

// Stands in the queue for the request to close.
const kClose = Symbol('kClose');

class WritableControllerInner {
  #public = undefined;
  stream;
  isStarted = false;
  #queue = new SizedQueue();
  #highWaterMark;
  #size;
  #write;
  #close;
  #abort;
  #abortController = undefined;

  // `write`, `close` and `abort` give promises; each may be undefined.
  constructor(stream, { start, write, close, abort }, highWaterMark, size) {
    this.stream = stream;
    stream.controller = this;
    this.#highWaterMark = highWaterMark;
    this.#size = size;
    this.#write = write;
    this.#close = close;
    this.#abort = abort;
    stream.updateBackpressure(this.hasBackpressure);
    const result = start === undefined ? undefined : start(this);
    PromisePrototypeThen(PromiseResolve(result), () => {
      this.isStarted = true;
      this.#advance();
    }, (error) => {
      this.isStarted = true;
      stream.dealWithRejection(error);
    });
  }

  get public() {
    return this.#public ??= new WritableStreamDefaultController(kMake, this);
  }

  get signal() {
    if (this.#abortController === undefined) {
      const { AbortController } = require('internal/abort_controller');
      this.#abortController = new AbortController();
    }
    return this.#abortController.signal;
  }

  signalAbort(reason) {
    this.signal; // eslint-disable-line no-unused-expressions -- makes the controller
    this.#abortController.abort(reason);
  }

  get desiredSize() {
    return this.#highWaterMark - this.#queue.total;
  }

  get hasBackpressure() {
    return this.desiredSize <= 0;
  }

  sizeOf(chunk) {
    try {
      return chunkSize(this.#size, chunk);
    } catch (error) {
      this.errorIfNeeded(error);
      return 1;
    }
  }

  write(chunk, size) {
    try {
      this.#queue.push(chunk, size);
    } catch (error) {
      this.errorIfNeeded(error);
      return;
    }
    const { stream } = this;
    if (!stream.isCloseQueuedOrInFlight && stream.state === 'writable') stream.updateBackpressure(this.hasBackpressure);
    this.#advance();
  }

  close() {
    this.#queue.push(kClose, 0);
    this.#advance();
  }

  error(error) {
    this.#forgetAlgorithms();
    this.stream.startErroring(error);
  }

  errorIfNeeded(error) {
    if (this.stream.state === 'writable') this.error(error);
  }

  errorSteps() {
    this.#queue.clear();
  }

  abortSteps(reason) {
    const result = this.#abort === undefined ? PromiseResolve() : this.#abort(reason);
    this.#forgetAlgorithms();
    return result;
  }

  #advance() {
    const { stream } = this;
    if (!this.isStarted || stream.hasWriteInFlight) return;
    if (stream.state === 'erroring') return stream.finishErroring();
    if (stream.state !== 'writable' || this.#queue.length === 0) return;
    const chunk = this.#queue.peek();
    if (chunk === kClose) this.#processClose();
    else this.#processWrite(chunk);
  }

  #processClose() {
    const { stream } = this;
    stream.markCloseInFlight();
    this.#queue.shift();
    const result = this.#close === undefined ? PromiseResolve() : this.#close();
    this.#forgetAlgorithms();
    PromisePrototypeThen(result, () => stream.finishClose(), (error) => stream.finishCloseWithError(error));
  }

  #processWrite(chunk) {
    this.stream.markFirstWriteInFlight();
    const result = this.#write === undefined ? PromiseResolve() : this.#write(chunk, this);
    PromisePrototypeThen(result, this.#onWritten, this.#onWriteFailed);
  }

  // Bound once, since they run for every chunk.
  #onWritten = () => {
    const { stream } = this;
    stream.finishWrite();
    this.#queue.shift();
    if (!stream.isCloseQueuedOrInFlight && stream.state === 'writable') stream.updateBackpressure(this.hasBackpressure);
    this.#advance();
  };
  #onWriteFailed = (error) => {
    const { stream } = this;
    if (stream.state === 'writable') this.#forgetAlgorithms();
    stream.finishWriteWithError(error);
  };

  #forgetAlgorithms() {
    this.#write = undefined;
    this.#close = undefined;
    this.#abort = undefined;
    this.#size = undefined;
  }
}

class WritableStreamDefaultController {
  #inner;

  constructor(token, inner) {
    checkMake(token);
    this.#inner = inner;
  }

  static #of(that) {
    if (that === null || typeof that !== 'object' || !(#inner in that)) {
      throw new ERR_INVALID_THIS('WritableStreamDefaultController');
    }
    return that.#inner;
  }

  get signal() {
    return WritableStreamDefaultController.#of(this).signal;
  }

  error(error = undefined) {
    const inner = WritableStreamDefaultController.#of(this);
    if (inner.stream.state === 'writable') inner.error(error);
  }

  [kInspect](depth, options) {
    return inspectAs(this, this.constructor.name, depth, options, {});
  }
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(WritableStreamDefaultController.prototype, {
  signal: kEnumerable,
  error: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'WritableStreamDefaultController' },
});

module.exports = { WritableControllerInner, WritableStreamDefaultController };
