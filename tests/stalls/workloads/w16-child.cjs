// A child process is waited for.
const { execSync } = require('child_process');
const http = require('http');
const server = http.createServer((request, response) => {
  response.end(execSync('sleep 0.3')); // GUILTY
});
server.listen(0, () => { // SCHEDULER
  http.get({ port: server.address().port, path: '/child' }, (response) => response.resume().on('end', () => server.close()));
});
