// How long an editor waits for the language server: a workspace of 2,000 files from the npm packages of the tests.
//   node tests/bench/lsp.mjs [FOLDER WITH SCRIPTS]     prints p50 and p95 of edit → diagnostics and of hover
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LspClient } from '../lib/lsp.mjs';
import { root } from '../lib/rondo.mjs';

const FILES = 2_000;
const ROUNDS = 200;
const from = process.argv[2] ?? join(root, 'tests', 'node_modules');
const sources = readdirSync(from, { recursive: true })
  .filter((file) => /\.(js|mjs|cjs|ts)$/.test(file) && !file.endsWith('.d.ts') && statSync(join(from, file)).isFile())
  .slice(0, FILES);
const workspace = mkdtempSync(join(tmpdir(), 'rondo-bench-lsp-'));
const names = sources.map((file, index) => {
  const folder = join(workspace, String(index % 50));
  mkdirSync(folder, { recursive: true });
  const name = join(folder, `${index}${/\.[a-z]+$/.exec(file)[0]}`);
  cpSync(join(from, file), name);
  return name;
});

const client = new LspClient([], { timeoutMs: 300_000 });
await client.start({ root: workspace });
const open = names.filter((name) => statSync(name).size > 2_000).slice(0, 100).map((name) => pathToFileURL(name).href);
for (const uri of open) client.open(uri, readFileSync(new URL(uri), 'utf8'));
for (const uri of open) await client.diagnosed(uri);

const edits = [];
const hovers = [];
for (let round = 0; round < ROUNDS; round++) {
  const uri = open[(round * 37) % open.length];
  let start = performance.now();
  client.change(uri, [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: round % 2 ? ' ' : '\n' }]);
  await client.diagnosed(uri);
  edits.push(performance.now() - start);
  start = performance.now();
  await client.request('textDocument/hover', { textDocument: { uri }, position: { line: 5 + (round % 20), character: 8 } });
  hovers.push(performance.now() - start);
}
const at = (list, share) => list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * share)].toFixed(2);
console.log(`${names.length} files, ${open.length} open, ${ROUNDS} rounds, milliseconds`);
console.log(`edit to diagnostics: p50 ${at(edits, 0.5)}, p95 ${at(edits, 0.95)} (limit 100)`);
console.log(`hover:               p50 ${at(hovers, 0.5)}, p95 ${at(hovers, 0.95)} (limit 30)`);
await client.shutdown();
rmSync(workspace, { recursive: true });
process.exitCode = at(edits, 0.95) <= 100 && at(hovers, 0.95) <= 30 ? 0 : 1;
