// Cryptography on the loop's thread, while two timers come due.
const crypto = require('crypto');
const http = require('http');
const server = http.createServer((request, response) => {
  for (const delay of [1, 2]) setTimeout(() => {}, delay);
  const key = crypto.pbkdf2Sync('password', 'salt', 400_000, 32, 'sha512'); // GUILTY
  response.end(key.toString('hex'));
});
server.listen(0, () => { // SCHEDULER
  http.get({ port: server.address().port, path: '/key' }, (response) => response.resume().on('end', () => server.close()));
});
