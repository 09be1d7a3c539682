'use strict';

// `pipeTo` (https://streams.spec.whatwg.org/#readable-stream-pipe-to): chunks flow while the destination has room; the end,
// an error or an abort on one side goes on to the other unless the options prevent it.

const { ArrayPrototypePush, PromisePrototypeThen, PromiseResolve, SafePromiseAll } = primordials;
const { codes: { ERR_INVALID_STATE } } = require('internal/errors');
const { ReaderInner } = require('internal/webstreams/readable_core');
const { WriterInner } = require('internal/webstreams/writable_core');
const { markHandled, nop, withResolvers } = require('internal/webstreams/util');

function pipeTo(source, destination, options) {
  return new Pipe(source, destination, options).promise;
}

class Pipe {
  #source;
  #destination;
  #options;
  #reader;
  #writer;
  #deferred = withResolvers();
  #isShuttingDown = false;
  // The last write, for whose end a shutdown waits.
  #lastWrite = PromiseResolve();
  #onAbort = undefined;

  constructor(source, destination, options) {
    this.#source = source;
    this.#destination = destination;
    this.#options = options;
    this.#reader = new ReaderInner(source, false);
    this.#writer = new WriterInner(destination);
    source.disturbed = true;
    const { signal } = options;
    if (signal !== undefined) {
      this.#onAbort = () => this.#abort(signal.reason);
      if (signal.aborted) {
        this.#onAbort();
        return;
      }
      signal.addEventListener('abort', this.#onAbort, { __proto__: null, once: true });
    }
    this.#watch();
    this.#loop();
  }

  get promise() {
    return this.#deferred.promise;
  }

  #abort(reason) {
    const { preventAbort, preventCancel } = this.#options;
    this.#shutdown(() => {
      const actions = [];
      if (!preventAbort && this.#destination.state === 'writable') ArrayPrototypePush(actions, this.#destination.abort(reason));
      if (!preventCancel && this.#source.state === 'readable') ArrayPrototypePush(actions, this.#source.cancel(reason));
      return SafePromiseAll(actions, (action) => action);
    }, { error: reason });
  }

  // Reacts to what has happened to either side already, and to what will.
  #watch() {
    const source = this.#source;
    const destination = this.#destination;
    const { preventAbort, preventCancel, preventClose } = this.#options;
    const onSourceError = () => {
      const error = source.storedError;
      this.#shutdown(preventAbort ? undefined : () => destination.abort(error), { error });
    };
    const onDestinationError = () => {
      const error = destination.storedError;
      this.#shutdown(preventCancel ? undefined : () => source.cancel(error), { error });
    };
    const onSourceClosed = () => {
      this.#shutdown(preventClose ? undefined : () => this.#writer.closeWithErrorPropagation(), undefined);
    };
    if (source.state === 'errored') onSourceError();
    else PromisePrototypeThen(this.#reader.closed.promise, nop, () => { if (source.state === 'errored') onSourceError(); });
    if (destination.state === 'errored') onDestinationError();
    else PromisePrototypeThen(this.#writer.closed.promise, nop, () => { if (destination.state === 'errored') onDestinationError(); });
    if (source.state === 'closed') onSourceClosed();
    else PromisePrototypeThen(this.#reader.closed.promise, () => onSourceClosed(), nop);
    if (destination.isCloseQueuedOrInFlight || destination.state === 'closed') {
      const error = new ERR_INVALID_STATE.TypeError('Destination WritableStream is closed');
      this.#shutdown(preventCancel ? undefined : () => source.cancel(error), { error });
    }
  }

  #loop() {
    if (this.#isShuttingDown) return;
    PromisePrototypeThen(this.#writer.ready.promise, this.#readOne, nop);
  }

  #readOne = () => {
    if (this.#isShuttingDown) return;
    this.#reader.read(this);
  };

  // The three answers to a read.
  chunk(value) {
    // The write waits for a microtask, as the standard's own steps would.
    this.#lastWrite = PromisePrototypeThen(PromiseResolve(), () => {
      const written = this.#writer.write(value);
      markHandled(written);
      return PromisePrototypeThen(written, nop, nop);
    });
    PromisePrototypeThen(PromiseResolve(), () => this.#loop());
  }

  close() {}

  fail() {}

  #shutdown(action, failure) {
    if (this.#isShuttingDown) return;
    this.#isShuttingDown = true;
    const act = () => {
      if (action === undefined) return this.#finish(failure);
      PromisePrototypeThen(action(), () => this.#finish(failure), (error) => this.#finish({ error }));
    };
    if (this.#destination.state === 'writable' && !this.#destination.isCloseQueuedOrInFlight) {
      this.#waitForWrites(act);
    } else act();
  }

  // A write may have been the last one when the waiting began, and no longer be it when it is over.
  #waitForWrites(then) {
    const awaited = this.#lastWrite;
    PromisePrototypeThen(awaited, () => {
      if (awaited === this.#lastWrite) then();
      else this.#waitForWrites(then);
    });
  }

  #finish(failure) {
    this.#writer.release();
    this.#reader.release();
    if (this.#onAbort !== undefined) this.#options.signal.removeEventListener('abort', this.#onAbort);
    if (failure === undefined) this.#deferred.resolve();
    else this.#deferred.reject(failure.error);
  }
}

module.exports = { pipeTo };
