// MessageChannel and MessagePort: the JavaScript side of `binding('messaging')`.
'use strict';

const {
  ArrayPrototypeIncludes, ArrayPrototypeMap, ObjectDefineProperties, SafeMap, Symbol, SymbolFor, SymbolToStringTag, TypeError,
} = primordials;
const { codes } = require('internal/errors');
const {
  Event, defineEventHandler, kCreateEvent, kHybridDispatch, kNewListener, kRemoveListener,
} = require('internal/event_target');
const { NodeEventTarget } = require('internal/event_target/node_event_target');
const { dataCloneError, markDescribed, transferListOf, writeMessage } = require('internal/transferable');
const native = binding('messaging');

const kMake = Symbol('kMake');
const kInspect = SymbolFor('nodejs.util.inspect.custom');
// A port behind an object of another class, such as a worker's `parentPort`.
const kPortOf = Symbol('kPortOf');

// The ports of this loop by number: what is open stays, as events may come.
const ports = new SafeMap();

class MessageEvent extends Event {
  #data;
  #origin;
  #lastEventId;
  #source;
  #ports;

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('type');
    super(type, options);
    const { data = null, origin = '', lastEventId = '', source = null, ports: along = [] } = options ?? {};
    if (source !== null && source !== undefined && !(source instanceof MessagePort)) {
      throw new codes.ERR_INVALID_ARG_TYPE('init.source', 'MessagePort', source);
    }
    if (along === null || typeof along !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('init.ports', 'Iterable', along);
    for (let i = 0; i < along.length; i++) {
      if (!(along[i] instanceof MessagePort)) throw new codes.ERR_INVALID_ARG_TYPE(`init.ports[${i}]`, 'MessagePort', along[i]);
    }
    this.#data = data;
    this.#origin = `${origin}`;
    this.#lastEventId = `${lastEventId}`;
    this.#source = source;
    this.#ports = along;
  }

  get data() { return this.#data; }
  get origin() { return this.#origin; }
  get lastEventId() { return this.#lastEventId; }
  get source() { return this.#source; }
  get ports() { return this.#ports; }
}

let numberOf;
let detach;
let setArrived;

class MessagePort extends NodeEventTarget {
  // 0 once closed or moved away.
  #number = 0;
  #isRefed = false;
  // Those that came with the message being delivered.
  #arrived = [];
  #isClosing = false;

  static {
    numberOf = (port) => port.#number;
    detach = (port) => {
      port.#number = 0;
      port.#isRefed = false;
    };
    setArrived = (port, list) => { port.#arrived = list; };
  }

  constructor(token, number) {
    if (token !== kMake) throw new codes.ERR_CONSTRUCT_CALL_INVALID();
    super();
    this.#number = number;
    ports.set(number, this);
  }

  postMessage(message, options = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('The "message" argument');
    const transfer = transferListOf(options);
    if (ArrayPrototypeIncludes(transfer, this)) throw dataCloneError('Transfer list contains source port');
    writeMessage(message, transfer, (value, buffers, along) => {
      native.post(this.#number, value, buffers, along);
      forget(along);
    });
  }

  start() {
    if (this.#number !== 0) native.start(this.#number);
  }

  close(callback = undefined) {
    if (typeof callback === 'function') this.once('close', callback);
    if (this.#number === 0 || this.#isClosing) return;
    this.#isClosing = true;
    // The close event is still to come, and the loop waits for it.
    native.setRef(this.#number, true);
    native.close(this.#number);
  }

  ref() {
    if (this.#number === 0 || this.#isClosing) return;
    this.#isRefed = true;
    native.setRef(this.#number, true);
  }

  unref() {
    if (this.#number === 0 || this.#isClosing) return;
    this.#isRefed = false;
    native.setRef(this.#number, false);
  }

  hasRef() {
    return this.#number !== 0 && this.#isRefed;
  }

  [kNewListener](size, type, listener, ...rest) {
    super[kNewListener]?.(size, type, listener, ...rest);
    // The first listener starts the port and keeps the loop alive.
    if (type !== 'message' || size !== 1) return;
    this.ref();
    this.start();
  }

  [kRemoveListener](size, type, listener, ...rest) {
    super[kRemoveListener]?.(size, type, listener, ...rest);
    if (type !== 'message' || size !== 0) return;
    this.unref();
    if (this.#number !== 0) native.stop(this.#number);
  }

  [kCreateEvent](value, type) {
    if (type !== 'message' && type !== 'messageerror') return super[kCreateEvent](value, type);
    return new MessageEvent(type, { data: value, ports: this.#arrived });
  }

  [kInspect](depth, options) {
    const { inspect } = require('internal/util/inspect');
    return `MessagePort ${inspect({ active: this.#number !== 0, refed: this.#isRefed }, options)}`;
  }
}
defineEventHandler(MessagePort.prototype, 'message');
defineEventHandler(MessagePort.prototype, 'messageerror');
markDescribed(MessagePort.prototype);

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(MessagePort.prototype, {
  postMessage: enumerable, start: enumerable, close: enumerable, ref: enumerable, unref: enumerable, hasRef: enumerable,
});
ObjectDefineProperties(MessageEvent.prototype, {
  data: enumerable, origin: enumerable, lastEventId: enumerable, source: enumerable, ports: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'MessageEvent' },
});

class MessageChannel {
  constructor() {
    const { 0: first, 1: second } = native.createChannel();
    this.port1 = new MessagePort(kMake, first);
    this.port2 = new MessagePort(kMake, second);
  }
}

/** Ports that have moved away with a message. */
function forget(numbers) {
  for (let i = 0; i < numbers.length; i++) {
    const port = ports.get(numbers[i]);
    ports.delete(numbers[i]);
    if (port !== undefined) detach(port);
  }
}

let arrived = [];

/** The ports of a message that has come. */
function makePorts(numbers) {
  arrived = ArrayPrototypeMap(numbers, (number) => new MessagePort(kMake, number));
  return arrived;
}

function onMessage(number, value, error) {
  const port = ports.get(number);
  if (port === undefined) return;
  setArrived(port, arrived);
  if (error === undefined) port[kHybridDispatch](value, 'message');
  else port[kHybridDispatch](error, 'messageerror');
}

function onClose(number) {
  const port = ports.get(number);
  ports.delete(number);
  if (port === undefined) return;
  detach(port);
  port[kHybridDispatch](undefined, 'close');
}

/** The next message of a port, without waiting: `{ message }`, or undefined. */
function receiveMessageOnPort(port) {
  const target = port?.[kPortOf] ?? port;
  if (!(target instanceof MessagePort)) {
    const error = new TypeError('The "port" argument must be a MessagePort instance');
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }
  const received = native.receive(numberOf(target));
  return received === undefined ? undefined : { message: received[0] };
}

module.exports = {
  MessageChannel, MessageEvent, MessagePort, forget, kPortOf, makePorts, numberOf, onClose, onMessage, receiveMessageOnPort,
};
