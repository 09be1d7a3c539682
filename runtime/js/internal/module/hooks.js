// `module.registerHooks()`: functions that take part in resolving and loading, of `require` and `import` alike. The hook
// that was registered last is asked first; each may ask the next.
'use strict';

const { ArrayPrototypeIndexOf, ArrayPrototypePush, ArrayPrototypeSplice } = primordials;

const resolvers = [];
const loaders = [];

const active = () => resolvers.length > 0 || loaders.length > 0;
const hasLoad = () => loaders.length > 0;

function registerHooks(hooks) {
  const { validateObject, validateFunction } = require('internal/validators');
  validateObject(hooks, 'hooks');
  const { resolve, load } = hooks;
  if (resolve !== undefined) validateFunction(resolve, 'hooks.resolve');
  if (load !== undefined) validateFunction(load, 'hooks.load');
  if (resolve !== undefined) ArrayPrototypePush(resolvers, resolve);
  if (load !== undefined) ArrayPrototypePush(loaders, load);
  return {
    deregister() {
      remove(resolvers, resolve);
      remove(loaders, load);
    },
  };
}

function remove(list, hook) {
  const index = hook === undefined ? -1 : ArrayPrototypeIndexOf(list, hook);
  if (index !== -1) ArrayPrototypeSplice(list, index, 1);
}

function chain(list, name, subject, context, last, check) {
  const call = (index, value, given) => {
    if (index < 0) return last(value, given);
    let asked = false;
    const result = list[index](value, given, (nextValue = value, nextContext = undefined) => {
      asked = true;
      return call(index - 1, nextValue, nextContext === undefined ? given : { ...given, ...nextContext });
    });
    check(result, name);
    if (!asked && result.shortCircuit !== true) {
      throw new (require('internal/errors').codes.ERR_LOADER_CHAIN_INCOMPLETE)(`${list[index].name || name} hook`);
    }
    return result;
  };
  return call(list.length - 1, subject, context);
}

function checkResolved(result) {
  const { codes } = require('internal/errors');
  if (result === null || typeof result !== 'object') throw new codes.ERR_INVALID_RETURN_VALUE('an object', 'resolve', result);
  if (typeof result.url !== 'string') throw new codes.ERR_INVALID_RETURN_PROPERTY_VALUE('a URL string', 'resolve', 'url', result.url);
}

function checkLoaded(result) {
  const { codes } = require('internal/errors');
  if (result === null || typeof result !== 'object') throw new codes.ERR_INVALID_RETURN_VALUE('an object', 'load', result);
}

function resolveSync(specifier, context, last) {
  return chain(resolvers, 'resolve', specifier, context, last, checkResolved);
}

function loadSync(url, context, last) {
  return chain(loaders, 'load', url, context, last, checkLoaded);
}

module.exports = { active, hasLoad, registerHooks, resolveSync, loadSync };
