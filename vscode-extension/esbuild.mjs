// Bundles the extension (out/extension.js), the timeline's page script (out/timeline.js) and, with --tests, the plain tests.
import { readdirSync } from 'node:fs';
import { build, context } from 'esbuild';

const node = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', sourcemap: true, logLevel: 'warning' };
const minify = process.argv.includes('--minify');
const extension = { ...node, minify, entryPoints: ['src/extension.ts'], outfile: 'out/extension.js', external: ['vscode', 'bufferutil', 'utf-8-validate'] };
const page = { ...node, minify, platform: 'browser', target: 'es2022', format: 'iife', entryPoints: ['src/timeline/page.ts'], outfile: 'out/timeline.js' };

if (process.argv.includes('--tests')) {
  const tests = readdirSync('test').filter((file) => file.endsWith('.test.ts')).map((file) => `test/${file}`);
  await build({ ...node, entryPoints: tests, outdir: 'out/test' });
} else if (process.argv.includes('--watch')) {
  for (const one of [extension, page]) await (await context(one)).watch();
} else {
  await Promise.all([build(extension), build(page)]);
}
