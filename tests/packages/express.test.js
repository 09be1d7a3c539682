// express, unchanged from npm: routing, a JSON body, headers, an error handler.
'use strict';
const assert = require('assert');
const http = require('http');
const express = require('express');

const app = express();
app.use(express.json());
app.get('/hello/:name', (req, res) => res.set('X-Seen', req.get('x-asked')).send(`hello ${req.params.name}`));
app.post('/sum', (req, res) => res.json({ sum: req.body.a + req.body.b }));
app.get('/broken', () => { throw new Error('broken'); });
app.use((error, req, res, next) => res.status(500).send(error.message));

function ask(port, options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: '127.0.0.1', agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data) => { text += data; });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on('error', reject).end(body);
  });
}

const server = app.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const hello = await ask(port, { path: '/hello/you', headers: { 'X-Asked': 'yes' } });
  assert.deepStrictEqual([hello.status, hello.headers['x-seen'], hello.text], [200, 'yes', 'hello you']);
  const sum = await ask(port, { path: '/sum', method: 'POST', headers: { 'Content-Type': 'application/json' } },
                        '{"a":1,"b":2}');
  assert.deepStrictEqual(JSON.parse(sum.text), { sum: 3 });
  const fresh = await ask(port, { path: '/hello/you', headers: { 'If-None-Match': hello.headers.etag } });
  assert.strictEqual(fresh.status, 304);
  assert.strictEqual((await ask(port, { path: '/broken' })).text, 'broken');
  assert.strictEqual((await ask(port, { path: '/nowhere' })).status, 404);
  server.close();
});
