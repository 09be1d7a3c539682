// A pattern that backtracks, on a request's query.
const http = require('http');
const server = http.createServer((request, response) => {
  const text = new URL(request.url, 'http://x').searchParams.get('q');
  response.end(String(/^(a+)+$/.test(text))); // GUILTY
});
server.listen(0, () => { // SCHEDULER
  http.get({ port: server.address().port, path: `/?q=${'a'.repeat(26)}!` }, (response) => response.resume().on('end', () => server.close()));
});
