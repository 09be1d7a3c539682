// A thousand short callbacks are due together: none is long, their turn is.
function spin(us) {
  const end = performance.now() + us / 1000;
  while (performance.now() < end); // GUILTY
}
setTimeout(() => {
  for (let i = 0; i < 1000; i++) setTimeout(() => spin(300), 30); // SCHEDULER
}, 20);
