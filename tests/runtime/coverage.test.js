// `NODE_V8_COVERAGE`: what ran is written at the end, of the process, of its children and its workers.
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');
const { pathToFileURL } = require('url');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-coverage-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const write = (name, text) => {
  fs.writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const covered = write('covered.js', 'module.exports = function choose(yes) {\n  if (yes) return 1;\n  return 2;\n};\n');

// The functions of `file` in all reports, each with the counts of its ranges.
function countsOf(file, main, ending = 0) {
  const out = fs.mkdtempSync(path.join(folder, 'out-'));
  const ran = spawnSync(process.execPath, [main], { env: { ...process.env, NODE_V8_COVERAGE: out }, encoding: 'utf8', timeout: 60_000 });
  assert.strictEqual(ran.status, ending, ran.stderr);
  const counts = [];
  for (const name of fs.readdirSync(out)) {
    const report = JSON.parse(fs.readFileSync(path.join(out, name), 'utf8'));
    for (const { url, functions } of report.result) {
      assert.ok(!url.startsWith('node:'));
      if (url !== pathToFileURL(file).href) continue;
      for (const { functionName, ranges } of functions) if (functionName !== '') counts.push(ranges.map(({ count }) => count));
    }
  }
  return counts;
}

assert.deepStrictEqual(countsOf(covered, write('once.js', "require('./covered.js')(true);")), [[1, 0]]);
assert.deepStrictEqual(countsOf(covered, write('exits.js', "require('./covered.js')(true); setTimeout(() => process.exit(4), 1);"), 4), [[1, 0]]);
assert.deepStrictEqual(countsOf(covered, write('throws.js', "require('./covered.js')(true); throw new Error('end');"), 1), [[1, 0]]);
assert.deepStrictEqual(countsOf(covered, write('child.js', "require('child_process').spawnSync(process.execPath, ['./once.js'], { cwd: __dirname });")), [[1, 0]]);
assert.deepStrictEqual(countsOf(covered, write('taken.js', "require('./covered.js')(true); require('v8').takeCoverage(); require('v8').stopCoverage(); require('./covered.js')(false);")), [[1, 0]]);
assert.deepStrictEqual(countsOf(covered, write('worker.js', "new (require('worker_threads').Worker)(__dirname + '/once.js');")), [[1, 0]]);
