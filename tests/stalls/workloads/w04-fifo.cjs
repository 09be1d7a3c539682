// A file that is not there yet: a pipe with a name, fed late.
const { execFileSync, spawn } = require('child_process');
const { mkdtempSync, readFileSync, rmSync } = require('fs');
const { join } = require('path');
const http = require('http');
const folder = mkdtempSync(join(require('os').tmpdir(), 'rondo-fifo-'));
const fifo = join(folder, 'fifo');
execFileSync('mkfifo', [fifo]);
const server = http.createServer((request, response) => {
  response.end(readFileSync(fifo)); // GUILTY
  rmSync(folder, { recursive: true });
});
server.listen(0, () => { // SCHEDULER
  spawn('sh', ['-c', `sleep 0.4; echo late > ${fifo}`]);
  http.get({ port: server.address().port, path: '/late' }, (response) => response.resume().on('end', () => server.close()));
});
