// Programs that can't be run: each says what is wrong, where, and ends with Node's exit code.
import assert from 'node:assert';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { program, run } from '../lib/rondo.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rondo-bad-input-'));
const script = (name, text) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

test('a missing file', async () => {
  const { code, stderr } = await run(program(), [join(folder, 'missing.js')]);
  assert.strictEqual(code, 1);
  assert.match(stderr, /Cannot find module '.*missing\.js'/);
  assert.match(stderr, /code: 'MODULE_NOT_FOUND'/);
});

test('a syntax error names file, line and place', async () => {
  const { code, stderr } = await run(program(), [script('syntax.js', 'let a = 1;\nlet b = ;\n')]);
  assert.strictEqual(code, 1);
  assert.match(stderr, /syntax\.js:2\nlet b = ;\n {8}\^\n\nSyntaxError: Unexpected token ';'/);
});

test('a syntax error in an imported module', async () => {
  script('broken.mjs', 'export const a = ;\n');
  const { code, stderr } = await run(program(), [script('imports.mjs', "import './broken.mjs';\n")]);
  assert.strictEqual(code, 1);
  assert.match(stderr, /broken\.mjs:1\nexport const a = ;/);
  assert.match(stderr, /SyntaxError/);
});

test('a bad flag', async () => {
  const { code, stderr } = await run(program(), ['--no-such-flag', 'x.js']);
  assert.strictEqual(code, 9);
  assert.match(stderr, /bad option: '?--no-such-flag/);
});

test('a flag without its value', async () => {
  const { code, stderr } = await run(program(), ['-e']);
  assert.strictEqual(code, 9);
  assert.match(stderr, /-e|--eval/);
});

test('an inspector port out of range', async () => {
  const { code, stderr } = await run(program(), ['--inspect=99999', script('empty.js', '')]);
  assert.strictEqual(code, 9);
  assert.match(stderr, /port/);
});

test('an inspector port in use is told, and the program goes on without, as in Node', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const file = script('hello.js', 'console.log("hello")');
    const { code, stdout, stderr } = await run(program(), [`--inspect=127.0.0.1:${server.address().port}`, file]);
    assert.match(stderr, /Starting inspector on 127\.0\.0\.1:\d+ failed: address already in use/);
    assert.strictEqual(code, 0);
    assert.strictEqual(stdout, 'hello\n');
  } finally {
    server.close();
  }
});

test('a port in use', async () => {
  const file = script('port.js', `
    const net = require('net');
    const first = net.createServer().listen(0, '127.0.0.1', () => {
      net.createServer().listen(first.address().port, '127.0.0.1');
    });`);
  const { code, stderr } = await run(program(), [file]);
  assert.strictEqual(code, 1);
  assert.match(stderr, /Error: listen EADDRINUSE: address already in use 127\.0\.0\.1:\d+/);
  assert.match(stderr, /code: 'EADDRINUSE'/);
});

test('a folder that can not be written', async () => {
  const file = script('unwritable.js', `
    require('fs').writeFile('/proc/rondo/file', 'x', (error) => { console.log(error.code, error.syscall); });`);
  const { code, stdout } = await run(program(), [file]);
  assert.strictEqual(code, 0);
  assert.match(stdout, /^(ENOENT|EACCES|EROFS) open\n$/);
});

test('a full disk', async () => {
  const file = script('full.js', `
    const fs = require('fs');
    try { fs.writeFileSync('/dev/full', 'x'); } catch (error) { console.log(error.code, error.syscall); }
    fs.createWriteStream('/dev/full').on('error', (error) => console.log('stream', error.code)).end('x');`);
  const { code, stdout } = await run(program(), [file]);
  assert.strictEqual(code, 0);
  assert.strictEqual(stdout, 'ENOSPC write\nstream ENOSPC\n');
});

test('a binary file as a program', async () => {
  const file = join(folder, 'binary.js');
  writeFileSync(file, Buffer.from([0, 1, 2, 255, 254, 0x7f, 0x45]));
  const { code, stderr } = await run(program(), [file]);
  assert.strictEqual(code, 1);
  assert.match(stderr, /SyntaxError: Invalid or unexpected token/);
});
