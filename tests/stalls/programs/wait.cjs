// A builtin that blocks without computing.
const cell = new Int32Array(new SharedArrayBuffer(4));
setImmediate(function wait() {
  Atomics.wait(cell, 0, 0, 200); // GUILTY
});
