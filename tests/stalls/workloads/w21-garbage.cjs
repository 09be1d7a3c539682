// Many objects live while more are made that live on: code and collector share the time, as the machine has it.
const live = [];
function grow(count) {
  for (let i = 0; i < count; i++) live.push({ a: [i], b: [i, i] }); // GUILTY
}
setTimeout(function churn() { // SCHEDULER
  grow(1_500_000);
}, 20);
