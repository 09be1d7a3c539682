// Runs every `*.test.mjs` below tests/ and prints each result; the last line is `N passed, N failed, N skipped`.
//   node tests/lib/main.mjs [--add PASSED,FAILED] [PART OF A PATH ...]
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';

const tests = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);
const counts = { pass: 0, fail: 0, skip: 0 };
if (wanted[0] === '--add') {
  const [pass, fail] = wanted.splice(0, 2)[1].split(',').map(Number);
  counts.pass += pass;
  counts.fail += fail;
}

const files = readdirSync(tests, { recursive: true })
  .filter((file) => file.endsWith('.test.mjs') && !file.includes('node_modules'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => join(tests, file)).sort();

const skipped = [];
const failed = [];
const isLeaf = (data) => data.details?.type !== 'suite' && !files.includes(data.name) && data.name !== relative(process.cwd(), data.file ?? '');
const name = (data) => `${relative(tests, data.file ?? '')} › ${data.name}`;
const stream = run({ files, concurrency: 1, timeout: 300_000 });
stream.on('test:pass', (data) => {
  if (!isLeaf(data)) return;
  if (data.skip !== undefined) {
    counts.skip++;
    skipped.push(`${name(data)}: ${data.skip}`);
    return;
  }
  counts.pass++;
  console.log(`ok    ${name(data)}  ${Math.round(data.details.duration_ms)} ms`);
});
stream.on('test:fail', (data) => {
  if (data.details?.error?.failureType === 'subtestsFailed') return;
  counts.fail++;
  failed.push(name(data));
  const error = data.details?.error?.cause ?? data.details?.error;
  console.log(`FAIL  ${name(data)}\n${String(error?.stack ?? error?.message ?? error).replace(/^/gm, '      ')}`);
});
stream.on('end', () => {
  for (const line of skipped) console.log(`skipped: ${line}`);
  for (const line of failed) console.log(`failed: ${line}`);
  console.log(`${counts.pass} passed, ${counts.fail} failed, ${counts.skip} skipped`);
  process.exitCode = counts.fail > 0 || (counts.skip > 0 && process.env.RONDO_TESTS_SKIP === 'never') ? 1 : 0;
});
stream.resume();
