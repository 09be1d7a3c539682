// What STYLE asks of the tree and a machine can check: who may know whom, what a file looks like, where unsafe may stand.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '../lib/rondo.mjs';

/** Lines of a file; longer ones are two ideas. */
const FILE_LINES_MAX = 700;

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0').filter(Boolean);
const generated = /^runtime\/v8\/|package-lock\.json$|Cargo\.lock$/;
const sources = files.filter((file) => /\.(rs|js|mjs|ts|c)$/.test(file) && !generated.test(file));
const text = (file) => readFileSync(join(root, file), 'utf8');

function check(name, wanted, problem) {
  test(name, () => {
    const found = wanted.flatMap((file) => problem(text(file), file) ?? []);
    assert.deepStrictEqual(found, []);
  });
}

test('the folders at the top are the five', () => {
  const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]).filter((name) => !name.startsWith('.')));
  assert.deepStrictEqual([...folders].sort(), ['inspector', 'lsp', 'runtime', 'tests', 'vscode-extension']);
});

check(`no file has more than ${FILE_LINES_MAX} lines`, sources, (source, file) => {
  const lines = source.split('\n').length;
  return lines > FILE_LINES_MAX ? [`${file}: ${lines}`] : [];
});

check('a file says in its first lines what it is for', sources.filter((file) => !file.startsWith('tests/') || file.endsWith('.test.mjs')), (source, file) => {
  const first = source.split('\n').find((line) => line.trim() !== '' && !/^('use strict'|#!)/.test(line)) ?? '';
  return /^\s*(\/\/|\/\*)/.test(first) ? [] : [file];
});

check('every unsafe block says why it is sound', files.filter((file) => file.endsWith('.rs') && !generated.test(file)), (source, file) => {
  const lines = source.split('\n');
  return lines.flatMap((line, index) => {
    if (!/\bunsafe (\{|impl)/.test(line) || /^\s*\/\//.test(line)) return [];
    const before = lines.slice(Math.max(0, index - 8), index + 1).join('\n');
    return before.includes('SAFETY:') ? [] : [`${file}:${index + 1}`];
  });
});

check('no unwrap outside tests', files.filter((file) => file.endsWith('.rs') && !generated.test(file) && !file.includes('/tests')), (source, file) => {
  const [code] = source.split('#[cfg(test)]');
  return code.split('\n').flatMap((line, index) => (/\.unwrap\(\)/.test(line) && !/^\s*\/\//.test(line) ? [`${file}:${index + 1}`] : []));
});

check('no ignored and no focused test', sources, (source, file) => (/#\[ignore|\btest\.only\(|\bit\.only\(/.test(source) && !file.startsWith('tests/tidy/') && !file.includes('/js/') ? [file] : []));

test('dependencies run one way', () => {
  const metadata = JSON.parse(execFileSync('cargo', ['metadata', '--format-version', '1', '--no-deps', '--offline'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }));
  const ours = new Set(metadata.packages.map(({ name }) => name));
  const edges = Object.fromEntries(metadata.packages.map(({ name, dependencies }) => [name, dependencies.filter(({ kind }) => kind !== 'dev').map((one) => one.name)]));
  const allowed = {
    'rondo': ['rondo-runtime'],
    'rondo-runtime': ['rondo-protocol', 'rondo-inspector', 'rondo-client'],
    'rondo-inspector': ['rondo-protocol'],
    'rondo-protocol': [],
    'rondo-client': ['rondo-protocol'],
    'rondo-dap': ['rondo-protocol', 'rondo-client'],
    'rondo-top': ['rondo-protocol', 'rondo-client'],
    'rondo-analysis': ['rondo-protocol'],
    'rondo-lsp': ['rondo-protocol', 'rondo-client', 'rondo-analysis'],
  };
  for (const [name, dependencies] of Object.entries(edges)) {
    assert.ok(name in allowed, `${name} has no place in ARCHITECTURE.md's order of crates`);
    const wrong = dependencies.filter((one) => ours.has(one) && !allowed[name].includes(one));
    assert.deepStrictEqual(wrong, [], `${name} may not know ${wrong}`);
  }
  const withEngine = Object.keys(edges).filter((name) => edges[name].includes('v8')).sort();
  assert.deepStrictEqual(withEngine, ['rondo-inspector', 'rondo-runtime'], 'only these link V8');
  assert.ok(!edges['rondo-runtime'].includes('tokio'), 'tokio stays off the main thread');
});
