// Runs until it is told to end, for those that attach.
let ticks = 0;
setInterval(function tick() {
  ticks++; // @tick
}, 10);
setTimeout(() => {}, 1e6);
