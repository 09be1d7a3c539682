// The web's globals on a server: fetch both ways, forms, streams, clones and ports.
'use strict';
const assert = require('assert');
const http = require('http');
const { once } = require('events');
const { Readable } = require('stream');

async function fetchAgainst(base) {
  const redirected = await fetch(`${base}/redirect`);
  assert.deepStrictEqual([redirected.status, redirected.redirected, (await redirected.json()).url], [200, true, '/target']);
  const form = await (await fetch(base, { method: 'post', body: new URLSearchParams({ a: '1' }) })).json();
  assert.deepStrictEqual([form.body, form.type], ['a=1', 'application/x-www-form-urlencoded;charset=UTF-8']);
  const body = ReadableStream.from(['str', 'eam']).pipeThrough(new TextEncoderStream());
  assert.strictEqual((await (await fetch(base, { method: 'POST', body, duplex: 'half' })).json()).body, 'stream');
  await assert.rejects(fetch(base, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.strictEqual(await (await fetch('data:text/plain;base64,aGk=')).text(), 'hi');
}

async function forms() {
  const form = new FormData();
  form.append('x', '1');
  form.append('file', new File(['hé'], 'n.txt', { type: 'text/plain' }));
  const back = await new Response(form).formData();
  assert.deepStrictEqual([back.get('x'), back.get('file').name, await back.get('file').text()], ['1', 'n.txt', 'hé']);
}

async function streams() {
  const doubled = [];
  const double = new TransformStream({ transform: (chunk, controller) => controller.enqueue(chunk * 2) });
  for await (const value of ReadableStream.from([1, 2, 3]).pipeThrough(double)) doubled.push(value);
  assert.deepStrictEqual(doubled, [2, 4, 6]);
  assert.strictEqual(await new Response(Readable.toWeb(Readable.from([Buffer.from('a'), Buffer.from('b')]))).text(), 'ab');
  let text = '';
  for await (const chunk of Readable.fromWeb(new Blob(['blob']).stream())) text += chunk;
  assert.strictEqual(text, 'blob');
}

async function messages() {
  const memory = new ArrayBuffer(4);
  assert.deepStrictEqual([structuredClone(memory, { transfer: [memory] }).byteLength, memory.byteLength], [4, 0]);
  assert.throws(() => structuredClone(() => {}), { name: 'DataCloneError', code: 25 });
  const { port1, port2 } = new MessageChannel();
  const inner = new MessageChannel();
  port2.once('message', ({ port }) => port.postMessage('through the moved port'));
  port1.postMessage({ port: inner.port2 }, [inner.port2]);
  const [answer] = await once(inner.port1, 'message');
  assert.strictEqual(answer, 'through the moved port');
  inner.port1.close();
  port1.close();
  await once(port2, 'close');
}

async function main() {
  const server = http.createServer((request, response) => {
    if (request.url === '/redirect') return response.writeHead(302, { location: '/target' }).end();
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => response.end(JSON.stringify({ body, type: request.headers['content-type'], url: request.url })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await fetchAgainst(`http://127.0.0.1:${server.address().port}`);
  server.close();
  await forms();
  await streams();
  await messages();
}
main();

const v8 = require('v8');
const value = { bytes: Buffer.from('hey'), floats: new Float64Array([1.5, 2]), map: new Map([[1, { x: [1n] }]]) };
assert.deepStrictEqual(v8.deserialize(v8.serialize(value)), value);
