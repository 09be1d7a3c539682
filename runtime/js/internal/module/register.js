// `module.register()` and `--loader`: hooks that are asynchronous functions. They run on a thread of their own; this one asks and
// waits, so that `import` of a module sees them as `registerHooks()` does. `require` is none of their business, as in Node.
'use strict';

const {
  ArrayPrototypeIncludes, AtomicsLoad, AtomicsWait, Int32Array, ObjectAssign, SharedArrayBuffer,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateString } = require('internal/validators');

let channel;

// Starts the thread with the first hooks.
function connect() {
  if (channel !== undefined) return channel;
  const { Worker, MessageChannel, receiveMessageOnPort } = require('worker_threads');
  const { kInternalModule } = require('internal/worker/outside');
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker('', {
    eval: true, execArgv: [], name: 'hooks', workerData: { port: port2, flag }, transferList: [port2],
    [kInternalModule]: 'internal/module/hooks_thread',
  });
  worker.unref();
  port1.unref();
  channel = { worker, port: port1, flag, receiveMessageOnPort };
  require('internal/module/hooks').registerHooks({ resolve, load });
  return channel;
}

// Asks the thread and waits for its answer.
function ask(message, transferList = []) {
  const { port, flag, receiveMessageOnPort } = connect();
  const before = AtomicsLoad(flag, 0);
  port.postMessage(message, transferList);
  AtomicsWait(flag, 0, before);
  const { message: answer } = receiveMessageOnPort(port);
  if ('error' in answer) {
    // A copy of an error has lost its own properties.
    if (answer.own !== undefined) ObjectAssign(answer.error, answer.own);
    throw answer.error;
  }
  return answer.result;
}

function isForRequire({ conditions }) {
  return ArrayPrototypeIncludes(conditions, 'require');
}

function resolve(specifier, context, next) {
  if (isForRequire(context)) return next(specifier, context);
  const { conditions, importAttributes, parentURL } = context;
  const result = ask({ kind: 'resolve', subject: specifier, context: { conditions, importAttributes: { ...importAttributes }, parentURL } });
  return { ...result, shortCircuit: true };
}

function load(url, context, next) {
  if (isForRequire(context)) return next(url, context);
  const { conditions, format, importAttributes } = context;
  const result = ask({ kind: 'load', subject: url, context: { conditions, format, importAttributes: { ...importAttributes } } });
  // What no hook gave a text for is read as ever.
  if (result.isDefault || result.source === null || result.source === undefined) return next(url, { ...context, format: result.format ?? format });
  return { format: result.format, source: result.source, shortCircuit: true };
}

function register(specifier, parentURL = undefined, options = undefined) {
  if (parentURL !== null && typeof parentURL === 'object' && !isUrl(parentURL)) {
    options = parentURL;
    ({ parentURL } = options);
  }
  specifier = isUrl(specifier) ? specifier.href : specifier;
  if (typeof specifier !== 'string') throw new ERR_INVALID_ARG_TYPE('specifier', ['string', 'URL'], specifier);
  parentURL = isUrl(parentURL) ? parentURL.href : parentURL ?? 'data:';
  validateString(parentURL, 'parentURL');
  const { data, transferList = [] } = options ?? {};
  ask({ kind: 'register', specifier, parentURL, data }, transferList);
}

function isUrl(value) {
  return value !== null && typeof value === 'object' && typeof value.href === 'string';
}

module.exports = { register };
