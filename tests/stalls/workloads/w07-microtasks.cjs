// Promises that are resolved already: the loop never goes on between them.
async function count() {
  for (let i = 0; i < 3_000_000; i++) await undefined; // GUILTY
}
setTimeout(function start() { // SCHEDULER
  count();
}, 20);
