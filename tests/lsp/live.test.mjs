// What a running program shows in the editor: hints, stalls with their evidence, marks that live through edits and go.
import assert from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { LspClient } from '../lib/lsp.mjs';
import { startInspected } from '../lib/rondo.mjs';

const source = `'use strict';
function hold(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end) {}
}
setInterval(function tick() {
  hold(120);
}, 50);
`;

test('a stall is marked while the program runs, moves with its function, goes stale and vanishes', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'rondo-live-'));
  t.after(() => rmSync(root, { recursive: true }));
  const file = join(root, 'app.js');
  writeFileSync(file, source);
  const running = await startInspected([file], { timeoutMs: 40_000 });
  t.after(() => running.stop());
  const client = new LspClient([], { timeoutMs: 40_000 });
  t.after(() => client.stop());
  await client.start({ root, settings: { address: running.address } });
  const uri = pathToFileURL(file).href;
  client.open(uri, source);

  const stall = (list) => list.find(({ code, message }) => code === 'loop/stall' && message.includes('interval'));
  const list = await client.diagnosed(uri, stall);
  assert.match(stall(list).message, /held the event loop \d+×, longest \d+/);
  // Samples may see the loop itself, its test, or the call.
  const guilty = [2, 3, 6];
  assert.ok(guilty.includes(stall(list).range.start.line), JSON.stringify(stall(list)));
  const evidenced = await client.diagnosed(uri, (all) => all.some(({ message }) => message.includes('[measured')));
  assert.strictEqual(evidenced.find(({ code }) => code === 'loop/busy-wait').severity, 1);

  const ask = { textDocument: { uri }, range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } } };
  let hints = [];
  while (hints.length === 0) hints = await client.request('textDocument/inlayHint', ask);
  assert.ok(hints.some(({ label }) => /interval \d+× · late p99 .* · cost p99 .*/.test(label)), JSON.stringify(hints));
  assert.ok(client.refreshes > 0);

  client.change(uri, [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '// one\n// two\n' }]);
  const moved = stall(await client.diagnosed(uri, stall));
  assert.ok(guilty.includes(moved.range.start.line - 2), JSON.stringify(moved));
  const changed = source.replace('const end', 'let more; const end').replace('hold(120)', 'hold(121)');
  client.change(uri, [{ text: changed }]);
  const stale = stall(await client.diagnosed(uri, stall));
  assert.deepStrictEqual([stale.severity, stale.tags], [4, [1]]);

  await running.stop();
  await client.diagnosed(uri, (all) => !stall(all));
  assert.deepStrictEqual(await client.request('textDocument/inlayHint', ask), []);
});
