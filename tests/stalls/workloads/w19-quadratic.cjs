// Each chunk of an upload is appended to all that came before: the work grows with the square of the size.
const http = require('http');
const server = http.createServer((request, response) => {
  let body = Buffer.alloc(0);
  request.on('data', function append(chunk) {
    for (let at = 0; at < chunk.length; at += 4096) {
      body = Buffer.concat([body, chunk.subarray(at, at + 4096)]); // GUILTY
    }
  });
  request.on('end', () => response.end(String(body.length)));
});
server.listen(0, () => { // SCHEDULER
  const upload = http.request({ port: server.address().port, method: 'POST', path: '/upload' }, (response) => response.resume().on('end', () => server.close()));
  upload.end(Buffer.alloc(8 << 20));
});
