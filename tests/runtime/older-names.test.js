// Numbers of zlib on the module itself, old names of crypto, a child that reads another's output, a file as a web stream.
'use strict';
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const zlib = require('zlib');
const { spawn } = require('child_process');

assert.deepStrictEqual([zlib.Z_SYNC_FLUSH, zlib.Z_DEFAULT_WINDOWBITS, zlib.Z_BEST_COMPRESSION], [2, 15, 9]);
assert.ok(!Object.keys(zlib).includes('Z_OK'));
assert.strictEqual(crypto.pseudoRandomBytes(4).length, 4);

const first = spawn('sh', ['-c', 'echo piped; echo more'], { stdio: ['ignore', 'pipe', 'inherit'] });
const second = spawn('cat', { stdio: [first.stdout, 'pipe', 'inherit'] });
let out = '';
second.stdout.on('data', (data) => { out += data; });
second.on('close', (code) => assert.deepStrictEqual([code, out], [0, 'piped\nmore\n']));

(async () => {
  const handle = await fs.promises.open(__filename);
  const stream = handle.readableWebStream();
  assert.throws(() => handle.readableWebStream(), { code: 'ERR_INVALID_STATE' });
  assert.strictEqual(await new Response(stream).text(), fs.readFileSync(__filename, 'utf8'));
  await handle.close();
  const other = await fs.promises.open(__filename);
  let length = 0;
  for await (const chunk of other.readableWebStream({ autoClose: true })) length += chunk.length;
  assert.deepStrictEqual([length, other.fd], [fs.statSync(__filename).size, -1]);
})();
