// One exception that is caught, a rejection, one that nobody catches.
try {
  throw new TypeError('caught one'); // @caught
} catch {}
setTimeout(function later() {
  throw new RangeError('nobody catches'); // @uncaught
}, 1);
