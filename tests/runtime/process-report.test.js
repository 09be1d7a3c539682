// `process.report`: what a report says, where it is written, and when.
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');

const report = process.report.getReport(Object.assign(new Error('mine'), { code: 'E' }));
for (const key of ['header', 'javascriptStack', 'javascriptHeap', 'nativeStack', 'resourceUsage', 'libuv', 'workers', 'environmentVariables',
  'userLimits', 'sharedObjects']) assert.ok(key in report, key);
assert.deepStrictEqual([report.header.processId, report.header.nodejsVersion, report.header.cwd], [process.pid, process.version, process.cwd()]);
assert.strictEqual(report.javascriptStack.message, 'Error: mine');
assert.deepStrictEqual(report.javascriptStack.errorProperties, { code: 'E' });
assert.ok(report.javascriptStack.stack[0].includes('process-report.test.js'));
assert.ok(report.javascriptHeap.usedMemory > 0);
if (process.platform === 'linux') assert.ok(report.sharedObjects.some((name) => /\.so/.test(name)));
process.report.excludeNetwork = true;
process.report.excludeEnv = true;
const less = process.report.getReport();
assert.deepStrictEqual(['networkInterfaces' in less.header, 'environmentVariables' in less], [false, false]);
assert.throws(() => process.report.getReport(1), { code: 'ERR_INVALID_ARG_TYPE' });
assert.throws(() => { process.report.compact = 1; }, { code: 'ERR_INVALID_ARG_TYPE' });
assert.throws(() => { process.report.reportOnFatalError = true; }, { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-report-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
function written(code) {
  const own = fs.mkdtempSync(path.join(folder, 'x'));
  const ran = spawnSync(process.execPath, ['-e', code], { cwd: own, encoding: 'utf8', timeout: 60_000 });
  return { status: ran.status, stderr: ran.stderr, reports: fs.readdirSync(own).map((name) => [name, JSON.parse(fs.readFileSync(path.join(own, name), 'utf8'))]) };
}
const named = written("console.error(process.report.writeReport('named.json'))");
assert.deepStrictEqual([named.reports[0][0], named.reports[0][1].header.filename, named.reports[0][1].header.trigger], ['named.json', 'named.json', 'API']);
assert.match(named.stderr, /Writing report to file: \S+named\.json\nReport completed\nnamed\.json\n/);
const failed = written("process.report.reportOnUncaughtException = true; setTimeout(() => { throw new Error('late') }, 1)");
assert.strictEqual(failed.status, 1);
assert.match(failed.reports[0][0], /^report\.\d{8}\.\d{6}\.\d+\.0\.001\.json$/);
assert.deepStrictEqual([failed.reports[0][1].header.trigger, failed.reports[0][1].javascriptStack.message], ['Exception', 'Error: late']);
const signalled = written("process.report.reportOnSignal = true; process.on('SIGUSR2', () => process.exit(3)); setInterval(() => {}, 1000); process.kill(process.pid, 'SIGUSR2')");
assert.deepStrictEqual([signalled.status, signalled.reports.length], [3, 1]);
