// A handler parses a large document: one call into the engine that looks for no interrupts.
const http = require('http');
const text = `[${'{"id":1,"tags":["a","b"],"at":[1.5,2.5]},'.repeat(400_000)}0]`;
const server = http.createServer((request, response) => {
  const rows = JSON.parse(text); // GUILTY
  response.end(String(rows.length));
});
server.listen(0, () => { // SCHEDULER
  http.get({ port: server.address().port, path: '/parse' }, (response) => response.resume().on('end', () => server.close()));
});
