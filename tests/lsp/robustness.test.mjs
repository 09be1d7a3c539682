// Clients that don't keep to the specification: the server answers with errors and goes on.
import assert from 'node:assert';
import { connect } from 'node:net';
import test from 'node:test';
import { LspClient, RawLsp } from '../lib/lsp.mjs';

const uri = 'file:///nowhere/a.js';
const source = "const fs = require('fs');\nexports.b = () => fs.readFileSync('b');\n";

async function started(t) {
  const client = new LspClient();
  t.after(() => client.stop());
  await client.start();
  return client;
}

test('a request before initialize is refused, and initialize still works', async (t) => {
  const raw = new RawLsp();
  t.after(() => raw.stop());
  raw.send({ id: 1, method: 'textDocument/hover', params: {} });
  assert.strictEqual((await raw.until(({ id }) => id === 1)).error.code, -32002);
  raw.send({ id: 2, method: 'initialize', params: { capabilities: {}, unknownField: { deep: [1] } } });
  assert.ok((await raw.until(({ id }) => id === 2)).result.capabilities);
  raw.send({ id: 3, method: 'initialize', params: { capabilities: {} } });
  assert.strictEqual((await raw.until(({ id }) => id === 3)).error.code, -32600);
});

test('broken JSON and wrong parameters are answered with errors', async (t) => {
  const client = await started(t);
  client.write('Content-Length: 5\r\n\r\n{"a":');
  assert.strictEqual((await client.until(({ error }) => error?.code === -32700)).id, null);
  await assert.rejects(client.request('textDocument/hover', { textDocument: 7 }), { code: -32602 });
  await assert.rejects(client.request('no/such/method', {}), { code: -32601 });
  client.open(uri, source);
  assert.strictEqual((await client.diagnosed(uri)).length, 1);
});

test('edits of what is not open, positions out of the text and reversed ranges break nothing', async (t) => {
  const client = await started(t);
  client.notify('textDocument/didChange', { textDocument: { uri: 'file:///never', version: 9 }, contentChanges: [{ text: 'x' }] });
  client.notify('textDocument/didClose', { textDocument: { uri: 'file:///never' } });
  client.open(uri, 'let a;');
  client.change(uri, [{ range: { start: { line: 99, character: 9 }, end: { line: 4, character: 0 } }, text: '\nlet b;' }]);
  client.change(uri, [{ range: { start: { line: 0, character: 4e9 }, end: { line: 0, character: 0 } }, text: ' // end' }]);
  const symbols = await client.request('textDocument/documentSymbol', { textDocument: { uri } });
  assert.deepStrictEqual(symbols.map(({ name }) => name), ['a', 'b']);
  assert.strictEqual(await client.request('textDocument/hover', { textDocument: { uri: 'file:///never' }, position: { line: 0, character: 0 } }), null);
});

test('chains of thousands are analysed, and endless ones say why they are not', async (t) => {
  const client = await started(t);
  // Whatever costs the square of a chain's length gives no answer to these.
  const chains = ['x=>', 'a.', 'async x=>', 'await ', 'a?b:', 'a=', '!', 'if(a)'];
  for (const [index, part] of chains.entries()) {
    const long = `file:///nowhere/long-${index}.mjs`;
    client.open(long, `const fs = require('fs');\nx = ${part.startsWith('if') ? '1;' : ''}${part.repeat(30_000)}fs;\nexports.b = () => fs.readFileSync('b');\n`);
    assert.ok((await client.diagnosed(long)).some(({ code, range }) => code === 'loop/sync-io' && range.start.line === 2), part);
    const endless = `file:///nowhere/endless-${index}.mjs`;
    client.open(endless, part.repeat(250_000));
    assert.match((await client.diagnosed(endless))[0].message, /words and signs without/, part);
  }
});

test('texts that are too large or none at all say why they are not analysed', async (t) => {
  const client = await started(t);
  client.open(uri, 'x;'.repeat(5 * 1024 * 1024));
  assert.match((await client.diagnosed(uri))[0].message, /limit of 8388608/);
  const binary = 'file:///nowhere/b.js';
  client.open(binary, '\u0000\u0001\u0002ELF');
  assert.match((await client.diagnosed(binary))[0].message, /not a text/);
});

test('the exit code is 0 after shutdown, else 1; the end of input is an end', async () => {
  const polite = new LspClient();
  await polite.start();
  assert.strictEqual((await polite.shutdown()).code, 0);
  const rude = new LspClient();
  await rude.start();
  rude.notify('exit');
  assert.strictEqual((await rude.ended).code, 1);
  const gone = new LspClient();
  await gone.start();
  gone.child.stdin.end();
  assert.strictEqual((await gone.ended).code, 1);
});

test('--listen serves one client over TCP', async (t) => {
  const raw = new RawLsp(['--listen', '127.0.0.1:0']);
  t.after(() => raw.stop());
  while (!/listening on \S+:\d+\n/.test(raw.stderr)) await new Promise((resolve) => raw.child.stderr.once('data', resolve));
  const port = Number(/listening on \S+:(\d+)\n/.exec(raw.stderr)[1]);
  const socket = connect(port, '127.0.0.1');
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { capabilities: {} } });
  socket.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  const [answer] = await new Promise((resolve) => socket.once('data', (...data) => resolve(data)));
  assert.match(answer.toString(), /"capabilities"/);
  socket.destroy();
  await raw.ended;
});
