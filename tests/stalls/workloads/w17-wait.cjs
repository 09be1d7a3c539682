// The main thread waits for a cell of shared memory.
const cell = new Int32Array(new SharedArrayBuffer(4));
setTimeout(() => {
  setImmediate(function wait() { // SCHEDULER
    Atomics.wait(cell, 0, 0, 250); // GUILTY
  });
}, 20);
