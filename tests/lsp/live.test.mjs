// What a running program shows in the editor: hints, stalls with their evidence, marks that live through edits and go.
import assert from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { LspClient } from '../lib/lsp.mjs';
import { startInspected } from '../lib/rondo.mjs';

const timeoutMs = 60_000;

// The first timer is set before anybody looks; later ones, at the same line, have a scheduler to name.
const source = `'use strict';
function hold(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end) {}
}
function again() { setTimeout(tick, 50); }
function tick() {
  hold(120);
  again();
}
setInterval(function waits() {}, 10);
again();
`;
// Samples may see the loop itself, what it tests, or the call.
const guilty = [2, 3, 7];

function project(t, text) {
  const root = mkdtempSync(join(tmpdir(), 'rondo-live-'));
  t.after(() => rmSync(root, { recursive: true }));
  const file = join(root, 'app.js');
  writeFileSync(file, text);
  return { root, file, uri: pathToFileURL(file).href };
}

async function attached(t, { root, uri }, address, text) {
  const client = new LspClient([], { timeoutMs });
  t.after(() => client.stop());
  await client.start({ root, settings: { address } });
  client.open(uri, text);
  return client;
}

const stallIn = (list) => list.find(({ code, message }) => code === 'loop/stall' && message.includes('timeout callback'));
const whole = (uri) => ({ textDocument: { uri }, range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } } });

/** The hints once the server has said that there are new ones and `wanted` takes them. */
async function hinted(client, uri, wanted) {
  for (;;) {
    const said = await client.until(({ method }) => method === 'workspace/inlayHint/refresh');
    client.messages.splice(client.messages.indexOf(said), 1);
    const hints = await client.request('textDocument/inlayHint', whole(uri));
    if (wanted(hints)) return hints;
  }
}

test('a stall is marked while the program runs, moves with its function, goes stale and vanishes', async (t) => {
  const at = project(t, source);
  const running = await startInspected([at.file], { timeoutMs });
  t.after(() => running.stop());
  const client = await attached(t, at, running.address, source);

  const marked = await client.diagnosed(at.uri, (list) => stallIn(list)?.relatedInformation.length >= 3);
  const stall = stallIn(marked);
  assert.match(stall.message, /held the event loop \d+×, longest \d+.*in a timeout callback.*\d+ callbacks? waited/);
  assert.ok(guilty.includes(stall.range.start.line), JSON.stringify(stall));
  const related = stall.relatedInformation.map(({ location, message }) => `${location.range.start.line} ${message.split(':')[0].replace(/[\d.]+ m?s/, 'TIME')}`);
  for (const one of ['5 scheduled here', '6 the callback', '10 waited TIME']) assert.ok(related.includes(one), `${one}: ${related}`);
  const evidenced = await client.diagnosed(at.uri, (all) => all.some(({ message }) => message.includes('[measured')));
  assert.strictEqual(evidenced.find(({ code }) => code === 'loop/busy-wait').severity, 1);

  const label = (hints, line) => hints.find(({ position }) => position.line === line)?.label ?? '';
  const hints = await hinted(client, at.uri, (list) => list.length >= 2);
  assert.match(label(hints, 6), /timeout \d+× · late p99 .* · cost p99 \d+ m?s · \d+ stalls?/);
  assert.match(label(hints, 10), /interval \d+× · late p99 .* · cost p99/);

  client.change(at.uri, [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '// one\n// two\n' }]);
  const moved = stallIn(await client.diagnosed(at.uri, stallIn));
  assert.ok(guilty.includes(moved.range.start.line - 2), JSON.stringify(moved));
  assert.match(label(await client.request('textDocument/inlayHint', whole(at.uri)), 8), /timeout/);
  const changed = source.replace('const end', 'let more; const end').replace('hold(120)', 'hold(121)');
  client.change(at.uri, [{ text: changed }]);
  const stale = stallIn(await client.diagnosed(at.uri, stallIn));
  assert.deepStrictEqual([stale.severity, stale.tags], [4, [1]]);
  assert.match(label(await client.request('textDocument/inlayHint', whole(at.uri)), 6), /stale/);

  await running.stop();
  await client.diagnosed(at.uri, (all) => !stallIn(all));
  assert.deepStrictEqual(await client.request('textDocument/inlayHint', whole(at.uri)), []);
});

test('a server is marked at the function that answers, and a program that comes later or again is found', async (t) => {
  const text = `require('http').createServer((req, res) => {
  res.end();
}).listen(0, '127.0.0.1', function () {
  const { port } = this.address();
  setInterval(() => require('http').get({ port }, (res) => res.resume()), 20);
});
`;
  const at = project(t, text);
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const address = `127.0.0.1:${free.address().port}`;
  await new Promise((resolve) => free.close(resolve));
  const client = await attached(t, at, address, text);
  await client.diagnosed(at.uri);

  for (const time of ['first', 'second']) {
    const running = await startInspected([at.file], { address, timeoutMs });
    t.after(() => running.stop());
    const hints = await hinted(client, at.uri, (list) => list.some(({ position }) => position.line === 0));
    assert.match(hints.find(({ position }) => position.line === 0).label, /read \d+×/, time);
    await running.stop();
    await hinted(client, at.uri, (list) => list.length === 0);
  }
});
