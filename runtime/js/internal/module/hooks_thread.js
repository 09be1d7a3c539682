// The thread of the hooks that `module.register()` takes: answers one question after the other. The hook that was registered last is
// asked first; behind the first stands what the runtime itself does.
'use strict';

const { ArrayPrototypePush, AtomicsAdd, AtomicsNotify, ObjectDefineProperty, PromisePrototypeThen, SafeSet, String } = primordials;

const { codes: { ERR_LOADER_CHAIN_INCOMPLETE } } = require('internal/errors');

const resolvers = [];
const loaders = [];

function run({ port, flag }) {
  writeDirectly('stdout', 1);
  writeDirectly('stderr', 2);
  port.on('message', (message) => {
    PromisePrototypeThen(answer(message),
      (result) => reply({ result }),
      (error) => reply({ error, own: error !== null && typeof error === 'object' ? { ...error } : undefined }));
  });
  function reply(message) {
    try {
      port.postMessage(message);
    } catch {
      // An error, or a result, that can't be sent as it is.
      port.postMessage({ error: new primordials.Error(String(message.error?.stack ?? 'The result of a hook could not be cloned')) });
    }
    AtomicsAdd(flag, 0, 1);
    AtomicsNotify(flag, 0);
  }
}

// The thread that waits can't pass on what is printed here.
function writeDirectly(name, fd) {
  const { Writable } = require('stream');
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, encoding, callback) {
      binding('process').writeSync(fd, String(chunk));
      callback();
    },
  });
  ObjectDefineProperty(require('process'), name, { __proto__: null, value: stream, configurable: true, enumerable: true });
}

async function answer({ kind, specifier, parentURL, data, subject, context }) {
  if (kind === 'register') return register(specifier, parentURL, data);
  if (kind === 'resolve') return ask(resolvers, kind, subject, context, resolveDefault);
  return ask(loaders, kind, subject, context, loadDefault);
}

async function register(specifier, parentURL, data) {
  const esm = require('internal/module/esm');
  const { url, format } = esm.resolve(specifier, parentURL);
  const hooks = await esm.importUrl(url, undefined, format);
  if (typeof hooks.initialize === 'function') await hooks.initialize(data);
  if (typeof hooks.resolve === 'function') ArrayPrototypePush(resolvers, hooks.resolve);
  if (typeof hooks.load === 'function') ArrayPrototypePush(loaders, hooks.load);
}

async function ask(list, kind, subject, context, last) {
  const call = async (index, value, given) => {
    if (index < 0) return last(value, given);
    let asked = false;
    const result = await list[index](value, given, (nextValue = value, nextContext = undefined) => {
      asked = true;
      return call(index - 1, nextValue, nextContext === undefined ? given : { ...given, ...nextContext });
    });
    if (!asked && result?.shortCircuit !== true) throw new ERR_LOADER_CHAIN_INCOMPLETE(`${list[index].name || kind} hook`);
    return result;
  };
  return call(list.length - 1, subject, context);
}

function resolveDefault(specifier, { conditions, parentURL }) {
  const { resolve } = require('internal/module/esm_resolve');
  const url = resolve(specifier, parentURL ?? 'data:', conditions && new SafeSet(conditions));
  return { url, format: require('internal/module/esm_compile').guessFormat(url) };
}

// The text of a file, for hooks that change it. CommonJS is read by its own loader, unless a hook gives a text.
function loadDefault(url, { format }) {
  const { source, format: found } = require('internal/module/esm_compile').loadRaw(url, format);
  return found === 'commonjs' || found === 'builtin' || found === 'addon' ? { format: found, source: null, isDefault: true } :
    { format: found, source, isDefault: loaders.length === 0 };
}

module.exports = { run };
