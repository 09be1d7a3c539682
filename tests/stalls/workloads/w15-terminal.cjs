// A lot is printed to a terminal that is read slowly: writes to terminals are synchronous.
const fs = require('fs');
setTimeout(function print() { // SCHEDULER
  fs.writeFileSync(process.argv[2], 'printing');
  console.log('x'.repeat(400_000)); // GUILTY
}, 20);
