// What the engine finishes on its own: WebAssembly, `Atomics.waitAsync` and finalizers reach the program, in workers too.
'use strict';
const assert = require('assert');
const { Worker, isMainThread, parentPort } = require('worker_threads');

// (module (func (export "answer") (result i32) i32.const 42))
const MODULE = Buffer.from('0061736d010000000105016000017f03020100070a0106616e7377657200000a06010400412a0b', 'hex');

async function check() {
  // Nothing else keeps the loop alive here.
  const { instance } = await WebAssembly.instantiate(MODULE);
  assert.strictEqual(instance.exports.answer(), 42);
  const compiled = await WebAssembly.compile(MODULE);
  assert.ok(compiled instanceof WebAssembly.Module);
  await assert.rejects(WebAssembly.compile(Buffer.from('no')), WebAssembly.CompileError);
  const response = new Response(MODULE, { headers: { 'content-type': 'application/wasm' } });
  const streamed = await WebAssembly.instantiateStreaming(response);
  assert.strictEqual(streamed.instance.exports.answer(), 42);
  await assert.rejects(WebAssembly.compileStreaming(new Response(MODULE)), { code: 'ERR_WEBASSEMBLY_RESPONSE' });

  const alive = setInterval(() => {}, 1000);
  const words = new Int32Array(new SharedArrayBuffer(8));
  const woken = Atomics.waitAsync(words, 0, 0);
  setImmediate(() => Atomics.notify(words, 0));
  assert.strictEqual(await woken.value, 'ok');
  assert.strictEqual(await Atomics.waitAsync(words, 1, 0, 5).value, 'timed-out');
  clearInterval(alive);
}

if (isMainThread) {
  check().then(async () => {
    const answer = await new Promise((resolve, reject) => {
      new Worker(__filename).on('message', resolve).on('error', reject);
    });
    assert.strictEqual(answer, 'done');
    // A word that another thread changes wakes this one.
    const word = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker('Atomics.notify(require("worker_threads").workerData, 0)', { eval: true, workerData: word });
    // The worker may be gone before this thread sees the word.
    const exited = new Promise((resolve) => { worker.on('exit', resolve); });
    assert.strictEqual(await Atomics.waitAsync(word, 0, 0).value, 'ok');
    await exited;

    const { setFlagsFromString } = require('v8');
    setFlagsFromString('--expose-gc');
    const collect = require('vm').runInNewContext('gc');
    const gone = [];
    const registry = new FinalizationRegistry((name) => gone.push(name));
    (function lose() { registry.register({}, 'lost'); })();
    while (gone.length === 0) {
      collect();
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    assert.deepStrictEqual(gone, ['lost']);
    console.log('ended');
  });
  let ended = false;
  const { log } = console;
  console.log = (text) => { ended = text === 'ended'; log(text); };
  process.on('exit', () => assert.ok(ended, 'the loop ended before the program'));
} else {
  check().then(() => parentPort.postMessage('done'));
}
