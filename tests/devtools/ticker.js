// What the DevTools test steps through: a timer that schedules another, then a file, a tick, and again.
const fs = require('fs');

let count = 0;

function tick() {
  count += 1;
  setTimeout(later, 5);
}

function later() {
  const seen = count;
  fs.stat(__filename, onStat);
  return seen;
}

function onStat(error, stats) {
  const size = stats.size;
  process.nextTick(onTick, size);
}

function onTick(size) {
  count += size > 0 ? 0 : 1;
  setTimeout(tick, 300);
}

setTimeout(tick, 300);
