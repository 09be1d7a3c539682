// `module.register()` and `--loader`: asynchronous hooks on a thread of their own take part in `import`.
import assert from 'node:assert';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-register-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const write = (name, text) => {
  fs.writeFileSync(path.join(folder, name), text);
  return pathToFileURL(path.join(folder, name)).href;
};

const hooks = write('hooks.mjs', `
  let prefix;
  export async function initialize(data) { prefix = data?.prefix ?? 'virtual:'; }
  export async function resolve(specifier, context, next) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (specifier.startsWith(prefix)) return { url: specifier, shortCircuit: true };
    return next(specifier, context);
  }
  export async function load(url, context, next) {
    if (url.startsWith(prefix)) return { format: 'module', source: 'export default ' + JSON.stringify(url), shortCircuit: true };
    const result = await next(url, context);
    return url.endsWith('changed.mjs') ? { ...result, source: String(result.source).replace('before', 'after') } : result;
  }
`);
const outer = write('outer.mjs', `
  export async function load(url, context, next) {
    const result = await next(url, context);
    return url.startsWith('made:') ? { ...result, source: result.source + '; export const outer = true' } : result;
  }
`);
const changed = write('changed.mjs', "export const word = 'before'; export { default as own } from './own.cjs'; export { sep } from 'node:path';\n");
write('own.cjs', "module.exports = { required: require('./plain.cjs') };\n");
write('plain.cjs', 'module.exports = 7;\n');

register(hooks, { parentURL: import.meta.url, data: { prefix: 'made:' } });
register(outer);
const made = await import('made:x');
assert.deepStrictEqual({ ...made }, { default: 'made:x', outer: true });
const { word, own, sep } = await import(changed);
assert.deepStrictEqual([word, own, sep], ['after', { required: 7 }, path.sep]);
await assert.rejects(import('./none.mjs'), { code: 'ERR_MODULE_NOT_FOUND' });
assert.throws(() => register('./none.mjs', import.meta.url), { code: 'ERR_MODULE_NOT_FOUND' });
assert.throws(() => register(1), { code: 'ERR_INVALID_ARG_TYPE' });

const incomplete = write('incomplete.mjs', 'export async function resolve(specifier, context, next) { return specifier === "stop:" ? { url: "x:" } : next(specifier) }\n');
register(incomplete);
await assert.rejects(import('stop:'), { code: 'ERR_LOADER_CHAIN_INCOMPLETE' });

const program = write('program.mjs', "import text from 'virtual:y'; console.log(text);\n");
const ran = spawnSync(process.execPath, ['--no-warnings', '--loader', hooks, new URL(program).pathname], { encoding: 'utf8', timeout: 60_000 });
assert.deepStrictEqual([ran.status, ran.stdout], [0, 'virtual:y\n'], ran.stderr);
