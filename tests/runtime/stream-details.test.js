// Details of streams: joined duplexes that end before they are read, requests taken out of their connection, what web
// compression streams refuse, encodings that are none.
'use strict';
const assert = require('assert');
const http = require('http');
const util = require('util');
const { Duplex, PassThrough, Readable, Writable, destroy } = require('stream');
const { StringDecoder } = require('string_decoder');
const { once } = require('events');

async function joined() {
  const through = new PassThrough({ objectMode: true });
  const stream = Readable.from(['a', 'b']).pipe(Duplex.from({ readable: through, writable: through }));
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
    stream.pause();
    setImmediate(() => stream.resume());
  });
  await once(stream, 'end');
  assert.strictEqual(text, 'ab');
  if (!stream.closed) await once(stream, 'close');
}

// `stream.destroy` takes a request away from its handler, and leaves the connection for the answer.
async function requests() {
  const server = http.createServer((request, response) => {
    request.on('error', (error) => response.end(error.name));
    destroy(request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { method: 'POST', body: 'x' });
  assert.strictEqual(await answer.text(), 'AbortError');
  server.close();
  server.closeAllConnections();
}

// A response that is destroyed before its turn ends the connection when its turn comes, not the ones before it.
async function pipelined() {
  const server = http.createServer((request, response) => {
    if (request.url === '/2') response.destroy();
    else setImmediate(() => response.end(request.url));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = require('net').connect(server.address().port, '127.0.0.1');
  socket.write(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => { text += chunk; });
  await once(socket, 'close');
  assert.ok(!text.includes('/3'), text);
  server.close();
}

// An error that somebody reports on the socket of a request ends the connection.
async function reported() {
  const server = http.createServer((request, response) => {
    response.write('begun', () => response.socket.emit('error', new Error('reported')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await assert.rejects(fetch(`http://127.0.0.1:${server.address().port}/`).then((answer) => answer.text()));
  server.close();
}

async function compression() {
  for (const [chunk, code] of [[undefined, 'ERR_INVALID_ARG_TYPE'], [null, 'ERR_STREAM_NULL_VALUES'], [1, 'ERR_INVALID_ARG_TYPE']]) {
    const { readable, writable } = new CompressionStream('gzip');
    const read = readable.getReader().read();
    await assert.rejects(writable.getWriter().write(chunk), { code });
    await assert.rejects(read, { code });
  }
  const { readable, writable } = new CompressionStream('gzip');
  const writer = writable.getWriter();
  writer.write('text');
  writer.close();
  const bytes = Buffer.concat(await Readable.from(readable).toArray());
  assert.strictEqual(require('zlib').gunzipSync(bytes).toString(), 'text');
}

async function aborts() {
  const controller = new AbortController();
  const told = util.aborted(controller.signal, {});
  controller.abort();
  await told;
  await assert.rejects(util.aborted({}, {}), { code: 'ERR_INVALID_ARG_TYPE' });
  await assert.rejects(util.aborted(controller.signal, null), { code: 'ERR_INVALID_ARG_TYPE' });
}

(async () => {
  await joined();
  await requests();
  await pipelined();
  await reported();
  await compression();
  await aborts();
  assert.throws(() => new Writable().setDefaultEncoding({}), { code: 'ERR_UNKNOWN_ENCODING', message: 'Unknown encoding: {}' });
  const decoder = new StringDecoder('utf8');
  decoder.write(Buffer.from([0xe1]));
  assert.deepStrictEqual([...decoder.lastChar], [0xe1, 0, 0, 0]);
})();
