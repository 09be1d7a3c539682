// Folders: read entry by entry, copied, matched by patterns, watched.
'use strict';

const assert = require('assert');
const fs = require('fs');
const { join } = require('path');

const root = fs.mkdtempSync(join(require('os').tmpdir(), 'rondo-fs-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));

const tree = join(root, 'tree');
assert.strictEqual(fs.mkdirSync(join(tree, 'a/b'), { recursive: true }), tree);
fs.writeFileSync(join(tree, 'a/one.js'), '1');
fs.writeFileSync(join(tree, 'a/b/two.ts'), '22');
fs.writeFileSync(join(tree, '.hidden.js'), '');

assert.deepStrictEqual(fs.globSync('**/*.{js,ts}', { cwd: tree }).sort(), ['a/b/two.ts', 'a/one.js']);
assert.deepStrictEqual(fs.globSync('a/[!b]*', { cwd: tree }), ['a/one.js']);

fs.cpSync(tree, join(root, 'copy'), { recursive: true, filter: (from) => !from.endsWith('.hidden.js') });
assert.deepStrictEqual(fs.readdirSync(join(root, 'copy'), { recursive: true }).sort(), ['a', 'a/b', 'a/b/two.ts', 'a/one.js']);
assert.throws(() => fs.cpSync(tree, join(tree, 'a/inside'), { recursive: true }), { code: 'ERR_FS_CP_EINVAL' });

const { remove, path } = fs.mkdtempDisposableSync(join(root, 'short-'));
assert.ok(fs.existsSync(path));
remove();
assert.ok(!fs.existsSync(path));

assert.throws(() => fs.watch(join(root, 'missing')), { code: 'ENOENT', syscall: 'watch' });

(async () => {
  const seen = [];
  for await (const entry of await fs.promises.opendir(tree, { recursive: true })) seen.push(entry.name);
  assert.deepStrictEqual(seen.sort(), ['.hidden.js', 'a', 'b', 'one.js', 'two.ts']);

  const stop = new AbortController();
  const changes = fs.promises.watch(tree, { recursive: true, signal: stop.signal });
  const first = changes.next();
  fs.writeFileSync(join(tree, 'a/b/three'), '3');
  assert.deepStrictEqual({ ...(await first).value }, { eventType: 'rename', filename: 'a/b/three' });
  stop.abort();
  await assert.rejects(async () => { for await (const change of changes) assert.ok(change); }, { name: 'AbortError' });

  await new Promise((resolve) => {
    const file = join(root, 'later');
    fs.watchFile(file, { interval: 5 }, (now, before) => {
      if (now.size === 0) return fs.writeFileSync(file, 'here');
      assert.strictEqual(before.size, 0);
      fs.unwatchFile(file);
      resolve();
    });
  });
})().catch((error) => { throw error; });
