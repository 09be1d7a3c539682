// Threads: messages both ways, exit codes, errors, termination in the middle of anything, environments.
'use strict';

const assert = require('assert');
const { Worker, isMainThread, receiveMessageOnPort, MessageChannel } = require('worker_threads');

assert.strictEqual(isMainThread, true);

function run(code, options = {}) {
  return new Promise((resolve) => {
    const log = [];
    const worker = new Worker(`const { parentPort, workerData } = require('worker_threads');\n${code}`, { eval: true, ...options });
    worker.on('message', (message) => log.push(message));
    worker.on('error', (error) => log.push(error));
    worker.on('exit', (exitCode) => resolve({ log, exitCode }));
    options.started?.(worker);
  });
}

async function main() {
  assert.deepStrictEqual(await run('parentPort.postMessage(workerData)', { workerData: { a: [1n] } }), { log: [{ a: [1n] }], exitCode: 0 });
  assert.strictEqual((await run('process.exit(3)')).exitCode, 3);

  // What nobody caught arrives as an error, its own properties with it.
  const { log: [error], exitCode } = await run('throw Object.assign(new TypeError("bad"), { code: "E" })');
  assert.ok(error instanceof TypeError);
  assert.deepStrictEqual([error.message, error.code, exitCode], ['bad', 'E', 1]);

  // Termination reaches a thread wherever it is.
  for (const stuck of ['while (true);', 'setInterval(() => {}, 1000);', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
    'const f = () => setImmediate(f); f();', 'const f = () => process.nextTick(f); f();']) {
    const started = (worker) => worker.on('online', () => setImmediate(() => worker.terminate()));
    assert.strictEqual((await run(stuck, { started })).exitCode, 1, stuck);
  }

  const { log: [own] } = await run('process.env.B = 2; parentPort.postMessage({ ...process.env })', { env: { A: 1 } });
  assert.deepStrictEqual(own, { A: '1', B: '2' });
  assert.strictEqual(process.env.B, undefined);

  // A port and memory move; shared memory is shared.
  const { port1, port2 } = new MessageChannel();
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const moved = new ArrayBuffer(8);
  const { log } = await run('workerData.port.postMessage("by port"); Atomics.store(workerData.shared, 0, 9); parentPort.postMessage(workerData.moved.byteLength);', {
    workerData: { port: port2, shared, moved }, transferList: [port2, moved],
  });
  assert.deepStrictEqual([log[0], moved.byteLength, shared[0], receiveMessageOnPort(port1).message], [8, 0, 9, 'by port']);
  port1.close();

  // Threads leave nothing behind.
  const { readdirSync } = require('fs');
  const before = readdirSync('/proc/self/fd').length;
  for (let i = 0; i < 5; i++) await run('');
  assert.strictEqual(readdirSync('/proc/self/fd').length, before);

  // A worker that is not referenced does not keep the process, and one that runs does not stop it.
  new Worker('setInterval(() => {}, 1000)', { eval: true }).unref();
}

main();
