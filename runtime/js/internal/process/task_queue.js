// `process.nextTick`, `queueMicrotask` and the drain that follows each callback: all ticks, then all microtasks, until
// neither is left; then unhandled rejections.
'use strict';

const { words, TICKS_QUEUED, REJECTIONS_WAITING, OBSERVED } = require('internal/loop_words');
const { getFrame, setFrame } = require('internal/async_frame');
const loop = binding('loop');
const ids = require('internal/async_hooks/ids');
const asyncIds = ids.state;
const { Array, Proxy } = primordials;

class Tick {
  constructor(callback, args, frame) {
    this.callback = callback;
    this.args = args;
    this.frame = frame;
    this.next = null;
    this.id = 0;
  }
}

let first = null;
let last = null;

// The tick that runs, for a stall whose samples fall between two ticks.
const running = { __proto__: null, callback: null };
require('internal/startup').onStartup(() => loop.setRunningTick(running));

function nextTick(callback) {
  if (typeof callback !== 'function') require('internal/validators').validateFunction(callback, 'callback');
  if (process._exiting) return;
  let args;
  const count = arguments.length - 1;
  if (count > 0) {
    args = new Array(count);
    for (let i = 0; i < count; i++) args[i] = arguments[i + 1];
  }
  const tick = new Tick(callback, args, getFrame());
  if (words[OBSERVED] !== 0) tick.id = loop.scheduledTick(callback);
  if (asyncIds.on) ids.begin(tick, 'TickObject');
  if (last === null) {
    first = tick;
    words[TICKS_QUEUED] = 1;
  } else {
    last.next = tick;
  }
  last = tick;
}

function run(tick) {
  const { callback, args } = tick;
  if (args === undefined) return callback();
  switch (args.length) {
    case 1: return callback(args[0]);
    case 2: return callback(args[0], args[1]);
    case 3: return callback(args[0], args[1], args[2]);
    default: return callback(...new primordials.SafeArrayIterator(args));
  }
}

// The bit of the word `OBSERVED` that a debugger sets.
const BY_DEBUGGER = 2;
const TRANSPARENT = { __proto__: null };

// While somebody looks, each tick is a callback of its own.
function runObserved(tick) {
  loop.enterTick(tick.id);
  // V8 pauses at the next call, which is none where the optimizer has made the callback a part of this function.
  if ((words[OBSERVED] & BY_DEBUGGER) !== 0) tick.callback = new Proxy(tick.callback, TRANSPARENT);
  try {
    run(tick);
  } finally {
    loop.leaveTick(tick.id);
  }
}

function runWithIds(tick) {
  ids.enter(tick);
  if (ids.has('destroy')) {
    try {
      runMaybeObserved(tick);
    } finally {
      ids.destroy(ids.idOf(tick));
    }
  } else {
    runMaybeObserved(tick);
  }
  ids.leave();
}

function runMaybeObserved(tick) {
  if (tick.id === 0) run(tick);
  else runObserved(tick);
}

function drainTicks() {
  const before = getFrame();
  try {
    do {
      while (first !== null) {
        const tick = first;
        first = tick.next;
        if (first === null) {
          last = null;
          words[TICKS_QUEUED] = 0;
        }
        setFrame(tick.frame);
        running.callback = tick.callback;
        if (asyncIds.on) runWithIds(tick);
        else if (tick.id === 0) run(tick);
        else runObserved(tick);
      }
      setFrame(before);
      running.callback = null;
      loop.runMicrotasks();
    } while (first !== null || (words[REJECTIONS_WAITING] !== 0 && require('internal/process/rejections').processRejections()));
  } finally {
    setFrame(before);
  }
}

function runMicrotaskWithIds(resource) {
  ids.enter(resource);
  resource.callback();
  ids.leave();
  ids.destroy(ids.idOf(resource));
}

function queueMicrotask(callback) {
  if (typeof callback !== 'function') require('internal/validators').validateFunction(callback, 'callback');
  const frame = getFrame();
  const resource = asyncIds.on ? { callback } : undefined;
  if (resource !== undefined) ids.begin(resource, 'Microtask');
  const id = words[OBSERVED] === 0 ? 0 : loop.scheduledMicrotask(callback);
  loop.enqueueMicrotask(() => {
    const before = getFrame();
    setFrame(frame);
    if (words[OBSERVED] !== 0) loop.enterMicrotask(id);
    try {
      if (resource === undefined) callback();
      else runMicrotaskWithIds(resource);
    } catch (error) {
      require('internal/process/uncaught').uncaughtFromMicrotask(error);
    } finally {
      setFrame(before);
      if (id !== 0) loop.leaveMicrotask(id);
    }
  });
}

const process = require('process');
module.exports = { nextTick, drainTicks, queueMicrotask };
