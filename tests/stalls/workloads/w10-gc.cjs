// A heap with much in it is collected again and again: the collector takes the time, the code next to none.
const live = [];
for (let i = 0; i < 400_000; i++) live.push({ a: [i] });
function collect() { gc(); } // GUILTY
setTimeout(function churn() { // SCHEDULER
  const end = Date.now() + 150;
  while (Date.now() < end) collect();
}, 20);
