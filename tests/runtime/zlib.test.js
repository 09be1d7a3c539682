// zlib: every format there and back, Node's flushes and errors, streams in small pieces.
'use strict';

const assert = require('assert');
const zlib = require('zlib');

const text = Buffer.from('the quick brown fox '.repeat(5000));
const done = [];

for (const [pack, unpack] of [['deflate', 'inflate'], ['gzip', 'gunzip'], ['deflateRaw', 'inflateRaw'], ['gzip', 'unzip'],
  ['deflate', 'unzip'], ['brotliCompress', 'brotliDecompress'], ['zstdCompress', 'zstdDecompress']]) {
  const packed = zlib[`${pack}Sync`](text);
  assert(packed.length < text.length / 10);
  assert.deepStrictEqual(zlib[`${unpack}Sync`](packed), text);
  zlib[unpack](packed, (error, result) => {
    assert.ifError(error);
    assert.deepStrictEqual(result, text);
    done.push(unpack);
  });
  // A byte at a time.
  const stream = zlib[`create${unpack[0].toUpperCase()}${unpack.slice(1)}`]();
  const parts = [];
  stream.on('data', (part) => parts.push(part));
  stream.on('end', () => { assert.deepStrictEqual(Buffer.concat(parts), text); done.push(`${unpack} stream`); });
  for (let i = 0; i < packed.length; i++) stream.write(packed.subarray(i, i + 1));
  stream.end();
}

// Two members are one text; garbage behind them is no error.
const members = Buffer.concat([zlib.gzipSync('abc'), zlib.gzipSync('def'), Buffer.alloc(10)]);
assert.strictEqual(zlib.gunzipSync(members).toString(), 'abcdef');

assert.throws(() => zlib.gunzipSync('not gzip'), { code: 'Z_DATA_ERROR', errno: -3, message: 'incorrect header check' });
assert.throws(() => zlib.inflateSync(zlib.deflateSync('abc').subarray(0, 5)), { code: 'Z_BUF_ERROR', message: 'unexpected end of file' });
assert.throws(() => zlib.inflateSync(zlib.deflateSync(text), { maxOutputLength: 100 }), { code: 'ERR_BUFFER_TOO_LARGE' });
assert.throws(() => zlib.createDeflate({ level: 99 }), { code: 'ERR_OUT_OF_RANGE' });

// A dictionary is asked for, and a wrong one refused.
const dictionary = Buffer.from('quick brown');
const withDictionary = zlib.deflateSync('quick brown fox', { dictionary });
assert.strictEqual(zlib.inflateSync(withDictionary, { dictionary }).toString(), 'quick brown fox');
assert.throws(() => zlib.inflateSync(withDictionary), { code: 'Z_NEED_DICT', message: 'Missing dictionary' });
assert.throws(() => zlib.inflateSync(withDictionary, { dictionary: Buffer.from('other') }), { message: 'Bad dictionary' });

// What was flushed can be read before the end.
{
  const gzip = zlib.createGzip();
  const gunzip = zlib.createGunzip();
  gzip.pipe(gunzip);
  gunzip.once('data', (part) => {
    assert.strictEqual(part.toString(), 'now');
    done.push('flush');
    gzip.end();
    gunzip.resume();
  });
  gzip.write('now');
  gzip.flush();
}

assert.strictEqual(zlib.crc32('hello'), 0x3610a686);
assert.strictEqual(zlib.crc32('llo', zlib.crc32('he')), 0x3610a686);

process.on('exit', () => assert.strictEqual(done.length, 15));
