'use strict';

// Ids of asynchronous resources: which one runs and which one caused it. Only the resources that programs make have ids
// of their own; everything else runs under the id of the program, 1.

const { ObjectFreeze } = primordials;

const kProgramId = 1;

let lastId = kProgramId;
let current = kProgramId;
let trigger = 0;
const programResource = {};
let resource = programResource;

function newAsyncId() {
  return ++lastId;
}

function executionAsyncId() {
  return current;
}

function triggerAsyncId() {
  return trigger;
}

function executionAsyncResource() {
  return resource;
}

// Makes a resource the running one; what it gives back goes to `leave`.
function enter(id, triggerId, object) {
  const before = { current, trigger, resource };
  current = id;
  trigger = triggerId;
  resource = object;
  return before;
}

function leave(before) {
  ({ current, trigger, resource } = before);
}

module.exports = ObjectFreeze({
  enter,
  executionAsyncId,
  executionAsyncResource,
  leave,
  newAsyncId,
  triggerAsyncId,
});
