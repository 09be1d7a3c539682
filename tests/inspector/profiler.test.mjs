// CPU profiles over the protocol.
import assert from 'node:assert';
import { join } from 'node:path';
import test from 'node:test';
import { root, startInspected } from '../lib/rondo.mjs';
import { connect } from './client.mjs';

test('a profile that begins late gives an inlined function its own time', async (t) => {
  const rondo = await startInspected([join(root, 'tests', 'inspector', 'fixtures', 'hot.js')], { timeoutMs: 60_000 });
  t.after(rondo.stop);
  await rondo.until(/warm/);
  const client = await connect(rondo.url);
  await client.call('Profiler.enable');
  await client.call('Profiler.start');
  const rounds = async () => (await client.call('Runtime.evaluate', { expression: 'rounds' })).result.value;
  const more = async (count) => {
    const before = await rounds();
    while (await rounds() < before + count) ;
  };
  await more(200);
  const { profile } = await client.call('Profiler.stop');
  const hits = (name) => profile.nodes.filter(({ callFrame }) => callFrame.functionName === name).reduce((sum, { hitCount }) => sum + hitCount, 0);
  assert.ok(hits('hot') > 3 * hits('caller'), `hot ${hits('hot')}, caller ${hits('caller')}`);
  // Coverage of a client goes on beside a profile.
  await client.call('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await client.call('Profiler.start');
  await more(20);
  const { result } = await client.call('Profiler.takePreciseCoverage');
  const { functions } = result.find(({ url }) => url.endsWith('hot.js'));
  assert.ok(functions.find(({ functionName }) => functionName === 'caller').ranges[0].count > 1);
});
