// Runs while Rondo is built: what programs often use when they start. The functions of core modules that are called here
// are in the program as bytecode, as far as the snapshot does not have them.
'use strict';

const modules = ['assert', 'async_hooks', 'buffer', 'child_process', 'console', 'crypto', 'dns', 'events', 'fs', 'fs/promises', 'http',
  'https', 'module', 'net', 'os', 'path', 'perf_hooks', 'process', 'querystring', 'readline', 'stream', 'stream/promises', 'stream/web',
  'string_decoder', 'timers', 'timers/promises', 'tls', 'tty', 'url', 'util', 'v8', 'vm', 'worker_threads', 'zlib'];
for (const name of modules) require(name);

const assert = require('node:assert');
const { EventEmitter, once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const url = require('node:url');
const util = require('node:util');

console.log('text', 1, true, null, undefined, { key: ['value', { deep: new Map([[1, 2]]) }], set: new Set([1]) }, [1.5, 2n], 'more');
console.error('%s is %d', 'one', 1);
console.log(util.format('%o %j', {}, []), util.inspect(new Error('shown').message));

const text = fs.readFileSync(__filename, 'utf8');
Buffer.concat([Buffer.from(text), Buffer.alloc(8)]).toString('base64');
Buffer.from('00ff', 'hex').equals(new Uint8Array(2));
fs.existsSync(path.join(__dirname, 'nothing'));
fs.statSync(__filename).isFile();
fs.readdirSync(__dirname);
assert.ok(url.fileURLToPath(url.pathToFileURL(__filename)) === __filename);
assert.deepStrictEqual({ a: [1] }, { a: [1] });
new URL('/path?query=1#hash', 'http://127.0.0.1:8080').searchParams.get('query');
new AbortController().abort();
structuredClone({ a: 1 });
new TextDecoder().decode(new TextEncoder().encode('text'));
performance.now();
process.hrtime.bigint();
process.memoryUsage();
process.on('SIGTERM', () => {});
process.removeAllListeners('SIGTERM');

const emitter = new EventEmitter();
emitter.once('one', () => {});
emitter.on('two', () => {});
emitter.emit('one');
emitter.emit('two', 1, 2);
emitter.off('two', () => {});

setTimeout(() => {}, 1);
clearInterval(setInterval(() => {}, 1000));
setImmediate(() => {});
process.nextTick(() => {});
queueMicrotask(() => {});

async function serve() {
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      response.setHeader('x-one', 'two');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{}');
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const request = http.request({ port, host: '127.0.0.1', method: 'POST', agent: false });
  // Where what is sent gets lost, the build goes on.
  const patience = setTimeout(() => request.destroy(new Error('no answer')), 2000);
  request.end('body');
  try {
    const [response] = await once(request, 'response');
    for await (const chunk of response) assert.ok(chunk.length > 0);
  } finally {
    clearTimeout(patience);
    server.close();
    server.closeAllConnections();
  }
}

async function run() {
  await require('node:timers/promises').setTimeout(1);
  await fs.promises.readFile(__filename, 'utf8');
  await pipeline(Readable.from(['a', 'b']), async function* (source) { for await (const chunk of source) yield chunk; }, async (source) => {
    for await (const chunk of source) assert.ok(chunk);
  });
  fs.createReadStream(__filename).resume();
  await import('./module.mjs');
  require('./types.ts');
  // A machine on which nobody may listen builds Rondo, too.
  await serve().catch(() => {});
}
run();
