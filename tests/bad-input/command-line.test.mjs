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

test('a syntax error that somebody catches says where it is, in its stack', async () => {
  script('wrong.cjs', '\nlet b = ;\n');
  script('wrong.mjs', '\n\nlet c = ;\n');
  const { code, stdout } = await run(program(), [script('catches.cjs', `
    try { require('./wrong.cjs') } catch (error) { console.log(error.stack) }
    try { new (require('vm').Script)('var 4', { filename: 'text.js' }) } catch (error) { console.log(error.stack) }
    try { require('vm').runInThisContext('null.x', { filename: 'run.js' }) } catch (error) { console.log(error.stack) }
    try { require('vm').runInThisContext('null.y', { displayErrors: false }) } catch (error) { console.log(error.stack) }
    import('./wrong.mjs').catch((error) => console.log(error.stack));
  `)]);
  assert.strictEqual(code, 0);
  assert.match(stdout, /wrong\.cjs:2\nlet b = ;\n {8}\^\n\nSyntaxError: Unexpected token ';'\n/);
  assert.match(stdout, /\ntext\.js:1\nvar 4\n {4}\^\n\nSyntaxError: Unexpected number\n/);
  assert.match(stdout, /\nrun\.js:1\nnull\.x\n {5}\^\n\nTypeError: Cannot read/);
  assert.match(stdout, /\nTypeError: Cannot read properties of null \(reading 'y'\)\n/);
  assert.match(stdout, /wrong\.mjs:3\nlet c = ;\n {8}\^\n\nSyntaxError/);
});

test('a native addon is refused with its reason, even where the package hides it', async () => {
  script('addon.node', '\x7fELF');
  const { code, stdout, stderr } = await run(program(), [script('hides.cjs', `
    for (const load of [() => require('./addon.node'), () => process.dlopen({}, '/x/other.node')]) {
      try { load() } catch (error) { console.log(error.code) }
    }
    console.log('goes on');
  `)]);
  assert.strictEqual(code, 0);
  assert.strictEqual(stdout, 'ERR_DLOPEN_FAILED\nERR_DLOPEN_FAILED\ngoes on\n');
  assert.match(stderr, /\[ERR_DLOPEN_FAILED\] NativeAddonWarning: Native addons are not supported: \S+addon\.node/);
  assert.doesNotMatch(stderr, /other\.node/);
});
