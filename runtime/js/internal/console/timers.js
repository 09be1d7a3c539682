// Labelled timers of a console: how long ago, in words a person reads.
'use strict';

const { Number, NumberPrototypeToFixed, StringPrototypePadStart, StringPrototypeSplit } = primordials;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

function formatTime(ms) {
  if (ms < SECOND_MS) return `${Number(NumberPrototypeToFixed(ms, 3))}ms`;
  if (ms < MINUTE_MS) return `${NumberPrototypeToFixed(ms / SECOND_MS, 3)}s`;
  let hours = 0;
  if (ms >= HOUR_MS) {
    hours = Math.floor(ms / HOUR_MS);
    ms %= HOUR_MS;
  }
  const minutes = Math.floor(ms / MINUTE_MS);
  const { 0: seconds, 1: fraction } = StringPrototypeSplit(NumberPrototypeToFixed((ms % MINUTE_MS) / SECOND_MS, 3), '.');
  if (hours !== 0) return `${hours}:${pad(minutes)}:${pad(seconds)} (h:mm:ss)`;
  return `${minutes}:${pad(seconds)}.${fraction} (m:ss.mmm)`;
}

function pad(value) {
  return StringPrototypePadStart(`${value}`, 2, '0');
}

function now() {
  const { 0: seconds, 1: nanos } = binding('process').hrtime();
  return seconds * 1000 + nanos / 1e6;
}

function warn(message) {
  require('process').emitWarning(message);
}

function start(times, label) {
  label = `${label}`;
  if (times.has(label)) return warn(`Label '${label}' already exists for console.time()`);
  times.set(label, now());
}

// The formatted time since `label` was started, undefined with a warning when it was not.
function elapsed(times, label, method) {
  label = `${label}`;
  const since = times.get(label);
  if (since === undefined) return void warn(`No such label '${label}' for console.${method}()`);
  return formatTime(now() - since);
}

// The same in milliseconds, for the debugger, which warns itself.
function since(times, label) {
  const start = times.get(`${label}`);
  return start === undefined ? undefined : now() - start;
}

module.exports = { formatTime, start, elapsed, since };
