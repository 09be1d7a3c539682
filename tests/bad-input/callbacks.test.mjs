// An uncaught error inside every kind of callback: with a handler the process goes on, without one it ends with code 1
// and shows the line.
import assert from 'node:assert';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { program, run } from '../lib/rondo.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rondo-callbacks-'));

// Each throws `boom()` inside one kind of callback.
const kinds = {
  timeout: 'setTimeout(boom, 1);',
  interval: 'const id = setInterval(() => { clearInterval(id); boom(); }, 1);',
  immediate: 'setImmediate(boom);',
  nextTick: 'process.nextTick(boom);',
  microtask: 'queueMicrotask(boom);',
  module: 'boom();',
  'fs callback': "require('fs').stat(__filename, boom);",
  'fs stream': "require('fs').createReadStream(__filename).on('data', boom);",
  listening: "const server = require('net').createServer().listen(0, () => { server.close(); boom(); });",
  connection: `const server = require('net').createServer((socket) => { socket.destroy(); server.close(); boom(); });
    server.listen(0, () => require('net').connect(server.address().port).on('error', () => {}));`,
  'socket data': `const server = require('net').createServer((socket) => { socket.end('x'); server.close(); });
    server.listen(0, () => require('net').connect(server.address().port).on('data', boom));`,
  'socket close': `const server = require('net').createServer((socket) => { socket.end(); server.close(); });
    server.listen(0, () => require('net').connect(server.address().port).on('close', boom).resume());`,
  'http request': `const server = require('http').createServer((request, response) => { response.end(); server.close(); boom(); });
    server.listen(0, () => require('http').get({ port: server.address().port, agent: false }, (response) => response.resume()));`,
  'http response': `const server = require('http').createServer((request, response) => { response.end(); server.close(); });
    server.listen(0, () => require('http').get({ port: server.address().port, agent: false }, (response) => { response.resume(); boom(); }));`,
  dns: "require('dns').lookup('localhost', boom);",
  crypto: "require('crypto').pbkdf2('a', 'b', 1, 8, 'sha256', boom);",
  signal: "process.on('SIGUSR2', () => { clearInterval(hold); boom(); }); const hold = setInterval(() => {}, 1000); process.kill(process.pid, 'SIGUSR2');",
  'promise reaction': 'Promise.resolve().then(boom);',
  'fs.exists': "require('fs').exists(__filename, boom);",
  'fs.glob': "require('fs').glob(__filename, boom);",
  zlib: "require('zlib').gzip('x', boom);",
  'child exit': "require('child_process').spawn('true').on('exit', boom);",
  'child output': "require('child_process').spawn('echo', ['x']).stdout.on('data', boom);",
  'worker message': `const { Worker } = require('worker_threads');
    new Worker("require('worker_threads').parentPort.postMessage(1)", { eval: true }).on('message', boom);`,
  'worker exit': "new (require('worker_threads').Worker)('0', { eval: true }).on('exit', boom);",
  'message port': 'const { port1, port2 } = new MessageChannel(); port1.onmessage = () => { port1.close(); boom(); }; port2.postMessage(1);',
  dgram: `const socket = require('dgram').createSocket('udp4').on('message', () => { socket.close(); boom(); });
    socket.bind(0, '127.0.0.1', () => socket.send('x', socket.address().port, '127.0.0.1'));`,
  readline: "require('readline').createInterface({ input: require('stream').Readable.from(['a\\n']) }).on('line', boom);",
  'event target': "const target = new EventTarget(); target.addEventListener('x', boom); target.dispatchEvent(new Event('x'));",
  'client error': "require('http').get({ port: 1, host: '127.0.0.1', agent: false }).on('error', boom);",
  'stream end': "require('stream').Readable.from(['a']).on('end', boom).resume();",
  'async function': '(async () => { await 1; boom(); })();',
  'diagnostics channel': "const channels = require('diagnostics_channel'); channels.subscribe('x', boom); channels.channel('x').publish({});",
  finalization: `require('v8').setFlagsFromString('--expose-gc');
    const gc = require('vm').runInNewContext('gc');
    const registry = globalThis.registry = new FinalizationRegistry(() => { clearInterval(collecting); boom(); });
    (() => registry.register({}, 1))();
    const collecting = setInterval(gc, 5);`,
  'event listener': "const events = require('events'); const e = new events(); e.on('x', boom); setTimeout(() => e.emit('x'), 1);",
};

// Their errors pass through code of the runtime, or a promise, on their way.
const made = new Set(['microtask', 'promise reaction', 'worker message', 'worker exit', 'message port', 'event target', 'async function', 'diagnostics channel']);

for (const [kind, code] of Object.entries(kinds)) {
  const file = join(folder, `${kind.replaceAll(' ', '-')}.js`);
  const boom = 'function boom() {\n  throw new Error("boom");\n}\n';
  const handled = `${file}.handled.js`;
  writeFileSync(file, `${boom}${code}\n`);
  writeFileSync(handled, `process.on('uncaughtException', (error) => { console.log('handled', error.message); });\n` +
    `${boom}setTimeout(() => console.log('goes on'), 50);\n${code}\n`);

  test(`${kind}: without a handler`, async () => {
    const { code: exit, stderr, signal } = await run(program(), [file]);
    assert.strictEqual(exit, 1, `${signal}\n${stderr}`);
    // As in Node: the caret stands under the throw, or where the error was made if the throw is not known any more.
    const caret = made.has(kind) ? ' {8}' : ' {2}';
    assert.match(stderr, new RegExp(`:2\\n {2}throw new Error\\("boom"\\);\\n${caret}\\^\\n\\nError: boom\\n {4}at .*boom`));
  });

  test(`${kind}: with a handler`, async () => {
    const { code: exit, stdout, stderr } = await run(program(), [handled]);
    assert.deepStrictEqual(stdout.trim().split('\n').sort(), ['goes on', 'handled boom'], stderr);
    assert.strictEqual(exit, 0, stderr);
  });
}
