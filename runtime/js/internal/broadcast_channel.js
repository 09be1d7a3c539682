// BroadcastChannel: every open channel of a name hears what another one of that name posts.
'use strict';

const {
  ArrayPrototypeFilter, ArrayPrototypePush, ObjectDefineProperties, SafeMap, SymbolFor, SymbolToStringTag,
} = primordials;
const { codes } = require('internal/errors');
const { DOMException } = require('internal/domexception');
const { EventTarget, defineEventHandler } = require('internal/event_target');
const { MessageChannel, MessageEvent } = require('internal/message_port');

const kInspect = SymbolFor('nodejs.util.inspect.custom');

// The open channels by name.
const open = new SafeMap();

let isChannel;

class BroadcastChannel extends EventTarget {
  #name;
  // What others post to `entry` comes out at `exit`.
  #entry;
  #exit;

  constructor(name) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('name');
    super();
    this.#name = `${name}`;
    const { port1, port2 } = new MessageChannel();
    this.#entry = port1;
    this.#exit = port2;
    port2.on('message', (data) => this.dispatchEvent(new MessageEvent('message', { data })));
    port2.on('messageerror', (data) => this.dispatchEvent(new MessageEvent('messageerror', { data })));
    const channels = open.get(this.#name);
    if (channels === undefined) open.set(this.#name, [this]);
    else ArrayPrototypePush(channels, this);
  }

  get name() {
    check(this);
    return this.#name;
  }

  postMessage(message) {
    check(this);
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('message');
    if (this.#entry === null) throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError');
    // A value that cannot be cloned fails even when nobody listens.
    const channels = open.get(this.#name);
    if (channels.length === 1) require('internal/structured_clone').structuredClone(message);
    for (let i = 0; i < channels.length; i++) if (channels[i] !== this) channels[i].#entry.postMessage(message);
  }

  close() {
    check(this);
    if (this.#entry === null) return;
    const others = ArrayPrototypeFilter(open.get(this.#name), (channel) => channel !== this);
    if (others.length === 0) open.delete(this.#name);
    else open.set(this.#name, others);
    this.#entry.close();
    this.#entry = null;
    this.#exit = null;
  }

  ref() {
    check(this);
    this.#exit?.ref();
    return this;
  }

  unref() {
    check(this);
    this.#exit?.unref();
    return this;
  }

  [kInspect](depth, options) {
    check(this);
    if (depth < 0) return 'BroadcastChannel';
    const { inspect } = require('internal/util/inspect');
    return `BroadcastChannel ${inspect({ name: this.#name, active: this.#entry !== null }, {
      ...options, depth: options.depth === null ? null : options.depth - 1,
    })}`;
  }

  static {
    isChannel = (value) => typeof value === 'object' && value !== null && #name in value;
  }
}

function check(value) {
  if (!isChannel(value)) throw new codes.ERR_INVALID_THIS('BroadcastChannel');
}

defineEventHandler(BroadcastChannel.prototype, 'message');
defineEventHandler(BroadcastChannel.prototype, 'messageerror');
const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(BroadcastChannel.prototype, {
  name: enumerable, close: enumerable, postMessage: enumerable, ref: enumerable, unref: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'BroadcastChannel' },
});

module.exports = { BroadcastChannel };
