// `node:worker_threads`: threads with a loop each, and the channels between them.
'use strict';

const { codes } = require('internal/errors');
const { MessageChannel, MessagePort, receiveMessageOnPort } = require('internal/message_port');
const { isMarkedAsUntransferable, markAsUncloneable, markAsUntransferable } = require('internal/transferable');

const { environmentData, state } = require('internal/worker/inside');
const { SHARE_ENV, Worker } = require('internal/worker/outside');

function setEnvironmentData(key, value) {
  if (value === undefined) environmentData.delete(key);
  else environmentData.set(key, value);
}

function getEnvironmentData(key) {
  return environmentData.get(key);
}

function moveMessagePortToContext() {
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED('moveMessagePortToContext()');
}

async function postMessageToThread(threadId) {
  if (threadId === state.threadId) throw new codes.ERR_WORKER_MESSAGING_SAME_THREAD();
  throw new codes.ERR_WORKER_MESSAGING_FAILED();
}

module.exports = {
  isInternalThread: state.isInternalThread,
  isMainThread: state.isMainThread,
  MessageChannel,
  MessagePort,
  markAsUncloneable,
  markAsUntransferable,
  isMarkedAsUntransferable,
  moveMessagePortToContext,
  receiveMessageOnPort,
  resourceLimits: state.resourceLimits,
  postMessageToThread,
  threadId: state.threadId,
  threadName: state.threadName,
  SHARE_ENV,
  Worker,
  parentPort: state.parentPort,
  workerData: state.workerData,
  get BroadcastChannel() { return require('internal/broadcast_channel').BroadcastChannel; },
  setEnvironmentData,
  getEnvironmentData,
};
