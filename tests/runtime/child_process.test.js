// Child processes: output, exit codes, signals, the channel, the synchronous forms.
'use strict';
const assert = require('assert');
const cp = require('child_process');

if (process.argv[2] === 'child') {
  process.on('message', (message) => process.send({ echo: message }, () => process.disconnect()));
  return;
}

assert.strictEqual(cp.execSync('printf out').toString(), 'out');
assert.strictEqual(cp.spawnSync('cat', { input: 'x'.repeat(300000) }).stdout.length, 300000);
assert.strictEqual(cp.spawnSync('no-such-program').error.code, 'ENOENT');
assert.strictEqual(cp.spawnSync('sleep', ['20'], { timeout: 30 }).error.code, 'ETIMEDOUT');
assert.throws(() => cp.execSync('exit 7', { stdio: 'pipe' }), { status: 7 });
assert.throws(() => cp.spawn(''), { code: 'ERR_INVALID_ARG_VALUE' });

let pending = 5;
const done = () => { pending--; };
cp.exec('printf a; exit 3', (error, stdout) => {
  assert.deepStrictEqual([error.code, stdout], [3, 'a']);
  done();
});
const cat = cp.spawn('sh', ['-c', 'cat; exit 4']);
let text = '';
cat.stdout.on('data', (chunk) => { text += chunk; });
cat.on('close', (code) => {
  assert.deepStrictEqual([code, text], [4, 'through']);
  done();
});
cat.stdin.end('through');
const sleeper = cp.spawn('sleep', ['20']);
sleeper.on('close', (code, signal) => {
  assert.deepStrictEqual([code, signal, sleeper.killed], [null, 'SIGTERM', true]);
  done();
});
sleeper.kill();
cp.spawn('no-such-program').on('error', (error) => {
  assert.strictEqual(error.syscall, 'spawn no-such-program');
  done();
});
const fork = cp.fork(__filename, ['child']);
fork.send({ n: 1 });
fork.on('message', (message) => assert.deepStrictEqual(message, { echo: { n: 1 } }));
fork.on('close', (code) => {
  assert.strictEqual(code, 0);
  done();
});
process.on('exit', () => assert.strictEqual(pending, 0));
