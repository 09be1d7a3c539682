// CompressionStream and DecompressionStream in each format; bytes that are none of the format's are a TypeError.
'use strict';
const assert = require('assert');

const text = 'hello '.repeat(5000);
(async () => {
  for (const format of ['deflate', 'deflate-raw', 'gzip', 'brotli']) {
    const packed = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream(format))).bytes();
    assert.ok(packed.length < text.length / 10);
    const back = new Blob([packed]).stream().pipeThrough(new DecompressionStream(format));
    assert.strictEqual(await new Response(back).text(), text);
  }
  assert.throws(() => new CompressionStream('lzw'), { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
  const garbage = new Blob(['no gzip']).stream().pipeThrough(new DecompressionStream('gzip'));
  await assert.rejects(new Response(garbage).text(), { name: 'TypeError', code: 'Z_DATA_ERROR' });
  await assert.rejects(new CompressionStream('gzip').writable.getWriter().write(1), TypeError);
})();
