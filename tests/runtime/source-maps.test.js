// --enable-source-maps: stacks and the excerpt of an uncaught error speak of the original source.
'use strict';
const assert = require('assert');
const { execFileSync, spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { SourceMap } = require('module');

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-maps-')));
const original = path.join(folder, 'src', 'in.ts');
fs.mkdirSync(path.dirname(original));
fs.writeFileSync(original, 'type T = string;\n\n  throw new Error("mapped" as T);\n');
// The first line comes from line 3, column 3; the number of the throw's column stays.
const payload = { version: 3, sources: ['src/in.ts'], names: [], mappings: 'AAEE,MAAM' };
const code = 'throw new Error("mapped");\n';

function run(file, ...flags) {
  return spawnSync(process.execPath, [...flags, file], { encoding: 'utf8' }).stderr;
}

try {
  const map = new SourceMap(payload);
  assert.deepStrictEqual(map.findEntry(0, 3), {
    generatedLine: 0, generatedColumn: 0, originalSource: 'src/in.ts', originalLine: 2, originalColumn: 2, name: undefined,
  });
  assert.deepStrictEqual(map.findOrigin(1, 8), { name: undefined, fileName: 'src/in.ts', lineNumber: 3, columnNumber: 10 });
  assert.strictEqual(map.payload, payload);

  const beside = path.join(folder, 'beside.js');
  fs.writeFileSync(`${beside}.map`, JSON.stringify(payload));
  fs.writeFileSync(beside, `${code}//# sourceMappingURL=beside.js.map\n`);
  const inline = path.join(folder, 'inline.js');
  const data = Buffer.from(JSON.stringify({ ...payload, sourcesContent: ['a\nb\n  from the map\n'] })).toString('base64');
  fs.writeFileSync(inline, `${code}//# sourceMappingURL=data:application/json;base64,${data}\n`);

  assert.match(run(beside), new RegExp(`^${beside}:1\n`));
  const mapped = run(beside, '--enable-source-maps');
  assert.ok(mapped.startsWith(`${original}:3\n  throw new Error("mapped" as T);\n  ^\n\nError: mapped\n`), mapped);
  assert.ok(mapped.includes(`at Object.<anonymous> (${original}:3:9)\n`), mapped);
  assert.ok(run(inline, '--enable-source-maps').startsWith(`${original}:3\n  from the map\n`));

  // While it runs, and only as long as it is asked for.
  const asks = `process.setSourceMapsEnabled(true); try { require(${JSON.stringify(beside)}) } catch (e) { console.log(e.stack) }
    console.log(require('module').findSourceMap(${JSON.stringify(beside)}).payload.sources[0]);`;
  const printed = execFileSync(process.execPath, ['-e', asks], { encoding: 'utf8' });
  assert.ok(printed.includes(`${original}:3:9`) && printed.endsWith('src/in.ts\n'), printed);
} finally {
  fs.rmSync(folder, { recursive: true });
}
