// The first request loads two thousand files.
const fs = require('fs');
const http = require('http');
const { join } = require('path');
const folder = fs.mkdtempSync(join(require('os').tmpdir(), 'rondo-modules-'));
for (let i = 0; i < 2000; i++) fs.writeFileSync(join(folder, `m${i}.js`), `exports.value = ${i};\n`);
const server = http.createServer((request, response) => {
  let sum = 0;
  for (let i = 0; i < 2000; i++) sum += require(join(folder, `m${i}.js`)).value; // GUILTY
  fs.rmSync(folder, { recursive: true });
  response.end(String(sum));
});
server.listen(0, () => { // SCHEDULER
  http.get({ port: server.address().port, path: '/first' }, (response) => response.resume().on('end', () => server.close()));
});
