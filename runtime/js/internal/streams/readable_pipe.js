'use strict';

// `pipe` and `unpipe`: data events into writes, with the source paused while a destination is full.

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSplice,
  SafeSet,
} = primordials;

const process = require('process');
const { prependListener } = require('internal/streams/legacy');
const { errorOrDestroy } = require('internal/streams/destroy');
const { kEndEmitted, kFlowing, kMultiAwaitDrain } = require('internal/streams/readable_state');

function pipe(destination, options) {
  const source = this;
  const state = this._readableState;
  let ondrain;
  let unhooked = false;

  if (state.pipes.length === 1 && (state.flags & kMultiAwaitDrain) === 0) {
    // From the second destination on, several may be waited for.
    state.flags |= kMultiAwaitDrain;
    state.awaitDrainWriters = new SafeSet(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  ArrayPrototypePush(state.pipes, destination);

  const ends = options?.end !== false && destination !== process.stdout && destination !== process.stderr;
  const atEnd = ends ? onend : leave;
  if ((state.flags & kEndEmitted) !== 0) process.nextTick(atEnd);
  else source.once('end', atEnd);

  function onunpipe(readable, info) {
    if (readable === source && info && info.hasUnpiped === false) {
      info.hasUnpiped = true;
      unhook();
    }
  }
  function onend() {
    destination.end();
  }
  function ondata(chunk) {
    try {
      if (destination.write(chunk) === false) hold();
    } catch (error) {
      // Objects into bytes, for one: it is the destination that cannot go on.
      destination.destroy(error);
    }
  }
  function onerror(error) {
    leave();
    destination.removeListener('error', onerror);
    if (destination.listenerCount('error') !== 0) return;
    const other = destination._writableState || destination._readableState;
    if (other && !other.errorEmitted) errorOrDestroy(destination, error);
    else destination.emit('error', error);
  }
  function onclose() {
    destination.removeListener('finish', onfinish);
    leave();
  }
  function onfinish() {
    destination.removeListener('close', onclose);
    leave();
  }
  function leave() {
    source.unpipe(destination);
  }

  function hold() {
    // A write can end the pipe; then nobody would wake the source again.
    if (!unhooked) {
      if (state.pipes.length === 1 && state.pipes[0] === destination) {
        state.awaitDrainWriters = destination;
        state.flags &= ~kMultiAwaitDrain;
      } else if (state.pipes.length > 1 && ArrayPrototypeIndexOf(state.pipes, destination) !== -1) {
        state.awaitDrainWriters.add(destination);
      }
      source.pause();
    }
    if (ondrain === undefined) {
      ondrain = () => released(source, destination);
      destination.on('drain', ondrain);
    }
  }

  function unhook() {
    destination.removeListener('close', onclose);
    destination.removeListener('finish', onfinish);
    if (ondrain !== undefined) destination.removeListener('drain', ondrain);
    destination.removeListener('error', onerror);
    destination.removeListener('unpipe', onunpipe);
    source.removeListener('end', onend);
    source.removeListener('end', leave);
    source.removeListener('data', ondata);
    unhooked = true;
    // The source may be paused for this destination alone, whose 'drain' is no longer heard.
    if (ondrain !== undefined && state.awaitDrainWriters &&
        (!destination._writableState || destination._writableState.needDrain)) {
      ondrain();
    }
  }

  destination.on('unpipe', onunpipe);
  source.on('data', ondata);
  // Before the listeners of the program, which may throw.
  prependListener(destination, 'error', onerror);
  destination.once('close', onclose);
  destination.once('finish', onfinish);
  destination.emit('pipe', source);

  if (destination.writableNeedDrain === true) hold();
  else if ((state.flags & kFlowing) === 0) source.resume();
  return destination;
}

function released(source, destination) {
  const state = source._readableState;
  if (state.awaitDrainWriters === destination) state.awaitDrainWriters = null;
  else if ((state.flags & kMultiAwaitDrain) !== 0) state.awaitDrainWriters.delete(destination);
  if ((!state.awaitDrainWriters || state.awaitDrainWriters.size === 0) && source.listenerCount('data')) {
    source.resume();
  }
}

function unpipe(destination) {
  const state = this._readableState;
  if (state.pipes.length === 0) return this;

  if (!destination) {
    const all = state.pipes;
    state.pipes = [];
    this.pause();
    for (let i = 0; i < all.length; i++) all[i].emit('unpipe', this, { hasUnpiped: false });
    return this;
  }
  const index = ArrayPrototypeIndexOf(state.pipes, destination);
  if (index === -1) return this;
  ArrayPrototypeSplice(state.pipes, index, 1);
  if (state.pipes.length === 0) this.pause();
  destination.emit('unpipe', this, { hasUnpiped: false });
  return this;
}

module.exports = { pipe, unpipe };
