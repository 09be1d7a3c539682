// Loading: CommonJS and ES modules together, resolution's errors, cycles, hooks.
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');
const { createRequire, registerHooks, findPackageJSON } = require('module');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-modules-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true }));
function write(name, text) {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

write('node_modules/both/package.json', JSON.stringify({
  name: 'both', exports: { '.': { import: './m.mjs', require: './c.js' }, './sub/*': './lib/*.js' }, imports: { '#x': './c.js' },
}));
write('node_modules/both/m.mjs', 'export default "esm"; export const kind = "esm";');
write('node_modules/both/c.js', 'module.exports = { kind: "cjs" };');
write('node_modules/both/lib/a.js', 'exports.self = require("both").kind + require("#x").kind;');
write('names.cjs', 'const lib = { two: 2 }; exports.one = 1; Object.defineProperty(exports, "two", { enumerable: true, get: function () { return lib.two; } });');
write('waits.mjs', 'await 1; export const x = 1;');
write('plain.mjs', 'export default function f() {} export const n = 3;');
write('data.json', '{ "a": 1 }');
write('a.cjs', 'exports.early = 1; exports.seen = require("./b.cjs").seen;');
write('b.cjs', 'exports.seen = require("./a.cjs").early;');
write('ambiguous.js', 'import { one } from "./names.cjs"; export const got = one;');

const here = createRequire(path.join(folder, 'x.js'));
assert.strictEqual(here('both').kind, 'cjs');
assert.strictEqual(here('both/sub/a').self, 'cjscjs');
assert.throws(() => here('both/none'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
assert.throws(() => here('./none'), { code: 'MODULE_NOT_FOUND', requireStack: [path.join(folder, 'x.js')] });
assert.throws(() => here('./waits.mjs'), { code: 'ERR_REQUIRE_ASYNC_MODULE' });
assert.strictEqual(here('./plain.mjs').n, 3);
assert.strictEqual(here('./plain.mjs').__esModule, true);
assert.strictEqual(here('./a.cjs').seen, 1);
assert.strictEqual(here('./ambiguous.js').got, 1);
assert.strictEqual(findPackageJSON('both', path.join(folder, 'x.js')), path.join(folder, 'node_modules/both/package.json'));

const hooks = registerHooks({
  resolve: (specifier, context, next) => (specifier === 'virtual:x' ? { url: 'virtual:x', format: 'commonjs', shortCircuit: true } : next(specifier, context)),
  load: (url, context, next) => (url === 'virtual:x' ? { format: 'commonjs', source: 'module.exports = 42', shortCircuit: true } : next(url, context)),
});
assert.strictEqual(here('virtual:x'), 42);
hooks.deregister();

const main = write('main.mjs', `
import assert from 'assert';
import { kind } from 'both';
import { one, two } from './names.cjs';
import data from './data.json' with { type: 'json' };
assert.deepStrictEqual([kind, one, two, data.a, import.meta.main], ['esm', 1, 2, 1, true]);
assert.strictEqual(import.meta.dirname, ${JSON.stringify(folder)});
await assert.rejects(import('./none.mjs'), { code: 'ERR_MODULE_NOT_FOUND' });
await assert.rejects(import('./data.json'), { code: 'ERR_IMPORT_ATTRIBUTE_MISSING' });
`);
const ran = spawnSync(process.execPath, [main], { encoding: 'utf8' });
assert.strictEqual(ran.status, 0, ran.stderr);

const stuck = spawnSync(process.execPath, ['--input-type=module', '-e', 'await new Promise(() => {})'], { encoding: 'utf8' });
assert.strictEqual(stuck.status, 13);
assert.match(stuck.stderr, /unsettled top-level await/);

// Hooks see TypeScript with its types and may do more with it than erase them.
{
  const file = write('hooked.ts', 'enum Colour { Red = 7 }\nexport const red: number = Colour.Red;\n');
  const seen = [];
  const own = registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith('.ts')) return loaded;
      seen.push(loaded.format, /enum/.test(String(loaded.source)));
      return { format: 'module', source: 'export const red = 7;' };
    },
  });
  assert.strictEqual(require(file).red, 7);
  own.deregister();
  assert.deepStrictEqual(seen, ['typescript', true]);
}

// A core module of Node's that is not here is not taken for a package that somebody forgot to install.
assert.throws(() => require('node:sqlite'), { code: 'ERR_UNKNOWN_BUILTIN_MODULE', message: /does not support/ });
assert.throws(() => require('trace_events'), { code: 'MODULE_NOT_FOUND', message: /^Cannot find module 'trace_events' .*does not support/ });
assert.strictEqual(require('http2').Http2ServerRequest.name, 'Http2ServerRequest');

// A stack is that of the source from which a hook made what runs.
{
  const { registerHooks } = require('module');
  const file = write('mapped.ts', '\n\n  throw new Error("of line three");\n');
  const map = { version: 3, sources: ['mapped.ts'], names: [], mappings: 'AAEE' };
  const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  process.setSourceMapsEnabled(true);
  const own = registerHooks({
    load: (url, context, next) => (url.endsWith('mapped.ts') ?
      { format: 'commonjs', source: `throw new Error("of line three");\n${comment}`, shortCircuit: true } : next(url, context)),
  });
  assert.throws(() => require(file), ({ stack }) => /mapped\.ts:3:\d+/.test(stack));
  own.deregister();
  process.setSourceMapsEnabled(false);
}

// What is loaded late can be replaced like everything else, also on a class that inherits it (jest copies `Module` so).
{
  const native = require('module');
  class Copy extends native.Module {}
  for (const [name, value] of Object.entries(native.Module)) Copy[name] = value;
  assert.strictEqual(Copy.SourceMap, native.SourceMap);
  assert.ok(Object.hasOwn(Copy, 'SourceMap'));
  const replaced = [[require('fs'), 'Dir'], [require('buffer'), 'Blob'], [require('crypto'), 'X509Certificate'], [require('fs'), 'FileReadStream']];
  for (const [exported, name] of replaced) {
    const original = exported[name];
    exported[name] = replaced;
    assert.strictEqual(exported[name], replaced, name);
    exported[name] = original;
  }
}
