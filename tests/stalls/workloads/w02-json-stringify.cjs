// Many rows become the text of a response, in the callback of a file.
const fs = require('fs');
const http = require('http');
const rows = Array.from({ length: 900_000 }, (_, id) => ({ id, name: `row ${id}`, on: true }));
const server = http.createServer((request, response) => {
  fs.readFile(__filename, function send() { // SCHEDULER
    response.end(JSON.stringify(rows)); // GUILTY
  });
});
server.listen(0, () => {
  http.get({ port: server.address().port, path: '/rows' }, (incoming) => incoming.resume().on('end', () => server.close()));
});
