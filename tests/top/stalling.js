// Holds its loop now and then, in a function with a name; three timers wait for it.
let beats = 0;
setInterval(function beat() {
  if (++beats % 8 === 0) hold(120);
}, 50);
for (const period of [30, 31, 32]) setInterval(function quick() {}, period);
function hold(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end); // GUILTY
}
console.log('on');
