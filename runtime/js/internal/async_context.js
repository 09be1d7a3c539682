'use strict';

// The frame behind AsyncLocalStorage: an immutable map from each store to its value, kept where V8 carries it through
// promises (continuation-preserved embedder data). `run` installs a new frame, nobody changes one; whoever schedules a
// callback remembers the frame and puts it back around the call.

const { ReflectApply, SafeMap } = primordials;

const { getFrame, setFrame } = require('internal/async_frame');

// Undefined is the empty frame, so that programs without stores carry nothing.
class Frame extends SafeMap {}

function valueIn(frame, store) {
  return frame === undefined ? undefined : frame.get(store);
}

function hasIn(frame, store) {
  return frame !== undefined && frame.has(store);
}

function frameWith(frame, store, value) {
  const next = new Frame(frame);
  next.set(store, value);
  return next;
}

function frameWithout(frame, store) {
  if (!hasIn(frame, store)) return frame;
  const next = new Frame(frame);
  next.delete(store);
  return next.size === 0 ? undefined : next;
}

// Swaps the frame in and gives back the one that was there.
function exchange(frame) {
  const before = getFrame();
  if (before !== frame) setFrame(frame);
  return before;
}

function runIn(frame, callback, self, args) {
  const before = exchange(frame);
  try {
    return ReflectApply(callback, self, args);
  } finally {
    setFrame(before);
  }
}

// The callback as it is where no store is in use; else one that runs in the frame of now.
function bindToCurrentFrame(callback) {
  const frame = getFrame();
  if (frame === undefined) return callback;
  return function() {
    return runIn(frame, callback, this, arguments);
  };
}

module.exports = {
  bindToCurrentFrame,
  exchange,
  frameWith,
  frameWithout,
  getFrame,
  hasIn,
  runIn,
  setFrame,
  valueIn,
};
