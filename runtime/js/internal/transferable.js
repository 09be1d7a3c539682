// Objects of the runtime in messages: how a class says that its objects can be cloned or moved, and the hooks through
// which the native side describes them and brings them back to life.
//
// A class whose objects can be cloned has `[kClone]()`, one whose objects can be moved `[kTransfer]()`; both answer
// `{ data, info }`, where `data` can be cloned itself and `info` is `module:Class`, the class that is made at the other end,
// without arguments, and gets `[kRevive](data)`. `[kTransferList]()` names what moves along with `data`.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypePush, FunctionPrototypeCall, ObjectDefineProperty, ObjectHasOwn, SafeMap,
  StringPrototypeIndexOf, StringPrototypeSlice, Symbol, SymbolFor, SymbolIterator, TypeError,
} = primordials;
const { codes } = require('internal/errors');
const { DOMException, isDOMException } = require('internal/domexception');

const native = binding('messaging');

// The native writer looks for this symbol; `messaging/message.rs` has its name.
const kIsDescribed = SymbolFor('rondo.clone');
const kClone = Symbol('kClone');
const kTransfer = Symbol('kTransfer');
const kTransferList = Symbol('kTransferList');
const kRevive = Symbol('kRevive');
const kUncloneable = Symbol('kUncloneable');
const { kUntransferable } = require('internal/buffer/memory');

/** Makes the objects of a class known to the native writer. */
function markDescribed(prototype) {
  ObjectDefineProperty(prototype, kIsDescribed, { __proto__: null, value: true, enumerable: false });
}

function dataCloneError(message) {
  return new DOMException(message, 'DataCloneError');
}

// The message being written: what moves with it, each with its place or its description.
let moving = null;

/** Calls `write(value, arrayBuffers, ports)` with what a transfer list names, sorted by kind. */
function writeMessage(value, transfer, write) {
  const outer = moving;
  moving = new SafeMap();
  const buffers = [];
  const ports = [];
  try {
    for (let i = 0; i < transfer.length; i++) addTransferable(transfer[i], buffers, ports);
    return write(value, buffers, ports);
  } finally {
    moving = outer;
  }
}

// Node's error has a code of its own and the name that the standard wants.
function invalidTransfer() {
  const error = new codes.ERR_INVALID_TRANSFER_OBJECT();
  error.name = 'DataCloneError';
  return error;
}

function addTransferable(item, buffers, ports) {
  const { MessagePort, numberOf } = require('internal/message_port');
  if (binding('util').isArrayBuffer(item)) {
    if (ObjectHasOwn(item, kUntransferable)) throw dataCloneError('An ArrayBuffer is marked as untransferable');
    if (ArrayPrototypeIncludes(buffers, item)) throw dataCloneError('Transfer list contains duplicate ArrayBuffer');
    ArrayPrototypePush(buffers, item);
    return;
  }
  if (item === null || typeof item !== 'object') {
    throw invalidTransfer();
  }
  if (moving.has(item)) {
    throw dataCloneError(`Transfer list contains duplicate ${item instanceof MessagePort ? 'MessagePort' : item.constructor?.name ?? 'object'}`);
  }
  if (ObjectHasOwn(item, kUntransferable)) throw dataCloneError('An object is marked as untransferable');
  if (item instanceof MessagePort) {
    const number = numberOf(item);
    if (number === 0) throw dataCloneError('MessagePort in transfer list is already detached');
    ArrayPrototypePush(ports, number);
    moving.set(item, { port: ports.length - 1 });
    return;
  }
  if (typeof item[kTransfer] !== 'function') throw invalidTransfer();
  moving.set(item, null);
  if (typeof item[kTransferList] === 'function') {
    const along = FunctionPrototypeCall(item[kTransferList], item);
    for (let i = 0; i < along.length; i++) addTransferable(along[i], buffers, ports);
  }
  moving.set(item, FunctionPrototypeCall(item[kTransfer], item));
}

// What stands in the message for an object that only JavaScript knows.
function describe(object) {
  const moved = moving?.get(object);
  if (moved !== undefined) return moved;
  if (ObjectHasOwn(object, kUncloneable)) throw dataCloneError(`${object.constructor?.name ?? 'Object'} could not be cloned.`);
  if (object instanceof DOMException) return describeDOMException(object);
  if (typeof object[kClone] === 'function') return FunctionPrototypeCall(object[kClone], object);
  if (typeof object[kTransfer] === 'function' || object instanceof require('internal/message_port').MessagePort) {
    const error = new codes.ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST();
    error.name = 'DataCloneError';
    throw error;
  }
  throw dataCloneError(`${object.constructor?.name ?? 'Object'} could not be cloned.`);
}

// Objects that only have the prototype are plain ones.
function describeDOMException(object) {
  if (!isDOMException(object)) return { plain: { ...object } };
  const { message, name, stack } = object;
  return { exception: { message, name, stack } };
}

function revive(description, ports) {
  if (description.plain !== undefined) return description.plain;
  if (description.exception !== undefined) {
    const { message, name, stack } = description.exception;
    const exception = new DOMException(message, name);
    ObjectDefineProperty(exception, 'stack', { __proto__: null, value: stack, writable: true, configurable: true, enumerable: false });
    return exception;
  }
  if (description.port !== undefined) return ports[description.port];
  const { data, info } = description;
  const colon = StringPrototypeIndexOf(info, ':');
  const Class = require(StringPrototypeSlice(info, 0, colon))[StringPrototypeSlice(info, colon + 1)];
  const object = new Class();
  const replaced = object[kRevive](data);
  return replaced === undefined ? object : replaced;
}

function invalidList(name) {
  const error = new TypeError(`Optional ${name} argument must be an iterable`);
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

/** A transfer list given as an array, as `{ transfer }`, or not at all. */
function transferListOf(options) {
  if (options === undefined || options === null) return [];
  if (ArrayIsArray(options)) return options;
  if (typeof options !== 'object') throw invalidList('transferList');
  if (typeof options[SymbolIterator] === 'function') return listOf(options, 'transferList');
  const { transfer } = options;
  if (transfer === undefined) return [];
  if (ArrayIsArray(transfer)) return transfer;
  return listOf(transfer, 'options.transfer');
}

function listOf(iterable, name) {
  if (iterable === null || typeof iterable !== 'object' || typeof iterable[SymbolIterator] !== 'function') {
    throw invalidList(name);
  }
  // An iterator that is none is no iterable either.
  const iterator = FunctionPrototypeCall(iterable[SymbolIterator], iterable);
  if (iterator === null || typeof iterator !== 'object' || typeof iterator.next !== 'function') throw invalidList(name);
  const list = [];
  for (let step = iterator.next(); !step.done; step = iterator.next()) ArrayPrototypePush(list, step.value);
  return list;
}

function markAsUntransferable(object) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return;
  ObjectDefineProperty(object, kUntransferable, { __proto__: null, value: true, enumerable: false });
}

function markAsUncloneable(object) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return;
  ObjectDefineProperty(object, kUncloneable, { __proto__: null, value: true, enumerable: false });
  ObjectDefineProperty(object, kIsDescribed, { __proto__: null, value: true, enumerable: false });
}

function isMarkedAsUntransferable(object) {
  return object !== null && (typeof object === 'object' || typeof object === 'function') && ObjectHasOwn(object, kUntransferable);
}

markDescribed(DOMException.prototype);

native.setHooks({
  __proto__: null,
  describe,
  revive,
  cloneError: dataCloneError,
  makePorts: (numbers) => require('internal/message_port').makePorts(numbers),
  onMessage: (number, value, error) => require('internal/message_port').onMessage(number, value, error),
  onClose: (number) => require('internal/message_port').onClose(number),
});

module.exports = {
  kClone, kRevive, kTransfer, kTransferList, dataCloneError, isMarkedAsUntransferable, markAsUncloneable,
  markAsUntransferable, markDescribed,
  transferListOf, writeMessage,
};
