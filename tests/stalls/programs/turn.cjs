// Many short callbacks due together.
function spin(us) {
  const end = performance.now() + us / 1000;
  while (performance.now() < end); // GUILTY
}
setTimeout(() => {
  for (let i = 0; i < 1000; i++) setTimeout(() => spin(300), 20);
}, 5);
