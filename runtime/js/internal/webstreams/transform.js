'use strict';

// TransformStream (https://streams.spec.whatwg.org/#ts-class): what is written comes out changed at the readable side,
// whose backpressure holds the writable side.

const {
  FunctionPrototypeCall, ObjectDefineProperties, PromisePrototypeThen, PromiseReject, PromiseResolve, SymbolToStringTag,
} = primordials;
const { codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE, ERR_INVALID_THIS } } = require('internal/errors');
const { createReadableStream, innerOf: innerOfReadable } = require('internal/webstreams/readable');
const { createWritableStream, innerOf: innerOfWritable } = require('internal/webstreams/writable');
const {
  callToPromise, checkDictionary, checkMake, checkObject, highWaterMarkOf, inspectAs, kInspect, kMake, methodOf, sizeOf,
  withResolvers,
} = require('internal/webstreams/util');

class TransformInner {
  readable;
  writable;
  #public = undefined;
  #readableController;
  #transform;
  #flush;
  #cancel;
  #backpressure = undefined;
  #backpressureChange = undefined;
  // The end of a cancel, abort or flush, of which only one happens.
  #finish = undefined;

  constructor({ transform, flush, cancel }, started, marks) {
    this.#transform = transform;
    this.#flush = flush;
    this.#cancel = cancel;
    this.writable = createWritableStream({
      start: () => started,
      write: (chunk) => this.#sinkWrite(chunk),
      close: () => this.#sinkClose(),
      abort: (reason) => this.#sinkAbort(reason),
    }, marks.writable, marks.writableSize);
    this.readable = createReadableStream({
      start: () => started,
      pull: () => this.#sourcePull(),
      cancel: (reason) => this.#sourceCancel(reason),
    }, marks.readable, marks.readableSize);
    this.#readableController = innerOfReadable(this.readable).controller;
    this.#setBackpressure(true);
  }

  get public() {
    return this.#public ??= new TransformStreamDefaultController(kMake, this);
  }

  get desiredSize() {
    return this.#readableController.desiredSize;
  }

  #setBackpressure(backpressure) {
    this.#backpressureChange?.resolve();
    this.#backpressureChange = withResolvers();
    this.#backpressure = backpressure;
  }

  #forgetAlgorithms() {
    this.#transform = undefined;
    this.#flush = undefined;
    this.#cancel = undefined;
  }

  enqueue(chunk) {
    const controller = this.#readableController;
    if (!controller.canCloseOrEnqueue) throw new ERR_INVALID_STATE.TypeError('Unable to enqueue');
    try {
      controller.enqueue(chunk);
    } catch (error) {
      this.#errorWritable(error);
      throw innerOfReadable(this.readable).storedError;
    }
    const backpressure = controller.hasBackpressure;
    if (backpressure !== this.#backpressure) this.#setBackpressure(true);
  }

  error(error) {
    this.#readableController.error(error);
    this.#errorWritable(error);
  }

  terminate() {
    this.#readableController.close();
    this.#errorWritable(new ERR_INVALID_STATE.TypeError('TransformStream has been terminated'));
  }

  #errorWritable(error) {
    this.#forgetAlgorithms();
    innerOfWritable(this.writable).controller.errorIfNeeded(error);
    if (this.#backpressure) this.#setBackpressure(false);
  }

  #sinkWrite(chunk) {
    if (!this.#backpressure) return this.#perform(chunk);
    return PromisePrototypeThen(this.#backpressureChange.promise, () => {
      const writable = innerOfWritable(this.writable);
      if (writable.state === 'erroring') throw writable.storedError;
      return this.#perform(chunk);
    });
  }

  #perform(chunk) {
    let result;
    if (this.#transform === undefined) {
      try {
        this.enqueue(chunk);
        result = PromiseResolve();
      } catch (error) {
        result = PromiseReject(error);
      }
    } else result = this.#transform(chunk, this);
    return PromisePrototypeThen(result, undefined, (error) => {
      this.error(error);
      throw error;
    });
  }

  #sinkAbort(reason) {
    if (this.#finish !== undefined) return this.#finish.promise;
    const readable = innerOfReadable(this.readable);
    const finish = this.#finish = withResolvers();
    const result = this.#cancel === undefined ? PromiseResolve() : this.#cancel(reason);
    this.#forgetAlgorithms();
    PromisePrototypeThen(result, () => {
      if (readable.state === 'errored') return finish.reject(readable.storedError);
      this.#readableController.error(reason);
      finish.resolve();
    }, (error) => {
      this.#readableController.error(error);
      finish.reject(error);
    });
    return finish.promise;
  }

  #sinkClose() {
    if (this.#finish !== undefined) return this.#finish.promise;
    const readable = innerOfReadable(this.readable);
    const finish = this.#finish = withResolvers();
    const result = this.#flush === undefined ? PromiseResolve() : this.#flush(this);
    this.#forgetAlgorithms();
    PromisePrototypeThen(result, () => {
      if (readable.state === 'errored') return finish.reject(readable.storedError);
      this.#readableController.close();
      finish.resolve();
    }, (error) => {
      this.#readableController.error(error);
      finish.reject(error);
    });
    return finish.promise;
  }

  #sourceCancel(reason) {
    if (this.#finish !== undefined) return this.#finish.promise;
    const writable = innerOfWritable(this.writable);
    const finish = this.#finish = withResolvers();
    const result = this.#cancel === undefined ? PromiseResolve() : this.#cancel(reason);
    this.#forgetAlgorithms();
    const unblock = () => { if (this.#backpressure) this.#setBackpressure(false); };
    PromisePrototypeThen(result, () => {
      if (writable.state === 'errored') return finish.reject(writable.storedError);
      writable.controller.errorIfNeeded(reason);
      unblock();
      finish.resolve();
    }, (error) => {
      writable.controller.errorIfNeeded(error);
      unblock();
      finish.reject(error);
    });
    return finish.promise;
  }

  #sourcePull() {
    this.#setBackpressure(false);
    return this.#backpressureChange.promise;
  }
}

let isTransformStream;

class TransformStream {
  #inner;

  constructor(transformer = {}, writableStrategy = {}, readableStrategy = {}) {
    if (transformer === null) throw new ERR_INVALID_ARG_VALUE('transformer', 'Object', transformer);
    checkObject(transformer, 'transformer');
    checkDictionary(writableStrategy, 'writableStrategy');
    checkDictionary(readableStrategy, 'readableStrategy');
    const cancel = methodOf(transformer, 'cancel', 'transformer');
    const flush = methodOf(transformer, 'flush', 'transformer');
    if (transformer.readableType !== undefined) {
      throw new ERR_INVALID_ARG_VALUE.RangeError('transformer.readableType', transformer.readableType);
    }
    const start = methodOf(transformer, 'start', 'transformer');
    const transform = methodOf(transformer, 'transform', 'transformer');
    if (transformer.writableType !== undefined) {
      throw new ERR_INVALID_ARG_VALUE.RangeError('transformer.writableType', transformer.writableType);
    }
    const marks = {
      readableSize: sizeOf(readableStrategy),
      readable: highWaterMarkOf(readableStrategy, 0),
      writableSize: sizeOf(writableStrategy),
      writable: highWaterMarkOf(writableStrategy, 1),
    };
    const started = withResolvers();
    this.#inner = new TransformInner({
      transform: transform && ((chunk, inner) => callToPromise(transform, transformer, [chunk, inner.public])),
      flush: flush && ((inner) => callToPromise(flush, transformer, [inner.public])),
      cancel: cancel && ((reason) => callToPromise(cancel, transformer, [reason])),
    }, started.promise, marks);
    started.resolve(start === undefined ? undefined : FunctionPrototypeCall(start, transformer, this.#inner.public));
  }

  static {
    isTransformStream = (value) => value !== null && typeof value === 'object' && #inner in value;
  }

  get readable() {
    if (!isTransformStream(this)) throw new ERR_INVALID_THIS('TransformStream');
    return this.#inner.readable;
  }

  get writable() {
    if (!isTransformStream(this)) throw new ERR_INVALID_THIS('TransformStream');
    return this.#inner.writable;
  }

  [kInspect](depth, options) {
    if (!isTransformStream(this)) throw new ERR_INVALID_THIS('TransformStream');
    return inspectAs(this, this.constructor.name, depth, options, { readable: this.readable, writable: this.writable });
  }
}

class TransformStreamDefaultController {
  #inner;

  constructor(token, inner) {
    checkMake(token);
    this.#inner = inner;
  }

  static #of(that) {
    if (that === null || typeof that !== 'object' || !(#inner in that)) {
      throw new ERR_INVALID_THIS('TransformStreamDefaultController');
    }
    return that.#inner;
  }

  get desiredSize() {
    return TransformStreamDefaultController.#of(this).desiredSize;
  }

  enqueue(chunk = undefined) {
    TransformStreamDefaultController.#of(this).enqueue(chunk);
  }

  error(reason = undefined) {
    TransformStreamDefaultController.#of(this).error(reason);
  }

  terminate() {
    TransformStreamDefaultController.#of(this).terminate();
  }

  [kInspect](depth, options) {
    return inspectAs(this, this.constructor.name, depth, options, {});
  }
}

const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(TransformStream.prototype, {
  readable: kEnumerable,
  writable: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'TransformStream' },
});
ObjectDefineProperties(TransformStreamDefaultController.prototype, {
  desiredSize: kEnumerable,
  enqueue: kEnumerable,
  error: kEnumerable,
  terminate: kEnumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'TransformStreamDefaultController' },
});

module.exports = { TransformStream, TransformStreamDefaultController, isTransformStream };
