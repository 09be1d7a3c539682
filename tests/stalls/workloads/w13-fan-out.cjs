// A handler maps many rows at once: each is quick, all of them come due in one drain of microtasks.
const http = require('http');
const sum = (row) => { for (let i = 0; i < 1500; i++) row = (row * 31 + i) | 0; return row; }; // GUILTY
const mapper = async (row) => { await null; return sum(row) + sum(row + 1) + sum(row + 2); };
const server = http.createServer(async (request, response) => {
  const sums = await Promise.all(Array.from({ length: 100_000 }, (_, row) => mapper(row)));
  response.end(String(sums.length));
});
server.listen(0, () => { // SCHEDULER
  http.get({ port: server.address().port, path: '/all' }, (response) => response.resume().on('end', () => server.close()));
});
