// Runs the program of one package: `rondo run-program.js NAME`.
'use strict';
const name = process.argv[2];
let ended = false;
process.on('exit', (code) => {
  if (code === 0 && !ended) {
    console.error(`${name}: ended before its program did`);
    process.exitCode = 1;
  }
});
Promise.resolve(require('./programs.js').programs[name]()).then(() => { ended = true; });
