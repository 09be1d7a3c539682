'use strict';

// Requests and handles of the loop as asynchronous resources, once somebody asks for ids: their callbacks run under the
// ids of what they belong to.

const { FunctionPrototypeCall } = primordials;

const loop = binding('loop');
const { begin, destroy, enter, kAsyncId, leave } = require('internal/async_hooks/ids');

// What Node calls the requests of a kind.
const REQUESTS = {
  __proto__: null,
  fs: 'FSREQCALLBACK', dns: 'GETADDRINFOREQWRAP', crypto: 'CRYPTOREQUEST', zlib: 'ZLIB',
};

function install() {
  loop.setRequestWrapper(wrapRequest);
}

// The callback of a request that begins now.
function wrapRequest(callback, kind) {
  const request = { callback };
  begin(request, REQUESTS[kind] ?? 'WORKREQUEST');
  return (errno, value) => {
    enter(request);
    callback(errno, value);
    leave();
    destroy(request[kAsyncId]);
  };
}

// Calls a method of a handle's owner under the ids of the handle.
function runHandle(owner, method, first, second, third) {
  enter(owner);
  FunctionPrototypeCall(owner[method], owner, first, second, third);
  leave();
}

function run(resource, callback) {
  enter(resource);
  callback();
  leave();
}

function ended(resource) {
  destroy(resource[kAsyncId]);
}

module.exports = { ended, install, run, runHandle };
