// The history of the prompt in a file, newest line first in memory, oldest first in the file. It is written with each line:
// a session that is killed has left its own.
'use strict';

const { ArrayPrototypeFilter, ArrayPrototypeJoin, ArrayPrototypeReverse, ArrayPrototypeSlice, StringPrototypeSplit } = primordials;

const LINES_MAX = 1000;

function setup(server, file, callback) {
  const fs = require('fs');
  if (typeof file !== 'string' || file === '') return callback(null, server);
  try {
    const lines = ArrayPrototypeFilter(StringPrototypeSplit(fs.readFileSync(file, 'utf8'), '\n'), (line) => line !== '');
    server.history = ArrayPrototypeSlice(ArrayPrototypeReverse(lines), 0, LINES_MAX);
  } catch (error) {
    if (error.code !== 'ENOENT') return callback(error, server);
  }
  let isFailing = false;
  server.on('history', (history) => {
    if (isFailing) return;
    const lines = ArrayPrototypeReverse(ArrayPrototypeSlice(history, 0, LINES_MAX));
    try {
      fs.writeFileSync(file, `${ArrayPrototypeJoin(lines, '\n')}\n`, { mode: 0o600 });
    } catch (error) {
      isFailing = true;
      server.output.write(`\nThe history can't be kept: ${error.message}\n`);
    }
  });
  return callback(null, server);
}

module.exports = { setup };
