// A short program per npm package: each uses the package as its users do and fails by an assertion.
'use strict';
const assert = require('assert');
const http = require('http');

/** The body that `path` of a server gives, and its headers. */
async function ask(server, path = '/', init = undefined) {
  if (!server.listening) await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  try {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } finally {
    server.close();
  }
}

const collect = async (stream) => {
  let text = '';
  for await (const part of stream) text += part;
  return text;
};

exports.programs = {
  lodash() {
    const _ = require('lodash');
    assert.deepStrictEqual(_.groupBy([1.2, 1.8, 2.1], Math.floor), { 1: [1.2, 1.8], 2: [2.1] });
    assert.strictEqual(_.template('<%= a %>!')({ a: 1 }), '1!');
    assert.ok(_.isEqual(_.cloneDeep(new Map([[1, Buffer.from('x')]])), new Map([[1, Buffer.from('x')]])));
  },

  async bl() {
    const { BufferListStream } = await import('bl');
    const list = new BufferListStream();
    list.append('ab').append(Buffer.from('cd'));
    assert.strictEqual(list.slice(1, 3).toString(), 'bc');
    assert.strictEqual(await collect(list), 'abcd');
  },

  async split2() {
    const lines = [];
    for await (const line of require('stream').Readable.from(['a\nb', 'c\n']).pipe(require('split2')())) lines.push(line);
    assert.deepStrictEqual(lines, ['a', 'bc']);
  },

  async duplexify() {
    const { PassThrough } = require('stream');
    const inner = new PassThrough();
    const both = require('duplexify')(inner, inner);
    both.end('through');
    assert.strictEqual(await collect(both), 'through');
  },

  async 'readable-stream'() {
    const { pipeline, Readable, Transform } = require('readable-stream');
    const upper = new Transform({ transform(chunk, encoding, callback) { callback(null, `${chunk}`.toUpperCase()); } });
    await new Promise((resolve, reject) => {
      pipeline(Readable.from(['a', 'b']), upper, (error) => (error ? reject(error) : resolve()));
      upper.resume();
    });
  },

  async pino() {
    const { PassThrough } = require('stream');
    const out = new PassThrough();
    const log = require('pino')({ base: null, timestamp: false }, out);
    log.child({ id: 7 }).warn({ error: new TypeError('no') }, 'hello %s', 'you');
    out.end();
    const line = JSON.parse(await collect(out));
    assert.deepStrictEqual([line.level, line.id, line.msg], [40, 7, 'hello you']);
  },

  // Its worker is waited for by `Atomics.waitAsync`.
  async 'pino transport'() {
    const path = require('path').join(require('os').tmpdir(), `rondo-pino-${process.pid}`);
    const pino = require('pino');
    const stream = pino.transport({ target: 'pino/file', options: { destination: path } });
    const log = pino({ base: null, timestamp: false }, stream);
    log.info('from a worker');
    await new Promise((resolve, reject) => { log.flush((error) => (error ? reject(error) : resolve())); });
    assert.strictEqual(require('fs').readFileSync(path, 'utf8'), '{"level":30,"msg":"from a worker"}\n');
    require('fs').unlinkSync(path);
    stream.end();
  },

  async hono() {
    const { Hono } = require('hono');
    const { streamText } = require('hono/streaming');
    const app = new Hono();
    app.post('/form', async (c) => c.text(`${await (await c.req.parseBody()).file.text()}`));
    app.get('/stream', (c) => streamText(c, async (stream) => { for (let i = 0; i < 3; i++) await stream.writeln(`${i}`); }));
    const server = require('@hono/node-server').serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await require('events').once(server, 'listening');
    const at = `http://127.0.0.1:${server.address().port}`;
    const body = new FormData();
    body.append('file', new Blob(['of a form']), 'a.txt');
    assert.strictEqual(await (await fetch(`${at}/form`, { method: 'POST', body })).text(), 'of a form');
    assert.strictEqual(await (await fetch(`${at}/stream`)).text(), '0\n1\n2\n');
    server.close();
    server.closeAllConnections();
  },

  async undici() {
    const { request } = require('undici');
    const server = http.createServer((message, answer) => { message.pipe(answer); });
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const { statusCode, body } = await request(`http://127.0.0.1:${server.address().port}`, { method: 'POST', body: 'echo' });
    assert.deepStrictEqual([statusCode, await body.text()], [200, 'echo']);
    server.close();
    server.closeAllConnections();
  },

  commander() {
    const { Command } = require('commander');
    const program = new Command().option('-p, --port <n>', 'port', Number).argument('<file>');
    program.parse(['-p', '80', 'x.js'], { from: 'user' });
    assert.deepStrictEqual([program.opts().port, program.args], [80, ['x.js']]);
  },

  async chalk() {
    const { Chalk } = await import('chalk');
    assert.strictEqual(new Chalk({ level: 1 }).red('r'), '\u001b[31mr\u001b[39m');
  },

  async yargs() {
    const { default: yargs } = await import('yargs');
    const parsed = await yargs(['--n', '3', '--flag']).option('n', { type: 'number' }).parse();
    assert.deepStrictEqual([parsed.n, parsed.flag], [3, true]);
  },

  async uuid() {
    const { v4, v5, validate } = await import('uuid');
    assert.ok(validate(v4()));
    assert.strictEqual(v5('rondo', v5.DNS), v5('rondo', v5.DNS));
  },

  async async() {
    const { eachLimit, queue } = require('async');
    const seen = [];
    await eachLimit([1, 2, 3], 2, async (n) => { seen.push(n); });
    const q = queue(async (n) => { seen.push(n); }, 1);
    q.push([4, 5]);
    await q.drain();
    assert.deepStrictEqual(seen, [1, 2, 3, 4, 5]);
  },

  async rxjs() {
    const { delay, from, lastValueFrom, map, mergeMap, of, toArray } = require('rxjs');
    const values = from([1, 2, 3]).pipe(mergeMap((n) => of(n).pipe(delay(1))), map((n) => n * 2), toArray());
    assert.deepStrictEqual(await lastValueFrom(values), [2, 4, 6]);
  },

  zod() {
    const { z } = require('zod');
    const shape = z.object({ name: z.string(), age: z.number().int() });
    assert.strictEqual(shape.parse({ name: 'a', age: 1 }).age, 1);
    assert.strictEqual(shape.safeParse({ name: 'a', age: '1' }).success, false);
  },

  dotenv() {
    assert.deepStrictEqual({ ...require('dotenv').parse('A=1\nB="x y" # note\n') }, { A: '1', B: 'x y' });
  },

  async fastify() {
    const app = require('fastify')();
    app.post('/sum', { schema: { body: { type: 'array', items: { type: 'integer' } } } }, async (request) => ({ sum: request.body.reduce((a, b) => a + b) }));
    const injected = await app.inject({ method: 'POST', url: '/sum', payload: [1, 2] });
    assert.deepStrictEqual(injected.json(), { sum: 3 });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const response = await fetch(`${address}/sum`, { method: 'POST', body: '["x"]', headers: { 'content-type': 'application/json' } });
    assert.strictEqual(response.status, 400);
    await response.text();
    await app.close();
  },

  async 'body-parser'() {
    const parse = require('body-parser').json();
    const server = http.createServer((message, answer) => { parse(message, answer, () => answer.end(JSON.stringify(message.body))); });
    const { text } = await ask(server, '/', { method: 'POST', body: '{"a":[1]}', headers: { 'content-type': 'application/json' } });
    assert.strictEqual(text, '{"a":[1]}');
  },

  async compression() {
    const compress = require('compression')({ threshold: 0 });
    const server = http.createServer((message, answer) => {
      compress(message, answer, () => {
        answer.setHeader('content-type', 'text/plain');
        answer.end('z'.repeat(5000));
      });
    });
    const { headers, text } = await ask(server, '/', { headers: { 'accept-encoding': 'gzip' } });
    assert.deepStrictEqual([headers.get('content-encoding'), text.length], ['gzip', 5000]);
  },
};
