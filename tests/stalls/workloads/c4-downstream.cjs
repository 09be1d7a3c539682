// Control: a slow answer of somebody else, and work on the thread pool, hold nobody.
const crypto = require('crypto');
const http = require('http');
const server = http.createServer((request, response) => setTimeout(() => response.end('late'), 500));
server.listen(0, () => {
  http.get({ port: server.address().port }, (response) => response.resume().on('end', () => server.close()));
});
for (let i = 0; i < 8; i++) crypto.pbkdf2('password', 'salt', 60_000, 32, 'sha512', () => {});
