// Details of Buffer: the pool that no message takes, memory that is cleared on request, who is told of the old constructor.
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');

const pooled = Buffer.from('in the pool');
assert.throws(() => structuredClone(pooled, { transfer: [pooled.buffer] }), { name: 'DataCloneError', code: 25 });
assert.strictEqual(pooled.toString(), 'in the pool');

const run = (...args) => spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 });
const cleared = run('--zero-fill-buffers', '-p', `
  const sizes = [8, 1024, 100_000];
  for (let i = 0; i < 50; i++) Buffer.alloc(100_000, 1);
  sizes.every((size) => [Buffer.allocUnsafe(size), Buffer.allocUnsafeSlow(size)].every((buffer) => buffer.every((byte) => byte === 0)))`);
assert.strictEqual(cleared.stdout, 'true\n', cleared.stderr);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-buffer-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
fs.mkdirSync(path.join(folder, 'node_modules'));
fs.writeFileSync(path.join(folder, 'node_modules', 'old.js'), 'new Buffer(10);\n');
fs.writeFileSync(path.join(folder, 'uses.js'), "require('old');\n");
fs.writeFileSync(path.join(folder, 'own.js'), 'new Buffer(10);\n');
assert.strictEqual(run(path.join(folder, 'uses.js')).stderr, '');
assert.match(run(path.join(folder, 'own.js')).stderr, /DEP0005/);
assert.match(run('--pending-deprecation', path.join(folder, 'uses.js')).stderr, /DEP0005/);
