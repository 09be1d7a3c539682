// How much the adapter adds to a step: the same steps by the inspector's protocol alone and through the adapter.
// Prints medians and the 95th percentile, in milliseconds; ends with 1 when the medians differ by more than the limit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import CDP from 'chrome-remote-interface';
import { DapClient } from '../lib/dap.mjs';
import { program, startInspected } from '../lib/rondo.mjs';

const STEPS = 200;
const ADDED_MS_MAX = 5;
const folder = mkdtempSync(join(tmpdir(), 'rondo-bench-'));
const file = join(folder, 'steps.js');
writeFileSync(file, 'let n = 0;\nsetImmediate(function again() {\n  n++;\n  n += 2;\n  setImmediate(again);\n});\n');

const sorted = (times) => times.toSorted((a, b) => a - b);
const at = (times, part) => sorted(times)[Math.floor(times.length * part)].toFixed(2);

async function measure(step) {
  const times = [];
  for (let i = 0; i < STEPS; i++) {
    const began = performance.now();
    await step();
    times.push(performance.now() - began);
  }
  return times;
}

async function plain() {
  const running = await startInspected([file], { flag: '--inspect-brk', timeoutMs: 60_000 });
  const [host, port] = running.address.split(':');
  const client = await CDP({ host, port: Number(port), local: true, target: running.url });
  const paused = () => new Promise((resolve) => client.once('Debugger.paused', resolve));
  await client.send('Debugger.enable');
  await client.send('EventLoop.enable', {});
  const first = paused();
  await client.send('Runtime.runIfWaitingForDebugger');
  await first;
  const step = (method) => () => { const stop = paused(); client.send(method); return stop; };
  await step('EventLoop.stepToNextCallback')();
  const results = { 'next': await measure(step('Debugger.stepOver')), 'step to callback': await measure(step('EventLoop.stepToNextCallback')) };
  await client.close();
  await running.stop();
  return results;
}

async function adapted() {
  const client = DapClient.start(program('rondo-dap'), []);
  await client.launch({ program: file, stopOnEntry: true });
  await client.stopped();
  const step = (command) => async () => { client.request(command, { threadId: 1 }); await client.stopped(); };
  await step('loop/stepCallback')();
  const results = { 'next': await measure(step('next')), 'step to callback': await measure(step('loop/stepCallback')) };
  await client.request('disconnect');
  await client.exit;
  return results;
}

const [without, through] = [await plain(), await adapted()];
rmSync(folder, { recursive: true });
for (const name of Object.keys(without)) {
  const [alone, ours] = [at(without[name], 0.5), at(through[name], 0.5)];
  console.log(`${name}: alone ${alone} (p95 ${at(without[name], 0.95)}), adapter ${ours} (p95 ${at(through[name], 0.95)}), added ${(ours - alone).toFixed(2)} ms, ${STEPS} steps`);
  if (ours - alone > ADDED_MS_MAX) process.exitCode = 1;
}
