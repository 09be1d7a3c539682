// The worker's side: what the thread is given at its start, its standard streams, what becomes of its errors.
'use strict';

const native = binding('worker');
const { ObjectAssign, ObjectKeys, SafeMap, String } = primordials;

const state = {
  isMainThread: native.port === undefined,
  isInternalThread: false,
  threadId: 0,
  threadName: '',
  parentPort: null,
  workerData: null,
  resourceLimits: {},
};

let control;
let start;
const environmentData = new SafeMap();

// Takes the message that the parent left in the control port before the thread began.
function receive() {
  const { makePorts, receiveMessageOnPort } = require('internal/message_port');
  control = makePorts([native.port])[0];
  start = receiveMessageOnPort(control).message;
  state.threadId = start.threadId;
  state.threadName = start.name;
  state.parentPort = start.port;
  state.workerData = start.workerData;
  state.resourceLimits = start.resourceLimits;
  for (const { 0: key, 1: value } of start.environmentData) environmentData.set(key, value);
  if (start.env !== null) useEnvironment(start.env);
}

// Variables of its own: what it sets stays here.
function useEnvironment(env) {
  const variables = ObjectAssign({ __proto__: null }, env);
  const process = binding('process');
  process.getEnv = (name) => variables[name];
  process.setEnv = (name, value) => {
    if (value === undefined) delete variables[name];
    else variables[name] = String(value);
  };
  process.envKeys = () => ObjectKeys(variables);
}

function restrict(process) {
  const { codes } = require('internal/errors');
  for (const name of ['abort', 'chdir', 'initgroups', 'setegid', 'seteuid', 'setgid', 'setgroups', 'setuid']) {
    const refuse = function () {
      throw new codes.ERR_WORKER_UNSUPPORTED_OPERATION(`process.${name}()`);
    };
    refuse.disabled = true;
    process[name] = refuse;
  }
  const { umask } = process;
  process.umask = function (mask) {
    if (mask !== undefined) throw new codes.ERR_WORKER_UNSUPPORTED_OPERATION('Setting process.umask()');
    return umask();
  };
}

// Runs what the parent named. The loop's preparations have been made.
function run() {
  const process = require('process');
  restrict(process);
  process.argv = [process.execPath, start.isEval ? '[worker eval]' : start.filename, ...start.argv];
  // Input is handed on as it comes, and does not keep the thread.
  control.on('message', (message) => require('internal/worker/stdio').onInput(message));
  control.unref();
  control.postMessage({ type: 'online' });
  if (start.internalModule !== undefined) return require(start.internalModule).run(start.workerData);
  if (start.isEval) return require('internal/process/evaluate').evaluate(start.filename, '[worker eval]');
  if (start.isUrl) return require('internal/main').runUrl(start.filename);
  return require('internal/main').runFile(start.filename);
}

// Tells the parent of an error that nobody caught.
function reportError(error) {
  const own = { __proto__: null };
  if (error !== null && typeof error === 'object') {
    for (const key of ObjectKeys(error)) own[key] = error[key];
    if (typeof error.name === 'string') own.name = error.name;
  }
  try {
    control.postMessage({ type: 'error', error, own });
  } catch {
    try {
      control.postMessage({ type: 'error', error, own: {} });
    } catch {
      const { inspect } = require('internal/util/inspect');
      control.postMessage({ type: 'error', error: error?.stack === undefined ? inspect(error) : undefined, text: `${error?.message}`, stack: String(error?.stack), own: {} });
    }
  }
}

function post(message, transfer) {
  control.postMessage(message, transfer);
}

module.exports = { environmentData, post, receive, reportError, run, startOptions: () => start, state };
