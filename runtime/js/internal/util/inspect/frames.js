// Stack frames that need not be shown again: those shared with the cause, and repetitions of deep recursion.
'use strict';

const {
  ArrayPrototypeIndexOf, ArrayPrototypePush, ArrayPrototypeSplice, MathMin, SafeMap, SafeSet,
  StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeSplit,
} = primordials;

/** Shorter runs are shown as they are. */
const RUN_MIN = 3;
/** Recursion is looked for in longer stacks. */
const FRAMES_MIN = 10;

function splitFrames(ctx, stack, causeStack) {
  const frames = StringPrototypeSplit(stack, '\n');
  if (causeStack !== undefined) hideShared(ctx, frames, causeStack);
  if (frames.length > FRAMES_MIN) hideRepeated(ctx, frames);
  return frames;
}

function hideShared(ctx, frames, causeStack) {
  const start = StringPrototypeIndexOf(causeStack, '\n    at');
  if (start === -1) return;
  const others = StringPrototypeSplit(StringPrototypeSlice(causeStack, start + 1), '\n');
  const { 0: length, 1: offset } = sharedRun(frames, others);
  if (length === 0) return;
  const hidden = length - 2;
  ArrayPrototypeSplice(frames, offset + 1, hidden,
    ctx.stylize(`    ... ${hidden} lines matching cause stack trace ...`, 'undefined'));
}

function sharedRun(frames, others) {
  for (let i = 0; i < frames.length - RUN_MIN; i++) {
    const at = ArrayPrototypeIndexOf(others, frames[i]);
    if (at === -1 || others.length - at <= RUN_MIN) continue;
    const most = MathMin(frames.length - i, others.length - at);
    let length = 1;
    while (length < most && frames[i + length] === others[at + length]) length++;
    if (length > RUN_MIN) return [length, i];
  }
  return [0, 0];
}

function hideRepeated(ctx, frames) {
  const runs = repeatedRuns(frames);
  for (let i = runs.length - 1; i >= 0; i--) {
    const { start, length, times } = runs[i];
    const what = times > 1 ? `${length} lines ${times} times...` : 'lines ...';
    ArrayPrototypeSplice(frames, start, length * times,
      ctx.stylize(`    ... collapsed ${length * times} duplicate lines matching above ${what}`, 'undefined'));
  }
}

function positionsOf(frames) {
  const positions = new SafeMap();
  for (let i = 0; i < frames.length; i++) {
    const known = positions.get(frames[i]);
    if (known === undefined) positions.set(frames[i], [i]);
    else ArrayPrototypePush(known, i);
  }
  return positions;
}

function repeatedRuns(frames) {
  const runs = [];
  const positions = positionsOf(frames);
  if (frames.length - positions.size <= RUN_MIN) return runs;
  for (let i = 0; i < frames.length - RUN_MIN; i++) {
    const places = positions.get(frames[i]);
    const next = ArrayPrototypeIndexOf(places, i) + 1;
    if (next === places.length || places[places.length - 1] - i < RUN_MIN) continue;
    const { length, times } = bestPeriod(frames, i, periods(places, next, i));
    if (length * times < RUN_MIN) continue;
    ArrayPrototypePush(runs, { start: i + length, length, times });
    i += length * (times + 1) - 1;
  }
  return runs;
}

// Candidate lengths of the repeated block: the common divisor of the distances first, then what came up on the way to it.
function periods(places, next, i) {
  if (next + 1 === places.length) return [places[places.length - 1] - i];
  const others = new SafeSet();
  let divisor = 0;
  for (let j = next; j < places.length && divisor !== 1; j++) {
    let distance = places[j] - i;
    while (distance !== 0) {
      const rest = divisor % distance;
      if (divisor !== 0) others.add(divisor);
      divisor = distance;
      distance = rest;
    }
  }
  others.delete(divisor);
  const list = [];
  others.forEach((period) => ArrayPrototypePush(list, period));
  ArrayPrototypePush(list, divisor);
  return list.reverse();
}

function bestPeriod(frames, start, candidates) {
  let best = { length: candidates[0], times: 0 };
  for (let c = 0; c < candidates.length; c++) {
    const length = candidates[c];
    let times = 0;
    while (repeats(frames, start, start + length * (times + 1), length)) times++;
    if (length * times > best.length * best.times) best = { length, times };
  }
  return best;
}

function repeats(frames, first, second, length) {
  if (second + length > frames.length) return false;
  for (let i = 0; i < length; i++) if (frames[first + i] !== frames[second + i]) return false;
  return true;
}

module.exports = { splitFrames };
