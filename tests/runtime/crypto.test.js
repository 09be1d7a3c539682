// crypto: digests, keys and ciphers against known answers, and what must hold between operations.
'use strict';

const assert = require('assert');
const crypto = require('crypto');

// Digests: known answers, in one piece and in many.
const finished = [];
const ABC = {
  'md5': '900150983cd24fb0d6963f7d28e17f72',
  'sha1': 'a9993e364706816aba3e25717850c26c9cd0d89d',
  'sha256': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  'sha3-256': '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
  'RSA-SHA1': 'a9993e364706816aba3e25717850c26c9cd0d89d',
};
for (const [name, digest] of Object.entries(ABC)) {
  assert.strictEqual(crypto.createHash(name).update('abc').digest('hex'), digest);
  assert.strictEqual(crypto.createHash(name).update('a').update(Buffer.from('bc')).digest('hex'), digest);
  assert.strictEqual(crypto.hash(name, 'abc'), digest);
  const copied = crypto.createHash(name).update('ab').copy().update('c');
  assert.strictEqual(copied.digest('base64'), Buffer.from(digest, 'hex').toString('base64'));
}

// A buffer that changes after `update` does not change the digest.
{
  const bytes = Buffer.from('abc');
  const hash = crypto.createHash('sha1').update(bytes);
  bytes.fill(0);
  assert.strictEqual(hash.digest('hex'), ABC.sha1);
  assert.throws(() => hash.update('x'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
}
assert.throws(() => crypto.createHash('no such'), /Digest method not supported/);

// As a stream.
{
  const hash = crypto.createHash('sha1');
  let out = '';
  hash.setEncoding('hex');
  hash.on('data', (text) => { out += text; });
  hash.on('end', () => { assert.strictEqual(out, ABC.sha1); finished.push('hash stream'); });
  hash.write('ab');
  hash.end('c');
}

// RFC 4231, test case 2; RFC 6070.
assert.strictEqual(crypto.createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex'),
  '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
assert.strictEqual(crypto.pbkdf2Sync('password', 'salt', 2, 20, 'sha1').toString('hex'), 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957');
crypto.pbkdf2('password', 'salt', 3, 20, 'sha1', (error, key) => {
  assert.ifError(error);
  assert.deepStrictEqual(key, crypto.pbkdf2Sync('password', 'salt', 3, 20, 'sha1'));
  finished.push('pbkdf2');
});
crypto.scrypt('p', 's', 16, (error, key) => {
  assert.ifError(error);
  assert.deepStrictEqual(key, crypto.scryptSync('p', 's', 16));
  finished.push('scrypt');
});

// Randomness.
assert.match(crypto.randomUUID(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
assert.notStrictEqual(crypto.randomUUID(), crypto.randomUUID());
for (let i = 0; i < 100; i++) assert(crypto.randomInt(3, 5) === 3 || crypto.randomInt(3, 5) < 5);
assert.throws(() => crypto.timingSafeEqual(Buffer.alloc(1), Buffer.alloc(2)), { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' });

// Ciphers: what goes in comes out, and what was changed on the way does not.
for (const name of ['aes-256-cbc', 'aes-128-ctr', 'aes-256-gcm', 'chacha20-poly1305', 'aes-128-ccm']) {
  const info = crypto.getCipherInfo(name);
  const key = crypto.randomBytes(info.keyLength);
  const iv = crypto.randomBytes(12 + (info.ivLength === 16 ? 4 : 0));
  const isAuthenticated = /gcm|poly|ccm/.test(name);
  const options = name.includes('ccm') ? { authTagLength: 16 } : undefined;
  const cipher = crypto.createCipheriv(name, key, iv, options);
  const sealed = Buffer.concat([cipher.update('attack at dawn'), cipher.final()]);
  const open = (bytes) => {
    const decipher = crypto.createDecipheriv(name, key, iv, options);
    if (isAuthenticated) decipher.setAuthTag(cipher.getAuthTag());
    return decipher.update(bytes, undefined, 'utf8') + decipher.final('utf8');
  };
  assert.strictEqual(open(sealed), 'attack at dawn');
  if (isAuthenticated) {
    sealed[0] ^= 1;
    assert.throws(() => open(sealed), /Unsupported state or unable to authenticate data/);
  }
}

// Keys: through every form and back; signatures.
for (const [type, options, digest] of [['rsa', { modulusLength: 1024 }, 'sha256'], ['ec', { namedCurve: 'P-256' }, 'sha256'], ['ed25519', {}, null]]) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync(type, options);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const sealed = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' });
  const jwk = privateKey.export({ format: 'jwk' });
  for (const key of [pem, { key: sealed, passphrase: 'open' }, { key: jwk, format: 'jwk' }]) {
    assert(crypto.createPrivateKey(key).equals(privateKey));
  }
  assert(crypto.createPublicKey(pem).equals(publicKey));
  const signature = crypto.sign(digest, Buffer.from('text'), pem);
  assert(crypto.verify(digest, Buffer.from('text'), publicKey, signature));
  assert(!crypto.verify(digest, Buffer.from('texT'), publicKey, signature));
}

// Agreement.
{
  const [a, b] = [crypto.createECDH('prime256v1'), crypto.createECDH('prime256v1')];
  a.generateKeys();
  b.generateKeys();
  assert.deepStrictEqual(a.computeSecret(b.getPublicKey()), b.computeSecret(a.getPublicKey(null, 'compressed')));
}

process.on('exit', () => assert.deepStrictEqual(finished.sort(), ['hash stream', 'pbkdf2', 'scrypt']));
