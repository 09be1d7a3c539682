'use strict';

// Iteration over a readable: chunks by `read`, waiting for 'readable' in between; leaving the loop destroys the stream
// unless the caller said not to. A chunk that is there already costs one settled promise and no more.

const {
  FunctionPrototypeBind,
  ObjectGetPrototypeOf,
  ObjectSetPrototypeOf,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
} = primordials;

const { aggregateTwoErrors } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { destroyer } = require('internal/streams/destroy');

const AsyncIteratorPrototype = ObjectGetPrototypeOf(ObjectGetPrototypeOf(async function* () {}).prototype);

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
  const chunks = new ChunkIterator(stream, options);
  chunks.stream = stream;
  return chunks;
}

class ChunkIterator {
  #stream;
  #options;
  // Undefined while the stream lives, null when it ended well, else its error.
  #outcome;
  #listener;
  #cleanup;
  #wake;
  #finished = false;
  // Requests are served one after the other: how many are under way, and the last of them.
  #underWay = 0;
  #last;

  constructor(stream, options) {
    this.#stream = stream;
    this.#options = options;
  }

  next() {
    if (this.#underWay === 0) {
      if (this.#finished) return PromiseResolve({ value: undefined, done: true });
      this.#start();
      const chunk = this.#read();
      if (chunk !== null && typeof chunk?.then !== 'function') return PromiseResolve({ value: chunk, done: false });
      if (chunk !== null) return this.#request(() => this.#unwrap(chunk));
    }
    return this.#request(() => this.#pull());
  }

  return(value) {
    return this.#request(() => {
      if (!this.#finished) this.#finish();
      return PromiseResolve({ value, done: true });
    });
  }

  throw(error) {
    return this.#request(() => {
      if (!this.#finished) {
        this.#outcome = aggregateTwoErrors(this.#outcome, error);
        this.#finish();
      }
      return PromiseReject(error);
    });
  }

  #request(serve) {
    const answer = this.#underWay++ === 0 ? serve() : PromisePrototypeThen(this.#last, serve, serve);
    const over = () => { this.#underWay--; };
    this.#last = PromisePrototypeThen(answer, over, over);
    return answer;
  }

  #start() {
    if (this.#listener !== undefined) return;
    this.#listener = FunctionPrototypeBind(this.#wakeUp, this);
    this.#stream.on('readable', this.#listener);
    const { eos } = require('internal/streams/end_of_stream');
    this.#cleanup = eos(this.#stream, { writable: false }, (error) => {
      this.#outcome = error ? aggregateTwoErrors(this.#outcome, error) : null;
      this.#wakeUp();
    });
  }

  #wakeUp() {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #read() {
    return this.#stream.destroyed ? null : this.#stream.read();
  }

  async #pull() {
    if (this.#finished) return { value: undefined, done: true };
    this.#start();
    try {
      while (true) {
        const chunk = this.#read();
        if (chunk !== null) return { value: await chunk, done: false };
        if (this.#outcome) throw this.#outcome;
        if (this.#outcome === null) {
          this.#finish();
          return { value: undefined, done: true };
        }
        await new Promise((resolve) => { this.#wake = resolve; });
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #unwrap(chunk) {
    try {
      return { value: await chunk, done: false };
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    this.#outcome = error === this.#outcome ? error : aggregateTwoErrors(this.#outcome, error);
    this.#finish();
    throw this.#outcome;
  }

  // The stream goes with the iterator, or is left as it was found.
  #finish() {
    this.#finished = true;
    if (this.#listener === undefined) return;
    const destroys = this.#outcome || this.#options?.destroyOnReturn !== false;
    if (destroys && (this.#outcome === undefined || this.#stream._readableState.autoDestroy)) {
      destroyer(this.#stream, null);
    } else {
      this.#stream.off('readable', this.#listener);
      this.#cleanup();
    }
  }
}

ObjectSetPrototypeOf(ChunkIterator.prototype, AsyncIteratorPrototype);

module.exports = { iterate, iterator };
