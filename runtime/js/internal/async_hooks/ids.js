'use strict';

// Ids of asynchronous resources: which one runs, which one caused it, and the hooks that are told of them. While nobody
// asks, `state.on` is false, and whoever schedules or runs something reads that one field: no resource has an id then, and
// everything runs under that of the program, 1.

const { ArrayPrototypePop, ArrayPrototypePush, ObjectFreeze, Symbol } = primordials;

const { words, CURRENT_CALLBACK } = require('internal/loop_words');

const kAsyncId = Symbol('asyncId');
const kTriggerId = Symbol('triggerAsyncId');
const kProgramId = 1;

// `on`: resources have ids. `mainCallback`: the callback of the loop that runs the program's main script.
const state = { __proto__: null, on: false, mainCallback: 0 };

let lastId = kProgramId;
let current = 0;
let trigger = 0;
let resource;
// What runs below, three values each.
const stack = [];
// Hooks that are on, copied by whoever changes them; the events of which there is any.
let hooks = [];
let has = { __proto__: null, init: false, before: false, after: false, destroy: false, promiseResolve: false };
const programResource = {};
// A callback of the loop that is no resource's gets an id of its own once somebody asks for it.
const unknown = { __proto__: null, callback: -1, id: 0, resource: undefined };

function newAsyncId() {
  return ++lastId;
}

function rememberCallback() {
  unknown.callback = words[CURRENT_CALLBACK];
  unknown.id = newAsyncId();
  unknown.resource = {};
}

function isMain() {
  return words[CURRENT_CALLBACK] === state.mainCallback || state.mainCallback === 0;
}

function executionAsyncId() {
  if (!state.on) turnOn();
  return currentId();
}

// The same for the runtime's own purposes: nobody has asked for ids because of it.
function currentId() {
  if (current !== 0) return current;
  if (isMain()) return kProgramId;
  if (unknown.callback !== words[CURRENT_CALLBACK]) rememberCallback();
  return unknown.id;
}

function triggerAsyncId() {
  if (!state.on) turnOn();
  return trigger;
}

function executionAsyncResource() {
  if (!state.on) turnOn();
  if (current !== 0) return resource;
  if (isMain()) return programResource;
  if (unknown.callback !== words[CURRENT_CALLBACK]) rememberCallback();
  return unknown.resource;
}

// From now on what is scheduled has ids. What was before gets one when it runs.
function turnOn() {
  if (state.on) return;
  state.on = true;
  require('internal/async_hooks/native').install();
}

// Gives an object the ids of a new resource, and tells hooks of it.
function begin(object, type, triggerId = currentId()) {
  const id = newAsyncId();
  object[kAsyncId] = id;
  object[kTriggerId] = triggerId;
  if (has.init) emitInit(id, type, triggerId, object);
  return id;
}

function idOf(object) {
  return object[kAsyncId] ?? beginLate(object);
}

// Made before anybody asked for ids.
function beginLate(object) {
  object[kTriggerId] = 0;
  return object[kAsyncId] = newAsyncId();
}

// Makes a resource the running one until `leave`. Where an exception comes before that, `unwind` does it.
function enter(object) {
  enterId(idOf(object), object[kTriggerId], object);
}

function enterId(id, triggerId, object) {
  ArrayPrototypePush(stack, current);
  ArrayPrototypePush(stack, trigger);
  ArrayPrototypePush(stack, resource);
  current = id;
  trigger = triggerId;
  resource = object;
  if (has.before) emit('before', id);
}

function leave() {
  if (has.after) emit('after', current);
  pop();
}

function pop() {
  if (stack.length === 0) return;
  resource = ArrayPrototypePop(stack);
  trigger = ArrayPrototypePop(stack);
  current = ArrayPrototypePop(stack);
}

// Leaves `id`. A callback in the middle of which hooks began was never entered, and ends all the same.
function leaveId(id) {
  if (current === id && id !== 0) leave();
  else if (id === undefined && unknown.callback === words[CURRENT_CALLBACK] && has.after) emit('after', unknown.id);
}

// After an exception that nobody caught nothing runs any more.
function unwind() {
  while (stack.length > 0) leave();
}

// Hooks. They may be turned on and off while they are told: each telling goes by the list that was there.

function setHooks(list) {
  hooks = list;
  const next = { __proto__: null, init: false, before: false, after: false, destroy: false, promiseResolve: false };
  for (let i = 0; i < list.length; i++) {
    for (const event in next) if (list[i][event] !== undefined) next[event] = true;
  }
  has = next;
}

function emitInit(id, type, triggerId, object) {
  const list = hooks;
  for (let i = 0; i < list.length; i++) {
    if (list[i].init === undefined || (type === 'PROMISE' && !list[i].tracksPromises)) continue;
    try {
      list[i].init(id, type, triggerId, object);
    } catch (error) {
      fatal(error);
    }
  }
}

function emit(event, id) {
  const list = hooks;
  for (let i = 0; i < list.length; i++) {
    if (list[i][event] === undefined) continue;
    try {
      list[i][event](id);
    } catch (error) {
      fatal(error);
    }
  }
}

// A hook that fails could fail again wherever the error went: the process ends.
function fatal(error) {
  const process = require('process');
  const text = typeof error?.stack === 'string' ? error.stack : new primordials.Error(`${error}`).stack;
  binding('process').writeSync(2, `${text}\n`);
  if (require('internal/options').getOption('abort-on-uncaught-exception')) binding('process').abort();
  process.exit(1);
}

// Ends are told of later, when nothing else runs.
let ended = [];

function destroy(id) {
  if (!has.destroy || id === undefined) return;
  if (ended.length === 0) {
    const { Immediate } = require('internal/timers');
    const before = state.on;
    state.on = false;
    new Immediate(tellEnds);
    state.on = before;
  }
  ArrayPrototypePush(ended, id);
}

function tellEnds() {
  const list = ended;
  ended = [];
  for (let i = 0; i < list.length; i++) emit('destroy', list[i]);
}

module.exports = ObjectFreeze({
  begin,
  currentId,
  destroy,
  emit,
  enter,
  enterId,
  executionAsyncId,
  executionAsyncResource,
  has: (event) => has[event],
  hooks: () => hooks,
  idOf,
  kAsyncId,
  kTriggerId,
  leave,
  leaveId,
  newAsyncId,
  setHooks,
  state,
  tellEnds,
  triggerAsyncId,
  turnOn,
  unwind,
});
