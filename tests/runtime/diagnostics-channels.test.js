// What core modules publish on diagnostics channels: HTTP on both sides, sockets, servers, children, workers, modules.
'use strict';
const assert = require('assert');
const channels = require('diagnostics_channel');
const http = require('http');
const net = require('net');
const dgram = require('dgram');
const { spawn, ChildProcess } = require('child_process');
const { Worker } = require('worker_threads');
const { once } = require('events');

const heard = [];
for (const name of ['http.client.request.created', 'http.client.request.start', 'http.client.response.finish', 'http.server.request.start',
  'http.server.response.created', 'http.server.response.finish', 'net.client.socket', 'net.server.socket']) {
  channels.subscribe(name, (message) => heard.push([name, message]));
}

(async () => {
  let handled;
  const server = http.createServer((request, response) => {
    handled = { request, response };
    response.end('x');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = http.get({ port: server.address().port, host: '127.0.0.1', agent: false });
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'close');
  server.close();
  await once(server, 'close');
  const last = (name) => heard.findLast((entry) => entry[0] === name)[1];
  assert.strictEqual(last('http.client.request.created').request, request);
  assert.strictEqual(last('http.client.request.start').request, request);
  assert.strictEqual(last('http.client.response.finish').response, response);
  assert.strictEqual(last('http.server.response.created').response, handled.response);
  for (const name of ['http.server.request.start', 'http.server.response.finish']) {
    const { request: seen, response: answer, server: its, socket } = last(name);
    assert.deepStrictEqual([seen === handled.request, answer === handled.response, its === server, socket instanceof net.Socket], [true, true, true, true]);
  }
  assert.ok(last('net.client.socket').socket instanceof net.Socket);
  assert.ok(last('net.server.socket').socket instanceof net.Socket);

  const refused = once(channels.channel('http.client.request.error') && wrap('http.client.request.error'), 'message');
  http.get({ port: 1, host: '127.0.0.1', agent: false }).on('error', () => {});
  assert.ok((await refused)[0].error instanceof Error);

  const listening = wrap('tracing:net.server.listen:asyncEnd');
  const other = net.createServer().listen(0, '127.0.0.1');
  assert.strictEqual((await once(listening, 'message'))[0].server, other);
  other.close();

  const sockets = [];
  channels.subscribe('udp.socket', ({ socket }) => sockets.push(socket));
  const udp = dgram.createSocket('udp4');
  udp.close();
  assert.deepStrictEqual(sockets, [udp]);

  const spawned = [];
  channels.tracingChannel('child_process.spawn').subscribe({
    start: ({ process: child, options }) => spawned.push(['start', child instanceof ChildProcess, options.file]),
    end: ({ process: child }) => spawned.push(['end', child instanceof ChildProcess]),
    error: ({ error }) => spawned.push(['error', error.code]),
  });
  await once(spawn(process.execPath, ['-e', '0']), 'close');
  spawn('/nonexistent/program').on('error', () => {});
  assert.deepStrictEqual(spawned, [['start', true, process.execPath], ['end', true], ['start', true, '/nonexistent/program'], ['error', 'ENOENT']]);

  const workers = [];
  channels.subscribe('worker_threads', ({ worker }) => workers.push(worker));
  const worker = new Worker('0', { eval: true });
  assert.deepStrictEqual(workers, [worker]);
  await once(worker, 'exit');

  const loads = [];
  channels.tracingChannel('module.require').subscribe({
    start: ({ id }) => loads.push(`start ${id}`), end: () => loads.push('end'), error: ({ error }) => loads.push(error.code),
  });
  require('path');
  assert.throws(() => require('./no-such-file'));
  assert.deepStrictEqual(loads, ['start path', 'end', 'start ./no-such-file', 'MODULE_NOT_FOUND', 'end']);
})();

// A channel as an emitter, to wait for what it tells.
function wrap(name) {
  const emitter = new (require('events'))();
  channels.subscribe(name, (message) => emitter.emit('message', message));
  return emitter;
}
