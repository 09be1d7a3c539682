// The second stall of a function knows who scheduled it.
function slow() {
  const end = Date.now() + 90;
  while (Date.now() < end); // GUILTY
}
setTimeout(slow, 5);
setTimeout(() => {
  setTimeout(slow, 5); // SCHEDULER
}, 200);
