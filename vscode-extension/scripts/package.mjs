// Makes rondo-<target>.vsix with the programs inside: npm run package [-- --target linux-x64] [--bin FOLDER]
// The programs are taken from ../target/release, or from the folder given, and stripped of their symbols.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : process.argv[at + 1];
};
const target = option('target', `${process.platform}-${process.arch}`);
const from = resolve(option('bin', join(here, '..', 'target', 'release')));
const suffix = target.startsWith('win32') ? '.exe' : '';
const bin = join(here, 'bin');

rmSync(bin, { recursive: true, force: true });
mkdirSync(bin);
for (const name of ['rondo', 'rondo-dap', 'rondo-lsp']) {
  const source = join(from, name + suffix);
  if (!existsSync(source)) {
    console.error(`${source} is missing: cargo build --release --workspace`);
    process.exit(1);
  }
  const copy = join(bin, name + suffix);
  copyFileSync(source, copy);
  chmodSync(copy, 0o755);
  if (process.platform !== 'win32') execFileSync('strip', [copy]);
  console.log(`${name}: ${(statSync(copy).size / 2 ** 20).toFixed(1)} MiB`);
}
copyFileSync(join(here, '..', 'LICENSE'), join(here, 'LICENSE'));
// The package has nothing of the repository beside it: its README goes without pictures and links to there.
const readme = readFileSync(join(here, 'README.md'), 'utf8')
  .replace(/^ *!\[[^\]]*\]\(\.\.\/[^)]*\)\n\n/gm, '').replace(/\[([^\]]*)\]\(\.\.\/[^)]*\)/g, '$1');
mkdirSync(join(here, 'out'), { recursive: true });
writeFileSync(join(here, 'out', 'README.md'), readme);
const out = join(here, `rondo-${target}.vsix`);
execFileSync(join(here, 'node_modules', '.bin', 'vsce'), ['package', '--target', target, '--no-dependencies', '--skip-license', '--allow-missing-repository', '--readme-path', 'out/README.md', '--out', out],
  { cwd: here, stdio: 'inherit' });
