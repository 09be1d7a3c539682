// `node:worker_threads`: message channels, and threads once they exist.
'use strict';

const { SafeMap, SymbolFor } = primordials;
const { codes } = require('internal/errors');
const { MessageChannel, MessagePort, receiveMessageOnPort } = require('internal/message_port');
const { isMarkedAsUntransferable, markAsUncloneable, markAsUntransferable } = require('internal/transferable');

const environmentData = new SafeMap();

function setEnvironmentData(key, value) {
  if (value === undefined) environmentData.delete(key);
  else environmentData.set(key, value);
}

function getEnvironmentData(key) {
  return environmentData.get(key);
}

class Worker {
  constructor() {
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('new Worker()');
  }
}

function moveMessagePortToContext() {
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED('moveMessagePortToContext()');
}

async function postMessageToThread(threadId) {
  if (threadId === 0) throw new codes.ERR_WORKER_MESSAGING_SAME_THREAD();
  throw new codes.ERR_WORKER_MESSAGING_FAILED();
}

module.exports = {
  isInternalThread: false,
  isMainThread: true,
  MessageChannel,
  MessagePort,
  markAsUncloneable,
  markAsUntransferable,
  isMarkedAsUntransferable,
  moveMessagePortToContext,
  receiveMessageOnPort,
  resourceLimits: {},
  postMessageToThread,
  threadId: 0,
  threadName: '',
  SHARE_ENV: SymbolFor('nodejs.worker_threads.SHARE_ENV'),
  Worker,
  parentPort: null,
  workerData: null,
  get BroadcastChannel() { return require('internal/broadcast_channel').BroadcastChannel; },
  setEnvironmentData,
  getEnvironmentData,
};
