// What an editor gets: diagnostics, names, hover, completion, actions, in each position encoding.
import assert from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { LspClient, mark } from '../lib/lsp.mjs';

const uri = 'file:///nowhere/a.js';

async function opened(t, marked, options) {
  const client = new LspClient();
  t.after(() => client.stop());
  const { capabilities } = await client.start(options);
  const { text, position } = mark(marked);
  client.open(uri, text);
  return { client, capabilities, text, at: { textDocument: { uri }, position } };
}

test('findings say their rule and level; start-up code is a hint', async (t) => {
  const { client } = await opened(t, "const fs = require('fs');\nfs.readFileSync('a');\nexports.b = () => fs.readFileSync('b');\n|");
  const found = (await client.diagnosed(uri)).map(({ code, severity, range }) => [code, severity, range.start.line]);
  assert.deepStrictEqual(found, [['loop/sync-io', 4, 1], ['loop/sync-io', 2, 2]]);
  assert.deepStrictEqual(await client.shutdown(), { code: 0, signal: null });
});

test('a syntax error costs its line only', async (t) => {
  const { client } = await opened(t, "const fs = require('fs');\nlet a = (;\nexports.b = () => fs.readFileSync('b');|");
  const codes = (await client.diagnosed(uri)).map(({ code }) => code);
  assert.ok(codes.includes('syntax') && codes.includes('loop/sync-io'), codes.join());
});

for (const [encoding, character] of [['utf-8', 11], ['utf-16', 9], ['utf-32', 8]]) {
  test(`positions count ${encoding}`, async (t) => {
    const { client, capabilities } = await opened(t, "'\u{1F600}'; let abc = 1; abc;|", { encodings: [encoding] });
    assert.strictEqual(capabilities.positionEncoding, encoding);
    const [{ range }] = await client.request('textDocument/definition', { textDocument: { uri }, position: { line: 0, character: character + 2 } });
    const shift = { 'utf-8': 8 + 4, 'utf-16': 8 + 2, 'utf-32': 8 + 1 }[encoding];
    assert.strictEqual(range.start.character, shift);
  });
}

test('rename keeps what others see and refuses names that are taken', async (t) => {
  const { client, at } = await opened(t, 'const a| = 1; const b = 2; module.exports = { a, b };');
  const prepared = await client.request('textDocument/prepareRename', at);
  assert.strictEqual(prepared.placeholder, 'a');
  const { changes } = await client.request('textDocument/rename', { ...at, newName: 'c' });
  assert.deepStrictEqual(changes[uri].map(({ newText }) => newText), ['c', 'a: c']);
  await assert.rejects(client.request('textDocument/rename', { ...at, newName: 'b' }), { code: -32602 });
  await assert.rejects(client.request('textDocument/rename', { ...at, newName: 'if' }), { code: -32602 });
});

test('hover says what a function does to the loop, and explains a finding', async (t) => {
  const { client, at } = await opened(t, "const { readFileSync } = require('node:fs');\nexports.a = () => readFile|Sync('a');");
  const { contents } = await client.request('textDocument/hover', at);
  for (const part of ['fs.readFileSync', 'Blocks the loop: **yes**', '# loop/sync-io', 'rondo-disable-next-line']) {
    assert.ok(contents.value.includes(part), part);
  }
});

test('completion of modules and members', async (t) => {
  const { client, at } = await opened(t, "const files = require('fs');\nfiles.promises.|");
  const labels = async (params) => (await client.request('textDocument/completion', params)).map(({ label }) => label);
  assert.ok((await labels(at)).includes('readFile'));
  const line = "require('";
  client.change(uri, [{ text: line }]);
  assert.ok((await labels({ textDocument: { uri }, position: { line: 0, character: line.length } })).includes('node:fs/promises'));
});

test('actions rewrite and silence, and leave nothing to report', async (t) => {
  const source = "const fs = require('fs');\nexports.a = async () => {\n  return fs.readFileSync('a');\n};\n";
  const { client } = await opened(t, `${source}|`);
  const [diagnostic] = await client.diagnosed(uri);
  const ask = { textDocument: { uri }, range: diagnostic.range, context: { diagnostics: [diagnostic] } };
  const actions = await client.request('textDocument/codeAction', ask);
  assert.deepStrictEqual(actions.map(({ title }) => title), ['Use await fs.promises.readFile', 'Silence loop/sync-io on this line', 'Silence loop/sync-io in this file']);
  for (const { edit } of actions) {
    client.change(uri, [{ text: source }]);
    client.change(uri, edit.changes[uri].map(({ range, newText }) => ({ range, text: newText })).reverse());
    assert.deepStrictEqual(await client.diagnosed(uri), []);
  }
});

test('symbols of the document and of the workspace, folds and selections', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'rondo-lsp-'));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'one.ts'), 'export class Orchard {\n  harvest(): void {}\n}\n');
  const { client, at } = await opened(t, 'class A {\n  b() {\n    |c();\n  }\n}\n', { root });
  const [{ name, children }] = await client.request('textDocument/documentSymbol', at);
  assert.deepStrictEqual([name, children[0].name], ['A', 'b']);
  assert.ok((await client.request('textDocument/foldingRange', at)).length >= 2);
  const [selection] = await client.request('textDocument/selectionRange', { textDocument: { uri }, positions: [at.position] });
  assert.ok(selection.parent.parent);
  let found = [];
  while (found.length === 0) found = await client.request('workspace/symbol', { query: 'orch' });
  assert.strictEqual(found[0].location.uri, pathToFileURL(join(root, 'one.ts')).href);
});

const widths = { 'utf-8': (text) => Buffer.byteLength(text), 'utf-16': (text) => text.length, 'utf-32': (text) => [...text].length };
for (const [encoding, width] of Object.entries(widths)) test(`random edits leave the same state as a full text, in ${encoding}`, async (t) => {
  const { client } = await opened(t, '|', { encodings: [encoding] });
  const other = 'file:///nowhere/b.js';
  client.open(other, '');
  const pieces = ["const fs = require('fs');\n", 'exports.a = () => { fs.statSync("x"); };\n', '\u{1F600}', '\r\n', '// é\n', '}', '`', 'x', ''];
  let [state, text] = [42, ''];
  const next = (below) => { state = (state * 1_664_525 + 1_013_904_223) >>> 0; return (state >>> 8) % below; };
  const place = (offset) => {
    const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
    return { line: lines.length - 1, character: width(lines.at(-1)) };
  };
  const whole = (offset) => (/[\udc00-\udfff]/.test(text[offset] ?? '') || (text[offset - 1] === '\r' && text[offset] === '\n') ? offset + 1 : offset);
  for (let round = 0; round < 150; round++) {
    const start = whole(next(text.length + 1));
    const end = text.length > 400 ? text.length : Math.max(start, whole(Math.min(text.length, start + next(5))));
    const piece = pieces[next(pieces.length)];
    client.change(uri, [{ range: { start: place(start), end: place(end) }, text: piece }]);
    text = text.slice(0, start) + piece + text.slice(end);
    if (round % 10 !== 9) continue;
    client.change(other, [{ text }]);
    assert.deepStrictEqual(await client.diagnosed(uri), await client.diagnosed(other), JSON.stringify(text));
  }
});
