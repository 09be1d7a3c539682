// A loop in JavaScript; two timers wait behind it.
function busy(ms) {
  const end = Date.now() + ms;
  let n = 0;
  while (Date.now() < end) n++; // GUILTY
  return n;
}
setTimeout(function slow() {
  busy(150);
}, 5);
setTimeout(() => {}, 30);
setTimeout(() => {}, 40);
