// The place in the source at the head of a stack, as Node puts it there for syntax errors of modules and for errors of `vm`
// scripts: whoever catches and prints one sees where it is.
'use strict';

const { SafeWeakSet } = primordials;

const decorated = new SafeWeakSet();

function isDecorated(error) {
  return typeof error === 'object' && error !== null && decorated.has(error);
}

// Gives the error back, for `throw decorate(error)`.
function decorate(error) {
  if (!binding('util').isNativeError(error) || decorated.has(error)) return error;
  const excerpt = binding('scripts').sourceExcerpt(error);
  const { stack } = error;
  if (excerpt === '' || typeof stack !== 'string') return error;
  decorated.add(error);
  error.stack = excerpt + stack;
  return error;
}

module.exports = { decorate, isDecorated };
