// HTTP: the same five bytes for everybody.
'use strict';
const http = require('http');

const server = http.createServer((req, res) => {
  res.setHeader('Content-Length', '5');
  res.end('hello');
});
// Idle connections must stay while they are counted.
server.keepAliveTimeout = 120_000;
server.listen(Number(process.argv[2]), '127.0.0.1', 4096, () => process.stdout.write('listening\n'));
