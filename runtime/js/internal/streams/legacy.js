'use strict';

// Stream, the base of all: an emitter with the plain `pipe` of the first generation of streams.

const {
  ArrayIsArray,
  ObjectSetPrototypeOf,
} = primordials;

const EventEmitter = require('events');

function Stream(options) {
  EventEmitter.call(this, options);
}
ObjectSetPrototypeOf(Stream.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Stream, EventEmitter);

Stream.prototype.pipe = function(destination, options) {
  const source = this;
  let ended = false;

  function onData(chunk) {
    if (destination.writable && destination.write(chunk) === false && source.pause) source.pause();
  }
  function onDrain() {
    if (source.readable && source.resume) source.resume();
  }
  function onEnd() {
    if (ended) return;
    ended = true;
    destination.end();
  }
  function onClose() {
    if (ended) return;
    ended = true;
    if (typeof destination.destroy === 'function') destination.destroy();
  }
  function onError(error) {
    unhook();
    if (EventEmitter.listenerCount(this, 'error') === 0) this.emit('error', error);
  }
  function unhook() {
    source.removeListener('data', onData);
    destination.removeListener('drain', onDrain);
    source.removeListener('end', onEnd);
    source.removeListener('close', onClose);
    source.removeListener('error', onError);
    destination.removeListener('error', onError);
    source.removeListener('end', unhook);
    source.removeListener('close', unhook);
    destination.removeListener('close', unhook);
  }

  source.on('data', onData);
  destination.on('drain', onDrain);
  // Standard output and error outlive everything piped into them.
  if (!destination._isStdio && options?.end !== false) {
    source.on('end', onEnd);
    source.on('close', onClose);
  }
  prependListener(source, 'error', onError);
  prependListener(destination, 'error', onError);
  source.on('end', unhook);
  source.on('close', unhook);
  destination.on('close', unhook);
  destination.emit('pipe', source);
  return destination;
};

// The emitter may come from a library that brings an older EventEmitter.
function prependListener(emitter, type, listener) {
  if (typeof emitter.prependListener === 'function') return emitter.prependListener(type, listener);
  const listeners = emitter._events?.[type];
  if (!listeners) emitter.on(type, listener);
  else if (ArrayIsArray(listeners)) listeners.unshift(listener);
  else emitter._events[type] = [listener, listeners];
  return undefined;
}

module.exports = { Stream, prependListener };
