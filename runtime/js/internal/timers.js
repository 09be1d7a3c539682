// Timers and immediates: the objects that users hold, and the functions by which the loop fires them.
'use strict';

const loop = binding('loop');
const {
  words, IMMEDIATES_QUEUED, IMMEDIATES_REFED, IMMEDIATES_LEFT, CURRENT_CALLBACK, OBSERVED,
} = require('internal/loop_words');
const { getFrame, setFrame } = require('internal/async_frame');
const ids = require('internal/async_hooks/ids');
const asyncIds = ids.state;
const {
  ArrayPrototypePop, ArrayPrototypePush, SafeMap, SymbolToPrimitive, SymbolDispose, MathTrunc, Symbol,
} = primordials;

// These two are said once per process.
let warnedNegative = false;
let warnedNaN = false;
const TIMEOUT_MAX = 2 ** 31 - 1;
const customInspect = Symbol.for('nodejs.util.inspect.custom');

let nextId = 1;
// The timers that run, each at its slot; the loop knows them by it. Slots are used again.
const bySlot = [];
const freeSlots = [];
const NOWHERE = -1;
// Those whose number somebody has asked for, until they are over.
const byNumber = new SafeMap();

function toDuration(after) {
  after *= 1;
  if (after >= 1 && after <= TIMEOUT_MAX) return MathTrunc(after);
  if (after > TIMEOUT_MAX) {
    require('process').emitWarning(`${after} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
      'TimeoutOverflowWarning');
  } else if (after < 0) {
    if (warnedNegative) return 1;
    warnedNegative = true;
    require('process').emitWarning(`${after} is a negative number.\nTimeout duration was set to 1.`, 'TimeoutNegativeWarning');
  } else if (after !== after) {
    if (warnedNaN) return 1;
    warnedNaN = true;
    require('process').emitWarning(`${after} is not a number.\nTimeout duration was set to 1.`, 'TimeoutNaNWarning');
  }
  return 1;
}

class Timeout {
  constructor(callback, after, args, repeats) {
    this._idleTimeout = after === undefined ? 1 : toDuration(after);
    this._onTimeout = callback;
    this._timerArgs = args;
    this._repeat = repeats ? this._idleTimeout : null;
    this._destroyed = false;
    this.id = nextId++;
    this.slot = NOWHERE;
    this.frame = getFrame();
    this.refed = true;
    if (asyncIds.on) ids.begin(this, 'Timeout');
    start(this, callback);
  }

  ref() {
    if (!this.refed) {
      this.refed = true;
      if (this.slot !== NOWHERE) loop.refTimer(this.slot, true);
    }
    return this;
  }

  unref() {
    if (this.refed) {
      this.refed = false;
      if (this.slot !== NOWHERE) loop.refTimer(this.slot, false);
    }
    return this;
  }

  hasRef() {
    return this.refed;
  }

  refresh() {
    if (!this._destroyed || this._onTimeout !== null) start(this, this._onTimeout);
    return this;
  }

  close() {
    clearTimeout(this);
    return this;
  }

  [SymbolDispose]() {
    clearTimeout(this);
  }

  [SymbolToPrimitive]() {
    if (!this._destroyed) byNumber.set(this.id, this);
    return this.id;
  }

  [customInspect](depth, options) {
    return require('util').inspect(this, { ...options, depth: 0, customInspect: false });
  }
}

// The callback is passed on where the program asks for the timer, and not where an interval starts itself again: whoever
// looks is told of the first only.
function start(timer, callback) {
  timer._destroyed = false;
  if (timer.slot === NOWHERE) {
    timer.slot = freeSlots.length > 0 ? ArrayPrototypePop(freeSlots) : bySlot.length;
    bySlot[timer.slot] = timer;
  }
  loop.startTimer(timer.slot, timer.id, timer._idleTimeout, timer.refed, timer._repeat !== null, callback);
}

/** Leaves the slot to others. */
function leave(timer) {
  bySlot[timer.slot] = undefined;
  ArrayPrototypePush(freeSlots, timer.slot);
  timer.slot = NOWHERE;
}

function finishTimer(timer) {
  if (asyncIds.on && !timer._destroyed) ids.destroy(timer[ids.kAsyncId]);
  timer._destroyed = true;
  if (byNumber.size > 0) byNumber.delete(timer.id);
}

// What runs or ran last, for the report of a stall of which no sample could be taken.
const running = { __proto__: null, callback: null };
require('internal/startup').onStartup(() => loop.setRunningTimer(running));

// Called by the loop for each timer that is due.
function runTimer(slot) {
  const timer = bySlot[slot];
  leave(timer);
  const callback = timer._onTimeout;
  if (typeof callback !== 'function') return finishTimer(timer);
  running.callback = callback;
  if (words[OBSERVED] !== 0) loop.callbackRuns(callback);
  const before = getFrame();
  setFrame(timer.frame);
  if (asyncIds.on) ids.enter(timer);
  try {
    const args = timer._timerArgs;
    if (args === undefined) timer._onTimeout();
    else timer._onTimeout(...args);
    if (asyncIds.on) ids.leaveId(timer[ids.kAsyncId]);
  } finally {
    setFrame(before);
    // Unless the callback has started it again itself.
    if (timer.slot === NOWHERE) {
      if (timer._repeat !== null && timer._onTimeout !== null && timer._idleTimeout !== -1) start(timer, undefined);
      else finishTimer(timer);
    }
  }
}

function setTimeout(callback, after, ...args) {
  if (typeof callback !== 'function') require('internal/validators').validateFunction(callback, 'callback');
  return new Timeout(callback, after, args.length > 0 ? args : undefined, false);
}

function setInterval(callback, repeat, ...args) {
  if (typeof callback !== 'function') require('internal/validators').validateFunction(callback, 'callback');
  return new Timeout(callback, repeat, args.length > 0 ? args : undefined, true);
}

function clearTimeout(timer) {
  if (typeof timer === 'number' || typeof timer === 'string') timer = byNumber.get(+timer);
  if (timer === null || typeof timer !== 'object' || !(timer instanceof Timeout)) return;
  timer._onTimeout = null;
  timer._repeat = null;
  if (timer.slot !== NOWHERE) {
    loop.stopTimer(timer.slot, timer.id);
    leave(timer);
  }
  finishTimer(timer);
}

// Immediates: a linked list; the loop reads from the shared words whether there is one.

class Immediate {
  constructor(callback, args) {
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    this.frame = getFrame();
    this.trigger = words[CURRENT_CALLBACK];
    this.id = nextImmediateId++;
    this.refed = true;
    this.next = null;
    this.previous = null;
    this.queue = queued;
    queued.push(this);
    words[IMMEDIATES_REFED]++;
    if (asyncIds.on) ids.begin(this, 'Immediate');
    if (words[OBSERVED] !== 0) loop.scheduledImmediate(this.id, callback);
  }

  ref() {
    if (!this.refed) {
      this.refed = true;
      if (!this._destroyed) words[IMMEDIATES_REFED]++;
    }
    return this;
  }

  unref() {
    if (this.refed) {
      this.refed = false;
      if (!this._destroyed) words[IMMEDIATES_REFED]--;
    }
    return this;
  }

  hasRef() {
    return this.refed;
  }

  [SymbolDispose]() {
    clearImmediate(this);
  }

  [customInspect](depth, options) {
    return require('util').inspect(this, { ...options, depth: 0, customInspect: false });
  }
}

class ImmediateQueue {
  constructor(word) {
    this.word = word;
    this.first = null;
    this.last = null;
  }

  push(immediate) {
    immediate.previous = this.last;
    if (this.last === null) this.first = immediate;
    else this.last.next = immediate;
    this.last = immediate;
    words[this.word]++;
  }

  remove(immediate) {
    if (immediate.previous === null) this.first = immediate.next;
    else immediate.previous.next = immediate.next;
    if (immediate.next === null) this.last = immediate.previous;
    else immediate.next.previous = immediate.previous;
    immediate.next = immediate.previous = null;
    words[this.word]--;
  }
}

let nextImmediateId = 1;
let queued = new ImmediateQueue(IMMEDIATES_QUEUED);
let left = new ImmediateQueue(IMMEDIATES_LEFT);

function finish(immediate) {
  immediate.queue.remove(immediate);
  immediate._destroyed = true;
  if (asyncIds.on && immediate._onImmediate !== ids.tellEnds) ids.destroy(immediate[ids.kAsyncId]);
  if (immediate.refed) words[IMMEDIATES_REFED]--;
}

// Called by the loop until none of this check phase is left.
function runImmediate() {
  if (left.first === null) {
    [queued, left] = [left, queued];
    [queued.word, left.word] = [left.word, queued.word];
    words[left.word] = words[queued.word];
    words[queued.word] = 0;
  }
  const immediate = left.first;
  if (immediate === null) return;
  finish(immediate);
  loop.adoptCause(immediate.trigger);
  running.callback = immediate._onImmediate;
  const before = getFrame();
  setFrame(immediate.frame);
  if (asyncIds.on && immediate._onImmediate !== ids.tellEnds) ids.enter(immediate);
  try {
    const args = immediate._argv;
    if (args === undefined) immediate._onImmediate();
    else immediate._onImmediate(...args);
    if (asyncIds.on) ids.leaveId(immediate[ids.kAsyncId]);
  } finally {
    setFrame(before);
  }
}

// What the loop asks when somebody looks: the id of the immediate that runs next, 0 for none.
function peekImmediate() {
  const next = left.first ?? queued.first;
  return next === null ? 0 : next.id;
}

function setImmediate(callback, ...args) {
  if (typeof callback !== 'function') require('internal/validators').validateFunction(callback, 'callback');
  return new Immediate(callback, args.length > 0 ? args : undefined);
}

function clearImmediate(immediate) {
  if (!(immediate instanceof Immediate) || immediate._destroyed) return;
  finish(immediate);
  immediate._onImmediate = null;
  if (words[OBSERVED] !== 0) loop.canceledImmediate(immediate.id);
}

module.exports = {
  Timeout, Immediate, setTimeout, setInterval, clearTimeout, clearInterval: clearTimeout, setImmediate, clearImmediate,
  runTimer, runImmediate, peekImmediate,
};
