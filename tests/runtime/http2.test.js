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

const { certificate: CERT, key: KEY } = require('../lib/certificate.cjs');

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

/** What a handler throws stops neither its session nor what came with it; contexts, signals and pieces of data keep apart. */
async function manners() {
  const server = http2.createServer();
  const thrown = [];
  const onThrown = (error) => thrown.push(error.message);
  process.on('uncaughtException', onThrown);
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] === '/slow') return;
    if (headers[':path'] === '/pieces') {
      stream.respond();
      stream.write('one');
      stream.write('two');
      stream.end('three');
      return;
    }
    stream.respond();
    stream.end('ok');
  });
  const port = await listen(server);
  // As many requests as one likes may wait for the connection.
  const onWarning = (warning) => assert.fail(warning);
  process.on('warning', onWarning);
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const early = Array.from({ length: 30 }, () => textOf(session.request()));
  assert.deepStrictEqual(new Set(await Promise.all(early)), new Set(['ok']));
  process.removeListener('warning', onWarning);

  // Each of three answers that come at once throws; all three come.
  const three = ['a', 'b', 'c'].map((name) => {
    const stream = session.request();
    stream.on('response', () => { throw new Error(name); });
    return textOf(stream);
  });
  assert.deepStrictEqual(await Promise.all(three), ['ok', 'ok', 'ok']);
  assert.deepStrictEqual(thrown.sort(), ['a', 'b', 'c']);
  process.removeListener('uncaughtException', onThrown);

  // Who waits for one piece after the other misses none, although they come together.
  const pieces = session.request({ ':path': '/pieces' });
  pieces.setEncoding('utf8');
  let seen = '';
  while (seen.length < 11) seen += (await once(pieces, 'data'))[0];
  assert.strictEqual(seen, 'onetwothree');

  // A request's events have the context of the request.
  const store = new AsyncLocalStorage();
  const contexts = await Promise.all([1, 2, 3].map((number) => store.run(number, () => new Promise((resolve) => {
    const stream = session.request();
    stream.resume();
    stream.on('response', () => stream.on('end', () => resolve(store.getStore())));
  }))));
  assert.deepStrictEqual(contexts, [1, 2, 3]);

  // A signal takes a request back; a timeout tells of one that hangs.
  const controller = new AbortController();
  const aborted = session.request({ ':path': '/slow' }, { signal: controller.signal });
  setImmediate(() => controller.abort());
  const [reason] = await once(aborted, 'error');
  assert.strictEqual(reason.name, 'AbortError');
  assert.strictEqual(aborted.rstCode, http2.constants.NGHTTP2_CANCEL);
  const hanging = session.request({ ':path': '/slow' });
  hanging.setTimeout(5, () => hanging.close(http2.constants.NGHTTP2_CANCEL));
  await once(hanging, 'close');

  // A session that is closed takes no more requests, and lets go of those it has.
  const last = session.request();
  const lastText = textOf(last);
  await once(last, 'response');
  session.close();
  const [refused] = await once(session.request(), 'error');
  assert.strictEqual(refused.code, 'ERR_HTTP2_GOAWAY_SESSION');
  assert.strictEqual(await lastText, 'ok');
  if (!session.destroyed) await once(session, 'close');
  assert.throws(() => session.ping(() => {}), { code: 'ERR_HTTP2_INVALID_SESSION' });
  server.close();
  await once(server, 'close');

  // A body that came whole can be read after its connection is gone.
  const late = http2.createServer();
  const read = new Promise((resolve) => late.on('stream', (stream) => {
    stream.pause();
    stream.session.on('close', () => resolve(textOf(stream)));
    stream.respond();
    stream.end();
  }));
  const brief = http2.connect(`http://127.0.0.1:${await listen(late)}`);
  const upload = brief.request({ ':method': 'POST' });
  upload.resume().end('u'.repeat(60_000));
  await once(upload, 'close');
  brief.close();
  assert.strictEqual((await read).length, 60_000);
  late.close();

  // Who listens to the diagnostics channels hears of both sides.
  const { subscribe, unsubscribe } = require('diagnostics_channel');
  const heard = [];
  const listeners = ['client.stream.start', 'client.stream.finish', 'server.stream.start', 'server.stream.finish'].map((name) => {
    const listener = ({ stream, headers }) => heard.push(`${name} ${stream.id} ${headers[':path'] ?? headers[':status']}`);
    subscribe(`http2.${name}`, listener);
    return () => unsubscribe(`http2.${name}`, listener);
  });
  const told = http2.createServer((request, response) => response.end());
  const teller = http2.connect(`http://127.0.0.1:${await listen(told)}`);
  await exchange(teller, { ':path': '/told' });
  listeners.forEach((stop) => stop());
  assert.deepStrictEqual(heard, [
    'client.stream.start 1 /told', 'server.stream.start 1 /told', 'server.stream.finish 1 200', 'client.stream.finish 1 200']);
  await closed(teller, told);

  // A session that nobody waits for keeps no process.
  const idle = http2.createServer();
  http2.connect(`http://127.0.0.1:${await listen(idle)}`).unref();
  idle.on('session', (theirs) => theirs.unref());
  idle.unref();
}

const passed = [];
process.on('exit', (code) => {
  if (code === 0) assert.deepStrictEqual(passed, ['settings', 'streams', 'pushAndFiles', 'compatible', 'secure', 'manners']);
});

(async () => {
  for (const part of [settings, streams, pushAndFiles, compatible, secure, manners]) {
    await part();
    passed.push(part.name);
  }
})();
