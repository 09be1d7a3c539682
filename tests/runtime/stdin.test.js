// Standard input that is an open pipe: it keeps the process only while somebody reads it, and its end is seen.
'use strict';
const assert = require('assert');
const { spawn } = require('child_process');

// Runs `code`; when it has printed `ready` its input gets `data` and then, if `ends`, its end. Resolves to what it printed.
function run(code, { data, ends } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
    let printed = '';
    child.stdin.on('error', () => {});
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      if (!printed.includes('ready')) return;
      if (data !== undefined) child.stdin.write(data);
      data = undefined;
      if (ends) child.stdin.end();
    });
    child.on('close', (status) => {
      assert.strictEqual(status, 0);
      resolve(printed.replace('ready\n', ''));
    });
  });
}

(async () => {
  // These end although the pipe stays open.
  await run('process.stdin');
  await run('import("node:process")');
  await run('process.stdin.resume(); process.stdin.pause()');
  await run('process.stdin.unref().on("data", () => {})');
  // These need the end.
  assert.strictEqual(await run('process.stdin.on("data", (d) => console.log(`${d}`)).on("end", () => console.log("end")); console.log("ready")',
                               { data: 'hi', ends: true }), 'hi\nend\n');
  assert.strictEqual(await run('process.stdin.resume().on("end", () => console.log("end")); console.log("ready")', { ends: true }), 'end\n');
})();
