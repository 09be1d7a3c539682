// Ticks that queue ticks.
let left = 2_000_000;
function again() {
  if (--left > 0) process.nextTick(again); // GUILTY
}
setTimeout(() => {
  setImmediate(function start() { // SCHEDULER
    process.nextTick(again);
  });
}, 20);
