// `fs.openAsBlob`: a file as a Blob: whole, in parts, in other blobs, sent by fetch, and no more once the file has changed.
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const http = require('http');
const { once } = require('events');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-blob-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'file.txt');
fs.writeFileSync(file, 'a'.repeat(100_000) + 'tail');

(async () => {
  const blob = await fs.openAsBlob(file, { type: 'text/plain' });
  assert.ok(blob instanceof Blob);
  assert.deepStrictEqual([blob.size, blob.type], [100_004, 'text/plain']);
  assert.strictEqual(await blob.slice(-5).text(), 'atail');
  assert.strictEqual(await blob.slice(99_999).slice(1, 3).text(), 'ta');
  assert.strictEqual(await new Blob(['<', blob.slice(-4), '>']).text(), '<tail>');
  assert.throws(() => structuredClone(blob), { code: 'ERR_INVALID_STATE', message: /not cloneable/ });
  assert.strictEqual((await blob.bytes()).length, 100_004);
  let length = 0;
  for await (const chunk of blob.stream()) length += chunk.length;
  assert.strictEqual(length, 100_004);

  const server = http.createServer((request, response) => {
    let received = 0;
    request.on('data', (chunk) => { received += chunk.length; }).on('end', () => response.end(`${received}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { method: 'POST', body: blob });
  assert.strictEqual(await answer.text(), '100004');
  server.close();
  server.closeAllConnections();

  fs.writeFileSync(file, 'another');
  await assert.rejects(blob.text(), { name: 'NotReadableError' });
  await assert.rejects(async () => { for await (const chunk of blob.stream()) void chunk; }, { name: 'NotReadableError' });
  assert.throws(() => fs.openAsBlob(path.join(folder, 'none')), { code: 'ENOENT', syscall: 'stat' });
  assert.throws(() => fs.openAsBlob(file, { type: 1 }), { code: 'ERR_INVALID_ARG_TYPE' });
})();
