// Control: busy all the time in short callbacks.
const stop = Date.now() + 700;
function work() {
  const end = performance.now() + 2;
  while (performance.now() < end);
  if (Date.now() < stop) setImmediate(work);
}
setImmediate(work);
