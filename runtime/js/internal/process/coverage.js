// `NODE_V8_COVERAGE`: which code ran is written to that folder at the end of the process and of each worker, in the form that c8
// and others read. Child processes inherit the variable.
'use strict';

const { ArrayPrototypeFilter, DateNow, JSONStringify, ObjectKeys, StringPrototypeStartsWith } = primordials;

let session;
let folder;
let written = 0;

// Begins before the program is loaded.
function start() {
  const { env, cwd } = require('process');
  if (env.NODE_V8_COVERAGE === undefined || env.NODE_V8_COVERAGE === '') return;
  folder = env.NODE_V8_COVERAGE = require('path').resolve(cwd(), env.NODE_V8_COVERAGE);
  const { Session } = require('inspector');
  session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
}

function isOn() {
  return session !== undefined;
}

// Writes what ran so far; V8 counts anew after that.
function take() {
  if (session === undefined) return;
  session.post('Profiler.takePreciseCoverage', (error, coverage) => {
    if (error === null || error === undefined) write(coverage);
  });
}

function stop() {
  if (session === undefined) return;
  session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
  session = undefined;
}

// A folder that can't be written must not change how the program ends.
function write({ result }) {
  const process = require('process');
  const fs = require('fs');
  const { threadId } = require('worker_threads');
  const name = `coverage-${process.pid}-${DateNow()}-${threadId}${written++ === 0 ? '' : `-${written}`}.json`;
  const text = JSONStringify({ result: ArrayPrototypeFilter(result, isProgram), 'timestamp': process.hrtime()[0], 'source-map-cache': sourceMaps(result) });
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(require('path').join(folder, name), text);
  } catch (error) {
    binding('process').writeSync(2, `rondo: the coverage can't be written: ${error.message}\n`);
  }
}

function isProgram({ url }) {
  return !StringPrototypeStartsWith(url, 'node:') && url !== '';
}

// The maps of files that name one, with what a report needs to find their lines.
function sourceMaps(result) {
  const maps = {};
  const { readMap } = require('internal/source_map');
  for (let i = 0; i < result.length; i++) {
    const { url } = result[i];
    if (!StringPrototypeStartsWith(url, 'file:')) continue;
    const found = readMap(require('url').fileURLToPath(url));
    if (found !== undefined) maps[url] = found;
  }
  return ObjectKeys(maps).length === 0 ? undefined : maps;
}

module.exports = { isOn, start, stop, take };
