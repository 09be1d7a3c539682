'use strict';

// Promises as asynchronous resources, while there is a hook: V8 tells of each that is made, of each reaction, and of each
// that is settled.

const { SafeFinalizationRegistry } = primordials;

const { words, OBSERVED } = require('internal/loop_words');
const loop = binding('loop');
const {
  begin, currentId, destroy, emit, enterId, has, idOf, kAsyncId, kTriggerId, leaveId,
} = require('internal/async_hooks/ids');

let isTracking = false;
// Made when a hook wants to be told of ends.
let registry;

function track(wanted) {
  if (wanted === isTracking) return;
  isTracking = wanted;
  if (wanted) loop.setPromiseHooks(onInit, onBefore, onAfter, onSettled);
  else loop.setPromiseHooks();
}

function onInit(promise, parent) {
  if (parent !== undefined && parent[kAsyncId] === undefined) begin(parent, 'PROMISE');
  const id = begin(promise, 'PROMISE', parent === undefined ? currentId() : parent[kAsyncId]);
  if (has('destroy')) (registry ??= new SafeFinalizationRegistry(destroy)).register(promise, id);
}

function onBefore(promise) {
  if (words[OBSERVED] !== 0) loop.enterMicrotask();
  if (promise[kAsyncId] === undefined) begin(promise, 'PROMISE');
  enterId(promise[kAsyncId], promise[kTriggerId], promise);
}

function onAfter(promise) {
  leaveId(promise[kAsyncId]);
}

function onSettled(promise) {
  if (has('promiseResolve')) emit('promiseResolve', idOf(promise));
}

module.exports = { track };
