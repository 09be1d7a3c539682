// HTTP/2: requests and answers in plain text and over TLS, bodies larger than every window, trailers, pushed streams, files,
// the API that is HTTP/1's, a fall back to HTTP/1, and the ends of sessions.
'use strict';
const assert = require('assert');
const fs = require('fs');
const http2 = require('http2');
const https = require('https');
const os = require('os');
const path = require('path');
const { AsyncLocalStorage } = require('async_hooks');
const { once } = require('events');

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrPt0Pi4ZP6k0LaVI
ASy48AosU6uJKZomy3DatTNxI8ihRANCAAQBvcKnImvWqe7LHu1ydxunfJJUsMtQ
f+W9xyPWE0UXQAmMlE5F+J9fj/dkpxqgbYsH5S63a1kGgZj7xTo/W3TC
-----END PRIVATE KEY-----`;
const CERT = `-----BEGIN CERTIFICATE-----
MIIBpzCCAU6gAwIBAgIUWRg+59c09QbWkb8pvaxV5BVMQAQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDIyMDc1NFoYDzIxMjYxMDMx
MjIwNzU0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQBvcKnImvWqe7LHu1ydxunfJJUsMtQf+W9xyPWE0UXQAmMlE5F+J9f
j/dkpxqgbYsH5S63a1kGgZj7xTo/W3TCo3wwejAdBgNVHQ4EFgQUezYMNE8tfJcL
NIHsoDWc5NLqI1YwHwYDVR0jBBgwFoAUezYMNE8tfJcLNIHsoDWc5NLqI1YwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCwYDVR0P
BAQDAgKEMAoGCCqGSM49BAMCA0cAMEQCIF/IJYSDqlwOvLKsAT8xvMcROSdkhqBE
88eQWAxFntS7AiAIHVH+dSA2nd1mWFdM8vbfkenZecpOfB9mxSUKiDYeOA==
-----END CERTIFICATE-----`;
const MANY_BYTES = 1_500_000;

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

async function textOf(stream) {
  let text = '';
  stream.setEncoding('utf8');
  for await (const piece of stream) text += piece;
  return text;
}

async function exchange(session, headers, body, options) {
  const stream = session.request(headers, options);
  if (body !== undefined) stream.end(body);
  const answered = once(stream, 'response');
  let trailers;
  stream.on('trailers', (fields) => { trailers = fields; });
  const text = await textOf(stream);
  const [answer] = await answered;
  return { answer, text, trailers };
}

async function closed(session, server) {
  session.close();
  server.close();
  await Promise.all([once(session, 'close'), once(server, 'close')]);
}

async function streams() {
  const server = http2.createServer({ settings: { maxConcurrentStreams: 50 } });
  server.on('stream', async (stream, headers) => {
    if (headers[':path'] === '/many') {
      stream.respond({ 'content-type': 'text/plain' });
      stream.end('y'.repeat(MANY_BYTES));
      return;
    }
    if (headers[':path'] === '/trailers') {
      stream.respond({ ':status': 201, 'set-cookie': ['a=1', 'b=2'] }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }));
      stream.end('with trailers');
      return;
    }
    const text = await textOf(stream);
    stream.respond({ 'x-length': text.length, 'x-method': headers[':method'] });
    stream.end(`got ${text.slice(0, 5)}`);
  });
  const port = await listen(server);
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const [remote] = await once(session, 'remoteSettings');
  assert.strictEqual(remote.maxConcurrentStreams, 50);

  const plain = await exchange(session, { ':path': '/' });
  assert.strictEqual(plain.answer[':status'], 200);
  assert.strictEqual(plain.answer['x-method'], 'GET');
  const posted = await exchange(session, { ':path': '/', ':method': 'POST' }, 'x'.repeat(MANY_BYTES));
  assert.strictEqual(posted.answer['x-length'], String(MANY_BYTES));
  assert.strictEqual(posted.text, 'got xxxxx');
  assert.strictEqual((await exchange(session, { ':path': '/many' })).text.length, MANY_BYTES);
  const trailed = await exchange(session, { ':path': '/trailers' });
  assert.strictEqual(trailed.answer[':status'], 201);
  assert.deepStrictEqual(trailed.answer['set-cookie'], ['a=1', 'b=2']);
  assert.strictEqual(trailed.trailers['x-sum'], '7');

  // Many at once, more than the server takes at a time, each with its own body.
  const bodies = await Promise.all(Array.from({ length: 120 }, (_, i) =>
    exchange(session, { ':path': '/', ':method': 'PUT' }, `${i}`.padStart(5, '0'))));
  bodies.forEach(({ text }, i) => assert.strictEqual(text, `got ${`${i}`.padStart(5, '0')}`));

  // Each side can ask whether the other is there.
  const answered = await new Promise((resolve, reject) => {
    session.ping(Buffer.from('12345678'), (error, duration, payload) => (error ? reject(error) : resolve({ duration, payload })));
  });
  assert.strictEqual(String(answered.payload), '12345678');
  assert.ok(answered.duration >= 0);
  await closed(session, server);
}

async function pushAndFiles() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-http2-'));
  const file = path.join(folder, 'body.txt');
  fs.writeFileSync(file, 'z'.repeat(300_000));
  const server = http2.createServer();
  server.on('stream', (stream, headers) => {
    if (headers[':path'] === '/file') {
      stream.respondWithFile(file, { 'content-type': 'text/plain' }, { offset: 10 });
      return;
    }
    if (headers[':path'] === '/missing') {
      stream.respondWithFile(path.join(folder, 'none'), {}, { onError: () => {
        stream.respond({ ':status': 404 });
        stream.end();
      } });
      return;
    }
    stream.pushStream({ ':path': '/style.css' }, (error, pushed) => {
      assert.ifError(error);
      pushed.respond({ 'content-type': 'text/css' });
      pushed.end('body {}');
    });
    stream.respond();
    stream.end('page');
  });
  const port = await listen(server);
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const pushes = [];
  session.on('stream', (stream, headers) => {
    pushes.push(textOf(stream).then((text) => `${headers[':path']} ${text}`));
  });
  assert.strictEqual((await exchange(session, { ':path': '/' })).text, 'page');
  assert.deepStrictEqual(await Promise.all(pushes), ['/style.css body {}']);
  const sent = await exchange(session, { ':path': '/file' });
  assert.strictEqual(sent.answer['content-length'], '299990');
  assert.strictEqual(sent.text.length, 299_990);
  assert.strictEqual((await exchange(session, { ':path': '/missing' })).answer[':status'], 404);
  await closed(session, server);
  fs.rmSync(folder, { recursive: true });
}

async function compatible() {
  const store = new AsyncLocalStorage();
  const server = http2.createServer((request, response) => store.run(request.url, async () => {
    const text = await textOf(request);
    await new Promise(setImmediate);
    assert.strictEqual(store.getStore(), request.url);
    response.setHeader('X-Version', request.httpVersion);
    response.setTrailer('x-end', 'yes');
    response.writeHead(202, { 'content-type': 'text/plain' });
    response.write(`${request.method} ${request.url} `);
    response.end(text);
  }));
  const port = await listen(server);
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const all = await Promise.all(['/a', '/b', '/c'].map((one) => exchange(session, { ':path': one, ':method': 'POST' }, `body of ${one}`)));
  all.forEach(({ answer, text, trailers }, i) => {
    const one = ['/a', '/b', '/c'][i];
    assert.strictEqual(text, `POST ${one} body of ${one}`);
    assert.strictEqual(answer[':status'], 202);
    assert.strictEqual(answer['x-version'], '2.0');
    assert.strictEqual(trailers['x-end'], 'yes');
  });
  await closed(session, server);
}

async function secure() {
  const server = http2.createSecureServer({ key: KEY, cert: CERT, allowHTTP1: true }, (request, response) => {
    response.end(`${request.httpVersion} ${request.url}`);
  });
  const port = await listen(server);
  const session = http2.connect(`https://localhost:${port}`, { ca: CERT });
  assert.strictEqual((await exchange(session, { ':path': '/two' })).text, '2.0 /two');
  assert.strictEqual(session.alpnProtocol, 'h2');
  assert.ok(session.encrypted);
  const [older] = await once(https.get({ host: 'localhost', port, path: '/one', ca: CERT, agent: false }), 'response');
  assert.strictEqual(await textOf(older), '1.1 /one');
  await closed(session, server);
}

async function settings() {
  const asked = { headerTableSize: 1000, enablePush: false, initialWindowSize: 70_000, maxFrameSize: 20_000 };
  const packed = http2.getPackedSettings(asked);
  assert.strictEqual(packed.length, 24);
  assert.deepStrictEqual({ ...http2.getUnpackedSettings(packed) }, asked);
  assert.throws(() => http2.getPackedSettings({ maxFrameSize: 1 }), { code: 'ERR_HTTP2_INVALID_SETTING_VALUE' });
  assert.throws(() => http2.connect('ftp://localhost'), { code: 'ERR_HTTP2_UNSUPPORTED_PROTOCOL' });
}

const passed = [];
process.on('exit', (code) => {
  if (code === 0) assert.deepStrictEqual(passed, ['settings', 'streams', 'pushAndFiles', 'compatible', 'secure']);
});

(async () => {
  for (const part of [settings, streams, pushAndFiles, compatible, secure]) {
    await part();
    passed.push(part.name);
  }
})();
