// koa, unchanged from npm: middleware in order around each other, a stream as body, an error.
'use strict';
const assert = require('assert');
const http = require('http');
const { Readable } = require('stream');
const Koa = require('koa');

const app = new Koa();
app.silent = true;
app.use(async (context, next) => {
  await next();
  context.set('X-After', context.path);
});
app.use(async (context) => {
  if (context.path === '/broken') context.throw(418, 'broken');
  context.body = context.path === '/stream' ? Readable.from(['a', 'b', 'c']) : { method: context.method };
});

function get(port, path) {
  return new Promise((resolve, reject) => {
    http.get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      let text = '';
      response.on('data', (data) => { text += data; });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    }).on('error', reject);
  });
}

const server = app.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const json = await get(port, '/json');
  assert.deepStrictEqual([json.text, json.headers['x-after']], ['{"method":"GET"}', '/json']);
  assert.strictEqual((await get(port, '/stream')).text, 'abc');
  const broken = await get(port, '/broken');
  assert.deepStrictEqual([broken.status, broken.text], [418, 'broken']);
  server.close();
});
