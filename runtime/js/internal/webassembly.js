// WebAssembly's promises keep the loop alive, which the engine's own tasks do not; and the functions that compile a fetched
// response while it arrives, here once it is there.
'use strict';

const { ObjectDefineProperty, PromisePrototypeThen, ReflectApply, String } = primordials;

const { reference } = binding('loop');

function release() { reference(false); }

/** The function `name` of `WebAssembly`, whose result holds the loop until it is settled. */
function hold(target, name, original) {
  const held = {
    [name](bytes) {
      const promise = ReflectApply(original, this, arguments);
      reference(true);
      PromisePrototypeThen(promise, release, release);
      return promise;
    },
  }[name];
  define(target, name, held);
  return held;
}

function define(target, name, value) {
  ObjectDefineProperty(target, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

/** The bytes of a response that a server calls WebAssembly. */
async function bytesOf(source) {
  const response = await source;
  const { codes: { ERR_INVALID_ARG_TYPE, ERR_WEBASSEMBLY_RESPONSE } } = require('internal/errors');
  if (!(response instanceof require('internal/fetch/response').Response)) {
    throw new ERR_INVALID_ARG_TYPE('source', ['Response', 'Promise resolving to Response'], response);
  }
  const type = response.headers.get('Content-Type');
  if (type !== 'application/wasm') throw new ERR_WEBASSEMBLY_RESPONSE(`has unsupported MIME type '${String(type)}'`);
  if (!response.ok) throw new ERR_WEBASSEMBLY_RESPONSE(`has status code ${response.status}`);
  if (response.bodyUsed) throw new ERR_WEBASSEMBLY_RESPONSE('body has already been used');
  return response.arrayBuffer();
}

function install() {
  // A property of the global: without a compiler (`--jitless`) there is none.
  const target = globalThis.WebAssembly;
  if (target === undefined) return;
  const compile = hold(target, 'compile', target.compile);
  const instantiate = hold(target, 'instantiate', target.instantiate);
  define(target, 'compileStreaming', function compileStreaming(source) {
    return PromisePrototypeThen(bytesOf(source), (bytes) => compile(bytes));
  });
  define(target, 'instantiateStreaming', function instantiateStreaming(source, imports = undefined) {
    return PromisePrototypeThen(bytesOf(source), (bytes) => instantiate(bytes, imports));
  });
}

module.exports = { install };
