'use strict';

// The text that a fatal error gets below its stack when it came from an 'error' event nobody listened for: where the
// event was emitted. Frames that the two stacks share are folded into one line.

const {
  ArrayPrototypeJoin,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  StringPrototypeSplit,
  Symbol,
} = primordials;

// An unhandled error has a function here that gives its stack with the site; the fatal-error printer calls it.
const kEmitSite = Symbol('kEmitSite');

const kFramesWorthFolding = 4;

function stackWithEmitSite(emitter, error, site) {
  let owner = '';
  try {
    const { name } = emitter.constructor;
    if (name !== 'EventEmitter') owner = ` on ${name} instance`;
  } catch {
    // No constructor, no name.
  }
  const own = framesOf(error.stack);
  const emitted = framesOf(site.stack);
  foldShared(own, emitted);
  return `${error.stack}\nEmitted 'error' event${owner} at:\n${ArrayPrototypeJoin(emitted, '\n')}`;
}

function framesOf(stack) {
  return ArrayPrototypeSlice(StringPrototypeSplit(stack, '\n'), 1);
}

// The outermost frames are usually the same; the first and the last of them stay as landmarks.
function foldShared(own, emitted) {
  let shared = 0;
  while (shared < own.length && shared < emitted.length &&
         own[own.length - 1 - shared] === emitted[emitted.length - 1 - shared]) {
    shared++;
  }
  if (shared < kFramesWorthFolding) return;
  ArrayPrototypeSplice(emitted, emitted.length - shared + 1, shared - 2,
                       '    [... lines matching original stack trace ...]');
}

module.exports = { kEmitSite, stackWithEmitSite };
