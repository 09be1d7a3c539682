'use strict';

// ReadableStreamDefaultController (https://streams.spec.whatwg.org/#rs-default-controller-class): chunks of any kind,
// counted by the strategy, pulled while there is room.

const {
  ObjectDefineProperties,
  PromisePrototypeThen,
  PromiseResolve,
  SymbolToStringTag,
} = primordials;

const { codes: { ERR_INVALID_STATE, ERR_INVALID_THIS } } = require('internal/errors');
const {
  SizedQueue,
  checkMake,
  chunkSize,
  inspectAs,
  kInspect,
  kMake,
} = require('internal/webstreams/util');

class DefaultControllerInner {
  isBytes = false;
  #public = undefined;
  stream;
  queue = new SizedQueue();
  #highWaterMark;
  #size;
  #pull;
  #cancel;
  #started = false;
  #pulling = false;
  #pullAgain = false;
  #closeRequested = false;
  // Bound once, since they run for every chunk.
  #onPulled = () => {
    this.#pulling = false;
    if (this.#pullAgain) {
      this.#pullAgain = false;
      this.callPullIfNeeded();
    }
  };
  #onFailed = (error) => this.error(error);

  // `pull` and `cancel` give promises; either may be undefined.
  constructor(stream, start, pull, cancel, highWaterMark, size) {
    this.stream = stream;
    this.#pull = pull;
    this.#cancel = cancel;
    this.#highWaterMark = highWaterMark;
    this.#size = size;
    stream.controller = this;
    const result = start === undefined ? undefined : start(this);
    PromisePrototypeThen(PromiseResolve(result), () => {
      this.#started = true;
      this.callPullIfNeeded();
    }, this.#onFailed);
  }

  get public() {
    return this.#public ??= new ReadableStreamDefaultController(kMake, this);
  }

  get desiredSize() {
    switch (this.stream.state) {
      case 'errored': return null;
      case 'closed': return 0;
      default: return this.#highWaterMark - this.queue.total;
    }
  }

  get canCloseOrEnqueue() {
    return !this.#closeRequested && this.stream.state === 'readable';
  }

  get hasBackpressure() {
    return !this.#shouldCallPull();
  }

  close() {
    if (!this.canCloseOrEnqueue) return;
    this.#closeRequested = true;
    if (this.queue.length === 0) {
      this.#forgetAlgorithms();
      this.stream.close();
    }
  }

  enqueue(chunk) {
    if (!this.canCloseOrEnqueue) return;
    const { stream } = this;
    if (stream.hasDefaultReader && stream.readRequestCount > 0) {
      stream.fulfillRead(chunk, false);
    } else {
      try {
        this.queue.push(chunk, chunkSize(this.#size, chunk));
      } catch (error) {
        this.error(error);
        throw error;
      }
    }
    this.callPullIfNeeded();
  }

  error(error) {
    if (this.stream.state !== 'readable') return;
    this.queue.clear();
    this.#forgetAlgorithms();
    this.stream.error(error);
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
    if (!this.canCloseOrEnqueue || !this.#started) return false;
    const { stream } = this;
    if (stream.hasDefaultReader && stream.readRequestCount > 0) return true;
    return this.desiredSize > 0;
  }

  #forgetAlgorithms() {
    this.#pull = undefined;
    this.#cancel = undefined;
    this.#size = undefined;
  }

  cancelSteps(reason) {
    this.queue.clear();
    const result = this.#cancel === undefined ? PromiseResolve() : this.#cancel(reason);
    this.#forgetAlgorithms();
    return result;
  }

  pullSteps(request) {
    const { stream } = this;
    if (this.queue.length > 0) {
      const chunk = this.queue.shift();
      if (this.#closeRequested && this.queue.length === 0) {
        this.#forgetAlgorithms();
        stream.close();
      } else {
        this.callPullIfNeeded();
      }
      request.chunk(chunk);
    } else {
      stream.reader.add(request);
      this.callPullIfNeeded();
    }
  }

  releaseSteps() {}
}

class ReadableStreamDefaultController {
  #inner;

  constructor(token, inner) {
    checkMake(token);
    this.#inner = inner;
  }

  static #of(that) {
    if (that === null || typeof that !== 'object' || !(#inner in that)) {
      throw new ERR_INVALID_THIS('ReadableStreamDefaultController');
    }
    return that.#inner;
  }

  get desiredSize() {
    return ReadableStreamDefaultController.#of(this).desiredSize;
  }

  close() {
    const inner = ReadableStreamDefaultController.#of(this);
    if (!inner.canCloseOrEnqueue) throw new ERR_INVALID_STATE.TypeError('Controller is already closed');
    inner.close();
  }

  enqueue(chunk = undefined) {
    const inner = ReadableStreamDefaultController.#of(this);
    if (!inner.canCloseOrEnqueue) throw new ERR_INVALID_STATE.TypeError('Controller is already closed');
    inner.enqueue(chunk);
  }

  error(error = undefined) {
    ReadableStreamDefaultController.#of(this).error(error);
  }

  [kInspect](depth, options) {
    return inspectAs(this, this.constructor.name, depth, options, {});
  }
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(ReadableStreamDefaultController.prototype, {
  close: kEnumerable,
  desiredSize: kEnumerable,
  enqueue: kEnumerable,
  error: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'ReadableStreamDefaultController' },
});

module.exports = { DefaultControllerInner, ReadableStreamDefaultController };
