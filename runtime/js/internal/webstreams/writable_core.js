'use strict';

// The inside of writable streams (https://streams.spec.whatwg.org/#ws-abstract-ops): the stream's states, its queue of
// writes, and its writer. The public classes hold one of these each.

const { PromisePrototypeThen, PromiseReject, PromiseResolve } = primordials;
const { codes: { ERR_INVALID_STATE } } = require('internal/errors');
const { Fifo } = require('internal/events/fifo');
const { LazyPromise, withResolvers } = require('internal/webstreams/util');

class WritableInner {
  // The public object.
  public = undefined;
  state = 'writable';
  storedError = undefined;
  writer = undefined;
  controller = undefined;
  backpressure = false;
  // Promises of writes: those that wait, and the one whose chunk the sink has.
  #waiting = new Fifo();
  #waitingCount = 0;
  #writing = undefined;
  // The promise of `close`, before and while the sink closes.
  #closeRequest = undefined;
  #closing = undefined;
  // An abort that waits for what is in flight: `{ deferred, reason, wasErroring }`.
  #abort = undefined;
  // For `finished`, which watches streams without a writer.
  #closedSignal = undefined;

  get isLocked() {
    return this.writer !== undefined;
  }

  get isCloseQueuedOrInFlight() {
    return this.#closeRequest !== undefined || this.#closing !== undefined;
  }

  get hasCloseRequest() {
    return this.#closeRequest !== undefined;
  }

  get hasWriteInFlight() {
    return this.#writing !== undefined;
  }

  get whenClosed() {
    if (this.#closedSignal === undefined) {
      this.#closedSignal = new LazyPromise();
      if (this.state === 'closed') this.#closedSignal.resolve();
      else if (this.state === 'errored') this.#closedSignal.reject(this.storedError);
    }
    return this.#closedSignal;
  }

  abort(reason) {
    if (this.state === 'closed' || this.state === 'errored') return PromiseResolve();
    this.controller.signalAbort(reason);
    // The signal's listeners may have changed everything.
    const { state } = this;
    if (state === 'closed' || state === 'errored') return PromiseResolve();
    if (this.#abort !== undefined) return this.#abort.deferred.promise;
    const wasErroring = state === 'erroring';
    const deferred = withResolvers();
    this.#abort = { deferred, reason: wasErroring ? undefined : reason, wasErroring };
    if (!wasErroring) this.startErroring(reason);
    return deferred.promise;
  }

  close() {
    const { state } = this;
    if (state === 'closed' || state === 'errored') {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('WritableStream is closed'));
    }
    const deferred = withResolvers();
    this.#closeRequest = deferred;
    if (this.writer !== undefined && this.backpressure && state === 'writable') this.writer.ready.resolve();
    this.controller.close();
    return deferred.promise;
  }

  addWriteRequest() {
    const deferred = withResolvers();
    this.#waiting.push(deferred);
    this.#waitingCount++;
    return deferred.promise;
  }

  markFirstWriteInFlight() {
    this.#writing = this.#waiting.shift();
    this.#waitingCount--;
  }

  markCloseInFlight() {
    this.#closing = this.#closeRequest;
    this.#closeRequest = undefined;
  }

  startErroring(reason) {
    this.state = 'erroring';
    this.storedError = reason;
    this.writer?.rejectReady(reason);
    if (this.#writing === undefined && this.#closing === undefined && this.controller.isStarted) this.finishErroring();
  }

  dealWithRejection(error) {
    if (this.state === 'writable') this.startErroring(error);
    else this.finishErroring();
  }

  finishErroring() {
    this.state = 'errored';
    this.controller.errorSteps();
    const error = this.storedError;
    while (this.#waitingCount > 0) {
      this.#waitingCount--;
      this.#waiting.shift().reject(error);
    }
    const abort = this.#abort;
    if (abort === undefined) return this.#rejectCloseAndClosed();
    this.#abort = undefined;
    if (abort.wasErroring) {
      abort.deferred.reject(error);
      return this.#rejectCloseAndClosed();
    }
    PromisePrototypeThen(this.controller.abortSteps(abort.reason), () => {
      abort.deferred.resolve();
      this.#rejectCloseAndClosed();
    }, (failure) => {
      abort.deferred.reject(failure);
      this.#rejectCloseAndClosed();
    });
  }

  finishWrite() {
    this.#writing.resolve();
    this.#writing = undefined;
  }

  finishWriteWithError(error) {
    this.#writing.reject(error);
    this.#writing = undefined;
    this.dealWithRejection(error);
  }

  finishClose() {
    this.#closing.resolve();
    this.#closing = undefined;
    if (this.state === 'erroring') {
      this.storedError = undefined;
      if (this.#abort !== undefined) {
        this.#abort.deferred.resolve();
        this.#abort = undefined;
      }
    }
    this.state = 'closed';
    this.writer?.closed.resolve();
    this.#closedSignal?.resolve();
  }

  finishCloseWithError(error) {
    this.#closing.reject(error);
    this.#closing = undefined;
    if (this.#abort !== undefined) {
      this.#abort.deferred.reject(error);
      this.#abort = undefined;
    }
    this.dealWithRejection(error);
  }

  #rejectCloseAndClosed() {
    if (this.#closeRequest !== undefined) {
      this.#closeRequest.reject(this.storedError);
      this.#closeRequest = undefined;
    }
    this.writer?.closed.reject(this.storedError);
    this.#closedSignal?.reject(this.storedError);
  }

  updateBackpressure(backpressure) {
    const { writer } = this;
    if (writer !== undefined && backpressure !== this.backpressure) {
      if (backpressure) writer.ready = new LazyPromise();
      else writer.ready.resolve();
    }
    this.backpressure = backpressure;
  }
}

class WriterInner {
  stream;
  ready;
  closed;

  constructor(stream) {
    if (stream.isLocked) throw new ERR_INVALID_STATE.TypeError('WritableStream is locked');
    this.stream = stream;
    stream.writer = this;
    switch (stream.state) {
      case 'writable':
        this.ready = !stream.isCloseQueuedOrInFlight && stream.backpressure ? new LazyPromise() : LazyPromise.resolved();
        this.closed = new LazyPromise();
        break;
      case 'erroring':
        this.ready = LazyPromise.rejected(stream.storedError);
        this.closed = new LazyPromise();
        break;
      case 'closed':
        this.ready = LazyPromise.resolved();
        this.closed = LazyPromise.resolved();
        break;
      default:
        this.ready = LazyPromise.rejected(stream.storedError);
        this.closed = LazyPromise.rejected(stream.storedError);
    }
  }

  get desiredSize() {
    switch (this.stream.state) {
      case 'errored': case 'erroring': return null;
      case 'closed': return 0;
      default: return this.stream.controller.desiredSize;
    }
  }

  rejectReady(error) {
    if (this.ready.isPending) this.ready.reject(error);
    else this.ready = LazyPromise.rejected(error);
  }

  #rejectClosed(error) {
    if (this.closed.isPending) this.closed.reject(error);
    else this.closed = LazyPromise.rejected(error);
  }

  write(chunk) {
    const { stream } = this;
    const size = stream.controller.sizeOf(chunk);
    // The strategy's function may have released the lock.
    if (stream !== this.stream) return PromiseReject(new ERR_INVALID_STATE.TypeError('Mismatched WritableStreams'));
    switch (stream.state) {
      case 'errored': return PromiseReject(stream.storedError);
      case 'closed': return PromiseReject(new ERR_INVALID_STATE.TypeError('WritableStream is closed'));
      case 'erroring': if (!stream.isCloseQueuedOrInFlight) return PromiseReject(stream.storedError);
    }
    if (stream.isCloseQueuedOrInFlight) {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('WritableStream is closed'));
    }
    const promise = stream.addWriteRequest();
    stream.controller.write(chunk, size);
    return promise;
  }

  // Closing what is closed already, or about to be, is no error here.
  closeWithErrorPropagation() {
    const { stream } = this;
    if (stream.isCloseQueuedOrInFlight || stream.state === 'closed') return PromiseResolve();
    if (stream.state === 'errored') return PromiseReject(stream.storedError);
    return stream.close();
  }

  release() {
    const error = new ERR_INVALID_STATE.TypeError('Writer has been released');
    this.rejectReady(error);
    this.#rejectClosed(error);
    this.stream.writer = undefined;
    this.stream = undefined;
  }
}

module.exports = { WritableInner, WriterInner };
