// Ticks that starve the loop.
setImmediate(() => {
  const end = Date.now() + 200;
  process.nextTick(function again() {
    if (Date.now() < end) process.nextTick(again); // GUILTY
  });
});
