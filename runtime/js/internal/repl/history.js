// The history of the prompt in a file, newest line first in memory, oldest first in the file.
'use strict';

const LINES_MAX = 1000;

function setup(server, file, callback) {
  const fs = require('fs');
  if (typeof file !== 'string' || file === '') return callback(null, server);
  try {
    const lines = fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
    server.history = lines.reverse().slice(0, LINES_MAX);
  } catch (error) {
    if (error.code !== 'ENOENT') return callback(error, server);
  }
  server.on('exit', () => {
    try {
      fs.writeFileSync(file, `${[...server.history].slice(0, LINES_MAX).reverse().join('\n')}\n`, { mode: 0o600 });
    } catch {
      // A history that can't be kept is no reason to fail at the end.
    }
  });
  return callback(null, server);
}

module.exports = { setup };
