// Promises that starve the loop.
setTimeout(() => {
  const end = Date.now() + 200;
  (async function starve() {
    while (Date.now() < end) await null; // GUILTY
  })();
}, 5);
